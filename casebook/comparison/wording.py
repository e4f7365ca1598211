"""How a comparison words its figures: each as the second case's reader would write it."""

from __future__ import annotations

from typing import Any

import numpy as np

from casebook.comparison.changes import RATE, YEARS, Change
from casebook.comparison.comparison import Comparison
from casebook.formatting import Formatter
from casebook.formatting.sentences import lower_first, short_reason
from casebook.presentation.formulas import figures
from casebook.record.types import ResultRecord

MONEY = ("net_present_value", "present_value_of_benefits", "present_value_of_costs")
MONTHS = ("payback_months", "discounted_payback_months")
RATIOS = ("benefit_cost_ratio",)


class Wording:
    """The words of one comparison."""

    def __init__(self, comparison: Comparison) -> None:
        record = comparison.after.record
        self.comparison = comparison
        self.to = Formatter(record.currency, record.locale)

    def names(self) -> tuple[str, str]:
        """What the two cases are called; told apart where their folders have one name."""
        one, other = self.comparison.before, self.comparison.after
        return (one.name, other.name) if one.name != other.name else ("before", "after")

    def signed(self, value: float, *, short: bool = False) -> str:
        """An amount with its sign, above zero too."""
        text = self.to.money_short(value) if short else self.to.money(value)
        return f"+{text}" if value > 0 and any(digit in text for digit in "123456789") else text

    def label(self, change: Change) -> str:
        """What changed, in a few words."""
        if change.kind != "line":
            return change.label
        if not change.before:
            return f"New {change.unit}: {change.label}"
        return f"{'Formula' if change.after else f'No longer a {change.unit}'}: {change.label}"

    def in_prose(self, change: Change) -> str:
        """What changed, as part of a sentence."""
        text = change.label
        if change.kind != "line":
            return lower_first(text)
        gone = f"no longer a {change.unit}"
        how = (
            f"a new {change.unit}"
            if not change.before
            else "by a different formula"
            if change.after
            else gone
        )
        return f"“{text}”, {how}"

    def remarks(self, change: Change) -> list[str]:
        """What else there is to say of a change, a sentence each."""
        sentences = [change.note] if change.note else []
        if change.dropped_range is not None:
            sentences.append(f"Its range, {self.range(*change.dropped_range, change.unit)}, is dropped.")
        return sentences

    def contribution(self, change: Change) -> str:
        """What a change adds, with its standard error where orders were drawn."""
        assert change.contribution is not None
        text, error = self.signed(change.contribution), self.error(change.standard_error)
        return f"{text}\n± {error}" if any(digit in error for digit in "123456789") else text

    def error(self, amount: float) -> str:
        """A standard error, of which one digit is known."""
        return self.to.money_short(float(f"{amount:.1g}"))

    def range(self, low: Any, high: Any, unit: str) -> str:
        """A range, or ranges by year, on one line."""
        return " to ".join(self.quantity(end, unit).replace(";\n", "; ") for end in (low, high))

    def before(self, change: Change) -> str:
        """The value before the change."""
        return self._value(change, change.before)

    def after(self, change: Change) -> str:
        """The value after the change."""
        reworked = change.kind == "line" and change.before and change.after
        return "otherwise" if reworked else self._value(change, change.after)

    def _value(self, change: Change, value: Any) -> str:
        if change.kind == "line":
            return "counted" if value else "–"
        if value is None:
            return "not given"
        if change.kind == YEARS:
            return years(value)
        if change.kind == RATE:
            return self.to.share(value, exact=True)
        return self.quantity(value, change.unit)

    def quantity(self, value: Any, unit: str) -> str:
        """A value, or values by year, one of them a line."""
        return figures(np.atleast_1d(value), unit, self.to, exact=True).replace("; ", ";\n")

    def unit(self, change: Change) -> str:
        """The unit of the values; none for anything that is not a quantity."""
        return self.to.unit_words(change.unit) if change.kind == "input" else ""

    def figure(self, result: ResultRecord, name: str) -> str:
        """A figure of a result, or why there is none."""
        value = getattr(result, name)
        if value is None:
            return short_reason(result.reasons.get(name, "not known"))
        if name in MONEY:
            return self.to.money(value)
        if name in MONTHS:
            return self.to.months(value)
        return self.to.number(value) if name in RATIOS else self.to.share(value)

    def step(self, name: str) -> str:
        """The difference of a figure: money, months, or points of a share; a dash where one is missing."""
        old, new = (
            getattr(side.record.result, name) for side in (self.comparison.before, self.comparison.after)
        )
        if old is None or new is None:
            return "–"
        step = float(new) - float(old)
        if name in MONEY:
            return self.signed(step)
        text = self.to.number(step if name in RATIOS else step if name in MONTHS else 100 * step)
        text = f"+{text}" if step > 0 else text
        return f"{text} months" if name in MONTHS else text if name in RATIOS else f"{text} points"


def years(count: int) -> str:
    """A number of years in words."""
    return f"{count} {'year' if count == 1 else 'years'}"
