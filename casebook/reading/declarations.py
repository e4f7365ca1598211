"""What a template's inputs.yaml declares: each input with its label, unit, bounds and default."""

from __future__ import annotations

import keyword
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from casebook.reading.checking import GRADES, Bounds, Checker, Quantity, show_key
from casebook.reading.number_text import write_number
from casebook.reading.ranges import ESTIMATE_KEYS, Range, read_estimate
from casebook.reading.wholes import check_wholes, wholes_of
from casebook.reading.wording import Place, listed, name_of
from casebook.reading.yaml_source import REFUSED

PARAMETER_NAMES = (
    "template",
    "client",
    "currency",
    "locale",
    "years",
    "start",
    "discount_rate",
    "inputs",
    "scenarios",
    "correlations",
    "data",
    "actuals",
    "review",
    "story",
    "document",
)
"""The names of a notebook's parameters cell, which are the keys of a parameter file."""

MOST_YEARS = 50

_FILE_KEYS = ("title", "description", "inputs")
_LINE_KEYS = ("label", "unit", "group", "role", "whole", "scaled_by", "measured_from")
_TEXT_KEYS = (*_LINE_KEYS, "help", "source")
_KEYS = (*_TEXT_KEYS, "bounds", "evidence", "default", "currency", "optional", "example")
RAMP = "ramp"
"""The role of an input that says which share of a full effect is reached, by year."""

_NAME = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")


@dataclass(frozen=True)
class InputDeclaration:
    """One input that a template asks for."""

    name: str
    label: str
    unit: str
    """`share`, `currency`, `currency/customer/year`, `people` …"""
    bounds: Bounds | None = None
    """Lowest and highest value, each None where there is no limit; a share has (0, 1) unless declared."""
    group: str | None = None
    role: str | None = None
    whole: str | None = None
    """What the input is a share of, as the other inputs that name it are: they add up to 1 at most."""
    help: str | None = None
    source: str | None = None
    evidence: str | None = None
    """How the default is known: measured, stated, benchmark or assumption."""
    default: Quantity | None = None
    default_range: Range | None = None
    """Low and high of the default, where it is given with them."""
    currency: str | None = None
    """The currency of a default in money; a case in another one has no default."""
    optional: bool = False
    example: Quantity | None = None
    """Serves the untouched template only, never a parameter file."""
    example_range: Range | None = None
    scaled_by: str | None = None
    """The ramp that is part of what one observes of it: its plan in a period is input × ramp."""
    measured_from: str | None = None
    """The source of data that the notebook measures it from; where there is one, it need not be given."""

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


def read_declarations(checker: Checker, value: object) -> Declarations | None:
    """The content of an inputs.yaml; None where it has a problem, which the checker then holds."""
    entries = checker.mapping((), value, _FILE_KEYS, required=("title", "inputs"))
    title = checker.text(("title",), entries["title"], one_line=True) if "title" in entries else None
    described = entries.get("description")
    description = checker.text(("description",), described) if "description" in entries else ""
    declared: dict[str, object] = {}
    if "inputs" in entries:
        declared = checker.mapping(("inputs",), entries["inputs"], None)
        if entries["inputs"] == {}:
            checker.add(("inputs",), "inputs is empty; at least one input is needed")
    inputs = {}
    for name, declaration in declared.items():
        read = _declaration(checker, name, declaration)
        if read is not None:
            inputs[name] = read
    _check_wholes(checker, inputs)
    _check_scales(checker, inputs)
    if checker.problems or title is None:
        return None
    return Declarations(title, description or "", inputs)


def _check_scales(checker: Checker, inputs: Mapping[str, InputDeclaration]) -> None:
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
            message = f"scaled_by of {name} is {show_key(declared.scaled_by)}, which is no ramp"
            checker.add(place, message, hint)


def _declaration(checker: Checker, name: str, value: object) -> InputDeclaration | None:
    place = ("inputs", name)
    _check_name(checker, name)
    if value is REFUSED:
        return None
    entries = checker.mapping(place, value, _KEYS, required=("label", "unit"))
    texts = {
        key: checker.text((*place, key), entries[key], one_line=key in _LINE_KEYS)
        for key in _TEXT_KEYS
        if key in entries
    }
    evidence = None
    if "evidence" in entries:
        evidence = checker.choice((*place, "evidence"), entries["evidence"], GRADES)
    unit = texts.get("unit") or ""
    bounds: Bounds | None = (0.0, 1.0) if unit == "share" else None
    if "bounds" in entries:
        bounds = _bounds(checker, name, entries["bounds"])
    default, default_range = _estimate(checker, name, "default", entries, unit, bounds)
    example, example_range = _estimate(checker, name, "example", entries, unit, bounds)
    optional = checker.flag((*place, "optional"), entries.get("optional", False))
    currency = None
    if "currency" in entries:
        currency = checker.currency((*place, "currency"), entries["currency"])
    if isinstance(value, dict):
        _check_presence(checker, name, entries, optional)
    declaration = InputDeclaration(
        name=name,
        label=texts.get("label") or name,
        unit=unit,
        bounds=bounds,
        group=texts.get("group"),
        role=texts.get("role"),
        whole=texts.get("whole"),
        scaled_by=texts.get("scaled_by"),
        help=texts.get("help"),
        source=texts.get("source"),
        evidence=evidence,
        default=default,
        default_range=default_range,
        currency=currency,
        optional=optional,
        example=example,
        example_range=example_range,
        measured_from=texts.get("measured_from"),
    )
    _check_currency(checker, declaration, entries)
    return declaration


def _estimate(
    checker: Checker, name: str, key: str, entries: Mapping[str, object], unit: str, bounds: Bounds | None
) -> tuple[Quantity | None, Range | None]:
    """A default or an example: a number, a list by year, or a mapping with value, low and high."""
    place, entry = ("inputs", name, key), entries.get(key)
    if key not in entries:
        return None, None
    if not isinstance(entry, dict):
        return checker.quantity(place, entry, unit=unit, bounds=bounds, years=None), None
    parts = checker.mapping(place, entry, ESTIMATE_KEYS, required=("value",))
    complete = len(parts) == len(entry)
    return read_estimate(checker, place, parts, unit=unit, bounds=bounds, years=None, complete=complete)


def _check_name(checker: Checker, name: str) -> None:
    place = ("inputs", name)
    if name in PARAMETER_NAMES:
        checker.add(place, f"an input can't be called {show_key(name)}: the parameters cell has that name")
    elif name == "note":
        checker.add(place, "an input can't be called 'note': a scenario's note has that name")
    elif not _NAME.fullmatch(name) or keyword.iskeyword(name):
        suggestion = re.sub("[^a-z0-9]+", "_", name.lower()).strip("_")[:60]
        hint = f"for example {suggestion}" if _NAME.fullmatch(suggestion) and suggestion != name else None
        rule = "lower-case letters, digits and single _, no word of Python"
        checker.add(place, f"an input can't be called {show_key(name)}: {rule}", hint)


def _bounds(checker: Checker, name: str, value: object) -> Bounds | None:
    place = ("inputs", name, "bounds")
    if value is REFUSED:
        return None
    if not isinstance(value, list) or len(value) != 2:
        hint = "write bounds: [0, 100], with null where there is no limit"
        checker.add(place, f"{name_of(place)} is {checker.shown(place, value)}; [low, high] is needed", hint)
        return None
    low, high = (
        None if limit is None else checker.number(("inputs", name, "bounds"), limit) for limit in value
    )
    if low is not None and high is not None and low >= high:
        shown = f"[{write_number(low)}, {write_number(high)}]"
        checker.add(place, f"{name_of(place)} is {shown}; the low one comes first, and they differ")
        return None
    return low, high


def _check_presence(checker: Checker, name: str, entries: Mapping[str, object], optional: bool) -> None:
    """The rules that tie an input's default, its source, `optional` and the example together."""
    place = ("inputs", name)
    if "default" in entries:
        if optional:
            message = f"{name} has a default and is optional; one of the two is needed"
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


def _check_currency(checker: Checker, declaration: InputDeclaration, entries: Mapping[str, object]) -> None:
    """Money means nothing without its currency; nothing is the same in every one."""
    name, default = declaration.name, declaration.default
    amounts = default if isinstance(default, tuple) else (default,)
    if declaration.is_money and any(amounts) and "currency" not in entries:
        hint = "add currency: with its code, such as USD; a case in another one then gives its own"
        checker.add(("inputs", name, "default"), f"default of {name} is money without its currency", hint)
    elif "currency" in entries and not declaration.is_money:
        message = f"{name} has a currency, and its unit, {declaration.unit}, is no money"
        checker.add(("inputs", name, "currency"), message, "take the line out")


def _check_wholes(checker: Checker, inputs: Mapping[str, InputDeclaration]) -> None:
    """Wholes have several parts, all of them shares, which leave room for each other on the examples."""
    for whole, names in wholes_of(inputs).items():
        if len(names) == 1:
            message = f"{names[0]} is the only share of {show_key(whole)}; at least two are needed"
            match = checker.closest(whole, wholes_of(inputs).keys() - {whole})
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
    check_wholes(checker, inputs, values, places)
