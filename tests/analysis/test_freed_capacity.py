"""Time that a case frees: its hours, its people, and the case with a part of it in cash; figures by hand."""

from __future__ import annotations

import numpy as np
import pytest

from casebook import CaseError, constant
from casebook.analysis.freed_capacity import released_share
from casebook.errors import InputError
from tests.conftest import record_of

INPUTS = """\
title: Example
inputs:
  calls: {label: Calls, unit: contacts/month, bounds: [0, null], example: 1000}
  cost: {label: Cost of a call, unit: currency/contact, bounds: [0, null], example: 5}
  minutes: {label: Handle time, unit: minutes/contact, bounds: [0, null], optional: true}
  adoption: {label: Adoption, unit: share, role: ramp, default: 100%, evidence: assumption}
  team: {label: Team, unit: currency/year, bounds: [0, null], example: 20_000}
  released: {label: Released, unit: share, role: released share, optional: true}
  paid: {label: Paid hours, unit: hours/week, role: paid hours, bounds: [0, 80], optional: true}
"""


def calls(make_case, *, pool=None, hours=None, **inputs):
    """60,000 a year at full adoption against 20,000, undiscounted over two years, at a risk of 10%."""
    given = {"calls": 1000, "cost": 5, "team": 20_000, **inputs}
    case = make_case(INPUTS, years=2, discount_rate=0, inputs=given)
    x = case.inputs
    more = {} if pool is None else {"claim": x.calls, "pool": case.pool("Calls", size=x.calls * pool)}
    case.benefit(
        "Calls avoided",
        kind="freed capacity",
        annual=x.calls * x.cost,
        hours=x.calls * x.minutes if hours is None else hours(x),
        ramp=x.adoption,
        risk=0.1,
        **more,
    )
    case.cost("Team", category="people", annual=x.team)
    return case


def test_hours_and_people_follow_ramp_and_unit(make_case):
    """12,000 calls a year of 10 minutes are 2,000 hours; 36.5 hours a week are 1,903 a year."""
    freed = calls(make_case, minutes=10, paid=36.5, adoption=["50%", 1]).study.freed_capacity
    assert freed.hours == pytest.approx([1_000, 2_000])
    assert freed.paid_hours == pytest.approx([36.5 * 365 / 7] * 2)
    assert freed.full_time_equivalents == pytest.approx([1_000 / 1_903.214286, 2_000 / 1_903.214286])


def test_hours_stay_within_the_pool(make_case):
    """Where the pool holds half of the claim, half of the hours count."""
    freed = calls(make_case, minutes=10, pool=0.5).study.freed_capacity
    assert freed.hours == pytest.approx([1_000] * 2)


def test_without_their_inputs_neither_hours_nor_people_are_known(make_case):
    freed = calls(make_case, paid=40).study.freed_capacity
    assert freed.hours is None and freed.full_time_equivalents is None
    assert calls(make_case, minutes=10).study.freed_capacity.full_time_equivalents is None


def test_the_case_at_the_released_share_and_without(make_case):
    """60,000 − 20,000 a year twice: 80,000; at 25 % and 75 % (15,000 + 45,000) 20,000; without −40,000."""
    case = calls(make_case, released=["25%", "75%"])
    freed = case.study.freed_capacity
    values = [each.net_present_value for each in (freed.counted, freed.released, freed.without)]
    assert values == pytest.approx([80_000, 20_000, -40_000])
    # A tenth off the benefits: 108,000, 54,000 and nothing, less 40,000.
    adjusted = [
        each.risk_adjusted_net_present_value for each in (freed.counted, freed.released, freed.without)
    ]
    assert adjusted == pytest.approx([68_000, 14_000, -40_000])
    assert freed.counted.expected_net_present_value is None
    assert case.result.net_present_value == pytest.approx(80_000), "the headline counts all of it"


def test_the_expected_value_at_the_released_share_draws_the_same_values(make_case):
    """The expected benefit at a share is the share of the expected benefit."""
    cost = {"value": 5, "low": 3, "high": 9, "source": "p. 1", "evidence": "stated"}
    freed = calls(make_case, cost=cost, released="40%").study.freed_capacity
    full, part, none = (
        each.expected_net_present_value for each in (freed.counted, freed.released, freed.without)
    )
    assert none == pytest.approx(-40_000)
    assert part - none == pytest.approx(0.4 * (full - none))
    simulated = calls(make_case, cost=cost).study.analysis.simulation.net_present_value.mean
    assert full == pytest.approx(simulated) != pytest.approx(80_000)


def test_no_share_is_no_answer(make_case):
    case = calls(make_case)
    assert released_share(case.study) is None
    assert case.study.freed_capacity.released is None
    assert released_share(calls(make_case, released="0%").study) == pytest.approx(np.zeros(2))


def test_the_record_has_hours_by_line_and_the_outcomes(make_case):
    record = record_of(calls(make_case, minutes=10, paid=36.5, released="50%").study)
    assert record["lines"][0]["hours"]["value"] == pytest.approx([2_000])
    assert record["lines"][0]["hours"]["unit"] == "hour/year"
    freed = record["freed_capacity"]
    assert freed["released_share"] == [0.5, 0.5]
    assert freed["released"]["net_present_value"] == pytest.approx(20_000)
    assert freed["hours"] == pytest.approx([2_000, 2_000])


def test_without_freed_capacity_there_is_none(make_case):
    case = make_case(INPUTS, inputs={"calls": 1, "cost": 5, "team": 1})
    case.benefit("Sales", kind="margin", annual=case.inputs.calls * case.inputs.cost)
    assert case.study.freed_capacity is None
    assert record_of(case.study).get("freed_capacity") is None


@pytest.mark.parametrize(
    ("hours", "what"),
    [
        (lambda x: x.calls, "contact/year|contacts/month|contact/month"),
        (lambda x: constant(3), "come out as number; must be hours/year"),
        (lambda x: x.adoption, "come out as share; must be hours/year"),
    ],
)
def test_hours_that_are_no_time_a_year_name_the_line(make_case, hours, what):
    with pytest.raises(CaseError, match=what) as error:
        calls(make_case, minutes=10, hours=hours)
    assert "hours of Benefit 'Calls avoided'" in str(error.value)
    assert "hint:" in str(error.value)


def test_hours_stand_behind_freed_capacity_alone(make_case):
    case = make_case(INPUTS)
    x = case.inputs
    with pytest.raises(CaseError, match="Benefit 'Sales' has hours, and its kind is margin"):
        case.benefit("Sales", kind="margin", annual=x.calls * x.cost, hours=x.calls * x.minutes)


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("unit: hours/week, role: paid hours", "unit: share, role: paid hours", "must be working time"),
        ("unit: share, role: released share", "unit: number, role: released share", "a released share is"),
    ],
)
def test_a_role_has_its_unit(make_case, before, after, message):
    with pytest.raises(InputError, match=message):
        make_case(INPUTS.replace(before, after))
