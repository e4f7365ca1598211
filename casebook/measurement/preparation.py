"""From what stands in a source to a table: columns renamed, numbers and times read, no row counted twice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from casebook.errors import CaseError
from casebook.measurement import number_notation
from casebook.measurement.identifiers import EXACT, without_repeats
from casebook.measurement.origin import no_column
from casebook.measurement.set_aside import findings
from casebook.measurement.sql import quoted
from casebook.measurement.times import find_times
from casebook.measurement.totals import KINDS, SUMS_UP, Totals, find_totals
from casebook.schema.data import DataSource
from casebook.schema.wording import listed

_SAMPLE = 1_000


@dataclass(frozen=True)
class PreparedTable:
    """What became of the rows of a source."""

    rows_read: int
    set_aside: Mapping[str, int]
    """Rows that the table does not hold, by the reason."""
    remarks: tuple[str, ...]
    """Values that could not be read as times."""
    findings: tuple[str, ...]
    """What a reader must know, whether or not a template shows it."""
    unreadable: Mapping[str, str]
    """Columns of numbers that can't be told in one way only, which stay text; each with what to write."""


def prepare(connection: Any, source: DataSource, raw: str, label: str) -> PreparedTable:
    """Make the table `source.name` from the table `raw`."""
    types = _renamed(connection, source, raw, label)
    for name in (*source.dates, *source.id, *filter(None, source.decimals)):
        if name not in types:
            raise CaseError(no_column(name, list(types), label))
    values = {name: quoted(source.original(name)) for name in types}
    view = _view(connection, f"named {source.name}", values, quoted(raw))
    numbers, unreadable = _numbers(connection, source, view, types)
    values = {name: numbers.get(name, quoted(name)) for name in types}
    view = _view(connection, f"numbered {source.name}", values, view)
    types |= dict.fromkeys(numbers, "DOUBLE")
    totals = _totals(connection, source, view, types)
    if not totals.rows:
        raise CaseError(f"{label} has no rows, only the columns {listed(types)}")
    if totals.count:
        view = f"(select * from {view} where not {totals.condition})"
    times = find_times(connection, source, view, types, label)
    whole = _whole(connection, source, view, types)
    values = {name: times.values.get(name) or whole.get(name, quoted(name)) for name in types}
    query = f"select {_selected(values)} from {view}"
    aside: dict[str, int] = {SUMS_UP: totals.count} if totals.count else {}
    source_findings = [*totals.uncertain, *times.findings]
    if source.id:
        repeated, rounded = without_repeats(connection, source, query)
        aside |= repeated
        source_findings += rounded
    else:
        connection.execute(f"create or replace view {quoted(source.name)} as {query}")
    known = (*findings(aside, totals.rows), *source_findings)
    return PreparedTable(totals.rows, aside, tuple(times.remarks), known, unreadable)


def _view(connection: Any, name: str, values: Mapping[str, str], relation: str) -> str:
    """Make a view of these values by name; gives its name for SQL."""
    connection.execute(f"create or replace view {quoted(name)} as select {_selected(values)} from {relation}")
    return quoted(name)


def _selected(values: Mapping[str, str]) -> str:
    return ", ".join(f"{value} as {quoted(name)}" for name, value in values.items())


def _renamed(connection: Any, source: DataSource, raw: str, label: str) -> dict[str, str]:
    """The type of each column by the name that it has in the notebook."""
    types = {str(row[0]): str(row[1]) for row in connection.execute(f"describe {quoted(raw)}").fetchall()}
    news = {old: new for new, old in source.columns.items()}
    for old in news:
        if old not in types:
            raise CaseError(no_column(old, list(types), label))
    names = [news.get(name, name) for name in types]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise CaseError(f"{label}: two columns would be called {listed(twice)}\n  hint: look at columns:")
    return dict(zip(names, types.values(), strict=True))


def _numbers(
    connection: Any, source: DataSource, view: str, types: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, str]]:
    """The text columns of a file whose values are all numbers, as SQL; and those that nobody can read.

    What a file of digits says is a number already, and a database's text is one on purpose.
    """
    if source.kind not in KINDS:
        return {}, {}
    names = [name for name, kind in types.items() if kind == "VARCHAR" and name not in source.dates]
    names = [name for name in names if name not in source.id]
    for limit in (_SAMPLE, 0):
        found = number_notation.profiles(connection, view, names, limit)
        names = [name for name in names if found[name].numbers == found[name].given]
    found = {name: found[name] for name in names if found[name].plain < found[name].given}
    numbers: dict[str, str] = {}
    unreadable: dict[str, str] = {}
    for name, profile in found.items():
        try:
            written = profile.notation(name, source.decimal_of(name))
        except number_notation.NotationError as error:
            unreadable[name] = str(error)
            continue
        if profile.all_fit(written):
            numbers[name] = written.value(number_notation.text_of(quoted(name)))
    return numbers, unreadable


def _totals(connection: Any, source: DataSource, view: str, types: Mapping[str, str]) -> Totals:
    if source.kind in KINDS:
        return find_totals(connection, view, types, source.id)
    return Totals(connection.execute(f"select count(*) from {view}").fetchall()[0][0])


def _whole(connection: Any, source: DataSource, view: str, types: dict[str, str]) -> dict[str, str]:
    """Whole numbers as pandas is to have them: those too long for a float as text, others as numbers."""
    values: dict[str, str] = {}
    for name, kind in types.items():
        column = quoted(name)
        if name in source.id and kind == "VARCHAR" and source.kind in ("csv", "tsv"):
            number = f"try_cast({column} as bigint)"
            # 007 is another than 7.
            same = f"coalesce({number}::varchar = {column}, {column} is null)"
            if connection.execute(f"select bool_and({same}) from {view}").fetchall()[0][0]:
                values[name] = number
        elif kind.startswith(("HUGEINT", "UHUGEINT", "DECIMAL")):
            is_whole = not kind.startswith("DECIMAL") or kind.endswith(",0)")
            longest = f"select max(abs({column})) >= {EXACT} from {view}"
            is_long = is_whole and connection.execute(longest).fetchall()[0][0]
            values[name] = f"{column}::{'varchar' if is_long else 'double'}"
    return values
