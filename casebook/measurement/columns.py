"""Columns as numbers or times: what can't be read as one is counted, and never passed over in silence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from casebook.errors import CaseError
from casebook.i18n import Phrase
from casebook.measurement.number_notation import NotationError, read
from casebook.measurement.origin import origin_of
from casebook.measurement.set_aside import NotableReason, difference, is_chosen, notable, shared_form

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Reasons = dict[str, int]

NO_VALUE = Phrase("no value")
NO_TIME = Phrase("no time")
_OFFSET = r"(?:[Zz]|[+-]\d{2}(?::?\d{2})?)"
_ISO = rf"^\s*\d{{4}}-\d{{2}}-\d{{2}}(?:[T ]\d{{2}}:\d{{2}}(?::\d{{2}}(?:[.,]\d{{1,9}})?)?\s*{_OFFSET}?)?\s*$"


_TRUTHS = {
    **dict.fromkeys(("yes", "y", "true", "t", "1", "ja", "j", "wahr", "oui", "vrai"), 1.0),
    **dict.fromkeys(("no", "n", "false", "f", "0", "nein", "falsch", "non", "faux"), 0.0),
}
"""Words that stand for true and false."""


class Column:
    """The values of one column, with the reason why a row has none that can be used."""

    def __init__(self, values: Any, what: str) -> None:
        import pandas as pd

        if isinstance(values, pd.DataFrame):
            raise CaseError(f"{what}: must be one column, not a table\n  hint: write table['name']")
        if isinstance(values, (str, bytes)) or np.ndim(values) != 1:
            raise CaseError(f"{what}: must be a column or a list, not {_shown(values)}")
        self._origin = origin_of(values)
        self._name = getattr(values, "name", None)
        self._index = getattr(values, "index", None)
        self.what = f"{self._origin.describe(self._name)}: {what}" if self._origin else what
        self.series = (
            values.reset_index(drop=True) if isinstance(values, pd.Series) else pd.Series(list(values))
        )
        self.reasons: dict[str, Mask] = {}
        self.usable: Mask = np.ones(len(self.series), dtype=bool)
        if not len(self.series):
            raise CaseError(
                f"{self.what}: there are no rows\n  hint: look at the source, or at the condition before it"
            )

    def drop(self, rows: Mask, reason: str) -> None:
        """Set rows aside, those that have no reason yet."""
        found = np.asarray(rows, dtype=bool) & self.usable
        if found.any():
            self.reasons[reason] = found
            self.usable &= ~found

    def numbers(self) -> Array:
        """All values as floats; those that are not usable are NaN or infinite."""
        import pandas as pd

        series = self.series
        if pd.api.types.is_datetime64_any_dtype(series.dtype) or pd.api.types.is_timedelta64_dtype(
            series.dtype
        ):
            raise CaseError(f"{self.what}: must be numbers, not times")
        if pd.api.types.is_bool_dtype(series.dtype) or pd.api.types.is_numeric_dtype(series.dtype):
            values = series.to_numpy(dtype=np.float64, na_value=np.nan)
            self.drop(np.isnan(values), NO_VALUE)
        else:
            missing = _missing(series)
            values = self._from_texts(series.where(~missing))
            self.drop(missing, NO_VALUE)
            hint = "name a column of numbers; or list the texts that stand for no value under missing:"
            self._drop_unread(np.isnan(values), Phrase("no number"), hint)
        self.drop(~np.isfinite(values), Phrase("not finite, as after a division by zero"))
        return np.asarray(values)

    def truths(self) -> Array:
        """All values as 1 and 0, also those of words such as yes and no; what is neither is set aside."""
        words = self.series.map(
            lambda value: _TRUTHS.get(value.strip().casefold()) if isinstance(value, str) else None
        )
        is_text = _is_text(self.series)
        if not words.notna().any() or not is_text.any():
            return self.numbers()
        missing = _missing(self.series)
        values = words.to_numpy(dtype=np.float64, na_value=np.nan)
        self.drop(missing, NO_VALUE)
        odd = self.series[~missing & words.isna()]
        if len(odd):
            self.drop(
                words.isna(), Phrase("neither yes nor no, such as {value}", value=repr(str(odd.iloc[0])[:40]))
            )
        return np.asarray(values)

    def _from_texts(self, series: Any) -> Array:
        """Numbers from texts, in the notation of the whole column; other values stand for themselves."""
        import pandas as pd

        is_text = _is_text(series)
        plain = pd.to_numeric(series.where(~is_text), errors="coerce")
        values = np.array(plain.to_numpy(np.float64, na_value=np.nan))
        if is_text.any():
            texts = whole = series[is_text].astype(object)
            table, declared = None, None
            if self._origin:
                table, declared = self._origin.table, self._origin.decimal_of(self._name)
            if table is not None and self._name in table.columns:
                whole = table[self._name][_is_text(table[self._name])].astype(object)
            try:
                values[is_text] = read(texts, whole, str(self._name), declared)
            except NotationError as error:
                raise CaseError(f"{self.what}: {error}") from None
        return values

    def times(self) -> Any:
        """All values as a Series of times in UTC, NaT where there is none."""
        import pandas as pd

        series = self.series
        if pd.api.types.is_datetime64_any_dtype(series.dtype):
            times = series.dt.tz_convert(None) if getattr(series.dt, "tz", None) is not None else series
            self.drop(times.isna().to_numpy(), NO_TIME)
            return times
        if pd.api.types.is_numeric_dtype(series.dtype) and not series.isna().all():
            raise CaseError(f"{self.what}: must be times, not numbers")
        missing = _missing(series)
        text = series.where(~missing).astype("str").str.strip()
        iso = text.str.match(_ISO).fillna(False).astype(bool) & ~missing
        self._refuse_mixed(text[iso])
        times = pd.to_datetime(text.where(iso), format="ISO8601", utc=True, errors="coerce").dt.tz_convert(
            None
        )
        self.drop(missing.to_numpy(), NO_TIME)
        hint = "name the format where the source is named: dates: {column: '%d.%m.%Y'}"
        self._drop_unread(times.isna().to_numpy(), Phrase("no ISO date"), hint)
        return times

    def _refuse_mixed(self, text: Any) -> None:
        with_offset = text.str.contains(rf":\d{{2}}(?:[.,]\d+)?\s*{_OFFSET}\s*$", regex=True)
        if with_offset.any() and not with_offset.all():
            raise CaseError(
                f"{self.what}: {int(with_offset.sum()):,} times have an offset such as -0800 and "
                f"{int((~with_offset).sum()):,} have none, so they can't be compared\n"
                "  hint: give the time zone of the latter where the source is declared: "
                "timezone: Europe/Berlin"
            )

    def _drop_unread(self, unread: Mask, kind: str, hint: str | None = None) -> None:
        """Set aside what can't be read; where nothing can, that is a mistake and no dirt."""
        found = unread & self.usable
        if not found.any():
            return
        given = self.series[found]
        example = _shown(given.iloc[0])
        if found.sum() == self.usable.sum():
            raise CaseError(
                f"{self.what}: {kind} in any row, such as {example}" + (f"\n  hint: {hint}" if hint else "")
            )
        reason = Phrase("{what}, such as {example}", what=kind, example=example)
        alike = shared_form(value for value in given if isinstance(value, str))
        if alike is not None:
            reason = notable(reason, Phrase("written alike, as {example}", example=_shown(alike)))
        self.drop(found, reason)

    def compared(self, reason: str, aside: Mask, used: Mask) -> str:
        """A reason, with the column in which its rows differ most from those used, where there is one."""
        table = None if is_chosen(reason) else self._rows_of_table()
        because = None if table is None else difference(table, aside, used, {self._name})
        return reason if because is None else notable(reason, because)

    def _rows_of_table(self) -> Any:
        """The rows of the source, one for each value; None where that can't be determined."""
        table = self._origin.table if self._origin else None
        if table is None or self._index is None or table.index.equals(self._index):
            return table
        if self._name not in table.columns or not self._index.isin(table.index).all():
            return None
        # A part of a column, unless its rows were numbered anew.
        part = table.loc[self._index]
        return part if part[self._name].reset_index(drop=True).equals(self.series) else None


def usable_rows(
    columns: Sequence[tuple[str, Column]] | Column, *, least: int = 1, among: Mask | None = None
) -> tuple[Mask, Reasons]:
    """The rows that all columns can use, and how many are set aside for each reason; `among`: of some rows.

    A row with several reasons counts under the first; a column's name, where it has one, stands in its
    reasons. Raises CaseError where fewer than `least` rows are left.
    """
    found = [("", columns)] if isinstance(columns, Column) else list(columns)
    lengths = {len(column.series) for _, column in found}
    if len(lengths) > 1:
        raise CaseError(
            f"{found[0][1].what}: columns have {sorted(lengths)} rows; must all have the same length"
        )
    kept: Mask = np.ones(lengths.pop(), dtype=bool) if among is None else among.copy()
    aside: list[tuple[str, Column, str, Mask]] = []
    for name, column in found:
        for reason, rows in column.reasons.items():
            if (rows & kept).any():
                aside.append((name, column, reason, rows & kept))
            kept = kept & ~rows
    reasons: Reasons = {}
    for name, column, reason, rows in aside:
        key = _of(name, column.compared(reason, rows, kept))
        reasons[key] = reasons.get(key, 0) + int(rows.sum())
    left = int(kept.sum())
    if left < least:
        why = "; ".join(f"{count:,} {reason}" for reason, count in reasons.items())
        required = "at least 1 is" if least == 1 else f"at least {least} are"
        rest = f" (set aside: {why})" if why else ""
        raise CaseError(
            f"{found[0][1].what}: {left:,} of {len(kept):,} rows can be used{rest}; {required} required"
        )
    return kept, reasons


def _of(name: str, reason: str) -> str:
    """A reason that names its column, where several are looked at."""
    if not name:
        return reason
    kind = NotableReason if isinstance(reason, NotableReason) else Phrase
    return kind("{reason} in {column}", reason=reason, column=name)


def _is_text(series: Any) -> Mask:
    return np.asarray(series.map(lambda value: isinstance(value, str)), dtype=bool)


def _missing(series: Any) -> Any:
    blank = series.map(lambda value: isinstance(value, str) and not value.strip())
    return series.isna() | blank.fillna(False).astype(bool)


def _shown(value: Any) -> str:
    text = repr(value) if isinstance(value, (str, int, float)) else f"a {type(value).__name__}"
    return text if len(text) <= 40 else text[:40] + "…"


def named(kind: str, label: str) -> str:
    """What a message calls a measurement: `mean (reach of a post)`."""
    return f"{kind} ({label})" if label else kind
