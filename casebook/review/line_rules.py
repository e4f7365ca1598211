"""The objections of a sceptical reader to the lines of a case: what is counted, as what, and how often.

Each function yields (about, text, stake) for each place where it applies: the line, input or pool it is
about, the finding in plain words, and the present value of the money that it touches. They read what a
template declares (kinds, categories, roles, pools, grades) and know no input and no line by name.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from casebook.analysis.analysis import Analysis
from casebook.analysis.evidence import grade_of
from casebook.case.case import Case
from casebook.case.finance import present_value
from casebook.case.ledger import PoolUse
from casebook.case.line import CATEGORIES, Line
from casebook.formula.evaluation import evaluate
from casebook.formula.expression import Constant, Expression, Input, Year, operation, walk
from casebook.formula.printing import words
from casebook.formula.units import a_year, is_price, unit_of
from casebook.presentation.case_formatter import formatter_of
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

Found = Iterator[tuple[str | None, str, float]]

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
            yield node.label, text, stake
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
            yield line.name, text, stake


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
            yield line.name, text, stake


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
            yield node.label, text, stake


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
            yield line.name, text, stake


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
        yield None, text, worth(case, both)


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
            yield line.name, text, worth(case, [line])


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
            yield line.name, text, stake


def overlap(case: Case, _: Analysis) -> Found:
    """Benefits that draw on one pool."""
    for use in case.ledger.pools:
        lines = [line for line in benefits(case) if line.name in use.lines]
        if len(lines) > 1:
            stake = worth(case, lines)
            text = formatter_of(case).say(
                "{lines} draw on the same pool, “{pool}”, for {money}. What counts of them is kept within "
                "the pool, but the same part of it may be counted by more than one of them.",
                lines=quoted(formatter_of(case), lines),
                pool=use.pool.name,
                money=money(case, stake),
            )
            yield use.pool.name, text, stake


def over_pool(case: Case, _: Analysis) -> Found:
    """More claimed than the pool holds."""
    capped = [use for use in case.ledger.pools if use.is_capped(case.years)]
    for use in capped:
        lines = [line for line in case.ledger.counted if line.name in use.lines]
        parts = {"lines": quoted(formatter_of(case), lines), "pool": use.pool.name, **_worst_year(case, use)}
        if parts["claimed"] == parts["size"]:
            continue  # a rounding too much
        if "year" in parts:
            text = formatter_of(case).say_count(
                "{lines} claims {claimed} of “{pool}”, which holds {size} in year {year}. Only {share} "
                "of its claim is counted then.",
                "{lines} claim {claimed} of “{pool}”, which holds {size} in year {year}. Only {share} "
                "of their claim is counted then.",
                len(lines),
                **parts,
            )
        else:
            text = formatter_of(case).say_count(
                "{lines} claims {claimed} of “{pool}”, which holds {size}. Only {share} of its claim is "
                "counted.",
                "{lines} claim {claimed} of “{pool}”, which holds {size}. Only {share} of their claim is "
                "counted.",
                len(lines),
                **parts,
            )
        if any(sum(line.name in other.lines for other in capped) > 1 for line in lines):
            text += " " + formatter_of(case).say(
                "A line that draws on several pools counts at the smallest of these shares."
            )
        yield use.pool.name, text, worth(case, lines)


def _worst_year(case: Case, use: PoolUse) -> dict[str, str]:
    """Claim, size and share counted where most is cut off; the year, unless all are alike."""
    parts = (use.share, use.claimed, use.pool.size)
    shares, claims, sizes = (np.broadcast_to(evaluate(part, case.years), case.years) for part in parts)
    worst, unit = int(np.argmin(shares)), unit_of(use.pool.size)
    year = {} if (shares == shares[worst]).all() else {"year": str(worst + 1)}
    to = formatter_of(case)
    claimed, size = to.compared(claims[worst], sizes[worst], unit)
    return {"claimed": claimed, "size": size, "share": to.share_beside(shares[worst], 1), **year}


def retention_and_lifetime(case: Case, _: Analysis) -> Found:
    """Customers kept and their lifetime value, both counted."""
    lines = benefits(case)
    lifetime = [line for line in lines if with_role(case, line.inputs.values(), "lifetime value")]
    # Customers kept, each times its lifetime value, are counted once.
    kept = [
        line for line in lines if line not in lifetime and with_role(case, line.inputs.values(), "retention")
    ]
    if kept and lifetime:
        to = formatter_of(case)
        by_year = to.say_count(
            "{lines} counts customers kept year by year",
            "{lines} count customers kept year by year",
            len(kept),
            lines=quoted(to, kept),
        )
        at_once = to.say_count(
            "{lines} counts what a customer is worth over a lifetime",
            "{lines} count what a customer is worth over a lifetime",
            len(lifetime),
            lines=quoted(to, lifetime),
        )
        text = to.say("{by_year}, and {at_once}: the same money twice.", by_year=by_year, at_once=at_once)
        yield None, text, worth(case, [*kept, *lifetime])


def cost_classes(case: Case, _: Analysis) -> Found:
    """A class of cost that no line has."""
    there = {line.category for line in case.ledger.of("cost")}
    missing = [category for category in CATEGORIES if category != "other" and category not in there]
    if missing:
        to = formatter_of(case)
        names = listed(to, map(to.say, missing), len(CATEGORIES))
        text = to.say("No cost is given for {categories}.", categories=names)
        yield None, text, worth(case, case.ledger.of("cost"))


def untouched(case: Case, _: Analysis) -> Found:
    """An uplift over more customers than were touched."""
    for line in benefits(case):
        nodes = line.inputs.values()
        population = with_role(case, nodes, "population")
        reached = with_role(case, nodes, "share influenced")
        if line.touched is None or not population or not reached:
            continue
        spread = operation("*", population[0], reached[0])
        if line.ramp is not None:
            spread = operation("*", spread, line.ramp)
        uplifted, touched = (
            np.broadcast_to(evaluate(a_year(part), case.years), case.years) for part in (spread, line.touched)
        )
        year = int(np.argmax(uplifted - touched))
        over, under = formatter_of(case).compared(uplifted[year], touched[year], "number")
        if uplifted[year] > touched[year] and over != under:
            noun = population[0].unit.split("/")[0]
            what = "" if noun in ("number", "share") else f" {noun.replace('_', ' ')}"
            text = formatter_of(case).say(
                "“{line}” spreads its uplift over {number} a year ({formula}), but no more than {touched} "
                "are touched.",
                line=line.name,
                number=f"{over}{what}",
                formula=words(spread),
                touched=under,
            )
            yield line.name, text, worth(case, [line])
