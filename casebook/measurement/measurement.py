"""What was measured: a value, what is known of it, and the rows that it rests on."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

CONFIDENCE = 0.9
"""An interval holds the truth nine times in ten: from the 5th to the 95th percentile of what is known."""

LARGE = 10_000
"""From so many rows on, formulas stand in for resampling: the two agree, and the formulas take no time."""

RESAMPLES = 2_000
SEED = 2016


class Amount(float):
    """A number within a caveat that has the unit of what is measured, and is shown as that unit asks."""


@dataclass(frozen=True)
class Measurement:
    """A value measured from data, with its 90% interval."""

    value: float
    low: float
    """The 5th percentile of what is known about the value."""
    high: float
    """The 95th percentile; may be infinite, where the data set no limit."""
    n: int
    """What the value is an average over: rows, groups or people, as `method` says."""
    method: str
    """How value and interval were computed, in words."""
    label: str = ""
    """What was measured, in words."""
    set_aside: Mapping[str, int] = field(default_factory=dict)
    """Rows that were read and not used, by the reason."""
    rows: int | None = None
    """Rows used, where n counts something else."""
    caveats: tuple[str, ...] = ()
    """What a reader has to know beside the figure: few rows, a heavy tail, a level that has changed."""

    @property
    def rows_used(self) -> int:
        """Rows that the value was computed from."""
        return self.n if self.rows is None else self.rows

    @property
    def rows_read(self) -> int:
        """Rows that the estimator was given: those used and those set aside."""
        return self.rows_used + sum(self.set_aside.values())

    def __str__(self) -> str:
        ends = f"{self.low:.4g} to {self.high:.4g}" if math.isfinite(self.high) else f"from {self.low:.4g}"
        about = f"{self.value:.4g} ({ends}), n = {self.n:,}, {self.method}"
        return " ".join([f"{about}.", *self.caveats]) if self.caveats else about
