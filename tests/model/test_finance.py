"""Finance against published examples, brute force and its own definitions."""

from __future__ import annotations

import math
import time
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casebook.model.finance import (
    Payback,
    benefit_cost_ratio,
    discounted_payback_months,
    internal_rates_of_return,
    net_present_value,
    payback_months,
    present_value,
    return_on_investment,
)

amounts = st.one_of(
    st.integers(-1000, 1000).map(float),
    st.floats(min_value=1e-2, max_value=1e12),
    st.floats(min_value=-1e12, max_value=-1e-2),
)
some_flows = st.lists(amounts, min_size=1, max_size=12)
rates = st.floats(min_value=-0.5, max_value=1)


def exact_value(flows, v):
    """Sum flows[t] · v^t without any rounding."""
    return sum(Fraction(flow) * Fraction(v) ** year for year, flow in enumerate(flows))


# Present value -----------------------------------------------------------------------------------


def test_the_documented_example_of_numpy_financial():
    """numpy-financial, `npv`: 8 % on [-40000, 5000, 8000, 12000, 30000] gives 3065.22267."""
    flows = [-40_000, 5_000, 8_000, 12_000, 30_000]
    assert present_value(flows, 0.08) == pytest.approx(3065.22267, abs=1e-5)


def test_a_total_economic_impact_table():
    """Layout of a TEI cash-flow table: start costs undiscounted, three years at 10 %.

    PV of costs = 100,000 + 20,000 × 2.4868520 (annuity factor) = 149,737.04.
    """
    costs, benefits = [100_000, 20_000, 20_000, 20_000], [0, 110_000, 110_000, 110_000]
    pv_costs, pv_benefits = (float(present_value(flows, 0.10)) for flows in (costs, benefits))
    assert pv_costs == pytest.approx(149_737.04, abs=0.005)
    assert pv_benefits == pytest.approx(273_553.72, abs=0.005)
    assert net_present_value(benefits, costs, 0.10) == pytest.approx(123_816.68, abs=0.01)
    assert return_on_investment(pv_benefits, pv_costs) == pytest.approx(0.826894, abs=1e-6)
    assert benefit_cost_ratio(pv_benefits, pv_costs) == pytest.approx(1.826894, abs=1e-6)
    assert payback_months(np.subtract(benefits, costs)).months == pytest.approx(12 * 100 / 90)


def test_the_published_airline():
    """Social care at an airline: gains of 55,000,000 on costs of 2,750,400, one year, undiscounted."""
    benefits, costs = present_value([0, 55_000_000], 0), present_value([0, 2_750_400], 0)
    assert (benefits, costs) == (55_000_000, 2_750_400)
    assert return_on_investment(float(benefits), float(costs)) == pytest.approx(18.9970913, abs=1e-7)
    assert return_on_investment(5_500_000, float(costs)) == pytest.approx(0.99970913, abs=1e-8)


def test_the_start_is_not_discounted():
    assert present_value([100, 0, 0], 0.5) == 100
    assert present_value([0, 150, 0], 0.5) == 100


@given(st.integers(1, 4), st.integers(1, 51), rates, st.randoms(use_true_random=False))
def test_many_cases_at_once_equal_each_alone(cases, length, rate, random):
    flows = np.array([[random.uniform(-1e6, 1e6) for _ in range(length)] for _ in range(cases)])
    together = present_value(flows, rate)
    assert together.shape == (cases,)
    for case, value in zip(flows, together, strict=True):
        assert present_value(case, rate) == value
        looped = sum(flow / (1 + rate) ** year for year, flow in enumerate(case))
        terms = sum(abs(flow) / (1 + rate) ** year for year, flow in enumerate(case))
        assert value == pytest.approx(looped, abs=1e-12 * terms)
    assert present_value(np.asfortranarray(flows), rate).tolist() == together.tolist()


def test_each_case_may_have_its_own_rate():
    assert present_value([[0, 110], [0, 120]], [0.1, 0.2]).round(9).tolist() == [100, 100]
    assert present_value(np.ones((2, 3, 4)), np.zeros((3,))).tolist() == [[4, 4, 4], [4, 4, 4]]


@pytest.mark.parametrize("rate", [-1, -1.5, math.nan])
def test_a_rate_that_discounts_nothing_is_refused(rate):
    with pytest.raises(ValueError, match="above -1"):
        present_value([1, 2], rate)
    with pytest.raises(ValueError, match="above -1"):
        discounted_payback_months([1, 2], rate)


@pytest.mark.parametrize("function", [internal_rates_of_return, payback_months])
@pytest.mark.parametrize("flows", [[1, math.nan], [math.inf, 1], [], 3.0, [[1, 2], [3, 4]]])
def test_flows_that_are_none_are_refused(function, flows):
    with pytest.raises(ValueError, match="flows"):
        function(flows)


def test_without_costs_a_ratio_is_not_defined():
    assert return_on_investment(10, 0) is None
    assert return_on_investment(0, 0) is None
    assert benefit_cost_ratio(10, 0) is None
    assert return_on_investment(0, 10) == -1


# Internal rates of return ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("flows", "expected"),
    [
        # The examples in numpy-financial's documentation of `irr`, which gives one rate for each.
        ([-100, 39, 59, 55, 20], (0.28095,)),
        ([-100, 0, 0, 74], (-0.0955,)),
        ([-100, 100, 0, -7], (-0.67889, -0.0833)),
        ([-100, 100, 0, 7], (0.06206,)),
        ([-5, 10.5, 1, -8, 1], (-0.87020, 0.0886, 0.70956)),
    ],
)
def test_published_rates(flows, expected):
    assert internal_rates_of_return(flows) == pytest.approx(expected, abs=6e-5)


@pytest.mark.parametrize(
    ("flows", "expected"),
    [
        ([-100, 230, -132], (0.1, 0.2)),
        ([-1000, 3900, -5030, 2145], (0.1, 0.3, 0.5)),
        ([-100, 110], (0.1,)),
        ([-100, 100], (0.0,)),
        ([-100, 50], (-0.5,)),
        ([0, 0, -100, 110, 0, 0], (0.1,)),
        ([100, -110], (0.1,)),
        # No rate: one sign, nothing at all, or a curve that stays above zero.
        ([0, 0, 0], ()),
        ([5], ()),
        ([-5, -10], ()),
        ([100, 0, 50], ()),
        ([100, -200, 150], ()),
        # A rate that the curve only touches counts once, whichever way the amounts were rounded.
        ([-100, 220, -121], (0.1,)),
        ([-100, 220.00000000000003, -121], (0.1,)),
        ([-100, 219.99999999999997, -121], (0.1,)),
        ([(-1) ** t * math.comb(50, t) for t in range(51)], (0.0,)),
        # Amounts of very different size.
        ([-1e12, 1e-2], (-1 + 1e-14,)),
        ([-1e-2, 1e12], (1e14 - 1,)),
        ([-1e-2, 0, 1e12, 0], (1e7 - 1,)),
        ([-1e-300, 1], (1e300,)),
    ],
)
def test_all_rates_are_found(flows, expected):
    assert internal_rates_of_return(flows) == pytest.approx(expected, rel=1e-12, abs=1e-14)


@given(st.lists(st.integers(-15, 60), min_size=1, max_size=5, unique=True), st.integers(1, 10**6))
def test_rates_that_were_put_in_come_out(twentieths, scale):
    """The product of (1 + r − growth) over chosen rates has exactly those rates."""
    coefficients = [Fraction(scale)]
    for rate in twentieths:
        growth = 1 + Fraction(rate, 20)
        coefficients = [
            here - growth * before
            for here, before in zip([*coefficients, Fraction()], [Fraction(), *coefficients], strict=True)
        ]
    whole = [int(c * 20**5) for c in coefficients]
    flows = [float(c) for c in whole]
    if any(int(flow) != c for flow, c in zip(flows, whole, strict=True)):
        return  # rounded on the way to a float: another polynomial
    expected = [rate / 20 for rate in sorted(twentieths)]
    assert internal_rates_of_return(flows) == pytest.approx(expected, rel=1e-12, abs=1e-14)


@given(some_flows)
def test_value_at_each_rate_is_zero(flows):
    found = internal_rates_of_return(flows)
    assert list(found) == sorted(set(found))
    for rate in found:
        discounted = [flow * (1 / (1 + rate)) ** year for year, flow in enumerate(flows)]
        # Relative to each flow's own weight, and allowing for the last bit of a rate close to −1.
        last_bit = len(flows) * 2 * math.ulp(rate) / (1 + rate)
        assert abs(math.fsum(discounted)) <= (1e-12 + last_bit) * math.fsum(map(abs, discounted))


@settings(deadline=None, max_examples=40)
@given(some_flows)
def test_no_change_of_sign_is_without_a_rate(flows):
    """Between points of a dense scan, an odd number of rates lies where the exact value changes sign."""
    scan = [2.0**-40, *np.geomspace(0.05, 20, 200), 2.0**40]
    found = [1 / (1 + Fraction(rate)) for rate in internal_rates_of_return(flows)]
    for low, high in pairwise(scan):
        here, there = exact_value(flows, low), exact_value(flows, high)
        # A double root is given once; nothing can be said at a point where the value all but vanishes.
        weights = [exact_value([abs(flow) for flow in flows], v) for v in (low, high)]
        if abs(here) < 1e-9 * weights[0] or abs(there) < 1e-9 * weights[1]:
            continue
        inside = sum(low < v < high for v in found)
        if (here > 0) != (there > 0):
            assert inside % 2 == 1


@given(some_flows)
def test_there_are_no_more_rates_than_changes_of_sign(flows):
    """Descartes: no more positive roots than changes of sign in the flows."""
    signs = [flow > 0 for flow in flows if flow]
    assert len(internal_rates_of_return(flows)) <= sum(a != b for a, b in pairwise(signs))


def test_fifty_years_of_any_flows_are_quick():
    rng = np.random.default_rng(5)
    start = time.process_time()
    for spread in (0, 4, 14):
        flows = rng.choice([-1.0, 1.0], 51) * 10 ** rng.uniform(-2, -2 + spread, 51)
        internal_rates_of_return(flows)
    internal_rates_of_return([-1e12] + [1e-2] * 50)
    assert time.process_time() - start < 5


# Payback -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("flows", "expected"),
    [
        ([-100, 200], Payback("reached", 6)),
        ([-100, 50, 100], Payback("reached", 18)),
        ([-100, 100], Payback("reached", 12)),
        ([-100, 100, 0], Payback("reached", 12)),
        ([0, -100, 200], Payback("reached", 18)),
        # The balance rises above zero, falls back and rises again: the last time counts.
        ([-100, 200, -150, 100], Payback("reached", 30)),
        ([-100, 200, -150, 10], Payback("not reached")),
        ([-100, 150, -60], Payback("not reached")),
        ([-100, 100, -50, 50], Payback("reached", 36)),
        ([-100, 10, 10], Payback("not reached")),
        ([-100], Payback("not reached")),
        ([0, 0], Payback("no money at risk")),
        ([10, -10, 5], Payback("no money at risk")),
        # Sums that are zero but for rounding.
        ([-0.3, 0.1, 0.2], Payback("reached", 24)),
        ([0.3, -0.1, -0.2], Payback("no money at risk")),
    ],
)
def test_payback(flows, expected):
    found = payback_months(flows)
    assert found.state == expected.state
    assert found.months == (None if expected.months is None else pytest.approx(expected.months))


@given(st.lists(st.integers(-50, 50).map(float), min_size=1, max_size=8))
def test_payback_is_where_a_fine_grid_says(flows):
    """Brute force: walk the balance in steps of 1/1000 year and take the last step from below zero."""
    years = np.arange(len(flows))
    balance = np.interp(np.linspace(0, years[-1], 1000 * years[-1] + 1), years, np.cumsum(flows))
    below = np.flatnonzero(balance < -1e-9)
    found = payback_months(flows)
    if below.size == 0:
        assert found == Payback("no money at risk")
    elif below[-1] == balance.size - 1:
        assert found == Payback("not reached")
    else:
        assert found.state == "reached"
        assert found.months == pytest.approx(12 * (below[-1] + 0.5) / 1000, abs=12 / 1000)


@given(some_flows, rates)
def test_discounting_moves_payback_only_through_the_flows(flows, rate):
    discounted = np.array(flows) / (1 + rate) ** np.arange(len(flows))
    assert discounted_payback_months(flows, rate) == payback_months(discounted)
    assert discounted_payback_months(flows, 0) == payback_months(flows)


def test_discounted_payback_is_later():
    assert discounted_payback_months([-100, 55, 121], 0.10).months == pytest.approx(18)
    assert payback_months([-100, 55, 121]).months == pytest.approx(12 * (1 + 45 / 121))
