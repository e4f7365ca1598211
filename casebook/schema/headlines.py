"""The measures that a document can lead with, by the names that a parameter file calls them."""

from __future__ import annotations

from typing import Literal, get_args

Headline = Literal["expected", "plan", "risk-adjusted"]
"""The mean over simulated outcomes, the value at likely values, or that with risk taken off."""

HEADLINES: tuple[Headline, ...] = get_args(Headline)
