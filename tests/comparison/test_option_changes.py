"""What a comparison tells of options: which came, went or changed, and which one is asked for now."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from casebook.comparison import Page, Side, compare
from casebook.record.parsing import parse

HALF = {"name": "Half", "inputs": {"customers": 500}, "money": [0, 4_000]}


@pytest.fixture
def side(make_case):
    """A case of 1,000 customers × 50 × 40 % against a team of 8,000, for a year: 12,000."""

    def make(name, options=(), *, team=8_000, **values):
        inputs = {"customers": 1000, "spend": 50, "margin": 0.4, "team": team}
        case = make_case(years=1, discount_rate=0, inputs=inputs, options=dict(options), **values)
        x = case.inputs
        case.benefit("Sales", kind="margin", annual=x.customers * x.spend * x.margin)
        case.cost("Team", category="people", annual=x.team)
        record = json.loads(json.dumps(case.record().to_json()))
        if not options:
            record["options"] = []
        return Side(name, Path(name, "example.json"), parse(record))

    return make


def test_an_option_that_is_redefined_has_its_figures_on_both_sides(side):
    """Half: 10,000 + 4,000 − 8,000 = 6,000; with money of 1,000 it is 3,000."""
    found = compare(side("a", {"half": HALF}), side("b", {"half": {**HALF, "money": [0, 1_000]}}))
    [change] = found.options
    assert (change.key, change.redefined) == ("half", True)
    assert change.before.expected_net_present_value == pytest.approx(6_000)
    assert change.after.expected_net_present_value == pytest.approx(3_000)
    assert not found.is_same and found.difference == 0
    assert "Half redefined" in Page(found).table_for_terminal()


def test_an_option_that_came_or_went_and_one_whose_figures_alone_moved(side):
    more = {"more": {"name": "More", "inputs": {"customers": 2000}}}
    found = compare(side("a", {"half": HALF}), side("b", more, team=9_000))
    changes = {each.key: each for each in found.options}
    assert (changes["half"].after, changes["more"].before) == (None, None)
    whole = changes["whole"]
    assert (whole.before.approve_now, whole.after.approve_now, whole.redefined) == (8_000, 9_000, False)
    assert "nothing" not in changes
    assert found.to_json()["options"][0]["after"] is None


def test_what_is_recommended_and_asked_for_instead_is_told(side):
    asked = {"option": "half", "text": "Half of it", "reason": "First things first"}
    found = compare(side("a", {"half": HALF}), side("b", {"half": HALF}, decision=asked))
    assert [(each.what, each.before, each.after) for each in found.preferences] == [
        ("Asked for", "The whole", "Half")
    ]
    assert "Asked for was “The whole”, now it is “Half”." in Page(found).sentence
    better = compare(side("a", {"half": HALF}), side("b", {"half": {**HALF, "money": [0, 40_000]}}))
    assert [each.what for each in better.preferences] == ["Recommended", "Asked for"]


def test_the_same_options_and_a_record_without_any_change_nothing(side):
    assert compare(side("a", {"half": HALF}), side("b", {"half": HALF})).is_same
    found = compare(side("a"), side("b", {"half": HALF}))
    assert (found.options, found.preferences) == ((), ())
    assert "No change in the options" in repr(Page(found).options())
