"""Units: what a formula counts, checked on its tree before any figure is computed.

pint does the algebra on a registry that starts empty: a year is 365 days or 12 months, a week 7 days; `share`
and `number` have no dimension; `currency` is the case's own; every other noun is a dimension by itself, in
the singular or the plural, so passengers do not add to contacts.
"""

from __future__ import annotations

import functools
import re
from typing import Any

from casebook.errors import CaseError
from casebook.formula.expression import (
    Computed,
    Constant,
    Expression,
    Input,
    Operation,
    Step,
    Year,
    operation,
    walk,
)
from casebook.formula.operations import RUNNING_TOTALS
from casebook.formula.printing import words
from casebook.i18n import TIMES, Phrase

_TIME = ("second", "minute", "hour", "day", "week", "month", "year")
_MANY = {
    "second": Phrase("seconds"),
    "minute": Phrase("minutes"),
    "hour": Phrase("hours"),
    "day": Phrase("days"),
    "week": Phrase("weeks"),
    "month": Phrase("months"),
}
_IRREGULAR = {"people": "person", "days": "day", "children": "child", "series": "series"}
_COMPARISONS = ("<", "<=", ">", ">=", "==", "!=")
_LOGIC = ("and", "or", "not")
_NOUN = r"[A-Za-z_]+(?:\^\d+)?"
_UNIT = re.compile(rf"(?:{_NOUN}|1(?=\s*/))(?:\s*[*/]\s*{_NOUN})*")


@functools.cache
def _registry() -> Any:
    import pint  # here, because it takes longer to import than a case takes to compute

    registry: Any = pint.UnitRegistry(None)
    for definition in (
        "year = [time]",
        "month = year / 12",
        "day = year / 365",
        "week = 7 * day",
        "hour = day / 24",
        "minute = hour / 60",
        "second = minute / 60",
        "share = []",
        "number = []",
        "currency = [currency]",
    ):
        registry.define(definition)
    return registry


def _singular(noun: str) -> str:
    if noun in _IRREGULAR:
        return _IRREGULAR[noun]
    if noun.endswith("ies") and len(noun) > 4:
        return noun[:-3] + "y"
    return noun[:-1] if noun.endswith("s") and not noun.endswith("ss") else noun


@functools.cache
def parse_unit(text: str) -> Any:
    """The pint unit for `currency/customer/year` and its like. Raises CaseError where it is not a unit."""
    if not _UNIT.fullmatch(text):
        raise CaseError(
            f"unit '{text}' can't be read\n  hint: nouns joined by / and *, such as currency/customer/year"
        )
    registry = _registry()
    result = registry.Unit("")
    operator = "*"
    for part in re.findall(r"[A-Za-z_]+(?:\^\d+)?|[*/]", text):
        if part in "*/":
            operator = part
            continue
        name, _, power = part.partition("^")
        noun = _singular(name.lower())
        if noun not in registry:
            registry.define(f"{noun} = [{noun}]")
        unit = registry.Unit(noun) ** int(power or 1)
        result = result * unit if operator == "*" else result / unit
    return result


def describe(unit: Any) -> str:
    """A unit as an analyst writes it: `currency/customer/year`; `number` where there is no dimension.

    A share of something a year stays one, so that it is shown in per cent.

    >>> describe(parse_unit("share/year") * parse_unit("share")), describe(parse_unit("1/year"))
    ('share/year', '1/year')
    """
    parts = {name: power for name, power in unit._units.items() if name not in ("share", "number")}
    above = [name if power == 1 else f"{name}^{power:g}" for name, power in parts.items() if power > 0]
    below = [name if power == -1 else f"{name}^{-power:g}" for name, power in parts.items() if power < 0]
    if not parts:
        return "share" if "share" in unit._units else "number"
    below.sort(key=lambda name: name in _TIME)
    nothing = "share" if unit._units.get("share", 0) > 0 else "1"
    return "/".join(["*".join(sorted(above)) or nothing, *below])


def is_price(unit: str) -> bool:
    """Whether a unit is money for something, and not money alone or money a year.

    >>> is_price("currency/customer/year"), is_price("currency/year"), is_price("contacts/month")
    (True, False, False)
    """
    nouns = parse_unit(unit)._units.keys() - {*_TIME, "share", "number"}
    return "currency" in nouns and len(nouns) > 1


def unit_of(expression: Expression) -> str:
    """The unit of an expression, in words. Raises CaseError where its parts do not fit together."""
    return describe(_checked(expression, {})[1])


def consistent(expression: Expression) -> Expression:
    """The same expression with its conversions written out, in the unit it comes out in."""
    return _checked(expression, {})[0]


def a_year(expression: Expression) -> Expression:
    """A flow, such as contacts/month, by the year; anything else stays as it is."""
    checked, found = _checked(expression, {})
    return _converted(checked, found, _per_year(found))


def yearly(unit: str) -> tuple[float, str]:
    """What an amount in a unit is times to be a year's, and the unit it has then.

    Raises CaseError where it is no unit.

    >>> yearly("contacts/month"), yearly("customers")
    ((12.0, 'contact/year'), (1.0, 'customer'))
    """
    found = parse_unit(unit)
    wanted = _per_year(found)
    return round(float((1 * found).to(wanted).magnitude), 9), describe(wanted)


def _per_year(unit: Any) -> Any:
    for name in _TIME:
        if unit._units.get(name, 0) < 0 and name != "year":
            unit = unit * parse_unit(name) / parse_unit("year")
    return unit


def in_unit(expression: Expression, unit: str, *, what: str) -> Expression:
    """The same expression with its conversions written out, in the wanted unit.

    Each conversion (months to years, say) stands in the tree as a factor that a reader can see. Raises
    CaseError naming `what`, both units and what would fix it.
    """
    try:
        checked, found = _checked(expression, {})
    except CaseError as error:
        raise CaseError(f"{what}: {error}") from error
    wanted = parse_unit(unit)
    if found.dimensionality != wanted.dimensionality:
        raise CaseError(
            f"{what} comes out as {describe(found)}; must be {describe(wanted)}\n"
            f"  hint: {_remedy(found, wanted)}"
        )
    return _converted(checked, found, wanted)


def hours_a_year(expression: Expression, *, what: str) -> Expression:
    """The same expression in hours/year, with its conversions written out.

    Time a year has no dimension, so that a share or a bare number would pass for it: the unit must name a
    time that is spent and a time in which it is. Raises CaseError naming `what` where it does not.
    """
    converted = in_unit(expression, "hours/year", what=what)
    found = _checked(expression, {})[1]
    times = {power for name, power in found._units.items() if name in _TIME}
    if not {1, -1} <= times:
        raise CaseError(
            f"{what} come out as {describe(found)}; must be hours/year\n"
            "  hint: multiply what is counted a year by the time that each takes"
        )
    return converted


def _remedy(unit: Any, wanted: Any) -> str:
    missing = describe(wanted / unit)
    above, _, below = missing.partition("/")
    if below and above in ("1", "share"):
        surplus = below.replace("/", "*")
        return f"divide by something in {surplus}, or drop a factor that occurs twice"
    return f"multiply by something in {missing}, or check the units of its inputs in inputs.yaml"


def _converted(expression: Expression, unit: Any, wanted: Any) -> Expression:
    """The expression times each factor between units of time that its unit needs, each with its name."""
    if _literal_zero(expression):
        return expression
    surplus = {name: unit._units.get(name, 0) - wanted._units.get(name, 0) for name in _TIME}
    extra = [name for name in _TIME for _ in range(round(surplus[name]))]
    lacking = [name for name in _TIME for _ in range(round(-surplus[name]))]
    # Both lists run from short to long, so neighbours meet: minutes become hours, and years months.
    for old, new in zip(extra, lacking, strict=True):
        factor = float((1 * parse_unit(old)).to(parse_unit(new)).magnitude)
        short, long = sorted((old, new), key=_TIME.index)
        label = Phrase("{units} {each}", units=_MANY[short], each=Phrase(TIMES[long]))
        if factor > 1:
            expression = operation(
                "*", expression, Constant(round(factor, 9), unit=f"{new}/{old}", label=label)
            )
        else:
            expression = operation(
                "/", expression, Constant(round(1 / factor, 9), unit=f"{old}/{new}", label=label)
            )
    return expression


def _literal_zero(expression: Expression) -> bool:
    return isinstance(expression, Constant) and expression.amount == 0 and expression.unit == "number"


def _checked(node: Expression, known: dict[int, tuple[Expression, Any]]) -> tuple[Expression, Any]:
    """The node with conversions written out, and its unit. Shared parts are converted once."""
    if id(node) not in known:
        for part in walk(node):  # operands first, so that a sum of a thousand terms nests no calls
            if id(part) not in known:
                known[id(part)] = _check(part, known)
    return known[id(node)]


def _check(node: Expression, known: dict[int, tuple[Expression, Any]]) -> tuple[Expression, Any]:
    if isinstance(node, Input | Constant):
        return node, parse_unit(node.unit)
    if isinstance(node, Year):
        return node, parse_unit("number")
    parts = [_checked(operand, known) for operand in node.operands]
    operands = [part for part, _ in parts]
    units = [unit for _, unit in parts]
    if isinstance(node, Step):
        same = operands[0] is node.expression
        return (node if same else Step(node.label, operands[0])), units[0]
    if isinstance(node, Computed):
        if _unchanged(node, operands):
            return node, parse_unit(node.unit)
        rebuilt = Computed(node.function, label=node.label, unit=node.unit, operands=tuple(operands))
        return rebuilt, parse_unit(node.unit)
    assert isinstance(node, Operation)
    operands, unit = _operation_unit(node, operands, units)
    return (node if _unchanged(node, operands) else Operation(node.name, tuple(operands))), unit


def _unchanged(node: Expression, operands: list[Expression]) -> bool:
    """A node that needs no conversion stays itself, so that lines which share it work it out once."""
    return all(new is old for new, old in zip(operands, node.operands, strict=True))


def _operation_unit(
    node: Operation, operands: list[Expression], units: list[Any]
) -> tuple[list[Expression], Any]:
    none = parse_unit("number")
    name = node.name
    if name == "*":
        return operands, units[0] * units[1]
    if name == "/":
        return operands, units[0] / units[1]
    if name in ("negative", "abs", "floor", "ceil"):
        return operands, units[0]
    if name in _LOGIC:
        return operands, none
    if name == "**":
        return operands, _power_unit(node, units)
    if name in RUNNING_TOTALS:
        _without_dimension(node, units[1])
        return operands, units[0] * parse_unit("year")
    if name == "compound":
        a_year = parse_unit("1/year")
        if units[1].dimensionality == a_year.dimensionality:
            return [operands[0], _converted(operands[1], units[1], a_year)], units[0]
        _without_dimension(node, units[1])
        return operands, units[0]
    if name in ("exp", "log", "sqrt"):
        if name == "sqrt":
            return operands, units[0] ** 0.5
        _without_dimension(node, units[0])
        return operands, none
    first = 1 if name == "where" else 0
    aligned, unit = _aligned(node, operands[first:], units[first:])
    return [*operands[:first], *aligned], (none if name in _COMPARISONS else unit)


def _power_unit(node: Operation, units: list[Any]) -> Any:
    _without_dimension(node, units[1])
    if units[0].dimensionless:
        return parse_unit("number")
    exponent = node.operands[1]
    if isinstance(exponent, Constant) and isinstance(exponent.amount, float):
        return units[0] ** exponent.amount
    raise CaseError(
        f"{_source(node)}: {describe(units[0])} to a power that is not a plain number\n"
        "  hint: divide by a reference amount first, so that the base has no unit"
    )


def _without_dimension(node: Operation, unit: Any) -> None:
    if not unit.dimensionless:
        raise CaseError(
            f"{_source(node)} has the unit {describe(unit)}; must be a figure without one\n"
            "  hint: divide by a reference amount of the same unit"
        )


def _aligned(node: Operation, operands: list[Expression], units: list[Any]) -> tuple[list[Expression], Any]:
    """Operands that add, compare or stand for each other, all in the unit of the first that has one."""
    zero = [_literal_zero(operand) for operand in operands]
    unit = next((u for u, is_zero in zip(units, zero, strict=True) if not is_zero), units[0])
    aligned = []
    for operand, found, is_zero in zip(operands, units, zero, strict=True):
        if is_zero:
            aligned.append(operand)
        elif found.dimensionality != unit.dimensionality:
            raise CaseError(
                f"{_source(node)}: {describe(unit)} and {describe(found)} do not go together\n"
                "  hint: bring both to one unit first; a plain number gets a unit by constant(1, 'agents')"
            )
        else:
            aligned.append(_converted(operand, found, unit))
    return aligned, unit


def _source(node: Expression) -> str:
    return f"'{words(node)}'"
