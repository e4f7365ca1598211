"""How the measures stand: each measured input and each KPI, by a shape and a word."""

from __future__ import annotations

from typing import Any

from casebook.model.follow_up import FollowUp
from casebook.model.progress import Indicator
from casebook.model.standing import UNKNOWN
from casebook.model.study import Study
from casebook.views.follow_up import legend, light, none_yet
from casebook.views.view import callout, left, right, row, table


def traffic_lights(case: Study) -> dict[str, Any]:
    """How each measured input and each KPI stands, by a shape and a word."""
    found = case.followed_up
    if found is None:
        return none_yet()
    rows = [_indicator_row(case, found, each) for each in found.indicators]
    kpis = [
        entry for entry in case.parameters.story.get("kpis", []) if "actual" in entry or "standing" in entry
    ]
    if rows and kpis:
        rows = [row("Inputs of the case", "", "", "", style="heading"), *rows]
        rows.append(row("Measures of the KPI plan, as the client judges them", "", "", "", style="heading"))
    rows += [
        row(
            str(entry["name"]),
            str(entry.get("target", "–")),
            str(entry.get("actual", "–")),
            light(str(entry.get("standing", UNKNOWN))),
        )
        for entry in kpis
    ]
    if not rows:
        return callout(
            "No measure to judge", "The actuals hold booked money alone, and no KPI has an actual."
        )
    return table(
        [left("Measure", 1.4), right("Plan"), right("Actual"), left("Standing", 0.7)],
        rows,
        caption="How the measures stand",
        note=(
            f"{legend(case)} An input is judged by its mean over the periods measured; whether more of it "
            "is better follows from what it does to the net present value."
        ),
    )


def _indicator_row(case: Study, found: FollowUp, each: Indicator) -> dict[str, Any]:
    node, to = getattr(case.inputs, each.name), case.formatter

    def value(amount: float) -> str:
        return to.quantity(float(f"{amount:.4g}") if abs(amount) < 1000 else amount, node.unit)

    periods = found.course.actuals.inputs[each.name].periods
    by_period = "\n".join(f"{period.text}: {value(amount)}" for period, amount in periods)
    mean = f"\nmean {value(each.actual)}" if len(periods) > 1 else ""
    shown = light(each.standing) if each.more_is_better is not None else "– moves no line"
    unit = to.unit_words(node.unit)
    name = node.label if node.label.lower().endswith(unit) else f"{node.label}\n{unit}"
    return row(name, value(each.planned), by_period + mean, shown)
