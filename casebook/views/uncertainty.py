"""What could go wrong: ranges, what moves the result, scenarios, break-even, and what to measure next."""

from __future__ import annotations

from typing import Any

import numpy as np

from casebook.model.analysis import BreakEven
from casebook.model.figure import Absent
from casebook.model.printing import figures
from casebook.model.result import Result
from casebook.model.sensitivity import Swing
from casebook.model.simulation import Simulation
from casebook.model.study import Study
from casebook.views.style import INK, LOSS, MUTED, PALE, accent, chart
from casebook.views.view import callout, gap, left, right, row, table

MOST_BARS = 10
NO_RANGES = (
    "No input has a low and a high value. The figures are single points: how likely a loss is, what moves "
    "the result most and what is worth measuring can't be told from them."
)


def range_chart(case: Study) -> dict[str, Any]:
    """How the simulated net present values spread, and what share of them is a loss."""
    simulation = case.analysis.simulation
    if simulation is None:
        return callout("Without ranges", NO_RANGES)
    to, spread = case.formatter, simulation.net_present_value
    counts, edges = np.asarray(simulation.histogram), np.asarray(simulation.edges)
    middles, width = (edges[:-1] + edges[1:]) / 2, edges[1] - edges[0]
    colour = accent(case.parameters.client.colour)
    with chart(2.5) as (_, axes, svg):
        axes.bar(middles, counts, width=width * 0.94, color=[LOSS if m < 0 else PALE for m in middles])
        top = counts.max()
        axes.set_ylim(0, top * 1.42)
        base = float(case.result.net_present_value)
        axes.axvline(base, color=colour, linewidth=2, ymax=0.78)
        _above(axes, base, top * 1.16, f"likely case {to.money_short(base)}", colour, edges, bold=True)
        axes.plot([spread.p5, spread.p95], [top * 1.05] * 2, color=MUTED, linewidth=1, marker="|")
        low, high = to.money_about(spread.p5), to.money_about(spread.p95)
        span = f"nine of ten: {low} to {high}"
        axes.text(spread.p95 + width * 0.4, top * 1.05, span, color=MUTED, fontsize=8.5, va="center")
        if edges[0] < 0 < edges[-1]:
            axes.axvline(0, color=INK, linewidth=1, ymax=0.9)
            chance = case.chance(simulation.probability_of_loss)
            _above(axes, 0, top * 1.3, f"loss: {chance} of outcomes", LOSS, edges, bold=True)
        _money_axis(axes, case, edges[0], edges[-1])
    return {
        "view": "chart",
        "caption": (
            f"Nine of ten outcomes lie between {low} and {high}; "
            f"{case.chance(simulation.probability_of_loss)} lose money"
        ),
        "alt": (
            f"In {to.number(simulation.draws)} simulated outcomes the net present value lies between "
            f"{low} and {high} in nine of ten; the median is {to.money_about(spread.p50)} and "
            f"{case.chance(simulation.probability_of_loss)} of the outcomes lose money."
        ),
        "svg": svg.getvalue(),
        "note": (
            f"Net present value in {to.number(simulation.draws)} draws (seed {simulation.seed}), on the "
            f"lines without risk adjustment. Mean {to.money_about(spread.mean)}, standard error "
            f"{to.money_about(spread.standard_error)}."
        ),
    }


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


def tornado(case: Study) -> dict[str, Any]:
    """What the result is at the low and at the high value of each input, all else likely."""
    swings = case.analysis.tornado[:MOST_BARS]
    if not swings:
        return gap("What moves the result: nothing", "No input has a low and a high value.")
    to, base = case.formatter, float(case.result.net_present_value)
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
                    bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6},
                )
        axes.axvline(base, color=INK, linewidth=1.4)
        if low - reach * 0.2 < 0 < high + reach * 0.2:
            axes.axvline(0, color=LOSS, linewidth=1, linestyle="--", zorder=0)
            axes.text(0, -0.75, "0", color=LOSS, fontsize=8.5, fontweight="bold", ha="center")
        axes.set_yticks(range(len(labels)), labels)
        axes.tick_params(axis="y", labelcolor=INK)
        axes.invert_yaxis()
        axes.set_xlim(low - reach * 0.3, high + reach * 0.2)
        axes.xaxis.set_visible(False)
        axes.spines[["left", "bottom"]].set_visible(False)
    return {
        "view": "chart",
        "caption": _tornado_caption(case),
        "alt": f"From a likely {to.money_short(base)}: "
        + "; ".join(_swing_words(case, s) for s in swings)
        + ".",
        "svg": svg.getvalue(),
        "note": (
            "Net present value with one input at a time at its low or high value, the others at their likely "
            f"ones ({to.money_short(base)}, the black line). Grey: the input at its low value; in colour: at "
            "its high value. Low and high are the 5th and 95th percentile."
        ),
    }


def _tornado_caption(case: Study) -> str:
    """Which input moves the result most, and how many can turn it by themselves."""
    swings, base = case.analysis.tornado, float(case.result.net_present_value)
    first = getattr(case.inputs, swings[0].name).label
    count = sum(min(s.at_low * base, s.at_high * base) < 0 for s in swings)
    if not count:
        return f"{first} moves the result most; no single input turns it"
    turned = "a loss" if base > 0 else "a gain"
    several = "one input alone can" if count == 1 else f"each of {count} inputs alone can"
    return f"{first} moves the result most; {several} make it {turned}"


def _swing_words(case: Study, swing: Swing) -> str:
    to, node = case.formatter, getattr(case.inputs, swing.name)
    return f"{node.label} takes it to {to.money_about(swing.at_low)} and {to.money_about(swing.at_high)}"


def scenarios(case: Study) -> dict[str, Any]:
    """The named scenarios of the parameter file beside the likely and the risk-adjusted case."""
    shown: dict[str, Result] = {"Likely case": case.result}
    assert case.result.risk_adjusted is not None
    if any(line.risk_factor(case.years)[0] != 1 for line in case.ledger.counted):
        shown["Risk-adjusted"] = case.result.risk_adjusted
    shown |= {name: scenario.result for name, scenario in case.scenario_results.items()}
    if len(shown) == 1:
        return gap("Scenarios: none", "The parameter file has no scenarios and no risk adjustment.")
    names = ("net_present_value", "return_on_investment", "payback_months", "present_value_of_costs")
    heads = [left("Scenario"), *(right(_HEADS[name]) for name in names)]
    rows = [
        row(title, *(_cell(getattr(result, name)) for name in names), style="plain")
        for title, result in shown.items()
    ]
    notes = []
    for name, scenario in case.scenario_results.items():
        changes = ", ".join(
            f"{node.label} {figures(np.atleast_1d(value), node.unit, case.formatter, exact=True)}"
            for node, value in scenario.changes
        )
        notes.append(f"{name}: {changes}.{' ' + scenario.note if scenario.note else ''}")
    losing = sum(result.net_present_value < 0 for name, result in shown.items() if name != "Likely case")
    caption = f"Beside the likely case: {losing or 'none'} of {len(shown) - 1} lose money"
    return table(heads, rows, caption=caption, note=" ".join(notes) or None)


_HEADS = {
    "net_present_value": "Net present value",
    "return_on_investment": "Return",
    "payback_months": "Payback",
    "present_value_of_costs": "Costs",
}


def _cell(figure: Any) -> str:
    if isinstance(figure, Absent):
        reason = str(figure).split(":")[0]
        return reason[:1].upper() + reason[1:]
    return str(figure)


def break_even(case: Study) -> dict[str, Any]:
    """The value of each key input at which nothing is gained, all else likely: what has to be true."""
    found = case.analysis.break_even
    if not found:
        return callout("No break-even", "No input that the figure rests on can be moved by itself.")
    rows = [
        row(node.label, _likely(case, node), _break_even_cell(case, item), _room(case, item))
        for item in found
        for node in (getattr(case.inputs, item.name),)
    ]
    return table(
        [left("Input", 1.6), right("Likely"), right("Breaks even at"), right("Room")],
        rows,
        caption=_break_even_caption(case),
        note=(
            "The value at which the net present value is 0, all other inputs at their likely values. Room is "
            "the distance from the likely value. For inputs by year all years move by the same factor."
        ),
    )


def _break_even_caption(case: Study) -> str:
    rooms = [item for item in case.analysis.break_even if item.room is not None]
    if not rooms:
        return "No key input can bring the result to nothing by itself"
    least = min(rooms, key=lambda item: abs(item.room or 0))
    return f"The least room is in {getattr(case.inputs, least.name).label}: {_room(case, least)}"


def _likely(case: Study, node: Any) -> str:
    return figures(np.atleast_1d(node.amount), node.unit, case.formatter, exact=True)


def _break_even_cell(case: Study, item: BreakEven) -> str:
    if item.value is None:
        return "No value within its bounds"
    node = getattr(case.inputs, item.name)
    if item.is_factor:
        return f"{case.formatter.share(item.value)} of it"
    # Where inputs are ranges, more digits than three would claim what nobody knows.
    digits = 5 if case.analysis.simulation is None else 3
    return case.formatter.quantity(float(f"{item.value:.{digits}g}"), node.unit, exact=True)


def _room(case: Study, item: BreakEven) -> str:
    if item.room is None:
        return "–"
    text = case.formatter.share(float(f"{item.room:.2g}"))
    return text if item.room < 0 else f"+{text}"


def _expected(simulation: Simulation) -> str:
    return "pays" if simulation.net_present_value.mean > 0 else "does not pay"


def _about(case: Study, value: float) -> str:
    """A worth of information: two digits are all that it deserves."""
    return case.formatter.money_short(float(f"{value:.2g}"))


def what_to_measure(case: Study) -> dict[str, Any]:
    """Which input to measure next, and what knowing it would be worth at most."""
    information = case.analysis.information
    simulation = case.analysis.simulation
    if information is None or simulation is None:
        return gap("What to measure next: unknown", "No input has a low and a high value.")
    to = case.formatter
    ranked = sorted(information.inputs.items(), key=lambda pair: -pair[1].value)
    worth = [(name, estimate) for name, estimate in ranked if estimate.value > 2 * estimate.standard_error]
    shares = case.analysis.variance.shares if case.analysis.variance else {}
    if not worth:
        name = max(shares, key=lambda key: shares[key])
        return callout(
            "No measurement would change the decision",
            f"On average over the simulated outcomes the investment {_expected(simulation)}, and whatever "
            "any one input turned out to be within its range, that would not turn. "
            f"The input that moves the result most is {getattr(case.inputs, name).label}.",
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
    rows.append(row("All inputs together", _about(case, total.value), "", style="total"))
    return table(
        [left("Measure next", 2), right("Worth at most"), right("Share of variance")],
        rows,
        caption=(
            f"{getattr(case.inputs, worth[0][0]).label} is the first to measure: knowing it is worth "
            f"{_about(case, worth[0][1].value)} at most"
        ),
        note=(
            "Worth at most: by how much the expected result would rise if this input were known before the "
            "decision (value of perfect information; for a single input by regression on the simulated "
            f"draws; standard error of the total {to.money_short(float(f'{total.standard_error:.1g}'))}). "
            "A measurement that costs more is not worth making. Share of variance: "
            f"{case.analysis.variance.method if case.analysis.variance else ''}."
        ),
    )
