"""The overlaps of a client's cases as a table: each case's part, and what they come to together."""

from __future__ import annotations

import math
from collections.abc import Sequence

from casebook.formatting import Formatter
from casebook.portfolio.overlap import CENT
from casebook.portfolio.overlap_register import Overlap
from casebook.schema.periods import month_of
from casebook.views.components import Callout, Row, Table, callout, left, right, row

RULE = (
    "Cases of one client that draw on one pool are counted as if their lines stood in one case: where they "
    "claim more than it holds, all claims are scaled down to it in one proportion, and costs stay. “Taken "
    "off” is present value."
)
AT_WORST = (
    "“Twice at most” is what two cases may claim of what still counts, if all claims mean no more than the "
    "largest of them. Nothing is taken off for it; “Worth” is the present value that the sum would lose, at "
    "what a case makes of its claim on average."
)
MONTH = (
    "Claims and sizes are those of the month in which the claims come nearest to the pool; what flows, such "
    "as contacts, is given by the year."
)
SIZES = "Where cases state different sizes, the smallest counts."
YEARS = "Where not all cases of a client say when they start, each is counted from its own start."


def overlap_table(overlaps: Sequence[Overlap], to: Formatter) -> Table:
    """Cases of one currency, pool by pool."""
    rows = [each for overlap in overlaps for each in _rows(overlap, to)]
    notes = [RULE, AT_WORST, MONTH]
    if any(len({part.size for part in overlap.parts} - {None}) > 1 for overlap in overlaps):
        notes.append(SIZES)
    if any(month_of(overlap.when) is None for overlap in overlaps):
        notes.append(YEARS)
    labels = ("Claims", "Pool holds", "Taken off", "Twice at most", "Worth")
    return Table(
        [left("Case"), *(right(label) for label in labels)],
        rows,
        caption=f"What cases of one client claim together ({to.currency})",
        note=" ".join(notes),
    )


def overlap_callout(overlaps: Sequence[Overlap], to: Formatter) -> Callout:
    """What overlaps take off the sum, and what they may come to at worst."""
    lost, worst = (math.fsum(getattr(each, name) for each in overlaps) for name in ("lost", "at_most_worth"))
    taken = (
        f"{to.money_short(lost)} is taken off the sum for what they claim beyond what there is."
        if lost >= CENT
        else "Together they claim no more than there is, so nothing is taken off the sum."
    )
    text = (
        f"Cases of one client draw on the same pools. {taken} At worst, up to {to.money_short(worst)} of "
        "what still counts is counted twice."
    )
    return callout("Cases overlap", text, tone="warning")


def _rows(overlap: Overlap, to: Formatter) -> list[Row]:
    month = month_of(overlap.when)
    when = overlap.when if month is None else to.month(month.year, month.month)

    def amount(value: float | None) -> str:
        return "–" if value is None else to.quantity(value, overlap.unit)

    parts = [
        row(part.case, amount(part.claimed), amount(part.size), to.money_short(part.lost))
        for part in overlap.parts
    ]
    together = row(
        "Together",
        amount(overlap.claimed),
        amount(overlap.size),
        to.money_short(overlap.lost),
        amount(overlap.at_most_twice),
        to.money_short(overlap.at_most_worth),
        style="total",
    )
    return [row(f"{overlap.client}: {overlap.pool}, {when}", style="heading"), *parts, together]
