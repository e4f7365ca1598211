"""The rules of the review by their ids, and a parameter file's answers to them."""

from __future__ import annotations

from casebook.reading.checking import Checker, show_key

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


def read_review(checker: Checker, value: object) -> dict[str, str]:
    """The answers to findings, by the id of the rule. An answer is text, and not blank."""
    answers: dict[str, str] = {}
    for rule, answer in checker.mapping(("review",), value, None, hint="write each as rule: answer").items():
        place = ("review", rule)
        if rule not in RULE_IDS:
            message = f"no rule of the review is called {show_key(rule)}"
            checker.add(place, message, checker.suggest(rule, RULE_IDS, kind="rules"))
            continue
        text = checker.text(place, answer)
        if text is not None:
            answers[rule] = text
    return answers
