"""The objections of a sceptical reader to what a case rests on and to what comes out of it.

As in `casebook.review.line_rules`, each function yields an objection for each place where it applies.
"""

from __future__ import annotations

from collections.abc import Iterable

from casebook.analysis.analysis import Analysis
from casebook.analysis.evidence import GRADES, grade_of
from casebook.analysis.headline import headline_of
from casebook.analysis.sensitivity import Swing
from casebook.case.case import Case
from casebook.case.finance import present_value
from casebook.follow_up.forecast import TO_PLAN, forecast_of
from casebook.follow_up.progress import known_ratio, progress_of, side_status
from casebook.follow_up.status import is_late
from casebook.formula.expression import Input
from casebook.presentation.case_formatter import formatter_of
from casebook.review.change import Change
from casebook.review.objection import Found, Objection
from casebook.review.price import SHARE_OF_BENEFITS, AtExpected, AtWorst, ShareBreaksEven
from casebook.review.selectors import benefits, inputs, listed, money, resting_on, worth

LONGEST_HORIZON = 5
USUAL_DISCOUNT_RATES = (0.03, 0.25)
PLAUSIBLE_RETURN = 10.0
MOST_INFLUENTIAL = 3

WITH_ARTICLE = {"benchmark": "a published benchmark", "assumption": "an assumption"}
"""The weak grades, as a sentence has them."""

BEHIND = {"benefit": "benefits at {share} of their plan", "cost": "costs at {share} of their plan"}

NONE_HAS_A_RANGE = (
    "None of the {all} inputs that the figure rests on has a range. The most influential come first: {names}."
)
SOME_HAVE_NO_RANGE = (
    "{count} of the {all} inputs that the figure rests on have no range. The most influential come first: "
    "{names}."
)


def _rank(analysis: Analysis) -> dict[str, int]:
    """The place of each input among the influential ones, 0 for the one that moves the result most."""
    return {swing.name: place for place, swing in enumerate(analysis.influence)}


def still_an_example(case: Case, _: Analysis) -> Found:
    """Inputs that nobody has replaced yet: they say nothing about the client."""
    given, nodes = case.parameters.inputs, inputs(case)
    examples = [node for node in nodes if given[node.name].origin == "example"]
    if examples:
        lines = {line.name: line for node in examples for line in resting_on(case, node)}
        text = formatter_of(case).say_count(
            "{names} is still the template's example, not a figure of the client.",
            "{count} of the {all} inputs that the figure rests on are still the template's examples, "
            "not figures of the client: {names}.",
            len(examples),
            all=len(nodes),
            names=_labels(case, examples),
        )
        yield Objection(None, text, worth(case, lines.values()))


def _labels(case: Case, nodes: Iterable[Input]) -> str:
    return listed(formatter_of(case), (node.label for node in nodes))


def rows_set_aside(case: Case, _: Analysis) -> Found:
    """Rows that no measurement used although nobody chose to leave them out, and what else the data hide."""
    nodes = {node.name: node for node in case.inputs}
    for name, about in case.measured.items():
        if about["findings"]:
            text = f"{nodes[name].label}: {'; '.join(about['findings'])}."
            yield Objection(name, text, worth(case, resting_on(case, nodes[name])))
    for source, found in case.data_findings.items():
        yield Objection(None, f"{source}: {'; '.join(found)}.", 0.0)


def single_point(case: Case, analysis: Analysis) -> Found:
    """Inputs without a range."""
    nodes, rank = inputs(case), _rank(analysis)
    points = [node for node in nodes if not case.has_range(node.name)]
    if not points:
        return
    points.sort(key=lambda node: rank.get(node.name, len(rank)))
    if len(nodes) == 1:
        text = "{names}, the only input that the figure rests on, has no range."
    elif len(points) == 1:
        text = "Of the {all} inputs that the figure rests on, {names} alone has no range."
    elif len(points) == len(nodes):
        text = NONE_HAS_A_RANGE
    else:
        text = SOME_HAVE_NO_RANGE
    text = formatter_of(case).say(text, names=_labels(case, points), all=len(nodes), count=len(points))
    yield Objection(None, text, worth(case, benefits(case)) * len(points) / len(nodes))


def no_source(case: Case, _: Analysis) -> Found:
    """Inputs with neither a source nor the admission that they are assumed; of examples more is said."""
    given = case.parameters.inputs
    nodes = [
        node
        for node in inputs(case)
        if not given[node.name].source
        and given[node.name].evidence != "assumption"
        and given[node.name].origin != "example"
    ]
    if nodes:
        lines = {line.name: line for node in nodes for line in resting_on(case, node)}
        text = formatter_of(case).say_count(
            "{names} names no source.",
            "{count} inputs name no source: {names}.",
            len(nodes),
            names=_labels(case, nodes),
        )
        yield Objection(None, text, worth(case, lines.values()))


def dominant_input(case: Case, analysis: Analysis) -> Found:
    """Over half of the benefit on one weakly known input."""
    whole, rank = worth(case, benefits(case)), _rank(analysis)
    weak = [node for node in inputs(case) if grade_of(case, node.name) in WITH_ARTICLE]
    heavy = [(node, worth(case, resting_on(case, node))) for node in weak]
    heavy = [(node, stake) for node, stake in heavy if stake > whole / 2]
    if not heavy:
        return
    # The weakest grade first, then the most money, then the most influence.
    heavy.sort(
        key=lambda pair: (
            -GRADES.index(grade_of(case, pair[0].name)),
            -round(pair[1], 2),
            rank.get(pair[0].name, len(rank)),
        )
    )
    node, stake = heavy[0]
    to = formatter_of(case)
    text = to.say(
        "{share} of the benefits stand or fall with {input}, {grade}.",
        share=to.share_beside(stake / whole, 0.5),
        input=node.label,
        grade=to.say(WITH_ARTICLE[grade_of(case, node.name)]),
    )
    if len(heavy) > 1:
        others = _labels(case, (other for other, _ in heavy[1:]))
        text += " " + to.say("More than half of them also rest on {inputs}.", inputs=others)
    yield Objection(node.label, text, stake, AtWorst(node.name))


def influential_assumption(case: Case, analysis: Analysis) -> Found:
    """An assumption among the inputs that move the result most."""
    for swing in analysis.influence[:MOST_INFLUENTIAL]:
        if swing.swing > 0 and grade_of(case, swing.name) == "assumption":
            label, to = getattr(case.inputs, swing.name).label, formatter_of(case)
            text = to.say(
                "“{input}” is assumed, and it is among the {count} inputs that move the result most.",
                input=label,
                count=MOST_INFLUENTIAL,
            )
            if not case.has_range(swing.name):
                text += " " + _a_fifth_either_way(case, swing)
            yield Objection(label, text, swing.swing, AtWorst(swing.name))


def _a_fifth_either_way(case: Case, swing: Swing) -> str:
    """What an input without a range does where it is a fifth lower or higher, the others being likely."""
    to, (low, high) = formatter_of(case), _ends(case, swing)
    return to.say(
        "It has no range; a fifth lower, at {low}, the net present value is {at_low}, a fifth higher, at "
        "{high}, it is {at_high}.",
        low=low,
        high=high,
        at_low=to.money_about(swing.at_low),
        at_high=to.money_about(swing.at_high),
    )


def _ends(case: Case, swing: Swing) -> tuple[str, str]:
    """What an input is moved between, in words."""
    if isinstance(swing.low_value, tuple) or isinstance(swing.high_value, tuple):
        say = formatter_of(case).say
        return say("lower values"), say("higher values")
    unit = getattr(case.inputs, swing.name).unit
    quantity = formatter_of(case).quantity
    return quantity(swing.low_value, unit), quantity(swing.high_value, unit)


def long_horizon(case: Case, _: Analysis) -> Found:
    """A horizon over five years."""
    if case.years > LONGEST_HORIZON:
        soon = sum(
            float(present_value(line.flow(case.years)[: LONGEST_HORIZON + 1], case.discount_rate))
            for line in benefits(case)
        )
        late = worth(case, benefits(case)) - soon
        text = formatter_of(case).say(
            "The case runs over {years}. Benefits of {money} come after year {last}.",
            years=formatter_of(case).years(case.years),
            money=money(case, late),
            last=LONGEST_HORIZON,
        )
        yield Objection(None, text, late, Change(years=LONGEST_HORIZON))


def discount_rate(case: Case, _: Analysis) -> Found:
    """A discount rate outside what is usual."""
    low, high = USUAL_DISCOUNT_RATES
    if not low <= case.discount_rate <= high:
        text = formatter_of(case).say(
            "The discount rate is {rate}; rates from {low} to {high} are usual.",
            rate=formatter_of(case).share(case.discount_rate, exact=True),
            low=formatter_of(case).share(low),
            high=formatter_of(case).share(high),
        )
        nearest = min(max(case.discount_rate, low), high)
        yield Objection(None, text, 0.0, Change(discount_rate=nearest))


def implausible_return(case: Case, _: Analysis) -> Found:
    """A return that is hard to believe."""
    to = formatter_of(case)
    roi, months = case.returns.return_on_investment, case.returns.payback.months
    lines = benefits(case)
    real = ShareBreaksEven(frozenset(line.key for line in lines), SHARE_OF_BENEFITS)
    if roi is not None and roi > PLAUSIBLE_RETURN:
        text = to.say(
            "A return on investment of {roi} is rarely seen. Look at what is counted before what is earned.",
            roi=to.share(roi),
        )
        yield Objection(None, text, worth(case, lines), real)
    elif months is not None and months < 1:
        text = to.say("The money is back in less than a month, which is rarely seen.")
        yield Objection(None, text, worth(case, lines), real)


def likely_loss(case: Case, analysis: Analysis) -> Found:
    """A positive headline where most outcomes lose money."""
    simulation, to = analysis.simulation, formatter_of(case)
    if simulation is None:
        return
    expected = simulation.net_present_value.mean
    value = case.returns.net_present_value
    if headline_of(case) == "expected":
        value = expected
    elif headline_of(case) == "risk-adjusted" and case.returns.risk_adjusted is not None:
        value = case.returns.risk_adjusted.net_present_value
    if value > 0 and simulation.probability_of_loss > 0.5:
        chance = to.share_beside(simulation.probability_of_loss, 0.5)
        text = to.say(
            "The headline is a net present value of {money}, but {chance} of the simulated outcomes lose "
            "money.",
            money=to.money_about(value) if value == expected else to.money(value),
            chance=chance,
        )
        yield Objection(None, text, worth(case, benefits(case)), AtExpected())


def behind_plan(case: Case, _: Analysis) -> Found:
    """Figures that stay as planned while benefits fall short, or costs run over."""
    course = forecast_of(case)
    if course is None:
        return
    to, off, stake, lines = formatter_of(case), [], 0.0, progress_of(course, course.outlooks()[TO_PLAN])
    for side in ("benefit", "cost"):
        mine = [each for each in lines if each.line.side == side]
        ratio = known_ratio(mine)
        if ratio is not None and is_late(side_status(course, mine)):
            off.append(to.say(BEHIND[side], share=to.share(round(ratio, 3))))
            stake += sum(abs(each.actual - each.planned) for each in mine)
    if off:
        through = course.actuals.through
        until = to.month(through.year, through.month) if course.actuals.months else to.say("the start")
        text = to.say(
            "Up to {until} actuals put {sides}, as far as they are known. Costs and benefits, ranges and "
            "scenarios in this document are those of the plan.",
            until=until,
            sides=listed(to, off),
        )
        yield Objection(None, text, stake, Change(as_so_far=True))
