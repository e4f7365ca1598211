"""Where the inputs that a ramp scales stand in a case's lines (`casebook.schema.scaling`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from casebook.case.line import Line
from casebook.errors import CaseError
from casebook.formula.expression import Expression, Input, Operation, inputs_of, walk
from casebook.schema.input_declarations import RAMP, InputDeclaration
from casebook.schema.scaling import OWN_RAMP, LineInputs

_PRODUCTS = ("*", "/", "**", "cumulative", "cumulative_average", "compound")


def line_inputs(lines: Iterable[Line], declared: Mapping[str, InputDeclaration]) -> Iterator[LineInputs]:
    """What the money of each line rests on; that at the start, for which no ramp is meant, apart."""
    for line in lines:
        if line.start is not None:
            yield LineInputs(line.name, inputs_of(line.start), frozenset())
        if line.annual is not None:
            names = inputs_of(line.annual)
            ramps = {name for name in names if declared[name].role == RAMP}
            if line.ramp is not None:
                ramps |= inputs_of(line.ramp).keys() or {OWN_RAMP}
            yield LineInputs(line.name, names, frozenset(ramps))


def refuse_products(line: Line, declared: Mapping[str, InputDeclaration]) -> None:
    """Raise CaseError where a line multiplies two inputs that a ramp scales: the ramp would count twice."""
    for part in line.expressions:
        names = _multiplied(part, declared)
        if len(names) > 1:
            raise CaseError(
                f"{line.label} multiplies inputs that a ramp scales: {', '.join(sorted(names))}\n"
                "  hint: in inputs.yaml, leave scaled_by to the one that is counted, such as the volume"
            )


def _multiplied(expression: Expression, declared: Mapping[str, InputDeclaration]) -> frozenset[str]:
    """The scaled inputs of the term that has most of them."""
    found: dict[int, frozenset[str]] = {}
    for node in walk(expression):
        parts = [found[id(operand)] for operand in node.operands]
        if isinstance(node, Input):
            found[id(node)] = frozenset([node.name] if declared[node.name].scaled_by else [])
        elif isinstance(node, Operation) and node.name in _PRODUCTS:
            found[id(node)] = frozenset().union(*parts)
        else:
            found[id(node)] = max(parts, key=len, default=frozenset())
    return found[id(expression)]
