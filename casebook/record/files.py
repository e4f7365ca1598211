"""The case records that reports leave in their folders: which files are records, and what is in one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from casebook.errors import InputError, Problem
from casebook.formula.trees import nodes, operands_and_arguments
from casebook.record.parsing import NewerVersionError, formulas, parse
from casebook.record.types import FORMAT, Record
from casebook.record.values import Amount
from casebook.schema import untrusted_json
from casebook.schema.wording import printable, show

MOST_NODES = 3_000
"""Inputs, numbers and operations of all formulas together; the templates have fewer than 200."""
MOST_INPUTS = 300
MOST_LINES = 300
LARGEST = 1e18
"""The largest figure, in whatever currency: sums and percentages of more could leave what can be shown."""


def candidates(folder: Path) -> Iterator[Path]:
    """The JSON files of a client's folder that may be records; hidden ones and manifests are none."""
    for path in sorted(folder.glob("*.json")):
        if path.is_file() and not path.name.startswith(".") and not path.name.endswith(".manifest.json"):
            yield path


def read_record(path: Path) -> Record:
    """The record in a file. Raises InputError where it is none, is not whole, or is a newer casebook's."""
    record = find_record(path)
    if record is None:
        raise InputError(
            [Problem(str(path), "this is not a case record", "name the .json file beside a report")]
        )
    return record


def find_record(path: Path) -> Record | None:
    """The record in a file; None for JSON that is something else. Raises InputError as `read_record` does."""
    data = untrusted_json.read_json(path)
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        return None
    try:
        record = parse(data)
        _check_size(record)
    except NewerVersionError as error:
        raise InputError([Problem(str(path), str(error), "bring casebook up to date")]) from None
    except ValueError as error:
        message = f"the record is incomplete: {error}"
        raise InputError([Problem(str(path), message, "make the report again")]) from None
    return record


def _check_size(record: Record) -> None:
    """Raise ValueError where it would take long to compute from a record."""
    for key, parts, most in (("inputs", record.inputs, MOST_INPUTS), ("lines", record.lines, MOST_LINES)):
        if len(parts) > most:
            raise ValueError(f"{key} has {len(parts):,} entries; must be at most {most}")
    if sum(1 for _, tree, _ in formulas(record) for _ in nodes(tree, operands_and_arguments)) > MOST_NODES:
        raise ValueError(f"the formulas have more than {MOST_NODES:,} numbers and operations")
    for key, value in _figures(record):
        if value is not None and np.abs(np.asarray(value, dtype=np.float64)).max(initial=0) > LARGEST:
            raise ValueError(f"{key} is {show(value)}; must be a number of at most {LARGEST:.0e}")


def _figures(record: Record) -> Iterator[tuple[str, Amount | None]]:
    """What readers compute with, by its key."""
    yield "cash_flow.benefits", record.cash_flow.benefits
    yield "cash_flow.costs", record.cash_flow.costs
    for name, figure in vars(record.result).items():
        if isinstance(figure, (int, float)):
            yield f"result.{name}", figure
    for number, pool in enumerate(record.pools):
        yield f"pools.{number}.size.value", pool.size.value
        yield f"pools.{number}.claimed.value", pool.claimed.value
    for number, line in enumerate(record.lines):
        yield f"lines.{number}.annual", line.annual
    for name, given in record.inputs.items():
        for key in ("value", "low", "high"):
            yield f"inputs.{printable(name)}.{key}", getattr(given, key)
    if record.simulation:
        for key in ("p5", "p95"):
            yield f"simulation.net_present_value.{key}", getattr(record.simulation.net_present_value, key)
    for grade, share in record.evidence.by_value.items() if record.evidence else ():
        yield f"evidence.by_value.{printable(grade)}", share
