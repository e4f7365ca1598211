"""What a reader has to know beside a figure: how little it rests on, and on how few rows."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from casebook.i18n import Phrase
from casebook.measurement.columns import Array

if TYPE_CHECKING:
    from casebook.measurement.bootstrap import Reach

SMALL_SAMPLE = 30
"""So many rows, clusters or blocks let an interval be told from chance."""

INFINITE_VARIANCE = 0.5
"""The shape ξ of a tail from which on its variance is infinite (Pareto's exponent 2)."""

SKEWED = 2.0
"""An interval that reaches so many times as far to one side as to the other is made by a few rows."""


def small_sample(count: int, what: str, *, least: int = SMALL_SAMPLE) -> list[str]:
    """That the figure rests on few rows, clusters or the like; empty from `least` on."""
    if count >= least:
        return []
    return [
        Phrase(
            "Based on only {count} {what}; below {least}, the range itself is uncertain.",
            count=count,
            what=what,
            least=least,
        )
    ]


def heavy_tail(values: Array, reach: Reach) -> list[str]:
    """That a few large rows decide the figure; empty where they do not."""
    short, long = sorted((reach.below, reach.above))
    if (reach.shape < INFINITE_VARIANCE and long <= SKEWED * short) or 0 < len(values) < SMALL_SAMPLE:
        return []
    total = float(values.sum())
    if total > 0 and float(values.min()) >= 0:
        count = math.ceil(len(values) / 20)
        largest = float(np.partition(values, len(values) - count)[len(values) - count :].sum())
        return [
            Phrase(
                "The top 5% account for {share}% of the total; the range allows for larger values than any "
                "observed, and more data could still shift the figure.",
                share=round(100 * largest / total),
            )
        ]
    return [
        Phrase(
            "A few extreme values drive this figure; the range allows for more extreme ones than any "
            "observed, and more data could still shift it."
        )
    ]
