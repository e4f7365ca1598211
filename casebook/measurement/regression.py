"""Least squares: the difference of two groups between rows that are alike otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from casebook.errors import CaseError
from casebook.measurement.bootstrap import student
from casebook.measurement.columns import Array, Mask
from casebook.measurement.measurement import Measurement
from casebook.words import Phrase

_MOST_WORDS = 50


def adjusted_difference(
    values: Array, in_group: Mask, covariates: Mapping[str, Any], what: str, rest: Mapping[str, Any]
) -> Measurement:
    """The coefficient of the group beside the covariates, with an HC3 standard error.

    HC3 divides each squared residual by (1 − leverage)², which keeps the interval honest where the spread
    differs between rows (MacKinnon and White 1985; Long and Ervin 2000).
    """
    columns = [np.ones(len(values)), in_group.astype(float)]
    names = ["", "the group"]
    for name, series in covariates.items():
        for label, column in _coded(name, series, what):
            columns.append(column)
            names.append(label)
    design = np.column_stack(columns)
    n, k = design.shape
    if n <= k + 1:
        raise CaseError(f"{what}: {n} rows are too few for {k - 2} columns to adjust for")
    _refuse_dependent(design, names, what)
    q, r = np.linalg.qr(design)
    coefficients = np.linalg.solve(r, q.T @ values)
    leverage = np.minimum((q**2).sum(axis=1), 1 - 1e-9)
    residuals = (values - design @ coefficients) / (1 - leverage)
    pull = np.linalg.solve(r, q.T)[1]  # how far each row moves the coefficient of the group
    error = float(np.sqrt(((pull * residuals) ** 2).sum()))
    shift = float(coefficients[1])
    low, high = student(shift, error, n - k)
    method = Phrase("difference adjusted for {columns}, least squares, HC3", columns=", ".join(covariates))
    return Measurement(shift, low, high, method=method, **rest)


def _coded(name: str, series: Any, what: str) -> list[tuple[str, Array]]:
    """A covariate as numbers: itself, centred and scaled, or one column for each word but the first."""
    import pandas as pd

    if pd.api.types.is_numeric_dtype(series.dtype) and not pd.api.types.is_bool_dtype(series.dtype):
        values = series.to_numpy(dtype=np.float64)
        if not np.isfinite(values).all():
            raise CaseError(f"{what}: {name} is not finite in {int((~np.isfinite(values)).sum())} rows")
        spread = float(values.std())
        return [(name, (values - values.mean()) / (spread or 1.0))]
    words = sorted(series.unique().tolist(), key=str)
    if len(words) > _MOST_WORDS:
        raise CaseError(
            f"{what}: {name} has {len(words)} different words; at most {_MOST_WORDS} can be adjusted for\n"
            "  hint: group them first"
        )
    return [(f"{name} = {word}", (series == word).to_numpy(dtype=np.float64)) for word in words[1:]]


def _refuse_dependent(design: Array, names: list[str], what: str) -> None:
    """Raise CaseError where a column follows from those before it, so that nothing can be told apart."""
    _, r = np.linalg.qr(design)
    for index, name in enumerate(names):
        if abs(r[index, index]) <= 1e-9 * np.sqrt(len(design)):
            raise CaseError(
                f"{what}: {name} follows from the group and the columns before it\n"
                "  hint: take it out of adjust_for; what says the same as the group leaves nothing to adjust"
            )
