"""Where the case is heading: to plan and on trend, beside the approved one, and which lines make it."""

from __future__ import annotations

from collections.abc import Iterable

from casebook.follow_up.follow_up import OUTLOOKS, SO_FAR, TO_PLAN, FollowUp, Outlook
from casebook.formatting.sentences import short_reason
from casebook.study.study import Study
from casebook.views.components import Component, Table, group, left, right, row
from casebook.views.follow_up import no_actuals, same

SHOWN = ("net_present_value", "return_on_investment", "payback_months")
FIGURES = (
    "Net present value",
    "Return on investment",
    "Payback",
    "Nine of ten outcomes",
    "Chance of ending above zero",
    "Chance of ending above the approved value",
)
HEADS = {TO_PLAN: "The rest\nto plan", SO_FAR: "The trend\ncontinues"}

METHOD = (
    "Past months count as they were. To plan: the rest at the planned inputs. Trend: each measured input, "
    "and each booked line, keeps its ratio to plan so far (estimates at completion, as in earned-value "
    "management). What was booked or measured no longer varies; everything else keeps the ranges of the "
    "plan, which measurements do not narrow."
)


def outlook(case: Study) -> Component:
    """Where the case ends, to plan and on trend, beside the approved one; and which lines make it."""
    follow_up = case.followed_up
    if follow_up is None:
        return no_actuals(case)
    return group([_figures(case, follow_up), _changes(case, follow_up), *_change_of_model(case, follow_up)])


def _figures(case: Study, follow_up: FollowUp) -> Table:
    to, say = case.formatter, case.formatter.say
    columns = [
        _as_approved(case, follow_up),
        *(_heading_for(case, follow_up.outlooks[name]) for name in OUTLOOKS),
    ]
    rows = [row(say(head), *cells) for head, *cells in zip(FIGURES, *columns, strict=True)]
    if not any(each.outcomes for each in follow_up.outlooks.values()):
        rows = rows[: len(SHOWN)]
    lowest, highest = sorted(each.net_present_value for each in follow_up.outlooks.values())
    return Table(
        [left(say("Figure")), right(say("As approved")), *(right(say(HEADS[name])) for name in OUTLOOKS)],
        rows,
        caption=say(
            "Heading for {low} to {high}; {approved} was approved",
            low=to.money_short(lowest),
            high=to.money_short(highest),
            approved=to.money_short(follow_up.approved),
        ),
        note=say(METHOD),
    )


def _as_approved(case: Study, follow_up: FollowUp) -> list[str]:
    """The column of what was approved: from its record, or today's case where none is kept."""
    to, approval = case.formatter, follow_up.forecast.approval
    if approval is None:
        simulation, result = case.analysis.simulation, case.result.figures()
        cells = [short_reason(result[name]) for name in SHOWN]
        if simulation:
            spread, worth = simulation.net_present_value, simulation.outcomes
            shares = [float((worth > limit).mean()) for limit in (0, follow_up.approved)]
            cells += [_span(case, spread.p5, spread.p95), *map(case.chance, shares)]
    else:
        simulated, figures = approval.record.simulation, approval.record.result
        forms = dict(zip(SHOWN, (to.money, to.share, to.months), strict=True))
        cells = [
            short_reason(figures.reasons[name])
            if (figure := getattr(figures, name)) is None
            else str(form(figure))
            for name, form in forms.items()
        ]
        if simulated:
            ends = simulated.net_present_value
            cells += [_span(case, ends.p5, ends.p95), case.chance(1 - simulated.probability_of_loss)]
    return [*cells, *["–"] * (6 - len(cells))]


def _heading_for(case: Study, each: Outlook) -> list[str]:
    """The column of an outlook."""
    cells = [case.formatter.money(each.net_present_value), _return(case, each), _payback(case, each)]
    if not each.outcomes:
        return [*cells, *["–"] * 3]
    shares = each.outcomes.chance_of_gain, each.outcomes.chance_above_plan
    return [*cells, _span(case, each.outcomes.p5, each.outcomes.p95), *map(case.chance, shares)]


def _span(case: Study, low: float, high: float) -> str:
    money = case.formatter.money_about
    return case.formatter.say("{low}\nto {high}", low=money(low), high=money(high))


def _return(case: Study, each: Outlook) -> str:
    figure, to = each.return_on_investment, case.formatter
    return to.say("Undefined") if figure is None else to.share(figure)


def _payback(case: Study, each: Outlook) -> str:
    if each.payback.months is not None:
        return case.formatter.months(each.payback.months)
    say = case.formatter.say_count
    if each.payback.state == "not reached":
        return short_reason(say("not reached in {count} year", "not reached in {count} years", case.years))
    return short_reason(case.formatter.say(each.payback.state))


def _changes(case: Study, follow_up: FollowUp) -> Table:
    """By line, what takes the net present value from the approved one to each outlook."""
    to, say = case.formatter, case.formatter.say
    ends = [follow_up.outlooks[name].net_present_value for name in OUTLOOKS]
    places = to.places([follow_up.approved, *ends])

    def cells(values: Iterable[float]) -> list[str]:
        return [to.amount(value, places) if round(value, 2) else "–" for value in values]

    moved = [
        (each, [follow_up.change(name, each.line.name) for name in OUTLOOKS]) for each in follow_up.lines
    ]
    moved = [(each, pair) for each, pair in moved if any(round(value, 2) for value in pair)]
    moved.sort(key=lambda entry: entry[1][1])
    rows = [row("", say("Approved net present value"), *cells([follow_up.approved] * 2), style="subtotal")]
    if follow_up.forecast.approval and not same(follow_up.plan, follow_up.approved):
        rows.append(row("", say("Change of the model"), *cells([follow_up.plan - follow_up.approved] * 2)))
        plan = say("Today's model at the approved inputs")
        rows.append(row("", plan, *cells([follow_up.plan] * 2), style="subtotal"))
    rows += [row(each.line.id, each.line.name, *cells(pair)) for each, pair in moved]
    rows.append(row("", say("Heading for"), *cells(ends), style="total"))
    return Table(
        [left("", 0.1), left(case.currency), *(right(say(HEADS[name])) for name in OUTLOOKS)],
        rows,
        caption=say("Which lines make the difference"),
        note=say(
            "{currency}, present values at {rate}. The changes add up.",
            currency=case.currency,
            rate=to.share(follow_up.forecast.discount_rate, exact=True),
        ),
    )


def _change_of_model(case: Study, follow_up: FollowUp) -> list[Table]:
    """By line, what today's model makes of the approved inputs; nothing where it makes the same."""
    approval, to, say = follow_up.forecast.approval, case.formatter, case.formatter.say
    if approval is None:
        return []
    today, then = {each.line.key: each.line for each in follow_up.lines}, approval.lines
    moved = []
    for key in then | today:
        line, old = today.get(key), then.get(key)
        approved = approval.adds(old) if old else 0.0
        planned = follow_up.planned.get(line.name, 0.0) if line else 0.0
        if not same(approved, planned):
            name = line.name if line else old.name if old else key
            moved.append((line.id if line else "", name, approved, planned))
    if not moved:
        return []
    whole = [follow_up.approved, follow_up.plan, follow_up.plan - follow_up.approved]
    places = to.places([*whole, *(money for *_, approved, planned in moved for money in (approved, planned))])
    rows = [
        row(number, name, *(to.amount(each, places) for each in (approved, planned, planned - approved)))
        for number, name, approved, planned in sorted(moved, key=lambda each: each[3] - each[2])
    ]
    total = say("Net present value, all lines")
    rows.append(row("", total, *(to.amount(each, places) for each in whole), style="total"))
    heads = [say("As approved"), say("Today's model"), say("Difference")]
    note = say(
        "Present values at {rate} of the inputs that were approved ({file}, SHA-256 {hash}). Plan and "
        "outlook rest on today's model.",
        rate=to.share(follow_up.forecast.discount_rate, exact=True),
        file=approval.file.record,
        hash=f"{approval.file.sha256[:12]}…",
    )
    return [
        Table(
            [left("", 0.1), left(case.currency), *map(right, heads)],
            rows,
            caption=say("What the change of the model does to the approved case"),
            note=note,
        )
    ]
