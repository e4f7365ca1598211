"""Finance against published examples, brute force and its own definitions."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casebook.case.finance import (
    Payback,
    benefit_cost_ratio,
    discounted_payback_months,
    internal_rate_of_return,
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


@pytest.mark.parametrize("function", [internal_rate_of_return, payback_months])
@pytest.mark.parametrize("flows", [[1, math.nan], [math.inf, 1], [], 3.0, [[1, 2], [3, 4]]])
def test_flows_that_are_none_are_refused(function, flows):
    with pytest.raises(ValueError, match="flows"):
        function(flows)


def test_without_costs_a_ratio_is_not_defined():
    assert return_on_investment(10, 0) is None
    assert return_on_investment(0, 0) is None
    assert benefit_cost_ratio(10, 0) is None
    assert return_on_investment(0, 10) == -1


# Internal rate of return -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("flows", "state", "rate"),
    [
        # The examples in numpy-financial's documentation of `irr`, which gives a rate for each of them.
        ([-100, 39, 59, 55, 20], "one rate", 0.28095),
        ([-100, 0, 0, 74], "one rate", -0.0955),
        ([-100, 100, 0, -7], "may not be unique", None),  # -67.9 % and -8.33 %
        ([-100, 100, 0, 7], "one rate", 0.06206),
        ([-5, 10.5, 1, -8, 1], "may not be unique", None),  # -87.0 %, 8.86 % and 71.0 %
    ],
)
def test_published_rates(flows, state, rate):
    found = internal_rate_of_return(flows)
    assert found.state == state
    assert found.rate == (None if rate is None else pytest.approx(rate, abs=6e-5))


@pytest.mark.parametrize(
    ("flows", "state", "rate"),
    [
        # No change of sign.
        ([0, 0, 0], "does not exist", None),
        ([5], "does not exist", None),
        ([-5, -10], "does not exist", None),
        ([100, 0, 50], "does not exist", None),
        # One: a rate of any sign, and that of a loan.
        ([-100, 110], "one rate", 0.1),
        ([-100, 100], "one rate", 0.0),
        ([-100, 50], "one rate", -0.5),
        ([0, 0, -100, 0, 121, 0, 0], "one rate", 0.1),
        ([100, -110], "one rate", 0.1),
        # Dear to end: -100 + 230 ÷ (1 + r) - 60 ÷ (1 + r)² is 0 at 100 % and at -70 %.
        ([-100, 230, -60], "one rate above zero", 1.0),
        ([100, -230, 60], "one rate above zero", 1.0),
        ([0, -100, 230, -60, 0], "one rate above zero", 1.0),
        ([-100, 100, 230, -60], "one rate above zero", 1.0),  # the running total is 0 on its way
        # Neither: 10 % and 20 %; 10 %, 30 % and 50 %; none; one that is touched; a total that ends at 0.
        ([-100, 230, -132], "may not be unique", None),
        ([-1000, 3900, -5030, 2145], "may not be unique", None),
        ([100, -200, 150], "may not be unique", None),
        ([-100, 220, -121], "may not be unique", None),
        ([-100, 250, -150], "may not be unique", None),
        ([-0.3, 0.6, -0.1, -0.2], "may not be unique", None),  # at 0 but for rounding
        # Amounts of very different size.
        ([-1e12, 1e-2], "one rate", -1 + 1e-14),
        ([-1e-2, 1e12], "one rate", 1e14 - 1),
        ([-1e-2, 0, 1e12, 0], "one rate", 1e7 - 1),
        ([-1e12, *[0] * 49, 1e-2, *[0] * 20], "one rate", 1e-14**0.02 - 1),
    ],
)
def test_which_rate_is_given_and_which_is_not(flows, state, rate):
    found = internal_rate_of_return(flows)
    assert found.state == state
    assert found.rate == (None if rate is None else pytest.approx(rate, rel=1e-12, abs=1e-14))
    assert found.is_borrowing == (next((flow for flow in flows if flow), 0) > 0)


@given(some_flows)
def test_value_at_the_rate_is_zero_and_changes_sign_there(flows):
    found = internal_rate_of_return(flows)
    if found.rate is None:
        return
    assert found.rate > (0 if found.state == "one rate above zero" else -1)
    growth = 1 + Fraction(found.rate)
    near = Fraction(8 * (math.ulp(found.rate) + math.ulp(1 + found.rate)))
    below, above = (exact_value(flows, 1 / max(growth + by, Fraction(1, 10**17))) for by in (-near, near))
    assert (below < 0) != (above < 0) or below == 0 or above == 0
    assert (above > 0) == found.is_borrowing  # a return pays below its rate, a loan above


whole_flows = st.lists(st.integers(-300, 300).map(float), min_size=1, max_size=9)


@settings(max_examples=300)
@given(whole_flows)
def test_numpy_finds_no_other_root_where_a_rate_is_given(flows):
    """The eigenvalues of the companion matrix, another method: 1 + rate is the only one that may be meant."""
    found, used = internal_rate_of_return(flows), np.trim_zeros(flows)
    if found.state == "may not be unique":
        return
    roots = np.roots(used) if len(used) else np.array([])
    real = roots.real[np.abs(roots.imag) <= 1e-9 * np.abs(roots)]
    least = 1 if found.state == "one rate above zero" else 0
    grown = [growth - 1 for growth in real if growth > least]
    assert grown == ([] if found.rate is None else pytest.approx([found.rate], rel=1e-6, abs=1e-9))


@given(some_flows, st.integers(1, 5), st.integers(0, 3))
def test_the_rate_hangs_neither_on_the_currency_s_unit_nor_on_empty_years(flows, scale, empty):
    moved = [*[0.0] * empty, *(flow * 2.0**scale for flow in flows), *[0.0] * empty]
    assert internal_rate_of_return(moved) == internal_rate_of_return(flows)


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
