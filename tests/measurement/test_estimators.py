"""Estimators give the figures of their formulas, and say which rows they could not use."""

from __future__ import annotations

import datetime
import warnings

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from casebook.errors import CaseError
from casebook.measurement import (
    difference,
    mean,
    median,
    participation,
    proportion,
    rate,
    ratio,
    time_to_first_answer,
)

RNG = np.random.default_rng(7)


# What they give


def test_wilson_is_scipys():
    found = proportion(count=17, n=80)
    expected = stats.binomtest(17, 80).proportion_ci(0.9, method="wilson")
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))
    assert proportion([True] * 17 + [False] * 63) == found


@pytest.mark.parametrize(("count", "n"), [(0, 5), (5, 5), (1, 1)])
def test_a_share_of_none_or_all_lies_in_its_interval(count, n):
    found = proportion(count=count, n=n)
    assert 0 <= found.low <= found.value <= found.high <= 1
    assert found.low < found.high


def test_a_mean_is_the_same_each_time_and_its_interval_is_near_students():
    values = RNG.normal(50, 5, 400)
    found = mean(values)
    assert found == mean(values)
    low, high = stats.t.interval(0.9, 399, values.mean(), stats.sem(values))
    assert (found.value, found.low, found.high) == pytest.approx((values.mean(), low, high), rel=2e-3)


def test_many_rows_are_measured_by_formula():
    values = RNG.exponential(1, 50_000)
    assert mean(values).method == "mean, t interval"
    assert median(values).method == "median, binomial interval"
    assert ratio(values, np.ones(50_000)).value == pytest.approx(mean(values).value)
    low, high = (stats.binom.ppf(q, 50_000, 0.5) / 50_000 for q in (0.05, 0.95))
    expected = np.quantile(values, [low, high])
    assert (median(values).low, median(values).high) == pytest.approx(tuple(expected), rel=1e-3)


def test_rows_that_are_all_alike_leave_no_interval():
    for found in (mean([3, 3, 3]), median([3, 3, 3]), ratio([6, 6], [2, 2])):
        assert found.low == found.value == found.high == 3


def test_a_ratio_weighs_its_rows():
    found = ratio([10, 0], [1, 9])
    assert found.value == 1.0
    assert found.method == "ratio of sums, studentised bootstrap"


def test_welch_is_scipys():
    one, other = RNG.normal(12, 3, 30), RNG.normal(10, 1, 50)
    found = difference(np.concatenate([one, other]), ["a"] * 30 + ["b"] * 50, of="a", against="b")
    expected = stats.ttest_ind(one, other, equal_var=False).confidence_interval(0.9)
    assert (found.welch.low, found.welch.high) == pytest.approx((expected.low, expected.high))
    assert found.relative.value == pytest.approx(one.mean() / other.mean() - 1)
    assert (found.first.value, found.second.value) == pytest.approx((one.mean(), other.mean()))
    assert found.adjusted is None


def test_what_a_covariate_explains_is_taken_out():
    """Members are older, and older people spend more: membership itself does nothing."""
    age = RNG.normal(40, 10, 2_000)
    member = RNG.random(2_000) < 1 / (1 + np.exp(-(age - 40) / 5))
    spend = age * 2 + RNG.normal(0, 5, 2_000)
    table = pd.DataFrame({"age": age, "country": RNG.choice(["A", "B"], 2_000)})
    found = difference(spend, member, adjust_for=table)
    assert found.welch.low > 10
    assert found.adjusted.low < 0 < found.adjusted.high
    assert found.adjusted.method == "difference adjusted for age, country, least squares, HC3"


def test_hc3_is_what_the_formula_says():
    x = np.array([1.0, 2, 3, 4, 5, 6, 7, 8])
    group = np.array([0, 1, 0, 1, 1, 0, 1, 1.0])
    y = np.array([1.0, 4, 2, 7, 6, 5, 9, 12])
    found = difference(y, group, of=1, against=0, adjust_for={"x": x}).adjusted
    design = np.column_stack([np.ones(8), group, x])
    bread = np.linalg.inv(design.T @ design)
    beta = bread @ design.T @ y
    hat = np.einsum("ij,jk,ik->i", design, bread, design)
    meat = design.T @ np.diag(((y - design @ beta) / (1 - hat)) ** 2) @ design
    error = np.sqrt((bread @ meat @ bread)[1, 1])
    assert found.value == pytest.approx(beta[1])
    assert found.high - found.value == pytest.approx(stats.t.ppf(0.95, 5) * error)


def test_a_rate_is_garwoods_over_a_span_that_is_known():
    found = rate(count=12, days=73)
    months = 73 / (365 / 12)
    low, high = stats.chi2.ppf(0.05, 24) / 2 / months, stats.chi2.ppf(0.95, 26) / 2 / months
    assert (found.value, found.low, found.high) == pytest.approx((12 / months, low, high))
    assert rate(count=0, days=365).low == 0


def test_an_observed_span_lies_between_events_and_so_holds_one_less():
    days = pd.date_range("2025-01-01", periods=61, freq="D")
    found = rate(days)
    assert found.n == 61
    assert found.value == pytest.approx(365 / 12)
    assert "60 days from the first event to the last" in found.method
    known = rate(days, start="2025-01-01", end="2025-03-03")
    assert known.value == pytest.approx(365 / 12)


def test_events_outside_a_span_are_counted():
    days = pd.date_range("2025-01-01", periods=60, freq="D")
    found = rate(days, start="2025-01-11", end=datetime.date(2025, 2, 1))
    assert (found.n, found.set_aside) == (21, {"before the span": 10, "after the span": 29})
    assert found.rows_read == 60


def test_bursts_are_called_what_they_are():
    days = np.repeat(pd.date_range("2025-01-01", periods=20, freq="7D"), 50)
    assert "the interval is too narrow" in rate(days).method


def test_half_the_questions_unanswered_are_still_waiting():
    asked = ["2026-01-01"] * 5
    answered = ["2026-01-02", "2026-01-03", "2026-01-04", None, None]
    found = time_to_first_answer(asked, answered, end="2026-02-01", unit="days")
    assert found.value == 3.0  # the quick three alone would give 2
    assert found.high == np.inf


def test_kaplan_meier_is_scipys():
    waits, censored = RNG.exponential(10, 60), RNG.exponential(15, 60)
    end = pd.Timestamp("2026-01-01")
    asked = end - pd.to_timedelta(censored, unit="D")
    answered = pd.Series(asked + pd.to_timedelta(waits, unit="D"))
    found = time_to_first_answer(asked, answered.where(answered <= end), end=end, unit="days")
    times = np.minimum(waits, censored)
    sample = stats.CensoredData.right_censored(times, waits > censored)
    curve = stats.ecdf(sample).sf
    expected = curve.quantiles[np.argmax(curve.probabilities <= 0.5)]
    assert found.value == pytest.approx(expected, abs=1e-6)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # undefined where the curve is 1 or 0
        ends = curve.confidence_interval(0.9, method="log-log")
    low = ends.low.quantiles[np.argmax(ends.low.probabilities <= 0.5)]
    high = ends.high.quantiles[np.argmax(ends.high.probabilities <= 0.5)]
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-6)


def test_gini_and_shares_of_known_amounts():
    even = participation(counts=[5] * 100)
    assert even.gini.value == pytest.approx(0)
    assert even.top_1_percent.value == pytest.approx(0.01)
    one = participation(counts=[1] * 99 + [901])
    assert one.top_1_percent.value == pytest.approx(0.901)
    assert one.top_contributors.value == pytest.approx(0.91)
    assert participation(counts=[1, 3]).gini.value == pytest.approx(0.5)  # |3 − 1| ÷ (2 × 2)


def test_1_9_90_of_people():
    authors = ["ann"] * 3 + ["bob", "cyd", "cyd"]
    roles = ["question", "answer", "answer", "answer", "answer", "question"]
    found = participation(authors, role=roles, people=100, top=1)
    assert (found.posting.value, found.responding.value, found.reading.value) == (0.02, 0.01, 0.97)
    assert (found.contributors, found.contributions) == (3, 6)
    counted = participation(counts=[3, 1, 2, 0], top=1)
    assert counted.gini.value == found.gini.value


# Rows that can't be used


def test_rows_are_set_aside_with_their_reason():
    found = mean(pd.Series([1, "2", None, "n/a", float("inf"), " ", "3"], dtype=object))
    assert found.n == 3
    assert found.set_aside == {
        "no value": 2,
        "no number, such as 'n/a'": 1,
        "not finite, as after a division by zero": 1,
    }
    assert found.rows_read == 7


def test_a_row_with_two_reasons_counts_once():
    found = ratio([1, None, 3, 4], [1, None, None, 2])
    assert found.set_aside == {"no value in the numerator": 1, "no value in the denominator": 1}
    assert found.rows_read == 4


def test_other_groups_are_set_aside():
    found = difference([1, 2, 3, 4, 5, 6], ["a", "a", "b", "b", "c", None], of="a", against="b")
    assert found.welch.set_aside == {"no group": 1, "another group": 1}


def test_nullable_columns_are_taken():
    assert mean(pd.Series([1, None, 3], dtype="Int64")).value == 2
    assert proportion(pd.Series([True, None, False], dtype="boolean")).set_aside == {"no value": 1}


def test_times_are_read_in_utc_whatever_their_offset():
    found = time_to_first_answer(
        ["2015-02-24 11:35:52 -0800"] * 2,
        ["2015-02-24T20:35:52Z", "2015-02-24 21:35:52+01:00"],
        unit="minutes",
    )
    assert found.value == 60


@pytest.mark.parametrize(
    ("work", "message"),
    [
        (lambda: mean([]), "mean: there is no row"),
        (
            lambda: mean([None, None]),
            "mean: 0 of 2 rows can be used (set aside: 2 no value); 2 rows are needed",
        ),
        (lambda: mean([1.0], label="reach"), "mean (reach): 1 of 1 rows can be used; 2 rows are needed"),
        (lambda: mean(["a", "b"]), "mean: no number in any row, such as 'a'"),
        (lambda: mean(pd.DataFrame({"a": [1]})), "mean: a table is given where one column is needed"),
        (lambda: mean(3), "mean: a column or a list is needed, not 3"),
        (lambda: mean(pd.to_datetime(pd.Series(["2025-01-01"] * 2))), "mean: times are given where numbers"),
        (lambda: proportion([1, 2]), "proportion: 1 rows are neither true nor false (nor 1 or 0), such as 2"),
        (lambda: proportion(count=3, n=2), "proportion: a column is needed, or count and n"),
        (lambda: ratio([1, 2], [1]), "ratio: columns have [1, 2] rows"),
        (lambda: ratio([1, 2], [0, 0]), "ratio: the denominator sums to 0"),
        (lambda: ratio([1, 2], [-1, 3]), "its least row is -1"),
        (
            lambda: difference([1, 2, 3], ["a", "a", "b"], of="a", against="b"),
            "difference: the group 'b' has 1 row that can be used; 2 or more are needed",
        ),
        (lambda: difference([1, 2], ["a", "b"], of="x", against="b"), "no row is in the group 'x'"),
        (
            lambda: difference(range(8), [True, False] * 4, adjust_for=pd.DataFrame({"same": [1, 0] * 4})),
            "difference: same follows from the group and the columns before it",
        ),
        (lambda: rate(["31.12.2015"] * 3), "rate: no ISO date in any row, such as '31.12.2015'"),
        (lambda: rate([1, 2, 3]), "rate: numbers are given where times are needed"),
        (lambda: rate(["2025-01-01"]), "rate: 1 of 1 rows can be used; 3 rows are needed"),
        (
            lambda: rate(["2025-01-01 10:00+01:00", "2025-01-01 10:00", "2025-01-02 10:00"]),
            "rate: 1 times have an offset such as -0800 and 2 have none",
        ),
        (
            lambda: time_to_first_answer(["2025-01-01"] * 3, ["2025-01-02", None, None]),
            "only 1 of 3 questions are answered: the median is not reached",
        ),
        (lambda: time_to_first_answer(["2025-01-01"] * 2, [None, None], unit="weeks"), "unit is 'weeks'"),
        (lambda: participation([1, 1, 2], people=1), "people is 1, and 2 different ones contributed"),
        (lambda: participation(["a", "b"], role=["x", "y"], top=1), "no row has the role 'question'"),
        (
            lambda: participation(["a", "a"]),
            "participation: 1 contributors, the top 10; 2 or more are needed",
        ),
    ],
)
def test_what_can_not_be_measured_is_said(work, message):
    with pytest.raises(CaseError) as caught:
        work()
    assert message in str(caught.value)
