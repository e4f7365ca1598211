"""Which cases to fund under a budget, as a reader sees it: the best set, and the runner-up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from casebook.formatting import Formatter
from casebook.portfolio.differences import counted, named
from casebook.portfolio.funding import Funding
from casebook.portfolio.overlap import CENT, value_lost
from casebook.views.components import Callout, Component, Table, callout, group, left, right, row

NO_BUDGET = "Give a budget, as in --budget 5_000_000, to see which cases to fund."


def funding_view(funding: Funding, to: Formatter, others: Sequence[str]) -> Component:
    """The cases of the best set, and what the next best one changes; `others` are currencies left aside."""
    best = funding.choices[0]
    chosen, budget = funding.entries(best), to.money(funding.budget)
    if not chosen:
        text = f"No case in {funding.currency} that is worth more than it costs fits a budget of {budget}."
        return callout("Nothing to fund", text)
    rows = [row(e.label, to.money(e.costs), to.money(e.net_present_value)) for e in chosen]
    if (lost := funding.overlap(best)) >= CENT:
        rows.append(row("Claimed twice", "", to.money(-lost)))
    rows.append(row("Together", to.money(best.cost), to.money(best.value), style="total"))
    rows.append(row("Budget left", to.money(funding.budget - best.cost), "", style="detail"))
    heads = [left("Fund"), right("Costs"), right("Net present value")]
    table = Table(heads, rows, caption=f"What to fund with {budget}", note=_note(funding, others))
    return group([table, _runner_up(funding, to)])


def _note(funding: Funding, others: Sequence[str]) -> str:
    proven = (
        "No other set of cases has a higher net present value (0/1 knapsack, solved exactly by HiGHS)."
        if funding.choices[0].proven
        else "This is the best set found within the time limit; it is not proven to be the best of all."
    )
    rest = f"The budget covers the present value of costs; a case is funded in full or not at all. {proven}"
    if others:
        rest += f" The budget is in {funding.currency}: cases in {', '.join(others)} are not considered."
    if value_lost(counted(funding.candidates)) >= CENT:
        rest += " Cases of one client that overlap are compared by what they are worth together."
    groups = Counter(entry.alternatives for entry in funding.candidates)
    several = [client for (client, _, _), count in groups.items() if count > 1]
    if several:
        rest += f" Of the alternatives for {named(several)} at most one is funded."
    return rest


def _runner_up(funding: Funding, to: Formatter) -> Callout:
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
