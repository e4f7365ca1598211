"""What is open to a case under way, against figures worked out by hand."""

from __future__ import annotations

import pytest

from casebook.follow_up.follow_up import SO_FAR, TO_PLAN
from tests.follow_up.test_follow_up import THREE_QUARTERS, study  # noqa: F401  (a fixture)

MORE = {"name": "More languages", "inputs": {"adoption": ["60%", "90%"]}, "money": [-300, -120, -240]}


def ways(make, **options):
    return make(THREE_QUARTERS, options=options).study.followed_up.ways


def test_stopping_keeps_what_was_gained_and_spent_and_needs_nothing_more(study):  # noqa: F811
    """Saved 500 + 875 + 1,025; spent 1,200 at the start and 550 + 600 + 740."""
    stop = ways(study)["nothing"]
    assert stop.still_to_spend == {TO_PLAN: 0, SO_FAR: 0}
    worth = -1200 + (2400 - 1890) / 1.1
    assert stop.net_present_value == pytest.approx({TO_PLAN: worth, SO_FAR: worth})


def test_going_on_is_the_outlook_and_what_it_still_costs(study):  # noqa: F811
    """Fifteen months of a team of 200 a month, which has cost 5 % more than planned so far."""
    case = study(THREE_QUARTERS)
    follow_up = case.study.followed_up
    on = follow_up.ways["whole"]
    assert on.still_to_spend == pytest.approx({TO_PLAN: 3000, SO_FAR: 3150})
    assert on.net_present_value == pytest.approx(
        {name: each.net_present_value for name, each in follow_up.outlooks.items()}
    )


def test_what_an_option_changes_goes_to_plan_and_the_rest_goes_on_as_it_did(study):  # noqa: F811
    """From October on 60 and 90 % instead of 50 and 80; 300 now, then 10 and 20 a month."""
    way = ways(study, more=MORE)["more"]
    assert way.still_to_spend == pytest.approx({TO_PLAN: 3570, SO_FAR: 3720})
    assert way.net_present_value == pytest.approx(
        {
            TO_PLAN: -1200 + (2400 + 1500 - 1890 - 600 - 330) / 1.1 + (9000 - 2400 - 240) / 1.21,
            SO_FAR: -1200 + (2400 + 1500 - 1890 - 630 - 330) / 1.1 + (9000 - 2520 - 240) / 1.21,
        }
    )


def test_an_option_with_a_delay_changes_nothing_until_it_is_over(study):  # noqa: F811
    """Until the end of the year adoption is 50 %, or 32 % on trend; its cost falls now."""
    late = {"name": "Later", "inputs": {"adoption": ["60%", "90%"]}, "delay": 3, "cost": 300}
    way = ways(study, late=late)["late"]
    assert way.net_present_value == pytest.approx(
        {
            TO_PLAN: -1200 + (2400 + 1250 - 1890 - 600 - 300) / 1.1 + (9000 - 2400) / 1.21,
            SO_FAR: -1200 + (2400 + 800 - 1890 - 630 - 300) / 1.1 + (9000 - 2520) / 1.21,
        }
    )


def test_a_first_step_is_no_way_on(study):  # noqa: F811
    ranged = {"calls": {"value": 1000, "low": 800, "high": 1200}}
    step = {"name": "Test", "cost": 10, "learns": {"input": "calls", "within": 50}}
    case = study(THREE_QUARTERS, ranged, options={"test": step})
    assert list(case.study.followed_up.ways) == ["nothing", "whole"]


def test_what_is_approved_now_is_what_falls_before_the_gate(study):  # noqa: F811
    """October to December: three months of the team, the 300 of now, and a quarter of this year's 120."""
    gated = {**MORE, "gate": {"by": "2027-01", "figure": "adoption", "at_least": "60%"}}
    found = ways(study, more=gated)
    assert found["more"].approve_now == pytest.approx({TO_PLAN: 930, SO_FAR: 960})
    assert found["whole"].approve_now == found["whole"].still_to_spend


# Gates


def gate(make, by, **target):
    judged = {"gate": {"by": by, "figure": "adoption", **target}}
    (found,) = make(THREE_QUARTERS, options={"whole": judged}).study.followed_up.gates
    return found.state, found.actual


@pytest.mark.parametrize(
    ("by", "target", "state", "actual"),
    [
        ("2026-12", {"at_least": "40%"}, "not due yet", 0.41),
        ("2026-10", {"at_least": "40%"}, "met", 0.41),
        ("2026-10", {"at_least": "42%"}, "missed", 0.41),
        ("2026-07", {"at_least": "40%"}, "missed", 0.35),
        ("2026-10", {"at_most": "40%"}, "missed", 0.41),
        ("2026-10", {}, "due, not measured", 0.41),
        ("2026-01", {"at_least": "40%"}, "due, not measured", None),
    ],
)
def test_a_gate_is_judged_by_what_was_measured_before_its_month(study, by, target, state, actual):  # noqa: F811
    assert gate(study, by, **target) == (state, actual)


def test_a_gate_on_another_figure_is_judged_by_people(study):  # noqa: F811
    judged = {"gate": {"by": "2026-05", "figure": "Complaints", "at_most": "12"}}
    (found,) = study(THREE_QUARTERS, options={"whole": judged}).study.followed_up.gates
    assert (found.state, found.actual) == ("due, not measured", None)
