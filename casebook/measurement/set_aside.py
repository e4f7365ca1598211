"""Whether the rows that were set aside are like the others: if they are not, what is left misleads."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import numpy as np

from casebook.i18n import Phrase
from casebook.measurement.number_notation import STRAY

FEWEST = 3
"""So many rows, at least, make a pattern."""

_SURE = 0.001
"""Chance at most that rows set aside by mere luck differ so in any of the columns."""

_MOST_ROWS = 20_000
_MOST_KINDS = 50
_FAR = 0.2
"""How far apart two groups have to be, in shares of rows: what is sure may still be too little to matter."""


CHOSEN = {"before the span", "after the span", "after the end", "another group", "asked after the end"}
"""Why rows are left out on purpose: the notebook says which ones it is about."""


class NotableReason(Phrase):
    """Why rows could not be used, where a reader must know of it however few they are.

    They are written alike, or differ from the rest in other columns: what is left is not a fair sample.
    """


def notable(reason: str, because: str) -> NotableReason:
    """A reason that a reader must know of, with why."""
    return NotableReason("{reason}; {because}", reason=reason, because=because)


def is_chosen(reason: str) -> bool:
    """Whether rows are left out on purpose."""
    part = reason.parts.get("reason") if isinstance(reason, Phrase) else None
    return is_chosen(part) if isinstance(part, str) else reason in CHOSEN


def findings(reasons: Mapping[str, int], rows: int) -> list[str]:
    """What a reader must know of rows set aside, of so many that were read: more than 1% of them, or telling.

    >>> findings({Phrase("no value"): 2, Phrase("before the span"): 90}, 100)
    ['2 of 100 rows set aside: no value']
    """
    faults = {reason: count for reason, count in reasons.items() if not is_chosen(reason)}
    many = sum(faults.values()) > STRAY * rows
    return [
        Phrase("{count} of {all} rows set aside: {reason}", count=count, all=rows, reason=reason)
        for reason, count in faults.items()
        if many or isinstance(reason, NotableReason)
    ]


def shared_form(texts: Iterable[str]) -> str | None:
    """An example of the form in which nearly all texts are written; None where they are not alike.

    >>> shared_form(["17,000.50", "7,000.50", "117,000.50"]), shared_form(["n/a"] * 9), shared_form(["1"])
    ('17,000.50', None, None)
    """
    given = list(itertools.islice(texts, _MOST_ROWS))
    forms = [re.sub(r"\d+", "9", text) for text in given]
    if len(forms) < FEWEST:
        return None
    form, count = Counter(forms).most_common(1)[0]
    return given[forms.index(form)] if "9" in form and count >= 0.8 * len(forms) else None


def difference(table: Any, aside: Any, used: Any, without: Collection[object]) -> str | None:
    """In which column the rows of `aside` differ most from those of `used`, in words; None where in none.

    Both are masks of a DataFrame's rows. Numbers and times are compared by rank (Mann and Whitney 1947), a
    word by how many rows have it (Fisher 1922); a difference counts from one in a thousand, shared among the
    columns, and where it is large as well.
    """
    if aside.sum() < FEWEST or used.sum() < FEWEST:
        return None
    few, rest = (np.flatnonzero(rows)[:: max(1, int(rows.sum()) // _MOST_ROWS)] for rows in (aside, used))
    names = [name for name in table.columns if name not in without]
    found = [_compare(str(name), table[name], few, rest) for name in names]
    sure = [each for each in found if each is not None and each[0] < _SURE / len(names)]
    return min(sure, key=lambda each: each[0])[1] if sure else None


def _compare(name: str, column: Any, few: Any, rest: Any) -> tuple[float, Phrase] | None:
    import pandas as pd

    kinds = pd.api.types
    if kinds.is_datetime64_any_dtype(column.dtype):
        return _ranked(name, column.iloc[few].dropna(), column.iloc[rest].dropna())
    if kinds.is_numeric_dtype(column.dtype) and not kinds.is_bool_dtype(column.dtype):
        numbers = column.astype("float64")
        return _ranked(name, numbers.iloc[few].dropna(), numbers.iloc[rest].dropna())
    return _counted(name, column.iloc[few].astype("str"), column.iloc[rest].astype("str"))


def _ranked(name: str, few: Any, rest: Any) -> tuple[float, Phrase] | None:
    from scipy.stats import mannwhitneyu

    if len(few) < FEWEST or len(rest) < FEWEST:
        return None
    one, other = (part.astype("int64") if part.dtype.kind == "M" else part for part in (few, rest))
    test = mannwhitneyu(one, other, method="asymptotic")
    if abs(test.statistic / len(few) / len(rest) - 0.5) < _FAR:
        return None
    here, there = (_shown(part) for part in (few, rest))
    text = "{column} is {here} in their median and {there} in that of the rest"
    return float(test.pvalue), Phrase(text, column=name, here=here, there=there)


def _shown(part: Any) -> str | float:
    if part.dtype.kind == "M":
        return str(part.sort_values().iloc[len(part) // 2].date())
    return float(f"{part.median():.3g}")


def _counted(name: str, few: Any, rest: Any) -> tuple[float, Phrase] | None:
    from scipy.stats import hypergeom

    here, there = few.value_counts(), rest.value_counts()
    if not 1 < len(there.index.union(here.index)) <= _MOST_KINDS:
        return None
    all_rows, best = len(few) + len(rest), None
    for word, count in here.items():
        before = int(there.get(word, 0))
        chance = float(hypergeom.sf(count - 1, all_rows, count + before, len(few))) * len(here)
        shares = count / len(few), before / len(rest)
        if shares[0] - shares[1] > _FAR and (best is None or chance < best[0]):
            own, others = (round(100 * share) for share in shares)
            text = "{column} is {word} in {own}% of them and in {others}% of the rest"
            best = chance, Phrase(text, column=name, word=repr(word), own=own, others=others)
    return best
