"""The objections of a sceptical reader to the lines of a case: what is counted, and as what.

Each function yields an objection for each place where it applies: the line or input it is about, the finding
in plain words, the present value of the money that it touches, and what its price is worked out from. They
read what a template declares (kinds, categories, roles, grades) and know no input and no line by name.
"""

from __future__ import annotations

import numpy as np

from casebook.analysis.analysis import Analysis
from casebook.analysis.evidence import grade_of
from casebook.analysis.freed_capacity import released_share
from casebook.case.case import Case
from casebook.case.finance import present_value
from casebook.case.line import CATEGORIES, Line
from casebook.formula.evaluation import evaluate
from casebook.formula.expression import Constant, Expression, Input, Year, walk
from casebook.formula.units import is_price
from casebook.presentation.case_formatter import formatter_of
from casebook.review.change import Change
from casebook.review.objection import Found, Objection
from casebook.review.price import (
    SHARE,
    AtWorst,
    CostBreaksEven,
    InputBreaksEven,
    InTheFigure,
    Rests,
    ShareBreaksEven,
)
from casebook.review.selectors import (
    always,
    benefits,
    inputs,
    listed,
    money,
    quoted,
    resting_on,
    with_role,
    worth,
)
from casebook.schema.input_declarations import RAMP

_FULL = 0.9
"""A first year with so much of the best one, or more, is one without a ramp-up."""


def at_revenue(case: Case, analysis: Analysis) -> Found:
    """Gains counted at revenue: a margin of 100 %, or a margin line without a margin."""
    for node in with_role(case, inputs(case), "margin"):
        lines = resting_on(case, node)
        if always(node, 1) and lines:
            stake = worth(case, lines)
            least = np.asarray(node.amount, dtype=np.float64).min()
            text = formatter_of(case).say(
                "{input} is set to {share}, so benefits of {money} are revenue, before the cost of what is "
                "sold. At the client's own margin they are lower in proportion.",
                input=node.label,
                share=formatter_of(case).share(least),
                money=money(case, stake),
            )
            even = next((item for item in analysis.break_even if item.name == node.name), None)
            if even and even.value is not None and not even.is_factor:
                share = formatter_of(case).share(even.value)
                text += " " + formatter_of(case).say("At {share} the net present value is zero.", share=share)
            yield Objection(node.label, text, stake, InputBreaksEven(node.name))
    for line in benefits(case):
        used = line.inputs.values()
        is_margin = with_role(case, used, "margin") or with_role(case, used, "contribution")
        if line.kind == "margin" and not is_margin:
            stake = worth(case, [line])
            text = formatter_of(case).say(
                "“{line}” counts {money} as margin, but no contribution margin stands in its formula. It may "
                "be revenue.",
                line=line.name,
                money=money(case, stake),
            )
            yield Objection(line.name, text, stake, ShareBreaksEven(frozenset([line.key]), SHARE))


def freed_capacity(case: Case, _: Analysis) -> Found:
    """Freed time counted as money."""
    for line in benefits(case):
        if line.kind == "freed capacity":
            stake = worth(case, [line])
            text = formatter_of(case).say(
                "“{line}” counts freed time as money: {money}. Time becomes cash only where people leave or "
                "are not hired.",
                line=line.name,
                money=money(case, stake),
            )
            yield Objection(line.name, text, stake, _released(case, line))


def _released(case: Case, line: Line) -> Change:
    """The line at the share of freed time that is released; none of it, where the case does not say."""
    share = released_share(case)
    return Change(released={line.key: (0.0,) * case.years if share is None else tuple(share.tolist())})


def average_cost(case: Case, _: Analysis) -> Found:
    """An average cost where the marginal one applies."""
    for node in with_role(case, inputs(case), "average cost"):
        lines = resting_on(case, node)
        if lines:
            stake = worth(case, lines)
            text = formatter_of(case).say(
                "{input} is an average: it includes fixed cost, which does not fall when one unit goes away. "
                "Benefits of {money} rest on it.",
                input=node.label,
                money=money(case, stake),
            )
            yield Objection(node.label, text, stake, InputBreaksEven(node.name))


def negative_benefit(case: Case, _: Analysis) -> Found:
    """A loss that stands among the benefits."""
    to = formatter_of(case)
    for line in case.ledger.of("benefit"):
        lost = np.minimum(line.flow(case.years), 0.0)
        years = [str(year) for year in np.flatnonzero(lost).tolist() if year]
        when = [to.say("at the start")] if lost[0] else []
        if years:
            named_years = listed(to, years)
            when.append(to.say_count("in year {years}", "in years {years}", len(years), years=named_years))
        if when:
            stake = -float(present_value(lost, case.discount_rate))
            text = to.say(
                "“{line}” loses {money} {when}. Among the benefits it lowers them, and stays out of the "
                "costs that the return is measured against.",
                line=line.name,
                money=money(case, stake),
                when=listed(to, when),
            )
            yield Objection(line.name, text, stake, InTheFigure(stake))


def haircut_and_range(case: Case, _: Analysis) -> Found:
    """A risk adjustment and a range on the same line."""
    both = [
        line
        for line in case.ledger.counted
        if line.is_risky(case.years) and any(map(case.has_range, line.inputs))
    ]
    if both:
        text = formatter_of(case).say_count(
            "{lines} carries a risk adjustment and rests on inputs with a range. Read either the "
            "risk-adjusted figures or the ranges: together they count the same risk twice.",
            "{lines} carry a risk adjustment and rest on inputs with a range. Read either the "
            "risk-adjusted figures or the ranges: together they count the same risk twice.",
            len(both),
            lines=quoted(formatter_of(case), both),
        )
        yield Objection(None, text, worth(case, both))


def no_ramp(case: Case, _: Analysis) -> Found:
    """A full benefit from the first day."""
    for line in benefits(case):
        ramps: list[Expression] = [*with_role(case, line.inputs.values(), "ramp")]
        if line.ramp is not None:
            ramps.append(line.ramp)
        first = float(line.flow(case.years)[1])
        at_once = all(float(evaluate(ramp, case.years)[0]) >= 1 for ramp in ramps)
        if first > 0 and at_once and not _builds_up(case, line):
            text = formatter_of(case).say(
                "“{line}” brings its full {money} in the first year, without ramp-up.",
                line=line.name,
                money=formatter_of(case).money(first),
            )
            yield Objection(line.name, text, worth(case, [line]), _with_a_ramp(case, line))


def _with_a_ramp(case: Case, line: Line) -> Change | Rests:
    """The line at the ramp of other lines; where the case has none, there is nothing to go by."""
    for node in with_role(case, inputs(case), RAMP):
        if node.name not in line.inputs and float(evaluate(node, case.years)[0]) < 1:
            return Change(factors={line.key: node})
    return Rests()


def _builds_up(case: Case, line: Line) -> bool:
    """Whether the year, or numbers by year other than prices, keep its first year a tenth below its best."""
    nodes = [node for part in line.expressions for node in walk(part)]
    numbers = (node for node in nodes if isinstance(node, Input | Constant))
    lists = [node.amount for node in numbers if isinstance(node.amount, tuple) and not is_price(node.unit)]
    goes_by_year = any(isinstance(node, Year) for node in nodes)
    money = line.flow(case.years)[1:]
    rises = goes_by_year or any(amount[0] < max(amount) for amount in lists)
    return rises and bool(money[0] <= _FULL * money.max())


def causal_share(case: Case, _: Analysis) -> Found:
    """The whole of a difference credited to the investment."""
    for line in benefits(case):
        if line.kind != "margin":
            continue
        shares = with_role(case, line.inputs.values(), "causal share")
        factors: list[Expression] = [*shares] + ([line.causal_share] if line.causal_share is not None else [])
        measured = bool(shares) and all(grade_of(case, node.name) == "measured" for node in shares)
        if not measured and all((evaluate(factor, case.years) >= 1).all() for factor in factors):
            stake = worth(case, [line])
            text = formatter_of(case).say(
                "“{line}” credits the whole difference to the investment: {money}. Part of it may have been "
                "there before.",
                line=line.name,
                money=money(case, stake),
            )
            yield Objection(line.name, text, stake, _at_least(case, line, shares))


def _at_least(case: Case, line: Line, shares: list[Input]) -> AtWorst | ShareBreaksEven:
    """At the least that the causal share may be; without a range, the share of the line that breaks even."""
    ranged = [node for node in shares if case.has_range(node.name)]
    return AtWorst(ranged[0].name) if ranged else ShareBreaksEven(frozenset([line.key]))


def cost_classes(case: Case, _: Analysis) -> Found:
    """A class of cost that no line has."""
    there = {line.category for line in case.ledger.of("cost")}
    missing = [category for category in CATEGORIES if category != "other" and category not in there]
    if missing:
        to = formatter_of(case)
        names = listed(to, map(to.say, missing), len(CATEGORIES))
        text = to.say("No cost is given for {categories}.", categories=names)
        yield Objection(None, text, worth(case, case.ledger.of("cost")), CostBreaksEven())
