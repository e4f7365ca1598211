"""What the simulation says: how the outcomes spread, and what is worth measuring before the decision."""

from __future__ import annotations

from typing import Any

import numpy as np

from casebook.analysis.simulation import Simulation
from casebook.study.study import Study
from casebook.views.colour import accent
from casebook.views.components import Callout, Chart, Gap, Table, callout, gap, left, right, row
from casebook.views.style import INK, LOSS, MUTED, PALE, chart

NO_RANGES = (
    "No input has a low and a high value. The figures are single points: how likely a loss is, what moves "
    "the result most and what is worth measuring can't be told from them."
)

PAYS = (
    "On average over the simulated outcomes the investment pays, and no single input, at any value "
    "within its range, would change that."
)
PAYS_NOT = (
    "On average over the simulated outcomes the investment does not pay, and no single input, at any "
    "value within its range, would change that."
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
    with chart(2.2) as (_, axes, svg):
        _draw(axes, case, simulation, low, high, chance)
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


def _draw(axes: Any, case: Study, simulation: Simulation, low: str, high: str, chance: str) -> None:
    """The histogram, with the plan case, the range of nine in ten, and zero marked above it."""
    to, say, spread = case.formatter, case.formatter.say, simulation.net_present_value
    counts, edges = np.asarray(simulation.histogram), np.asarray(simulation.edges)
    middles, width = (edges[:-1] + edges[1:]) / 2, edges[1] - edges[0]
    colour = accent(case.parameters.client.colour)
    axes.bar(middles, counts, width=width * 0.94, color=[LOSS if m < 0 else PALE for m in middles])
    top = counts.max()
    axes.set_ylim(0, top * 1.42)
    base = float(case.result.net_present_value)
    axes.axvline(base, color=colour, linewidth=2, ymax=0.78)
    text = say("plan case {money}", money=to.money_short(base))
    _above(axes, base, top * 1.16, text, colour, edges, bold=True)
    axes.plot([spread.p5, spread.p95], [top * 1.05] * 2, color=MUTED, linewidth=1, marker="|")
    span = say("nine of ten: {low} to {high}", low=low, high=high)
    axes.text(spread.p95 + width * 0.4, top * 1.05, span, color=MUTED, fontsize=8.5, va="center")
    if edges[0] < 0 < edges[-1]:
        axes.axvline(0, color=INK, linewidth=1, ymax=0.9)
        text = say("loss: {chance} of outcomes", chance=chance)
        _above(axes, 0, top * 1.3, text, LOSS, edges, bold=True)
    _money_axis(axes, case, edges[0], edges[-1])


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
            "Measure {input} first: knowing it is worth at most {money}",
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
