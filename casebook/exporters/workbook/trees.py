"""The trees of a record: nested lists, walked and evaluated without recursion.

Their meaning is that of `casebook.model.evaluation`, whose operations are used here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import numpy as np

from ...model.operations import OPERATIONS, Array

Tree = Any
"""A mapping (input, number, year, step, computed) or a list [operation, operand, …]."""

T = TypeVar("T")


def operands(tree: Tree) -> Sequence[Tree]:
    """The trees that a tree is made of; a computed one hides its own."""
    return tree[1:] if isinstance(tree, list) else ()


def fold(tree: Tree, make: Callable[[Tree, list[T]], T]) -> T:
    """`make` of each node with what it made of the operands, from the leaves up.

    >>> fold(["+", {"number": 1}, {"number": 2}], lambda node, parts: 1 + sum(parts))
    3
    """
    done: list[T] = []
    waiting: list[tuple[Tree, bool]] = [(tree, False)]
    while waiting:
        node, ready = waiting.pop()
        parts = operands(node)
        if ready:
            made = make(node, done[len(done) - len(parts) :] if parts else [])
            del done[len(done) - len(parts) :]
            done.append(made)
        else:
            waiting.append((node, True))
            waiting.extend((part, False) for part in reversed(parts))
    return done[0]


def leaves(tree: Tree, *, inside_computed: bool = False) -> Iterator[Mapping[str, Any]]:
    """The inputs, numbers, years, steps and computed values of a tree."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, list):
            waiting.extend(node[1:])
            continue
        yield node
        if inside_computed and "computed" in node:
            waiting.extend(node["of"])


def key(tree: Tree) -> str:
    """The same text for the same tree."""
    return json.dumps(tree, sort_keys=True)


class Evaluator:
    """Values of trees, each an array of one value or of one a year.

    >>> Evaluator(2, {"price": [5.0, 6.0]}).of(["*", {"input": "price"}, {"year": True}]).tolist()
    [5.0, 12.0]
    """

    def __init__(self, years: int, inputs: Mapping[str, Any]) -> None:
        self.years = years
        self.inputs = inputs
        """Value by name: a number or a list by year."""
        self.steps: dict[str, Array] = {}

    def of(self, tree: Tree) -> Array:
        """The value of a tree; it may be infinite or no number where a division failed."""
        with np.errstate(all="ignore"):
            return fold(tree, self._value)

    def by_year(self, tree: Tree) -> list[float]:
        """The value in each year."""
        values: list[float] = np.broadcast_to(self.of(tree), (self.years,)).tolist()
        return values

    def _value(self, node: Tree, parts: list[Array]) -> Array:
        if isinstance(node, list):
            if node[0] == "cumulative":
                return self._cumulative(*parts)
            return np.asarray(OPERATIONS[node[0]].compute(*parts), dtype=np.float64)
        if "input" in node:
            return _array(self.inputs[node["input"]])
        if "step" in node:
            return self.steps[node["step"]]
        if "year" in node:
            return np.arange(1.0, self.years + 1)
        return _array(node["number"] if "number" in node else node["value"])

    def _cumulative(self, flow: Array, keep: Array) -> Array:
        flow, keep = (np.broadcast_to(part, (self.years,)) for part in (flow, keep))
        total = [float(flow[0])]
        for year in range(1, self.years):
            total.append(float(keep[year] * total[-1] + flow[year]))
        return np.asarray(total)


def _array(value: Any) -> Array:
    return np.atleast_1d(np.asarray(value, dtype=np.float64))
