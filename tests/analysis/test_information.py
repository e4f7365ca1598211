"""The value of information against closed forms, and its standard error against many seeds."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from casebook.analysis.information import evpi, evppi

DRAWS = 10_000


def normal_loss(mean, sd):
    """The EVPI of a normal NPV: σ · φ(μ ÷ σ) − |μ| · Φ(−|μ| ÷ σ)."""
    return sd * norm.pdf(mean / sd) - abs(mean) * norm.cdf(-abs(mean) / sd)


def draws(seed, mean=0.0, of_x=1.0, of_rest=1.0, count=DRAWS):
    rng = np.random.default_rng(seed)
    x = rng.standard_normal(count)
    return x, mean + of_x * x + of_rest * rng.standard_normal(count)


@pytest.mark.parametrize("mean", [0, 0.1, 1, -0.5, 2.5])
@pytest.mark.parametrize("unit", [1, 1e9])
def test_perfect_information_on_a_normal_case(mean, unit):
    true = unit * normal_loss(mean, np.sqrt(2))
    for seed in range(5):
        estimate = evpi(unit * draws(seed, mean)[1])
        assert estimate.value == pytest.approx(true, abs=3 * estimate.standard_error)


@pytest.mark.parametrize("unit", [1, 1e9])
@pytest.mark.parametrize(
    ("mean", "of_x", "of_rest"), [(0, 1, 1), (0.3, 1, 1), (-0.5, 0.3, 1), (1, 1, 0.1), (0.3, 1, 4), (2, 1, 1)]
)
def test_perfect_information_on_one_normal_input(mean, of_x, of_rest, unit):
    true = unit * normal_loss(mean, of_x)
    for seed in range(5):
        x, npv = draws(seed, mean, of_x, of_rest)
        estimate = evppi(x, unit * npv)
        assert estimate.value == pytest.approx(true, abs=3 * estimate.standard_error)


@pytest.mark.unversioned
@pytest.mark.parametrize(("mean", "of_x", "of_rest"), [(0.3, 1, 1), (-0.5, 0.3, 1), (1, 1, 0.1), (0, 1, 1)])
def test_standard_errors_are_honest(mean, of_x, of_rest):
    """Of 200 seeds about 190 lie within 1.96 standard errors; under 180 would have a chance below 1e-4."""
    within_all = within_one = 0
    for seed in range(200):
        x, npv = draws(seed, mean, of_x, of_rest)
        every, one = evpi(npv), evppi(x, npv)
        within_all += (
            abs(every.value - normal_loss(mean, np.hypot(of_x, of_rest))) <= 1.96 * every.standard_error
        )
        within_one += abs(one.value - normal_loss(mean, of_x)) <= 1.96 * one.standard_error
    assert within_all >= 180
    assert within_one >= 180


CURVES = {
    "step": lambda x: np.where(x > -0.3, 1.0, -2.0),
    "rare loss": lambda x: np.where(x > 1.5, -4.0, 1.0),
    "cap": lambda x: np.minimum(x, 0.2) + 0.1,
    "both tails": lambda x: 4 - x**2,
    "heavy tail": lambda x: np.exp(1.2 * x) - 3,
}


@pytest.mark.unversioned
@pytest.mark.parametrize("curve", CURVES)
@pytest.mark.parametrize("noise", [0.3, 2])
def test_an_input_may_act_by_steps_caps_and_curves(curve, noise):
    expected = CURVES[curve](norm.ppf((np.arange(1_000_000) + 0.5) / 1_000_000))
    true = np.maximum(expected, 0).mean() - max(expected.mean(), 0)
    misses = []  # in standard errors
    for seed in range(100):
        rng = np.random.default_rng(seed)
        x = rng.standard_normal(DRAWS)
        estimate = evppi(x, CURVES[curve](x) + noise * rng.standard_normal(DRAWS))
        misses.append((estimate.value - true) / estimate.standard_error)
    assert -1 < np.mean(misses) < 0.3
    assert np.mean(np.abs(misses) <= 1.96) >= 0.85


def test_one_input_is_never_worth_more_than_all_nor_less_than_nothing():
    for seed in range(20):
        for mean in (0, 0.2, 2):
            x, npv = draws(seed, mean, count=500)
            assert 0 <= evppi(x, npv).value <= evpi(npv).value
            assert 0 <= evppi(np.roll(x, 1), npv).value <= evpi(npv).value


def test_an_input_without_influence_is_worth_nothing():
    values = [
        evppi(np.random.default_rng(seed).random(DRAWS), draws(seed, 0.3)[1]).value for seed in range(20)
    ]
    assert max(values) < 1e-3


def test_an_input_that_is_everything_is_worth_what_all_are():
    x, _ = draws(1)
    assert evppi(x, 3 * x + 1).value == pytest.approx(evpi(3 * x + 1).value, rel=1e-3)


def test_an_input_with_few_values_is_decided_value_by_value():
    rng = np.random.default_rng(4)
    x = rng.integers(0, 2, DRAWS).astype(float)
    npv = np.where(x == 1, 3.0, -1.0) + rng.standard_normal(DRAWS)
    estimate = evppi(x, npv)
    assert estimate.value == pytest.approx(0.5, abs=3 * estimate.standard_error)


def test_where_nothing_varies_nothing_is_worth_knowing():
    constant = np.full(50, 4.0)
    assert (evpi(constant).value, evpi(-constant).value) == (0, 0)
    assert (evppi(constant, constant).value, evppi(draws(1, count=50)[0], -constant).value) == (0, 0)
    _, npv = draws(1)
    assert evppi(np.full(DRAWS, 0.1), npv).value == 0


def test_a_case_that_can_t_lose_has_no_value_of_information():
    x, npv = draws(2, mean=50)
    assert (evpi(npv).value, evpi(npv).standard_error, evppi(x, npv).value) == (0, 0, 0)


def test_the_method_is_said_in_words():
    x, npv = draws(3)
    assert "regression" in evppi(x, npv).method
    assert "mean" in evpi(npv).method


@pytest.mark.parametrize("bad", [np.array([1.0]), np.array([1.0, np.nan]), np.zeros((3, 3, 3))])
def test_what_can_t_be_estimated_is_refused(bad):
    with pytest.raises(ValueError, match="at least two finite"):
        evpi(bad)


def test_two_lists_of_one_length_are_needed():
    with pytest.raises(ValueError, match="equally long"):
        evppi(np.zeros(30), np.zeros(40))
    with pytest.raises(ValueError, match="equally long"):
        evppi(np.zeros(5), np.zeros(5))
