"""What a case writes into its record."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from casebook.analysis.analysis import BreakEven
from casebook.analysis.evidence import by_value, by_variance
from casebook.analysis.information import Estimate
from casebook.case.ledger import PoolUse
from casebook.case.line import LeftOut, Line
from casebook.follow_up.record import record_of_follow_up
from casebook.formula.evaluation import evaluate
from casebook.formula.expression import Computed, Constant, Expression, Input, Operation, Step, Whole
from casebook.formula.trees import Tree, fold
from casebook.formula.units import consistent, unit_of
from casebook.presentation.figure import Absent
from casebook.presentation.formulas import explain, explain_step
from casebook.presentation.result import CashFlow, Result
from casebook.record.analysis import (
    BeforeRecord,
    BreakEvenRecord,
    EstimateRecord,
    EvidenceRecord,
    FindingRecord,
    InformationRecord,
    JointPriceRecord,
    MeasurementRecord,
    OutcomeRecord,
    PaybackRecord,
    PercentilesRecord,
    PriceRecord,
    RangeRecord,
    SimulationRecord,
    SpreadRecord,
    SwingRecord,
    VarianceRecord,
)
from casebook.record.types import (
    AmountRecord,
    ClientRecord,
    DocumentRecord,
    FiguresRecord,
    FlowRecord,
    FormulaRecord,
    FormulasRecord,
    InputRecord,
    LeftOutRecord,
    LineRecord,
    ObjectionRecord,
    ParametersRecord,
    PoolRecord,
    ProvenanceRecord,
    Record,
    ResultRecord,
    ScenarioRecord,
    StepRecord,
    TemplateRecord,
    TreesRecord,
    WholeRecord,
)
from casebook.review.finding import Finding
from casebook.review.pricing import words_of
from casebook.study.freed_capacity import record_of_freed_capacity
from casebook.study.option_records import option_records
from casebook.study.study import Study


def record_of(
    case: Study, *, client: ClientRecord, decision: str, provenance: ProvenanceRecord | None
) -> Record:
    """The record of a case."""
    parameters, ledger, adjusted = case.parameters, case.ledger, case.result.risk_adjusted
    assert adjusted is not None
    return Record(
        template=TemplateRecord(name=parameters.template.name, title=parameters.template.title),
        title=parameters.template.title,
        currency=case.currency,
        locale=case.locale,
        years=case.years,
        start=None if parameters.start is None else str(parameters.start),
        discount_rate=float(case.discount_rate),
        client=client,
        decision=decision,
        **option_records(case),
        horizon=case.formatter.years(case.years),
        parameters=ParametersRecord(values=parameters.values, text=parameters.text),
        target_return=parameters.target_return,
        story=_story(case),
        kpis=tuple(case.kpis),
        document=DocumentRecord(**parameters.document),
        inputs={node.name: _input(case, node) for node in case.inputs},
        lines=tuple(_line(case, line) for line in ledger.counted),
        not_in_figure=(
            *(_line(case, line) for line in ledger.beside),
            *(_left_out(line) for line in ledger.left_out),
        ),
        steps=tuple(_step(case, step) for step in ledger.steps()),
        pools=tuple(_pool(case, use) for use in ledger.pools),
        wholes=tuple(_whole(case, whole) for whole in ledger.wholes),
        cash_flow=_cash_flow(case.result.cash_flow),
        risk_adjusted_cash_flow=_cash_flow(adjusted.cash_flow),
        freed_capacity=record_of_freed_capacity(case.freed_capacity) if case.freed_capacity else None,
        result=_result(case.result),
        simulation=_simulation(case),
        break_even=tuple(_break_even(case, item) for item in case.analysis.break_even),
        scenarios=tuple(
            ScenarioRecord(
                name=name,
                note=scenario.note,
                values={node.name: value for node, value in scenario.changes},
                result=_result(scenario.result),
            )
            for name, scenario in case.scenario_results.items()
        ),
        follow_up=record_of_follow_up(case.followed_up) if case.followed_up else None,
        review=tuple(_finding(case, finding) for finding in case.findings),
        joint_price=_joint(case),
        objection=_objection(case),
        measurements={name: MeasurementRecord(**about) for name, about in case.measured.items()},
        overridden_measurements={name: MeasurementRecord(**each) for name, each in case.overridden.items()},
        evidence=_evidence(case),
        provenance=provenance,
    )


def tree(expression: Expression, years: int, translate: Callable[[str], str] = str) -> Tree:
    """An expression as nested lists: [name, operand, …]; inputs, steps and numbers are mappings.

    {"input": name} · {"number": 12, "label": …} · {"year": true} · {"step": label} ·
    {"computed": label, "of": […], "value": […]}, whose value is the one at likely inputs. `translate` puts
    the labels of steps into the reader's language.
    """

    def written(node: Expression, parts: list[Tree]) -> Tree:
        match node:
            case Input():
                return _share(node) if node.whole else {"input": node.name}
            case Constant():
                amount = list(node.amount) if isinstance(node.amount, tuple) else node.amount
                return {"number": amount} | ({"label": node.label} if node.label else {})
            case Step():
                return {"step": translate(node.label)}
            case Computed():
                return {"computed": node.label, "of": parts, "value": evaluate(node, years).tolist()}
            case Operation():
                return [node.name, *parts]
        return {"year": True}

    return fold(expression, lambda node: node.operands, written)


def _story(case: Study) -> dict[str, Any]:
    given = case.parameters.values.get("story")
    return given if isinstance(given, dict) else {}


def _share(node: Input) -> Tree:
    """A share of one whole: itself, or its part of the sum of all shares where that is more than 1."""
    assert node.whole is not None
    first, *others = ({"input": share.name} for share in node.whole.shares)
    total: Tree = first
    for other in others:
        total = ["+", total, other]
    return ["/", {"input": node.name}, ["maximum", {"number": 1.0}, total]]


def _input(case: Study, node: Input) -> InputRecord:
    declaration = case.parameters.template.inputs[node.name]
    given = case.parameters.inputs.get(node.name)
    return InputRecord(
        label=node.label,
        unit=node.unit,
        value=node.amount,
        low=given.low if given else None,
        high=given.high if given else None,
        distribution=given.distribution if given else None,
        bounds=declaration.bounds,
        group=declaration.group,
        role=declaration.role,
        scaled_by=declaration.scaled_by,
        whole=declaration.whole,
        source=given.source if given else None,
        evidence=given.evidence if given else None,
        note=given.note if given else None,
        origin=given.origin if given else None,
        override=bool(given and given.override),
    )


def _evidence(case: Study) -> EvidenceRecord:
    variance = case.analysis.variance
    return EvidenceRecord(
        by_value=by_value(case),
        by_variance=by_variance(case, variance.shares) if variance else None,
        before=_before(case),
    )


def _before(case: Study) -> BeforeRecord | None:
    before = case.confidence_before
    if before is None:
        return None
    spread = before.net_present_value
    return BeforeRecord(
        inputs={
            name: RangeRecord(value=given.value, low=given.low, high=given.high)
            for name, given in case.before.items()
            if given is not None
        },
        by_value=dict(before.by_value),
        by_variance=before.by_variance,
        net_present_value=OutcomeRecord(likely=before.likely, **(vars(spread) if spread else {})),
    )


def _line(case: Study, line: Line) -> LineRecord:
    start, *annual = line.flow(case.years).tolist()
    formulas = {
        "start" if part is line.start else "annual": FormulaRecord(
            **vars(explain(part, case.formatter, case.years))
        )
        for part in case.ledger.shown(line)
    }
    return LineRecord(
        id=line.id,
        side=line.side,
        key=line.key,
        name=line.name,
        kind=line.kind,
        category=line.category,
        start=start,
        annual=tuple(annual),
        formulas=FormulasRecord(**formulas),
        trees=TreesRecord(start=_tree(case, line.start), annual=_tree(case, line.counted)),
        inputs=tuple(line.inputs),
        risk=_amount(case, line.risk),
        ramp=_tree(case, line.ramp),
        causal_share=_tree(case, line.causal_share),
        claims={pool.name: _amount(case, claim) for pool, claim in line.claims},
        touched=None if line.touched is None else _amount(case, line.touched),
        hours=None if line.hours is None else _amount(case, line.hours),
        alternative_to=line.alternative_to,
        not_in_figure=line.not_in_figure,
        note=line.note,
    )


def _left_out(line: LeftOut) -> LeftOutRecord:
    missing = tuple(node.name for node in line.missing)
    return LeftOutRecord(side=line.side, key=line.key, name=line.name, missing=missing, note=line.note)


def _step(case: Study, step: Step) -> StepRecord:
    return StepRecord(
        label=case.formatter.translate(step.label),
        unit=unit_of(step),
        **vars(explain_step(step, case.formatter, case.years)),
        tree=_tree(case, consistent(step.expression)),
    )


def _pool(case: Study, use: PoolUse) -> PoolRecord:
    return PoolRecord(
        key=use.pool.key,
        name=use.pool.name,
        size=_amount(case, use.pool.size),
        claimed=_amount(case, use.claimed),
        share=case.formatter.translate(use.share.label),
        lines=tuple(use.lines),
        capped=use.is_capped(case.years),
    )


def _whole(case: Study, whole: Whole) -> WholeRecord:
    simulation = case.analysis.simulation
    return WholeRecord(
        name=whole.name,
        inputs=tuple(node.name for node in whole.shares),
        scaled=simulation.scaled[whole.name] if simulation else None,
    )


def _tree(case: Study, expression: Expression | None) -> Tree | None:
    return None if expression is None else tree(expression, case.years, case.formatter.translate)


def _amount(case: Study, expression: Expression) -> AmountRecord:
    value = tuple(evaluate(expression, case.years).tolist())
    return AmountRecord(tree=_tree(case, expression), value=value, unit=unit_of(expression))


def _cash_flow(flow: CashFlow) -> FlowRecord:
    names = ("benefits", "costs", "net", "cumulative")
    return FlowRecord(**{name: tuple(getattr(flow, name).tolist()) for name in names})


def _result(result: Result) -> ResultRecord:
    assert result.risk_adjusted is not None
    adjusted = FiguresRecord(**_figures(result.risk_adjusted))
    return ResultRecord(**_figures(result), risk_adjusted=adjusted)


def _figures(result: Result) -> dict[str, Any]:
    figures = result.figures()
    absent = {name: str(figure) for name, figure in figures.items() if isinstance(figure, Absent)}
    notes = {name: figure.note for name, figure in figures.items() if figure.note}
    values = {name: None if name in absent else float(figure) for name, figure in figures.items()}  # type: ignore[arg-type]
    return {**values, "reasons": absent, "notes": notes or None}


def _simulation(case: Study) -> SimulationRecord | None:
    analysis = case.analysis
    simulation, variance, information = analysis.simulation, analysis.variance, analysis.information
    if simulation is None or variance is None or information is None:
        return None
    roi, payback = simulation.return_on_investment, vars(simulation.payback_months)
    return SimulationRecord(
        draws=simulation.draws,
        seed=simulation.seed,
        probability_of_loss=simulation.probability_of_loss,
        probability_of_plan=simulation.chance_of(case.returns.net_present_value),
        present_value_of_costs=simulation.present_value_of_costs,
        net_present_value=SpreadRecord(**vars(simulation.net_present_value)),
        return_on_investment=None if roi is None else SpreadRecord(**vars(roi)),
        payback_months=PaybackRecord(
            **{name: value if math.isfinite(value) else None for name, value in payback.items()},
            reached=simulation.payback_reached,
        ),
        cumulative=PercentilesRecord(
            **dict(zip(("p5", "p50", "p95"), map(tuple, simulation.cumulative.tolist()), strict=True))
        ),
        tornado=tuple(
            SwingRecord(
                input=swing.name,
                label=getattr(case.inputs, swing.name).label,
                low=swing.low_value,
                high=swing.high_value,
                at_low=swing.at_low,
                at_high=swing.at_high,
            )
            for swing in analysis.tornado
        ),
        variance=VarianceRecord(method=variance.method, shares=variance.shares),
        value_of_information=InformationRecord(
            evpi=_estimate(information.evpi),
            inputs={name: _estimate(estimate) for name, estimate in information.inputs.items()},
            method=information.method,
        ),
    )


def _estimate(estimate: Estimate) -> EstimateRecord:
    return EstimateRecord(value=estimate.value, standard_error=estimate.standard_error)


def _break_even(case: Study, item: BreakEven) -> BreakEvenRecord:
    node = getattr(case.inputs, item.name)
    return BreakEvenRecord(
        input=item.name,
        label=node.label,
        unit=node.unit,
        likely=node.amount,
        value=item.value,
        factor=item.is_factor,
        at_target_return=item.at_target,
    )


def _finding(case: Study, finding: Finding) -> FindingRecord:
    return FindingRecord(
        rule=finding.rule,
        title=finding.title,
        severity=finding.severity,
        about=finding.about,
        finding=finding.text,
        settle=finding.settle,
        answer=finding.answer,
        covers=finding.response.covers if finding.answer is not None else None,
        owner=finding.response.owner,
        by=finding.response.by,
        price=PriceRecord(
            **{**vars(finding.price), "words": words_of(finding, case.formatter)},
            open_amount=finding.open_amount,
        ),
    )


def _joint(case: Study) -> JointPriceRecord | None:
    joint = case.joint_price
    return None if joint is None else JointPriceRecord(**vars(joint))


def _objection(case: Study) -> ObjectionRecord | None:
    found = case.objection
    if found is None:
        return None
    finding = found.finding
    return ObjectionRecord(
        rule=finding.rule, title=finding.title, about=finding.about, result=_result(found.result)
    )
