"""Shares of one whole: inputs that inputs.yaml declares as parts of one thing add up to 1 at most."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from casebook.schema.checker import Checker
from casebook.schema.number_text import write_number
from casebook.schema.value_kinds import Quantity
from casebook.schema.wording import Place, listed

if TYPE_CHECKING:
    from casebook.schema.input_declarations import InputDeclaration

ROUNDING = 1e-9
"""By so much shares may add up to more than 1 and still be one whole: 33.3% and its like."""


def shares_by_whole(declared: Mapping[str, InputDeclaration]) -> dict[str, list[str]]:
    """The names of the inputs that are shares of each whole, by its name."""
    wholes: dict[str, list[str]] = {}
    for name, item in declared.items():
        if item.whole:
            wholes.setdefault(item.whole, []).append(name)
    return wholes


def check_share_totals(
    checker: Checker,
    declared: Mapping[str, InputDeclaration],
    values: Mapping[str, Quantity],
    places: Mapping[str, Place],
    *,
    period: str = "",
) -> None:
    """Report shares of one whole that add up to more than 1, each at its place.

    `values` are likely ones by the name of the input; one without a value takes nothing of the whole.
    `places` are those of the inputs that are checked here: nothing is said of the others by themselves.
    `period` is the one that they belong to, where it is not all years or each of a list.
    """
    for whole, names in shares_by_whole(declared).items():
        parts = {name: values[name] for name in names if name in values}
        years = max((len(part) for part in parts.values() if isinstance(part, tuple)), default=1)
        by_year = [{name: _in_year(part, year) for name, part in parts.items()} for year in range(years)]
        year, shares = max(enumerate(by_year), key=lambda each: sum(each[1].values()))
        total = sum(shares.values())
        if total <= 1 + ROUNDING:
            continue
        when = f" in year {year + 1}" if years > 1 else f" in {period}" if period else ""
        shown = {name: write_number(share, "share") for name, share in shares.items()}
        for name in (name for name in parts if name in places):
            others = listed(f"{other} {share}" for other, share in shown.items() if other != name)
            whole_share = write_number(round(total, 9), "share")
            message = f"{name} is {shown[name]}{when}; with {others} that is {whole_share} of {whole}"
            checker.add(places[name], message, "shares of one whole must add up to 100% at most")


def _in_year(part: Quantity, year: int) -> float:
    """A share in one year; a list that is too short, which has been reported, has none in the others."""
    if not isinstance(part, tuple):
        return part
    return part[year] if year < len(part) else 0.0
