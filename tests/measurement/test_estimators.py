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
    purchase_history,
    rate,
    ratio,
    time_to_first_answer,
    value_of_action,
)


@pytest.fixture
def rng() -> np.random.Generator:
    """Draws of this test's own: what one test finds does not hang on which ran before it."""
    return np.random.default_rng(7)


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


def test_a_mean_is_the_same_each_time_and_its_interval_is_near_students(rng):
    values = rng.normal(50, 5, 400)
    found = mean(values)
    assert found == mean(values)
    low, high = stats.t.interval(0.9, 399, values.mean(), stats.sem(values))
    assert (found.value, found.low, found.high) == pytest.approx((values.mean(), low, high), rel=2e-3)


def test_many_rows_are_measured_by_formula(rng):
    values = rng.exponential(1, 50_000)
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


def test_welch_is_scipys(rng):
    one, other = rng.normal(12, 3, 30), rng.normal(10, 1, 50)
    found = difference(np.concatenate([one, other]), ["a"] * 30 + ["b"] * 50, of="a", against="b")
    expected = stats.ttest_ind(one, other, equal_var=False).confidence_interval(0.9)
    assert (found.welch.low, found.welch.high) == pytest.approx((expected.low, expected.high))
    assert found.relative.value == pytest.approx(one.mean() / other.mean() - 1)
    assert (found.first.value, found.second.value) == pytest.approx((one.mean(), other.mean()))
    assert found.adjusted is None


def test_what_a_covariate_explains_is_taken_out(rng):
    """Members are older, and older people spend more: membership itself does nothing."""
    age = rng.normal(40, 10, 2_000)
    member = rng.random(2_000) < 1 / (1 + np.exp(-(age - 40) / 5))
    spend = age * 2 + rng.normal(0, 5, 2_000)
    table = pd.DataFrame({"age": age, "country": rng.choice(["A", "B"], 2_000)})
    found = difference(spend, member, adjust_for=table)
    assert found.welch.low > 10
    assert found.adjusted.low < 0 < found.adjusted.high
    assert (
        found.adjusted.method == "difference adjusted for age, country: all rows, with True instead of False"
    )


@pytest.fixture
def strata():
    """Two strata: 6 of 8 members in a, where all spend 10 more; 2 of 8 in b, where members spend 2 more."""
    table = pd.DataFrame(
        {
            "where": ["a"] * 8 + ["b"] * 8,
            "member": ["yes"] * 6 + ["no"] * 2 + ["yes"] * 2 + ["no"] * 6,
            "spend": [20, 22, 20, 22, 20, 22, 16, 18, 12, 14, 10, 12, 10, 12, 10, 12],
        }
    )
    return table


def test_an_adjusted_difference_is_that_of_the_strata_by_whose_rows_it_stands_for(strata):
    """In a members spend 4 more, in b 2 more: 8 and 8 rows, 6 and 2 members, 2 and 6 others."""
    found = difference(
        strata["spend"], strata["member"], of="yes", against="no", adjust_for=strata[["where"]]
    )
    assert found.welch.value == pytest.approx(19 - 12.5)
    assert found.adjusted.value == pytest.approx((8 * 4 + 8 * 2) / 16)
    assert found.adjusted_of.value == pytest.approx((6 * 4 + 2 * 2) / 8)
    assert found.adjusted_against.value == pytest.approx((2 * 4 + 6 * 2) / 8)
    assert found.adjusted.method == (
        "difference adjusted for where: all rows, with member = yes instead of member = no"
    )
    assert found.adjusted_of.method == (
        "difference adjusted for where: the rows with member = yes, compared with member = no"
    )
    assert found.adjusted_against.method == (
        "difference adjusted for where: the rows with member = no, if they had member = yes"
    )


def test_strata_without_one_of_the_groups_are_left_out_and_told(strata):
    alone = pd.DataFrame({"where": ["c"] * 4, "member": ["yes"] * 4, "spend": [90, 91, 92, 93]})
    table = pd.concat([strata, alone], ignore_index=True)
    found = difference(table["spend"], table["member"], of="yes", against="no", adjust_for=table[["where"]])
    assert found.adjusted.value == pytest.approx(3)
    assert (found.adjusted.n, found.welch.n) == (16, 20)
    told = "4 of 20 rows are left out: no row of the other group matches them on where (1 of 3 combinations)."
    assert told in found.adjusted.caveats
    assert told not in found.welch.caveats


def test_groups_that_hardly_overlap_are_told(rng):
    age = rng.normal(40, 10, 1_000)
    member = rng.random(1_000) < 1 / (1 + np.exp(-(age - 40)))
    found = difference(age + rng.normal(0, 1, 1_000), member, adjust_for={"age": age}).adjusted
    assert any("almost no counterpart in the other group on age" in caveat for caveat in found.caveats)


def test_a_confounder_need_not_act_in_a_straight_line(rng):
    """What a straight line would leave: the two groups differ in exp(z), and membership does nothing."""
    z = rng.normal(0, 1, 4_000)
    member = rng.random(4_000) < 1 / (1 + np.exp(-z))
    found = difference(np.exp(z) + rng.normal(0, 1, 4_000), member, adjust_for={"z": z})
    assert found.welch.low > 0.5
    for part in (found.adjusted, found.adjusted_of, found.adjusted_against):
        assert part.low < 0 < part.high
        assert part.high - part.low < 0.5


def test_rows_of_one_person_count_together_in_a_difference(rng):
    own = np.repeat(rng.normal(10, 3, 40), 10)
    group = np.repeat([True, False], 200)
    people = np.repeat(np.arange(40), 10)
    alone, together = difference(own, group), difference(own, group, by=people)
    for part in ("welch", "bootstrap", "relative"):
        one, other = getattr(alone, part), getattr(together, part)
        assert one.value == pytest.approx(other.value)
        assert other.high - other.low > 2.5 * (one.high - one.low)  # √10, at ten rows a person
    assert together.welch.method == "difference of means, clustered t, rows in 40 clusters"


def test_a_person_in_both_groups_is_no_reason_for_doubt(rng):
    """What differs between people cancels where each is in both groups."""
    own = np.repeat(rng.normal(10, 30, 50), 10)
    group, people = np.tile([True, False], 250), np.repeat(np.arange(50), 10)
    found = difference(own + 2 * group + rng.normal(0, 1, 500), group, by=people).bootstrap
    assert found.value == pytest.approx(2, abs=0.3)
    assert found.high - found.low < 0.4


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


def test_bursts_are_called_what_they_are_and_widen_the_interval(rng):
    """Twenty bursts of fifty events each tell as much as some twenty events, not a thousand."""
    days = np.repeat(np.sort(rng.random(20)) * 365, 50)
    found = rate(np.datetime64("2025-01-01", "us") + (days * 86_400e6).astype("timedelta64[us]"))
    told = next(caveat for caveat in found.caveats if caveat.startswith("Events come in bursts: 999 of them"))
    assert 8 < int(told.split("about ")[1].split()[0]) < 40
    assert found.high / found.low > 1.8  # twenty independent events: 29.1 ÷ 13.3
    assert "Poisson widened by the dispersion of 30 blocks of time" in found.method


def test_days_that_vary_more_than_a_poissons_widen_the_interval_by_their_dispersion():
    """Each day has 0 or 12 events: a variance 6 times the mean, so an interval √6 times as wide."""
    counts = np.tile([0, 12, 12, 0, 0, 12, 0, 12], 45)
    found, even = rate(counts=counts, days=360), rate(count=int(counts.sum()), days=360)
    by_time = rate(
        np.datetime64("2025-01-01", "us") + np.repeat(np.arange(360), counts).astype("timedelta64[D]"),
        start="2025-01-01",
        end="2025-12-27",
    )
    for each in (found, by_time):
        assert each.value == even.value == pytest.approx(6 * 365 / 12)
    random = np.random.default_rng(3).permutation(counts)
    wide = rate(counts=random, days=360)
    assert 1.9 < (wide.high - wide.low) / (even.high - even.low) < 3.2


def test_of_a_rate_known_by_its_total_alone_that_is_told():
    assert rate(count=90, days=90).caveats == (
        "Only the total is known, not when events occurred; the range assumes that they are independent.",
    )
    assert rate(counts=[1] * 90, days=90).caveats == ()


def test_a_rate_by_people_is_widened_by_their_number(rng):
    """A hundred people with six events each, spread out over a year: Σm² ÷ Σm is 6."""
    people = np.repeat(np.arange(100), 6)
    days = np.tile(np.arange(600) * 365 / 600, 1)
    times = np.datetime64("2025-01-01", "us") + (rng.permutation(days) * 86_400e6).astype("timedelta64[us]")
    found = rate(times, start="2025-01-01", end="2026-01-01", by=pd.Series(people, name="author"))
    alone = rate(times, start="2025-01-01", end="2026-01-01")
    assert "rows clustered by author (100)" in found.method
    assert (found.high - found.low) / (alone.high - alone.low) == pytest.approx(6**0.5, rel=0.05)


# What is told beside a figure


def test_clusters_that_say_the_same_count_once():
    """Ten rows a person that all agree tell as much as one row a person."""
    people = np.repeat(np.arange(60), 10)
    true = people < 20
    alone, together = proportion(count=20, n=60), proportion(true, by=pd.Series(people, name="user"))
    assert together.value == pytest.approx(alone.value)
    assert (together.low, together.high) == pytest.approx((alone.low, alone.high), abs=0.006)
    assert (together.n, together.method) == (600, "share, Wilson interval, rows clustered by user (60)")
    one = mean(np.repeat(np.arange(60.0), 10), by=people)
    assert (one.low, one.high) == pytest.approx((mean(range(60)).low, mean(range(60)).high), rel=0.02)
    assert ratio(np.repeat(np.arange(60.0), 10), np.ones(600), by=people).low == pytest.approx(
        one.low, rel=0.02
    )
    low, high = median(np.repeat(np.arange(60.0), 10), by=people).low, median(range(60)).low
    assert low == pytest.approx(high, abs=3)


def test_rows_without_a_cluster_stand_for_themselves():
    by = pd.Series(["ann", "ann", None, None], dtype=object)
    assert "rows in 3 clusters" in mean([1, 2, 3, 4], by=by).method


def test_few_rows_and_few_clusters_are_told(rng):
    assert mean([4.0, 5.5, 3.9, 6.1]).caveats == (
        "Based on only 4 rows; below 30, the range itself is uncertain.",
    )
    assert "Based on only 5 clusters" in mean(range(50), by=np.repeat(np.arange(5), 10)).caveats[0]
    assert mean(rng.normal(5, 1, 30)).caveats == ()


@pytest.mark.parametrize("estimate", [mean, lambda values: ratio(values, np.ones(len(values)) * 1e-9)])
def test_a_heavy_tail_is_told_with_what_the_largest_carry(estimate, rng):
    values = 1 + np.random.default_rng(4).pareto(1.2, 500)
    largest = np.sort(values)[-25:].sum() / values.sum()
    (told,) = estimate(values).caveats
    assert told.startswith(f"The top 5% account for {100 * largest:.0f}% of the total")
    assert estimate(rng.normal(50, 10, 500)).caveats == ()


def test_a_share_of_amounts_stays_between_0_and_1(rng):
    views = np.random.default_rng(4).lognormal(0, 2.5, 200)
    found = ratio(views * (rng.random(200) < 0.9), views)
    assert 0 < found.low < found.value < found.high < 1


LEVEL = pd.date_range("2022-01-01", "2024-12-31", freq="D")


def test_a_level_that_has_changed_is_told():
    """Three events a day for a year, then one a day for two."""
    times = np.repeat(LEVEL, np.where(LEVEL < "2023-01-01", 3, 1))
    found = rate(times, start="2022-01-01", end="2025-01-01")
    assert found.value == pytest.approx((3 * 365 + 731) / 1_096 * 365 / 12)
    assert any(
        caveat.startswith("The level has changed: 30.4 (")
        and "over the last 24 months, against 50.7" in caveat
        for caveat in found.caveats
    )
    recent = rate(times, start="2022-01-01", end="2025-01-01", last="24 months")
    assert recent.value == pytest.approx(365 / 12)
    assert "since 2023-01-01" in recent.method
    assert rate(LEVEL).caveats == ()


@pytest.mark.parametrize("estimate", [proportion, mean], ids=["proportion", "mean"])
def test_a_share_or_a_mean_whose_level_has_changed_is_told(estimate):
    share = np.random.default_rng(1).random(len(LEVEL)) < np.where(LEVEL < "2023-01-01", 0.9, 0.2)
    found = estimate(share, times=LEVEL)
    recent = estimate(share, times=LEVEL, last="2 years")
    assert any("over the last 24 months" in caveat for caveat in found.caveats)
    assert recent.value == estimate(share[LEVEL >= "2022-12-31"]).value
    assert (recent.set_aside, recent.rows_read) == ({}, recent.n)
    steady = np.random.default_rng(1).random(len(LEVEL)) < 0.5
    assert estimate(steady, times=LEVEL).caveats == ()


def test_a_median_whose_level_has_changed_is_told():
    waits = np.random.default_rng(1).exponential(np.where(LEVEL < "2023-01-01", 30.0, 10.0))
    assert any("over the last 24 months" in caveat for caveat in median(waits, times=LEVEL).caveats)


def test_a_ratio_takes_the_recent_rows_too():
    spend, visits = np.where(LEVEL < "2024-01-01", 10.0, 30.0), np.ones(len(LEVEL)) * 2
    assert ratio(spend, visits, times=LEVEL, last="90 days").value == 15


def test_half_the_questions_unanswered_are_still_waiting():
    asked = ["2026-01-01"] * 5
    answered = ["2026-01-02", "2026-01-03", "2026-01-04", None, None]
    found = time_to_first_answer(asked, answered, end="2026-02-01", unit="days")
    assert found.value == 3.0  # the quick three alone would give 2
    assert found.high == np.inf


def test_kaplan_meier_is_scipys(rng):
    waits, censored = rng.exponential(10, 60), rng.exponential(15, 60)
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
            "mean: 0 of 2 rows can be used (set aside: 2 no value); at least 2 are required",
        ),
        (
            lambda: mean([1.0], label="reach"),
            "mean (reach): 1 of 1 rows can be used; at least 2",
        ),
        (lambda: mean(["a", "b"]), "mean: no number in any row, such as 'a'"),
        (lambda: mean(pd.DataFrame({"a": [1]})), "mean: must be one column, not a table"),
        (lambda: mean(3), "mean: must be a column or a list, not 3"),
        (lambda: mean(pd.to_datetime(pd.Series(["2025-01-01"] * 2))), "mean: must be numbers, not times"),
        (lambda: proportion([1, 2]), "proportion: 1 rows are neither true nor false (nor 1 or 0), such as 2"),
        (lambda: proportion(count=3, n=2), "proportion: give a column, or count and n"),
        (lambda: ratio([1, 2], [1]), "ratio: columns have [1, 2] rows"),
        (lambda: ratio([1, 2], [0, 0]), "ratio: the denominator sums to 0"),
        (lambda: ratio([1, 2], [-1, 3]), "its least row is -1"),
        (
            lambda: difference([1, 2, 3], ["a", "a", "b"], of="a", against="b"),
            "difference: the group 'b' has 1 row that can be used; at least 2 are required",
        ),
        (lambda: difference([1, 2], ["a", "b"], of="x", against="b"), "no row is in the group 'x'"),
        (
            lambda: difference(range(8), [True, False] * 4, adjust_for=pd.DataFrame({"same": [1, 0] * 4})),
            "difference: no rows alike in same are in both groups (at least 2 of each are required)",
        ),
        (lambda: rate(["31.12.2015"] * 3), "rate: no ISO date in any row, such as '31.12.2015'"),
        (lambda: rate([1, 2, 3]), "rate: must be times, not numbers"),
        (
            lambda: rate(counts=[1, 2, 3], days=90),
            "rate: counts are 3 blocks of time; at least 30",
        ),
        (lambda: rate(["2025-01-01"] * 3, last="two years"), "rate: the span has no length"),
        (lambda: mean([1, 2], times=["2025-01-01"] * 2, last="two years"), "mean: last is 'two years'"),
        (lambda: mean([1, 2], last="24 months"), "mean: last='24 months' needs the time of each row"),
        (lambda: mean([1, 2, 3], by=[1, 2]), "mean: by has 2 rows, the values have 3"),
        (lambda: mean([1, 2, 3], by=[1, 1, 1]), "mean: all rows belong to one cluster"),
        (
            lambda: difference(range(20), [True] * 10 + [False] * 10, adjust_for={"age": range(20)}),
            "difference: the groups do not overlap in age",
        ),
        (lambda: purchase_history([1, 2], ["2025-01-01"] * 2), "none of 2 customers bought again"),
        (lambda: purchase_history(), "purchase history: give customers and dates"),
        (
            lambda: purchase_history(counts=pd.DataFrame({"frequency": [1]})),
            "purchase history: counts have no column recency, age",
        ),
        (lambda: rate(["2025-01-01"]), "rate: 1 of 1 rows can be used; at least 3 are required"),
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
            "participation: 1 contributors, the top 10; at least 2 are required",
        ),
    ],
)
def test_what_can_not_be_measured_is_said(work, message):
    with pytest.raises(CaseError) as caught:
        work()
    assert message in str(caught.value)


def test_the_value_of_an_action_is_net_of_what_came_otherwise():
    """Like: (referred purchases − purchases by share or tweet − direct purchases) ÷ count."""
    orders = pd.DataFrame(
        {
            "amount": [50, 30, 80, 20, 40, 60] * 10,
            "by": ["like", "share", "like", "tweet", "direct", "like"] * 10,
            "customer": range(60),
        }
    )
    every = value_of_action(orders["amount"], 400)
    like = value_of_action(orders["amount"], 400, otherwise=orders["by"] != "like")
    assert every.value == pytest.approx(2_800 / 400)
    assert like.value == pytest.approx((2_800 - 300 - 200 - 400) / 400)
    assert like.n == 400
    assert like.low < like.value < like.high
    # The same purchases made by fewer customers vary more.
    few = value_of_action(orders["amount"], 400, by=orders["customer"] // 6)
    assert few.value == every.value
    assert few.high - few.low > every.high - every.low


@pytest.mark.parametrize("actions", [59, 100.5, True])
def test_an_action_without_a_purchase_is_an_action(actions):
    with pytest.raises(
        CaseError, match="must be a whole number, and at least the 60 that brought a purchase"
    ):
        value_of_action([10] * 60, actions)
