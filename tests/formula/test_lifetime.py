"""Customer lifetime value against sums of single years."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casebook import lifetime_value
from casebook.errors import CaseError
from casebook.formula.evaluation import evaluate


def worth(*arguments, **options):
    return float(evaluate(lifetime_value(*arguments, **options), 1)[0])


def by_year(margin, retention, growth, rate, years):
    """Each year's margin, of those who are left by then, at the year's end."""
    left, total = margin, 0.0
    for _ in range(years):
        left *= (1 + growth) * retention / (1 + rate)
        total += left
    return total


SHARES = st.floats(0.01, 0.99)


@given(SHARES, st.floats(-0.2, 0.2), SHARES, st.integers(1, 12))
def test_a_horizon_counts_its_years(retention, growth, rate, years):
    found = worth(80, retention, growth=growth, discount_rate=rate, years=years)
    assert found == pytest.approx(by_year(80, retention, growth, rate, years), rel=1e-9)


@given(SHARES, SHARES)
def test_without_a_horizon_it_is_the_limit_of_ever_longer_ones(retention, rate):
    limit = worth(80, retention, discount_rate=rate)
    assert limit == pytest.approx(by_year(80, retention, 0, rate, 5_000), rel=1e-6)


def test_a_new_customer_also_brings_a_margin_at_once():
    options = {"discount_rate": 0.08, "growth": 0.02, "years": 5}
    assert worth(120, 0.85, is_new=True, **options) - worth(120, 0.85, **options) == pytest.approx(120)


def test_growth_that_makes_up_for_all_else_counts_each_year_in_full():
    assert worth(100, 1, growth=0.1, discount_rate=0.1, years=4) == pytest.approx(400)


def test_without_a_limit_or_a_horizon_there_is_no_value():
    with pytest.raises(CaseError, match="there is no limit"):
        lifetime_value(100, 1, growth=0.1, discount_rate=0.1)
    with pytest.raises(CaseError, match="years is 0"):
        lifetime_value(100, 0.8, discount_rate=0.1, years=0)


UNITS = """\
title: Example
inputs:
  margin: {label: Margin of a customer, unit: currency/customer/year, example: 60}
  lost: {label: Customers lost, unit: share, example: 20%}
  lost_after: {label: Customers lost after, unit: share, example: 10%}
  growth: {label: Growth, unit: share/year, bounds: [-1, null], example: 5%}
  won_for: {label: Cost of winning a customer, unit: currency/customer, optional: true}
"""
GIVEN = {"margin": 60, "lost": "20%", "lost_after": "10%", "growth": "5%"}


def test_the_view_sets_today_beside_after_with_and_without_a_horizon(make_case):
    case = make_case(UNITS, inputs={**GIVEN, "won_for": 100}, years=3)
    x = case.inputs
    case.cost("Team", category="people", annual=x.margin * 1_000 * case_unit())
    kinds = {
        "Today": {
            "margin": x.margin,
            "retention": 1 - x.lost,
            "growth": x.growth,
            "acquisition_cost": x.won_for,
        },
        "After": {"margin": x.margin, "retention": 1 - x.lost_after, "growth": x.growth},
    }
    table = case.lifetime_value(kinds).component
    today, after = (by_year(60, kept, 0.05, 0.1, 3) for kept in (0.8, 0.9))
    assert (
        table.caption
        == f"An existing customer is worth ${today:.2f} (Today), ${after:.2f} (After) over 3 years"
    )
    rows = {row.cells[0]: row.cells[1:] for row in table.rows}
    assert rows["Years it stays, on average"] == ("5", "10")
    assert [list(row.cells[:2]) for row in table.rows][-1][1] == money(
        by_year(60, 0.8, 0.05, 0.1, 400) + 60 - 100
    )
    assert rows["Cost of winning a customer"] == ("$100", "–")


def case_unit():
    from casebook import constant

    return constant(1, "customer")


def money(amount):
    return f"${amount:.2f}"


def test_the_view_names_a_key_that_it_does_not_know(make_case):
    case = make_case(UNITS, inputs=GIVEN)
    case.cost("Team", category="people", annual=case.inputs.margin * case_unit())
    with pytest.raises(CaseError, match="no key 'churn'"):
        case.lifetime_value({"Today": {"margin": 1, "retention": 1, "churn": 2}})
    with pytest.raises(CaseError, match="has no retention"):
        case.lifetime_value({"Today": {"margin": 1}})
    x = case.inputs
    shown = case.lifetime_value({"Today": {"margin": x.won_for, "retention": 1 - x.lost}}).component
    assert shown.title == "Lifetime value."
