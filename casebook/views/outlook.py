"""Where the case is heading: to plan and as so far, beside the approved one, and which lines make it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from casebook.model.follow_up import OUTLOOKS, SO_FAR, TO_PLAN, FollowUp, Outlook
from casebook.model.study import Study
from casebook.views.follow_up import none_yet
from casebook.views.view import group, left, right, row, table

HEADS = {TO_PLAN: "The rest\nto plan", SO_FAR: "The rest\nas so far"}

METHOD = (
    "Months that are over count as they were. To plan: the rest at the planned inputs. As so far: each "
    "measured input, and each booked line, keeps the proportion to its plan that it had so far (estimates at "
    "completion, as in earned-value management). What was booked or measured no longer varies; the ranges of "
    "all else are those of the plan, not narrowed by what was measured."
)


def outlook(case: Study) -> dict[str, Any]:
    """Where the case ends, to plan and as so far, beside the approved one; and which lines make it."""
    found = case.followed_up
    return none_yet(case) if found is None else group([_figures(case, found), _changes(case, found)])


def _figures(case: Study, found: FollowUp) -> dict[str, Any]:
    base, to, say = case.result, case.formatter, case.formatter.say
    ends = [found.outlooks[name] for name in OUTLOOKS]
    worths = [to.money(each.net_present_value) for each in ends]
    returns = [_return(case, each) for each in ends]
    rows = [
        row(say("Net present value"), str(base.net_present_value), *worths),
        row(say("Return on investment"), _first(base.return_on_investment), *returns),
        row(say("Payback"), _first(base.payback_months), *(_payback(case, each) for each in ends)),
        *_chances(case, ends),
    ]
    lowest, highest = sorted(each.net_present_value for each in ends)
    return table(
        [left(say("Figure")), right(say("As approved")), *(right(say(HEADS[name])) for name in OUTLOOKS)],
        rows,
        caption=say(
            "Heading for {low} to {high}; {approved} was approved",
            low=to.money_short(lowest),
            high=to.money_short(highest),
            approved=to.money_short(base.net_present_value),
        ),
        note=say(METHOD),
    )


def _chances(case: Study, ends: list[Outlook]) -> list[dict[str, Any]]:
    """What simulated outcomes leave open; nothing where no input has a range."""
    simulation, say = case.analysis.simulation, case.formatter.say
    if simulation is None:
        return []
    spread, approved = simulation.net_present_value, float(case.result.net_present_value)
    above = float((simulation.outcomes > approved).mean())
    known = [each.ends for each in ends if each.ends]
    spans = [(spread.p5, spread.p95), *((each.p5, each.p95) for each in known)]
    gains = [float((simulation.outcomes > 0).mean()), *(each.chance_of_gain for each in known)]
    highs = [above, *(each.chance_above_plan for each in known)]
    money = case.formatter.money_about
    ranges = [say("{low}\nto {high}", low=money(low), high=money(high)) for low, high in spans]
    return [
        row(say("Nine of ten outcomes"), *ranges),
        row(say("Chance of ending above zero"), *map(case.chance, gains)),
        row(say("Chance of ending above the approved value"), *map(case.chance, highs)),
    ]


def _first(figure: Any) -> str:
    text = str(figure).split(":")[0].strip()
    return text[:1].upper() + text[1:]


def _return(case: Study, each: Outlook) -> str:
    figure, to = each.return_on_investment, case.formatter
    return to.say("Undefined") if figure is None else to.share(figure)


def _payback(case: Study, each: Outlook) -> str:
    if each.payback.months is not None:
        return case.formatter.months(each.payback.months)
    say = case.formatter.say_count
    if each.payback.state == "not reached":
        return _first(say("not reached in {count} year", "not reached in {count} years", case.years))
    return _first(case.formatter.say(each.payback.state))


def _changes(case: Study, found: FollowUp) -> dict[str, Any]:
    """By line, what takes the net present value from the approved one to each outlook."""
    to, say = case.formatter, case.formatter.say
    base = float(case.result.net_present_value)
    ends = [found.outlooks[name].net_present_value for name in OUTLOOKS]
    places = to.places([base, *ends])

    def cells(values: Iterable[float]) -> list[str]:
        return [to.amount(value, places) if round(value, 2) else "–" for value in values]

    moved = [(each, [found.change(name, each.line.name) for name in OUTLOOKS]) for each in found.lines]
    moved = [(each, pair) for each, pair in moved if any(round(value, 2) for value in pair)]
    moved.sort(key=lambda entry: entry[1][1])
    rows = [row("", say("Approved net present value"), *cells([base, base]), style="subtotal")]
    rows += [row(each.line.id, each.line.name, *cells(pair)) for each, pair in moved]
    rows.append(row("", say("Heading for"), *cells(ends), style="total"))
    return table(
        [left("", 0.1), left(case.currency), *(right(say(HEADS[name])) for name in OUTLOOKS)],
        rows,
        caption=say("Which lines make the difference"),
        note=say(
            "{currency}, present values at {rate}. The changes add up.",
            currency=case.currency,
            rate=case.discount_rate,
        ),
    )
