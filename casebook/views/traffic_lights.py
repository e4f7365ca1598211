"""How the measures stand: each measured input and each KPI, by a shape and a word."""

from __future__ import annotations

from casebook.follow_up.follow_up import FollowUp
from casebook.follow_up.progress import Indicator
from casebook.follow_up.status import UNKNOWN
from casebook.record.types import KpiRecord
from casebook.study.study import Study
from casebook.views.components import Component, Row, Table, callout, left, right, row
from casebook.views.follow_up import legend, light, no_actuals


def traffic_lights(case: Study) -> Component:
    """How each measured input and each KPI stands, by a shape and a word."""
    found, say = case.followed_up, case.formatter.say
    if found is None:
        return no_actuals(case)
    inputs = [_indicator_row(case, found, each) for each in found.indicators]
    judged_above = {getattr(case.inputs, each.name).label for each in found.indicators}
    followed = [kpi for kpi in case.kpis if kpi.actual or kpi.status]
    kpis = [_kpi_row(case, kpi) for kpi in followed if kpi.watches not in judged_above]
    if not inputs and not kpis:
        text = say("The actuals contain only booked money, and no KPI has an actual value.")
        return callout(say("No measure to judge"), text)
    rows = [*inputs, *kpis]
    if inputs and kpis:
        titles = (say("Inputs of the case"), say("Measures of the KPI plan"))
        first, second = (row(title, "", "", "", style="heading") for title in titles)
        rows = [first, *inputs, second, *kpis]
    judged = say(
        "An input is judged by its mean over the periods measured; whether more of it is better follows from "
        "what it does to the net present value."
    )
    return Table(
        [left(say("Measure"), 1.4), right(say("Plan")), right(say("Actual")), left(say("Status"), 0.7)],
        rows,
        caption=say("How the measures stand"),
        note=f"{legend(case.formatter)} {judged}" if inputs else legend(case.formatter),
    )


def _kpi_row(case: Study, kpi: KpiRecord) -> Row:
    cells = (kpi.name, kpi.target or "–", kpi.actual or "–")
    return row(*cells, light(kpi.status or UNKNOWN, case.formatter))


def _indicator_row(case: Study, found: FollowUp, each: Indicator) -> Row:
    node, to = getattr(case.inputs, each.name), case.formatter

    def value(amount: float) -> str:
        return to.quantity(float(f"{amount:.4g}") if abs(amount) < 1000 else amount, node.unit)

    periods = found.forecast.actuals.inputs[each.name].periods
    said = [f"{period.text}: {value(amount)}" for period, amount in periods]
    if len(periods) > 1:
        said.append(to.say("mean {value}", value=value(each.actual)))
    shown = light(each.standing, to) if each.more_is_better is not None else to.say("– moves no line")
    unit, label = to.unit_words(node.unit), node.label
    if ramp := case.parameters.template.inputs[each.name].scaled_by:
        label = f"{label} × {getattr(case.inputs, ramp).label}"
    name = label if label.lower().endswith(unit) else f"{label}\n{unit}"
    return row(name, value(each.planned), "\n".join(said), shown)
