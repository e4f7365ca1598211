"""What each input does to the result: break-even values, influence, what to measure."""

from __future__ import annotations

import math

import numpy as np
import pytest

from casebook import computed, constant
from casebook.analysis.analysis import KEY_INPUTS
from casebook.errors import CaseError
from casebook.schema.reader import read_parameters
from tests.conftest import ROOT, run_template

INPUTS = """\
title: Example
inputs:
  volume: {label: Volume, unit: customers, bounds: [0, null], example: 100}
  price: {label: Price, unit: currency/customer/year, bounds: [0, null], example: 10}
  margin: {label: Margin, unit: share, role: margin, example: 50%}
  churn: {label: Churn, unit: share, example: 80%}
  change: {label: Change, unit: currency/year, bounds: [null, null], example: 0}
  team: {label: Team, unit: currency/year, bounds: [0, null], example: 400}
  unused: {label: Unused, unit: currency/year, example: 1}
"""


def simple(make_case, *, team=400, **inputs):
    """100 customers × 10 × 50 % a year against a team."""
    base = {
        "volume": 100,
        "price": 10,
        "margin": "50%",
        "churn": "80%",
        "change": 0,
        "team": team,
        "unused": 1,
    }
    case = make_case(INPUTS, inputs={**base, **inputs})
    x = case.inputs
    case.benefit("Sales", kind="margin", annual=x.volume * x.price * x.margin)
    case.cost("Team", category="people", annual=x.team)
    return case


def break_even(case):
    return {item.name: item.value for item in case.study.analysis.break_even}


def test_the_airline_breaks_even_where_its_source_lets_one_compute_it():
    """Gains of 55,000,000 at a margin of 100 % and with 10 % influenced, costs of 2,750,400."""
    case = run_template(read_parameters(ROOT / "params" / "airline.yaml"))
    found = break_even(case)
    assert found["gross_margin"] == pytest.approx(2_750_400 / 55_000_000, rel=1e-9)
    assert found["share_influenced"] == pytest.approx(275_040 / 55_000_000, rel=1e-9)
    shown = {row.cells[0]: row.cells[2] for row in case.break_even().component.rows}
    assert shown["Contribution margin"] == "5.0007%"
    assert shown["Customers influenced"] == "0.50007%"
    recorded = {item["input"]: item["value"] for item in case.record().to_json()["break_even"]}
    assert recorded["gross_margin"] == found["gross_margin"]


def test_each_key_input_has_its_break_even_and_its_room(make_case):
    case = simple(make_case)
    assert break_even(case) == pytest.approx({"volume": 80, "price": 8, "margin": 0.4, "team": 500})
    rooms = {item.name: item.headroom for item in case.study.analysis.break_even}
    assert rooms == pytest.approx({"volume": -0.2, "price": -0.2, "margin": -0.2, "team": 0.25})


def test_at_its_break_even_the_case_is_worth_nothing(make_case):
    for name, value in break_even(simple(make_case)).items():
        assert simple(make_case, **{name: value}).result.net_present_value == pytest.approx(0, abs=1e-9)


def test_a_case_that_lives_by_one_input_breaks_even_where_it_is_zero(make_case):
    """Sales and their cost are both in proportion to the volume: without it nothing is earned or spent."""
    given = {"volume": 100, "price": 10, "margin": "50%", "churn": 1, "team": 4, "change": 0, "unused": 1}
    case = make_case(INPUTS, inputs=given)
    x = case.inputs
    case.benefit("Sales", kind="margin", annual=x.volume * x.price * x.margin)
    case.cost("Service", category="people", annual=x.volume * x.team / constant(4, "customers"))
    assert break_even(case)["volume"] == 0
    assert next(item.headroom for item in case.study.analysis.break_even if item.name == "volume") == -1
    shown = {row.cells[0]: row.cells[2] for row in case.break_even().component.rows}
    assert shown["Volume"] == "0"


def test_no_value_within_its_bounds_is_an_answer(make_case):
    """Even a margin of 100 % does not pay for a team of 1,200."""
    found = break_even(simple(make_case, team=1200))
    assert found["margin"] is None
    assert found["price"] == pytest.approx(24)
    (item,) = (
        item for item in simple(make_case, team=1200).study.analysis.break_even if item.name == "margin"
    )
    assert item.headroom is None


def test_an_input_by_year_breaks_even_at_a_factor(make_case):
    case = simple(make_case, price=[5, 10, 15])
    (item,) = (item for item in case.study.analysis.break_even if item.name == "price")
    gains = sum(100 * price * 0.5 / 1.1**year for year, price in enumerate((5, 10, 15), 1))
    costs = sum(400 / 1.1**year for year in (1, 2, 3))
    assert item.is_factor
    assert item.value == pytest.approx(costs / gains)
    assert item.headroom == pytest.approx(costs / gains - 1)


def test_what_moves_nothing_is_not_sought(make_case):
    case = simple(make_case)
    names = [swing.name for swing in case.study.analysis.influence]
    assert "unused" not in names
    assert "churn" not in names
    assert len(case.study.analysis.break_even) <= KEY_INPUTS


def test_points_are_moved_by_a_fifth_within_their_bounds(make_case):
    case = simple(make_case, margin="90%", team=-0.0)
    moved = {swing.name: (swing.low_value, swing.high_value) for swing in case.study.analysis.influence}
    assert moved["margin"] == (pytest.approx(0.72), 1.0)
    assert moved["volume"] == (80, 120)
    assert moved["team"] == (0, 0)


def test_a_list_with_gains_and_losses_can_be_moved(make_case):
    """A fifth of −100 is lower, a fifth of 200 higher: each year has a low and a high value of its own."""
    case = simple(make_case, change=[-100, 50, 200])
    case.benefit("Change", kind="cash saving", annual=case.inputs.change)
    (swing,) = (swing for swing in case.study.analysis.influence if swing.name == "change")
    assert swing.low_value == pytest.approx((-120, 40, 160))
    assert swing.high_value == pytest.approx((-80, 60, 240))
    assert swing.at_low < swing.base < swing.at_high


def test_a_point_that_can_not_be_moved_by_a_fifth_is_moved_by_less(make_case):
    """At a churn of 96 % (80 % and a fifth) the lifetime is there; at 100 % (90 % and a fifth) it is not."""
    for churn, highest in (("80%", 0.96), ("90%", 0.99)):
        case = simple(make_case, churn=churn)
        x = case.inputs
        case.benefit("Kept", kind="margin", annual=x.team / (1 - x.churn))
        (swing,) = (swing for swing in case.study.analysis.influence if swing.name == "churn")
        assert swing.high_value == pytest.approx(highest)
        assert math.isfinite(swing.at_high)


def test_a_division_by_an_input_has_a_break_even_on_its_own_side_of_zero(make_case):
    """Sales over a number that may come near zero: the grid meets the pole and stays silent there."""
    case = simple(make_case)
    x = case.inputs
    case.benefit("Split", kind="margin", annual=x.team / x.churn * constant(0.1))
    case.cost("Bills", category="other", annual=x.team * 0.5)
    found = break_even(case)
    assert found["churn"] == pytest.approx(0.1 * 400 / 100)


# Python functions


def test_a_python_function_is_not_asked_far_from_its_likely_values(make_case):
    """It may be undefined there, or take for ever: it is called between half and twice the likely value."""
    asked = []

    @computed("Heads", unit="share")
    def heads(value):
        asked.append(value)
        return math.ceil(value) / 100

    case = simple(make_case)
    x = case.inputs
    case.cost("Heads", category="people", annual=x.team * heads(x.volume))
    found = break_even(case)
    assert 50 <= min(asked) <= max(asked) <= 200
    # It falls at 100: 500 of sales against 400 + 400 × 1.
    assert "volume" not in found
    assert found["price"] == pytest.approx(16)


def test_a_break_even_that_a_python_function_leads_to_is_found(make_case):
    @computed("Heads", unit="share")
    def heads(value):
        if not 40 < value < 300:
            raise ValueError("out of range")
        return value / 1000

    case = simple(make_case)
    x = case.inputs
    case.cost("Heads", category="people", annual=x.team * heads(x.volume))
    # 5 × volume = 400 + 0.4 × volume
    assert break_even(case)["volume"] == pytest.approx(400 / 4.6)


# What to measure


def uncertain(make_case):
    def normal(value, low, high):
        return {"value": value, "low": low, "high": high, "distribution": "normal"}

    return simple(make_case, volume=normal(100, 60, 140), team=normal(480, 380, 580))


def test_tornado_information_and_variance_tell_of_the_same_inputs(make_case):
    analysis = uncertain(make_case).study.analysis
    assert [swing.name for swing in analysis.tornado] == ["volume", "team"]
    assert analysis.influence[: len(analysis.tornado)] == analysis.tornado
    assert set(analysis.information.inputs) == set(analysis.variance.shares) == {"volume", "team"}
    assert sum(analysis.variance.shares.values()) == pytest.approx(1)
    volume, team = (analysis.information.inputs[name].value for name in ("volume", "team"))
    assert 0 <= team < volume <= analysis.information.evpi.value


def test_the_value_of_information_has_its_closed_form(make_case):
    """A normal net present value: EVPI = sd × φ(m ÷ sd) − |m| × Φ(−|m| ÷ sd); likewise for one input."""
    analysis = uncertain(make_case).study.analysis
    annuity, z95 = 1 / 1.1 + 1 / 1.21 + 1 / 1.331, 1.6448536269514722
    mean = annuity * (500 - 480)
    sds = {"volume": annuity * 5 * 40 / z95, "team": annuity * 100 / z95}

    def expected(sd):
        ratio = mean / sd
        density = math.exp(-(ratio**2) / 2) / math.sqrt(2 * math.pi)
        return sd * density - mean * (1 + math.erf(-ratio / math.sqrt(2))) / 2

    evpi = analysis.information.evpi
    assert evpi.value == pytest.approx(expected(math.hypot(*sds.values())), abs=3 * evpi.standard_error)
    for name, sd in sds.items():
        estimate = analysis.information.inputs[name]
        assert estimate.value == pytest.approx(expected(sd), abs=3 * estimate.standard_error)


def test_correlations_widen_the_range(make_case):
    base = uncertain(make_case).study.analysis.simulation.net_present_value
    wide = simple(
        make_case,
        volume={"value": 100, "low": 60, "high": 140, "distribution": "normal"},
        team={"value": 480, "low": 380, "high": 580, "distribution": "normal"},
    )
    wide.parameters.correlations[("volume", "team")] = -0.9
    spread = wide.study.analysis.simulation.net_present_value
    assert spread.p95 - spread.p5 > 1.1 * (base.p95 - base.p5)
    assert np.isfinite(spread.mean)


POLE = """\
title: Example
inputs:
  customers: {label: Customers, unit: number, bounds: [0, null], example: 1000}
  spend: {label: Spend, unit: currency/year, bounds: [0, null], example: 50}
  team: {label: Team, unit: currency/year, bounds: [0, null], example: 20000}
"""


def queue(make_case, customers):
    """A benefit that grows without end as customers × spend comes near to twice the team."""
    case = make_case(POLE, inputs={"customers": customers, "spend": 50, "team": 20000})
    x = case.inputs
    case.benefit("Gain", kind="cash saving", annual=x.team * x.team / (x.customers * x.spend - 2 * x.team))
    case.cost("Team", category="people", annual=x.team)
    return case


def test_a_place_where_the_case_has_no_value_is_no_break_even(make_case):
    found = break_even(queue(make_case, 1000))
    assert found == pytest.approx({"customers": 1200, "spend": 60, "team": 20000 / 1.2})
    queue(make_case, 1000).record().to_json()


def test_a_range_that_ends_where_the_case_has_no_value_is_refused(make_case):
    with pytest.raises(CaseError, match="with customers at its low value is not a finite number\n  hint"):
        _ = queue(make_case, {"value": 1000, "low": 800, "high": 1200}).study.analysis
