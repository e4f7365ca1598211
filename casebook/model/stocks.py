"""Running totals in a formula, and what must not multiply them.

A ramp is the share of the full effect that a year's inflow reaches. On the running total itself it would
scale the inflow of earlier years again each year; it belongs on the inflow.
"""

from __future__ import annotations

from collections.abc import Collection

from casebook.model.expression import Expression, Input, Operation, walk
from casebook.model.operations import RUNNING_TOTALS


def is_running_total(node: Expression) -> bool:
    """Whether a node is a stock: `cumulative` in either convention, or `np.cumsum`."""
    return isinstance(node, Operation) and node.name in RUNNING_TOTALS


def holds_a_stock(expression: Expression) -> bool:
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
