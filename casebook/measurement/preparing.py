"""From what stands in a source to a table: columns renamed, times in UTC, repeated rows set aside."""

from __future__ import annotations

from typing import Any

from casebook.errors import CaseError
from casebook.measurement.files import quoted, quoted_text
from casebook.parameters.data import DataSource
from casebook.reading.wording import closest, listed
from casebook.words import Phrase

_OFFSET = r"([Zz]|[+-]\d{2}(?::?\d{2})?)"
_ISO = (
    rf"^\s*(\d{{4}}-\d{{2}}-\d{{2}}(?:[T ]\d{{2}}:\d{{2}}(?::\d{{2}}(?:[.,]\d{{1,9}})?)?)?)\s*{_OFFSET}?\s*$"
)
_SAMPLE = 1_000

READ = "rows read"
"""A table of the moment; no source can have its name."""

PLACE = quoted("row of the file")


def prepare(connection: Any, source: DataSource, raw: str, label: str) -> dict[str, Any]:
    """Make the table `source.name` from the table `raw`.

    Gives the rows read, those set aside by reason, and remarks on values that could not be read as times.
    """
    types = _renamed(connection, source, raw, label)
    for name in (*source.dates, *source.id):
        _require(name, list(types), label)
    rows = connection.execute(f"select count(*) from {quoted(raw)}").fetchone()[0]
    if not rows:
        raise CaseError(f"{label} has no rows, only the columns {listed(types)}")
    view = f"named {source.name}"
    originals = {new: source.columns.get(new, new) for new in types}
    renamed = ", ".join(f"{quoted(old)} as {quoted(new)}" for new, old in originals.items())
    connection.execute(f"create or replace view {quoted(view)} as select {renamed} from {quoted(raw)}")
    expressions, remarks = _expressions(connection, source, view, types, label)
    selected = ", ".join(f"{text} as {quoted(name)}" for name, text in expressions.items())
    query = f"select {selected} from {quoted(view)}"
    set_aside: dict[str, int] = {}
    if source.id:
        set_aside = _without_repeats(connection, source, query, rows)
    else:
        connection.execute(f"create or replace view {quoted(source.name)} as {query}")
    return {"rows_read": rows, "set_aside": set_aside, "remarks": tuple(remarks)}


def _renamed(connection: Any, source: DataSource, raw: str, label: str) -> dict[str, str]:
    """The type of each column by the name that it has in the notebook."""
    types = {str(row[0]): str(row[1]) for row in connection.execute(f"describe {quoted(raw)}").fetchall()}
    news = {old: new for new, old in source.columns.items()}
    for old in news:
        _require(old, list(types), label)
    names = [news.get(name, name) for name in types]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise CaseError(f"{label}: two columns would be called {listed(twice)}\n  hint: look at columns:")
    return dict(zip(names, types.values(), strict=True))


def _require(name: str, names: list[str], label: str) -> None:
    if name not in names:
        match = closest(name, names)
        hint = f"did you mean '{match}'? Its" if match else "its"
        raise CaseError(f"{label} has no column '{name}'\n  hint: {hint} columns are {listed(names)}")


def _expressions(
    connection: Any, source: DataSource, view: str, types: dict[str, str], label: str
) -> tuple[dict[str, str], list[str]]:
    """Each column as SQL, times in UTC."""
    zone = source.options.get("timezone")
    texts = [name for name, kind in types.items() if kind == "VARCHAR" and name not in source.dates]
    iso = _all_iso(connection, view, texts, zone)
    found: dict[str, str] = {}
    remarks: list[str] = []
    for name, kind in types.items():
        column = quoted(name)
        if kind.startswith(("TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ")):
            found[name] = f"timezone('UTC', {column})"
        elif kind.startswith("TIMESTAMP"):
            found[name] = _in_utc(f"{column}::timestamp", zone)
        elif name in source.dates and kind != "DATE":
            expression = _Time(f"{column}::varchar", source.dates[name], zone)
            _check_times(connection, view, name, expression, f"{label}, column {name}", remarks)
            found[name] = expression.value
        elif name in iso:
            found[name] = _Time(column, None, zone).value
        elif kind.startswith(("DECIMAL", "HUGEINT", "UHUGEINT")):
            found[name] = f"{column}::double"
        else:
            found[name] = column
    return found, remarks


def _in_utc(time: str, zone: str | None) -> str:
    return time if zone is None else f"timezone('UTC', timezone({quoted_text(zone)}, {time}))"


class _Time:
    """A text column read as times: by a format, or as ISO 8601. The offset is read apart, in any form."""

    def __init__(self, text: str, form: str | None, zone: str | None) -> None:
        self.given = f"nullif(trim({text}), '')"
        self.zoned = zone is not None
        if form is None:
            pattern = quoted_text(_ISO)
            body = f"replace(replace(regexp_extract({text}, {pattern}, 1), 'T', ' '), ',', '.')"
            time = f"try_cast(nullif({body}, '') as timestamp)"
            self.offset = f"regexp_extract({text}, {pattern}, 2)"
        elif form.rstrip().endswith("%z"):
            end = quoted_text(rf"\s*{_OFFSET}\s*$")
            body = f"trim(regexp_replace({text}, {end}, ''))"
            time = f"try_strptime({body}, {quoted_text(form.rstrip()[:-2].rstrip())})::timestamp"
            self.offset = f"regexp_extract({text}, {end}, 1)"
        else:
            time = f"try_strptime({self.given}, {quoted_text(form)})::timestamp"
            self.offset = "''"
        digits = f"replace({self.offset}, ':', '')"
        hours = f"coalesce(try_cast(substr({digits}, 2, 2) as integer), 0)"
        minutes = f"coalesce(try_cast(substr({digits}, 4, 2) as integer), 0)"
        sign = f"(case when {self.offset} like '-%' then -1 else 1 end)"
        shifted = f"{time} - to_minutes({sign} * ({hours} * 60 + {minutes}))"
        self.value = f"(case when {self.offset} <> '' then {shifted} else {_in_utc(time, zone)} end)"


def _all_iso(connection: Any, view: str, names: list[str], zone: str | None) -> set[str]:
    """The text columns in which every value is a time in ISO 8601, all with an offset or all without."""
    for limit in (f"limit {_SAMPLE}", ""):
        if not names:
            return set()
        times = [_Time(quoted(name), None, zone) for name in names]
        parts = [
            f"count({time.given}) > 0 and count({time.given}) = count({time.value})"
            + ("" if time.zoned else f" and count(nullif({time.offset}, '')) in (0, count({time.given}))")
            for time in times
        ]
        row = connection.execute(
            f"select {', '.join(parts)} from (select * from {quoted(view)} {limit})"
        ).fetchone()
        names = [name for name, holds in zip(names, row, strict=True) if holds]
    return set(names)


def _check_times(connection: Any, view: str, name: str, time: _Time, label: str, remarks: list[str]) -> None:
    """Raise CaseError where a column can't be read as times as a whole; remark on single values."""
    given, read, with_offset, example = connection.execute(
        f"select count({time.given}), count({time.value}), count(nullif({time.offset}, '')),"
        f" min({time.given}) filter (where {time.value} is null) from {quoted(view)}"
    ).fetchone()
    hint = f"write its format: dates: {{{name}: '%d.%m.%Y %H:%M'}}"
    if given and not read:
        raise CaseError(f"{label}: no value is a time in that format, such as {example!r}\n  hint: {hint}")
    if 0 < with_offset < read and not time.zoned:
        raise CaseError(
            f"{label}: {with_offset:,} times have an offset like -0800, {read - with_offset:,} have none\n"
            "  hint: say what those without are in, as timezone: Europe/Berlin"
        )
    if read < given:
        remark = Phrase(
            "{column}: {count} of {all} values are no time, such as {example}",
            column=name,
            count=given - read,
            all=given,
            example=repr(example),
        )
        remarks.append(remark)


def _without_repeats(connection: Any, source: DataSource, query: str, rows: int) -> dict[str, int]:
    """Make the table without rows that repeat an id, the first of them kept; counts them by the reason."""
    ids = ", ".join(quoted(name) for name in source.id)
    named = ", ".join(source.id)
    numbered = f"select *, row_number() over () as {PLACE} from ({query})"
    connection.execute(f"create or replace temp table {quoted(READ)} as {numbered}")
    complete = " and ".join(f"{quoted(name)} is not null" for name in source.id)
    connection.execute(
        f"create or replace table {quoted(source.name)} as"
        f" select * exclude ({PLACE}) from {quoted(READ)} where {complete}"
        f" qualify row_number() over (partition by {ids} order by {PLACE}) = 1 order by {PLACE}"
    )
    whole, distinct = connection.execute(
        f"select (select count(*) from {quoted(READ)} where {complete}),"
        f" (select count(*) from (select distinct * exclude ({PLACE}) from {quoted(READ)} where {complete}))"
    ).fetchone()
    kept = connection.execute(f"select count(*) from {quoted(source.name)}").fetchone()[0]
    connection.execute(f"drop table {quoted(READ)}")
    reasons = {
        Phrase("no {column}", column=named): rows - whole,
        Phrase("repeats a row in all its values"): whole - distinct,
        Phrase(
            "repeats the {column} of another row with other values (the first is kept)", column=named
        ): distinct - kept,
    }
    return {reason: count for reason, count in reasons.items() if count}
