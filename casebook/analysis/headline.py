"""The measure that leads a document: a house's own rule says which net present value stands first."""

from __future__ import annotations

import numpy as np

from casebook.analysis.analysis import sample_of
from casebook.analysis.simulation import DRAWS, present_values
from casebook.case.case import Case
from casebook.schema.headlines import Headline


def headline_of(case: Case) -> Headline:
    """What the parameter file asks for, or the expected value; without ranges the plan stands in for it."""
    asked: Headline = case.parameters.document.get("headline", "expected")
    return "plan" if asked == "expected" and not _has_ranges(case) else asked


def net_present_value(case: Case, headline: Headline) -> float:
    """The net present value of a case by that measure, in its currency.

    *expected* is the mean over the draws of the uncertain inputs, *plan* the value at likely values, and
    *risk-adjusted* that with each benefit lowered and each cost raised by its line's risk. It is for a case
    that was altered, to be compared with the case itself: the same inputs draw the same values in both.
    """
    returns = case.returns
    if headline == "risk-adjusted":
        assert returns.risk_adjusted is not None
        return returns.risk_adjusted.net_present_value
    sample = sample_of(case) if headline == "expected" else None
    if sample is None:
        return returns.net_present_value
    total = 0.0
    for values in sample.chunks(DRAWS):
        benefits, costs = case.ledger.totals(values)
        worths = present_values(benefits - costs, case.discount_rate)
        rows = len(next(iter(values.values())))
        total += float(np.broadcast_to(worths, rows).sum())
    return total / DRAWS


def _has_ranges(case: Case) -> bool:
    return any(case.has_range(name) for name in case.ledger.inputs())
