"""The rules of the review by their ids, and a parameter file's answers to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from casebook.schema.checker import Checker
from casebook.schema.sections import ByName, Section, Shorthand, key, keys_of
from casebook.schema.text_forms import DayOrPeriod
from casebook.schema.value_kinds import LINE, TEXT, Number, Schema
from casebook.schema.wording import Place, name_of

RULE_IDS = (
    "still-an-example",
    "gains-at-revenue",
    "freed-capacity-as-cash",
    "average-for-marginal-cost",
    "negative-benefit",
    "haircut-and-range",
    "no-ramp",
    "single-point",
    "no-source",
    "rows-set-aside",
    "causal-share-unquestioned",
    "overlapping-benefits",
    "claim-over-pool",
    "retention-and-lifetime-value",
    "cost-class-missing",
    "one-input-dominates",
    "assumption-among-most-influential",
    "long-horizon",
    "unusual-discount-rate",
    "implausible-return",
    "uplift-over-untouched",
    "loss-more-likely-than-gain",
    "behind-plan",
)
"""What a sceptical reader would object to, in the order in which it is looked for."""


@dataclass(frozen=True)
class Answer:
    """What a parameter file says to the findings of one rule, and who settles what is left of them."""

    answer: str | None = key(TEXT, None, help="The answer; without one the finding stays open.")
    covers: float = key(
        Number((0, 1), "share", "a share between 0 and 1"),
        1.0,
        help="How much of the finding the answer settles; all of it, unless given.",
        example="40%",
    )
    owner: str | None = key(LINE, None, help="Who settles what is open.")
    by: str | None = key(DayOrPeriod(), None, help="By when: a date, month, quarter or year.")

    @property
    def open_share(self) -> float:
        """How much of a finding is open."""
        return 1.0 if self.answer is None else 1.0 - self.covers


@dataclass(frozen=True)
class _Answer(Section):
    """An answer with what belongs to it; one alone may be written as its text."""

    def read(self, checker: Checker, place: Place, value: object) -> Answer | None:
        found: Answer | None = super().read(checker, place, value)
        given = value if isinstance(value, dict) else {}
        if "covers" in given and "answer" not in given:
            message = f"{name_of((*place, 'covers'))} is given without an answer"
            checker.add((*place, "covers"), message, "write answer: beside it, or take the line out")
        elif isinstance(value, dict) and not value:
            hint = "write answer:, owner: or by: under it"
            checker.add(place, f"{name_of(place)} is empty; must be an answer", hint)
        return found

    def json_schema(self) -> Schema:
        return {**super().json_schema(), "minProperties": 1, "dependentRequired": {"covers": ["answer"]}}


def answers(above: Mapping[str, Any]) -> ByName:
    """A parameter file's answers to findings, by the id of the rule or of a check of its template."""
    template = above.get("template")
    ids = (*RULE_IDS, *(template.checks if template else ()))
    kind = Shorthand("answer", _Answer(keys_of(Answer), Answer))
    return ByName(dict.fromkeys(ids, kind), "rule of the review", "rules", "write each as rule: answer")
