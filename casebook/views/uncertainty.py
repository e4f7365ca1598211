"""What could go wrong: ranges, what moves the result, scenarios, break-even, and what to measure next."""

from __future__ import annotations

from typing import Any

import numpy as np

from casebook.analysis.analysis import BreakEven
from casebook.analysis.sensitivity import Swing
from casebook.analysis.simulation import Simulation
from casebook.presentation.figure import Absent
from casebook.presentation.formulas import figures
from casebook.presentation.result import Result
from casebook.study.study import Study
from casebook.views.colour import accent
from casebook.views.components import Callout, Chart, Gap, Table, callout, gap, left, right, row
from casebook.views.style import INK, LOSS, MUTED, PALE, chart

MOST_BARS = 10
NO_RANGES = (
    "No input has a low and a high value. The figures are single points: how likely a loss is, what moves "
    "the result most and what is worth measuring can't be told from them."
)


PAYS = (
    "On average over the simulated outcomes the investment pays, and whatever any one input turned out to be "
    "within its range, that would not turn."
)
PAYS_NOT = (
    "On average over the simulated outcomes the investment does not pay, and whatever any one input turned "
    "out to be within its range, that would not turn."
)


def range_chart(case: Study) -> Callout | Chart:
    """How the simulated net present values spread, and what share of them is a loss."""
    to, say = case.formatter, case.formatter.say
    simulation = case.analysis.simulation
    if simulation is None:
        return callout(say("Without ranges"), say(NO_RANGES))
    spread = simulation.net_present_value
    low, high = to.money_about(spread.p5), to.money_about(spread.p95)
    chance = case.chance(simulation.probability_of_loss)
    counts, edges = np.asarray(simulation.histogram), np.asarray(simulation.edges)
    middles, width = (edges[:-1] + edges[1:]) / 2, edges[1] - edges[0]
    colour = accent(case.parameters.client.colour)
    with chart(2.2) as (_, axes, svg):
        axes.bar(middles, counts, width=width * 0.94, color=[LOSS if m < 0 else PALE for m in middles])
        top = counts.max()
        axes.set_ylim(0, top * 1.42)
        base = float(case.result.net_present_value)
        axes.axvline(base, color=colour, linewidth=2, ymax=0.78)
        text = say("likely case {money}", money=to.money_short(base))
        _above(axes, base, top * 1.16, text, colour, edges, bold=True)
        axes.plot([spread.p5, spread.p95], [top * 1.05] * 2, color=MUTED, linewidth=1, marker="|")
        span = say("nine of ten: {low} to {high}", low=low, high=high)
        axes.text(spread.p95 + width * 0.4, top * 1.05, span, color=MUTED, fontsize=8.5, va="center")
        if edges[0] < 0 < edges[-1]:
            axes.axvline(0, color=INK, linewidth=1, ymax=0.9)
            text = say("loss: {chance} of outcomes", chance=chance)
            _above(axes, 0, top * 1.3, text, LOSS, edges, bold=True)
        _money_axis(axes, case, edges[0], edges[-1])
    return Chart(
        caption=say(
            "Nine of ten outcomes lie between {low} and {high}; {chance} lose money",
            low=low,
            high=high,
            chance=chance,
        ),
        alt=say(
            "In {count} simulated outcomes the net present value lies between {low} and {high} in nine of "
            "ten; the median is {median} and {chance} of the outcomes lose money.",
            count=to.number(simulation.draws),
            low=low,
            high=high,
            median=to.money_about(spread.p50),
            chance=chance,
        ),
        svg=svg.getvalue(),
        note=" ".join([_simulated(case, simulation), *_scaled(case, simulation)]),
    )


def _simulated(case: Study, simulation: Simulation) -> str:
    to, spread = case.formatter, simulation.net_present_value
    return to.say(
        "Net present value in {count} draws (seed {seed}), on the lines without risk adjustment. Mean "
        "{mean}, standard error {error}.",
        count=to.number(simulation.draws),
        seed=simulation.seed,
        mean=to.money_about(spread.mean),
        error=to.money_about(spread.standard_error),
    )


def _scaled(case: Study, simulation: Simulation) -> list[str]:
    """How often the shares of a whole had to be scaled to it."""
    to = case.formatter
    return [
        to.say(
            "In {share} of the draws the shares of “{whole}” came to more than {all} and were scaled to it.",
            share=case.chance(share),
            whole=whole,
            all=to.share(1),
        )
        for whole, share in simulation.scaled.items()
        if share
    ]


def _ends(case: Study, spread: Any) -> dict[str, str]:
    short = case.formatter.money_short
    return {"low": short(spread.p5), "high": short(spread.p95)}


def _above(axes: Any, x: float, y: float, text: str, colour: str, edges: Any, *, bold: bool = False) -> None:
    """A label at a vertical line, on the side where there is room."""
    to_left = x > edges[0] + (edges[-1] - edges[0]) * 0.62
    gap = (edges[-1] - edges[0]) * 0.008
    axes.text(
        x - gap if to_left else x + gap,
        y,
        text,
        ha="right" if to_left else "left",
        color=colour,
        fontsize=8.5,
        fontweight="bold" if bold else "normal",
    )


def _money_axis(axes: Any, case: Study, low: float, high: float) -> None:
    from matplotlib.ticker import MaxNLocator

    axes.xaxis.set_major_locator(MaxNLocator(6))
    axes.xaxis.set_major_formatter(lambda value, _: case.formatter.money_short(round(value, 6)))
    axes.set_xlim(low, high)
    axes.yaxis.set_visible(False)
    axes.spines["left"].set_visible(False)


def tornado(case: Study) -> Chart | Gap:
    """What the result is at the low and at the high value of each input, all else likely."""
    to, say = case.formatter, case.formatter.say
    swings = case.analysis.tornado[:MOST_BARS]
    if not swings:
        return gap(say("What moves the result: nothing"), say("No input has a low and a high value."))
    base = float(case.result.net_present_value)
    colour = accent(case.parameters.client.colour)
    labels = [getattr(case.inputs, swing.name).label for swing in swings]
    with chart(0.8 + 0.32 * len(swings)) as (_, axes, svg):
        ends = [value for swing in swings for value in (swing.at_low, swing.at_high)]
        low, high = min(*ends, base), max(*ends, base)
        reach = high - low or 1.0
        for place, swing in enumerate(swings):
            for value, shade in ((swing.at_low, PALE), (swing.at_high, colour)):
                axes.barh(place, value - base, left=base, height=0.55, color=shade)
                right_side = value >= base
                axes.text(
                    value + reach * (0.012 if right_side else -0.012),
                    place,
                    to.money_about(value),
                    ha="left" if right_side else "right",
                    va="center",
                    fontsize=8,
                    bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.6},
                )
        axes.axvline(base, color=INK, linewidth=1.4)
        if low - reach * 0.2 < 0 < high + reach * 0.2:
            axes.axvline(0, color=LOSS, linewidth=1, linestyle="--", zorder=0)
            axes.text(0, -0.75, "0", color=LOSS, fontsize=8.5, fontweight="bold", ha="center")
        axes.set_yticks(range(len(labels)), labels, va="center")
        axes.tick_params(axis="y", labelcolor=INK)
        axes.invert_yaxis()
        axes.set_xlim(low - reach * 0.3, high + reach * 0.2)
        axes.xaxis.set_visible(False)
        axes.spines[["left", "bottom"]].set_visible(False)
    return Chart(
        caption=_tornado_caption(case),
        alt=say(
            "From a likely {money}: {inputs}.",
            money=to.money_short(base),
            inputs="; ".join(_swing_words(case, swing) for swing in swings),
        ),
        svg=svg.getvalue(),
        note=say(
            "Net present value with one input at a time at its low or high value, the others at their likely "
            "ones ({money}, the black line). Grey: the input at its low value; in colour: at its high value. "
            "Low and high are the 5th and 95th percentile.",
            money=to.money_short(base),
        ),
    )


def _tornado_caption(case: Study) -> str:
    """Which input moves the result most, and how many can turn it by themselves."""
    swings, base = case.analysis.tornado, float(case.result.net_present_value)
    first = getattr(case.inputs, swings[0].name).label
    count = sum(min(s.at_low * base, s.at_high * base) < 0 for s in swings)
    to = case.formatter
    if not count:
        return to.say("{input} moves the result most; no single input turns it", input=first)
    if base > 0:
        return to.say_count(
            "{input} moves the result most; one input alone can make it a loss",
            "{input} moves the result most; each of {count} inputs alone can make it a loss",
            count,
            input=first,
        )
    return to.say_count(
        "{input} moves the result most; one input alone can make it a gain",
        "{input} moves the result most; each of {count} inputs alone can make it a gain",
        count,
        input=first,
    )


def _swing_words(case: Study, swing: Swing) -> str:
    to, node = case.formatter, getattr(case.inputs, swing.name)
    low, high = to.money_about(swing.at_low), to.money_about(swing.at_high)
    return to.say("{input} takes it to {low} and {high}", input=node.label, low=low, high=high)


def scenarios(case: Study) -> Gap | Table:
    """The named scenarios of the parameter file beside the likely and the risk-adjusted case."""
    say = case.formatter.say
    shown: dict[str, Result] = {say("Likely case"): case.result}
    assert case.result.risk_adjusted is not None
    if case.ledger.is_risky:
        shown[say("Risk-adjusted")] = case.result.risk_adjusted
    shown |= {name: scenario.result for name, scenario in case.scenario_results.items()}
    if len(shown) == 1:
        nothing = say("The parameter file has no scenarios and no risk adjustment.")
        return gap(say("Scenarios: none"), nothing)
    names = ("net_present_value", "return_on_investment", "payback_months", "present_value_of_costs")
    heads = [left(say("Scenario")), *(right(say(HEADS[name])) for name in names)]
    rows = [row(title, *(_cell(getattr(result, name)) for name in names)) for title, result in shown.items()]
    notes = []
    for name, scenario in case.scenario_results.items():
        changes = ", ".join(
            f"{node.label} {figures(np.atleast_1d(value), node.unit, case.formatter, exact=True)}"
            for node, value in scenario.changes
        )
        notes.append(f"{name}: {changes}.{' ' + scenario.note if scenario.note else ''}")
    others = [result for result in shown.values() if result is not case.result]
    losing = sum(result.net_present_value < 0 for result in others)
    caption = (
        say("Beside the likely case: {losing} of {others} lose money", losing=losing, others=len(others))
        if losing
        else say("Beside the likely case: none of {others} lose money", others=len(others))
    )
    return Table(heads, rows, caption=caption, note=" ".join(notes))


HEADS = {
    "net_present_value": "Net present value",
    "return_on_investment": "Return",
    "payback_months": "Payback",
    "present_value_of_costs": "Costs",
}


def _cell(figure: Any) -> str:
    if isinstance(figure, Absent):
        reason = str(figure).split(":")[0].strip()
        return reason[:1].upper() + reason[1:]
    return str(figure)


def break_even(case: Study) -> Callout | Table:
    """The value of each key input at which nothing is gained, all else likely: what has to be true."""
    found, say = case.analysis.break_even, case.formatter.say
    if not found:
        nothing = say("No input that the figure rests on can be moved by itself.")
        return callout(say("No break-even"), nothing)
    rows = [
        row(node.label, _likely(case, node), _break_even_cell(case, item), _room(case, item))
        for item in found
        for node in (getattr(case.inputs, item.name),)
    ]
    return Table(
        [left(say("Input"), 1.6), right(say("Likely")), right(say("Breaks even at")), right(say("Room"))],
        rows,
        caption=_break_even_caption(case),
        note=say(
            "The value at which the net present value is 0, all other inputs at their likely values. Room is "
            "the distance from the likely value. For inputs by year all years move by the same factor."
        ),
    )


def _break_even_caption(case: Study) -> str:
    say = case.formatter.say
    rooms = [item for item in case.analysis.break_even if item.room is not None]
    if not rooms:
        return say("No key input can bring the result to nothing by itself")
    least = min(rooms, key=lambda item: abs(item.room or 0))
    label = getattr(case.inputs, least.name).label
    return say("The least room is in {input}: {room}", input=label, room=_room(case, least))


def _likely(case: Study, node: Any) -> str:
    return figures(np.atleast_1d(node.amount), node.unit, case.formatter, exact=True)


def _break_even_cell(case: Study, item: BreakEven) -> str:
    if item.value is None:
        return case.formatter.say("No value within its bounds")
    node = getattr(case.inputs, item.name)
    if item.is_factor:
        return case.formatter.say("{share} of it", share=case.formatter.share(item.value))
    # Where inputs are ranges, more digits than three would claim what nobody knows.
    digits = 5 if case.analysis.simulation is None else 3
    return case.formatter.quantity(float(f"{item.value:.{digits}g}"), node.unit, exact=True)


def _room(case: Study, item: BreakEven) -> str:
    if item.room is None:
        return "–"
    text = case.formatter.share(float(f"{item.room:.2g}"))
    return text if item.room < 0 else f"+{text}"


def _about(case: Study, value: float) -> str:
    """A worth of information: two digits are all that it deserves."""
    return case.formatter.money_short(float(f"{value:.2g}"))


def what_to_measure(case: Study) -> Callout | Gap | Table:
    """Which input to measure next, and what knowing it would be worth at most."""
    to, say = case.formatter, case.formatter.say
    information = case.analysis.information
    simulation = case.analysis.simulation
    if information is None or simulation is None:
        return gap(say("What to measure next: unknown"), say("No input has a low and a high value."))
    ranked = sorted(information.inputs.items(), key=lambda pair: -pair[1].value)
    worth = [(name, estimate) for name, estimate in ranked if estimate.value > 2 * estimate.standard_error]
    shares = case.analysis.variance.shares if case.analysis.variance else {}
    if not worth:
        name = max(shares, key=lambda key: shares[key])
        return callout(
            say("No measurement would change the decision"),
            say(PAYS if simulation.net_present_value.mean > 0 else PAYS_NOT)
            + " "
            + say("The input that moves the result most is {input}.", input=getattr(case.inputs, name).label),
        )
    rows = [
        row(
            getattr(case.inputs, name).label,
            _about(case, estimate.value),
            to.share(round(shares.get(name, 0.0), 2)),
        )
        for name, estimate in worth[:8]
    ]
    total = information.evpi
    rows.append(row(say("All inputs together"), _about(case, total.value), "", style="total"))
    return Table(
        [left(say("Measure next"), 2), right(say("Worth at most")), right(say("Share of variance"))],
        rows,
        caption=say(
            "{input} is the first to measure: knowing it is worth {money} at most",
            input=getattr(case.inputs, worth[0][0]).label,
            money=_about(case, worth[0][1].value),
        ),
        note=say(
            "Worth at most: by how much the expected result would rise if this input were known before the "
            "decision (value of perfect information; for a single input by regression on the simulated "
            "draws; standard error of the total {error}). A measurement that costs more is not worth "
            "making. Share of variance: {method}.",
            error=to.money_short(float(f"{total.standard_error:.1g}")),
            method=say(case.analysis.variance.method) if case.analysis.variance else "",
        ),
    )
