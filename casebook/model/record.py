"""The case record: everything that a case knows, as JSON.

It is the one thing that exporters, comparisons and other readers take a case from. Money is in the case's
currency; shares are fractions; lists by year start with year 1, cash flows with the start. What does not
exist is null, with the reason under `reasons`.
"""

from __future__ import annotations

from typing import Any

from casebook.model.case import Case
from casebook.model.evaluation import evaluate
from casebook.model.expression import (
    Computed,
    Constant,
    Expression,
    Input,
    Operation,
    Step,
    walk,
)
from casebook.model.figure import Absent
from casebook.model.formula import explain, explain_step
from casebook.model.ledger import PoolUse
from casebook.model.line import LeftOut, Line
from casebook.model.result import CashFlow, Result
from casebook.model.units import consistent, unit_of

FORMAT = "casebook.record"
VERSION = 1


def record_of(case: Case) -> dict[str, Any]:
    """The record of a case, made of plain JSON values."""
    parameters = case.parameters
    ledger = case.ledger
    return {
        "format": FORMAT,
        "version": VERSION,
        "template": {"name": parameters.template.name, "title": parameters.template.title},
        "currency": case.currency,
        "locale": case.locale,
        "years": case.years,
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
        "cash_flow": _cash_flow(case.result.cash_flow),
        "result": _result(case.result),
    }


def tree(expression: Expression, years: int) -> Any:
    """An expression as nested lists: [name, operand, …]; inputs, steps and numbers are mappings.

    {"input": name} · {"number": 12, "label": …} · {"year": true} · {"step": label} ·
    {"computed": label, "of": […], "value": […]}, whose value is the one at likely inputs.
    """
    built: dict[int, Any] = {}
    for node in walk(expression):
        parts = [built[id(operand)] for operand in node.operands]
        if isinstance(node, Input):
            built[id(node)] = {"input": node.name}
        elif isinstance(node, Constant):
            amount = list(node.amount) if isinstance(node.amount, tuple) else node.amount
            built[id(node)] = {"number": amount} | ({"label": node.label} if node.label else {})
        elif isinstance(node, Step):
            built[id(node)] = {"step": node.label}
        elif isinstance(node, Computed):
            value = evaluate(node, years).tolist()
            built[id(node)] = {"computed": node.label, "of": parts, "value": value}
        elif isinstance(node, Operation):
            built[id(node)] = [node.name, *parts]
        else:
            built[id(node)] = {"year": True}
    return built[id(expression)]


def _input(case: Case, node: Input) -> dict[str, Any]:
    declaration = case.parameters.template.inputs[node.name]
    given = case.parameters.inputs.get(node.name)
    return {
        "label": node.label,
        "unit": node.unit,
        "value": list(node.amount) if isinstance(node.amount, tuple) else node.amount,
        "group": declaration.group,
        "role": declaration.role,
        "source": given.source if given else None,
        "evidence": given.evidence if given else None,
        "note": given.note if given else None,
        "origin": given.origin if given else None,
    }


def _line(case: Case, line: Line) -> dict[str, Any]:
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
            "start" if part is line.start else "annual": vars(explain(part, case.frame)) for part in shown
        },
        # What is counted, claims on a pool kept within it: evaluate these to get `start` and `annual`.
        "trees": {"start": _tree(case, line.start), "annual": _tree(case, line.counted)},
        "inputs": list(line.inputs),
        "risk": _amount(case, line.risk),
        "ramp": _tree(case, line.ramp),
        "causal_share": _tree(case, line.causal_share),
        "pool": line.pool.name if line.pool else None,
        "claim": _amount(case, line.claim),
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


def _step(case: Case, step: Step) -> dict[str, Any]:
    return {
        "label": step.label,
        "unit": unit_of(step),
        **vars(explain_step(step, case.frame)),
        "tree": tree(consistent(step.expression), case.years),
    }


def _pool(case: Case, use: PoolUse) -> dict[str, Any]:
    """Size, claims and what counts of them; `share` is the label of the step that every claim is times."""
    return {
        "name": use.pool.name,
        "size": _amount(case, use.pool.size),
        "claimed": _amount(case, use.claimed),
        "share": use.share.label,
        "lines": list(use.lines),
        "capped": use.is_capped(case.years),
    }


def _tree(case: Case, expression: Expression | None) -> Any:
    return None if expression is None else tree(expression, case.years)


def _amount(case: Case, expression: Expression | None) -> Any:
    """A tree with its value and unit, for amounts that are recorded and not counted as money."""
    if expression is None:
        return None
    value = evaluate(expression, case.years).tolist()
    return {"tree": tree(expression, case.years), "value": value, "unit": unit_of(expression)}


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
    if result.risk_adjusted is not None:
        recorded["risk_adjusted"] = _result(result.risk_adjusted)
    return recorded
