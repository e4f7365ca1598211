"""Periods of the calendar as a reader meets them."""

from __future__ import annotations

from casebook.formatting import Formatter
from casebook.schema.periods import calendar_period


def period_words(to: Formatter, text: str) -> str:
    """A month or quarter in the reader's words; any other text as it stands.

    >>> to = Formatter("USD", "en_US")
    >>> [period_words(to, text) for text in ("2026-09", "2026-Q3", "2026", "soon")]
    ['September 2026', 'Q3 2026', '2026', 'soon']
    """
    period = calendar_period(text)
    if period is None or period.months > 3:
        return text
    year, month = divmod(period.first, 12)
    return to.month(year, month + 1) if period.months == 1 else to.quarter(year, month // 3 + 1)
