"""The table of beta quantiles against scipy's own inverse, and the fit against its own definition."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special, stats

from casebook.analysis.beta import BetaQuantiles, beta_between

MIDDLE = np.linspace(1e-4, 1 - 1e-4, 2001)
LOWER = 2.0 ** -np.arange(1, 53, 0.37)
FARTHEST = 2.0**-53


@pytest.mark.parametrize("alpha", [1, 1.0001, 1.3, 2, 3, 4.4, 4.9999, 5])
def test_every_pert_is_tabulated_to_a_billionth_of_the_quantile_and_of_its_rest(alpha):
    quantiles = BetaQuantiles(alpha, 6 - alpha)
    u = np.concatenate([MIDDLE, LOWER])
    np.testing.assert_allclose(quantiles(u), special.betaincinv(alpha, 6 - alpha, u), rtol=1e-9)
    # Above the middle, what is left to 1 is compared as far as a float next to 1 can hold it.
    left = 2.0 ** -np.arange(1, 53)
    rest = special.betaincinv(6 - alpha, alpha, left)
    np.testing.assert_allclose(1 - quantiles(1 - left), rest, rtol=1e-9, atol=4 * FARTHEST)


@pytest.mark.parametrize(
    ("alpha", "beta"), [(1, 1), (9.2, 480), (400, 3.3), (5e4, 7e5), (1, 1e6), (1e6, 1e6)]
)
def test_so_are_the_shapes_of_measured_shares(alpha, beta):
    u = np.concatenate([MIDDLE, LOWER])
    np.testing.assert_allclose(BetaQuantiles(alpha, beta)(u), special.betaincinv(alpha, beta, u), rtol=1e-9)


@pytest.mark.parametrize(("alpha", "beta"), [(0.2, 0.4), (0.5, 30), (3, 1e9)])
def test_other_shapes_are_left_to_scipy(alpha, beta):
    assert BetaQuantiles(alpha, beta)(MIDDLE).tolist() == special.betaincinv(alpha, beta, MIDDLE).tolist()


@pytest.mark.parametrize("farthest", [FARTHEST, 1 - FARTHEST])
def test_the_farthest_draws_are_finite_and_inside(farthest):
    for alpha in (1, 1.5, 3, 4.5, 5):
        value = BetaQuantiles(alpha, 6 - alpha)(np.array([farthest]))[0]
        assert 0 < value < 1 or (value == 1 and farthest > 0.5)


@settings(max_examples=60, deadline=None)
@given(st.floats(-9, -0.01), st.floats(0.001, 1))
def test_a_fitted_beta_has_the_percentiles_asked_for(power, part):
    low = 10**power
    high = low + part * (0.999999 - low)
    alpha, beta = beta_between(low, high)
    assert special.betainc(alpha, beta, low) == pytest.approx(0.05, rel=1e-8)
    assert special.betainc(alpha, beta, high) == pytest.approx(0.95, rel=1e-8)


def test_a_beta_is_recovered_from_its_own_percentiles():
    for alpha, beta in [(2, 5), (50, 1200), (0.7, 0.9), (1, 8)]:
        low, high = stats.beta(alpha, beta).ppf([0.05, 0.95])
        assert beta_between(low, high) == pytest.approx((alpha, beta), rel=1e-6)
        mirrored = beta_between(1 - high, 1 - low)
        assert mirrored == pytest.approx((beta, alpha), rel=1e-6)


def test_a_range_too_narrow_for_floats_has_no_beta():
    assert beta_between(0.5, 0.500001) is None
