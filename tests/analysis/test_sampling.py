"""Draws: the same for the same seed, however divided; distributed and correlated as asked."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from casebook.analysis.distributions import Uncertain
from casebook.analysis.sampling import CHUNK, Sample, draw_uniforms
from casebook.errors import CaseError

PRICE = Uncertain("price", 10, 9, 12)
VOLUME = Uncertain("volume", (5, 6), (4, 5), (7, 8), kind="triangular")
MARGIN = Uncertain("margin", 100, 50, 200, kind="lognormal")
SHARE = Uncertain("share", 0.15, 0.11, 0.195, kind="beta")
COST = Uncertain("cost", 20, 15, 25, kind="normal")
EVERY = (PRICE, VOLUME, MARGIN, SHARE, COST)
PAIRS = {("price", "volume"): -0.6, ("volume", "cost"): 0.5, ("margin", "cost"): 0.3}


def joined(sample, *lengths):
    start, parts = 0, []
    for length in lengths:
        parts.append(sample.values(start, length))
        start += length
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


@pytest.mark.parametrize("pairs", [{}, PAIRS])
def test_the_same_seed_gives_the_same_figures_and_another_gives_others(pairs):
    one, again, other = (Sample(EVERY, seed, pairs).values(0, 50) for seed in (3, 3, 4))
    for name in one:
        assert np.array_equal(one[name], again[name])
        assert not np.isclose(one[name], other[name]).any()


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(1, 40), min_size=1, max_size=8), st.booleans())
def test_chunks_change_no_bit(lengths, correlated):
    sample = Sample(EVERY, 5, PAIRS if correlated else {})
    whole, parts = sample.values(0, sum(lengths)), joined(sample, *lengths)
    for name in whole:
        assert np.array_equal(whole[name], parts[name])


def test_chunks_cover_the_draws_once():
    sample = Sample(EVERY, 5, PAIRS)
    chunks = list(sample.chunks(25, size=10))
    assert [len(chunk["price"]) for chunk in chunks] == [10, 10, 5]
    whole = sample.values(0, 25)
    assert np.array_equal(np.concatenate([chunk["volume"] for chunk in chunks]), whole["volume"])
    assert list(sample.chunks(0)) == []


def test_a_column_is_the_same_draws():
    sample = Sample(EVERY, 5, PAIRS)
    draws = CHUNK + 7
    whole = sample.values(0, draws)
    for each in EVERY:
        assert np.array_equal(sample.column(each.name, draws), whole[each.name][:, 0])


def test_an_input_s_draws_do_not_depend_on_the_others():
    alone = Sample((PRICE,), 9).values(0, 20)["price"]
    among = Sample(EVERY, 9).values(0, 20)["price"]
    elsewhere = Sample(EVERY, 9, {("margin", "cost"): 0.5}).values(0, 20)["price"]
    assert np.array_equal(alone, among)
    assert np.array_equal(alone, elsewhere)


def test_the_first_draws_stay_what_they_are():
    """Reports are reproduced years later: these figures may change with a new major version only."""
    drawn = draw_uniforms(["price", "volume"], start=0, count=2, seed=1)
    assert drawn["price"].tolist() == [0.5286885563680203, 0.32317013066818745]
    assert drawn["volume"].tolist() == [0.9418310003256868, 0.7133579720102273]


def test_uniforms_are_uniform_independent_and_inside():
    drawn = draw_uniforms(["a", "b"], start=10**9, count=100_000, seed=2)
    for u in drawn.values():
        assert 0 < u.min() < u.max() < 1
        assert stats.kstest(u, "uniform").pvalue > 1e-4
    assert abs(np.corrcoef(drawn["a"], drawn["b"])[0, 1]) < 4 / np.sqrt(100_000)
    assert abs(np.corrcoef(drawn["a"][1:], drawn["a"][:-1])[0, 1]) < 4 / np.sqrt(100_000)


@pytest.mark.parametrize("pairs", [{}, PAIRS])
def test_percentiles_are_those_asked_for_correlated_or_not(pairs):
    draws = 40_000
    values = Sample(EVERY, 11, pairs).values(0, draws)
    allowed = 4 * np.sqrt(0.05 * 0.95 / draws)
    for each in EVERY:
        low, high = np.atleast_1d(each.low)[0], np.atleast_1d(each.high)[0]
        column = values[each.name][:, 0]
        assert np.mean(column < low) == pytest.approx(0.05, abs=allowed)
        assert np.mean(column > high) == pytest.approx(0.05, abs=allowed)


def test_rank_correlations_are_achieved_within_sampling_error():
    draws = 40_000
    values = Sample(EVERY, 12, PAIRS).values(0, draws)
    names = [each.name for each in EVERY]
    for i, one in enumerate(names):
        for other in names[:i]:
            wanted = PAIRS.get((one, other), PAIRS.get((other, one), 0.0))
            achieved = stats.spearmanr(values[one][:, 0], values[other][:, 0]).statistic
            assert achieved == pytest.approx(wanted, abs=4 / np.sqrt(draws)), (one, other)


@pytest.mark.parametrize("rho", [1, -1])
def test_a_perfect_correlation_is_one(rho):
    u = Sample((PRICE, COST), 1, {("price", "cost"): rho}).uniforms(0, 100)
    np.testing.assert_allclose(u["cost"], u["price"] if rho > 0 else 1 - u["price"], rtol=1e-9)


@pytest.mark.parametrize(
    ("pairs", "message"),
    [
        ({("price", "colour"): 0.5}, "correlation of price and colour: colour has no range"),
        (
            {("price", "price"): 1},
            "correlation of price and price: each pair of inputs may be given once only",
        ),
        ({("price", "cost"): 0.5, ("cost", "price"): 0.2}, "correlation of cost and price: each pair"),
        ({("price", "cost"): 1.5}, "correlation of price and cost is 1.5; must be a number between -1 and 1"),
        ({("price", "cost"): float("nan")}, "must be a number between -1 and 1"),
    ],
)
def test_correlations_that_say_nothing_are_refused(pairs, message):
    with pytest.raises(CaseError) as caught:
        Sample(EVERY, 0, pairs)
    assert message in str(caught.value)


def test_correlations_that_contradict_each_other_come_with_what_would_hold():
    pairs = {("price", "cost"): 0.9, ("price", "margin"): 0.9, ("cost", "margin"): -0.9}
    with pytest.raises(CaseError, match="the correlations of price, margin, cost can't all hold") as caught:
        Sample(EVERY, 0, pairs)
    factor = float(str(caught.value).split("multiplied by ")[1].split(" ")[0])
    assert 0.4 < factor < 0.6
    assert Sample(EVERY, 0, {pair: factor * rho for pair, rho in pairs.items()})
