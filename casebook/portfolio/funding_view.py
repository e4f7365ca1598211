"""Which cases to fund under a budget, as a reader sees it: the best set, and the runner-up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from casebook.formatting import Formatter
from casebook.portfolio.differences import counted, named
from casebook.portfolio.entry import Entry, EntryOption
from casebook.portfolio.funding import Funding
from casebook.portfolio.overlap import CENT, value_lost
from casebook.schema.options import STANDARD
from casebook.views.components import Callout, Component, Table, callout, group, left, right, row

NO_BUDGET = "Give a budget, as in --budget 5_000_000, to see which cases to fund."

RULE = (
    "Of each case at most one option is funded, in full or not at all. Expected value: the mean of the "
    "simulated net present values, or that at likely values where no input has a range. The budget covers "
    "the present value of all costs to the end of the horizon; a first step counts with all it costs if it "
    "goes on. Approve now: undiscounted costs before an option's gate; of a first step, its own cost."
)


def funding_view(funding: Funding, to: Formatter, others: Sequence[str]) -> Component:
    """The cases of the best set, and what the next best one changes; `others` are currencies left aside."""
    best = funding.choices[0]
    chosen, budget = funding.chosen(best), to.money(funding.budget)
    if not chosen:
        text = f"No case in {funding.currency} that is worth more than it costs fits a budget of {budget}."
        return callout("Nothing to fund", text)
    rows = [
        row(
            entry.label,
            option.name,
            to.money(option.approve_now),
            to.money(option.costs),
            to.money(option.expected_net_present_value),
        )
        for entry, option in chosen
    ]
    if (lost := funding.overlap(best)) >= CENT:
        rows.append(row("Claimed twice", "", "", "", to.money(-lost)))
    now = to.money(funding.approve_now(best))
    rows.append(row("Together", "", now, to.money(best.cost), to.money(best.value), style="total"))
    rows.append(row("Budget left", "", "", to.money(funding.budget - best.cost), "", style="detail"))
    heads = [left("Fund", 1.3), left("Option")]
    heads += [right(label) for label in ("Approve now", "Costs", "Expected value")]
    table = Table(heads, rows, caption=f"What to fund with {budget}", note=_note(funding, others))
    return group([table, _runner_up(funding, to)])


def _note(funding: Funding, others: Sequence[str]) -> str:
    proven = (
        "No other set has a higher expected value (0/1 knapsack, solved exactly by HiGHS)."
        if funding.choices[0].proven
        else "This is the best set found within the time limit; it is not proven to be the best of all."
    )
    rest = f"{RULE} {proven}"
    if others:
        rest += f" The budget is in {funding.currency}: cases in {', '.join(others)} are not considered."
    if value_lost(counted(funding.candidates)) >= CENT:
        rest += (
            " Cases of one client that overlap are compared by what they are worth together; each option is "
            "taken to claim, and to lose at likely values, what the whole of its case does."
        )
    groups = Counter(entry.alternatives for entry in funding.candidates)
    several = [client for (client, _, _), count in groups.items() if count > 1]
    if several:
        rest += f" Of the alternatives for {named(several)} at most one is funded."
    return rest


def _runner_up(funding: Funding, to: Formatter) -> Callout:
    if len(funding.choices) < 2:
        return callout("There is no runner-up", "No other set of these cases stays within the budget.")
    best, second = funding.choices[:2]
    drops, adds = (
        [_name(*pair) for pair in funding.chosen(one) if pair not in funding.chosen(other)]
        for one, other in ((best, second), (second, best))
    )
    changes = [f"without {named(drops)}"] * bool(drops) + [f"with {named(adds)}"] * bool(adds)
    text = (
        f"The next best set is {' and '.join(changes)}: {to.money(second.value)} for "
        f"{to.money(second.cost)}, {to.money(best.value - second.value)} less expected value."
    )
    return callout("Runner-up", text)


def _name(entry: Entry, option: EntryOption) -> str:
    return entry.label if _is_single(entry) else f"{entry.label} (“{option.name}”)"


def _is_single(entry: Entry) -> bool:
    """Whether there is nothing to choose from but the case itself."""
    return {each.key for each in entry.options} <= set(STANDARD)
