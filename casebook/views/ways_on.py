"""A case under way: where it is heading, what each way that is open now still costs, and its gates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from casebook.follow_up.follow_up import OUTLOOKS, SO_FAR, TO_PLAN, FollowUp
from casebook.schema.options import NOTHING, WHOLE
from casebook.study.study import Study
from casebook.views.components import Component, Table, Tile, Tiles, group, left, right, row
from casebook.views.gates import gate_status_table

NAMES = {NOTHING: "Stop now", WHOLE: "Go on as now"}


def asked(case: Study, tracking: FollowUp) -> str:
    """The key of the way that is asked for; going on where the decision names none that is open."""
    option = case.parameters.decision.option
    return option if option in tracking.ways else WHOLE


def outlook_tiles(case: Study, tracking: FollowUp) -> Tiles:
    """Both outlooks of what is asked for, over what was approved; the money to approve now; what may be lost.

    Without another way that is asked for, it is going on.
    """
    key = asked(case, tracking)
    return Tiles([*_outlooks(case, tracking, key), _approve(case, tracking, key), _loss(case, tracking, key)])


def _outlooks(case: Study, tracking: FollowUp, key: str) -> list[Tile]:
    to, say, worth = case.formatter, case.formatter.say, tracking.ways[key].net_present_value
    approved = say("net present value; {approved} was approved", approved=to.money_about(tracking.approved))
    whole = say("net present value, from the start on")
    return [
        Tile(say(OUTLOOKS[name]), to.money_about(worth[name]), basis)
        for name, basis in ((TO_PLAN, approved), (SO_FAR, whole))
    ]


def _approve(case: Study, tracking: FollowUp, key: str) -> Tile:
    to, say, way = case.formatter, case.formatter.say, tracking.ways[key]
    given, left = case.parameters.options.get(key), to.money_about(way.still_to_spend[SO_FAR])
    if given is not None and given.gate is not None and way.approve_now[SO_FAR] < way.still_to_spend[SO_FAR]:
        month = to.month(given.gate.by.year, given.gate.by.month)
        basis = say("of {money} still to spend, if the gate of {month} is passed", money=left, month=month)
        return Tile(say("To approve now"), to.money_about(way.approve_now[SO_FAR]), basis)
    months = to.months(12 * case.years - tracking.months)
    basis = say("in the {months} that are left, if the trend continues", months=months)
    return Tile(say("Still to spend"), left, basis)


def _loss(case: Study, tracking: FollowUp, key: str) -> Tile:
    """The chance of loss, simulated for going on alone; beside another way, what going on is worth."""
    to, say = case.formatter, case.formatter.say
    if key != WHOLE:
        worth = tracking.ways[WHOLE].net_present_value[SO_FAR]
        return Tile(
            say(NAMES[WHOLE]), to.money_about(worth), say("net present value, if the trend continues")
        )
    trend, plan = (tracking.outlooks[name].outcomes for name in (SO_FAR, TO_PLAN))
    if trend is None or plan is None:
        return Tile(say("Chance of loss"), say("Unknown"), say("no ranges are given"))
    chance, other = (case.chance(1 - each.chance_of_gain) for each in (trend, plan))
    basis = say("if the trend continues; {chance} if the rest goes to plan", chance=other)
    return Tile(say("Chance of loss"), chance, basis)


def open_ways(case: Study, tracking: FollowUp) -> Component:
    """The ways on with what each of them is, and where the gates stand."""
    table = ways_table(case, tracking)
    table = replace(table, note="\n".join([table.note, *_described(case, tracking)]))
    return group([table, *([gate_status_table(case, tracking)] if tracking.gates else [])])


def _described(case: Study, tracking: FollowUp) -> Iterator[str]:
    """Why a way is asked for, what the file says of those that are open, and what stops an option."""
    if case.options.reason:
        yield case.formatter.say("Reason: {reason}", reason=case.options.reason)
    for key in tracking.ways:
        note = case.options.by_key[key].option.note
        if note:
            yield f"{_name(case, key)}: {note.rstrip('.')}."
    for key, each in case.options.by_key.items():
        if each.option.stop:
            rule, name = each.option.stop.rstrip("."), case.option_name(key)
            yield case.formatter.say("What stops “{option}”: {rule}.", option=name, rule=rule)


def _name(case: Study, key: str) -> str:
    return case.formatter.say(NAMES[key]) if key in NAMES else case.option_name(key)


def ways_table(case: Study, tracking: FollowUp) -> Table:
    """What is open now: to stop, to change course, to go on; each with its costs and both outlooks."""
    to, say = case.formatter, case.formatter.say
    columns = [left(say("Open now"), 1.6, lines="lead"), right(say("Still to spend"))]
    columns += [right(say("The rest\nto plan")), right(say("The trend\ncontinues"))]
    rows = []
    for key, way in tracking.ways.items():
        is_asked = key == case.parameters.decision.option
        name = _name(case, key)
        rows.append(
            row(
                f"{name}\n{say('asked for')}" if is_asked else name,
                to.money_about(way.still_to_spend[SO_FAR]),
                *(to.money_about(way.net_present_value[outlook]) for outlook in (TO_PLAN, SO_FAR)),
                style="subtotal" if is_asked else "plain",
            )
        )
    return Table(columns, rows, caption=_finding(case, tracking), note=say(METHOD), whole=True)


METHOD = (
    "Net present values of the whole case, from its start on; what is still to spend is undiscounted, if the "
    "trend continues. Whoever stops spends and earns nothing from now on. What an option changes goes to "
    "plan from now on, all else as in the outlooks."
)


def _finding(case: Study, tracking: FollowUp) -> str:
    """What the way that is asked for, or else going on, is worth against stopping, from here on."""
    to, say, key = case.formatter, case.formatter.say, asked(case, tracking)
    key = WHOLE if key == NOTHING else key  # stopping is what it is held against
    gains = [
        tracking.ways[key].net_present_value[name] - tracking.ways[NOTHING].net_present_value[name]
        for name in (SO_FAR, TO_PLAN)
    ]
    low, high = (to.money_about(gain) for gain in sorted(gains))
    if key == WHOLE:
        return say("From here on, going on is worth {low} to {high} against stopping", low=low, high=high)
    return say(
        "From here on, “{option}” is worth {low} to {high} against stopping",
        option=case.option_name(key),
        low=low,
        high=high,
    )
