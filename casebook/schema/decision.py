"""The decision: which option is asked for, in which words, and why where the figures recommend another."""

from __future__ import annotations

from dataclasses import dataclass

from casebook.schema import sections
from casebook.schema.checker import Checker, show_key
from casebook.schema.options import STANDARD
from casebook.schema.sections import Section, Shorthand, keys_of
from casebook.schema.value_kinds import LINE, TEXT, Schema
from casebook.schema.wording import Place


@dataclass(frozen=True)
class Decision:
    """What is to be decided."""

    option: str | None = sections.key(
        LINE, None, help="The key of the option that is asked for; without it, the recommended one."
    )
    text: str | None = sections.key(
        TEXT, None, help="The decision in one sentence; it becomes the heading of page 1."
    )
    reason: str | None = sections.key(
        TEXT, None, help="Why, where the figures recommend another option; it is printed."
    )


@dataclass(frozen=True)
class DecisionSection(Shorthand):
    """A decision, or its text alone."""

    def read(self, checker: Checker, place: Place, value: object) -> Decision:
        decision: Decision = super().read(checker, place, value) or Decision()
        given = checker.values.get("options")
        known = [*dict.fromkeys((*STANDARD, *(given if isinstance(given, dict) else ())))]
        if decision.option is not None and decision.option not in known:
            hint = checker.suggest(decision.option, known, kind="options")
            checker.add((*place, "option"), f"no option is called {show_key(decision.option)}", hint)
        return decision

    def json_schema(self) -> Schema:
        forms = super().json_schema()["anyOf"]
        return {"anyOf": [{"type": "null"}, *forms]}


DECISION = DecisionSection("text", Section(keys_of(Decision), Decision))
