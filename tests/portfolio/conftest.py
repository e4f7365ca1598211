"""Folders of reports for portfolios: a real record, written again with other figures."""

from __future__ import annotations

import copy
import json

import pytest


@pytest.fixture
def record(make_case):
    """The record of a small case."""
    case = make_case(years=2, discount_rate="10%")
    x = case.inputs
    case.benefit("Sales", kind="margin", annual=x.customers * x.spend * x.margin)
    case.cost("Team", category="people", annual=x.team)
    return case.record().to_json()


@pytest.fixture
def way():
    """An option as a record has it: `way("test", npv=60, costs=10, now=4)`."""

    def make(key, *, npv=0.0, costs=0.0, now=None, expected=None):
        return {
            "key": key,
            "name": f"The {key}",
            "cost": 0.0,
            "delay": 0,
            "approve_now": costs if now is None else now,
            "in_all": costs,
            "present_value_of_costs": costs,
            "deepest": 0.0,
            "deepest_year": None,
            "net_present_value": npv,
            "expected_net_present_value": npv if expected is None else expected,
            "standard_error": None,
            "p5": None,
            "p95": None,
            "probability_of_loss": None,
        }

    return make


@pytest.fixture
def write(record, tmp_path):
    """Write a client's record below `output`: `write("acme", npv=5, costs=2, currency="EUR")`.

    It has no options, as one of an old version, unless they are given.
    """

    def make(folder, *, kind="example", client=None, npv=100.0, costs=50.0, html=True, **changes):
        told = copy.deepcopy(record)
        told["template"] = {"name": kind, "title": kind.capitalize()}
        told["client"] = {"name": client or folder.capitalize(), "colour": None, "logo": None}
        result = changes.pop("result", {})
        told["result"] |= {
            "net_present_value": npv,
            "present_value_of_costs": costs,
            "present_value_of_benefits": npv + costs,
            "return_on_investment": npv / costs,
            **result,
        }
        del told["options"]
        told |= changes
        place = tmp_path / "output" / folder
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{kind}.json").write_text(json.dumps(told), encoding="utf-8")
        if html:
            (place / f"{kind}.html").write_text("<!DOCTYPE html><title>Report</title>", encoding="utf-8")
        return tmp_path / "output"

    return make
