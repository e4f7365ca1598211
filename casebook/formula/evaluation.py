"""The figures of an expression, for the case as it stands or for any number of draws at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np

from casebook.errors import CaseError
from casebook.formula.expression import (
    Computed,
    Constant,
    Expression,
    Input,
    Operation,
    Step,
    Whole,
    Year,
    walk,
)
from casebook.formula.months import MONTHS, along_months, spread
from casebook.formula.operations import ALONG_YEARS, OPERATIONS, Array


def evaluate(
    expression: Expression,
    years: int,
    values: Mapping[str, Array] | None = None,
    known: dict[int, Array] | None = None,
) -> Array:
    """The value of an expression: an array whose last axis is 1 (the same each year) or `years` long.

    `values` replaces inputs by name, with shape (..., 1) or (..., years): leading axes are draws. Raises
    CaseError where an input has no value; figures that are not finite are left for the caller to judge.
    `known` carries the values of nodes, by their id, between calls for the same years and values.
    """
    results = {} if known is None else known
    with np.errstate(all="ignore"):
        for node in walk(expression, known=results):
            results[id(node)] = _value(node, years, values or {}, results)
    return results[id(expression)]


class Plan:
    """The order in which expressions are worked out together: each part once, kept no longer than used.

    With many draws at once this keeps the arrays of a few nodes in memory (and in the processor's cache)
    instead of those of all nodes.
    """

    def __init__(self, expressions: Sequence[Expression], years: int) -> None:
        self._years = years
        nodes: list[tuple[Expression, bool]] = []  # True where the value is one that was asked for
        last_use: dict[int, int] = {}
        seen: set[int] = set()
        for expression in expressions:
            for node in walk(expression):
                if id(node) not in seen:
                    seen.add(id(node))
                    last_use |= {id(operand): len(nodes) for operand in node.operands}
                    nodes.append((node, False))
            last_use[id(expression)] = len(nodes)
            nodes.append((expression, True))
        unneeded: list[list[int]] = [[] for _ in nodes]
        for key, place in last_use.items():
            unneeded[place].append(key)
        self._steps = [(node, wanted, drop) for (node, wanted), drop in zip(nodes, unneeded, strict=True)]

    def values(self, values: Mapping[str, Array] | None = None, *, by_month: bool = False) -> Iterator[Array]:
        """The value of each expression, in order, as `evaluate` has it; NumPy's warnings are the caller's.

        `by_month` gives them for each month instead (`casebook.formula.months`), with a last axis of 1 or
        12 × years; then `values` may be by month as well.
        """
        known: dict[int, Array] = {}
        for node, wanted, drop in self._steps:
            if wanted:
                yield known[id(node)]
            else:
                known[id(node)] = _value(node, self._years, values or {}, known, by_month)
            for key in drop:
                del known[key]


def _value(
    node: Expression,
    years: int,
    values: Mapping[str, Array],
    results: dict[int, Array],
    by_month: bool = False,
) -> Array:
    if isinstance(node, Operation):  # the most frequent first
        operands = [results[id(operand)] for operand in node.operands]
        if node.name in ALONG_YEARS:
            length = MONTHS * years if by_month else years
            shape = np.broadcast_shapes((length,), *(operand.shape for operand in operands))
            operands = [np.broadcast_to(operand, shape) for operand in operands]
            if by_month:
                return along_months(node.name, operands)
        return np.asarray(OPERATIONS[node.name].compute(*operands), dtype=np.float64)
    if isinstance(node, Step):
        return results[id(node.expression)]
    if isinstance(node, Computed):
        return _call(node, [results[id(operand)] for operand in node.operands])
    return _leaf(node, years, values, by_month)


def _leaf(node: Expression, years: int, values: Mapping[str, Array], by_month: bool) -> Array:
    def given(node: Input) -> Array:
        amount = _given(node, values)
        return spread(amount, years) if by_month else amount

    if isinstance(node, Input):
        whole = node.whole
        return given(node) if whole is None else given(node) / np.maximum(1.0, _sum(map(given, whole.shares)))
    if isinstance(node, Constant):
        amount = np.atleast_1d(np.asarray(node.amount, dtype=np.float64))
    elif isinstance(node, Year):
        amount = np.arange(1.0, years + 1)
    else:
        raise TypeError(f"no value is defined for {type(node).__name__}")
    return spread(amount, years) if by_month else amount


def total(whole: Whole, values: Mapping[str, Array]) -> Array:
    """What the shares of a whole add up to, as they were given or are in `values`."""
    return _sum(_given(node, values) for node in whole.shares)


def _sum(parts: Iterable[Array]) -> Array:
    first, *others = parts
    return sum(others, first)


def _given(node: Input, values: Mapping[str, Array]) -> Array:
    if node.name in values:
        return values[node.name]
    if node.amount is None:
        raise CaseError(
            f"{node.name} ({node.label}) has no value\n"
            "  hint: give it under inputs: in the parameter file; or, in the template, name it in the "
            "line's when=[…], so that the line is listed as not in the figure"
        )
    return np.atleast_1d(np.asarray(node.amount, dtype=np.float64))


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
