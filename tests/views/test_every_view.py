"""What holds for every view of every case: plain text, whole tables, no figure that is none."""

from __future__ import annotations

import re

import pytest

from casebook.schema.reader import read_parameters
from casebook.views.components import Callout, Group, Table, from_json, to_json
from casebook.views.view import VIEW_MIME
from tests.conftest import CLIENTS, ROOT, run_template

VIEWS = (
    "summary",
    "options",
    "cash_flow",
    "cash_flow_chart",
    "freed_capacity",
    "risk_adjusted",
    "formulas",
    "range_chart",
    "tornado",
    "scenarios",
    "break_even",
    "what_to_measure",
    "review",
    "evidence",
    "assumptions",
    "not_in_figure",
    "kpis",
    "follow_up",
    "follow_up_chart",
    "traffic_lights",
    "outlook",
    "provenance",
)


def components_in(component):
    yield component
    for item in component.items if isinstance(component, Group) else ():
        yield from components_in(item)


def strings(value):
    if isinstance(value, dict):
        for key, part in value.items():
            if key != "svg":
                yield from strings(part)
    elif isinstance(value, list):
        for part in value:
            yield from strings(part)
    elif isinstance(value, str):
        yield value


@pytest.fixture(params=["points", "ranged", *CLIENTS, "airline-followed-up"])
def case(request):
    if request.param.startswith("airline"):
        return run_template(read_parameters(ROOT / "params" / f"{request.param}.yaml"))
    return request.getfixturevalue(request.param)


def test_views_are_plain_text_and_whole(case):
    for name in VIEWS:
        shown = getattr(case, name)()
        for component in components_in(shown.component):
            if isinstance(component, Table):
                assert component.rows, name
                assert {len(row.cells) for row in component.rows} == {len(component.columns)}, name
                assert all(isinstance(cell, str) for row in component.rows for cell in row.cells), name
            if isinstance(component, Callout):
                assert component.title.endswith("."), name
        data = to_json(shown.component)
        for text in strings(data):
            assert not re.search(r"\bnan\b|\binf\b|\bNone\b(?! of )|<[a-z]+[ >]|\{|\}|  ", text), (name, text)
            assert not re.search(r"\.\.(?!\.)|[.:] [.]", text), (name, text)
        assert to_json(from_json(data)) == data, name
        bundle = shown._repr_mimebundle_()
        assert bundle[VIEW_MIME] == data
        assert bundle["text/html"] and bundle["text/plain"]


def test_the_alt_text_of_a_chart_says_what_its_table_says(case):
    """The end of the running total, in the chart's words and in the cash flow."""
    alt = case.cash_flow_chart().component.alt
    assert case.formatter.money_short(case.result.cash_flow.cumulative[-1]) in alt
