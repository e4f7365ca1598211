"""The formulas of a case record as expressions again, evaluated without the notebook that they came from.

Steps dissolve into what they stand for. What a Python function of the notebook computed can't be called
again: it becomes an input, whose value is the recorded one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from casebook.errors import CaseError
from casebook.formatting import Formatter
from casebook.model.evaluation import evaluate
from casebook.model.expression import Constant, Expression, Frame, Input, Operation, Year, inputs_of
from casebook.model.finance import present_value
from casebook.model.operations import OPERATIONS, Array


class Nodes:
    """Makes each node once: equal formulas, be they of two records, are the same object."""

    def __init__(self) -> None:
        self._made: dict[tuple[object, ...], Expression] = {}
        self.computed: dict[str, tuple[str, tuple[str, ...]]] = {}
        """Computed values by their name as an input: label, and the inputs that the function was given."""

    def once(self, key: tuple[object, ...], make: Callable[[], Expression]) -> Expression:
        """The node of a key, made the first time that it is asked for."""
        if key not in self._made:
            self._made[key] = make()
        return self._made[key]

    def operation(self, name: str, operands: tuple[Expression, ...]) -> Expression:
        """The node of an operation on nodes made here."""
        if name not in OPERATIONS:
            raise ValueError(f"no operation is called {name!r}")
        return self.once((name, *map(id, operands)), lambda: Operation(name, operands))

    def call(self, label: str, operands: tuple[Expression, ...], frame: Frame) -> Input:
        """The input that stands for the result of a function called on nodes made here."""
        name = f"{label} #{len(self.computed) + 1}"
        made = self.once(
            ("()", label, *map(id, operands)),
            lambda: Input(name, label=label, unit="number", amount=None, frame=frame),
        )
        assert isinstance(made, Input)
        given = {key: None for operand in operands for key in inputs_of(operand)}
        self.computed.setdefault(made.name, (label, tuple(given)))
        return made


@dataclass(frozen=True)
class RecordedLine:
    """A counted line of a record: money at the start and a year, positive for both sides."""

    side: str
    name: str
    start: Expression | None
    annual: Expression | None


@dataclass(frozen=True)
class Recorded:
    """What a record's figures follow from."""

    years: int
    discount_rate: float
    lines: tuple[RecordedLine, ...]
    values: dict[str, Array]
    """Inputs that have a value, and computed values, by name: one number, or one for each year."""

    def net_present_value(self) -> float:
        """The net present value of the counted lines at the recorded values, as the case computed it."""
        flows = {"benefit": np.zeros(self.years + 1), "cost": np.zeros(self.years + 1)}
        for line in self.lines:
            for part, place in ((line.start, slice(0, 1)), (line.annual, slice(1, None))):
                if part is not None:
                    flows[line.side][place] += evaluate(part, self.years, self.values)
        benefits, costs = (float(present_value(flow, self.discount_rate)) for flow in flows.values())
        return benefits - costs


def rebuild(record: Mapping[str, Any], nodes: Nodes | None = None, *, years: int | None = None) -> Recorded:
    """The formulas of a record; those of several that share `nodes` can be compared by identity.

    `years` asks for a longer horizon than the record's: numbers by year in a formula go on with their last.
    The values of inputs stay as they are. Raises CaseError where the record does not hold together.
    """
    try:
        return _Reading(record, nodes or Nodes(), years or int(record["years"])).recorded()
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise CaseError(f"the record's formulas can't be read: {error}") from error


class _Reading:
    def __init__(self, record: Mapping[str, Any], nodes: Nodes, years: int) -> None:
        self.record, self.nodes, self.years = record, nodes, years
        self.frame = Frame(years, Formatter(str(record["currency"]), str(record["locale"])))
        self.values = {
            name: np.atleast_1d(np.asarray(given["value"], dtype=np.float64))
            for name, given in record["inputs"].items()
            if given["value"] is not None
        }
        self.steps: dict[str, Expression] = {}

    def recorded(self) -> Recorded:
        for step in self.record["steps"]:  # each stands before those that use it
            self.steps[step["label"]] = self.expression(step["tree"])
        lines = tuple(self.line(line) for line in self.record["lines"])
        return Recorded(int(self.record["years"]), float(self.record["discount_rate"]), lines, self.values)

    def line(self, line: Mapping[str, Any]) -> RecordedLine:
        if line["side"] not in ("benefit", "cost"):
            raise ValueError(f"a line is neither benefit nor cost but {line['side']!r}")
        start, annual = (
            None if tree is None else self.expression(tree)
            for tree in (line["trees"]["start"], line["trees"]["annual"])
        )
        return RecordedLine(line["side"], str(line["name"]), start, annual)

    def expression(self, tree: Any) -> Expression:
        """The expression of a tree, from the leaves up: a tree may be deeper than Python's stack."""
        done: list[Expression] = []
        waiting: list[tuple[Any, bool]] = [(tree, False)]
        while waiting:
            node, ready = waiting.pop()
            parts = node[1:] if isinstance(node, list) else node.get("of", ()) if "computed" in node else ()
            if ready:
                first = len(done) - len(parts)
                operands = tuple(done[first:])
                del done[first:]
                done.append(self.node(node, operands))
            else:
                waiting.append((node, True))
                waiting.extend((part, False) for part in reversed(parts))
        return done[0]

    def node(self, node: Any, operands: tuple[Expression, ...]) -> Expression:
        if isinstance(node, list):
            return self.nodes.operation(str(node[0]), operands)
        if "input" in node:
            name = str(node["input"])
            given = self.record["inputs"][name]
            return self.nodes.once(
                ("input", name),
                lambda: Input(name, label=given["label"], unit=given["unit"], amount=None, frame=self.frame),
            )
        if "step" in node:
            return self.steps[node["step"]]
        if "computed" in node:
            made = self.nodes.call(str(node["computed"]), operands, self.frame)
            self.values[made.name] = np.atleast_1d(np.asarray(node["value"], dtype=np.float64))
            return made
        if "year" in node:
            return self.nodes.once(("year",), lambda: Year(self.frame))
        return self.constant(node["number"])

    def constant(self, number: Any) -> Expression:
        if not isinstance(number, list):
            return self.nodes.once(("number", float(number)), lambda: Constant(float(number)))
        amount = tuple(float(each) for each in number)
        amount += amount[-1:] * (self.years - len(amount))
        return self.nodes.once(("number", amount), lambda: Constant(amount))
