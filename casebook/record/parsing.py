"""JSON as a record: each key of its type, and all parts consistent with each other."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Any

import numpy as np

from casebook.formula.operations import OPERATIONS
from casebook.formula.trees import Tree, nodes, operands_and_arguments
from casebook.record.types import FORMAT, VERSION, LineRecord, Record
from casebook.schema import typed_json
from casebook.schema.untrusted_json import is_number, unusable
from casebook.schema.wording import printable, show

HOURS = "hours.tree"
"""Where the hours of a line stand, which its money does not rest on."""


class NewerVersionError(ValueError):
    """A record that a newer casebook wrote."""


def parse(data: Any) -> Record:
    """The record that JSON stands for; keys that this version does not know are passed over.

    Raises ValueError with one line that names the first key that is wrong; for a record of a newer version
    it is NewerVersionError.
    """
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise ValueError(f"its format is not {FORMAT}")
    version = data.get("version")
    if not isinstance(version, int) or version < 1:
        raise ValueError(f"it has the version {show(version)}")
    if version > VERSION:
        message = f"written by a newer casebook (record version {version}; this one reads {VERSION})"
        raise NewerVersionError(message)
    if wrong := unusable(data):
        raise ValueError(wrong)
    record = typed_json.parse(data, Record)
    for wrong in chain(_wrong_lengths(record), _wrong_formulas(record)):
        raise ValueError(wrong)
    return record


def _wrong_lengths(record: Record) -> Iterator[str]:
    years, flow = record.years, record.cash_flow
    for name, values in (("benefits", flow.benefits), ("costs", flow.costs)):
        if len(values) > years + 1:
            yield f"cash_flow.{name} is {show(values)}; must be {years + 1} numbers, from the start on"
    for number, pool in enumerate(record.pools):
        for key, values in (("size", pool.size.value), ("claimed", pool.claimed.value)):
            if len(values) not in (1, years):
                yield f"pools.{number}.{key}.value is {show(values)}; must be one number, or {years}"
    drawing = {name for pool in record.pools for name in pool.lines}
    for number, line in enumerate(record.lines):
        if line.name in drawing and len(line.annual) != years:
            where = f"lines.{number}.annual"
            yield f"{where} is {show(line.annual)}; must be one number a year, {years} in all"
    for name, given in record.inputs.items():
        for key, value in (("value", given.value), ("low", given.low), ("high", given.high)):
            if isinstance(value, tuple) and len(value) != years:
                where = f"inputs.{printable(name)}.{key}"
                yield f"{where} is {show(value)}; must be one number a year, {years} in all"


def _wrong_formulas(record: Record) -> Iterator[str]:
    """Formulas that name what is not there, or hold what is not part of one."""
    steps: set[str] = set()  # each stands before those that use it
    for place, tree, label in formulas(record):
        for node in nodes(tree, operands_and_arguments):
            if wrong := _fault(node, record, steps):
                yield f"{place} has {wrong}"
        steps.add(label)


def formulas(record: Record) -> Iterator[tuple[str, Tree, str]]:
    """The formulas that readers evaluate, each with its place, and the label of those that are a step."""
    for number, step in enumerate(record.steps):
        yield f"steps.{number}.tree", step.tree, step.label
    for key, lines in (("lines", record.lines), ("not_in_figure", record.not_in_figure)):
        for number, line in enumerate(lines):
            if isinstance(line, LineRecord):
                trees = {"trees.start": line.trees.start, "trees.annual": line.trees.annual}
                hours = {HOURS: line.hours.tree} if line.hours else {}
                for part, tree in {**trees, "risk.tree": line.risk.tree, **hours}.items():
                    if tree is not None:
                        yield f"{key}.{number}.{part}", tree, ""


def _fault(node: Tree, record: Record, steps: set[str]) -> str | None:
    match node:
        case [str(name), *parts]:
            kind = OPERATIONS.get(name)
            if kind is None:
                return f"{show(name)}, which is not an operation"
            needed = kind.compute.nin if isinstance(kind.compute, np.ufunc) else None
            if name != "cumulative" and needed not in (None, len(parts)):
                return f"{show(name)} of {len(parts)} operands; must be {needed}"
        case {"input": str(name)}:
            return None if name in record.inputs else f"the input {show(name)}, which it does not hold"
        case {"step": str(label)}:
            return None if label in steps else f"the step {show(label)}, which does not stand before it"
        case {"computed": str(), "of": list(), "value": value} | {"number": value}:
            numbers = value if isinstance(value, list) else [value]
            if not all(map(is_number, numbers)) or not 1 <= len(numbers) <= record.years:
                return f"{show(value)} where a number must stand, or one a year"
        case {"year": True}:
            return None
        case _:
            return f"{show(node)} where a part of a formula must stand"
    return None
