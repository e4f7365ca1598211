"""A quantity that is not known exactly: a likely value with a low and a high one around it.

Low and high are the 5th and the 95th percentile, never end points: one outcome in twenty lies below low, and
one in twenty above high.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from casebook.schema.checker import Checker
from casebook.schema.number_pattern import at_least, at_most
from casebook.schema.number_text import write_number
from casebook.schema.sections import Key, Section
from casebook.schema.value_kinds import Choice, Kind, Quantity, Schema, Yearly
from casebook.schema.wording import Place, name_of
from casebook.schema.yaml_source import REFUSED

DISTRIBUTIONS = ("pert", "triangular", "uniform", "normal", "lognormal", "beta")
"""How a range may be spread; the first is meant where none is named."""

RANGE_KEYS = ("low", "high", "distribution")

_PERCENTILES = {"low": "the 5th percentile", "high": "the 95th percentile"}
_IN_WORDS = {"low": "the low one", "value": "the likely one", "high": "the high one"}


@dataclass(frozen=True)
class Range:
    """The 5th and the 95th percentile, in the shape of the likely value: one number, or one a year."""

    low: Quantity
    high: Quantity
    distribution: str = DISTRIBUTIONS[0]
    """One of DISTRIBUTIONS."""


def range_of(estimate: Mapping[str, Any]) -> Range | None:
    """The range of an estimate as `Estimate` reads it; None where it is a single point."""
    return Range(**{name: estimate[name] for name in RANGE_KEYS}) if "low" in estimate else None


@dataclass(frozen=True)
class Estimate(Kind):
    """A quantity by itself, or a mapping with its likely value, its range, and how it is known."""

    amount: Yearly
    known_by: Mapping[str, Key] = field(default_factory=dict)
    """The keys that say how it is known."""

    @property
    def keys(self) -> dict[str, Key]:
        """The keys of the mapping."""
        return {
            "value": Key(self.amount, "The likely value.", required=True),
            "low": Key(self.amount, "The 5th percentile."),
            "high": Key(self.amount, "The 95th percentile."),
            "distribution": Key(
                Choice(DISTRIBUTIONS), f"One of {', '.join(DISTRIBUTIONS)}.", default=DISTRIBUTIONS[0]
            ),
            **self.known_by,
        }

    def read(self, checker: Checker, place: Place, value: object) -> dict[str, Any] | None:
        if not isinstance(value, dict):
            amount = self.amount.read(checker, place, value)
            return None if amount is None else {"value": amount}
        if isinstance(value.get("value"), dict):
            message = f"{name_of(place)} has a mapping as its value; must be a number or a list"
            checker.add((*place, "value"), message)
            value = {**value, "value": REFUSED}
        found = Section(self.keys).read(checker, place, value)
        if len(found) == len(value):  # else one that is not known may stand for what seems to be missing
            _check_whole(checker, place, found)
        amounts = {name: found[name] for name in ("value", "low", "high") if found.get(name) is not None}
        distribution = found.get("distribution", DISTRIBUTIONS[0])
        spread: dict[str, Any] = {}
        if len(amounts) == 3 and _has_one_shape(checker, place, amounts):
            fits = _check_years(checker, place, amounts, distribution, self.amount.number.unit)
            if fits and distribution is not None:
                spread = {"low": amounts["low"], "high": amounts["high"], "distribution": distribution}
        rest = {name: each for name, each in found.items() if name not in RANGE_KEYS}
        return {**rest, **spread} if "value" in amounts else None

    def json_schema(self) -> Schema:
        is_list, is_single = {"type": "array"}, {"not": {"type": "array"}}
        mapping = {
            **Section(self.keys).json_schema(),
            "dependentRequired": {"low": ["high"], "high": ["low"], "distribution": ["low", "high"]},
            "if": {"properties": {"value": is_list}},
            "then": {"properties": {"low": is_list, "high": is_list}},
            "else": {"properties": {"low": is_single, "high": is_single}},
            "allOf": [
                _within_support(["lognormal", "beta"], "high", "low", 0),
                _within_support(["beta"], "low", "high", 1),
            ],
        }
        return {"if": {"type": "object"}, "then": mapping, "else": self.amount.json_schema()}


def _within_support(distributions: list[str], other: str, key: str, end: int) -> Schema:
    """Low above 0, or high below 1, unless both ends are the same, which is not a range."""
    inside = {
        0: {"exclusiveMinimum": 0, "pattern": at_least(0, strict=True)},
        1: {"exclusiveMaximum": 1, "pattern": at_most(1, strict=True)},
    }[end]
    named = {"properties": {"distribution": {"enum": distributions}}, "required": ["distribution"]}
    ranged = {"properties": {other: {"type": ["number", "string"], **inside}}, "required": [other]}
    return {"if": {"allOf": [named, ranged]}, "then": {"properties": {key: inside}}}


def by_year(*quantities: Quantity) -> Iterator[tuple[Place, tuple[float, ...]]]:
    """Quantities of one shape year by year, with the step of a place that leads to the year's entry.

    >>> list(by_year((1, 2), (3, 4))), list(by_year(5, 6))
    ([((0,), (1, 3)), ((1,), (2, 4))], [((), (5, 6))])
    """
    lists = [quantity for quantity in quantities if isinstance(quantity, tuple)]
    if lists:
        yield from (((index,), entries) for index, entries in enumerate(zip(*lists, strict=True)))
    else:
        yield (), tuple(number for number in quantities if not isinstance(number, tuple))


def _check_whole(checker: Checker, place: Place, entries: Mapping[str, object]) -> None:
    """Report a part of a range without the rest."""
    name = name_of(place)
    for given, missing in (("low", "high"), ("high", "low")):
        if given in entries and missing not in entries:
            hint = f"add {missing}:, {_PERCENTILES[missing]}, or take {given} out"
            checker.add((*place, given), f"{name} has {given} but no {missing}; both are required", hint)
    if "distribution" in entries and entries.keys().isdisjoint(("low", "high")):
        hint = "add low: and high:, the 5th and the 95th percentile, or take distribution out"
        message = f"{name} has a distribution but no range; low and high are required"
        checker.add((*place, "distribution"), message, hint)


def _has_one_shape(checker: Checker, place: Place, amounts: Mapping[str, Quantity]) -> bool:
    """Whether low and high are lists where the value is one, and numbers where it is a number."""
    value = amounts["value"]
    fits = True
    for key in ("low", "high"):
        at, amount = (*place, key), amounts[key]
        if isinstance(value, tuple) and not isinstance(amount, tuple):
            rule = f"must be a list of {len(value)}, one a year, as its value is one"
            checker.add(at, f"{name_of(at)} is one number; {rule}")
        elif isinstance(amount, tuple) and not isinstance(value, tuple):
            checker.add(at, f"{name_of(at)} is a list; must be one number, as its value is one")
        elif isinstance(amount, tuple) and isinstance(value, tuple) and len(amount) != len(value):
            counts = f"{len(amount)} entries, its value has {len(value)}"
            checker.add(at, f"{name_of(at)} has {counts}; both must have one a year")
        else:
            continue
        fits = False
    return fits


def _check_years(
    checker: Checker, place: Place, amounts: Mapping[str, Quantity], distribution: str | None, unit: str
) -> bool:
    """Whether low, value and high are in order in every year."""
    fits = True
    for step, (low, likely, high) in by_year(amounts["low"], amounts["value"], amounts["high"]):
        year = {"low": low, "value": likely, "high": high}
        for below, above in (("low", "high"), ("low", "value"), ("value", "high")):
            if year[below] > year[above]:
                _misplaced(checker, place, step, below, above, year, unit)
                fits = False
                break
        else:
            if low < high:
                _check_support(checker, place, step, year, distribution, unit)
    return fits


def _misplaced(
    checker: Checker,
    place: Place,
    step: Place,
    below: str,
    above: str,
    year: Mapping[str, float],
    unit: str,
) -> None:
    """Report two amounts in the wrong order: the one that an option set, or else low or high."""
    # The file was right before the option; so the option is what there is to mend.
    wrong = next((key for key in (below, above) if checker.is_overridden((*place, key))), None)
    hint = None
    if wrong is not None:
        name = name_of(place)
        hint = f"set all three: --set {name}=… --set {name}.low=… --set {name}.high=…"
    wrong = wrong or (below if below == "low" else above)
    other, side = (above, "most") if wrong == below else (below, "least")
    rule = f"must be at {side} {write_number(year[other], unit)}, {_IN_WORDS[other]}"
    at = (*place, wrong, *step)
    checker.add(at, f"{name_of(at)} is {checker.shown(at, write_number(year[wrong], unit))}; {rule}", hint)


def _check_support(
    checker: Checker,
    place: Place,
    step: Place,
    year: Mapping[str, float],
    distribution: str | None,
    unit: str,
) -> None:
    """Report a low or a high that a distribution can't reach, such as a lognormal's at 0."""
    wrong = {}
    if distribution in ("lognormal", "beta") and year["low"] <= 0:
        wrong["low"] = "above 0"
    if distribution == "beta" and year["high"] >= 1:
        wrong["high"] = "below 1"
    for key, needed in wrong.items():
        at = (*place, key, *step)
        message = f"{name_of(at)} is {checker.shown(at, write_number(year[key], unit))}"
        hint = f"move {key}, or name another distribution"
        checker.add(at, f"{message}; a {distribution} needs a number {needed}", hint)
