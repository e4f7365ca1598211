"""What holds for all estimators whatever the data."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casebook.errors import CaseError
from casebook.measurement import difference, mean, median, participation, proportion, rate, ratio

NUMBERS = st.lists(st.floats(-1e6, 1e6).map(lambda x: round(x, 3)), min_size=2, max_size=120)
AMOUNTS = st.lists(st.floats(0, 1e6).map(lambda x: round(x, 3)), min_size=2, max_size=120)
CLUSTERS = st.integers(2, 12)

quick = settings(max_examples=25, deadline=None)


def holds(found):
    assert found.low <= found.value <= found.high
    assert all(math.isfinite(end) for end in (found.low, found.value, found.high))
    assert all(isinstance(caveat, str) and caveat.endswith(".") for caveat in found.caveats)


@quick
@given(NUMBERS, CLUSTERS)
def test_a_value_lies_in_its_interval(numbers, clusters):
    by = np.arange(len(numbers)) % min(clusters, len(numbers))
    for found in (mean(numbers), median(numbers), mean(numbers, by=by), median(numbers, by=by)):
        holds(found)


@quick
@given(AMOUNTS, st.data())
def test_a_ratio_lies_in_its_interval(below, data):
    above = data.draw(st.lists(st.floats(0, 1e6), min_size=len(below), max_size=len(below)))
    by = np.arange(len(below)) % 3
    try:
        found = ratio(above, below)
    except CaseError as error:
        assert "the denominator sums to 0" in str(error)
        return
    holds(found)
    holds(ratio(above, below, by=by if len(below) > 2 else None))
    part = ratio([min(pair) for pair in zip(above, below, strict=True)], below)
    assert 0 <= part.low <= part.high <= 1


@quick
@given(st.lists(st.booleans(), min_size=2, max_size=120), CLUSTERS)
def test_a_share_lies_in_its_interval_and_that_between_0_and_1(values, clusters):
    for found in (
        proportion(values),
        proportion(values, by=np.arange(len(values)) % min(clusters, len(values))),
    ):
        holds(found)
        assert 0 <= found.low <= found.high <= 1


@quick
@given(st.lists(st.integers(0, 40), min_size=30, max_size=90))
def test_a_rate_lies_in_its_interval_however_it_is_counted(counts):
    found = rate(counts=counts, days=len(counts))
    holds(found)
    assert found.value == pytest.approx(sum(counts) / (len(counts) / (365 / 12)))
    alone = rate(count=sum(counts), days=len(counts))
    assert found.low <= alone.low + 1e-9 and alone.high <= found.high + 1e-9


@quick
@given(NUMBERS, NUMBERS)
def test_a_difference_turns_with_its_groups(first, second):
    values, group = [*first, *second], ["a"] * len(first) + ["b"] * len(second)
    one = difference(values, group, of="a", against="b")
    other = difference(values, group, of="b", against="a")
    for part in ("welch", "bootstrap"):
        found, turned = getattr(one, part), getattr(other, part)
        holds(found)
        assert found.value == pytest.approx(-turned.value)
        assert (found.low, found.high) == pytest.approx((-turned.high, -turned.low))
    if one.relative is not None:
        holds(one.relative)


@quick
@given(st.lists(st.integers(1, 10_000), min_size=2, max_size=150))
def test_shares_of_participation_lie_in_their_intervals(counts):
    found = participation(counts=counts)
    for part in ("gini", "top_1_percent", "next_9_percent", "other_90_percent", "top_contributors"):
        measured = getattr(found, part)
        holds(measured)
        assert 0 <= measured.low <= measured.high <= 1


@quick
@given(NUMBERS)
def test_clusters_of_one_row_are_rows(numbers):
    alone, together = mean(numbers), mean(numbers, by=pd.Series(range(len(numbers))))
    assert alone.value == pytest.approx(together.value)
    assert (alone.low, alone.high) == pytest.approx((together.low, together.high), rel=0.05, abs=1e-3)
