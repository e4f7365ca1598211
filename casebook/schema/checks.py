"""The checks that a type of case makes of itself, such as of a team's size: what the review calls them."""

from __future__ import annotations

from dataclasses import dataclass

from casebook.schema.checker import Checker, show_key
from casebook.schema.reference_keys import key_of
from casebook.schema.review_rules import RULE_IDS
from casebook.schema.sections import Section, key, keys_of
from casebook.schema.value_kinds import LINE, TEXT, Choice, Kind, Schema
from casebook.schema.wording import Place

SEVERITIES = ("high", "medium", "low")
"""How much a finding weighs, the heaviest first."""


@dataclass(frozen=True)
class CheckDeclaration:
    """A check: what its finding is called, how much it weighs, and what would settle it."""

    title: str = key(LINE, help="What the finding is called.")
    settle: str = key(TEXT, help="What would settle it.")
    severity: str = key(Choice(SEVERITIES), "medium", help=f"{', '.join(SEVERITIES)}.")


@dataclass(frozen=True)
class ChecksSection(Kind):
    """The checks of a type of case, by the id under which a parameter file answers them."""

    def read(self, checker: Checker, place: Place, value: object) -> dict[str, CheckDeclaration]:
        given = checker.mapping(place, value, None)
        section = Section(keys_of(CheckDeclaration), CheckDeclaration)
        found = {}
        for name, entry in given.items():
            if name != key_of(name):
                needed = "lower-case letters, digits and hyphens"
                checker.add((*place, name), f"a check can't be called {show_key(name)}: {needed}")
            elif name in RULE_IDS:
                checker.add((*place, name), f"{show_key(name)} is a rule of the review", "rename the check")
            read = section.read(checker, (*place, name), entry)
            if read is not None:
                found[name] = read
        return found

    def json_schema(self) -> Schema:
        keys = Section(keys_of(CheckDeclaration))
        return {"type": "object", "additionalProperties": keys.json_schema()}
