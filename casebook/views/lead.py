"""What stands first: what the case is worth in a few sentences, and four figures with their basis.

Both are about the option that is asked for; where nothing is to be done, about what is turned down.
"""

from __future__ import annotations

from casebook.analysis.options import OptionResult
from casebook.schema.options import NOTHING, WHOLE
from casebook.study.study import Study
from casebook.views.components import Paragraphs, Tile, Tiles
from casebook.views.options import half_width

EXPECTED = "Expected value"
PLAN = "Net present value"
ADJUSTED = "Net present value, risk-adjusted"


GOES_ON = (
    "After its cost and delay that is worth {gain} more than “{other}”, because in {chance} of the outcomes "
    "it goes on."
)
STOPS = (
    "After its cost and delay that is worth {gain} more than “{other}”, because in {chance} of the outcomes "
    "it stops there."
)
"""Why a first step gains: against doing nothing it opens the rest, against the rest it can end it."""


def subject(case: Study) -> OptionResult:
    """The option that page 1 is about."""
    options = case.options
    key = next((key for key in (options.decided, options.recommended) if key != NOTHING), WHOLE)
    return options.by_key[key]


def lead(case: Study) -> Paragraphs:
    """What the whole is worth and how sure that is, and what the option that is asked for makes of it."""
    option = subject(case)
    sentences = [_worth(case, case.options.by_key[WHOLE])]
    if option.learning is not None:
        sentences.append(_lesson(case, option))
    elif option.key != WHOLE:
        sentences.append(_worth(case, option))
    return Paragraphs([" ".join(sentences)])


def _worth(case: Study, option: OptionResult) -> str:
    to = case.formatter
    name, horizon = case.option_name(option.key), to.years(case.years)
    if option.chance_of_loss is None:
        return to.say(
            "“{option}” is worth {worth} over {horizon} at the likely values.",
            option=name,
            worth=to.money_about(option.plan),
            horizon=horizon,
        )
    return to.say(
        "“{option}” is worth {worth} on average over {horizon}, and {chance} of the outcomes lose money.",
        option=name,
        worth=to.money_about(option.expected),
        horizon=horizon,
        chance=case.chance(option.chance_of_loss),
    )


def _lesson(case: Study, option: OptionResult) -> str:
    """What a first step shows, and what that is worth."""
    learning, to = option.learning, case.formatter
    assert learning is not None
    node = getattr(case.inputs, learning.lesson.input)
    shows = to.say(
        "“{option}” costs {cost} and shows “{input}” to within {within}.",
        option=case.option_name(option.key),
        cost=to.money_short(option.option.cost),
        input=node.label,
        within=half_width(case, learning.lesson.within, node.unit),
    )
    gain, is_first = learning.net.value, learning.instead_of == NOTHING
    chance = learning.goes_on if is_first else 1 - learning.goes_on
    words = {
        "gain": to.money_about(abs(gain)),
        "other": case.option_name(learning.instead_of),
        "chance": case.chance(chance),
    }
    if gain <= 0:
        worth = to.say("With its cost and delay it is worth {gain} less than “{other}”.", **words)
    else:
        worth = to.say(GOES_ON if is_first else STOPS, **words)
    return f"{shows} {worth}"


def tiles(case: Study) -> Tiles:
    """The figure that leads, the money to approve now, the deepest cash position, the chance of loss."""
    option = subject(case)
    return Tiles(
        [_leading(case, option), _approve(case, option), _deepest(case, option), _loss(case, option)]
    )


def _leading(case: Study, option: OptionResult) -> Tile:
    to, say = case.formatter, case.formatter.say
    label, worth = PLAN, option.plan
    if case.headline == "expected":
        label, worth = EXPECTED, option.expected
    elif case.headline == "risk-adjusted" and option.key == WHOLE and case.returns.risk_adjusted:
        label, worth = ADJUSTED, case.returns.risk_adjusted.net_present_value
    if option.p5 is None or option.p95 is None:
        rate = case.discount_rate
        basis = say("over {years}, discounted at {rate}", years=to.years(case.years), rate=rate)
    else:
        low, high = to.money_about(option.p5), to.money_about(option.p95)
        basis = say("net present value; {low} to {high} in nine of ten outcomes", low=low, high=high)
    return Tile(say(label), to.money_about(worth), basis)


def _approve(case: Study, option: OptionResult) -> Tile:
    to, say = case.formatter, case.formatter.say
    now, whole = to.money_about(option.approve_now), to.money_about(option.in_all)
    gate = option.option.gate
    if case.options.decided == NOTHING:
        basis = say("“{option}” would take {money}", option=case.option_name(option.key), money=whole)
        return Tile(say("To approve now"), to.money(0), basis)
    if gate is not None and option.approve_now < option.in_all:
        month = to.month(gate.by.year, gate.by.month)
        basis = say("of {money} in all, if the gate of {month} is passed", money=whole, month=month)
    elif option.approve_now < option.in_all:
        basis = say("of {money} in all, if it goes on", money=whole)
    else:
        basis = say("all costs over {years}, undiscounted", years=to.years(case.years))
    return Tile(say("To approve now"), now, basis)


def _deepest(case: Study, option: OptionResult) -> Tile:
    to, say = case.formatter, case.formatter.say
    label = say("Deepest cash position")
    if option.deepest_year is None:
        return Tile(label, to.money(0), say("at likely values, benefits come first"))
    basis = say("at the start, at likely values")
    if option.deepest_year:
        basis = say("end of year {year}, at likely values", year=str(option.deepest_year))
    return Tile(label, to.money_about(option.deepest), basis)


def _loss(case: Study, option: OptionResult) -> Tile:
    to, say = case.formatter, case.formatter.say
    label = say("Chance of loss")
    if option.chance_of_loss is None:
        return Tile(label, say("Unknown"), say("no ranges are given"))
    chance = case.chance(option.chance_of_loss)
    if option.learning is None or not option.option.cost:
        draws = case.analysis.simulation.draws if case.analysis.simulation else 0
        return Tile(label, chance, say("{count} simulated outcomes", count=to.number(draws)))
    alone = case.chance(1 - option.learning.goes_on)
    return Tile(label, chance, say("{share} lose the cost of the first step alone", share=alone))
