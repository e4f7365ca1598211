"""Writing an expression down, with the brackets that decide its value and no others."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from casebook.formatting import Formatter
from casebook.formula.expression import (
    Computed,
    Constant,
    Expression,
    Input,
    Operation,
    Step,
    Year,
    frame_of,
    walk,
)
from casebook.formula.operations import OPERATIONS, RUNNING_TOTALS, Array

_ATOM = 9  # binds tighter than every operator
_MOST_YEARS = 6  # longer lists by year show their ends only


def words(expression: Expression) -> str:
    """The formula with the labels of its inputs: `Passengers × Share influenced`."""
    formatter = _formatter_of(expression)
    return write(expression, lambda node: _label(node, formatter))


def _formatter_of(expression: Expression) -> Formatter:
    frame = frame_of(expression)
    return frame.formatter if frame else Formatter()


def figures(values: Array | Sequence[float], unit: str, formatter: Formatter, *, exact: bool = False) -> str:
    """One figure where all years are alike, otherwise one a year, separated by semicolons."""
    years = np.atleast_1d(np.asarray(values, dtype=np.float64)).tolist()
    if all(value == years[0] for value in years):
        years = years[:1]
    texts = [formatter.quantity(value, unit, exact=exact) for value in years]
    if len(texts) > _MOST_YEARS:
        texts = [*texts[:3], "…", texts[-1]]
    return "; ".join(texts)


def _label(node: Expression, formatter: Formatter) -> str | None:
    if isinstance(node, Input | Step):
        return node.label
    if isinstance(node, Computed):
        return formatter.say("{name} (computed)", name=node.label)
    if isinstance(node, Year):
        return formatter.say("Year")
    if isinstance(node, Constant):
        number = _plain(node.amount, formatter)
        return f"{number} {formatter.tell(node.label)}" if node.label else number
    return None


def _plain(value: float | tuple[float, ...], formatter: Formatter) -> str:
    values = value if isinstance(value, tuple) else (value,)
    text = "; ".join(formatter.number(part, exact=True) for part in values)
    return f"({text})" if len(values) > 1 else text


def write(expression: Expression, leaf: Callable[[Expression], str | None]) -> str:
    """The expression as text; `leaf` gives the text of a node, or None for an operation to be taken apart."""
    written: dict[int, tuple[str, int]] = {}
    say = _formatter_of(expression).say
    for node in walk(expression):  # operands first, so that a sum of a thousand terms nests no calls
        text = leaf(node)
        taken_apart = text is None and isinstance(node, Operation)
        written[id(node)] = _operation(node, written, say) if taken_apart else (text or "", _ATOM)
    return written[id(expression)][0]


def _operation(
    node: Expression, written: dict[int, tuple[str, int]], say: Callable[..., str]
) -> tuple[str, int]:
    """The text of an operation, from those of its operands, and how tightly it binds."""
    assert isinstance(node, Operation)
    kind = OPERATIONS[node.name]
    texts = [written[id(operand)][0] for operand in node.operands]
    if node.name == "where":
        condition, yes, no = texts
        return say("({yes} if {condition}, otherwise {no})", yes=yes, condition=condition, no=no), _ATOM
    if node.name in RUNNING_TOTALS:
        return _running_total(node, texts[0], texts[1], say), _ATOM
    if node.name == "compound":
        return say("({first}, growing each year by {growth})", first=texts[0], growth=texts[1]), _ATOM
    if node.name == "previous":
        return say("last year's ({value}; in year 1: {first})", value=texts[0], first=texts[1]), _ATOM
    symbol = say(kind.symbol) if kind.is_word else kind.symbol
    if kind.precedence == 0:
        return f"{symbol} ({'; '.join(texts)})", _ATOM

    def bracketed(place: int, needed: int) -> str:
        text, binds = written[id(node.operands[place])]
        return text if binds >= needed else f"({text})"

    if len(texts) == 1:
        return symbol + bracketed(0, kind.precedence), kind.precedence
    # a − (b − c), a ÷ (b × c) and (a ^ b) ^ c keep the brackets that decide their value.
    tighter = kind.precedence + 1
    right = node.operands[1]
    loose = node.name in ("+", "*", "and", "or") and isinstance(right, Operation) and right.name == node.name
    left_text = bracketed(0, tighter if node.name == "**" else kind.precedence)
    right_text = bracketed(1, kind.precedence if loose else tighter)
    return f"{left_text} {symbol} {right_text}", kind.precedence


def _running_total(node: Operation, flow: str, keep: str, say: Callable[..., str]) -> str:
    kept = node.operands[1]
    keeps_all = isinstance(kept, Constant) and kept.amount == 1
    if node.name == "cumulative_average":
        if keeps_all:
            return say("running total of ({flow}; half in its first year)", flow=flow)
        return say(
            "running total of ({flow}; half in its first year; kept each year: {keep})", flow=flow, keep=keep
        )
    if keeps_all:
        return say("running total of ({flow})", flow=flow)
    return say("running total of ({flow}; kept each year: {keep})", flow=flow, keep=keep)
