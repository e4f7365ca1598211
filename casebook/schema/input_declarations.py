"""What a template's inputs.yaml declares: each input with its label, unit, bounds and default."""

from __future__ import annotations

import keyword
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from casebook.schema.checker import Checker, show_key
from casebook.schema.checks import CheckDeclaration, ChecksSection
from casebook.schema.number_text import write_number
from casebook.schema.ranges import Estimate, Range, range_of
from casebook.schema.scales import Scale, ScalesSection
from casebook.schema.sections import Key, Section, key, keys_of
from casebook.schema.share_totals import check_share_totals, shares_by_whole
from casebook.schema.text_forms import Currency
from casebook.schema.value_kinds import (
    GRADES,
    LINE,
    TEXT,
    Bounds,
    Choice,
    Flag,
    Kind,
    Number,
    Quantity,
    Yearly,
)
from casebook.schema.wording import Place, listed, name_of
from casebook.schema.yaml_source import REFUSED

MOST_YEARS = 50

RAMP = "ramp"
"""The role of an input that says which share of a full effect is reached, by year."""

MARGIN, CONTRIBUTION = "margin", "contribution"
"""The roles of what is left of a sale: the share of it, and the money."""

RELEASED_SHARE, PAID_HOURS = "released share", "paid hours"
"""The roles of what turns freed time into cash and into people: the share of it for which positions are given
up or left open, and the working time that an employee is paid for."""

_ROLE_UNITS = {
    MARGIN: ("share", "a margin is a share", f"write role: {CONTRIBUTION} for money that is left of a sale"),
    RELEASED_SHARE: ("share", "a released share is a share", "write unit: share"),
}
"""The unit that a role asks for, why, and what to write."""

_PAID_HOURS = re.compile(r"hours/(week|month|year)")

_NAME = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")


def parameter_names() -> tuple[str, ...]:
    """The keys of a parameter file, which are the names of a notebook's parameters cell."""
    from casebook.schema.parameters import KEYS  # declared by kinds that stand on this module

    return tuple(KEYS)


@dataclass(frozen=True)
class Limits(Kind):
    """The lowest and the highest value, each None where there is no limit."""

    def read(self, checker: Checker, place: Place, value: object) -> Bounds | None:
        if value is REFUSED:
            return None
        if not isinstance(value, list) or len(value) != 2:
            hint = "write bounds: [0, 100], with null where there is no limit"
            checker.refuse(place, value, "[low, high]", hint)
            return None
        low, high = (None if limit is None else Number().read(checker, place, limit) for limit in value)
        if low is not None and high is not None and low >= high:
            shown = f"[{write_number(low)}, {write_number(high)}]"
            checker.add(
                place, f"{name_of(place)} is {shown}; must be two different numbers, the lower one first"
            )
            return None
        return low, high


def _estimate(above: Mapping[str, Any]) -> Estimate:
    """The kind of a default or an example, by the unit and the bounds above it."""
    unit = above.get("unit") or ""
    bounds = above.get("bounds") if "bounds" in above else (0.0, 1.0) if unit == "share" else None
    return Estimate(Yearly(Number(bounds, unit)))


@dataclass(frozen=True)
class InputDeclaration:
    """One input that a template asks for; each field made by `key` is one key of inputs.yaml."""

    name: str
    label: str = key(LINE, help="The name that readers see.")
    unit: str = key(LINE, help="`share`, `number`, or nouns, as in `currency/customer/year`.")
    group: str | None = key(LINE, None, help="The heading under which the input is listed.")
    role: str | None = key(LINE, None, help="What the input means to the review, such as `margin` or `ramp`.")
    whole: str | None = key(LINE, None, help="Shares of the same whole add up to 100% at most.")
    scaled_by: str | None = key(LINE, None, help="The ramp that what is observed of the input includes.")
    measured_from: str | None = key(LINE, None, help="The source of data from which it is measured.")
    help: str | None = key(TEXT, None, help="Help for whoever has to find the figure.")
    source: str | None = key(TEXT, None, help="Where the default comes from.")
    bounds: Bounds | None = key(Limits(), None, help="[lowest, highest], null for no limit.")
    evidence: str | None = key(Choice(GRADES), None, help=f"How the default is known: {', '.join(GRADES)}.")
    default: Quantity | None = key(_estimate, None, help="The value where a client gives none.")
    currency: str | None = key(
        Currency(), None, help="The currency of a default in money; it applies in no other."
    )
    optional: bool = key(Flag(), False, help="True where it may be left out, with the lines that need it.")
    example: Quantity | None = key(_estimate, None, help="The value in the untouched template.")
    default_range: Range | None = None
    """Low and high of the default, where it is given with them."""
    example_range: Range | None = None

    @property
    def presence(self) -> str:
        """`required`, `default` or `optional`."""
        return "default" if self.default is not None else "optional" if self.optional else "required"

    @property
    def is_money(self) -> bool:
        """Whether its unit counts the case's currency."""
        return "currency" in re.split(r"[^a-z]+", self.unit)

    def in_currency(self, code: object) -> InputDeclaration:
        """The same for a case in that currency: a default in another one is none, and need not be given."""
        if self.currency in (None, code):
            return self
        return replace(self, default=None, default_range=None, optional=True)

    @property
    def example_text(self) -> str:
        """The example (or else the default) as one would type it; empty where there is none."""
        return self._typed(self.example if self.example is not None else self.default)

    @property
    def default_text(self) -> str:
        """The default as one would type it; empty where there is none."""
        return self._typed(self.default)

    def _typed(self, value: float | tuple[float, ...] | None) -> str:
        if isinstance(value, tuple):
            return "[" + ", ".join(write_number(entry, self.unit) for entry in value) + "]"
        return "" if value is None else write_number(value, self.unit)


@dataclass(frozen=True)
class Declarations:
    """What an inputs.yaml holds."""

    title: str
    description: str
    inputs: dict[str, InputDeclaration]
    scales: Mapping[str, Scale]
    checks: Mapping[str, CheckDeclaration]


def read_declarations(checker: Checker, value: object) -> Declarations | None:
    """The content of an inputs.yaml; None where it has a problem, which the checker then holds."""
    found = Section(_FILE).read(checker, (), value)
    inputs = found.get("inputs") or {}
    _check_share_totals(checker, inputs)
    _check_scaled_by(checker, inputs)
    if checker.problems:
        return None
    return Declarations(
        found["title"],
        found.get("description") or "",
        inputs,
        found.get("scales") or {},
        found.get("checks") or {},
    )


@dataclass(frozen=True)
class _Inputs(Kind):
    """The inputs by name."""

    def read(self, checker: Checker, place: Place, value: object) -> dict[str, InputDeclaration]:
        declared = checker.mapping(place, value, None)
        if value == {}:
            checker.add(place, "inputs is empty; at least one input is required")
        found = {name: _declaration(checker, name, entry) for name, entry in declared.items()}
        return {name: each for name, each in found.items() if each is not None}


_FILE = {
    "title": Key(LINE, required=True),
    "description": Key(TEXT),
    "inputs": Key(_Inputs(), required=True),
    "scales": Key(ScalesSection()),
    "checks": Key(ChecksSection()),
}


def _check_scaled_by(checker: Checker, inputs: Mapping[str, InputDeclaration]) -> None:
    ramps = [name for name, declared in inputs.items() if declared.role == RAMP]
    for name, declared in inputs.items():
        if declared.scaled_by is None or (declared.scaled_by in ramps and name not in ramps):
            continue
        place: Place = ("inputs", name, "scaled_by")
        if name in ramps:
            hint = "take scaled_by out: what is observed of a ramp is the ramp itself"
            checker.add(place, f"{name} is a ramp and can't be scaled by another", hint)
        else:
            hint = f"the ramps are {listed(ramps)}" if ramps else f"give an input role: {RAMP}"
            message = f"scaled_by of {name} is {show_key(declared.scaled_by)}, which is not a ramp"
            checker.add(place, message, hint)


def _check_role(checker: Checker, place: Place, name: str, found: Mapping[str, Any]) -> None:
    """Report a role that the unit does not fit."""
    role, unit = found.get("role"), found.get("unit")
    if unit is None:
        return
    message = f"{name} has the role {role}, and its unit is {unit}"
    if role == PAID_HOURS and not _PAID_HOURS.fullmatch(unit):
        checker.add(place, f"{message}; must be working time in a period", "write unit: hours/week")
    wanted, why, hint = _ROLE_UNITS.get(role or "", (unit, "", ""))
    if unit != wanted:
        checker.add(place, f"{message}; {why}", hint)


def _declaration(checker: Checker, name: str, value: object) -> InputDeclaration | None:
    place = ("inputs", name)
    _check_name(checker, name)
    if value is REFUSED:
        return None
    found = Section(keys_of(InputDeclaration)).read(checker, place, value)
    if isinstance(value, dict):
        _check_presence(checker, name, found)
    _check_role(checker, (*place, "role"), name, found)
    if found.get("unit") == "share" and "bounds" not in found:
        found["bounds"] = (0.0, 1.0)
    for each in ("default", "example"):
        if (estimate := found.pop(each, None)) is not None:
            found[each] = estimate["value"]
            found[f"{each}_range"] = range_of(estimate)
    # What is missing was reported; the declaration still serves to check the others.
    missing = {"label": name, "unit": ""}
    given = {name: each for name, each in found.items() if each is not None}
    declaration = InputDeclaration(name, **{**missing, **given})
    _check_currency(checker, declaration, value)
    return declaration


def _check_name(checker: Checker, name: str) -> None:
    place = ("inputs", name)
    if name in parameter_names():
        checker.add(place, f"an input can't be called {show_key(name)}: the parameters cell has that name")
    elif name == "note":
        checker.add(place, "an input can't be called 'note': a scenario's note has that name")
    elif not _NAME.fullmatch(name) or keyword.iskeyword(name):
        suggestion = re.sub("[^a-z0-9]+", "_", name.lower()).strip("_")[:60]
        hint = f"for example {suggestion}" if _NAME.fullmatch(suggestion) and suggestion != name else None
        rule = "lower-case letters, digits and single _, and not a word of Python"
        checker.add(place, f"an input can't be called {show_key(name)}: {rule}", hint)


def _check_presence(checker: Checker, name: str, entries: Mapping[str, object]) -> None:
    """The rules that tie an input's default, its source, `optional` and the example together."""
    place, optional = ("inputs", name), entries.get("optional")
    if "default" in entries:
        if optional:
            message = f"{name} has a default and is optional; one of the two is required"
            checker.add(
                (*place, "optional"), message, "an input with a default need not be given: take optional out"
            )
        if "source" not in entries and entries.get("evidence") != "assumption":
            hint = "add source:, or evidence: assumption"
            checker.add((*place, "default"), f"default of {name} has no source", hint)
    elif not optional and "example" not in entries:
        hint = (
            "add example: with a value on which the untouched template runs (or default:, or optional: true)"
        )
        checker.add(place, f"{name} is required and has no example", hint)


def _check_currency(checker: Checker, declaration: InputDeclaration, value: object) -> None:
    """Money means nothing without its currency; nothing is the same in every one."""
    name, default = declaration.name, declaration.default
    is_given = isinstance(value, dict) and "currency" in value
    amounts = default if isinstance(default, tuple) else (default,)
    if declaration.is_money and any(amounts) and not is_given:
        hint = "add currency: with its code, such as USD; a case in another one then gives its own"
        checker.add(("inputs", name, "default"), f"default of {name} is money without its currency", hint)
    elif is_given and not declaration.is_money:
        message = f"{name} has a currency, but its unit, {declaration.unit}, is not money"
        checker.add(("inputs", name, "currency"), message, "take the line out")


def _check_share_totals(checker: Checker, inputs: Mapping[str, InputDeclaration]) -> None:
    """Wholes have several parts, all of them shares, which leave room for each other on the examples."""
    for whole, names in shares_by_whole(inputs).items():
        if len(names) == 1:
            message = f"{names[0]} is the only share of {show_key(whole)}; at least two are required"
            match = checker.closest(whole, shares_by_whole(inputs).keys() - {whole})
            hint = f"did you mean '{match}'?" if match else "give the other shares the same whole:"
            checker.add(("inputs", names[0], "whole"), message, hint)
        for name in names:
            if inputs[name].unit != "share":
                message = f"{name} is a share of {show_key(whole)}; its unit is {inputs[name].unit}"
                checker.add(("inputs", name, "unit"), message, "write unit: share")
    values: dict[str, Quantity] = {}
    places: dict[str, Place] = {}
    for name, item in inputs.items():
        stands = "example" if item.default is None else "default"
        value = item.example if item.default is None else item.default
        if value is not None:
            values[name], places[name] = value, ("inputs", name, stands)
    check_share_totals(checker, inputs, values, places)
