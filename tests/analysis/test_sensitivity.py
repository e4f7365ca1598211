"""Swings, shares of variance and break-even values of models whose answers are known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casebook.analysis.distributions import Uncertain
from casebook.analysis.sampling import Sample
from casebook.analysis.sensitivity import SHARES_METHOD, break_even, tornado, variance_shares
from casebook.errors import CaseError


def linear(base, **slopes):
    """An NPV that is base + Σ slope × (sum of the input's years), at inputs that default to 0."""

    def npv(values):
        return base + sum(slopes[name] * each.sum(axis=-1) for name, each in values.items())

    return npv


# Tornado -----------------------------------------------------------------------------------------


def test_a_linear_model_s_swings_are_exact_and_sorted():
    small = Uncertain("small", 0, -1, 2)
    costly = Uncertain("costly", 0, -4, 3)
    by_year = Uncertain("by_year", (0, 0), (-1, -2), (1, 4))
    swings = tornado([small, costly, by_year], linear(100, small=1, costly=-10, by_year=2))
    assert [(s.name, s.at_low, s.at_high, s.base) for s in swings] == [
        ("costly", 140, 70, 100),
        ("by_year", 94, 110, 100),
        ("small", 99, 102, 100),
    ]
    assert [s.swing for s in swings] == [70, 16, 3]
    assert (swings[1].low_value, swings[1].high_value) == ((-1, -2), (1, 4))


def test_a_swing_spans_the_base_where_both_ends_are_on_one_side():
    swing = tornado([Uncertain("x", 0, -1, 1)], lambda values: -(values["x"] ** 2).sum(axis=-1))[0]
    assert (swing.at_low, swing.at_high, swing.base, swing.swing) == (-1, -1, 0, 1)


def test_equal_swings_stay_in_order_and_no_inputs_have_none():
    inputs = [Uncertain(name, 0, -1, 1) for name in "bca"]
    assert [s.name for s in tornado(inputs, linear(0, a=1, b=1, c=-1))] == ["b", "c", "a"]
    assert tornado([], lambda values: np.array([3.0])) == []


def test_a_value_that_is_no_number_names_its_end():
    def npv(values):
        with np.errstate(divide="ignore"):
            return (1 / (values["x"] + 1)).sum(axis=-1)

    with pytest.raises(CaseError, match="with x at its low value is not a finite number"):
        tornado([Uncertain("x", 0, -1, 1)], npv)


# Shares of variance ------------------------------------------------------------------------------

SAMPLE = Sample(tuple(Uncertain(name, 0, -1, 1, kind="normal") for name in "abc"), seed=8)
DRAWS = SAMPLE.values(0, 20_000)
COLUMNS = {name: each[:, 0] for name, each in DRAWS.items()}
NPV = 2 * COLUMNS["a"] - COLUMNS["b"]


def test_shares_of_a_normal_sum_are_those_of_its_ranks():
    """Normal inputs: ρ = 6 ÷ π · asin(r ÷ 2), with r² = 0.8 and 0.2."""
    result = variance_shares(COLUMNS, NPV)
    a, b = (6 / np.pi * np.arcsin(np.sqrt(r2) / 2) for r2 in (0.8, 0.2))
    assert result.rank_correlations["a"] == pytest.approx(a, abs=0.01)
    assert result.rank_correlations["b"] == pytest.approx(-b, abs=0.02)
    assert result.shares["a"] == pytest.approx(a**2 / (a**2 + b**2), abs=0.015)
    assert result.shares["c"] < 0.001
    assert sum(result.shares.values()) == pytest.approx(1, abs=1e-12)
    assert "rank correlation" in result.method == SHARES_METHOD


def test_shares_do_not_depend_on_scale_or_monotone_transformation():
    stretched = {"a": np.exp(COLUMNS["a"]), "b": -7 * COLUMNS["b"] ** 3, "c": COLUMNS["c"]}
    assert variance_shares(stretched, np.exp(NPV)).shares == pytest.approx(
        variance_shares(COLUMNS, NPV).shares
    )


def test_nothing_varies_with_nothing():
    result = variance_shares({"x": np.arange(4.0)}, np.full(4, 7.0))
    assert (result.shares, result.rank_correlations) == ({"x": 0}, {"x": 0})
    assert variance_shares({}, np.arange(3.0)).shares == {}
    with pytest.raises(ValueError, match="one value a draw"):
        variance_shares({"x": np.zeros((3, 2))}, np.arange(3.0))


# Break-even --------------------------------------------------------------------------------------

slopes = st.one_of(st.floats(1e-9, 1e9), st.floats(-1e9, -1e-9))


@settings(max_examples=200, deadline=None)
@given(slopes, st.floats(-1e5, 1e5).filter(lambda x: abs(x) > 1e-5), st.floats(-1e3, 1e3))
def test_a_linear_case_is_solved_to_the_last_digits(slope, root, likely):
    found = break_even("x", likely, (None, None), lambda v: (slope * (v["x"] - root)).sum(axis=-1))
    assert found == pytest.approx(root, rel=1e-12)


@settings(max_examples=100, deadline=None)
@given(
    st.floats(-1e9, 1e9).filter(lambda x: abs(x) > 1e-5),
    slopes,
    st.sampled_from([0.0, 1e-17, -1e-17, 1e-300]),
)
def test_a_case_that_is_nothing_without_the_input_breaks_even_at_nothing(likely, slope, rounding):
    """Whatever is earned and spent is in proportion to x, but for a rounding of what is cancelled at 0."""

    def npv(v):
        return (slope * v["x"] + rounding * abs(slope * likely)).sum(axis=-1)

    assert break_even("x", likely, (None, None), npv) == 0
    assert break_even("x", (abs(likely),) * 2, (0, None), npv) in (0, None)


def test_the_airline_s_margin_and_share():
    """Gains 22,000,000 × 10 % × 250 × 10 % = 55,000,000 at a margin of 100 %; costs 2,750,400."""

    def by_margin(values):
        return (values["margin"] * 22e6 * 0.1 * 250 * 0.1 - 2_750_400).sum(axis=-1)

    def by_share(values):
        return (22e6 * values["share"] * 250 * 0.1 - 2_750_400).sum(axis=-1)

    assert break_even("margin", 1.0, (0, 1), by_margin) == pytest.approx(2_750_400 / 55e6, rel=1e-12)
    assert break_even("share", 0.1, (0, 1), by_share) == pytest.approx(2_750_400 / 550e6, rel=1e-12)


def test_none_within_the_bounds_is_an_answer():
    npv = linear(-10, x=1)
    assert break_even("x", 3, (0, 9), npv) is None
    assert break_even("x", 3, (0, 10), npv) == 10
    assert break_even("x", 3, (0, None), npv) == pytest.approx(10, rel=1e-12)
    assert break_even("x", 30, (11, None), npv) is None
    assert break_even("x", 3, (None, None), lambda v: np.full(v["x"].shape[0], 5.0)) is None
    assert break_even("x", 3, (None, None), lambda v: np.array([5.0])) is None


def test_of_two_the_nearest_to_likely():
    def npv(values):
        return ((values["x"] - 2) * (values["x"] - 7)).sum(axis=-1)

    assert break_even("x", 4, (None, None), npv) == pytest.approx(2, rel=1e-12)
    assert break_even("x", 5, (0, 10), npv) == pytest.approx(7, rel=1e-12)
    assert break_even("x", -1000, (None, None), npv) == pytest.approx(2, rel=1e-12)
    assert break_even("x", 4, (3, 10), npv) == pytest.approx(7, rel=1e-12)


def test_a_case_that_is_even_already_stays():
    assert break_even("x", 4, (None, None), linear(-8, x=2)) == 4


def test_from_a_likely_value_of_zero():
    assert break_even("x", 0, (None, None), linear(-5e-5, x=1)) == pytest.approx(5e-5, rel=1e-12)
    assert break_even("x", 0, (0, 1), linear(-0.3, x=1)) == pytest.approx(0.3, rel=1e-12)
    assert break_even("x", 0, (0, 0), linear(-0.3, x=1)) is None


def test_by_year_it_is_the_factor_on_the_whole_list():
    npv = linear(-12, x=2)
    assert break_even("x", (1, 2, 5), (None, None), npv) == pytest.approx(0.75, rel=1e-12)
    assert break_even("x", (0.1, 0.2), (0, 1), linear(-1.2, x=1)) == pytest.approx(4, rel=1e-12)
    # A factor of 6 would lift the second year above its bound.
    assert break_even("x", (0.1, 0.2), (0, 1), linear(-1.8, x=1)) is None
    assert break_even("x", (0, 0), (None, None), npv) is None
    assert break_even("x", (-1, -2), (-10, 0), linear(9, x=1)) == pytest.approx(3, rel=1e-12)


def test_a_jump_is_found_and_a_pole_is_not():
    def jump(values):
        return np.where(values["x"] < 3, -1.0, 2.0).sum(axis=-1)

    def pole(values):
        with np.errstate(divide="ignore"):
            return (1 / (values["x"] - 3.1234)).sum(axis=-1)

    assert break_even("x", 10, (0, 20), jump) == pytest.approx(3, rel=1e-12)
    assert break_even("x", 10, (0, 20), pole) is None


def test_a_place_without_a_value_is_no_break_even():
    def load(values):
        with np.errstate(divide="ignore", invalid="ignore"):
            worth = 20_000**2 / (values["customers"] * 50 - 2 * 20_000)
        return np.where(np.isfinite(worth), worth, np.nan).sum(axis=-1)

    assert break_even("customers", 1000, (0, None), load) is None
    assert break_even("customers", (1000, 1000), (0, 5000), load) is None


@settings(max_examples=300, deadline=None)
@given(
    st.integers(-40, 40),
    st.integers(-40, 40),
    st.integers(1, 3),
    st.integers(-400, 400).map(lambda tenths: tenths / 10),
    st.sampled_from([(None, None), (0, None), (-50, 50), (0, 100)]),
)
def test_beside_a_pole_there_is_a_break_even_where_there_is_a_root(root, pole, power, likely, bounds):
    """(x − root) ÷ (x − pole)ⁿ, which has no value at its pole."""

    def npv(values):
        x = values["x"]
        with np.errstate(divide="ignore", invalid="ignore"):
            worth = (x - root) / (x - pole) ** power
        return np.where(np.isfinite(worth), worth, np.nan).sum(axis=-1)

    found = break_even("x", likely, bounds, npv)
    assert found is None or found == pytest.approx(root, rel=1e-9, abs=1e-9)
    least, greatest = (
        edge if bound is None else bound for bound, edge in zip(bounds, (-1e9, 1e9), strict=True)
    )
    apart = abs(pole - root) > 0.13 * abs(root - likely)  # further than one step of the grid
    if least <= likely <= greatest and apart and not min(likely, root) <= pole <= max(likely, root):
        assert (found is not None) == (least <= root <= greatest)


def test_where_it_is_zero_over_a_stretch_the_nearest_end_counts():
    def capped(values):
        return np.maximum(values["x"] - 3.3, 0).sum(axis=-1)

    assert break_even("x", 10, (0, 20), capped) == pytest.approx(3.3, rel=1e-12)


def test_values_that_are_no_numbers_are_passed_over():
    def npv(values):
        with np.errstate(invalid="ignore"):
            return (np.sqrt(values["x"]) - 2).sum(axis=-1)

    assert break_even("x", 9, (None, None), npv) == pytest.approx(4, rel=1e-12)
