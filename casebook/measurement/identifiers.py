"""Rows that repeat the identifier of another, set aside; and identifiers that were rounded, which are not."""

from __future__ import annotations

from typing import Any

from casebook.i18n import Phrase
from casebook.measurement.sql import quoted
from casebook.schema.data import DataSource

EXACT = 2**53
"""From here on a float does not hold every whole number."""

_DIGITS_OF_EXCEL = 10**15
"""From here on a workbook keeps no more of a number than its first 15 digits."""

READ = "rows read"
"""A table of the moment; no source can have its name."""

PLACE = quoted("row of the file")


def without_repeats(connection: Any, source: DataSource, query: str) -> tuple[dict[str, int], list[str]]:
    """Make the table of a source without rows that repeat an id, the first of them kept.

    Gives the rows set aside by reason, and what a reader must know: an id that was rounded may be that of
    several rows, so that none of them is set aside.
    """
    ids, named = ", ".join(quoted(name) for name in source.id), ", ".join(source.id)
    numbered = f"select *, row_number() over () as {PLACE} from ({query})"
    connection.execute(f"create or replace temp table {quoted(READ)} as {numbered}")
    types = dict(row[:2] for row in connection.execute(f"describe {quoted(READ)}").fetchall())
    rounded = " or ".join(_rounded(quoted(name), str(types[name]), source.kind) for name in source.id)
    complete = " and ".join(f"{quoted(name)} is not null" for name in source.id)
    connection.execute(
        f"create or replace table {quoted(source.name)} as"
        f" select * exclude ({PLACE}) from {quoted(READ)} where {complete}"
        f" qualify row_number() over (partition by {ids}, case when {rounded} then {PLACE} end"
        f" order by {PLACE}) = 1 order by {PLACE}"
    )
    exact = f"{complete} and not ({rounded})"
    rows, whole, sure, distinct, vague, shared, example = connection.execute(
        f"select count(*), count(*) filter (where {complete}), count(*) filter (where {exact}),"
        f" (select count(*) from (select distinct * exclude ({PLACE}) from {quoted(READ)} where {exact})),"
        f" count(*) filter (where {complete} and ({rounded})),"
        f" count(*) filter (where {complete} and ({rounded}))"
        f" - count(distinct ({ids})) filter (where {complete} and ({rounded})),"
        f" min(concat_ws(', ', {ids})) filter (where {rounded}) from {quoted(READ)}"
    ).fetchall()[0]
    kept = connection.execute(f"select count(*) from {quoted(source.name)}").fetchall()[0][0]
    connection.execute(f"drop table {quoted(READ)}")
    other = "repeats the {column} of another row with other values (the first is kept)"
    reasons = {
        Phrase("no {column}", column=named): rows - whole,
        Phrase("repeats a row in all its values"): sure - distinct,
        Phrase(other, column=named): distinct - (kept - vague),
    }
    remarks = _rounding_remark(named, rows, vague, shared, example)
    return {reason: count for reason, count in reasons.items() if count}, remarks


def _rounded(column: str, kind: str, source: str) -> str:
    """SQL: whether an identifier lost digits before it came here, as a float or in a spreadsheet."""
    if kind in ("DOUBLE", "FLOAT"):
        return f"coalesce(abs({column}) >= {EXACT}, false)"
    if kind == "VARCHAR":
        return f"coalesce(regexp_full_match({column}, '\\d([.,]\\d*)?[eE][+]?\\d+'), false)"
    if source == "excel" and kind in ("BIGINT", "HUGEINT"):
        return f"coalesce(abs({column}) >= {_DIGITS_OF_EXCEL}, false)"
    return "false"


def _rounding_remark(named: str, rows: int, vague: int, shared: int, example: str | None) -> list[str]:
    if not vague:
        return []
    text = (
        "{column}: {count} of {all} values were rounded before export, such as {example}; no row is set"
        " aside for repeating one of them ({shared} do)"
    )
    parts = {"count": vague, "all": rows, "shared": shared}
    return [Phrase(text, column=named, example=str(example), **parts)]
