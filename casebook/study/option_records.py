"""What a case writes into its record of its options."""

from __future__ import annotations

from typing import Any

from casebook.analysis.first_step import Learning, Worth
from casebook.analysis.options import OptionResult
from casebook.record.analysis import EstimateRecord
from casebook.record.options import GateRecord, LearningRecord, OptionRecord
from casebook.schema.gates import Gate
from casebook.study.study import Study


def option_records(case: Study) -> dict[str, Any]:
    """The options with the recommended one, the one asked for, and why, by the fields of the record."""
    options = case.options
    return {
        "options": tuple(_option(case, each) for each in options.by_key.values()),
        "recommended": options.recommended,
        "decided": options.decided,
        "reason": options.reason,
    }


def gate_figure(case: Study, gate: Gate) -> str | None:
    """What a gate judges, as a reader calls it: an input's label, a KPI's name, or the text itself."""
    if gate.figure in case.parameters.template.inputs:
        label: str = getattr(case.inputs, gate.figure).label
        return label
    kpis = {kpi.key: kpi.name for kpi in case.parameters.story.kpis}
    return None if gate.figure is None else kpis.get(gate.figure, gate.figure)


def _option(case: Study, found: OptionResult) -> OptionRecord:
    option = found.option
    return OptionRecord(
        key=found.key,
        name=case.option_name(found.key),
        note=option.note,
        values=dict(option.inputs),
        money=option.money,
        cost=option.cost,
        delay=option.delay,
        approve_now=found.approve_now,
        in_all=found.in_all,
        present_value_of_costs=found.present_value_of_costs,
        deepest=found.deepest,
        deepest_year=found.deepest_year,
        net_present_value=found.plan,
        expected_net_present_value=found.expected,
        standard_error=found.standard_error,
        p5=found.p5,
        p95=found.p95,
        probability_of_loss=found.chance_of_loss,
        probability_beyond_cost=found.chance_beyond_cost,
        stop=option.stop,
        gate=None if option.gate is None else _gate(case, option.gate),
        goes_on_with=found.goes_on_with,
        learning=None if found.learning is None else _learning(found.learning),
    )


def _gate(case: Study, gate: Gate) -> GateRecord:
    return GateRecord(
        by=str(gate.by),
        figure=gate_figure(case, gate),
        input=gate.figure if gate.figure in case.parameters.template.inputs else None,
        at_least=gate.at_least,
        at_most=gate.at_most,
        owner=gate.owner,
    )


def _learning(found: Learning) -> LearningRecord:
    return LearningRecord(
        input=found.lesson.input,
        within=found.lesson.within,
        gross=_worth(found.gross),
        net=_worth(found.net),
        instead_of=found.instead_of,
        goes_on=found.goes_on,
    )


def _worth(worth: Worth) -> EstimateRecord:
    return EstimateRecord(value=worth.value, standard_error=worth.standard_error)
