"""The page for every reader: axe finds nothing, no screen is too narrow, and each text runs its own way."""

from __future__ import annotations

import json
from importlib.resources import files
from importlib.util import find_spec

import pytest

from tests.exporters.conftest import TABLE, shown

SCREENS = (320, 768, 1440)

# The newest axe comes with a package that brings a browser along; it is taken where it is there already.
_SHIPPED_IN = next(name for name in ("axe_playwright_python", "axe_core_python") if find_spec(name))
AXE = files(_SHIPPED_IN).joinpath("axe.min.js").read_text("utf-8")

_MOVED = """(() => {
  const slider = document.querySelector('input[type="range"]');
  slider.value = slider.max;
  slider.dispatchEvent(new Event('input', { bubbles: true }));
  document.querySelectorAll('details').forEach((each) => (each.open = true));
})()"""


OTHERS = ("airline-followed-up", "beer-community", "energy")


@pytest.fixture(
    params=["airline-three-years", *(pytest.param(name, marks=pytest.mark.slow) for name in OTHERS)]
)
def page_file(request, reports):
    """An example client's page."""
    return next(reports[request.param].glob("*.html"))


def violations(page, *, contrast):
    """What axe finds; contrast is the slow part of it, and no matter of width."""
    page.run(f"{AXE};true")
    options = {"resultTypes": ["violations"], "rules": {"color-contrast": {"enabled": contrast}}}
    found = page.run(f"axe.run(document, {json.dumps(options)})")["violations"]
    return [(each["id"], [node["html"][:120] for node in each["nodes"]]) for each in found]


def too_wide(page):
    """By how many pixels the page is wider than its window."""
    return page.run("document.scrollingElement.scrollWidth - innerWidth")


@pytest.mark.parametrize("dark", [False, pytest.param(True, marks=pytest.mark.slow)], ids=["light", "dark"])
def test_axe_finds_nothing_and_nothing_sticks_out(page_file, dark, chromium):
    chromium.show(SCREENS[0], dark=dark)
    chromium.open(page_file)
    for width in SCREENS:
        chromium.show(width, dark=dark)
        assert too_wide(chromium) <= 0
        if width != SCREENS[1]:  # what is between the narrow layout and the wide one is one of the two
            assert violations(chromium, contrast=width == SCREENS[-1]) == []
    chromium.run(_MOVED)
    assert violations(chromium, contrast=False) == []
    assert chromium.complaints == [] and chromium.requests == []


def test_a_page_is_small(page_file):
    assert page_file.stat().st_size < 1_000_000


def test_the_page_can_be_read_without_a_script(reports, chromium):
    chromium.show(1000)
    chromium.call("Emulation.setScriptExecutionDisabled", value=True)
    try:
        chromium.open(next(reports["airline"].glob("*.html")))
        text = chromium.run("document.body.innerText")
    finally:
        chromium.call("Emulation.setScriptExecutionDisabled", value=False)
    record = json.loads((reports["airline"] / "social-care.json").read_text("utf-8"))
    assert "Net present value" in text and record["decision"] in text
    assert "Try other values" not in text


def test_what_scrolls_can_be_reached_by_the_keyboard(reports, chromium):
    chromium.show(320)
    chromium.open(next(reports["airline"].glob("*.html")))
    assert chromium.run(
        "[...document.querySelectorAll('main *')].filter((each) => each.scrollWidth > each.clientWidth + 1"
        " && ['auto', 'scroll'].includes(getComputedStyle(each).overflowX))"
        ".every((each) => each.tabIndex === 0 && (each.ariaLabel || each.localName === 'math'))"
    )


def test_the_first_key_leads_to_the_content(reports, chromium):
    chromium.show(1000)
    chromium.open(next(reports["airline"].glob("*.html")))
    chromium.press("Tab")
    assert chromium.run("document.activeElement.className") == "skip"
    assert chromium.run("document.activeElement.getBoundingClientRect().left") >= 0
    chromium.press("Enter")
    assert chromium.run("document.activeElement.id") == "cb-main"


def test_charts_are_dark_where_the_page_is(reports, chromium):
    from io import BytesIO

    import numpy as np
    from matplotlib.image import imread

    chromium.open(next(reports["airline"].glob("*.html")))
    means = {}
    for dark in (False, True):
        chromium.show(1000, dark=dark)
        means[dark] = float(np.mean(imread(BytesIO(chromium.picture(".cb-chart img")))[:, :, :3]))
    assert means[False] > 0.7 and means[True] < 0.3


def test_a_row_is_named_by_its_line_and_not_by_its_number(make_notebook, made):
    columns = [{"label": label, "align": align, "weight": 1} for label, align in
               (("", "left"), ("USD", "left"), ("Year 1", "right"))]  # fmt: skip
    rows = [
        {"cells": ["B1", "Loyal customers", "7"], "style": "plain"},
        {"cells": ["", "", "7"], "style": "total"},
    ]
    page = made(make_notebook(shown({**TABLE, "columns": columns, "rows": rows}))).page
    assert '<thead><tr><td></td><th scope="col">USD</th>' in page
    assert '<td>B1</td><th scope="row">Loyal customers</th><td class="cb-right">7</td>' in page
    assert "<th></th>" not in page and '<th scope="row"></th>' not in page


def test_a_text_from_right_to_left_stands_at_the_right(make_notebook, made, chromium, tmp_path):
    text = "העברית נקראת מימין לשמאל, 12 מיליון."
    result = made(make_notebook(f"{text}\n\nEnglish again.", shown({"view": "text", "paragraphs": [text]})))
    file = tmp_path / "page.html"
    file.write_text(result.page, encoding="utf-8")
    chromium.show(1000)
    chromium.open(file)
    ends = chromium.run(
        "[...document.querySelectorAll('main p')].map((each) => {"
        " const range = document.createRange(); range.selectNodeContents(each);"
        " const [text, box] = [range, each].map((one) => one.getBoundingClientRect());"
        " return text.left - box.left > box.right - text.right; })"
    )
    assert ends[-3:] == [True, False, True]  # after what every notebook here begins with
    assert "12" in result.text
