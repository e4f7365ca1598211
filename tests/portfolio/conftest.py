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
def write(record, tmp_path):
    """Write a client's record below `output`: `write("acme", npv=5, costs=2, currency="EUR")`."""

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
        told |= changes
        place = tmp_path / "output" / folder
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{kind}.json").write_text(json.dumps(told), encoding="utf-8")
        if html:
            (place / f"{kind}.html").write_text("<!DOCTYPE html><title>Report</title>", encoding="utf-8")
        return tmp_path / "output"

    return make
