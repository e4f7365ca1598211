"""The intervals hold what their docstrings say: in the conditions stated there, 87 to 93% cover the truth.

Each row draws 1,000 samples from a distribution whose truth is known, and counts the intervals it lies in.
The seeds are fixed, so that a row gives the same share each time; 90% itself would come out between 88.4 and
91.6% in nine such rows of ten.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from casebook.measurement import (
    Measurement,
    difference,
    mean,
    median,
    participation,
    proportion,
    rate,
    ratio,
    time_to_first_answer,
)

REPETITIONS = 1_000
START = np.datetime64("2025-01-01", "us")
DAY = 86_400_000_000
TENTH = np.log(2) * 10
"""The median of an exponential with mean 10."""

Draw = Callable[[np.random.Generator], Measurement]


def days(numbers: np.ndarray) -> np.ndarray:
    return (numbers * DAY).astype("timedelta64[us]")


def adjusted(rng: np.random.Generator, n: int) -> Measurement:
    """Older people are more often members and spend more; members' spend also spreads more."""
    age, country = rng.normal(40, 10, 2 * n), rng.choice(["A", "B", "C"], 2 * n)
    member = rng.random(2 * n) < 1 / (1 + np.exp(-(age - 40) / 10))
    spend = 2 * member + age / 10 + (country == "B") + rng.normal(0, 1 + member)
    return difference(spend, member, adjust_for=pd.DataFrame({"age": age, "country": country})).adjusted


def cost_a_contact(rng: np.random.Generator, n: int) -> Measurement:
    contacts = rng.exponential(10, n)
    return ratio(3 * contacts * rng.lognormal(-0.125, 0.5, n), contacts)


def events(rng: np.random.Generator, expected: float) -> Measurement:
    return rate(START + days(np.sort(rng.random(rng.poisson(expected))) * 365))


def waits(rng: np.random.Generator, n: int, *, censored: bool) -> Measurement:
    wait, asked = rng.exponential(10, n), rng.exponential(15, n) if censored else np.full(n, 1_000.0)
    end = START + np.timedelta64(2_000, "D")
    begun = end - days(asked)
    answered = begun + days(wait)
    answered = np.where(answered > end, np.datetime64("NaT"), answered)
    return time_to_first_answer(begun, answered, end=end, unit="days")


CONDITIONS: dict[str, tuple[Draw, float]] = {
    "proportion: 100 rows, 30%": (lambda rng: proportion(count=int(rng.binomial(100, 0.3)), n=100), 0.3),
    "proportion: 663 rows, 62%": (lambda rng: proportion(count=int(rng.binomial(663, 0.62)), n=663), 0.62),
    "mean: 10 rows, normal": (lambda rng: mean(rng.normal(5, 2, 10)), 5),
    "mean: 30 rows, exponential": (lambda rng: mean(rng.exponential(1, 30)), 1),
    "mean: 300 rows, lognormal": (lambda rng: mean(rng.lognormal(0, 1, 300)), math.exp(0.5)),
    "mean: 10,000 rows, lognormal": (lambda rng: mean(rng.lognormal(0, 1, 10_000)), math.exp(0.5)),
    "median: 50 rows, exponential": (lambda rng: median(rng.exponential(10, 50)), TENTH),
    "median: 50 rows, Cauchy": (lambda rng: median(rng.standard_cauchy(50)), 0),
    "median: 10,000 rows": (lambda rng: median(rng.exponential(10, 10_000)), TENTH),
    "ratio: 30 rows": (lambda rng: cost_a_contact(rng, 30), 3),
    "adjusted: 100 rows a group": (lambda rng: adjusted(rng, 100), 2),
    "rate: 30 expected, known span": (lambda rng: rate(count=int(rng.poisson(30)), days=365 / 12), 30),
    "rate: 100 expected, known span": (lambda rng: rate(count=int(rng.poisson(100)), days=365 / 12), 100),
    "rate: 20 expected, observed span": (lambda rng: events(rng, 20), 20 / 12),
    "rate: 200 expected, observed span": (lambda rng: events(rng, 200), 200 / 12),
    "first answer: 50 rows, all answered": (lambda rng: waits(rng, 50, censored=False), TENTH),
    "first answer: 50 rows, 40% waiting": (lambda rng: waits(rng, 50, censored=True), TENTH),
    "first answer: 200 rows, 40% waiting": (lambda rng: waits(rng, 200, censored=True), TENTH),
}


@pytest.mark.slow
@pytest.mark.parametrize("condition", CONDITIONS)
def test_intervals_cover_nine_times_in_ten(condition):
    draw, truth = CONDITIONS[condition]
    found = [draw(np.random.default_rng(seed)) for seed in range(REPETITIONS)]
    covered = np.mean([each.low <= truth <= each.high for each in found])
    assert 0.87 <= covered <= 0.93


@pytest.mark.slow
@pytest.mark.parametrize(
    ("draw", "n", "parts"),
    [
        (lambda rng, n: (rng.normal(12, 3, n), rng.normal(10, 2, n)), 30, {"welch", "bootstrap", "relative"}),
        (lambda rng, n: (rng.exponential(12, n), rng.exponential(10, n)), 30, {"bootstrap", "relative"}),
        (lambda rng, n: (rng.exponential(12, n), rng.exponential(10, n)), 100, {"welch", "bootstrap"}),
    ],
    ids=["normal, 30 rows a group", "exponential, 30 rows a group", "exponential, 100 rows a group"],
)
def test_intervals_of_differences_cover_nine_times_in_ten(draw, n, parts):
    truth = {"welch": 2, "bootstrap": 2, "relative": 0.2}
    samples = [np.concatenate(draw(np.random.default_rng(seed), n)) for seed in range(REPETITIONS)]
    found = [difference(sample, [True] * n + [False] * n) for sample in samples]
    for part in parts:
        intervals = [getattr(each, part) for each in found]
        covered = np.mean([each.low <= truth[part] <= each.high for each in intervals])
        assert 0.87 <= covered <= 0.93, part


def lorenz(ordered: np.ndarray, share: float) -> float:
    return float(ordered[: round(share * len(ordered))].sum() / ordered.sum())


SPREADS = {
    "exponential": lambda rng, n: rng.exponential(1, n),
    "lognormal": lambda rng, n: rng.lognormal(0, 1, n),
}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("spread", "people", "parts"),
    [
        ("exponential", 300, ("gini", "next_9_percent", "other_90_percent", "top_contributors")),
        ("exponential", 1_000, ("gini", "top_1_percent", "next_9_percent", "other_90_percent")),
        ("lognormal", 1_000, ("gini", "next_9_percent", "other_90_percent")),
        ("lognormal", 3_000, ("gini", "top_1_percent", "next_9_percent", "other_90_percent")),
    ],
)
def test_shares_of_participation_cover_nine_times_in_ten(spread, people, parts):
    draw = SPREADS[spread]
    ordered = np.sort(draw(np.random.default_rng(99), 4_000_000))
    rank = np.arange(1, len(ordered) + 1)
    truth = {
        "gini": float(2 * (rank * ordered).sum() / (len(ordered) * ordered.sum()) - 1),
        "top_1_percent": 1 - lorenz(ordered, 0.99),
        "next_9_percent": lorenz(ordered, 0.99) - lorenz(ordered, 0.9),
        "other_90_percent": lorenz(ordered, 0.9),
        "top_contributors": 1 - lorenz(ordered, 1 - 10 / people),
    }
    found = [participation(counts=draw(np.random.default_rng(seed), people)) for seed in range(REPETITIONS)]
    for part in parts:
        intervals = [getattr(each, part) for each in found]
        covered = np.mean([each.low <= truth[part] <= each.high for each in intervals])
        assert 0.87 <= covered <= 0.93, part
