"""Plan against actual and both outlooks, against figures worked out by hand and what must hold for any."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casebook import Case
from casebook.analysis.uncertainty import Uncertain
from casebook.errors import CaseError
from casebook.follow_up.follow_up import SO_FAR, TO_PLAN
from casebook.follow_up.record import record_of_follow_up
from casebook.schema.keys import key_of
from casebook.schema.reader import parse_parameters
from casebook.schema.typed_json import to_json

INPUTS = """\
title: Example
inputs:
  calls: {label: Calls, unit: contacts/year, bounds: [0, null], example: 1000}
  cost: {label: Cost of a call, unit: currency/contact, bounds: [0, null], example: 10}
  adoption: {label: Adoption, unit: share, role: ramp, example: [50%, 80%]}
  team: {label: Team, unit: currency/year, bounds: [0, null], example: 2400}
  setup: {label: Set-up, unit: currency, bounds: [0, null], example: 1000}
"""
PLAN = {"calls": 1000, "cost": 10, "adoption": ["50%", "80%"], "team": 2400, "setup": 1000}


@pytest.fixture
def study(tmp_path):
    """Make a case of two years: 5,000 and 8,000 saved, 2,400 a year for a team, 1,000 at the start."""
    folder = tmp_path / "templates" / "example"
    folder.mkdir(parents=True)
    (folder / "inputs.yaml").write_text(INPUTS)
    (folder / "template.ipynb").write_text("{}")

    def make(actuals, inputs=None, **values):
        names = {"template": "example", "client": {"name": "A"}, "years": 2, "discount_rate": "10%"}
        names |= {"inputs": {**PLAN, **(inputs or {})}, "start": "2026-01", "actuals": actuals, **values}
        case = Case(parse_parameters(names, folder=tmp_path))
        x = case.inputs
        case.benefit("Fewer calls", kind="cash saving", annual=x.calls * x.cost, ramp=x.adoption)
        case.cost("Team", category="people", annual=x.team)
        case.cost("Set-up", category="start-up", start=x.setup)
        return case

    return make


THREE_QUARTERS = {
    "through": "2026-09",
    "inputs": {"adoption": {"2026-Q1": "20%", "2026-Q2": "35%", "2026-Q3": "41%"}},
    "lines": {"Team": {"2026-Q1": 550, "2026-Q2": 600, "2026-Q3": 740}, "Set-up": {"start": 1200}},
}


def test_a_line_is_booked_by_its_key_as_by_its_name(study):
    by_key = {**THREE_QUARTERS, "lines": {key_of(name): it for name, it in THREE_QUARTERS["lines"].items()}}
    assert set(by_key["lines"]) == {"team", "set-up"}
    one, other = (study(actuals).study.followed_up for actuals in (THREE_QUARTERS, by_key))
    assert [(each.line.name, each.actual) for each in one.lines] == [
        (each.line.name, each.actual) for each in other.lines
    ]
    twice = {**THREE_QUARTERS, "lines": {"Team": {"2026-Q1": 550}, "team": {"2026-Q2": 600}}}
    with pytest.raises(CaseError, match="names Cost 'Team' twice, by its name and by its key"):
        _ = study(twice).study.followed_up


def line(found, name):
    return next(each for each in found.lines if each.line.name == name)


def test_three_quarters_worked_out_by_hand(study):
    """Adoption was 32 % on average against 50 %; the team cost 1,890 against 1,800, the set-up 200 more."""
    case = study(THREE_QUARTERS)
    found = case.study.followed_up
    calls, team = line(found, "Fewer calls"), line(found, "Team")
    assert (calls.planned, calls.actual) == pytest.approx((3750, 500 + 875 + 1025))
    assert calls.ratio == pytest.approx(0.64) and calls.standing == "well behind"
    # The plan saves 5,000 ÷ 12 a month, and so had 2,400 after 5.76 of the 9 months.
    assert calls.months_late == pytest.approx(9 - 5.76)
    assert (team.planned, team.actual, team.standing) == pytest.approx((1800, 1890, "on plan"))
    assert line(found, "Set-up").standing == "over plan"
    assert found.to_date("cost") == pytest.approx((2800, 3090))

    # Approved: −1,000 + 2,600 ÷ 1.1 + 5,600 ÷ 1.21.
    assert case.result.net_present_value == pytest.approx(-1000 + 2600 / 1.1 + 5600 / 1.21)
    # To plan: the fourth quarter brings 1,250 and costs 600, the second year is as planned.
    to_plan = -1200 + (2400 + 1250 - 1890 - 600) / 1.1 + 5600 / 1.21
    assert found.outlooks[TO_PLAN].net_present_value == pytest.approx(to_plan)
    # As so far: 0.64 of the planned adoption, and 1.05 of the planned cost of the team.
    first = 2400 + 0.64 * 1250 - 1890 - 1.05 * 600
    so_far = -1200 + first / 1.1 + (0.64 * 8000 - 1.05 * 2400) / 1.21
    assert found.outlooks[SO_FAR].net_present_value == pytest.approx(so_far)
    assert found.change(SO_FAR, "Set-up") == pytest.approx(-200)
    assert found.outlooks[SO_FAR].ends is None  # no input has a range


def test_actuals_on_plan_leave_the_case_as_it_is(study):
    on_plan = {
        "inputs": {"adoption": {"2026": "50%", "2027-Q1": "80%"}},
        "lines": {"Team": {"2026": 2400, "2027-Q1": 600}, "Set-up": {"start": 1000}},
    }
    found = study(on_plan).study.followed_up
    assert found.months == 15
    for outlook in found.outlooks.values():
        assert outlook.net_present_value == pytest.approx(study({}).result.net_present_value)
    assert {each.standing for each in found.lines} == {"on plan"}
    assert line(found, "Fewer calls").months_late == pytest.approx(0)


def test_one_quarter_already_says_something(study):
    found = study({"inputs": {"calls": {"2026-Q2": 800}}}, start="2026-04").study.followed_up
    assert found.months == 3 and str(found.forecast.actuals.through) == "2026-06"
    assert line(found, "Fewer calls").actual == pytest.approx(1000)
    assert [each.line.name for each in found.lines if not each.known] == ["Team", "Set-up"]
    assert line(found, "Team").standing == "not known yet"
    assert found.known_share == pytest.approx(1250 / (1250 + 600 + 1000))


def test_what_was_not_measured_stands_as_planned_and_is_not_judged(study):
    """Booked in the second quarter alone: the first counts as planned, the ratio rests on the second."""
    found = study({"lines": {"Team": {"2026-Q2": 900}}}).study.followed_up
    team = line(found, "Team")
    assert team.actual == pytest.approx(600 + 900)
    assert team.ratio == pytest.approx(1.5) and team.standing == "well over plan"
    assert (team.months("booked"), team.months("plan")) == (3, 3)


def test_a_share_as_so_far_stays_within_its_bounds(study):
    found = study({"inputs": {"adoption": {"2026-Q1": "100%"}}}).study.followed_up
    flow = found.outlooks[SO_FAR].flows["Fewer calls"]
    assert flow[2] == pytest.approx(10_000)  # twice 80 % would be 160 %


def test_the_start_alone_can_be_followed_up(study):
    found = study({"lines": {"Set-up": {"start": 800}}}).study.followed_up
    assert found.months == 0
    for name in (TO_PLAN, SO_FAR):
        assert found.change(name, "Set-up") == pytest.approx(200)
        assert found.change(name, "Team") == pytest.approx(0)


def test_money_that_was_never_planned_is_said_so(study):
    found = study({"lines": {"Set-up": {"2026-Q1": 300}}}).study.followed_up
    assert line(found, "Set-up").standing == "not planned"
    assert found.change(SO_FAR, "Set-up") == pytest.approx(-300 / 1.1)


def test_nothing_is_extrapolated_from_next_to_nothing(study):
    """Ten times the planned adoption, of which hardly any was planned yet, is no ten times the plan."""
    first = {"inputs": {"adoption": {"2026": "10%"}}}
    found = study(first, {"adoption": ["1%", "80%"]}).study.followed_up
    assert found.outlooks[SO_FAR].flows["Fewer calls"][1:] == pytest.approx([1000, 8000])


RANGES = {
    "cost": {"value": 10, "low": 8, "high": 13},
    "adoption": {"value": [0.5, 0.8], "low": [0.3, 0.6], "high": [0.6, 0.95]},
}


def test_after_the_last_month_nothing_varies_but_what_nobody_measured(study):
    over = {
        "through": "2027-12",
        "inputs": {"adoption": {"2026": "40%", "2027": "70%"}},
        "lines": {"Team": {"2026": 2500, "2027": 2600}, "Set-up": {"start": 1000}},
    }
    open_end = study(over, RANGES).study.followed_up.outlooks[SO_FAR]
    assert open_end.ends.p5 < open_end.net_present_value < open_end.ends.p95  # the cost of a call
    over["inputs"]["cost"] = {"2026": 9, "2027": 9}
    for outlook in study(over, RANGES).study.followed_up.outlooks.values():
        assert outlook.ends.p5 == pytest.approx(outlook.ends.p95)
        assert outlook.net_present_value == pytest.approx(outlook.ends.p50)
        assert outlook.net_present_value == pytest.approx(-1000 + (3600 - 2500) / 1.1 + (6300 - 2600) / 1.21)


def test_what_remains_varies_as_its_input_does(study):
    """One input varies and the result rises with it: the quantiles of the result are those of the input."""
    actuals = {"lines": {"Fewer calls": {"2026-Q1": 1000, "2026-Q2": 1100}}}
    found = study(actuals, {"cost": RANGES["cost"]}).study.followed_up
    at = Uncertain("cost", 10, 8, 13).values(np.array([0.05, 0.5, 0.95]))[:, 0]
    ratio = 2100 / 2500
    for name, factor in ((TO_PLAN, 1), (SO_FAR, ratio)):
        rest = factor * at * 1000 * 0.5 / 2 / 1.1 + factor * at * 1000 * 0.8 / 1.21
        worth = -1000 + (2100 - 2400) / 1.1 - 2400 / 1.21 + rest
        ends = found.outlooks[name].ends
        assert (ends.p5, ends.p50, ends.p95) == pytest.approx(tuple(worth), rel=0.03)


quarters = st.lists(st.floats(0, 1), min_size=1, max_size=8)


@settings(max_examples=30)
@given(adoption=quarters, team=st.lists(st.floats(0, 5000), min_size=1, max_size=8))
def test_changes_add_up_and_the_record_is_json(adoption, team):
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "templates" / "example"
        place.mkdir(parents=True)
        (place / "inputs.yaml").write_text(INPUTS)
        (place / "template.ipynb").write_text("{}")
        names = [f"{2026 + number // 4}-Q{number % 4 + 1}" for number in range(8)]
        actuals = {
            "inputs": {"adoption": dict(zip(names, adoption, strict=False))},
            "lines": {"Team": dict(zip(names, team, strict=False))},
        }
        values = {"template": "example", "client": {"name": "A"}, "years": 2, "start": "2026-01"}
        values |= {"inputs": PLAN}
        case = Case(parse_parameters({**values, "actuals": actuals}, folder=Path(folder)))
    x = case.inputs
    case.benefit("Fewer calls", kind="cash saving", annual=x.calls * x.cost, ramp=x.adoption)
    case.cost("Team", category="people", annual=x.team)
    case.cost("Set-up", category="start-up", start=x.setup)
    found = case.study.followed_up
    assert found.months == 3 * max(len(adoption), len(team))
    for name, outlook in found.outlooks.items():
        changes = sum(found.change(name, each.line.name) for each in found.lines)
        difference = outlook.net_present_value - case.result.net_present_value
        assert changes == pytest.approx(difference, abs=1e-6)
    record = record_of_follow_up(found)
    assert json.loads(json.dumps(to_json(record), allow_nan=False))["months"] == found.months


@pytest.mark.parametrize(
    ("actuals", "message"),
    [
        (
            {"lines": {"Taem": {"2026-Q1": 1}}},
            "'Taem', which is no line of the figure\n  hint: did you mean 'Team'",
        ),
        ({"lines": {"Team": {"2026-Q1": -1}}}, "Cost 'Team' has -1.00; costs are positive"),
    ],
)
def test_what_the_notebook_alone_can_refuse(study, actuals, message):
    with pytest.raises(CaseError, match=message.replace("(", r"\(")):
        _ = study({**actuals}).study.followed_up


def test_the_review_says_that_the_headline_is_behind(study):
    findings = {each.rule: each for each in study(THREE_QUARTERS).study.findings}
    assert "Up to September 2026 actuals put benefits at 64" in findings["behind-plan"].text
    assert "behind-plan" not in {each.rule for each in study({}).study.findings}


def test_more_of_a_cost_is_worse_and_more_of_a_benefit_better(study):
    actuals = {"inputs": {"team": {"2026-Q1": 3600}, "calls": {"2026-Q1": 1500}}}
    standings = {each.name: each.standing for each in study(actuals).study.followed_up.indicators}
    assert standings == {"team": "well over plan", "calls": "ahead"}
