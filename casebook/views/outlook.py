"""Where the case is heading: to plan and as so far, beside the approved one, and which lines make it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from casebook.model.follow_up import OUTLOOKS, SO_FAR, TO_PLAN, FollowUp, Outlook
from casebook.model.study import Study
from casebook.views.follow_up import none_yet
from casebook.views.view import group, left, right, row, table

_HEADS = {TO_PLAN: "The rest\nto plan", SO_FAR: "The rest\nas so far"}


def outlook(case: Study) -> dict[str, Any]:
    """Where the case ends, to plan and as so far, beside the approved one; and which lines make it."""
    found = case.followed_up
    if found is None:
        return none_yet()
    return group([_figures(case, found), _changes(case, found)])


def _figures(case: Study, found: FollowUp) -> dict[str, Any]:
    base, to = case.result, case.formatter
    simulation = case.analysis.simulation
    worths = sorted(each.net_present_value for each in found.outlooks.values())
    lowest, highest = to.money_short(worths[0]), to.money_short(worths[-1])
    ends = [found.outlooks[name] for name in OUTLOOKS]
    rows = [
        row("Net present value", str(base.net_present_value), *(to.money(e.net_present_value) for e in ends)),
        row(
            "Return on investment", _first(base.return_on_investment), *(_return(case, each) for each in ends)
        ),
        row("Payback", _first(base.payback_months), *(_payback(case, e) for e in ends)),
    ]
    if simulation is not None:
        spread = simulation.net_present_value
        ranges = [(each.ends.p5, each.ends.p95) for each in ends if each.ends]
        approved = float(base.net_present_value)
        chances = [(1 - simulation.probability_of_loss, float((simulation.outcomes > approved).mean()))]
        chances += [(each.ends.chance_of_gain, each.ends.chance_above_plan) for each in ends if each.ends]
        spans = [f"{to.money_about(low)}\nto {to.money_about(high)}" for low, high in ranges]
        first = f"{to.money_about(spread.p5)}\nto {to.money_about(spread.p95)}"
        rows += [
            row("Nine of ten outcomes", first, *spans),
            row("Chance of ending above zero", *(case.chance(gain) for gain, _ in chances)),
            row("Chance of ending above the approved value", *(case.chance(above) for _, above in chances)),
        ]
    return table(
        [left("Figure"), right("As approved"), *(right(_HEADS[name]) for name in OUTLOOKS)],
        rows,
        caption=f"Heading for {lowest} to {highest}; {to.money_short(base.net_present_value)} was approved",
        note=(
            "Months that are over count as they were. To plan: the rest at the planned inputs. As so far: "
            "each measured input, and each booked line, keeps the proportion to its plan that it had so far "
            "(estimates at completion, as in earned-value management). What was booked or measured no "
            "longer varies; the ranges of all else are those of the plan, not narrowed by what was measured."
        ),
    )


def _first(figure: Any) -> str:
    text = str(figure).split(":")[0]
    return text[:1].upper() + text[1:]


def _return(case: Study, each: Outlook) -> str:
    return (
        "Undefined" if each.return_on_investment is None else case.formatter.share(each.return_on_investment)
    )


def _payback(case: Study, each: Outlook) -> str:
    if each.payback.months is not None:
        return case.formatter.months(each.payback.months)
    if each.payback.state == "not reached":
        return f"Not reached in {case.years} {'year' if case.years == 1 else 'years'}"
    return _first(each.payback.state)


def _changes(case: Study, found: FollowUp) -> dict[str, Any]:
    """By line, what takes the net present value from the approved one to each outlook."""
    changes = {
        each.line.name: [found.change(name, each.line.name) for name in OUTLOOKS] for each in found.lines
    }
    base = float(case.result.net_present_value)
    ends = [found.outlooks[name].net_present_value for name in OUTLOOKS]
    places = case.formatter.places([base, *ends])

    def cells(values: Iterable[float]) -> list[str]:
        return [case.formatter.amount(value, places) if round(value, 2) else "–" for value in values]

    moved = {name: pair for name, pair in changes.items() if any(round(value, 2) for value in pair)}
    ids = {each.line.name: each.line.id for each in found.lines}
    ordered = sorted(moved, key=lambda name: moved[name][1])
    rows = [row("", "Approved net present value", *cells([base, base]), style="subtotal")]
    rows += [row(ids[name], name, *cells(moved[name])) for name in ordered]
    rows.append(row("", "Heading for", *cells(ends), style="total"))
    return table(
        [left("", 0.1), left(case.currency), *(right(_HEADS[name]) for name in OUTLOOKS)],
        rows,
        caption="Which lines make the difference",
        note=f"{case.currency}, present values at {case.discount_rate}. The changes add up.",
    )
