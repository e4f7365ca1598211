"""Views as HTML and as text."""

from __future__ import annotations

import pytest

from casebook.views.components import from_json
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
