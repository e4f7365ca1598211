"""The case record: everything that a case knows, as JSON.

It is the one thing that exporters, comparisons and other readers take a case from. Money is in the case's
currency; shares are fractions; lists by year start with year 1, cash flows with the start. What does not
exist is null, with the reason under `reasons`; what a reader has to know beside a figure is under `notes`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from casebook.analysis.analysis import BreakEven
from casebook.analysis.evidence import by_value, by_variance
from casebook.analysis.information import Estimate
from casebook.analysis.simulation import Spread
from casebook.analysis.uncertainty import Value
from casebook.case.ledger import PoolUse
from casebook.case.line import LeftOut, Line
from casebook.follow_up.record import record_of_follow_up
from casebook.formula.evaluation import evaluate
from casebook.formula.expression import Computed, Constant, Expression, Input, Operation, Step, Whole, walk
from casebook.formula.trees import FORMAT, VERSION
from casebook.formula.units import consistent, unit_of
from casebook.presentation.figure import Absent
from casebook.presentation.formulas import explain, explain_step
from casebook.presentation.result import CashFlow, Result
from casebook.review.review import Finding, title_of
from casebook.study.study import Study


def record_of(case: Study) -> dict[str, Any]:
    """The record of a case, made of plain JSON values."""
    parameters, adjusted = case.parameters, case.result.risk_adjusted
    ledger, variance = case.ledger, case.analysis.variance
    assert adjusted is not None
    return {
        "format": FORMAT,
        "version": VERSION,
        "template": {"name": parameters.template.name, "title": parameters.template.title},
        "currency": case.currency,
        "locale": case.locale,
        "years": case.years,
        "start": None if parameters.start is None else str(parameters.start),
        "discount_rate": float(case.discount_rate),
        "parameters": {"values": parameters.values, "text": parameters.text},
        "story": parameters.story,
        "document": parameters.document,
        "inputs": {node.name: _input(case, node) for node in case.inputs},
        "lines": [_line(case, line) for line in ledger.counted],
        "not_in_figure": [
            *(_line(case, line) for line in ledger.beside),
            *(_left_out(line) for line in ledger.left_out),
        ],
        "steps": [_step(case, step) for step in ledger.steps()],
        "pools": [_pool(case, use) for use in ledger.pools],
        "wholes": [_whole(case, whole) for whole in ledger.wholes],
        "cash_flow": _cash_flow(case.result.cash_flow),
        "risk_adjusted_cash_flow": _cash_flow(adjusted.cash_flow),
        "result": _result(case.result),
        "simulation": _simulation(case),
        "break_even": [_break_even(case, item) for item in case.analysis.break_even],
        "scenarios": [
            {
                "name": name,
                "note": scenario.note,
                "values": {node.name: _plain(value) for node, value in scenario.changes},
                "result": _result(scenario.result),
            }
            for name, scenario in case.scenario_results.items()
        ],
        "follow_up": record_of_follow_up(case.followed_up) if case.followed_up else None,
        "review": [_finding(case, finding) for finding in case.findings],
        "measurements": case.measured,
        "overridden_measurements": case.overridden,
        "evidence": {
            "by_value": by_value(case),
            "by_variance": by_variance(case, variance.shares) if variance else None,
            "before": _before(case),
        },
    }


def tree(expression: Expression, years: int, tell: Callable[[str], str] = str) -> Any:
    """An expression as nested lists: [name, operand, …]; inputs, steps and numbers are mappings.

    {"input": name} · {"number": 12, "label": …} · {"year": true} · {"step": label} ·
    {"computed": label, "of": […], "value": […]}, whose value is the one at likely inputs. `tell` says the
    labels of steps in the reader's language.
    """
    built: dict[int, Any] = {}
    for node in walk(expression):
        parts = [built[id(operand)] for operand in node.operands]
        if isinstance(node, Input):
            built[id(node)] = _share(node) if node.whole else {"input": node.name}
        elif isinstance(node, Constant):
            amount = list(node.amount) if isinstance(node.amount, tuple) else node.amount
            built[id(node)] = {"number": amount} | ({"label": node.label} if node.label else {})
        elif isinstance(node, Step):
            built[id(node)] = {"step": tell(node.label)}
        elif isinstance(node, Computed):
            value = evaluate(node, years).tolist()
            built[id(node)] = {"computed": node.label, "of": parts, "value": value}
        elif isinstance(node, Operation):
            built[id(node)] = [node.name, *parts]
        else:
            built[id(node)] = {"year": True}
    return built[id(expression)]


def _share(node: Input) -> Any:
    """A share of one whole: itself, or its part of the sum of all shares where that is more than 1."""
    assert node.whole is not None
    first, *others = ({"input": share.name} for share in node.whole.shares)
    total: Any = first
    for other in others:
        total = ["+", total, other]
    return ["/", {"input": node.name}, ["maximum", {"number": 1.0}, total]]


def _input(case: Study, node: Input) -> dict[str, Any]:
    declaration = case.parameters.template.inputs[node.name]
    given = case.parameters.inputs.get(node.name)
    return {
        "label": node.label,
        "unit": node.unit,
        "value": _plain(node.amount),
        "low": _plain(given.low) if given else None,
        "high": _plain(given.high) if given else None,
        "distribution": given.distribution if given else None,
        "bounds": list(declaration.bounds) if declaration.bounds else None,
        "group": declaration.group,
        "role": declaration.role,
        "scaled_by": declaration.scaled_by,
        "whole": declaration.whole,
        "source": given.source if given else None,
        "evidence": given.evidence if given else None,
        "note": given.note if given else None,
        "origin": given.origin if given else None,
        "override": bool(given and given.override),
    }


def _before(case: Study) -> dict[str, Any] | None:
    """How well the case was known before inputs were measured; null where nothing was, or stood before."""
    before = case.confidence_before
    if before is None:
        return None
    spread = before.net_present_value
    return {
        "inputs": {
            name: {"value": _plain(given.value), "low": _plain(given.low), "high": _plain(given.high)}
            for name, given in case.before.items()
            if given is not None
        },
        "by_value": dict(before.by_value),
        "by_variance": before.by_variance,
        "net_present_value": {"likely": before.likely, **(_spread(spread) if spread else {})},
    }


def _plain(value: Value | None) -> float | list[float] | None:
    return list(value) if isinstance(value, tuple) else value


def _line(case: Study, line: Line) -> dict[str, Any]:
    flow = line.flow(case.years).tolist()
    shown = case.ledger.shown(line)
    return {
        "id": line.id,
        "side": line.side,
        "name": line.name,
        "kind": line.kind,
        "category": line.category,
        "start": flow[0],
        "annual": flow[1:],
        "formulas": {
            "start" if part is line.start else "annual": vars(explain(part, case.formatter, case.years))
            for part in shown
        },
        # What is counted, claims on pools kept within them: evaluate these to get `start` and `annual`.
        "trees": {"start": _tree(case, line.start), "annual": _tree(case, line.counted)},
        "inputs": list(line.inputs),
        "risk": _amount(case, line.risk),
        "ramp": _tree(case, line.ramp),
        "causal_share": _tree(case, line.causal_share),
        "claims": {pool.name: _amount(case, claim) for pool, claim in line.claims},
        "touched": _amount(case, line.touched),
        "alternative_to": line.alternative_to,
        "not_in_figure": line.not_in_figure,
        "note": line.note,
    }


def _left_out(line: LeftOut) -> dict[str, Any]:
    return {
        "side": line.side,
        "name": line.name,
        "missing": [node.name for node in line.missing],
        "note": line.note,
    }


def _step(case: Study, step: Step) -> dict[str, Any]:
    return {
        "label": case.formatter.tell(step.label),
        "unit": unit_of(step),
        **vars(explain_step(step, case.formatter, case.years)),
        "tree": _tree(case, consistent(step.expression)),
    }


def _pool(case: Study, use: PoolUse) -> dict[str, Any]:
    """Size, claims and what counts of them; `share` is the label of the step that every claim is times."""
    return {
        "name": use.pool.name,
        "size": _amount(case, use.pool.size),
        "claimed": _amount(case, use.claimed),
        "share": case.formatter.tell(use.share.label),
        "lines": list(use.lines),
        "capped": use.is_capped(case.years),
    }


def _whole(case: Study, whole: Whole) -> dict[str, Any]:
    """Shares of one whole, and the share of draws in which they were scaled to it; null without any."""
    simulation = case.analysis.simulation
    return {
        "name": whole.name,
        "inputs": [node.name for node in whole.shares],
        "scaled": simulation.scaled[whole.name] if simulation else None,
    }


def _tree(case: Study, expression: Expression | None) -> Any:
    return None if expression is None else tree(expression, case.years, case.formatter.tell)


def _amount(case: Study, expression: Expression | None) -> Any:
    """A tree with its value and unit, for amounts that are recorded and not counted as money."""
    if expression is None:
        return None
    value = evaluate(expression, case.years).tolist()
    return {"tree": _tree(case, expression), "value": value, "unit": unit_of(expression)}


def _cash_flow(flow: CashFlow) -> dict[str, list[float]]:
    names = ("benefits", "costs", "net", "cumulative")
    return {name: getattr(flow, name).tolist() for name in names}


def _result(result: Result) -> dict[str, Any]:
    figures = result.figures()
    recorded: dict[str, Any] = {
        name: None if isinstance(figure, Absent) else float(figure) for name, figure in figures.items()
    }
    recorded["reasons"] = {
        name: str(figure) for name, figure in figures.items() if isinstance(figure, Absent)
    }
    notes = {name: figure.note for name, figure in figures.items() if figure.note}
    recorded |= {"notes": notes} if notes else {}
    if result.risk_adjusted is not None:
        recorded["risk_adjusted"] = _result(result.risk_adjusted)
    return recorded


def _spread(spread: Spread) -> dict[str, float | None]:
    """Infinite figures (a payback that is not reached) are null."""
    return {name: value if math.isfinite(value) else None for name, value in vars(spread).items()}


def _simulation(case: Study) -> dict[str, Any] | None:
    analysis = case.analysis
    simulation, variance, information = analysis.simulation, analysis.variance, analysis.information
    if simulation is None or variance is None or information is None:
        return None
    roi = simulation.return_on_investment
    return {
        "draws": simulation.draws,
        "seed": simulation.seed,
        "probability_of_loss": simulation.probability_of_loss,
        "net_present_value": _spread(simulation.net_present_value),
        "return_on_investment": None if roi is None else _spread(roi),
        "payback_months": {**_spread(simulation.payback_months), "reached": simulation.payback_reached},
        "cumulative": dict(zip(("p5", "p50", "p95"), simulation.cumulative.tolist(), strict=True)),
        "tornado": [
            {
                "input": swing.name,
                "label": getattr(case.inputs, swing.name).label,
                "low": _plain(swing.low_value),
                "high": _plain(swing.high_value),
                "at_low": swing.at_low,
                "at_high": swing.at_high,
            }
            for swing in analysis.tornado
        ],
        "variance": {"method": variance.method, "shares": variance.shares},
        "value_of_information": {
            "evpi": _estimate(information.evpi),
            "inputs": {name: _estimate(estimate) for name, estimate in information.inputs.items()},
            "method": information.method,
        },
    }


def _estimate(estimate: Estimate) -> dict[str, float]:
    return {"value": estimate.value, "standard_error": estimate.standard_error}


def _break_even(case: Study, item: BreakEven) -> dict[str, Any]:
    node = getattr(case.inputs, item.name)
    return {
        "input": item.name,
        "label": node.label,
        "unit": node.unit,
        "likely": _plain(node.amount),
        "value": item.value,
        "factor": item.is_factor,
    }


def _finding(case: Study, finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "title": title_of(finding.rule, case.formatter),
        "severity": finding.severity,
        "about": finding.about,
        "finding": finding.text,
        "settle": finding.settle,
        "answer": finding.answer,
    }
