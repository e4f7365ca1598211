"""What moves the result: each input in turn, several at once, and how far each may go."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import fill
from typing import Any

import numpy as np

from casebook.analysis.analysis import BreakEven
from casebook.analysis.sensitivity import Swing
from casebook.formatting import Formatter
from casebook.formatting.sentences import lower_first, short_reason
from casebook.presentation.figure import Absent
from casebook.presentation.formulas import figures
from casebook.presentation.result import Result
from casebook.study.study import Objected, Study
from casebook.views.colour import accent
from casebook.views.components import Callout, Chart, Gap, Table, callout, gap, left, right, row
from casebook.views.style import INK, LOSS, PALE, chart

MOST_BARS = 10
WIDEST_LABEL = 44
"""Characters of a label beside a bar; a longer one takes another row."""


def tornado(case: Study) -> Chart | Gap:
    """What the result is at the low and at the high value of each input, all else likely."""
    to, say = case.formatter, case.formatter.say
    swings = case.analysis.tornado[:MOST_BARS]
    if not swings:
        return gap(say("No input moves the result"), say("No input has a low and a high value."))
    base, objected = float(case.result.net_present_value), case.objection
    with chart(0.8 + 0.27 * len(swings) + (0.45 if objected else 0)) as (_, axes, svg):
        _draw_tornado(axes, case, swings)
    return Chart(
        caption=_tornado_caption(case),
        alt=say(
            "From a likely {money}: {inputs}.",
            money=to.money_short(base),
            inputs="; ".join([*(_swing_words(case, swing) for swing in swings), *_objection_words(case)]),
        ),
        svg=svg.getvalue(),
        note=say(
            "Net present value with one input at a time at its low or high value, the others at their likely "
            "ones ({money}, the black line). Grey: the input at its low value; in colour: at its high value. "
            "Low and high are the 5th and 95th percentile.",
            money=to.money_short(base),
        )
        + (" " + say("Last, in red: if the strongest objection is right.") if objected else ""),
    )


def _draw_tornado(axes: Any, case: Study, swings: Sequence[Swing]) -> None:
    """A bar from the plan case to each end of each input, the widest on top."""
    base, colour = float(case.result.net_present_value), accent(case.parameters.client.colour)
    labels = [getattr(case.inputs, swing.name).label for swing in swings]
    bars: list[tuple[tuple[float, str], ...]] = [
        ((swing.at_low, PALE), (swing.at_high, colour)) for swing in swings
    ]
    if case.objection is not None:
        labels.append(fill(_objection_label(case.objection, case.formatter), WIDEST_LABEL))
        bars.append(((float(case.objection.result.net_present_value), LOSS),))
    ends = [value for bar in bars for value, _ in bar]
    low, high = min(*ends, base), max(*ends, base)
    reach = high - low or 1.0
    for place, bar in enumerate(bars):
        for value, shade in bar:
            axes.barh(place, value - base, left=base, height=0.55, color=shade)
            right_side = value >= base
            axes.text(
                value + reach * (0.012 if right_side else -0.012),
                place,
                case.formatter.money_about(value),
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


def _tornado_caption(case: Study) -> str:
    """Which input moves the result most, and how many can turn it by themselves."""
    swings, base = case.analysis.tornado, float(case.result.net_present_value)
    first = getattr(case.inputs, swings[0].name).label
    count = sum(min(s.at_low * base, s.at_high * base) < 0 for s in swings)
    to = case.formatter
    if not count:
        return to.say("{input} moves the result most; no single input changes its sign", input=first)
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


def _objection_label(objected: Objected, to: Formatter) -> str:
    """What the tornado and the scenarios call the case if an objection is right."""
    return to.say("Objection: {title}", title=lower_first(objected.finding.title, to.language))


def _objection_words(case: Study) -> list[str]:
    to, objected = case.formatter, case.objection
    if objected is None:
        return []
    label, worth = _objection_label(objected, to), to.money_about(objected.result.net_present_value)
    return [to.say("{objection}, which takes it to {money}", objection=label, money=worth)]


def _swing_words(case: Study, swing: Swing) -> str:
    to, node = case.formatter, getattr(case.inputs, swing.name)
    low, high = to.money_about(swing.at_low), to.money_about(swing.at_high)
    return to.say("{input} takes it to {low} and {high}", input=node.label, low=low, high=high)


def scenarios(case: Study) -> Gap | Table:
    """The named scenarios of the parameter file beside the likely and the risk-adjusted case."""
    say, say_count = case.formatter.say, case.formatter.say_count
    shown: dict[str, Result] = {say("Plan case"): case.result}
    assert case.result.risk_adjusted is not None
    if case.ledger.is_risky:
        shown[say("Risk-adjusted")] = case.result.risk_adjusted
    shown |= {name: scenario.result for name, scenario in case.scenario_results.items()}
    objected = case.objection
    if objected is not None:
        shown[_objection_label(objected, case.formatter)] = objected.result
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
    if objected is not None:
        label, text = _objection_label(objected, case.formatter), objected.finding.text
        notes.append(f"{label}: {text}")
    named = [scenario.result for scenario in case.scenario_results.values()]
    others = named or list(shown.values())[1:2]
    losing = sum(result.net_present_value < 0 for result in others)
    caption = (
        say_count(
            "{losing} of {others} scenarios loses money",
            "{losing} of {others} scenarios lose money",
            losing,
            losing=losing,
            others=len(others),
        )
        if losing
        else say_count("The scenario loses no money", "None of {count} scenarios loses money", len(others))
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
        return short_reason(figure)
    return str(figure)


def break_even(case: Study) -> Callout | Table:
    """The value of each key input at which nothing is gained, all else likely: what has to be true."""
    found, say = case.analysis.break_even, case.formatter.say
    if not found:
        nothing = say("No input behind the figure can be varied on its own.")
        return callout(say("No break-even"), nothing)
    target = case.parameters.target_return
    rows = [
        row(
            node.label,
            _likely(case, node),
            _break_even_cell(case, item, item.value),
            _headroom(case, item),
            *([] if target is None else [_break_even_cell(case, item, item.at_target)]),
        )
        for item in found
        for node in (getattr(case.inputs, item.name),)
    ]
    heads = [left(say("Input"), 1.6), *map(right, map(say, ("Likely", "Breaks even at", "Headroom")))]
    note = say(
        "The value at which the net present value is 0, all other inputs at their likely values. "
        "Headroom is the distance from the likely value. For inputs by year all years move by the "
        "same factor."
    )
    if target is not None:
        share = case.formatter.share(target)
        heads.append(right(say("Returns {share} at", share=share)))
        note += " " + say(
            "A return of {share} is asked for; at the likely values it is {likely}.",
            share=share,
            likely=_cell(case.result.return_on_investment),
        )
    return Table(heads, rows, caption=_break_even_caption(case), note=note)


def _break_even_caption(case: Study) -> str:
    say = case.formatter.say
    moved = [item for item in case.analysis.break_even if item.headroom is not None]
    if not moved:
        return say("No key input alone can bring the result to zero")
    least = min(moved, key=lambda item: abs(item.headroom or 0))
    label = getattr(case.inputs, least.name).label
    headroom = least.headroom or 0
    share = case.formatter.share(float(f"{abs(headroom):.2g}"))
    if headroom < 0:
        return say("The case breaks even if {input} falls {share} short", input=label, share=share)
    return say("The case breaks even if {input} turns out {share} higher", input=label, share=share)


def _likely(case: Study, node: Any) -> str:
    return figures(np.atleast_1d(node.amount), node.unit, case.formatter, exact=True)


def _break_even_cell(case: Study, item: BreakEven, value: float | None) -> str:
    if value is None:
        return case.formatter.say("No value within its bounds")
    node = getattr(case.inputs, item.name)
    if item.is_factor:
        return case.formatter.say("{share} of it", share=case.formatter.share(value))
    # Where inputs are ranges, more digits than three would claim what nobody knows.
    digits = 5 if case.analysis.simulation is None else 3
    return case.formatter.quantity(float(f"{value:.{digits}g}"), node.unit, exact=True)


def _headroom(case: Study, item: BreakEven) -> str:
    if item.headroom is None:
        return "–"
    text = case.formatter.share(float(f"{item.headroom:.2g}"))
    return text if item.headroom < 0 else f"+{text}"
