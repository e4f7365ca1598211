"""Views as HTML and as text."""

from __future__ import annotations

import pytest

from casebook.views.components import Callout, Column, Row, Table, from_json, to_json
from casebook.views.html import to_html
from casebook.views.text import to_text
from tests.exporters.conftest import CALLOUT, GRAPH, TABLE, TILES

VIEWS = {
    "tiles": TILES,
    "table": TABLE,
    "chart": GRAPH,
    "callout": CALLOUT,
    "text": {"view": "text", "paragraphs": ["one", "two"]},
    "list": {"view": "list", "items": ["one"], "ordered": True},
    "group": {"view": "group", "items": [TILES, TABLE]},
}


def poisoned(view):
    """The view with markup in each of its texts."""
    if isinstance(view, str):
        return f'{view}<b onclick="x">&'
    if isinstance(view, list):
        return [poisoned(item) for item in view]
    if isinstance(view, dict):
        fixed = ("view", "align", "style", "tone")
        return {key: value if key in fixed else poisoned(value) for key, value in view.items()}
    return view


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
def test_every_text_is_escaped(view):
    html = to_html(from_json(poisoned(view)))
    assert "<b " not in html and 'onclick="' not in html


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
def test_every_view_has_a_plain_text(view):
    assert to_text(from_json(view)).strip()


def test_columns_line_up_in_plain_text():
    lines = to_text(from_json(TABLE)).splitlines()
    assert lines[0] == "Costs and benefits by year" and lines[-1] == "Discounted at 10 %."
    assert [line.index("1") for line in lines if "1,284" in line or "Year 1" in line]
    assert len({len(line) for line in lines[1:-1] if line.endswith(("2", "3", "0", "4"))}) == 1


def test_standalone_brings_its_style():
    html = to_html(from_json(TILES), standalone=True)
    assert html.startswith("<style>") and "var(--jp-" in html


def test_an_unknown_view_is_an_error():
    with pytest.raises(ValueError, match="no view is called 'film'; known are callout"):
        from_json({"view": "film"})


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
def test_json_keeps_its_keys_on_the_way_through_the_types(view):
    """Notebooks elsewhere hold it, and programs of others read it."""
    assert to_json(from_json(view)).keys() >= view.keys()
    assert from_json(to_json(from_json(view))) == from_json(view)


def test_what_a_notebook_leaves_out_has_its_usual_value():
    column = {"label": "A", "align": "right", "weight": 0}
    table = {"view": "table", "caption": None, "columns": [column], "rows": [{"cells": [1.5, None]}]}
    assert from_json(table) == Table([Column("A", "right")], [Row(["1.5", ""])])
    assert from_json({"view": "chart", "svg": "<svg/>", "caption": "Money"}).alt == "Money"
    assert from_json({"view": "callout", "text": "Mind.", "tone": "shout"}) == Callout("", "Mind.", "info")


@pytest.mark.parametrize(
    "damaged",
    [
        None,
        "text",
        [],
        {},
        {"view": "table"},
        {"view": "table", "columns": [{"label": "A", "weight": -1}], "rows": []},
        {"view": "table", "columns": [{"label": "A", "weight": "wide"}], "rows": []},
        {"view": "table", "columns": [{"label": "A"}], "rows": [{"cells": "abc"}]},
        {"view": "table", "columns": [{"label": "A"}], "rows": [{"cells": [{}]}]},
        {"view": "tiles", "items": {"label": "A", "value": "1"}},
        {"view": "chart", "alt": "no drawing"},
        {"view": "group", "items": [{"view": "text"}]},
    ],
)
def test_a_damaged_view_is_refused(damaged):
    with pytest.raises(ValueError, match=r"view|list|text|weight|convert"):
        from_json(damaged)
