"""Simulated outcomes against closed forms, the scalar definitions, and themselves."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from casebook import CaseError, constant
from casebook.analysis import simulation as module
from casebook.analysis.distributions import Uncertain
from casebook.analysis.sampling import Sample
from casebook.analysis.simulation import _histogram, _payback_months, present_values, simulate, spread_of
from casebook.case.finance import payback_months, present_value

INPUTS = """\
title: Example
inputs:
  sales: {label: Sales, unit: currency/year, bounds: [null, null], example: 1000}
  wages: {label: Wages, unit: currency/year, bounds: [null, null], example: 600}
  setup: {label: Set-up, unit: currency, bounds: [null, null], example: 500}
  share: {label: Share, unit: share, bounds: [-1, 1], example: 50%}
"""

Z95 = 1.6448536269514722


def between(value, low, high, distribution="normal"):
    return {"value": value, "low": low, "high": high, "distribution": distribution}


def linear(make_case, **values):
    """Sales − wages a year over three years, less a start: a sum of three normal inputs, at 10 %."""
    inputs = {
        "sales": between(1000, 800, 1200),
        "wages": between(600, 540, 660),
        "setup": between(500, 400, 600),
        "share": 0.5,
    }
    case = make_case(INPUTS, inputs={**inputs, **values})
    x = case.inputs
    case.benefit("Sales", kind="margin", annual=x.sales)
    case.cost("Wages", category="people", annual=x.wages)
    case.cost("Set-up", category="start-up", start=x.setup)
    return case


ANNUITY = 1 / 1.1 + 1 / 1.21 + 1 / 1.331
MEAN = ANNUITY * 400 - 500
SD = math.hypot(ANNUITY * 200, ANNUITY * 60, 100) / Z95
"""Of the linear case's net present value, as its inputs are independent and normal."""


def normal_cdf(x):
    return (1 + math.erf((x - MEAN) / SD / math.sqrt(2))) / 2


def test_a_linear_case_has_the_moments_of_its_closed_form(make_case):
    """Mean, spread, percentiles and chance of loss within three standard errors, at 10,000 draws."""
    found = linear(make_case).study.analysis.simulation
    draws, spread = found.draws, found.net_present_value
    error = SD / math.sqrt(draws)
    assert spread.mean == pytest.approx(MEAN, abs=3 * error)
    assert spread.standard_error == pytest.approx(error, rel=0.03)
    assert found.outcomes.std(ddof=1) == pytest.approx(SD, abs=3 * SD / math.sqrt(2 * draws))
    density = math.exp(-(Z95**2) / 2) / math.sqrt(2 * math.pi) / SD
    tail = math.sqrt(0.05 * 0.95 / draws) / density
    assert spread.p5 == pytest.approx(MEAN - Z95 * SD, abs=3 * tail)
    assert spread.p95 == pytest.approx(MEAN + Z95 * SD, abs=3 * tail)
    assert spread.p50 == pytest.approx(MEAN, abs=3 * math.sqrt(math.pi / 2) * error)
    loss = normal_cdf(0)
    assert 0.05 < loss < 0.95
    assert found.probability_of_loss == pytest.approx(loss, abs=3 * math.sqrt(loss * (1 - loss) / draws))


def test_the_fan_has_the_percentiles_of_each_year(make_case):
    """The running total of year t is t × (sales − wages) − set-up: normal, too."""
    found = linear(make_case).study.analysis.simulation
    for year in range(4):
        mean, sd = 400 * year - 500, math.hypot(200 * year, 60 * year, 100) / Z95
        error = 3 * 2.12 * sd / math.sqrt(found.draws)
        expected = [mean - Z95 * sd, mean, mean + Z95 * sd]
        assert found.cumulative[:, year].tolist() == pytest.approx(expected, abs=error)


def test_the_same_seed_gives_the_same_figures(make_case):
    one, other = (linear(make_case).study.analysis for _ in range(2))
    np.testing.assert_array_equal(one.simulation.outcomes, other.simulation.outcomes)
    assert one.simulation.net_present_value == other.simulation.net_present_value
    assert one.information == other.information
    assert one.variance == other.variance


def sample_of(case, *, seed=1):
    given = case.parameters.inputs
    ranged = [(name, v) for name, v in given.items() if case.study.has_range(name)]
    return Sample(tuple(Uncertain(n, v.value, v.low, v.high, v.distribution) for n, v in ranged), seed=seed)


def test_another_seed_gives_others_within_their_error(make_case):
    case = linear(make_case)
    one, other = (simulate(case.study.ledger, sample_of(case, seed=seed), 0.1) for seed in (1, 2))
    gap = one.net_present_value.mean - other.net_present_value.mean
    assert 0 < abs(gap) < 3 * math.sqrt(2) * one.net_present_value.standard_error


@pytest.mark.parametrize("chunk", [1, 7, 999, 5_000])
def test_the_size_of_a_chunk_changes_nothing(make_case, monkeypatch, chunk):
    case = linear(make_case)
    monkeypatch.setattr(module, "_FAN_DRAWS", 700)
    whole = simulate(case.study.ledger, sample_of(case), 0.1, 1_000)
    monkeypatch.setattr(module, "_CHUNK", chunk)
    parts = simulate(case.study.ledger, sample_of(case), 0.1, 1_000)
    np.testing.assert_array_equal(whole.outcomes, parts.outcomes)
    np.testing.assert_array_equal(whole.cumulative, parts.cumulative)
    for name in ("net_present_value", "return_on_investment", "payback_months", "histogram", "edges"):
        assert getattr(whole, name) == getattr(parts, name)


def test_each_draw_is_the_case_at_that_draw(make_case):
    """Net present value, return and payback of ten draws against the result of a case with those values."""
    case = linear(make_case)
    drawn = sample_of(case).values(0, 10)
    found = simulate(case.study.ledger, sample_of(case), 0.1, 10)
    plain = [
        linear(make_case, **{name: float(values[row, 0]) for name, values in drawn.items()}).result
        for row in range(10)
    ]
    expected = [float(result.net_present_value) for result in plain]
    np.testing.assert_allclose(found.outcomes, expected, rtol=1e-12)
    returns = sorted(float(result.return_on_investment) for result in plain)
    assert found.return_on_investment.p50 == pytest.approx((returns[4] + returns[5]) / 2)
    reached = [bool(result.payback_months) for result in plain]
    assert found.payback_reached == sum(reached) / 10


# Degenerate ranges


def test_ranges_without_width_are_no_ranges(make_case):
    same = {
        name: between(value, value, value)
        for name, value in (("sales", 1000), ("wages", 600), ("setup", 500))
    }
    case, plain = linear(make_case, **same), linear(make_case, sales=1000, wages=600, setup=500)
    assert not any(case.study.has_range(name) for name in same)
    assert case.study.analysis.simulation is None
    assert case.result.figures().keys() == plain.result.figures().keys()
    for name, figure in plain.result.figures().items():
        assert str(getattr(case.result, name)) == str(figure)
    assert not case.result.probability_of_loss
    assert "single points" in str(case.result.probability_of_loss)


def test_one_range_among_points_varies_that_input_alone(make_case):
    case = linear(make_case, wages=600, setup=500)
    found = case.study.analysis.simulation
    assert found.net_present_value.p95 - found.net_present_value.p5 == pytest.approx(400 * ANNUITY, rel=0.03)
    assert case.study.analysis.variance.shares == {"sales": 1.0}


def test_an_input_that_moves_nothing_leaves_one_outcome(make_case):
    """Costs and benefits rest on it alike; what is left of its draws is rounding."""
    case = make_case(INPUTS, inputs={"sales": between(1e9, 0.8e9, 1.2e9), "wages": 1, "setup": 1, "share": 1})
    x = case.inputs
    case.benefit("In", kind="margin", annual=x.sales * 1.1 * 3)
    case.cost("Out", category="other", annual=x.sales * 3.3)
    found = case.study.analysis.simulation
    assert (found.net_present_value.mean, found.probability_of_loss) == (0, 0)
    assert sum(found.histogram) == found.draws


@pytest.mark.parametrize("value", [0.0, -5.0, 1e17, 12345.678])
def test_a_histogram_of_one_value_holds_all_draws(value):
    counts, edges = _histogram(np.full(500, value))
    assert sum(counts) == 500
    assert edges[0] < value < edges[-1]


def test_a_histogram_leaves_out_one_draw_in_500(make_case):
    found = linear(make_case).study.analysis.simulation
    assert found.draws * 0.997 <= sum(found.histogram) <= found.draws
    widths = np.diff(found.edges)
    assert widths == pytest.approx(np.full(len(widths), widths[0]))


# Payback


@settings(max_examples=300)
@given(
    st.lists(
        st.lists(st.floats(-1e6, 1e6).map(lambda v: round(v, 1)), min_size=4, max_size=4),
        min_size=1,
        max_size=8,
    )
)
@example([[0.1, 0.2, -0.3, 0.0], [-0.3, 0.1, 0.2, 0.0], [-1.0, 1.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0]])
@example([[-100.0, 150.0, -80.0, 60.0], [-1.0, 0.0, 0.0, 1.0], [5.0, -5.0, 0.0, 0.0], [-5.0, 1.0, 1.0, 1.0]])
def test_the_payback_of_draws_is_that_of_each_case(flows):
    net = np.array(flows)
    with np.errstate(all="ignore"):
        months = _payback_months(net, np.cumsum(net, axis=-1))
    for row, found in zip(flows, months.tolist(), strict=True):
        expected = payback_months(row)
        as_number = {"not reached": math.inf, "no money at risk": 0.0, "reached": expected.months}
        assert found == as_number[expected.state]


def test_a_payback_that_is_reached_in_some_draws_only(make_case):
    found = linear(make_case, sales=between(900, 500, 1300)).study.analysis.simulation
    months = found.payback_months
    assert 0.5 < found.payback_reached < 0.95
    assert months.p5 < months.p50 < 36
    assert months.p95 == months.mean == math.inf


@pytest.mark.parametrize(
    ("values", "expected"),
    [([1.0, 2.0, math.inf, math.inf], (1.15, math.inf, math.inf)), ([math.inf] * 3, (math.inf,) * 3)],
)
def test_percentiles_beside_infinity_are_values_or_infinite(values, expected):
    spread = spread_of(np.array(values))
    assert (spread.p5, spread.p50, spread.p95) == expected
    assert spread.mean == math.inf


# Return on investment


@pytest.mark.parametrize("low", [-100, 0])
def test_there_is_no_return_where_a_draw_has_no_costs(make_case, low):
    """Costs are cut off at nothing in some of the draws: a return over all of them would mean nothing."""
    from casebook import maximum

    case = make_case(
        INPUTS, inputs={"sales": 900, "wages": between(50, low, 100, "pert"), "setup": 1, "share": 1}
    )
    x = case.inputs
    nothing = constant(0, "currency/year")
    case.benefit("Sales", kind="margin", annual=x.sales)
    case.cost(
        "Wages",
        category="people",
        annual=maximum(x.wages - constant(20, "currency/year", currency="USD"), nothing),
    )
    assert case.result.return_on_investment > 0
    assert case.study.analysis.simulation.return_on_investment is None
    assert case.record().to_json()["simulation"]["return_on_investment"] is None


def test_a_return_is_simulated_where_there_are_always_costs(make_case):
    spread = linear(make_case).study.analysis.simulation.return_on_investment
    assert spread.p5 < spread.p50 < spread.p95
    assert spread.p50 == pytest.approx(MEAN / (600 * ANNUITY + 500), abs=0.02)


def test_a_case_without_costs_has_no_return_and_a_simulation_all_the_same(make_case):
    case = make_case(INPUTS, inputs={"sales": between(900, 800, 1000), "wages": 1, "setup": 1, "share": 1})
    case.benefit("Sales", kind="margin", annual=case.inputs.sales)
    found = case.study.analysis.simulation
    assert found.return_on_investment is None
    assert (found.payback_months.p95, found.payback_reached, found.probability_of_loss) == (0, 1, 0)


# What can't be computed


def test_draws_without_a_finite_result_are_refused(make_case):
    inputs = {"sales": 900, "wages": 1, "setup": 1, "share": between(0.5, 0.0, 1, "pert")}
    case = make_case(INPUTS, inputs=inputs)
    x = case.inputs
    case.benefit("Root", kind="margin", annual=x.sales * x.share**0.5)
    with pytest.raises(CaseError, match="some draws of the inputs have no finite result"):
        case.study.analysis  # noqa: B018


def test_present_values_are_not_a_number_where_a_flow_is_none():
    flows = np.array([[-100.0, 60, 60], [1, math.inf, 2], [math.nan, 0, 0]])
    found = present_values(flows, 0.1)
    assert found[0] == present_value(flows[0], 0.1)
    assert np.isnan(found[1:]).all()
    assert np.isnan(present_values(flows[1], 0.1))
