"""Each customer's history, from rows of purchases or from counts."""

from __future__ import annotations

from typing import Any

import numpy as np

from casebook.errors import CaseError
from casebook.i18n import Phrase
from casebook.measurement.columns import Array, Column, Reasons, usable_rows

HISTORY = ("frequency", "recency", "age")
"""Repeat purchases; weeks from the first purchase to the last; weeks from the first to the data's end."""

_WEEK = np.timedelta64(7 * 86_400, "s")


def from_purchases(
    customers: Any, dates: Any, spend: Any, end: Any, what: str
) -> tuple[Array, Array | None, Reasons, int]:
    """Frequency, recency and age of each customer from rows, and the mean spend of repeat purchases."""
    import pandas as pd

    who, when = Column(customers, f"{what}, customers"), Column(dates, f"{what}, dates")
    times = when.times()
    who.drop(who.series.isna().to_numpy(), Phrase("no customer"))
    columns = [("", who), ("", when)]
    if end is not None:
        last = pd.Timestamp(Column([end], f"{what}, end").times().iloc[0]).normalize()
        when.drop((times >= last + pd.Timedelta(days=1)).to_numpy(), Phrase("after the end"))
    money = None
    if spend is not None:
        money = Column(spend, f"{what}, spend")
        amounts = money.numbers()
        money.drop(amounts < 0, Phrase("below 0"))
        columns.append((Phrase("spend"), money))
    kept, reasons = usable_rows(columns, least=2)
    day = times[kept].dt.normalize().to_numpy()
    codes, known = pd.factorize(who.series[kept])
    if end is None:
        last = pd.Timestamp(day.max())
    table = pd.DataFrame({"customer": codes, "day": day, "spend": amounts[kept] if money else 0.0})
    days = table.groupby(["customer", "day"], sort=True)["spend"].sum().reset_index()
    first = ~days["customer"].duplicated()
    n = len(known)
    begun = days.loc[first, "day"].to_numpy()
    final = days.loc[~days["customer"].duplicated(keep="last"), "day"].to_numpy()
    data = np.stack(
        [
            np.bincount(days["customer"], minlength=n) - 1.0,
            (final - begun) / _WEEK,
            (last.to_datetime64() - begun) / _WEEK,
        ]
    )
    if money is None:
        return data, None, reasons, int(kept.sum())
    later = days[~first]
    sums = np.bincount(later["customer"], weights=later["spend"], minlength=n)
    with np.errstate(invalid="ignore"):
        return data, sums / np.where(data[0] > 0, data[0], np.nan), reasons, int(kept.sum())


def from_counts(counts: Any, what: str) -> tuple[Array, Array | None, Reasons, int]:
    """The same from counts, one row a customer."""
    absent = [name for name in HISTORY if name not in counts]
    if absent:
        raise CaseError(f"{what}: counts have no column {', '.join(absent)}")
    columns = {name: Column(counts[name], f"{what}, {name}") for name in HISTORY}
    found = {name: column.numbers() for name, column in columns.items()}
    with np.errstate(invalid="ignore"):
        columns["frequency"].drop(
            (found["frequency"] < 0) | (found["frequency"] % 1 != 0), Phrase("no whole number of 0 or more")
        )
        columns["recency"].drop(
            (found["recency"] < 0) | (found["recency"] > found["age"]), Phrase("not between 0 and the age")
        )
    kept, reasons = usable_rows(list(columns.items()), least=2)
    data = np.stack([found[name][kept] for name in HISTORY])
    amounts = Column(counts["spend"], f"{what}, spend").numbers()[kept] if "spend" in counts else None
    return data, amounts, reasons, int(kept.sum())
