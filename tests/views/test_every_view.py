"""What holds for every view of every case: plain text, whole tables, no figure that is none."""

from __future__ import annotations

import re

import pytest

from casebook.schema.reader import read_parameters
from casebook.views.view import VIEW_MIME
from tests.conftest import CLIENTS, ROOT, run_template

VIEWS = (
    "summary",
    "cash_flow",
    "cash_flow_chart",
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


def views_in(data):
    yield data
    for item in data["items"] if data["view"] == "group" else ():
        yield from views_in(item)


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
        for view in views_in(shown.data):
            if view["view"] == "table":
                assert view["rows"], name
                widths = {len(row["cells"]) for row in view["rows"]}
                assert widths == {len(view["columns"])}, name
                assert all(isinstance(cell, str) for row in view["rows"] for cell in row["cells"]), name
            if view["view"] == "callout":
                assert view["title"].endswith("."), name
        for text in strings(shown.data):
            assert not re.search(r"\bnan\b|\binf\b|\bNone\b(?! of )|<[a-z]+[ >]|\{|\}|  ", text), (name, text)
            assert not re.search(r"\.\.(?!\.)|[.:] [.]", text), (name, text)
        bundle = shown._repr_mimebundle_()
        assert bundle[VIEW_MIME] is shown.data
        assert bundle["text/html"] and bundle["text/plain"]


def test_the_alt_text_of_a_chart_says_what_its_table_says(case):
    """The end of the running total, in the chart's words and in the cash flow."""
    alt = case.cash_flow_chart().data["alt"]
    assert case.formatter.money_short(case.result.cash_flow.cumulative[-1]) in alt
