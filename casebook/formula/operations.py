"""The operations that a formula may use: what each computes and how it is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class OperationKind:
    """How an operation is computed and written. `precedence` 0 marks a function, written `name(a, b)`.

    One without a symbol is written as a phrase of its own.
    """

    compute: Callable[..., Any]
    symbol: str
    precedence: int

    @property
    def is_word(self) -> bool:
        """Whether readers of another language have another word for it; ln and exp are the same to all."""
        return self.symbol[:1].isalpha() and self.symbol not in ("exp", "ln")


def _where(condition: Array, yes: Array, no: Array) -> Array:
    return np.where(condition != 0, yes, no)


def _along(first: Array, later: Callable[[Array, int], Array], shape: tuple[int, ...]) -> Array:
    """One value a year, each from the one before: `later(value before, index of the year)`."""
    values = np.empty(shape)
    values[..., 0] = first
    for year in range(1, shape[-1]):
        values[..., year] = later(values[..., year - 1], year)
    return values


def _cumulative(flow: Array, keep: Array) -> Array:
    return _along(flow[..., 0], lambda before, year: keep[..., year] * before + flow[..., year], flow.shape)


def _cumulative_average(inflow: Array, keep: Array) -> Array:
    return _cumulative(inflow, keep) - inflow / 2


def _compound(first: Array, growth: Array) -> Array:
    return _along(first[..., 0], lambda before, year: before * (1 + growth[..., year]), first.shape)


def _previous(value: Array, first: Array) -> Array:
    return np.concatenate([first[..., :1], value[..., :-1]], axis=-1)


OPERATIONS: dict[str, OperationKind] = {
    "or": OperationKind(np.logical_or, "or", 1),
    "and": OperationKind(np.logical_and, "and", 2),
    "<": OperationKind(np.less, "<", 3),
    "<=": OperationKind(np.less_equal, "≤", 3),
    ">": OperationKind(np.greater, ">", 3),
    ">=": OperationKind(np.greater_equal, "≥", 3),
    "==": OperationKind(np.equal, "=", 3),
    "!=": OperationKind(np.not_equal, "≠", 3),
    "+": OperationKind(np.add, "+", 4),
    "-": OperationKind(np.subtract, "−", 4),
    "*": OperationKind(np.multiply, "×", 5),
    "/": OperationKind(np.divide, "÷", 5),
    "negative": OperationKind(np.negative, "−", 6),
    "**": OperationKind(np.power, "^", 7),
    "not": OperationKind(np.logical_not, "not", 0),
    "abs": OperationKind(np.abs, "absolute value", 0),
    "exp": OperationKind(np.exp, "exp", 0),
    "log": OperationKind(np.log, "ln", 0),
    "sqrt": OperationKind(np.sqrt, "square root", 0),
    "floor": OperationKind(np.floor, "round down", 0),
    "ceil": OperationKind(np.ceil, "round up", 0),
    "minimum": OperationKind(np.minimum, "smaller of", 0),
    "maximum": OperationKind(np.maximum, "larger of", 0),
    "where": OperationKind(_where, "", 0),
    "cumulative": OperationKind(_cumulative, "", 0),
    "cumulative_average": OperationKind(_cumulative_average, "", 0),
    "compound": OperationKind(_compound, "", 0),
    "previous": OperationKind(_previous, "", 0),
}

RUNNING_TOTALS = ("cumulative", "cumulative_average")
"""A stock at the end of the year, and on average over the year in which its inflow arrives."""

ALONG_YEARS = (*RUNNING_TOTALS, "compound", "previous")
"""The operations that look back along the years: they compute on operands with one value a year."""

UFUNCS: dict[Any, str] = {
    np.add: "+",
    np.subtract: "-",
    np.multiply: "*",
    np.divide: "/",
    np.power: "**",
    np.negative: "negative",
    np.abs: "abs",
    np.fabs: "abs",
    np.exp: "exp",
    np.log: "log",
    np.sqrt: "sqrt",
    np.floor: "floor",
    np.ceil: "ceil",
    np.minimum: "minimum",
    np.maximum: "maximum",
    np.fmin: "minimum",
    np.fmax: "maximum",
    np.less: "<",
    np.less_equal: "<=",
    np.greater: ">",
    np.greater_equal: ">=",
    np.equal: "==",
    np.not_equal: "!=",
    np.logical_and: "and",
    np.logical_or: "or",
    np.logical_not: "not",
}
"""NumPy's functions that can stand on inputs, and the operations that they are."""

FUNCTION_NAMES = "minimum, maximum, where, cumulative, compound, previous, abs, exp, log, sqrt, floor, ceil"
"""The functions of `casebook.formula.functions`, as an error message lists them."""
