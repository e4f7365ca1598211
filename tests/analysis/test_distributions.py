"""Distributions through low, likely and high: known answers, round trips, and ranges that contradict."""

from __future__ import annotations

import math
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.special import expit

from casebook.analysis.distributions import KINDS, Uncertain, disagreement, fit
from casebook.errors import CaseError

ENDS = np.array([0.05, 0.95])


# Known answers -----------------------------------------------------------------------------------


def test_a_symmetric_pert_is_the_textbook_one():
    """On 0 … 10 with mode 5 a PERT is a Beta(3, 3): mean 5, variance 100 · 9 ÷ (36 · 7)."""
    low, high = 10 * stats.beta(3, 3).ppf(ENDS)
    pert = fit("pert", low, 5, high)
    assert (pert.lowest, pert.highest) == pytest.approx((0, 10), abs=1e-9)
    assert pert.mean == pytest.approx(5, rel=1e-12)
    assert pert.sd == pytest.approx(math.sqrt(900 / 252), rel=1e-9)


@pytest.mark.parametrize(
    ("least", "mode", "greatest"), [(0, 2, 10), (-5, 4, 5), (100, 106, 190), (0, 0.4, 10)]
)
def test_a_skewed_pert_is_recovered_from_its_percentiles(least, mode, greatest):
    width = greatest - least
    known = stats.beta(
        1 + 4 * (mode - least) / width, 1 + 4 * (greatest - mode) / width, loc=least, scale=width
    )
    low, high = known.ppf(ENDS)
    pert = fit("pert", low, mode, high)
    assert (pert.lowest, pert.highest) == pytest.approx((least, greatest), abs=1e-8 * width)
    assert pert.mean == pytest.approx((least + 4 * mode + greatest) / 6, rel=1e-9)
    assert pert.sd == pytest.approx(known.std(), rel=1e-9)
    u = np.linspace(0.001, 0.999, 999)
    np.testing.assert_allclose(pert.quantile(u), known.ppf(u), rtol=0, atol=1e-8 * width)


def test_a_triangle_on_0_to_10_with_its_peak_at_2():
    """√(0.05 · 10 · 2) = 1 and 10 − √(0.05 · 10 · 8) = 8; variance 84 ÷ 18."""
    triangle = fit("triangular", 1, 2, 8)
    assert (triangle.lowest, triangle.highest) == pytest.approx((0, 10), abs=1e-9)
    assert (triangle.mean, triangle.sd) == pytest.approx((4, math.sqrt(84 / 18)), rel=1e-9)
    u = np.linspace(0.001, 0.999, 999)
    np.testing.assert_allclose(triangle.quantile(u), stats.triang(0.2, 0, 10).ppf(u), rtol=1e-9)


def test_a_uniform_reaches_a_twentieth_of_its_draws_beyond():
    uniform = fit("uniform", 5, 80, 95)
    assert (uniform.lowest, uniform.highest) == pytest.approx((0, 100), abs=1e-9)
    assert (uniform.mean, uniform.sd) == pytest.approx((50, 100 / math.sqrt(12)))


def test_a_normal_has_low_and_high_1_645_deviations_out():
    normal = fit("normal", 10 - 1.6448536269514722 * 2, 10, 10 + 1.6448536269514722 * 2)
    assert (normal.mean, normal.sd) == pytest.approx((10, 2), rel=1e-12)
    u = np.linspace(0.001, 0.999, 999)
    np.testing.assert_allclose(normal.quantile(u), stats.norm(10, 2).ppf(u), rtol=1e-12)


def test_a_lognormal_s_likely_value_is_its_median():
    lognormal = fit("lognormal", 50, 100, 200)
    sigma = math.log(4) / (2 * 1.6448536269514722)
    known = stats.lognorm(sigma, scale=100)
    assert lognormal.quantile(np.array([0.5]))[0] == pytest.approx(100, rel=1e-12)
    assert (lognormal.mean, lognormal.sd) == pytest.approx((known.mean(), known.std()), rel=1e-9)
    u = np.linspace(0.001, 0.999, 999)
    np.testing.assert_allclose(lognormal.quantile(u), known.ppf(u), rtol=1e-9)


def test_a_measured_share_is_a_beta():
    """30 of 200, as a flat prior leaves it: Beta(31, 171), whose mode is the share counted."""
    known = stats.beta(31, 171)
    low, high = known.ppf(ENDS)
    for likely in (0.15, known.mean(), known.median()):
        beta = fit("beta", low, likely, high)
        assert (beta.mean, beta.sd) == pytest.approx((known.mean(), known.std()), rel=1e-7)
        assert (beta.lowest, beta.highest) == (0, 1)


@pytest.mark.parametrize("kind", ["pert", "triangular", "uniform"])
def test_moments_agree_with_the_quantile_function(kind):
    distribution = fit(kind, -3, 1, 40)
    values = distribution.quantile((np.arange(400_000) + 0.5) / 400_000)
    assert (values.mean(), values.std()) == pytest.approx((distribution.mean, distribution.sd), rel=1e-4)


# Round trips -------------------------------------------------------------------------------------

places = st.one_of(st.just(0.0), st.floats(-1e12, -1e-9), st.floats(1e-9, 1e12))
widths = st.floats(-9, 12).map(lambda power: 10**power)
ratios = st.one_of(st.sampled_from([0.0, 1.0, 0.5, 1e-9, 1 - 1e-9]), st.floats(0, 1))


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(["pert", "triangular"]), places, widths, ratios)
def test_percentiles_and_mode_come_back(kind, low, width, ratio):
    assume(width > 1e-7 * abs(low))  # narrower, and floats can't hold the range to a millionth
    high = low + width
    likely = min(max(low + ratio * width, low), high)
    fitted = fit(kind, low, likely, high)
    span = high - low
    assert fitted.quantile(ENDS).tolist() == pytest.approx([low, high], rel=1e-6, abs=1e-9 * span)
    if kind == "pert":
        mode = (6 * fitted.mean - fitted.lowest - fitted.highest) / 4
    else:
        mode = 3 * fitted.mean - fitted.lowest - fitted.highest
    assert mode == pytest.approx(likely, abs=1e-6 * span)
    # By an independent road: the share of draws below low and high on these end points.
    s = (likely - fitted.lowest) / (fitted.highest - fitted.lowest)
    known = stats.beta(1 + 4 * s, 5 - 4 * s) if kind == "pert" else stats.triang(s)
    at = (np.array([low, high]) - fitted.lowest) / (fitted.highest - fitted.lowest)
    np.testing.assert_allclose(known.cdf(at), ENDS, rtol=1e-6)


@settings(max_examples=100, deadline=None)
@given(st.floats(-9, 12), st.floats(0.001, 20))
def test_a_lognormal_s_percentiles_come_back_at_any_size(power, decades):
    low, high = 10**power, 10 ** (power + decades)
    fitted = fit("lognormal", low, math.sqrt(low) * math.sqrt(high), high)
    np.testing.assert_allclose(fitted.quantile(ENDS), [low, high], rtol=1e-9)


@given(places, st.floats(1e-3, 1e3))
@settings(max_examples=50, deadline=None)
def test_a_distribution_scales_with_its_unit(low, factor):
    high, u = low + abs(low) + 1, np.linspace(0.01, 0.99, 9)
    likely = low + 0.3 * (high - low)
    one = fit("pert", low, likely, high).quantile(u)
    other = fit("pert", factor * low, factor * likely, factor * high).quantile(u)
    np.testing.assert_allclose(other, factor * one, rtol=1e-9, atol=1e-9 * factor * (high - low))


# Every shape -------------------------------------------------------------------------------------

# Parameters that a library treats apart, with those a rounding away from them, and any others.
_apart = st.builds(
    lambda one, off: one * (1 + off),
    st.sampled_from([0.25, 0.5, 1.0, 2.0, 3.0]),
    st.one_of(st.sampled_from([0, 2.2e-16, -1.1e-16]), st.floats(-15, -6).map(lambda power: 10**power)),
)
_parameters = st.one_of(_apart, st.floats(-1, 4).map(lambda power: 10**power))


@st.composite
def ranges(draw):
    """Any kind of distribution with low, likely and high that agree with it."""
    kind = draw(st.sampled_from(KINDS))
    if kind == "beta":
        known = stats.beta(draw(_parameters), draw(_parameters))
        low, likely, high = known.ppf([0.05, 0.5, 0.95]).tolist()
        assume(1e-12 < low < likely < high < 1 - 1e-12 and high - low > 1e-3 * min(high, 1 - low))
    elif kind == "lognormal":
        low = 10 ** draw(st.floats(-9, 12))
        high = low * 10 ** draw(st.floats(1e-3, 20))
        likely = math.sqrt(low) * math.sqrt(high)
    else:
        low = draw(places)
        high = low + 10 ** draw(st.floats(-9, 12))
        assume(high - low > 1e-7 * abs(low))
        ratio = 0.5 if kind == "normal" else draw(ratios)
        likely = min(max(low + ratio * (high - low), low), high)
    return kind, low, likely, high


@settings(max_examples=100, deadline=None)
@given(ranges())
@example(("beta", 0.05, 0.5, 0.95))
def test_every_quantile_function_rises_and_meets_low_likely_and_high(given_range):
    kind, low, likely, high = given_range
    fitted, span = fit(kind, low, likely, high), high - low
    values = fitted.quantile(expit(np.linspace(-36, 36, 3001)))  # all that a draw can be
    assert np.isfinite(values).all()
    near_zero = 0.0 if kind in ("lognormal", "beta") else abs(low) + span  # of what a value is the difference
    assert (np.diff(values) >= -4 * np.finfo(float).eps * (np.abs(values[1:]) + near_zero)).all()
    found = fitted.quantile(ENDS)
    assert found.tolist() == pytest.approx([low, high], rel=1e-6, abs=1e-9 * span)
    if kind in ("normal", "lognormal", "beta"):
        assert fitted.quantile(np.array([0.5]))[0] == pytest.approx(likely, rel=1e-6)
    elif kind != "uniform":  # the mode is where an equal share of the draws takes the least room
        u = np.linspace(0.001, 0.999, 999)
        here = fitted.quantile(u)
        narrowest = int(np.argmin(np.diff(here)))
        assert here[narrowest] - 0.02 * span <= likely <= here[narrowest + 1] + 0.02 * span


# Degenerate ranges -------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("value", [0.0, -3.0, 0.1, 1e12])
def test_a_range_of_one_value_is_that_value_in_every_draw(kind, value):
    constant = fit(kind, value, value, value)
    assert constant.quantile(np.array([1e-9, 0.3, 0.999])).tolist() == [value] * 3
    assert (constant.mean, constant.sd) == (value, 0)


@pytest.mark.parametrize("kind", ["pert", "triangular", "uniform"])
def test_likely_may_be_low_or_high(kind):
    assert fit(kind, 4, 4, 9).quantile(ENDS).tolist() == pytest.approx([4, 9], rel=1e-12)
    assert fit(kind, 4, 9, 9).quantile(ENDS).tolist() == pytest.approx([4, 9], rel=1e-12)


def test_a_beta_may_pile_up_at_low():
    """Beta(0.5, 5) has its peak at 0, so that any value from low to its mean is a likely one."""
    low, high = stats.beta(0.5, 5).ppf(ENDS)
    assert fit("beta", low, low, high).mean == pytest.approx(0.5 / 5.5, rel=1e-6)


# Contradictions ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "low", "likely", "high", "message", "hint"),
    [
        (
            "pert",
            10,
            9,
            12,
            "low is 10, likely is 9, high is 12; likely must lie between low and high",
            "10 to 12",
        ),
        (
            "pert",
            12,
            11,
            10,
            "low is 12, likely is 11, high is 10; low must not be above high",
            "5th percentile",
        ),
        ("pert", 1, math.nan, 2, "each must be a finite number", "three numbers"),
        ("normal", 8, 12, 16.4, "likely is half-way between low and high", "would have to be 12.2;"),
        ("normal", 8, 8, 16, "likely is half-way between low and high", "would have to be 12;"),
        ("lognormal", 50, 120, 200, "likely is the median, √(low × high)", "would have to be 100;"),
        ("lognormal", 0, 1, 2, "a lognormal distribution needs low above 0", "pert"),
        ("lognormal", 1e-20, 1, 1e20, "needs high below 1e30 × low", "pert"),
        ("beta", 0, 0.1, 0.3, "a beta distribution needs low above 0 and high below 1", "2%"),
        ("beta", 0.2, 8, 30, "a beta distribution needs low above 0 and high below 1", "2%"),
        ("beta", 0.1, 0.19, 0.2, "likely is its mode, median or mean", "would have to be 0.1416 to 0.147;"),
        ("beta", 0.5, 0.5000005, 0.500001, "no beta distribution can be computed", "pert"),
        ("gamma", 1, 2, 3, "distribution is 'gamma'; it must be one of pert, triangular, uniform", "pert"),
    ],
)
def test_what_contradicts_is_said_with_what_would_agree(kind, low, likely, high, message, hint):
    with pytest.raises(CaseError) as caught:
        fit(kind, low, likely, high)
    text, advice = str(caught.value).split("\n  hint: ")
    assert message in text
    assert hint in advice


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(["normal", "lognormal"]), st.floats(-6, 9), st.floats(0.01, 3))
def test_following_the_advice_settles_it(kind, power, decades):
    low, high = 10**power, 10 ** (power + decades)
    _, hint = disagreement(kind, low, low, high)
    advised = float(hint.split("would have to be ")[1].split(";")[0])
    assert disagreement(kind, low, advised, high) is None


def test_rounding_by_a_hundredth_of_the_range_is_not_a_contradiction():
    assert disagreement("normal", 0, 50.9, 100) is None
    assert disagreement("normal", 0, 51.1, 100) is not None
    kept = fit("normal", 0, 50.9, 100)
    assert kept.quantile(ENDS).tolist() == pytest.approx([0, 100], abs=1e-9)


# Inputs ------------------------------------------------------------------------------------------


def test_an_input_by_year_draws_one_quantile_for_all_years():
    rising = Uncertain("rising", likely=(10, 11, 12), low=(9, 9.9, 10.8), high=(12, 13.2, 14.4))
    values = rising.values(np.array([0.05, 0.4, 0.95]))
    assert values.shape == (3, 3)
    np.testing.assert_allclose(values[0], [9, 9.9, 10.8], rtol=1e-12)
    np.testing.assert_allclose(values[1] / values[1, 0], [1, 1.1, 1.2], rtol=1e-9)
    assert len({id(each.shape) for each in rising.distributions}) == 1


def test_years_without_a_range_stay_as_they_are():
    partly = Uncertain("partly", likely=(0, 5), low=(0, 4), high=(0, 8))
    assert partly.values(np.array([0.2, 0.9]))[:, 0].tolist() == [0, 0]
    assert partly.varying_year == 1


def test_a_single_value_has_one_column():
    assert Uncertain("one", 10, 9, 12).values(np.array([0.5, 0.6])).shape == (2, 1)


def test_draws_stop_at_what_the_input_may_be():
    share = Uncertain("share", 0.97, 0.8, 0.995, bounds=(0, 1))
    u = (np.arange(10_000) + 0.5) / 10_000
    values = share.values(u)[:, 0]
    assert Uncertain("share", 0.97, 0.8, 0.995).values(u).max() > 1
    assert values.max() == 1
    assert np.quantile(values, ENDS).tolist() == pytest.approx([0.8, 0.995], abs=1e-3)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"likely": 9, "low": 10, "high": 12}, "price: low is 10, likely is 9, high is 12"),
        ({"likely": (11, 9), "low": (10, 10), "high": (12, 12)}, "price, year 2: low is 10, likely is 9"),
        (
            {"likely": (11, 11), "low": 10, "high": 12},
            "price: low, likely and high must all be single values",
        ),
        ({"likely": (1, 2), "low": (1, 2), "high": (1, 2, 3)}, "price: low, likely and high must all be"),
        ({"likely": 11, "low": -1, "high": 12, "bounds": (0, None)}, "both must be within 0 to …"),
    ],
)
def test_an_input_names_itself_and_the_year(arguments, message):
    with pytest.raises(CaseError, match="price") as caught:
        Uncertain("price", **arguments)
    assert message in str(caught.value)


def test_a_beta_far_from_its_centre_names_the_input_when_it_is_fitted():
    share = Uncertain("share", 0.19, 0.1, 0.2, kind="beta")
    with pytest.raises(CaseError, match=r"^share: low is 0\.1, likely is 0\.19"):
        share.values(np.array([0.5]))


def test_checking_ranges_loads_no_scipy():
    program = (
        "import sys; from casebook.analysis import distributions, sampling, sensitivity, information; "
        "distributions.Uncertain('x', 2, 1, 4); distributions.Uncertain('y', 0.2, 0.1, 0.4, kind='beta'); "
        "sys.exit(any(name.startswith('scipy') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
