"""Scenarios: the same case with some inputs at other values."""

from __future__ import annotations

import json

import pytest

from casebook import CaseError
from casebook.schema.reader import read_parameters
from tests.conftest import ROOT, run_template

PATH = ROOT / "params" / "airline-three-years.yaml"

INPUTS = """\
title: Example
inputs:
  sales: {label: Sales, unit: currency/year, bounds: [0, null], example: 100}
  team: {label: Team, unit: currency/year, bounds: [0, null], example: 80}
  caution: {label: Caution, unit: share, role: risk, default: 10%, evidence: assumption}
  beside: {label: Beside the point, unit: currency/year, bounds: [0, null], example: 1}
"""


def case_of(make_case, **scenarios):
    base = {"sales": 100, "team": 80, "caution": "10%", "beside": 1}
    case = make_case(INPUTS, inputs=base, scenarios=scenarios, years=2, discount_rate=0)
    x = case.inputs
    case.benefit("Sales", kind="cash saving", annual=x.sales, risk=x.caution)
    case.cost("Team", category="people", annual=x.team)
    return case


def test_a_scenario_is_a_run_with_those_values():
    """Every scenario of the airline against a run of its own with the values set from outside."""
    case = run_template(read_parameters(PATH))
    assert list(case.study.scenario_results) == ["Only those who write", "Slow start", "Measured abroad"]
    for scenario in case.study.scenario_results.values():
        values = {
            node.name: json.dumps(list(value) if isinstance(value, tuple) else value)
            for node, value in scenario.changes
        }
        alone = run_template(read_parameters(PATH, overrides=values)).result
        for mine, its in ((scenario.result, alone), (scenario.result.risk_adjusted, alone.risk_adjusted)):
            for name, figure in its.figures().items():
                if name not in ("probability_of_loss", "expected_net_present_value"):  # simulated
                    assert str(getattr(mine, name)) == str(figure)
                    assert not figure or float(getattr(mine, name)) == float(figure)


def test_scenarios_leave_the_case_as_it_is(make_case):
    case = case_of(make_case, Better={"sales": 150}, Worse={"sales": [50, 100], "team": 90})
    assert case.result.net_present_value == 40
    found = case.study.scenario_results
    assert {name: float(s.result.net_present_value) for name, s in found.items()} == {
        "Better": 140,
        "Worse": -30,
    }
    assert found["Worse"].result.risk_adjusted.net_present_value == pytest.approx(0.9 * 150 - 180)
    assert case.result.net_present_value == 40


def test_a_scenario_may_change_the_risk_alone(make_case):
    case = case_of(make_case, Bold={"caution": 0})
    result = case.study.scenario_results["Bold"].result
    assert result.net_present_value == result.risk_adjusted.net_present_value == 40
    assert case.result.risk_adjusted.net_present_value == 20


def test_a_scenario_of_an_input_that_no_line_rests_on_is_refused(make_case):
    case = case_of(make_case, Odd={"sales": 120, "beside": 5})
    with pytest.raises(CaseError) as caught:
        case.scenarios()
    assert str(caught.value).startswith(
        "scenario 'Odd' changes Beside the point, which no counted line rests on"
    )
    assert "hint:" in str(caught.value)


def test_a_scenario_of_a_line_outside_the_figure_is_refused_with_the_reason(make_case):
    case = case_of(make_case, Odd={"beside": 5})
    case.benefit("Luck", kind="margin", annual=case.inputs.beside, not_in_figure="Nobody has measured it.")
    with pytest.raises(CaseError) as caught:
        case.scenarios()
    assert str(caught.value).endswith(
        "take it out, or see why the line 'Luck' is not in the figure: Nobody has measured it."
    )


def test_the_record_has_values_note_and_result(make_case):
    case = case_of(make_case, Worse={"sales": [50, 100], "note": "As in 2020."})
    (recorded,) = case.record().to_json()["scenarios"]
    assert (recorded["name"], recorded["note"], recorded["values"]) == (
        "Worse",
        "As in 2020.",
        {"sales": [50, 100]},
    )
    assert recorded["result"]["net_present_value"] == -10
    assert recorded["result"]["reasons"]["payback_months"] == "not reached in 2 years"
    assert recorded["result"]["risk_adjusted"]["net_present_value"] == pytest.approx(-25)
