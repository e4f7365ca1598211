"""The formulas of a case record as expressions again, evaluated without the notebook that they came from.

Steps dissolve into what they stand for. What a Python function of the notebook computed can't be called
again: it becomes an input, whose value is the recorded one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from casebook.case.finance import present_value
from casebook.formula.evaluation import Plan, evaluate
from casebook.formula.expression import Constant, Expression, Frame, Input, Operation, Year, inputs_of
from casebook.formula.operations import Array
from casebook.formula.trees import Tree, fold, operands_and_arguments
from casebook.record.types import LineRecord, Record, Side
from casebook.schema.keys import new_key


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

    side: Side
    key: str
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

    def net_present_value(self, values: Mapping[str, Array] | None = None) -> Array:
        """The net present value of the counted lines, as the case computed it.

        `values` replaces inputs by name, with shape (..., 1) or (..., years): the result has the leading
        axes. Raises ValueError where a line has no finite value.
        """
        flows = {"benefit": np.zeros(self.years + 1), "cost": np.zeros(self.years + 1)}
        given = {**self.values, **(values or {})}
        with np.errstate(all="ignore"):  # what is not finite is refused by present_value
            for (side, place, _), money in zip(self._parts, self._plan.values(given), strict=True):
                flow = np.zeros((*money.shape[:-1], self.years + 1))
                flow[..., place] = money
                flows[side] = flows[side] + flow
        benefits, costs = (present_value(flow, self.discount_rate) for flow in flows.values())
        return benefits - costs

    @cached_property
    def _parts(self) -> list[tuple[str, slice, Expression]]:
        """Side, place in the flow and formula of the money of each line."""
        places = (slice(0, 1), slice(1, None))
        return [
            (line.side, place, part)
            for line in self.lines
            for place, part in zip(places, (line.start, line.annual), strict=True)
            if part is not None
        ]

    @cached_property
    def _plan(self) -> Plan:
        return Plan([part for _, _, part in self._parts], self.years)


def rebuild(record: Record, nodes: Nodes | None = None, *, years: int | None = None) -> Recorded:
    """The formulas of a record; those of several that share `nodes` can be compared by identity.

    `years` asks for a longer horizon than the record's: numbers by year in a formula go on with their last.
    The values of inputs stay as they are.
    """
    formulas = Formulas(record, nodes, years=years)
    lines = tuple(formulas.line(line, key) for key, line in keyed(record.lines).items())
    return Recorded(record.years, record.discount_rate, lines, formulas.values)


def keyed(lines: Iterable[LineRecord]) -> dict[str, LineRecord]:
    """The lines of a record by key; where it has none, by the one that the name stands for."""
    found: dict[str, LineRecord] = {}
    for line in lines:
        found[line.key or new_key(None, line.name, found, line.name)] = line
    return found


class Formulas:
    """The trees of a record as expressions, and what they are worth at its inputs."""

    def __init__(self, record: Record, nodes: Nodes | None = None, *, years: int | None = None) -> None:
        """Read the steps, each of which stands before those that use it; `years` as in `rebuild`."""
        self.years = years or record.years
        self.values = {
            name: np.atleast_1d(np.asarray(given.value, dtype=np.float64))
            for name, given in record.inputs.items()
            if given.value is not None
        }
        """Inputs that have a value, and computed values, by name."""
        self._inputs = record.inputs
        self._nodes = nodes or Nodes()
        self._frame = Frame(self.years, record.currency)
        self._steps: dict[str, Expression] = {}
        self._known: dict[int, Array] = {}
        for step in record.steps:
            self._steps[step.label] = self.expression(step.tree)

    def expression(self, tree: Tree) -> Expression:
        """The expression of a tree."""
        return fold(tree, operands_and_arguments, self._node)

    def value(self, tree: Tree) -> Array:
        """The value of a tree at the recorded values: one number, or one for each year."""
        return evaluate(self.expression(tree), self.years, self.values, self._known)

    def line(self, line: LineRecord, key: str) -> RecordedLine:
        """The formulas of a counted line."""
        start, annual = (
            None if tree is None else self.expression(tree) for tree in (line.trees.start, line.trees.annual)
        )
        return RecordedLine(line.side, key, line.name, start, annual)

    def _node(self, node: Tree, operands: list[Expression]) -> Expression:
        if isinstance(node, list):
            return self._nodes.operation(node[0], tuple(operands))
        if "input" in node:
            name = node["input"]
            given = self._inputs[name]
            return self._nodes.once(
                ("input", name),
                lambda: Input(name, label=given.label, unit=given.unit, amount=None, frame=self._frame),
            )
        if "step" in node:
            return self._steps[node["step"]]
        if "computed" in node:
            made = self._nodes.call(node["computed"], tuple(operands), self._frame)
            self.values[made.name] = np.atleast_1d(np.asarray(node["value"], dtype=np.float64))
            return made
        if "year" in node:
            return self._nodes.once(("year",), lambda: Year(self._frame))
        return self._constant(node["number"])

    def _constant(self, number: Any) -> Expression:
        if not isinstance(number, list):
            return self._nodes.once(("number", float(number)), lambda: Constant(float(number)))
        amount = tuple(float(each) for each in number)
        amount += amount[-1:] * (self.years - len(amount))
        return self._nodes.once(("number", amount), lambda: Constant(amount))
