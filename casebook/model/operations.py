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
    """How an operation is computed and written. `precedence` 0 marks a function, written `name(a, b)`."""

    compute: Callable[..., Any]
    symbol: str
    precedence: int

    @property
    def is_word(self) -> bool:
        """Whether readers of another language have another word for it; ln and exp are the same to all."""
        return self.symbol[0].isalpha() and self.symbol not in ("exp", "ln")


def _where(condition: Array, yes: Array, no: Array) -> Array:
    return np.where(condition != 0, yes, no)


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
    "where": OperationKind(_where, "if", 0),
    # `cumulative` runs along the years, so the evaluator computes it itself.
    "cumulative": OperationKind(np.add.accumulate, "running total", 0),
}

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

FUNCTION_NAMES = "minimum, maximum, where, cumulative, abs, exp, log, sqrt, floor, ceil"
"""The functions of `casebook.model.functions`, as an error message lists them."""
