"""The rules of the review by their ids, and a parameter file's answers to them."""

from __future__ import annotations

from casebook.schema.sections import ByName
from casebook.schema.value_kinds import TEXT

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

ANSWERS = ByName(dict.fromkeys(RULE_IDS, TEXT), "rule of the review", "rules", "write each as rule: answer")
"""A parameter file's answers to findings, by the id of the rule."""
