"""The figures of an expression, for the case as it stands or for any number of draws at once."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from casebook.errors import CaseError
from casebook.model.expression import Computed, Constant, Expression, Input, Operation, Step, Year, walk
from casebook.model.operations import OPERATIONS, Array


def evaluate(
    expression: Expression,
    years: int,
    values: Mapping[str, Array] | None = None,
    known: dict[int, Array] | None = None,
) -> Array:
    """The value of an expression: an array whose last axis is 1 (the same each year) or `years` long.

    `values` replaces inputs by name, with shape (..., 1) or (..., years): leading axes are draws. `known`
    carries results between calls on expressions that share parts, for the same `values`. Raises CaseError
    where an input has no value; figures that are not finite are left for the caller to judge.
    """
    results = {} if known is None else known
    with np.errstate(all="ignore"):
        for node in walk(expression):
            if id(node) not in results:
                results[id(node)] = _value(node, years, values or {}, results)
    return results[id(expression)]


def _value(node: Expression, years: int, values: Mapping[str, Array], results: dict[int, Array]) -> Array:
    if isinstance(node, Input):
        if node.name in values:
            return values[node.name]
        if node.amount is None:
            raise CaseError(
                f"{node.name} ({node.label}) has no value\n"
                "  hint: name it in the line's when=[…], so that the line is listed as not in the figure, "
                "or give it in the parameter file"
            )
        return np.atleast_1d(np.asarray(node.amount, dtype=np.float64))
    if isinstance(node, Constant):
        return np.atleast_1d(np.asarray(node.amount, dtype=np.float64))
    if isinstance(node, Year):
        return np.arange(1.0, years + 1)
    operands = [results[id(operand)] for operand in node.operands]
    if isinstance(node, Step):
        return operands[0]
    if isinstance(node, Computed):
        return _call(node, operands)
    if isinstance(node, Operation):
        if node.name == "cumulative":
            return _cumulative(operands[0], operands[1], years)
        return np.asarray(OPERATIONS[node.name].compute(*operands), dtype=np.float64)
    raise TypeError(f"no value is defined for {type(node).__name__}")


def _cumulative(flow: Array, keep: Array, years: int) -> Array:
    shape = np.broadcast_shapes(flow.shape, keep.shape, (years,))
    flow, keep = np.broadcast_to(flow, shape), np.broadcast_to(keep, shape)
    total = np.empty(shape)
    total[..., 0] = flow[..., 0]
    for year in range(1, years):
        total[..., year] = keep[..., year] * total[..., year - 1] + flow[..., year]
    return total


def _call(node: Computed, operands: list[Array]) -> Array:
    arguments = np.broadcast_arrays(*operands) if operands else [np.zeros(1)]
    result = np.empty(arguments[0].shape)
    for index in np.ndindex(result.shape):
        try:
            result[index] = float(node.function(*(float(array[index]) for array in arguments)))
        except (ArithmeticError, ValueError, TypeError) as error:
            given = ", ".join(f"{float(array[index]):g}" for array in arguments)
            raise CaseError(f"{node.label} can't be computed from ({given}): {error}") from error
    return result
