"""The measure that leads a document: a house's own rule says which net present value stands first."""

from __future__ import annotations

from casebook.case.case import Case
from casebook.schema.headlines import Headline


def headline_of(case: Case) -> Headline:
    """What the parameter file asks for, or the expected value; without ranges the plan stands in for it."""
    asked: Headline = case.parameters.document.get("headline", "expected")
    has_ranges = any(case.has_range(name) for name in case.ledger.inputs())
    return "plan" if asked == "expected" and not has_ranges else asked
