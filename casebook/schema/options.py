"""Options: the ways to go that a decision is made between, each with what it changes and when it stops.

Two are always there: `nothing`, and `whole`, the case as it stands. A file adds others: other values of some
inputs, money by period, a delay; or a *first step*, which costs money and time and teaches something about
one input before the rest is spent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from casebook.schema.changed_inputs import changes_schema, read_changes
from casebook.schema.checker import Checker, show_key
from casebook.schema.first_steps import Lesson, LessonSection
from casebook.schema.gates import Gate, GateSection
from casebook.schema.reference_keys import key_of
from casebook.schema.sections import Key, Section
from casebook.schema.value_kinds import LINE, TEXT, Kind, Number, Quantity, Schema
from casebook.schema.wording import Place, name_of
from casebook.schema.yaml_source import REFUSED

NOTHING, WHOLE = "nothing", "whole"
STANDARD = {NOTHING: "Do nothing", WHOLE: "The whole"}
"""The options that every case has, and how they are called where the file does not name them."""

MOST_OPTIONS = 8
"""More than these can't be weighed against each other, nor stand in a table."""

LONGEST_NAME = 60
_CHANGES = ("inputs", "money", "cost", "delay", "learns")
_OF_STANDARD = ("name", "note", "stop", "gate")
_AFTER_A_STEP = ("inputs", "money")


@dataclass(frozen=True)
class Option:
    """A way to go, as the file describes it."""

    name: str | None = None
    """None where a standard option keeps its own."""
    note: str | None = None
    cost: float = 0.0
    """Paid at the start, beside all that the case costs anyway."""
    delay: int = 0
    """Months by which everything but the cost is later; the horizon's end stays."""
    learns: Lesson | None = None
    """What a first step teaches; None where the option is no step."""
    stop: str | None = None
    """The rule that stops it."""
    gate: Gate | None = None
    inputs: Mapping[str, Quantity] = field(default_factory=dict)
    """Likely values in place of the case's."""
    money: tuple[float, ...] = ()
    """Further net cash flow: the start, then each year; empty where there is none."""

    @property
    def is_step(self) -> bool:
        """Whether it is taken in order to learn something before the rest is decided."""
        return self.learns is not None

    @property
    def is_way(self) -> bool:
        """Whether it is a way through the whole horizon that differs from the case."""
        return not self.is_step and bool(self.inputs or self.money or self.cost or self.delay)


@dataclass(frozen=True)
class Money(Kind):
    """Net cash flow by period: the start, then each year."""

    years: int | None

    def read(self, checker: Checker, place: Place, value: object) -> tuple[float, ...]:
        given = checker.items(place, value)
        entries = [Number().read(checker, (*place, index), entry) for index, entry in enumerate(given)]
        if isinstance(value, list) and self.years is not None and len(value) != self.years + 1:
            counted = "1 entry" if len(value) == 1 else f"{len(value)} entries"
            rule = f"must have {self.years + 1}: the start, then one a year"
            checker.add(place, f"{name_of(place)} has {counted}; {rule}")
        return () if None in entries else tuple(entries)

    def json_schema(self) -> Schema:
        return {"type": "array", "items": Number().json_schema()}


def option_keys(above: Mapping[str, Any]) -> dict[str, Key]:
    """What the file may say of an option of its own, given what was read above it."""
    years = above.get("years")
    most = 12 * years - 1 if years else None
    rule = f"a whole number of months between 0 and {most}, before the horizon ends" if most else None
    return {
        "name": Key(LINE, "What a reader sees."),
        "note": Key(TEXT, "A remark for the reader."),
        "cost": Key(Number((0, None)), "What it costs at the start; a first step needs it."),
        "delay": Key(
            Number((0, most), rule=rule, is_whole=True), "Months by which everything after it is later."
        ),
        "learns": Key(LessonSection(above), "What a first step teaches: input, within."),
        "stop": Key(TEXT, "The rule that stops it."),
        "gate": Key(GateSection(above), "When it is judged: by, figure, at_least, at_most, owner."),
        "inputs": Key(Changes(above), "The inputs that differ."),
        "money": Key(Money(years), "Net cash flow beside the case's: the start, then each year."),
    }


@dataclass(frozen=True)
class Changes(Kind):
    """The inputs that differ from the case."""

    above: Mapping[str, Any]

    def read(self, checker: Checker, place: Place, value: object) -> dict[str, Quantity]:
        given = checker.mapping(place, value, None, hint="write each input that differs, as name: value")
        rule = "an option is one point: the input's range moves with it"
        return read_changes(checker, self.above, place, given, rule=rule)

    def json_schema(self) -> Schema:
        properties = changes_schema(self.above["template"]) if self.above else {}
        return {"type": "object", "properties": properties, "additionalProperties": False}


@dataclass(frozen=True)
class OptionsSection(Kind):
    """The options by key, in the order of the file."""

    above: Mapping[str, Any]

    def read(self, checker: Checker, place: Place, value: object) -> dict[str, Option]:
        given = checker.mapping(place, value, None, hint="write each as key: {name: …, inputs: {…}}")
        if len(given) > MOST_OPTIONS:
            message = f"{len(given)} options are given; at most {MOST_OPTIONS} are allowed"
            checker.add(place, message, "keep those that somebody would choose")
        options: dict[str, Option] = {}
        taken = {name.casefold(): key for key, name in STANDARD.items() if not _is_named(given.get(key))}
        for key, entry in given.items():
            at = (*place, key)
            if key != key_of(key):
                needed = "made of lower-case letters, digits and hyphens"
                checker.add(
                    at,
                    f"the key {show_key(key)} must be {needed}",
                    f"write {key_of(key)}: and give it a name:",
                )
            option = None if entry is REFUSED else self._option(checker, at, entry)
            if option is None:
                continue
            same = taken.setdefault((option.name or key).casefold(), key)
            if same != key:
                message = f"{name_of(at)} has the same name as option '{same}'"
                checker.add((*at, "name"), message, "give it another")
            options[key] = option
        return options

    def _option(self, checker: Checker, place: Place, entry: object) -> Option | None:
        is_standard = place[-1] in STANDARD
        allowed = option_keys(self.above)
        if is_standard:
            allowed = {name: allowed[name] for name in _OF_STANDARD}
        found = Section(allowed).read(checker, place, entry)
        if not isinstance(entry, dict):
            return None
        if not is_standard:
            _check_is_whole(checker, place, entry)
        name = found.get("name")
        if name is not None and len(name) > LONGEST_NAME:
            message = (
                f"{name_of((*place, 'name'))} has {len(name)} characters; at most {LONGEST_NAME} are allowed"
            )
            checker.add((*place, "name"), message, "put the rest under note:")
        known = {each.name for each in fields(Option)}
        return Option(**{key: each for key, each in found.items() if key in known and each is not None})

    def json_schema(self) -> Schema:
        keys = option_keys(self.above)
        standard = Section({name: keys[name] for name in _OF_STANDARD}).json_schema()
        option = {
            **Section(keys).json_schema(),
            "required": ["name"],
            "anyOf": [{"required": [name]} for name in _CHANGES],
            "dependentRequired": {"learns": ["cost"]},
            "not": {"anyOf": [{"required": ["learns", name]} for name in _AFTER_A_STEP]},
        }
        return {
            "type": "object",
            "maxProperties": MOST_OPTIONS,
            "propertyNames": {"pattern": r"^[^\sA-Z]+$"},
            "properties": dict.fromkeys(STANDARD, standard),
            "additionalProperties": option,
        }


def _is_named(entry: object) -> bool:
    return isinstance(entry, dict) and "name" in entry


def _check_is_whole(checker: Checker, place: Place, entry: Mapping[str, object]) -> None:
    """Report what an option of the file's own lacks, or has beside what excludes it."""
    name = name_of(place)
    if "name" not in entry:
        checker.add(place, f"{name} has no name", "add name: with what a reader sees")
    if entry.keys().isdisjoint(_CHANGES):
        hint = f"add {', '.join(_CHANGES[:-1])} or {_CHANGES[-1]}"
        checker.add(place, f"{name} changes nothing; an option must differ from the case", hint)
    if "learns" not in entry:
        return
    if "cost" not in entry:
        checker.add(place, f"{name} has learns but no cost", "add cost: what the step costs at the start")
    for key in _AFTER_A_STEP:
        if key in entry:
            hint = f"give what goes on after it as an option of its own, or take {key} out"
            checker.add((*place, key), f"{name} has {key} beside learns; a first step changes none", hint)
