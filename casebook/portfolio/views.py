"""What a portfolio shows: the cases in several orders, by cost and worth, by year, and under a budget."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from casebook.formatting import Formatter
from casebook.formatting.sentences import lower_first
from casebook.portfolio.differences import counted, differences, named
from casebook.portfolio.entry import Entry
from casebook.portfolio.funding import Funding
from casebook.portfolio.ranking import ORDERS, Order, ranked
from casebook.portfolio.record_scan import Portfolio
from casebook.views.components import Callout, Component, Table, Tile, Tiles, callout, group, left, right, row
from casebook.views.view import View

FIRST = 10
"""How many cases stand in the table of orders."""

NO_BUDGET = "Give a budget, as in --budget 5_000_000, to see which cases to fund."
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
            value = math.fsum(entry.net_present_value for entry in whole)
            costs = math.fsum(entry.costs for entry in whole)
            parts.append(f"{to.money(value)} net present value for {to.money(costs)} of costs in {currency}")
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
        value = math.fsum(entry.net_present_value for entry in whole)
        costs = math.fsum(entry.costs for entry in whole)
        basis = f"{len(whole)} of {len(entries)} cases" if len(whole) < len(entries) else "all cases"
        items = [
            Tile("Net present value", to.money_short(value), f"{basis} in {currency}"),
            Tile("Costs", to.money_short(costs), "present value"),
            Tile("Lose money", f"{losing} of {len(entries)}", "at likely values"),
            Tile("Risky", f"{risky} of {len(entries)}", "chance of loss over a quarter"),
        ]
        return View(Tiles(items))

    def cautions(self) -> View:
        """What keeps the cases from being compared, in short."""
        found = differences(self.portfolio.entries, self._to(self.portfolio.currencies[0]))
        if not found:
            text = "All have one currency, horizon and discount rate, and one version of each template."
            return View(callout("The cases can be compared", text))
        what = ", ".join(lower_first(each.what) for each in found)
        text = f"They differ in {what}; what that means stands under “What can't be compared”."
        return View(callout("Compare with care", text, tone="warning"))

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
        labels = ("Value", "Costs", "Return", "Payback", "Loss", "Evidence", "Objections")
        note = (
            f"Value: net present value. Loss: its chance. {EVIDENCE} Objections: findings of high severity "
            "that nobody has answered."
        )
        heads = [left("Case", lines="lead"), *(right(label) for label in labels)]
        return Table(heads, rows, caption=f"All cases by net present value ({to.currency})", note=note)

    def _share(self, value: float | None, to: Formatter) -> str:
        return "–" if value is None else to.share(value if abs(value) < 0.1 else round(value, 2))

    def _payback(self, entry: Entry, to: Formatter) -> str:
        if entry.payback_months is not None:
            return to.months(entry.payback_months)
        return "at once" if entry.no_payback == "no money at risk" else "none"

    def funding(self) -> View:
        """Which cases to fund under the budget, and the next best set."""
        if self.budget is None:
            return View(callout("No budget is given", NO_BUDGET))
        funding = self.budget
        to, best = self._to(funding.currency), funding.choices[0]
        chosen = funding.entries(best)
        budget = to.money(funding.budget)
        if not chosen:
            text = (
                f"No case in {funding.currency} that is worth more than it costs fits a budget of {budget}."
            )
            return View(callout("Nothing to fund", text))
        rows = [row(e.label, to.money(e.costs), to.money(e.net_present_value)) for e in chosen]
        rows.append(row("Together", to.money(best.cost), to.money(best.value), style="total"))
        rows.append(row("Budget left", to.money(funding.budget - best.cost), "", style="detail"))
        heads = [left("Fund"), right("Costs"), right("Net present value")]
        table = Table(heads, rows, caption=f"What to fund with {budget}", note=self._funding_note(funding))
        return View(group([table, self._runner_up(funding, to)]))

    def _funding_note(self, funding: Funding) -> str:
        proven = (
            "No other set of cases has a higher net present value (0/1 knapsack, solved exactly by HiGHS)."
            if funding.choices[0].proven
            else "This is the best set found within the time limit; it is not proven to be the best of all."
        )
        rest = (
            f"The budget covers the present value of costs; a case is funded in full or not at all. {proven}"
        )
        others = [each for each in self.portfolio.currencies if each != funding.currency]
        if others:
            rest += f" The budget is in {funding.currency}: cases in {', '.join(others)} are not considered."
        groups = Counter(entry.alternatives for entry in funding.candidates)
        several = [client for (client, _, _), count in groups.items() if count > 1]
        if several:
            rest += f" Of the alternatives for {named(several)} at most one is funded."
        return rest

    def _runner_up(self, funding: Funding, to: Formatter) -> Callout:
        if len(funding.choices) < 2:
            return callout("There is no runner-up", "No other set of these cases stays within the budget.")
        best, second = funding.choices[:2]
        drops = [e.label for e in funding.entries(best) if e not in funding.entries(second)]
        adds = [e.label for e in funding.entries(second) if e not in funding.entries(best)]
        changes = [f"without {named(drops)}"] * bool(drops) + [f"with {named(adds)}"] * bool(adds)
        text = (
            f"The next best set is {' and '.join(changes)}: {to.money(second.value)} for "
            f"{to.money(second.cost)}, {to.money(best.value - second.value)} less net present value."
        )
        return callout("Runner-up", text)

    def differences(self) -> View:
        """In what the cases differ, which has what, and what it means."""
        found = differences(self.portfolio.entries, self._to(self.portfolio.currencies[0]))
        if not found:
            return self.cautions()
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
        if self.budget is not None:
            values["funding"] = self.budget.to_json()
        return values

    def for_terminal(self) -> str:
        """What the command prints: the cases, and what to fund."""
        shown: Sequence[View] = [self.cases(), *([self.funding()] if self.budget else [])]
        return "\n\n".join([f"{self.headline}. {self.sentence}", *map(repr, shown)])
