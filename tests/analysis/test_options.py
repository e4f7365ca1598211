"""Options: what each is worth, what it commits, and which one is recommended, against sums made apart."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casebook.analysis.delay import delayed, present_weights, spent_before
from casebook.analysis.information import evpi, evppi
from casebook.errors import CaseError

Z95 = NormalDist().inv_cdf(0.95)
INPUTS = """\
title: Example
inputs:
  gain: {label: Gain, unit: currency/year, bounds: [null, null], example: 100}
  other: {label: Other gain, unit: currency/year, bounds: [null, null], example: 0}
  team: {label: Team, unit: currency/year, bounds: [0, null], example: 80}
  setup: {label: Set-up, unit: currency, bounds: [0, null], example: 0}
  share: {label: Share, unit: share, example: 50%}
  unused: {label: Unused, unit: currency/year, example: 1}
"""


def normal(mean, sd):
    return {"value": mean, "low": mean - Z95 * sd, "high": mean + Z95 * sd, "distribution": "normal"}


def case_of(make_case, *, gain=100, other=0, team=80, setup=0, share="100%", **values):
    """Gains of gain × share and other a year, against a team and a set-up."""
    inputs = {"gain": gain, "other": other, "team": team, "setup": setup, "share": share, "unused": 1}
    case = make_case(INPUTS, inputs=inputs, **{"years": 1, "discount_rate": 0, **values})
    x = case.inputs
    case.benefit("Gain", kind="margin", annual=x.gain * x.share + x.other)
    case.cost("Team", category="people", annual=x.team)
    case.cost("Set-up", category="start-up", start=x.setup)
    return case


def options_of(make_case, **values):
    return case_of(make_case, **values).study.options


def step(learns="gain", within=0, cost=0, **more):
    return {"name": "Test", "cost": cost, "learns": {"input": learns, "within": within}, **more}


def worth_of_measuring(mean, sd, error):
    """E[max(0, m)] − max(0, mean), m normal: the posterior mean of a normal gain measured with an error."""
    spread = sd**2 / np.hypot(sd, error)
    ratio, unit = mean / spread, NormalDist()
    return spread * unit.pdf(ratio) + mean * unit.cdf(ratio) - max(mean, 0)


def test_three_acts_have_a_value_of_perfect_information_of_137():
    """420/−300, 100/−15 and 0 at 0.4/0.6: 0.4 × 420 − (0.4 × 100 − 0.6 × 15) = 168 − 31."""
    acts = np.array([[420.0] * 4 + [-300.0] * 6, [100.0] * 4 + [-15.0] * 6])
    assert evpi(acts).value == pytest.approx(137, rel=1e-12)
    world = np.tile([1.0] * 4 + [0.0] * 6, 1000)
    assert evppi(world, np.tile(acts, 1000)).value == pytest.approx(137, rel=1e-3)


@pytest.mark.parametrize("mean", [-15, 5, 40])
@pytest.mark.parametrize("within", [0, 20, 60])
def test_a_measurement_of_a_normal_gain_is_worth_what_the_closed_form_says(make_case, mean, within):
    found = options_of(make_case, gain=normal(80 + mean, 30), options={"test": step(within=within)})
    learning = found.by_key["test"].learning
    exact = worth_of_measuring(mean, 30, within / Z95)
    assert learning.gross.value == pytest.approx(exact, abs=max(3 * learning.gross.standard_error, 0.1))
    # It costs neither money nor time, so that nothing is taken off.
    assert learning.net.value == pytest.approx(learning.gross.value, abs=1e-9)


def test_three_ways_after_a_step_agree_with_a_nested_simulation(make_case):
    """Half: half the gain for a third of the team. The inner mean is exact: other gains are 0 on average."""
    half = {"name": "Half", "inputs": {"gain": 45}, "money": [0, 60]}
    options = {"test": step(within=25, cost=3), "half": half}
    found = (
        options_of(make_case, gain=normal(90, 40), other=normal(0, 30), team=90, options=options)
        .by_key["test"]
        .learning
    )
    rng = np.random.default_rng(5)
    gain = rng.normal(90, 40, 400_000)
    measured = gain + rng.normal(0, 25 / Z95, gain.size)
    weight = 40**2 / (40**2 + (25 / Z95) ** 2)
    posterior = 90 + weight * (measured - 90)
    best = np.maximum.reduce([np.zeros(gain.size), posterior - 90, posterior / 2 - 30]).mean()
    without = max(0, 90 - 90, 45 - 30)
    error = 2 * found.gross.standard_error
    assert found.gross.value == pytest.approx(best - without, abs=error)
    assert found.net.value == pytest.approx(best - without - 3, abs=error)
    assert found.instead_of == "half"


def test_an_imperfect_test_is_worth_no_more_than_a_perfect_one_and_never_less_than_nothing(make_case):
    worths = [
        options_of(make_case, gain=normal(90, 30), options={"test": step(within=within)})
        .by_key["test"]
        .learning.gross.value
        for within in (0, 10, 30, 100, 10_000)
    ]
    assert worths == sorted(worths, reverse=True)
    assert 0 <= worths[-1] < 0.5


def test_cost_and_delay_are_taken_off(make_case):
    """Whatever is measured one goes on: the gain is beyond doubt. Half of year 2 and its team are lost."""
    found = options_of(
        make_case,
        gain=normal(1000, 1),
        setup=100,
        years=2,
        discount_rate="21%",
        options={"test": step(cost=7, delay=6)},
    )
    whole, test = found.by_key["whole"], found.by_key["test"]
    later = -100 / 1.1 + 920 * (0.5 / 1.21) + 920 * (0.5 + 0.5) / 1.21**2
    assert test.plan == pytest.approx(later - 7)
    assert test.learning.net.value == pytest.approx(later - 7 - (-100 + 920 / 1.21 + 920 / 1.21**2), abs=0.1)
    assert test.learning.gross.value == 0
    assert (test.approve_now, test.in_all) == (7, 7 + 100 + 40 + 80)
    assert test.present_value_of_costs == pytest.approx(7 + 100 / 1.1 + 40 / 1.21 + 80 / 1.21**2)
    assert whole.present_value_of_costs == pytest.approx(100 + 80 / 1.21 + 80 / 1.21**2)
    assert (test.deepest, test.deepest_year) == (-107, 0)
    assert test.goes_on_with == "whole" and test.learning.goes_on == 1
    assert (found.recommended, whole.approve_now) == ("whole", 260)


def test_without_ranges_the_plan_stands_for_what_is_expected(make_case):
    found = options_of(
        make_case, options={"half": {"name": "Half", "inputs": {"gain": 50}, "money": [5, -9]}}
    )
    half = found.by_key["half"]
    assert (half.plan, half.expected, half.standard_error, half.p5, half.chance_of_loss) == (
        -34,
        -34,
        None,
        None,
        None,
    )
    assert (half.approve_now, half.in_all) == (89, 89)
    assert half.present_value_of_costs == pytest.approx(89)
    assert (half.deepest, half.deepest_year) == (-34, 1)
    assert found.recommended == "whole" and found.by_key["whole"].expected == 20


def test_nothing_and_the_whole_are_always_there(make_case):
    found = options_of(make_case, gain=normal(70, 5))
    assert list(found.by_key) == ["nothing", "whole"]
    nothing = found.by_key["nothing"]
    assert (nothing.expected, nothing.approve_now, nothing.chance_of_loss) == (0, 0, 0)
    assert (found.recommended, found.decided, found.needs_reason) == ("nothing", "nothing", False)


def test_the_standard_set_rests_on_the_simulation(make_case):
    study = case_of(make_case, gain=normal(90, 30)).study
    whole, simulation = study.options.by_key["whole"], study.analysis.simulation
    assert whole.expected == simulation.net_present_value.mean
    assert (whole.p5, whole.p95) == (simulation.net_present_value.p5, simulation.net_present_value.p95)
    assert whole.chance_of_loss == simulation.probability_of_loss
    assert whole.plan == study.returns.net_present_value


def test_a_tie_goes_to_the_smaller_commitment(make_case):
    """Half the cost, and the same worth but for what chance may do in the draws."""
    cheap = {"name": "Cheap", "inputs": {"gain": 59.8, "team": 40}}
    tied = options_of(make_case, gain=normal(100, 30), options={"cheap": cheap})
    assert set(tied.tied) == {"cheap", "whole"}
    assert tied.recommended == "cheap"


def test_a_difference_beyond_chance_is_no_tie(make_case):
    """The draws of both are the same, so that a difference of 1 in each of them is certain."""
    less = {"name": "Less", "money": [0, -1]}
    found = options_of(make_case, gain=normal(100, 30), options={"less": less})
    assert (found.tied, found.recommended) == (("whole",), "whole")
    assert found.by_key["less"].approve_now == 81


def test_a_gate_in_the_middle_of_year_2_releases_the_months_before_it(make_case):
    found = options_of(
        make_case,
        setup=50,
        years=3,
        start="2026-01",
        options={
            "whole": {"gate": {"by": "2027-07"}},
            "late": {"name": "Late", "delay": 3, "gate": {"by": "2027-07"}},
        },
    )
    assert found.by_key["whole"].approve_now == 50 + 80 + 40
    assert found.by_key["whole"].in_all == 50 + 240
    assert found.by_key["late"].approve_now == 50 + 80 + 20
    assert found.by_key["late"].in_all == pytest.approx(50 + 80 * 2.75)


def test_costs_of_nothing_commit_nothing(make_case):
    whole = options_of(make_case, team=0).by_key["whole"]
    assert (whole.approve_now, whole.in_all, whole.deepest, whole.deepest_year) == (0, 0, 0, None)


def test_a_changed_input_keeps_its_range_in_proportion_within_its_bounds(make_case):
    """200 % of a share of 40 to 60 % is 80 to 100 %: what lies above is set to the bound."""
    share = {"value": "50%", "low": "40%", "high": "60%", "distribution": "uniform"}
    twice = {"name": "Twice", "inputs": {"gain": 200}}
    certain = {"name": "Certain", "inputs": {"share": "100%"}}
    found = options_of(
        make_case, gain=normal(100, 10), team=0, share=share, options={"twice": twice, "certain": certain}
    ).by_key
    assert found["twice"].outcomes == pytest.approx(2 * found["whole"].outcomes)
    assert found["certain"].expected < 2 * found["whole"].expected
    assert found["certain"].p95 > found["whole"].p95


def test_a_list_by_year_is_learned_in_year_1_and_changed_by_year(make_case):
    gain = {"value": [50, 100], "low": [40, 80], "high": [60, 120], "distribution": "normal"}
    found = options_of(
        make_case,
        gain=gain,
        years=2,
        team=75,
        options={"test": step(within=0), "more": {"name": "More", "inputs": {"gain": [100, 150]}}},
    ).by_key
    # The draws of both years have one quantile: (100 + 150) − 150 with 2 × and 1.5 × the ranges.
    assert found["more"].plan == 100
    assert found["more"].expected == pytest.approx(100, abs=4 * found["more"].standard_error)
    sd = (2 * 10 + 1.5 * 20) / Z95
    assert found["more"].outcomes.std() == pytest.approx(sd, rel=0.03)
    assert found["test"].learning.gross.value == pytest.approx(
        worth_of_measuring(100, sd, 0), abs=3 * found["test"].learning.gross.standard_error + 0.05
    )


def test_what_is_learned_of_a_correlated_input_tells_of_the_other(make_case):
    """gain + other − 80 with r = 2 sin(π·0.6/6): the sum's part that gain explains is (1 + r)·sd."""
    r, sd = 2 * np.sin(np.pi * 0.6 / 6), 20
    found = options_of(
        make_case,
        gain=normal(80, sd),
        other=normal(0, sd),
        correlations={"gain": {"other": 0.6}},
        options={"test": step(within=0)},
    )
    learning = found.by_key["test"].learning
    exact = worth_of_measuring(1e-12, (1 + r) * sd, 0)
    assert learning.gross.value == pytest.approx(exact, abs=3 * learning.gross.standard_error)


def test_another_choice_than_the_recommended_needs_a_reason(make_case):
    alone = options_of(make_case, gain=normal(200, 5), decision={"option": "nothing"})
    assert (alone.recommended, alone.decided, alone.needs_reason) == ("whole", "nothing", True)
    told = options_of(make_case, gain=normal(200, 5), decision={"option": "nothing", "reason": "No people."})
    assert told.is_overruled and not told.needs_reason


def test_the_value_of_information_runs_over_all_ways(make_case):
    """Half always pays: measuring decides between half and the whole, not between the whole and nothing."""
    half = {"name": "Half", "inputs": {"gain": 50}, "money": [0, 60]}
    case = case_of(make_case, gain=normal(100, 30), team=90, options={"half": half})
    information = case.study.analysis.information
    z = np.random.default_rng(1).normal(size=400_000)
    whole, part = 10 + 30 * z, 20 + 15 * z
    exact = np.maximum.reduce([0 * z, whole, part]).mean() - 20
    assert information.evpi.value == pytest.approx(exact, abs=3 * information.evpi.standard_error)
    assert information.inputs["gain"].value == pytest.approx(exact, abs=3 * information.evpi.standard_error)


def test_a_step_that_measures_what_no_line_rests_on_is_refused(make_case):
    declared = INPUTS.replace(
        "other: {", "aside: {label: Aside, unit: currency/year, example: 1}\n  other: {"
    )
    with pytest.raises(CaseError, match="option 'test' measures Aside, which no counted line rests on"):
        inputs = {"gain": 1, "aside": {"value": 5, "low": 4, "high": 6}, "other": 0, "team": 8, "setup": 0}
        case = make_case(
            declared,
            inputs={**inputs, "share": 1, "unused": 1},
            options={"test": step(learns="aside")},
        )
        case.benefit("Gain", kind="margin", annual=case.inputs.gain)
        _ = case.study.options


def test_an_option_that_changes_what_no_line_rests_on_is_refused(make_case):
    with pytest.raises(CaseError, match="option 'half' changes Unused, which no counted line rests on"):
        options_of(make_case, options={"half": {"name": "Half", "inputs": {"unused": 5}}})


flows = st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=8).map(np.array)


@settings(max_examples=200)
@given(flows, st.integers(0, 84), st.floats(0, 0.5))
def test_a_delay_takes_what_falls_after_the_horizon_and_no_more(flow, months, rate):
    years = flow.size - 1
    late = delayed(flow, months)
    assert present_weights(years, 0, rate) @ flow == pytest.approx(
        sum(each / (1 + rate) ** year for year, each in enumerate(flow)), abs=1e-3
    )
    kept = np.concatenate(
        [[float(months < 12 * years)], np.clip(years - np.arange(years) - months / 12, 0, 1)]
    )
    assert late.sum() == pytest.approx(kept @ flow, abs=1e-3)
    assert spent_before(np.abs(flow), months, 12 * years) == pytest.approx(kept @ np.abs(flow), abs=1e-3)
    if months >= 12 * years:
        assert not late.any() and not present_weights(years, months, rate).any()


@settings(max_examples=50)
@given(flows, st.integers(0, 40), st.floats(0.01, 0.5))
def test_a_gain_is_worth_less_the_later_it_begins(flow, months, rate):
    weights = [present_weights(flow.size - 1, late, rate) for late in (months, months + 1)]
    assert (weights[1] <= weights[0] + 1e-12).all()
