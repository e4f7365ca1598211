"""Columns as times in UTC: by a format or as ISO 8601, and without dates that nobody can mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from casebook.errors import CaseError
from casebook.i18n import Phrase
from casebook.measurement.number_notation import STRAY
from casebook.measurement.set_aside import shared_form
from casebook.measurement.sql import quoted, quoted_text
from casebook.schema.data import DataSource

_OFFSET = r"([Zz]|[+-]\d{2}(?::?\d{2})?)"
_ISO = (
    rf"^\s*(\d{{4}}-\d{{2}}-\d{{2}}(?:[T ]\d{{2}}:\d{{2}}(?::\d{{2}}(?:[.,]\d{{1,9}})?)?)?)\s*{_OFFSET}?\s*$"
)
_SAMPLE = 1_000

_YEARS = range(1900, 2100)
"""A date of another year is a slip of the pen or stands for none."""

_PLACEHOLDERS = {"1900-01-01", "1901-01-01", "1970-01-01", "2079-06-06", "2099-12-31"}
"""What programs write where there is no date; taken for one where no other date is near it."""

_ORDINARY = 10
"""Dates no more years apart than this need no closer look."""

_DAY = len("2026-01-31")


@dataclass
class Times:
    """The columns of a relation that are times."""

    values: dict[str, str] = field(default_factory=dict)
    """Each as SQL."""
    remarks: list[str] = field(default_factory=list)
    """Values that could not be read, or that stand for none."""
    findings: list[str] = field(default_factory=list)
    """What of it a reader must know."""

    def remark(self, text: str, *, is_finding: bool) -> None:
        """Note something, as a finding where a reader must know of it."""
        self.remarks.append(text)
        if is_finding:
            self.findings.append(text)


def find_times(
    connection: Any, source: DataSource, relation: str, types: Mapping[str, str], label: str
) -> Times:
    """The columns of a relation that hold times. Raises CaseError where a format fits no value."""
    zone = source.options.get("timezone")
    texts = [name for name, kind in types.items() if kind == "VARCHAR" and name not in source.dates]
    iso = _all_iso(connection, relation, texts, zone)
    found = Times()
    for name, kind in types.items():
        column = quoted(name)
        if kind.startswith(("TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ")):
            found.values[name] = f"timezone('UTC', {column})"
        elif kind.startswith("TIMESTAMP"):
            found.values[name] = _in_utc(f"{column}::timestamp", zone)
        elif kind == "DATE":
            found.values[name] = column
        elif name in source.dates:
            time = _Time(f"{column}::varchar", source.dates[name], zone)
            _check(connection, relation, name, time, f"{label}, column {name}", found)
            found.values[name] = time.value
        elif name in iso:
            found.values[name] = _Time(column, None, zone).value
    _without_implausible(connection, relation, found)
    return found


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
            time = _parsed(body, form.rstrip()[:-2].rstrip())
            self.offset = f"regexp_extract({text}, {end}, 1)"
        else:
            time = _parsed(self.given, form)
            self.offset = "''"
        digits = f"replace({self.offset}, ':', '')"
        hours = f"coalesce(try_cast(substr({digits}, 2, 2) as integer), 0)"
        minutes = f"coalesce(try_cast(substr({digits}, 4, 2) as integer), 0)"
        sign = f"(case when {self.offset} like '-%' then -1 else 1 end)"
        shifted = f"{time} - to_minutes({sign} * ({hours} * 60 + {minutes}))"
        self.value = f"(case when {self.offset} <> '' then {shifted} else {_in_utc(time, zone)} end)"


def _parsed(text: str, form: str) -> str:
    """A time by a format; %Y takes the year 24 for one as well, which is not what was meant by 24."""
    time = f"try_strptime({text}, {quoted_text(form)})::timestamp"
    return f"(case when {time} >= timestamp '1000-01-01' then {time} end)" if "%Y" in form else time


def _all_iso(connection: Any, relation: str, names: list[str], zone: str | None) -> set[str]:
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
            f"select {', '.join(parts)} from (select * from {relation} {limit})"
        ).fetchone()
        names = [name for name, holds in zip(names, row, strict=True) if holds]
    return set(names)


def _check(connection: Any, relation: str, name: str, time: _Time, label: str, result: Times) -> None:
    """Raise CaseError where a column can't be read as times as a whole; remark on single values."""
    given, read, with_offset, example, unread = connection.execute(
        f"select count({time.given}), count({time.value}), count(nullif({time.offset}, '')),"
        f" min({time.given}) filter (where {time.value} is null),"
        f" list({time.given}) filter (where {time.value} is null and {time.given} is not null)[:{_SAMPLE}]"
        f" from {relation}"
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
        alike = shared_form(unread) is not None
        result.remark(remark, is_finding=alike or given - read > STRAY * given)


def _without_implausible(connection: Any, relation: str, result: Times) -> None:
    """Take the dates out of columns of times that nobody can mean, and report them."""
    if not result.values:
        return
    ends = [f"min({value})::date::varchar, max({value})::date::varchar" for value in result.values.values()]
    row = connection.execute(f"select {', '.join(ends)} from {relation}").fetchone()
    for position, (name, value) in enumerate(list(result.values.items())):
        first, last = row[2 * position : 2 * position + 2]
        if first is None or _is_ordinary(first, last):
            continue
        year = f"year({value})"
        years = connection.execute(
            f"select {year}, count(*), min({value})::date::varchar, max({value})::date::varchar"
            f" from {relation} where {value} is not null group by 1 order by 1"
        ).fetchall()
        wrong = implausible_years(years)
        if wrong:
            remark = Phrase(
                "{column}: {count} of {all} dates treated as missing, such as {example}: placeholders, "
                "or far from all others",
                column=name,
                count=sum(row[1] for row in years if row[0] in wrong),
                all=sum(row[1] for row in years),
                example=next(row[2] for row in years if row[0] in wrong),
            )
            result.remark(remark, is_finding=True)
            result.values[name] = f"(case when {year} not in ({', '.join(map(str, wrong))}) then {value} end)"


def _is_ordinary(first: str, last: str) -> bool:
    """Whether the dates of a column lie so near to each other that none stands out."""
    years = [int(end[:4]) for end in (first, last) if len(end) == _DAY]
    near = len(years) == 2 and years[1] - years[0] <= _ORDINARY and {*years} <= {*_YEARS}
    return near and not _PLACEHOLDERS & {first, last}


def implausible_years(years: Sequence[tuple[int, int, str, str]]) -> list[int]:
    """The years of a column whose dates nobody can mean; each comes with its rows, first and last date.

    >>> events = [(2022, 300, "2022-01-01", "2022-12-31"), (2023, 310, "2023-01-01", "2023-12-31")]
    >>> implausible_years([*events, (9999, 40, "9999-12-31", "9999-12-31")])
    [9999]
    >>> implausible_years([(1970, 9, "1970-01-01", "1970-01-01"), *events, (2052, 1, "2052-03-01", "")])
    [1970, 2052]
    """
    known = {year for year, *_ in years}
    wrong = {
        year
        for year, _, first, last in years
        if year not in _YEARS
        or (first == last and first in _PLACEHOLDERS and not known & {year - 1, year + 1})
    }
    rows = {year: count for year, count, *_ in years if year not in wrong}
    if rows:
        low = high = max(rows, key=lambda year: rows[year])
        for year in sorted(rows, key=lambda year: abs(year - low)):
            reach = max(_ORDINARY, 3 * (high - low + 1))
            if low - reach <= year <= high + reach:
                low, high = min(low, year), max(high, year)
        far = [year for year in rows if not low <= year <= high]
        if sum(rows[year] for year in far) <= max(1, STRAY * sum(rows.values())):
            wrong |= {*far}
    return sorted(wrong)
