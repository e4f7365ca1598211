"""What differs between two records: inputs and how they are known, discount rate, horizon, lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from casebook.formula.expression import inputs_of
from casebook.formula.operations import Array
from casebook.formula.trees import leaves, operands_and_arguments
from casebook.record.formulas import Nodes, RecordedCase, RecordedLine
from casebook.record.types import InputRecord, Record

RATE: Literal["discount rate"] = "discount rate"
YEARS: Literal["horizon"] = "horizon"

Kind = Literal["input", "computed", "line", "discount rate", "horizon"]
Pair = tuple[RecordedLine | None, RecordedLine | None]
Values = dict[str, tuple[Array, Array]]


@dataclass(frozen=True)
class Change:
    """Something that the figure may rest on and that is not the same in both cases."""

    kind: Kind
    key: str
    label: str
    unit: str
    before: Any
    """A number, a list by year, None where there was none; for a line whether it is there."""
    after: Any
    note: str | None = None
    contribution: float | None = 0.0
    """What it adds to the net present value; None where it has no part of its own, and `note` says why."""
    standard_error: float = 0.0
    dropped_range: tuple[Any, Any] | None = None
    """Low and high of an input that had a range before and is a single point now."""


@dataclass(frozen=True)
class Knowledge:
    """An input whose range, grade or source differs, or two whose correlation does."""

    label: str
    unit: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]


KNOWN_BY = ("low", "high", "distribution", "evidence", "source", "origin", "correlation")


def aligned(first: RecordedCase, second: RecordedCase, years: int) -> Values:
    """The values of both cases by name, on one horizon.

    One number holds for all years; of a list that ends early, the other's values stand in the missing years,
    which are not counted before the horizon changes. A value that only one case has stands on both sides.
    """
    pairs: Values = {}
    for name in first.values | second.values:
        one, other = (case.values.get(name) for case in (first, second))
        one, other = other if one is None else one, one if other is None else other
        assert one is not None
        assert other is not None
        pairs[name] = _extended(one, other, years), _extended(other, one, years)
    return pairs


def _extended(value: Array, other: Array, years: int) -> Array:
    if value.size == 1 or value.size >= years:
        return value
    return np.concatenate([value, np.broadcast_to(other, years)[value.size :]])


def _same(pair: tuple[Array, Array]) -> bool:
    """Whether a value is the same in all years."""
    return bool((pair[0] == pair[1]).all())


def matched(first: RecordedCase, second: RecordedCase) -> dict[str, Pair]:
    """The lines of both cases by key."""
    ones, others = ({_line_key(line): line for line in case.lines} for case in (first, second))
    return {key: (ones.get(key), others.get(key)) for key in (ones | others)}


def _line_key(line: RecordedLine) -> str:
    return f"line {line.side} {line.key}"


def is_changed(pair: Pair) -> bool:
    """Whether a line came, went, or is computed by a different formula."""
    one, other = pair
    if one is None or other is None:
        return True
    return one.start is not other.start or one.annual is not other.annual


def names_in(pair: Pair) -> set[str]:
    """Names of the inputs and computed values that a line rests on in either case."""
    parts = [part for line in pair if line for part in (line.start, line.annual) if part is not None]
    return {name for part in parts for name in inputs_of(part)}


def changes_between(
    before: Record,
    after: Record,
    lines: Mapping[str, Pair],
    values: Values,
    nodes: Nodes,
) -> list[Change]:
    """All changes, in the order: rate, horizon, inputs as the records have them, computed values, lines."""
    used = {name for pair in lines.values() for name in names_in(pair)}
    found = []
    if before.discount_rate != after.discount_rate:
        rates = before.discount_rate, after.discount_rate
        found.append(Change(RATE, RATE, "Discount rate", "share", *rates))
    if before.years != after.years:
        found.append(Change(YEARS, YEARS, "Horizon", "year", before.years, after.years))
    trees = [line.risk.tree for record in (before, after) for line in record.lines]
    risks = {
        leaf["input"] for tree in trees for leaf in leaves(tree, operands_and_arguments) if "input" in leaf
    }
    found += _inputs(before.inputs, after.inputs, used, risks, values, nodes)
    found += _computed(used, values, nodes, {**before.inputs, **after.inputs})
    for key, pair in lines.items():
        if is_changed(pair):
            one, other = pair
            line = other or one
            assert line is not None
            found.append(Change("line", key, line.name, line.side, one is not None, other is not None))
    return found


def _inputs(
    before: Mapping[str, InputRecord],
    after: Mapping[str, InputRecord],
    used: set[str],
    risks: set[str],
    values: Values,
    nodes: Nodes,
) -> Iterator[Change]:
    for name, given in {**before, **after}.items():
        one, other = before.get(name), after.get(name)
        old, new = (each.value if each else None for each in (one, other))
        if old is None and new is None:
            continue
        alone = old is None or new is None
        if not alone and _same(values[name]):
            continue
        note: str | None = None
        contribution: float | None = 0.0
        inside = [label for label, names in nodes.computed.values() if name in names]
        if name not in used:
            note = f"Counted within “{inside[0]}”." if inside else _unused(name, risks)
            contribution = None
        elif alone:
            note, contribution = "Counted with the lines that it switches on or off.", None
        label, unit, dropped = given.label, given.unit, _dropped_range(one, other)
        yield Change("input", name, label, unit, old, new, note, contribution, dropped_range=dropped)


def _dropped_range(before: InputRecord | None, after: InputRecord | None) -> tuple[Any, Any] | None:
    """Low and high, where the input has no range any more and still has a value."""
    if not before or before.low is None or not after or after.low is not None or after.value is None:
        return None
    return before.low, before.high


def _unused(name: str, risks: set[str]) -> str:
    return "It moves the risk-adjusted figures only." if name in risks else "No counted line rests on it."


def _computed(
    used: set[str], values: Values, nodes: Nodes, inputs: Mapping[str, InputRecord]
) -> Iterator[Change]:
    """Values of the notebook's own functions: they can't be called here, so they are split no further."""
    for name, (label, given) in nodes.computed.items():
        if name not in used or _same(values[name]):
            continue
        from_what = ", ".join(inputs[each].label for each in given if each in inputs)
        note = f"Computed by the notebook from {from_what}; not split further." if from_what else None
        old, new = (value.tolist() if value.size > 1 else float(value[0]) for value in values[name])
        yield Change("computed", name, label, "number", old, new, note)


def knowledge_changes(before: Record, after: Record) -> tuple[Knowledge, ...]:
    """The inputs with a value in both cases whose range, grade or source differs; then correlations."""
    found = []
    for name, one in before.inputs.items():
        other = after.inputs.get(name)
        if other is None or one.value is None or other.value is None:
            continue
        old, new = ({key: getattr(given, key, None) for key in KNOWN_BY} for given in (one, other))
        if old != new:
            found.append(Knowledge(other.label, other.unit, old, new))
    ones, others = _correlations(before), _correlations(after)
    for pair in ones | others:
        old, new = ({"correlation": each.get(pair)} for each in (ones, others))
        if old != new:
            inputs = {**before.inputs, **after.inputs}
            label = " and ".join(inputs[name].label for name in sorted(pair))
            found.append(Knowledge(label, "number", old, new))
    return tuple(found)


def _correlations(record: Record) -> dict[frozenset[str], Any]:
    """The correlation of each pair of inputs, as the parameters give it."""
    given = record.parameters.values.get("correlations") or {}
    return {frozenset((one, other)): rho for one, others in given.items() for other, rho in others.items()}
