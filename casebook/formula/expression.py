"""Traced arithmetic: formulas on named inputs that remember how they were written.

`x.customers * x.average_spend` is not a number but a tree. The tree keeps the order in which the analyst
wrote it, and everything that a reader meets is derived from it: the figure (`casebook.formula.evaluation`),
the formula in words and in numbers (`casebook.formula.printing`), its unit (`casebook.formula.units`).

    Expression
      Input        a named input of the case
      Constant     a number, or a list with one number a year, written in the notebook
      Year         1 in the first year, 2 in the second, …
      Operation    an operator or function of `casebook.formula.operations` on other expressions
      Step         an expression with a name of its own, shown as a row of its own
      Computed     the result of a Python function: evaluated, not taken apart
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn, Protocol

import numpy as np

from casebook.errors import CaseError
from casebook.formula.operations import FUNCTION_NAMES, UFUNCS
from casebook.formula.trees import nodes

Number = int | float
Operand = "Expression | Number | Sequence[Number]"


class Display(Protocol):
    """How the expressions of a case show themselves to whoever writes the notebook."""

    def value(self, expression: Expression) -> Any:
        """The figure of an expression, or a tuple of figures by year."""
        ...

    def bundle(self, expression: Expression) -> dict[str, str]:
        """What a cell shows, by MIME type."""
        ...


@dataclass(frozen=True)
class Frame:
    """What all expressions of one case share."""

    years: int
    currency: str
    display: Display | None = None
    """None where no notebook is there to look at them."""


_NO_TRUTH = (
    "an expression on inputs is neither true nor false by itself\n"
    "  hint: for `if` write where(condition, a, b); for min(a, b) and max(a, b) write minimum(a, b) and "
    "maximum(a, b); for `and`, `or`, `not` write &, |, ~"
)


class Expression:
    """Base of all nodes: the operators that an analyst uses, each giving a new node."""

    __slots__ = ()

    def __add__(self, other: Any) -> Expression:
        return operation("+", self, other)

    def __radd__(self, other: Any) -> Expression:
        # Python's sum() starts with 0; a reader need not see it.
        return self if isinstance(other, int) and other == 0 else operation("+", other, self)

    def __sub__(self, other: Any) -> Expression:
        return operation("-", self, other)

    def __rsub__(self, other: Any) -> Expression:
        return operation("-", other, self)

    def __mul__(self, other: Any) -> Expression:
        return operation("*", self, other)

    def __rmul__(self, other: Any) -> Expression:
        return operation("*", other, self)

    def __truediv__(self, other: Any) -> Expression:
        return operation("/", self, other)

    def __rtruediv__(self, other: Any) -> Expression:
        return operation("/", other, self)

    def __pow__(self, other: Any) -> Expression:
        return operation("**", self, other)

    def __rpow__(self, other: Any) -> Expression:
        return operation("**", other, self)

    def __neg__(self) -> Expression:
        return operation("negative", self)

    def __pos__(self) -> Expression:
        return self

    def __abs__(self) -> Expression:
        return operation("abs", self)

    def __floor__(self) -> Expression:
        return operation("floor", self)

    def __ceil__(self) -> Expression:
        return operation("ceil", self)

    def __lt__(self, other: Any) -> Expression:
        return operation("<", self, other)

    def __le__(self, other: Any) -> Expression:
        return operation("<=", self, other)

    def __gt__(self, other: Any) -> Expression:
        return operation(">", self, other)

    def __ge__(self, other: Any) -> Expression:
        return operation(">=", self, other)

    def __eq__(self, other: object) -> Expression:  # type: ignore[override]
        return operation("==", self, other)

    def __ne__(self, other: object) -> Expression:  # type: ignore[override]
        return operation("!=", self, other)

    # Nodes compare by building a node, so they hash by identity.
    __hash__ = object.__hash__

    def __and__(self, other: Any) -> Expression:
        return operation("and", self, other)

    def __or__(self, other: Any) -> Expression:
        return operation("or", self, other)

    def __invert__(self) -> Expression:
        return operation("not", self)

    def __array_ufunc__(self, ufunc: Any, method: str, *operands: Any, **options: Any) -> Expression:
        name = UFUNCS.get(ufunc)
        if method != "__call__" or options or name is None:
            raise CaseError(
                f"numpy.{ufunc.__name__} can't be traced on inputs\n  hint: write it with the operators, "
                f"{FUNCTION_NAMES}, or wrap a Python function with @computed"
            )
        return operation(name, *operands)

    def __array_function__(
        self, function: Any, types: Any, arguments: tuple[Any, ...], options: Any
    ) -> Expression:
        if function is np.where and len(arguments) == 3 and not options:
            return operation("where", *arguments)
        if function is np.clip and len(arguments) == 3 and not options:
            return operation("minimum", operation("maximum", *arguments[:2]), arguments[2])
        if function is np.cumsum and len(arguments) == 1 and not options:
            return operation("cumulative", arguments[0], 1)
        instead = {"sum": "Python's sum([...])", "round": "nothing: figures are rounded where they are shown"}
        hint = instead.get(
            function.__name__, f"the operators, {FUNCTION_NAMES}, or a function with @computed"
        )
        raise CaseError(f"numpy.{function.__name__} can't be traced on inputs\n  hint: write {hint}")

    def __bool__(self) -> bool:
        raise CaseError(_NO_TRUTH)

    def __round__(self, digits: int | None = None) -> NoReturn:
        raise CaseError(
            "a figure is rounded where it is shown, never inside a formula\n"
            "  hint: where whole units are meant, write ceil(…) or floor(…)"
        )

    def __float__(self) -> NoReturn:
        raise CaseError(
            "an expression on inputs can't become one number inside a formula\n"
            "  hint: use it as it is; functions of the math module are there as casebook's "
            f"{FUNCTION_NAMES}; to look at its figure write (…).value"
        )

    __int__ = __index__ = __complex__ = __float__

    def __array__(self, *_: Any, **__: Any) -> NoReturn:
        raise CaseError(
            "an expression on inputs can't become a NumPy array\n"
            "  hint: to look at its figures write (…).value"
        )

    def __iter__(self) -> Iterator[Any]:
        raise CaseError("an expression is not a sequence\n  hint: to look at its figures write (…).value")

    def __getitem__(self, _: Any) -> NoReturn:
        raise CaseError(
            "an expression has no parts to index\n  hint: to pick a year write where(case.year == 2, a, b)"
        )

    def __mod__(self, _: Any) -> NoReturn:
        raise CaseError("% and // can't be traced\n  hint: write floor(a / b)")

    __rmod__ = __floordiv__ = __rfloordiv__ = __mod__

    @property
    def operands(self) -> tuple[Expression, ...]:
        """The expressions that this one is made of, in the order written."""
        return ()

    @property
    def given(self) -> bool:
        """Whether every input that it rests on has a value; only an optional one may have none."""
        return all(node.given for node in inputs_of(self).values())

    @property
    def value(self) -> Any:
        """Its figure, or a tuple of figures by year; prints in the client's currency and locale."""
        frame = frame_of(self)
        if frame is None or frame.display is None:
            raise CaseError("an expression on constants alone belongs to no case")
        return frame.display.value(self)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """What a notebook cell shows: words, numbers and result; in prose the result alone."""
        frame = frame_of(self)
        if frame is None or frame.display is None:
            return {"text/plain": repr(self)}
        return frame.display.bundle(self)

    def named(self, label: str) -> Step:
        """The same figure under a name: formulas that use it say the name, and it is explained once."""
        return Step(label, self)


class Input(Expression):
    """A named input. `amount` is None where an optional one was not given; `whole` is what it is part of."""

    __slots__ = ("amount", "frame", "label", "name", "unit", "whole")

    def __init__(
        self, name: str, *, label: str, unit: str, amount: float | tuple[float, ...] | None, frame: Frame
    ) -> None:
        self.name = name
        self.label = label
        self.unit = unit
        self.amount = amount
        self.frame = frame
        self.whole: Whole | None = None

    @property
    def given(self) -> bool:
        """Whether it has a value; only an optional one may have none."""
        return self.amount is not None


@dataclass(frozen=True, eq=False)
class Whole:
    """What several inputs are shares of. Together they are 1 at most.

    Where they would be more, each counts as its part of their sum, in every formula and in every output.
    """

    name: str
    inputs: tuple[Input, ...]
    """All that inputs.yaml declares, in its order."""

    @property
    def shares(self) -> list[Input]:
        """Those that were given; the others take nothing of it."""
        return [node for node in self.inputs if node.given]


class Constant(Expression):
    """A number (or a tuple with one number a year) that stands in the notebook itself."""

    __slots__ = ("amount", "currency", "label", "unit")

    def __init__(
        self,
        amount: float | tuple[float, ...],
        *,
        unit: str = "number",
        label: str | None = None,
        currency: str | None = None,
    ) -> None:
        self.amount = amount
        self.unit = unit
        self.label = label
        self.currency = currency


class Year(Expression):
    """The number of the year: 1, 2, …, years."""

    __slots__ = ("frame",)

    def __init__(self, frame: Frame) -> None:
        self.frame = frame


class Operation(Expression):
    """An entry of `OPERATIONS` on one or more expressions."""

    __slots__ = ("_operands", "name")

    def __init__(self, name: str, operands: tuple[Expression, ...]) -> None:
        self.name = name
        self._operands = operands

    @property
    def operands(self) -> tuple[Expression, ...]:
        """The expressions it works on, in the order written."""
        return self._operands


class Step(Expression):
    """An expression with a label of its own."""

    __slots__ = ("expression", "label")

    def __init__(self, label: str, expression: Expression) -> None:
        self.label = label
        self.expression = expression

    @property
    def operands(self) -> tuple[Expression, ...]:
        """The one expression that it names."""
        return (self.expression,)


class Computed(Expression):
    """The result of a Python function of plain numbers, called once for each year or draw."""

    __slots__ = ("_operands", "function", "label", "unit")

    def __init__(
        self, function: Callable[..., float], *, label: str, unit: str, operands: tuple[Expression, ...]
    ) -> None:
        self.function = function
        self.label = label
        self.unit = unit
        self._operands = operands

    @property
    def operands(self) -> tuple[Expression, ...]:
        """The arguments of the call."""
        return self._operands


def as_expression(value: Any) -> Expression:
    """A number, or a list of numbers by year, as an expression; an expression as it is."""
    if isinstance(value, Expression):
        return value
    if isinstance(value, np.ndarray | np.generic):
        value = value.tolist()
    if isinstance(value, bool) or value is None or isinstance(value, str):
        raise CaseError(f"{value!r} can't stand in a formula; must be a number, a list by year or an input")
    if isinstance(value, int | float):
        return Constant(_finite(value))
    if isinstance(value, list | tuple):
        if any(isinstance(part, Expression) for part in value):
            raise CaseError("a list by year holds plain numbers\n  hint: write where(case.year == 1, a, b)")
        return Constant(tuple(_finite(part) for part in value))
    raise CaseError(
        f"a {type(value).__name__} can't stand in a formula; must be a number, a list by year or an input"
    )


def _finite(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not np.isfinite(value):
        raise CaseError(f"{value!r} can't stand in a formula; must be a finite number")
    return float(value)


def operation(name: str, *operands: Any) -> Operation:
    """The node for an entry of `OPERATIONS`; lists by year must have one entry for each year of the case."""
    node = Operation(name, tuple(as_expression(operand) for operand in operands))
    frame = frame_of(node)
    for operand in node.operands:
        if frame and isinstance(operand, Constant):
            check_constant(operand, frame)
    return node


def check_constant(node: Constant, frame: Frame) -> None:
    """Raise CaseError for a list by year of another length than the case, or money in another currency."""
    if isinstance(node.amount, tuple) and len(node.amount) != frame.years:
        raise CaseError(
            f"a list by year has {len(node.amount)} entries and the case has {frame.years} years\n"
            "  hint: give one number for each year"
        )
    if node.currency not in (None, frame.currency):
        raise CaseError(
            f"a constant of the notebook is in {node.currency}, and the case in {frame.currency}\n"
            "  hint: make it an input, which each client gives in its own currency"
        )


def walk(expression: Expression, *, known: Container[int] = ()) -> Iterator[Expression]:
    """Each node of the tree once, operands before the nodes that use them; none whose id is known."""
    return nodes(expression, _operands_of, known=known)


def _operands_of(expression: Expression) -> Sequence[Expression]:
    return expression.operands


def substitute(
    expression: Expression, inputs: Mapping[str, Input], known: dict[int, Expression]
) -> Expression:
    """The same formula on other inputs, by name.

    `known` carries the new nodes, by the id of the old ones, between the formulas of one case: what they
    share they go on sharing.
    """
    for node in walk(expression, known=known):
        operands = tuple(known[id(operand)] for operand in node.operands)
        copy: Expression = node
        if isinstance(node, Input):
            copy = inputs[node.name]
        elif isinstance(node, Operation):
            copy = Operation(node.name, operands)
        elif isinstance(node, Step):
            copy = Step(node.label, operands[0])
        elif isinstance(node, Computed):
            copy = Computed(node.function, label=node.label, unit=node.unit, operands=operands)
        known[id(node)] = copy
    return known[id(expression)]


def inputs_of(expression: Expression) -> dict[str, Input]:
    """The inputs that an expression rests on, by name, in the order in which they are first used.

    A share of one whole rests on the other shares of it as well.
    """
    nodes = (node for node in walk(expression) if isinstance(node, Input))
    return {part.name: part for node in nodes for part in (node, *(node.whole.shares if node.whole else ()))}


def frame_of(expression: Expression) -> Frame | None:
    """The frame of the case that the expression belongs to; None where it rests on constants alone."""
    for node in walk(expression):
        if isinstance(node, Input | Year):
            return node.frame
    return None
