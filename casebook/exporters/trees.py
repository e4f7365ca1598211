"""The expression trees of a case record, evaluated without the notebook that they came from.

`casebook.model.record.tree` says what a tree is; the values are those of `casebook.model.evaluation`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from ..model.operations import OPERATIONS, Array

Tree = Any


class Trees:
    """The formulas of one record; raises KeyError where the record lacks what a tree names.

    >>> annual = ["*", {"input": "calls"}, {"year": True}]
    >>> line = {"side": "benefit", "trees": {"start": None, "annual": annual}}
    >>> inputs = {"calls": {"value": 10.0}}
    >>> trees = Trees({"years": 2, "discount_rate": 0.1, "inputs": inputs, "steps": [], "lines": [line]})
    >>> trees.value(annual).tolist(), round(float(trees.net_present_value()), 2)
    ([10.0, 20.0], 25.62)
    """

    def __init__(self, record: Mapping[str, Any]) -> None:
        self.record = record
        self.years = int(record["years"])
        self.steps: dict[str, Tree] = {step["label"]: step["tree"] for step in record["steps"]}
        self.likely = {
            name: np.atleast_1d(np.asarray(given["value"], dtype=np.float64))
            for name, given in record["inputs"].items()
            if given["value"] is not None
        }

    def value(
        self, tree: Tree, values: Mapping[str, Array] | None = None, known: dict[str, Array] | None = None
    ) -> Array:
        """The value of a tree: an array whose last axis is 1 (the same each year) or `years` long.

        `values` replaces inputs by name, with shape (..., 1) or (..., years). `known` carries the steps
        between calls for the same values. What a function of the notebook computed stays as it was.
        """
        known = {} if known is None else known
        if isinstance(tree, list):
            operands = [self.value(operand, values, known) for operand in tree[1:]]
            with np.errstate(all="ignore"):
                if tree[0] == "cumulative":
                    return self._cumulative(*operands)
                return np.asarray(OPERATIONS[tree[0]].compute(*operands), dtype=np.float64)
        if "input" in tree:
            name = tree["input"]
            return values[name] if values and name in values else self.likely[name]
        if "step" in tree:
            label = tree["step"]
            if label not in known:
                known[label] = self.value(self.steps[label], values, known)
            return known[label]
        if "year" in tree:
            return np.arange(1.0, self.years + 1)
        return np.atleast_1d(np.asarray(tree["number" if "number" in tree else "value"], dtype=np.float64))

    def net_present_value(self, values: Mapping[str, Array] | None = None) -> Array:
        """The net present value of the counted lines, in the shape of the leading axes of `values`.

        Not finite where a line has no finite value.
        """
        known: dict[str, Array] = {}
        total: Array = np.zeros(())
        factors = (1 + float(self.record["discount_rate"])) ** -np.arange(1.0, self.years + 1)
        for line in self.record["lines"]:
            sign = 1 if line["side"] == "benefit" else -1
            for part, tree in line["trees"].items():
                if tree is not None:
                    money = self.value(tree, values, known)
                    worth = money[..., 0] if part == "start" else (money * factors).sum(axis=-1)
                    total = total + sign * worth
        return total

    def inputs(self) -> set[str]:
        """Names of the inputs that the money of the counted lines rests on."""
        trees = [tree for line in self.record["lines"] for tree in line["trees"].values() if tree is not None]
        return {name for tree in trees for name in self._names(tree)}

    def opaque_inputs(self) -> set[str]:
        """Names of the inputs that any computed step of the record rests on: its value can't follow them."""
        parts = [self.record.get(part) for part in ("lines", "not_in_figure", "steps", "pools")]
        return {name for call in _calls(parts) for tree in call["of"] for name in self._names(tree)}

    def _cumulative(self, flow: Array, keep: Array) -> Array:
        shape = np.broadcast_shapes(flow.shape, keep.shape, (self.years,))
        flow, keep = np.broadcast_to(flow, shape), np.broadcast_to(keep, shape)
        total = np.array(flow)
        for year in range(1, self.years):
            total[..., year] = keep[..., year] * total[..., year - 1] + flow[..., year]
        return total

    def _names(self, tree: Tree) -> Iterator[str]:
        if isinstance(tree, list):
            for operand in tree[1:]:
                yield from self._names(operand)
        elif "input" in tree:
            yield tree["input"]
        elif "step" in tree:
            yield from self._names(self.steps[tree["step"]])
        elif "computed" in tree:
            for operand in tree["of"]:
                yield from self._names(operand)


def _calls(node: Any) -> Iterator[Mapping[str, Any]]:
    """Every computed node, wherever in the record it stands."""
    if isinstance(node, list):
        for item in node:
            yield from _calls(item)
    elif isinstance(node, dict):
        if "computed" in node:
            yield node
        for item in node.values():
            yield from _calls(item)
