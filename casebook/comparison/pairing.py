"""The two records that a comparison is of: found in folders, and refused where they can't be compared."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from casebook.errors import InputError, Problem
from casebook.formatting import Formatter
from casebook.record.files import candidates, find_record, read_record
from casebook.record.types import Record


@dataclass(frozen=True)
class Side:
    """One of the two: its record and what it is called."""

    name: str
    """The folder's name: that of the parameter file."""
    path: Path
    record: Record

    @property
    def kind(self) -> str:
        """The type of case."""
        return self.record.template.name

    @property
    def net_present_value(self) -> float:
        """As the record gives it."""
        return self.record.result.net_present_value


def pair(before: Path, after: Path) -> tuple[Side, Side]:
    """The two sides of a comparison: each a record's file, or a client's folder, paired by type of case.

    Raises InputError where there is no record, where several types could be meant, and where two records
    can't be compared: they are of different types, or in different currencies.
    """
    firsts, seconds = _sides(before), _sides(after)
    common = [kind for kind in firsts if kind in seconds]
    where = f"{before} and {after}"
    if len(common) > 1:
        message = f"both have the types {', '.join(common)}; name one"
        hint = f"name the records themselves, as in {firsts[common[0]].path} {seconds[common[0]].path}"
        raise InputError([Problem(where, message, hint)])
    if not common:
        kinds = " and ".join(", ".join(sides) for sides in (firsts, seconds))
        message = f"different types of case ({kinds}); their inputs and lines have nothing in common"
        raise InputError([Problem(where, message, "compare two reports of one type")])
    one, other = firsts[common[0]], seconds[common[0]]
    _check_currency(one, other)
    return one, other


def _sides(path: Path) -> dict[str, Side]:
    """The records that a path stands for, by type of case."""
    if not path.is_dir():
        return {side.kind: side for side in [_side(path, read_record(path))]}
    found: dict[str, Side] = {}
    problems: list[Problem] = []
    for file in candidates(path):
        try:
            record = find_record(file)
        except InputError as error:
            problems += error.problems
            continue
        if record is not None:
            side = _side(file, record)
            found[side.kind] = side
    if not found:
        hint = "make the report first, or name another folder"
        raise InputError(problems or [Problem(str(path), "there is not a case record in this folder", hint)])
    return found


def _side(path: Path, record: Record) -> Side:
    return Side(path.resolve().parent.name, path, record)


def _check_currency(one: Side, other: Side) -> None:
    currencies = [side.record.currency for side in (one, other)]
    if currencies[0] == currencies[1]:
        return
    worth = " and ".join(
        Formatter(currency, side.record.locale).money(side.net_present_value)
        for side, currency in zip((one, other), currencies, strict=True)
    )
    message = (
        f"one is in {currencies[0]}, the other in {currencies[1]} (net present values {worth}); casebook "
        "does not convert currencies"
    )
    hint = "report one of them again with its amounts in the other's currency"
    raise InputError([Problem(f"{one.path} and {other.path}", message, hint)])
