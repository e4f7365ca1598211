"""Rows that sum up the others, as reports and spreadsheets have them, which are not rows of data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from casebook.i18n import Phrase
from casebook.measurement.number_notation import is_number, text_of
from casebook.measurement.set_aside import NotableReason
from casebook.measurement.sql import quoted, quoted_text

KINDS = ("csv", "tsv", "excel")
"""Where people read the rows as well; a database holds no such rows."""

_LABEL = quoted_text(
    r"(?i)\s*(?:"
    r"(?:grand|sub|overall|sous)?[ -]?total\b.{0,30}|.{0,30}\btotals?\s*:?|total[ei]|totaal|sum\s*:?"
    r"|(?:gesamt|zwischen|teil|end)?summe\b.{0,30}|(?:gesamt|end|.{0,30}[ -])ergebnis\s*:?"
    r"|(?:ins)?gesamt\s*:?"
    r"|somme\b.{0,30}|suma|soma|[Σ∑]|average|durchschnitt|mittelwert|moyenne"
    r")\s*"
)
_ENOUGH = 10
"""With fewer rows, one may be the sum of the others by chance."""

_ALIKE = 1e-9
_NUMBERS = ("BIGINT", "DOUBLE", "INTEGER", "HUGEINT")

SUMS_UP = NotableReason("sums up other rows")


@dataclass(frozen=True)
class Totals:
    """The rows of a relation that sum up others."""

    rows: int
    """Of the whole relation."""
    condition: str = "false"
    """SQL that holds for those that are set aside."""
    count: int = 0
    uncertain: tuple[str, ...] = ()
    """What a reader must know of such rows that were kept."""


def find_totals(connection: Any, relation: str, types: Mapping[str, str], ids: Sequence[str]) -> Totals:
    """The rows that sum up others.

    A row does where it calls itself a total or equals the sum of all others in a column, holds besides
    nothing but numbers, and lacks what other rows have. One for which only part of this holds is kept,
    and reported.
    """
    numbers = [name for name, kind in types.items() if kind in _NUMBERS and name not in ids]
    labels = {
        quoted(name): f"coalesce(regexp_full_match({quoted(name)}, {_LABEL}), false)"
        for name, kind in types.items()
        if kind == "VARCHAR"
    }
    sums = [f"sum({quoted(name)}), max({quoted(name)}), count(nullif({quoted(name)}, 0))" for name in numbers]
    label = f"({' or '.join(labels.values()) or 'false'})"
    rows, labelled, *ends = connection.execute(
        f"select count(*), count(*) filter (where {label}), {', '.join(sums) or '0'} from {relation}"
    ).fetchall()[0]
    equal = [
        f"coalesce(abs(2 * {quoted(name)} - {total!r}) <= {_ALIKE * abs(total)!r}, false)"
        for name, total, most, filled in zip(numbers, ends[::3], ends[1::3], ends[2::3], strict=False)
        if filled > 3 and total and abs(2 * most - total) <= _ALIKE * abs(total)
    ]
    if not labelled and not equal:
        return Totals(rows)
    aside, kept = _conditions(types, label, labels, equal, rows)
    text = f"concat_ws(', ', {', '.join(map(quoted, types))})"
    count, doubtful, example = connection.execute(
        f"select count(*) filter (where {aside}), count(*) filter (where {kept}),"
        f" min({text}) filter (where {kept}) from {relation}"
    ).fetchall()[0]
    doubt = Phrase(
        "{count} of {all} rows counted although they may sum up others, such as {example}",
        count=doubtful,
        all=rows,
        example=repr(example[:60]) if example else "",
    )
    return Totals(rows, aside, count, (doubt,) if doubtful else ())


def _conditions(
    types: Mapping[str, str], label: str, labels: Mapping[str, str], equal: Sequence[str], rows: int
) -> tuple[str, str]:
    """SQL that holds for rows that are not data, and for those that may be none and are kept."""
    others = [quoted(name) for name, kind in types.items() if kind not in _NUMBERS]
    # Text that is a number stands in a column where something else is none.
    idle = {cell: f"({test} or coalesce({is_number(text_of(cell))}, false))" for cell, test in labels.items()}
    empty = " and ".join(f"({cell} is null or {idle.get(cell, 'false')})" for cell in others) or "false"
    lacking = " or ".join(f"{quoted(name)} is null" for name in types)
    is_equal = f"({' or '.join(equal) or 'false'})"
    aside = f"(({label} and {is_equal}) or (({empty}) and ({lacking}) and ({label} or {is_equal})))"
    return aside, f"not {aside} and (({label} and {empty}) or ({is_equal} and {rows} >= {_ENOUGH}))"
