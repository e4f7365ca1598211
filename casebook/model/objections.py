"""The objections of a sceptical reader: where in a case each of them applies, in words with the numbers.

Each function yields (about, text, stake): the line or input it is about, the finding in plain words, and the
present value of the money that it touches. They read what a template declares (kinds, categories, roles,
pools, grades) and the figures, and know no input and no line by name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from casebook.model.analysis import Analysis
from casebook.model.case import Case
from casebook.model.evaluation import evaluate
from casebook.model.evidence import GRADES, grade_of
from casebook.model.expression import Expression, Input
from casebook.model.figure import Figure
from casebook.model.finance import present_value
from casebook.model.line import CATEGORIES, Line
from casebook.model.units import a_year

LONGEST_HORIZON = 5
USUAL_DISCOUNT_RATES = (0.03, 0.25)
PLAUSIBLE_RETURN = 10.0
MOST_INFLUENTIAL = 3

Found = Iterator[tuple[str | None, str, float]]


def _worth(case: Case, lines: Iterable[Line]) -> float:
    return sum(float(present_value(line.flow(case.years), case.discount_rate)) for line in lines)


def _benefits(case: Case) -> list[Line]:
    return [line for line in case.ledger.of("benefit") if _worth(case, [line]) > 0]


def _role(case: Case, node: Input) -> str | None:
    return case.parameters.template.inputs[node.name].role


def _with_role(case: Case, line: Line, role: str) -> list[Input]:
    return [node for node in line.inputs.values() if _role(case, node) == role]


def _resting_on(case: Case, name: str) -> list[Line]:
    return [line for line in _benefits(case) if name in line.inputs]


def _all(node: Input, value: float) -> bool:
    return bool((np.atleast_1d(node.amount if node.amount is not None else np.nan) == value).all())


def _names(labels: Iterable[str], most: int = 4) -> str:
    """`a, b, c and 2 more`."""
    listed = list(labels)
    shown, rest = listed[:most], len(listed) - most
    if rest > 0:
        return f"{', '.join(shown)} and {rest} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]]) if len(shown) > 1 else "".join(shown)


def _counted_inputs(case: Case) -> list[Input]:
    names = case.ledger.inputs()
    return [node for node in case.inputs if node.name in names]


def at_revenue(case: Case, _: Analysis) -> Found:
    """Gains counted at revenue: a margin of 100 %, or a margin line without a margin."""
    for node in _counted_inputs(case):
        lines = _resting_on(case, node.name)
        if _role(case, node) == "margin" and _all(node, 1) and lines:
            worth = _worth(case, lines)
            share = case.formatter.share(1)
            yield (
                node.label,
                f"{node.label} is set to {share}, so {case.formatter.money(worth)} of the benefits is "
                "revenue, before the cost of what is sold. At the client's own margin the gains are lower "
                "in proportion.",
                worth,
            )
    for line in _benefits(case):
        if line.kind == "margin" and not _with_role(case, line, "margin"):
            worth = _worth(case, [line])
            text = f"'{line.name}' counts as margin, {case.formatter.money(worth)}, but no margin is in its formula."
            yield line.name, text, worth


def freed_capacity(case: Case, _: Analysis) -> Found:
    """Freed time counted as money."""
    for line in _benefits(case):
        if line.kind == "freed capacity":
            worth = _worth(case, [line])
            text = (
                f"'{line.name}' counts {case.formatter.money(worth)} of freed time as money. Time becomes cash "
                "only where people leave or are not hired."
            )
            yield line.name, text, worth


def average_cost(case: Case, _: Analysis) -> Found:
    """An average cost where the marginal one applies."""
    for node in _counted_inputs(case):
        lines = _resting_on(case, node.name)
        if _role(case, node) == "average cost" and lines:
            worth = _worth(case, lines)
            text = (
                f"{node.label} is an average that includes fixed cost; what one unit less saves is lower. "
                f"{case.formatter.money(worth)} of the benefits rests on it."
            )
            yield node.label, text, worth


def haircut_and_range(case: Case, _: Analysis) -> Found:
    """A risk adjustment and a range on the same line."""
    both = [
        line
        for line in case.ledger.counted
        if (evaluate(line.risk, case.years) > 0).any() and any(map(case.has_range, line.inputs))
    ]
    if both:
        text = (
            f"{_names([repr(line.name) for line in both])} carry a risk adjustment and rest on ranges. Read "
            "either the risk-adjusted figures or the ranges: together they count the same risk twice."
        )
        yield None, text, _worth(case, both)


def no_ramp(case: Case, _: Analysis) -> Found:
    """A full benefit from the first day."""
    for line in _benefits(case):
        ramps: list[Expression] = [*_with_role(case, line, "ramp")]
        if line.ramp is not None:
            ramps.append(line.ramp)
        if all(float(evaluate(ramp, case.years)[0]) >= 1 for ramp in ramps):
            worth = _worth(case, [line])
            first = case.formatter.money(float(line.flow(case.years)[1]))
            yield (
                line.name,
                f"'{line.name}' brings its full {first} from the first day, without ramp-up.",
                worth,
            )


def single_point(case: Case, _: Analysis) -> Found:
    """Inputs without a range."""
    nodes = _counted_inputs(case)
    points = [node for node in nodes if not case.has_range(node.name)]
    if points:
        ranked = sorted(points, key=lambda node: -_worth(case, _resting_on(case, node.name)))
        text = (
            f"{len(points)} of the {len(nodes)} inputs that the figure rests on are single points, without a "
            f"range: {_names([node.label for node in ranked])}."
        )
        yield None, text, _worth(case, _benefits(case)) * len(points) / len(nodes)


def no_source(case: Case, _: Analysis) -> Found:
    """Inputs without a source."""
    nodes = [node for node in _counted_inputs(case) if not case.parameters.inputs[node.name].source]
    if nodes:
        lines = {line.name: line for node in nodes for line in _resting_on(case, node.name)}
        text = f"{len(nodes)} inputs name no source: {_names([node.label for node in nodes])}."
        if len(nodes) == 1:
            text = f"{nodes[0].label} names no source."
        yield None, text, _worth(case, lines.values())


def causal_share(case: Case, _: Analysis) -> Found:
    """The whole of a difference credited to the investment."""
    for line in _benefits(case):
        if line.kind != "margin":
            continue
        shares = _with_role(case, line, "causal share")
        factors: list[Expression] = [*shares] + ([line.causal_share] if line.causal_share is not None else [])
        measured = bool(shares) and all(grade_of(case, node.name) == "measured" for node in shares)
        if not measured and all((evaluate(factor, case.years) >= 1).all() for factor in factors):
            worth = _worth(case, [line])
            text = (
                f"'{line.name}' credits the whole difference, {case.formatter.money(worth)}, to the "
                "investment. Those who differ may have differed before."
            )
            yield line.name, text, worth


def overlap(case: Case, _: Analysis) -> Found:
    """Benefits that draw on one pool."""
    for use in case.ledger.pools:
        lines = [line for line in _benefits(case) if line.name in use.lines]
        if len(lines) > 1:
            worth = _worth(case, lines)
            text = (
                f"{_names([repr(line.name) for line in lines])} draw on the same pool, '{use.pool.name}': "
                f"{case.formatter.money(worth)} in all. Together they stay within it, but the same customer or "
                "contact may be counted in more than one of them."
            )
            yield use.pool.name, text, worth


def over_pool(case: Case, _: Analysis) -> Found:
    """More claimed than the pool holds."""
    for use in case.ledger.pools:
        if use.is_capped(case.years):
            lines = [line for line in case.ledger.counted if line.name in use.lines]
            least = float(evaluate(use.share, case.years).min())
            text = (
                f"{_names([repr(line.name) for line in lines])} claim more than there is of '{use.pool.name}'. "
                f"Only {case.formatter.share(least)} of the claim is counted."
            )
            yield use.pool.name, text, _worth(case, lines)


def retention_and_lifetime(case: Case, _: Analysis) -> Found:
    """Customers kept and their lifetime value, both counted."""
    both = [
        [line for line in _benefits(case) if _with_role(case, line, role)]
        for role in ("retention", "lifetime value")
    ]
    if all(both):
        kept, lifetime = ([repr(line.name) for line in lines] for lines in both)
        text = (
            f"{_names(kept)} counts customers kept year by year, and {_names(lifetime)} their value over a "
            "lifetime: the same money twice."
        )
        yield None, text, _worth(case, [*both[0], *both[1]])


def cost_classes(case: Case, _: Analysis) -> Found:
    """A class of cost that no line has."""
    there = {line.category for line in case.ledger.of("cost")}
    missing = [category for category in CATEGORIES if category != "other" and category not in there]
    if missing:
        yield None, f"No cost is given for {_names(missing, 6)}.", _worth(case, case.ledger.of("cost"))


def dominant_input(case: Case, _: Analysis) -> Found:
    """Over half of the benefit on one weakly known input."""
    whole = _worth(case, _benefits(case))
    weak = [node for node in _counted_inputs(case) if grade_of(case, node.name) in GRADES[2:]]
    heavy = [(node, _worth(case, _resting_on(case, node.name))) for node in weak]
    heavy = [(node, worth) for node, worth in heavy if whole and worth > whole / 2]
    if heavy:
        weakest = max(heavy, key=lambda pair: (GRADES.index(grade_of(case, pair[0].name)), pair[1]))
        share = case.formatter.share(round(weakest[1] / whole, 3))
        text = (
            f"{share} of the benefits stands or falls with {weakest[0].label} "
            f"({grade_of(case, weakest[0].name)}); in all {len(heavy)} inputs that are neither measured nor "
            "stated by the client carry more than half of the benefit each."
        )
        if len(heavy) == 1:
            text = f"{share} of the benefits stands or falls with {weakest[0].label}."
        yield weakest[0].label, text, weakest[1]


def influential_assumption(case: Case, analysis: Analysis) -> Found:
    """An assumption among the inputs that move the result most."""
    for swing in analysis.influence[:MOST_INFLUENTIAL]:
        if grade_of(case, swing.name) == "assumption":
            node = getattr(case.inputs, swing.name)
            low, high = sorted((swing.at_low, swing.at_high))
            width = (
                "between its low and high value" if case.has_range(swing.name) else "by a fifth up or down"
            )
            text = (
                f"{node.label} is among the {MOST_INFLUENTIAL} most influential inputs and is an assumption: "
                f"moved {width} it takes the net present value from {case.formatter.money_short(low)} to "
                f"{case.formatter.money_short(high)}."
            )
            yield node.label, text, abs(high - low)


def long_horizon(case: Case, _: Analysis) -> Found:
    """A horizon over five years."""
    if case.years > LONGEST_HORIZON:
        late = sum(
            float(present_value(line.flow(case.years), case.discount_rate))
            - float(present_value(line.flow(case.years)[: LONGEST_HORIZON + 1], case.discount_rate))
            for line in _benefits(case)
        )
        text = (
            f"The case runs over {case.years} years; {case.formatter.money(late)} of the benefits arrives after "
            f"year {LONGEST_HORIZON}."
        )
        yield None, text, late


def discount_rate(case: Case, _: Analysis) -> Found:
    """A discount rate outside what is usual."""
    low, high = USUAL_DISCOUNT_RATES
    if not low <= case.discount_rate <= high:
        share = case.formatter.share
        text = (
            f"The discount rate is {case.discount_rate}; rates from {share(low)} to {share(high)} are usual."
        )
        yield None, text, 0.0


def implausible_return(case: Case, _: Analysis) -> Found:
    """A return that is hard to believe."""
    result = case.result
    roi, payback = result.return_on_investment, result.payback_months
    whole = _worth(case, _benefits(case))
    if isinstance(roi, Figure) and roi > PLAUSIBLE_RETURN:
        text = (
            f"A return on investment of {roi} is rarely seen: it says more about what is counted than earned."
        )
        yield None, text, whole
    elif isinstance(payback, Figure) and payback < 1:
        yield None, "The money is back in less than a month, which is rarely seen.", whole


def untouched(case: Case, _: Analysis) -> Found:
    """An uplift over more customers than were touched."""
    for line in _benefits(case):
        population, reached = _with_role(case, line, "population"), _with_role(case, line, "share influenced")
        if line.touched is None or not population or not reached:
            continue
        uplifted = float((evaluate(population[0], case.years) * evaluate(reached[0], case.years)).max())
        touched = float(evaluate(a_year(line.touched), case.years).max())
        if uplifted > touched:
            number = case.formatter.number
            text = (
                f"'{line.name}' spreads its uplift over {number(uplifted)} "
                f"{population[0].label.lower()} a year, but no more than {number(touched)} are touched."
            )
            yield line.name, text, _worth(case, [line])


def likely_loss(case: Case, analysis: Analysis) -> Found:
    """A positive headline where most outcomes lose money."""
    simulation = analysis.simulation
    if simulation and case.result.net_present_value > 0 and simulation.probability_of_loss > 0.5:
        chance = case.formatter.share(round(simulation.probability_of_loss, 2))
        text = (
            f"The headline is a net present value of {case.result.net_present_value}, but {chance} of the "
            "simulated outcomes lose money."
        )
        yield None, text, _worth(case, _benefits(case))
