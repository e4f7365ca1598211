"""Running totals in a formula, and what must not multiply them.

A ramp is the share of the full effect that a year's inflow reaches. On the running total itself it would
scale the inflow of earlier years again each year; it belongs on the inflow.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np

from casebook.case.line import Line
from casebook.errors import CaseError
from casebook.formula.evaluation import evaluate
from casebook.formula.expression import Expression, Input, Operation, walk
from casebook.formula.operations import RUNNING_TOTALS
from casebook.schema.input_declarations import RAMP, InputDeclaration


def refuse_ramp_on_a_stock(line: Line, declared: Mapping[str, InputDeclaration], years: int) -> None:
    """Raise CaseError where a line's ramp multiplies a running total.

    So does a causal share that changes by year; one that is the same each year comes to the same on both.
    """
    if line.annual is None or not has_running_total(line.annual):
        return
    ramp = ramp_on_a_stock(line.annual, [name for name, given in declared.items() if given.role == RAMP])
    if line.ramp is not None:
        what = "its ramp"
    elif ramp is not None:
        what = f"{ramp.name} ({ramp.label})"
    elif line.causal_share is not None and np.ptp(evaluate(line.causal_share, years)):
        what = "its causal share, which changes by year,"
    else:
        return
    raise CaseError(
        f"{line.label}: {what} multiplies a running total, so it scales earlier years' inflow again\n"
        "  hint: put it on the inflow, cumulative(inflow * …, keep=…), and take it off the line"
    )


def is_running_total(node: Expression) -> bool:
    """Whether a node is a stock: `cumulative` in either convention, or `np.cumsum`."""
    return isinstance(node, Operation) and node.name in RUNNING_TOTALS


def has_running_total(expression: Expression) -> bool:
    """Whether a running total stands anywhere in a formula."""
    return any(is_running_total(node) for node in walk(expression))


def ramp_on_a_stock(expression: Expression, ramps: Collection[str]) -> Input | None:
    """The first of the inputs named `ramps` that multiplies a running total from outside; None for none."""
    inside: dict[
        int, tuple[bool, Input | None]
    ] = {}  # by node: whether it holds a stock, and a ramp beside it
    for node in walk(expression):
        parts = [inside[id(operand)] for operand in node.operands]
        if isinstance(node, Operation) and node.name == "*":
            for (has_stock, _), (_, ramp) in (parts, reversed(parts)):
                if has_stock and ramp is not None:
                    return ramp
        if is_running_total(node):
            inside[id(node)] = True, None
        elif isinstance(node, Input):
            inside[id(node)] = False, node if node.name in ramps else None
        else:
            found = next((ramp for _, ramp in parts if ramp is not None), None)
            inside[id(node)] = any(has_stock for has_stock, _ in parts), found
    return None
