"""What changed from one case to another, and how much of the difference each change makes.

The net present value is a sum over lines, and the contributions to a sum are the sums of those to its parts:
each line is attributed by itself, to those changes that it rests on. That is exact, and it keeps the number
of combinations small where many inputs changed.
"""

from __future__ import annotations

import math
import sys
from dataclasses import asdict, dataclass, replace
from typing import Any

from casebook.comparison.attribution import attribute
from casebook.comparison.changes import (
    Change,
    Knowledge,
    aligned,
    changes_between,
    knowledge_changes,
    matched,
)
from casebook.comparison.mixtures import MixedLine
from casebook.comparison.option_changes import OptionChange, Preference, option_changes, preferences
from casebook.comparison.pairing import Side
from casebook.errors import CaseError
from casebook.record.formulas import Nodes, rebuild
from casebook.schema.typed_json import to_json

FORMAT, VERSION = "casebook.comparison", 1

_ROUNDING = 1e-9
"""What the sum may be apart from the difference, as a share of the amounts that it is made of."""


@dataclass(frozen=True)
class Comparison:
    """Two cases of one type, and what leads from the first to the second."""

    before: Side
    after: Side
    changes: tuple[Change, ...]
    """The greatest contribution first; those without one of their own last."""
    knowledge: tuple[Knowledge, ...]
    """Inputs whose range, grade or source is different now; correlations among them."""
    exact: bool
    """Whether every combination was evaluated; otherwise orders were drawn for some lines."""

    @property
    def difference(self) -> float:
        """The second net present value less the first; the contributions add up to it."""
        return self.after.net_present_value - self.before.net_present_value

    @property
    def is_same(self) -> bool:
        """Whether nothing differs: no change, nothing known otherwise, and no other figure."""
        one, other = self.before.record, self.after.record
        figures_are = (one.result, one.simulation) == (other.result, other.simulation)
        return figures_are and not (self.changes or self.knowledge or self.options or self.preferences)

    @property
    def options(self) -> tuple[OptionChange, ...]:
        """The options that differ."""
        return option_changes(self.before.record, self.after.record)

    @property
    def preferences(self) -> tuple[Preference, ...]:
        """What is recommended or asked for instead."""
        return tuple(preferences(self.before.record, self.after.record))

    @property
    def contributions(self) -> list[tuple[Change, float]]:
        """The changes that have a contribution of their own, the greatest first."""
        return [(change, change.contribution) for change in self.changes if change.contribution is not None]

    def to_json(self) -> dict[str, Any]:
        """The comparison as plain values: money in the cases' currency, shares as fractions."""
        return {
            "format": FORMAT,
            "version": VERSION,
            "currency": self.after.record.currency,
            "template": self.after.kind,
            "before": _shown(self.before),
            "after": _shown(self.after),
            "difference": self.difference,
            "method": "Shapley values, exact" if self.exact else "Shapley values, some from drawn orders",
            "changes": [vars(change) for change in self.changes],
            "knowledge": [vars(known) for known in self.knowledge],
            "options": [asdict(change) for change in self.options],
            "preferences": [asdict(each) for each in self.preferences],
        }


def _shown(side: Side) -> dict[str, Any]:
    record = side.record
    return {
        "name": side.name,
        "client": record.client.name,
        "years": record.years,
        "discount_rate": record.discount_rate,
        "result": to_json(record.result),
    }


def compare(before: Side, after: Side) -> Comparison:
    """Compare two records of one type and currency.

    Raises CaseError where the formulas of a record can't be worked out or do not give its own figure, and
    where a mixture of the two cases has none (a division by zero that neither has by itself).
    """
    try:
        return _compare(before, after)
    except (LookupError, TypeError, ValueError, ArithmeticError, AttributeError) as error:
        what = f"the formulas in {before.path} and {after.path} can't be evaluated: {error}"
        raise CaseError(f"{what}\n  hint: make the reports again") from error


def _compare(before: Side, after: Side) -> Comparison:
    nodes = Nodes()
    years = max(side.record.years for side in (before, after))
    cases = rebuild(before.record, nodes, years=years), rebuild(after.record, nodes, years=years)
    values, lines = aligned(*cases, years), matched(*cases)
    changes = changes_between(before.record, after.record, lines, values, nodes)
    totals = {change.key: 0.0 for change in changes if change.contribution is not None}
    errors, exact, largest = dict.fromkeys(totals, 0.0), True, 0.0
    for key, pair in lines.items():
        game = MixedLine(key, pair, values, cases)
        players = game.players(list(totals))
        if players:
            found = attribute(game.worth(players), len(players))
            exact, largest = exact and found.exact, max(largest, found.largest)
            for player, part, error in zip(players, found.contributions, found.standard_error, strict=True):
                totals[player] += float(part)
                errors[player] = math.hypot(errors[player], float(error))
    _add_up(totals, before, after, largest)
    told = [
        replace(change, contribution=totals[change.key], standard_error=errors[change.key])
        if change.key in totals
        else change
        for change in changes
    ]
    # None comes last: no amount is less than none.
    told.sort(key=lambda change: math.inf if change.contribution is None else -abs(change.contribution))
    return Comparison(before, after, tuple(told), knowledge_changes(before.record, after.record), exact)


def _add_up(totals: dict[str, float], before: Side, after: Side, largest: float) -> None:
    """Give what rounding left over to the greatest contribution; refuse what rounding can't have left."""
    rest = after.net_present_value - before.net_present_value - math.fsum(totals.values())
    results = (before.record.result, after.record.result)
    size = largest + sum(abs(r.present_value_of_benefits) + abs(r.present_value_of_costs) for r in results)
    # Below the smallest normal number a float has no digits left to be exact in.
    if abs(rest) > max(_ROUNDING * size, sys.float_info.min):
        raise CaseError(
            f"the formulas in {before.path} and {after.path} do not give the net present values "
            "recorded there\n  hint: make the reports again"
        )
    if totals:
        totals[max(totals, key=lambda key: abs(totals[key]))] += rest
