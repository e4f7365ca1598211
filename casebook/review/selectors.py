"""What the rules of the review look at: the lines that bring money, what they rest on, and how to say it."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from casebook.case.case import Case
from casebook.case.finance import present_value
from casebook.case.line import Line
from casebook.formatting import Formatter
from casebook.formula.expression import Input
from casebook.presentation.case_formatter import formatter_of

_MOST_NAMES = 4


def worth(case: Case, lines: Iterable[Line]) -> float:
    """The present value of lines at likely values, positive."""
    return sum(float(present_value(line.flow(case.years), case.discount_rate)) for line in lines)


def money(case: Case, amount: float) -> str:
    """A present value inside a sentence, such as `benefits worth $1,000 (present value)`."""
    return formatter_of(case).say("{money} (present value)", money=formatter_of(case).money(amount))


def benefits(case: Case) -> list[Line]:
    """The counted benefits that bring anything."""
    return [line for line in case.ledger.of("benefit") if worth(case, [line]) > 0]


def inputs(case: Case) -> list[Input]:
    """The inputs that the figure rests on, in the order of the template."""
    names = case.ledger.inputs()
    return [node for node in case.inputs if node.name in names]


def with_role(case: Case, nodes: Iterable[Input], role: str) -> list[Input]:
    """Those of the inputs that the template gives that role."""
    declared = case.parameters.template.inputs
    return [node for node in nodes if declared[node.name].role == role]


def resting_on(case: Case, node: Input) -> list[Line]:
    """The benefits whose own formula has the input."""
    return [line for line in benefits(case) if node.name in line.inputs]


def always(node: Input, least: float) -> bool:
    """Whether the input is at least so much in every year."""
    return node.amount is not None and bool((np.atleast_1d(node.amount) >= least).all())


def listed(to: Formatter, names: Iterable[str], most: int = _MOST_NAMES) -> str:
    """Names as a sentence has them.

    >>> to = Formatter()
    >>> listed(to, ["a"]), listed(to, ["a", "b", "c"]), listed(to, "abcdefg")
    ('a', 'a, b and c', 'a, b, c, d and 3 more')
    """
    shown = list(names)
    if len(shown) > most + 1:
        shown = [*shown[:most], to.say("{count} more", count=len(shown) - most)]
    if len(shown) < 2:
        return "".join(shown)
    return to.say("{first} and {last}", first=", ".join(shown[:-1]), last=shown[-1])


def quoted(to: Formatter, lines: Iterable[Line]) -> str:
    """The names of lines as a sentence has them, in quotation marks that a name rarely has itself."""
    return listed(to, (to.say("“{name}”", name=line.name) for line in lines))
