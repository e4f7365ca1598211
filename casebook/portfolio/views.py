"""What a portfolio shows: the cases in several orders, by cost and worth, by year, and under a budget."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from casebook.formatting import Formatter
from casebook.formatting.sentences import lower_first
from casebook.portfolio.differences import counted, differences, named
from casebook.portfolio.entry import Entry
from casebook.portfolio.funding import Funding
from casebook.portfolio.overlap import CENT, value_lost
from casebook.portfolio.overlap_register import Overlap, not_comparable, overlaps
from casebook.portfolio.ranking import ORDERS, Order, ranked
from casebook.portfolio.record_scan import Portfolio
from casebook.views.components import (
    Callout,
    Component,
    Table,
    Tile,
    Tiles,
    callout,
    gap,
    group,
    left,
    right,
    row,
)
from casebook.views.view import View

FIRST = 10
"""How many cases stand in the table of orders."""

EVIDENCE = (
    "Evidence: the share of the benefit that rests on more than assumption (measured, stated or published)."
)


@dataclass(frozen=True)
class Page:
    """The views of a portfolio, for its notebook."""

    portfolio: Portfolio
    budget: Funding | None = None

    @cached_property
    def _locale(self) -> str:
        """The locale of most cases: one page has one way to write figures."""
        return Counter(entry.locale for entry in self.portfolio.entries).most_common(1)[0][0]

    def _to(self, currency: str) -> Formatter:
        return Formatter(currency, self._locale)

    @property
    def headline(self) -> str:
        """How many cases there are, and in which currencies."""
        count = len(self.portfolio.entries)
        text = f"{self._to(self.portfolio.currencies[0]).number(count)} {'case' if count == 1 else 'cases'}"
        parts = [f"{len(self.portfolio.of(each))} in {each}" for each in self.portfolio.currencies]
        return f"{text}: {', '.join(parts)}" if len(parts) > 1 else f"{text} in {parts[0].split()[-1]}"

    @property
    def sentence(self) -> str:
        """What they are worth together, by currency, and what a reader has to know first."""
        parts = []
        for currency in self.portfolio.currencies:
            to, whole = self._to(currency), counted(self.portfolio.of(currency))
            lost = value_lost(whole)
            value = math.fsum(entry.net_present_value for entry in whole) - lost
            costs = math.fsum(entry.costs for entry in whole)
            part = f"{to.money(value)} net present value for {to.money(costs)} of costs in {currency}"
            after = f", after {to.money(lost)} that cases of one client would claim twice"
            parts.append(part + after * (lost >= CENT))
        out = len(self.portfolio.left_out)
        text = f"Together they bring {'; '.join(parts)}."
        return text + (f" {out} {'is' if out == 1 else 'are'} left out, and named below." if out else "")

    def tiles(self) -> View:
        """Four figures for the currency of most cases."""
        currency = self.portfolio.currencies[0]
        to, entries = self._to(currency), self.portfolio.of(currency)
        whole = counted(entries)
        losing = sum(entry.net_present_value < 0 for entry in entries)
        risky = sum((entry.probability_of_loss or 0.0) > 0.25 for entry in entries)
        lost = value_lost(whole)
        value = math.fsum(entry.net_present_value for entry in whole) - lost
        costs = math.fsum(entry.costs for entry in whole)
        basis = f"{len(whole)} of {len(entries)} cases" if len(whole) < len(entries) else "all cases"
        basis += f" in {currency}" + ", without overlaps" * (lost >= CENT)
        items = [
            Tile("Net present value", to.money_short(value), basis),
            Tile("Costs", to.money_short(costs), "present value"),
            Tile("Lose money", f"{losing} of {len(entries)}", "at likely values"),
            Tile("Risky", f"{risky} of {len(entries)}", "chance of loss over a quarter"),
        ]
        return View(Tiles(items))

    def cautions(self) -> View:
        """What keeps the cases from being compared, in short."""
        from casebook.portfolio.overlap_table import overlap_callout

        overlapping = [
            overlap_callout(found, self._to(currency)) for currency, found in self._overlaps.items() if found
        ]
        return View(group([self._comparable(), *overlapping]))

    def _comparable(self) -> Callout:
        found = differences(self.portfolio.entries, self._to(self.portfolio.currencies[0]))
        if not found:
            text = "All have one currency, horizon and discount rate, and one version of each template."
            return callout("The cases can be compared", text)
        what = ", ".join(lower_first(each.what) for each in found)
        text = f"They differ in {what}; what that means stands under “What can't be compared”."
        return callout("Compare with care", text, tone="warning")

    def bubbles(self) -> View:
        """Cost against worth, one chart a currency."""
        from casebook.portfolio.bubbles import bubble_chart

        return self._each(bubble_chart, least=2)

    def years(self) -> View:
        """Money by year, one table and chart a currency."""
        from casebook.portfolio.years import year_chart, year_table

        def make(entries: list[Entry], to: Formatter) -> Component:
            kept = counted(entries)
            table = year_table(kept, to, aside=len(entries) - len(kept))
            return group([year_chart(kept, to), table])

        return self._each(make)

    def orders(self) -> View:
        """The first cases in each order."""
        return self._each(self._orders, least=2)

    def cases(self) -> View:
        """All cases, the highest net present value first, each with a link to its report."""
        return self._each(self._cases)

    def _each(self, make: Callable[[list[Entry], Formatter], Component], *, least: int = 1) -> View:
        """A view for each currency that has so many cases."""
        shown = [each for each in self.portfolio.currencies if len(self.portfolio.of(each)) >= least]
        views = [make(self.portfolio.of(currency), self._to(currency)) for currency in shown]
        if not views:
            return View(callout("Nothing to compare", "No currency has two cases."))
        return View(group(views))

    def _orders(self, entries: list[Entry], to: Formatter) -> Table:
        columns = [ranked(entries, order)[:FIRST] for order in ORDERS]
        rows = [
            row(
                str(rank + 1),
                *(f"{column[rank].label}\n{self._figure(o, column[rank], to)}" for o, column in pairs),
            )
            for rank in range(min(FIRST, len(entries)))
            for pairs in [list(zip(ORDERS, columns, strict=True))]
        ]
        heads = [left("Rank", 0.3), *(left(order.label, lines="lead") for order in ORDERS)]
        first = f"The first {len(rows)} of {len(entries)}" if len(rows) < len(entries) else "The cases"
        return Table(heads, rows, caption=f"{first} in five orders ({to.currency})", note=EVIDENCE)

    def _figure(self, order: Order, entry: Entry, to: Formatter) -> str:
        match order.label:
            case "Net present value":
                return to.money_short(entry.net_present_value)
            case "Return":
                return self._share(entry.return_on_investment, to)
            case "Payback":
                return self._payback(entry, to)
            case "Chance of loss":
                return self._share(entry.probability_of_loss, to)
        return to.share(round(entry.known, 2))

    def _cases(self, entries: list[Entry], to: Formatter) -> Table:
        rows = [
            row(
                f"{entry.label}\n{entry.kind_title}",
                to.money_short(entry.net_present_value),
                to.money_short(entry.option.expected_net_present_value),
                f"{entry.option.name}\n{to.money_short(entry.option.approve_now)}",
                to.money_short(entry.costs),
                self._share(entry.return_on_investment, to),
                self._payback(entry, to),
                self._share(entry.probability_of_loss, to),
                to.share(round(entry.known, 2)),
                str(entry.objections or "–"),
                link=entry.report,
            )
            for entry in entries
        ]
        labels = ("Costs", "Return", "Payback", "Loss", "Evidence", "Objections")
        note = (
            "Plan: net present value of the whole of each case at likely values, by itself. Asked for: the "
            "option that the case asks for, with the money to approve now. Expected: what that option is "
            f"worth on average. Loss: chance of the whole. {EVIDENCE} Objections: findings of high severity "
            "that nobody has answered."
        )
        heads = [left("Case", 1.5, lines="lead"), right("Plan"), right("Expected"), left("Asked for", 1.1)]
        heads += [right(label) for label in labels]
        return Table(heads, rows, caption=f"All cases by net present value ({to.currency})", note=note)

    def _share(self, value: float | None, to: Formatter) -> str:
        return "–" if value is None else to.share(value if abs(value) < 0.1 else round(value, 2))

    def _payback(self, entry: Entry, to: Formatter) -> str:
        if entry.payback_months is not None:
            return to.months(entry.payback_months)
        return "at once" if entry.no_payback == "no money at risk" else "none"

    def overlaps(self) -> View:
        """What cases of one client claim of the same pool, and what is taken off the sum for it."""
        from casebook.portfolio.overlap_table import overlap_table

        shown: list[Component] = [
            overlap_table(found, self._to(currency)) for currency, found in self._overlaps.items() if found
        ]
        remarks = not_comparable(counted(self.portfolio.entries))
        shown += [callout("Not compared", remark, tone="warning") for remark in remarks]
        if not shown:
            return View(gap("No overlap", "No two cases of a client draw on the same pool.", quiet=True))
        return View(group(shown))

    @cached_property
    def _overlaps(self) -> dict[str, list[Overlap]]:
        """By currency, among the cases that are counted."""
        return {each: overlaps(counted(self.portfolio.of(each))) for each in self.portfolio.currencies}

    def funding(self) -> View:
        """Which cases to fund under the budget, and the next best set."""
        from casebook.portfolio.funding_view import NO_BUDGET, funding_view

        if self.budget is None:
            return View(callout("No budget is given", NO_BUDGET))
        others = [each for each in self.portfolio.currencies if each != self.budget.currency]
        return View(funding_view(self.budget, self._to(self.budget.currency), others))

    def differences(self) -> View:
        """In what the cases differ, which has what, and what it means."""
        found = differences(self.portfolio.entries, self._to(self.portfolio.currencies[0]))
        if not found:
            return View(self._comparable())
        rows = []
        for each in found:
            rows.append(row(f"{each.what}. {each.why}", style="heading"))
            rows += [row(value, str(len(names)), named(names)) for value, names in each.groups]
        heads = [left("What", 0.7), right("Cases"), left("Which", 2)]
        return View(Table(heads, rows, caption="How the cases differ"))

    def left_out(self) -> View:
        """What is not among the cases, and why; remarks on those that are."""
        rows = [row(name, why) for name, why in self.portfolio.left_out]
        shown = [callout("Mind", remark, tone="warning") for remark in self.portfolio.remarks]
        if not rows:
            shown.append(callout("Nothing is left out", "Every record that was found is shown."))
            return View(group(shown))
        table = Table([left("Record", 1), left("Why it is left out", 2)], rows, caption="What is left out")
        return View(group([*shown, table]))

    def to_json(self) -> dict[str, Any]:
        """The portfolio as plain values, and what to fund where there is a budget."""
        values = self.portfolio.to_json()
        values["overlaps"] = [each.to_json() for found in self._overlaps.values() for each in found]
        if self.budget is not None:
            values["funding"] = self.budget.to_json()
        return values

    def for_terminal(self) -> str:
        """What the command prints: the cases, where they overlap, and what to fund."""
        shown = [self.cases()]
        shown += [self.overlaps()] * any(self._overlaps.values())
        shown += [self.funding()] * (self.budget is not None)
        return "\n\n".join([f"{self.headline}. {self.sentence}", *map(repr, shown)])
