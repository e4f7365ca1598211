"""Scenarios: what else might come, each a name and the inputs that differ from the case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from casebook.schema.changed_inputs import changes_schema, read_changes
from casebook.schema.checker import Checker
from casebook.schema.value_kinds import TEXT, Kind, Quantity, Schema
from casebook.schema.wording import Place, name_of, unusable_character
from casebook.schema.yaml_source import REFUSED

MOST_SCENARIOS = 12
LONGEST_NAME = 60
NOTE = "note"

_HINT = "write each input that differs under it, as name: value"


@dataclass(frozen=True)
class Scenario:
    """The inputs that differ from the case; all others keep their likely values."""

    values: dict[str, Quantity]
    """One number, or a tuple with one a year, by the name of the input; at least one input."""
    note: str | None = None


@dataclass(frozen=True)
class ScenariosSection(Kind):
    """The scenarios by name.

    What a scenario does not set has its likely value. It can't bring back an optional input that the case
    does without: the lines that rest on it are not in the figure.
    """

    above: Mapping[str, Any]

    def read(self, checker: Checker, place: Place, value: object) -> dict[str, Scenario]:
        given = checker.mapping(place, value, None, hint="write each as name: {input: value}")
        if len(given) > MOST_SCENARIOS:
            message = f"{len(given)} scenarios are given; at most {MOST_SCENARIOS} are allowed"
            checker.add(place, message, "keep those on which the decision turns")
        scenarios: dict[str, Scenario] = {}
        taken: dict[str, str] = {}
        for key, entry in given.items():
            name = _name(checker, key, taken)
            scenario = self._scenario(checker, (*place, key), entry)
            if name is not None and scenario is not None:
                scenarios[name] = scenario
        return scenarios

    def _scenario(self, checker: Checker, place: Place, entry: object) -> Scenario | None:
        if entry is REFUSED:
            return None
        if entry is None or entry == {}:
            checker.add(place, f"{name_of(place)} sets no input; at least one is required", _HINT)
            return None
        entries = checker.mapping(place, entry, None, hint=_HINT)
        note = TEXT.read(checker, (*place, NOTE), entries[NOTE]) if NOTE in entries else None
        inputs = {name: amount for name, amount in entries.items() if name != NOTE}
        rule = "a scenario is one point, without a range"
        values = read_changes(checker, self.above, place, inputs, rule=rule)
        if entries.keys() == {NOTE}:
            checker.add(place, f"{name_of(place)} sets no input; at least one is required", _HINT)
        return Scenario(values, note) if values else None

    def json_schema(self) -> Schema:
        values = changes_schema(self.above["template"])
        scenario = {
            "type": "object",
            "properties": {**values, NOTE: TEXT.json_schema()},
            "additionalProperties": False,
            "minProperties": 1,
            "not": {"required": [NOTE], "maxProperties": 1},
        }
        return {
            "type": "object",
            "maxProperties": MOST_SCENARIOS,
            "propertyNames": {"pattern": rf"^\s*(?=\S)[^\n\t]{{1,{LONGEST_NAME}}}?\s*$"},
            "additionalProperties": scenario,
        }


def _name(checker: Checker, key: str, taken: dict[str, str]) -> str | None:
    """A scenario's name without blanks around it; `taken` are those before it, by how they compare."""
    place, name = ("scenarios", key), key.strip()
    if not name:
        checker.add(place, "the name of a scenario is empty; must be text")
    elif fault := unusable_character(name):
        checker.add(place, f"the name of {name_of(place)} contains {fault}", "take the character out")
    elif "\n" in name or "\t" in name:
        checker.add(place, f"the name of {name_of(place)} has a line break or a tab; must be one line")
    elif len(name) > LONGEST_NAME:
        message = (
            f"the name of {name_of(place)} has {len(name)} characters; at most {LONGEST_NAME} are allowed"
        )
        checker.add(place, message, "put the rest under note:")
    # Names that differ in capitals or blanks only can't be told apart in a table.
    elif (same := " ".join(name.casefold().split())) in taken:
        message = f"{name_of(place)} has the same name as {name_of(('scenarios', taken[same]))}"
        checker.add(place, message, "names must differ in more than case and spaces")
    else:
        taken[same] = key
        return name
    return None
