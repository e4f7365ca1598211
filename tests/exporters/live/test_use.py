"""How the panel is used: by keyboard, in any window, on paper, and where its script may not run."""

from __future__ import annotations

from pathlib import Path

from casebook.exporters.sliders import MOST
from casebook.formula.expression import Constant, Input, operation
from tests.exporters.browser import Page
from tests.exporters.live.panels import FRAME, amount, bare_page, move, moves, synthetic


def test_the_keyboard_moves_and_resets(open_report: Page) -> None:
    page = open_report
    before = page.state()
    page.run("document.getElementById('cb-live-0-box').focus()")
    focus = "document.activeElement.id"
    page.press("Tab")
    assert page.run(focus) == "cb-live-0-slider"
    page.press("ArrowRight")
    assert page.state()["result"]["net_present_value"] > before["result"]["net_present_value"]
    assert page.run("document.activeElement.getAttribute('aria-valuetext')") == "10.05%"
    assert page.run("document.getElementById('cb-live-0-box').value") == "10.05"
    page.press("Home")
    assert page.state()["inputs"]["share_influenced"] == 0.06
    assert page.run("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.run("document.getElementById('cb-live-reset').focus()")
    page.press("Enter")
    assert page.state() == before
    assert page.run("document.getElementById('cb-live-0-slider').value") == "0"


def test_a_value_is_typed_as_it_is_shown(open_report: Page) -> None:
    page = open_report
    page.run("document.getElementById('cb-live-0-box').select()")
    page.press(*"12.5")
    assert page.state()["inputs"]["share_influenced"] == 0.125
    assert page.run("document.getElementById('cb-live-0-slider').value") == "50"
    page.press("Tab")
    for text, value in (("12.5 %", 0.125), ("12.5%", 0.125), (" 7 ", 0.07), (".5", 0.005), ("0", 0.0)):
        assert move(page, {}, {0: text})["inputs"]["share_influenced"] == value, text
    for text, value in (("$1,250.50", 1250.5), ("1250.5", 1250.5), ("1,000,000", 1e6)):
        assert move(page, {}, {5: text})["inputs"]["average_spend"] == value, text


NO_VALUES = ["", "abc", "140", "-1", "1,5", "1.2.3", "12e3", "NaN", "Infinity", "1 2"]


def test_what_is_no_value_is_shown_and_not_computed(open_report: Page) -> None:
    page = open_report
    before = page.state()
    told = """[field(4, "box").getAttribute("aria-invalid"), field(4, "wrong").hidden,
      field(4, "wrong").textContent, (move([{ 4: 1 }, {}]), field(4, "wrong").hidden),
      move([{ 4: 0 }, {}])]"""
    for text, (state, said) in zip(
        NO_VALUES, moves(page, [({}, {4: text}) for text in NO_VALUES], told), strict=True
    ):
        invalid, hidden, words, hidden_again, back = said
        assert state == back == before, text
        assert (invalid, hidden, hidden_again) == ("true", False, True), text
        assert "between 0% and 100%" in words, text
    assert page.complaints == []


def test_values_that_the_model_refuses_have_no_figure(page: Page, tmp_path: Path) -> None:
    saved = operation("-", Constant(100.0), amount("a", 5.0))
    page.open(bare_page(tmp_path, synthetic([saved], [amount("a", 5.0)], years=2, side="cost")))
    assert page.state()["problem"] is None
    state = move(page, {}, {0: "101"})
    assert "L0 would be below zero" in state["problem"]
    assert page.run("document.getElementById('cb-live-problem').hidden") is False
    assert move(page, {}, {0: "99"})["problem"] is None


def test_the_summary_is_told_once_and_late(open_report: Page) -> None:
    page = open_report
    told = page.run(
        """new Promise((done) => {
          const status = document.getElementById("cb-live-status");
          const seen = [];
          new MutationObserver(() => seen.push(status.textContent)).observe(status, { childList: true });
          const slider = document.getElementById("cb-live-0-slider");
          for (let position = 0; position < 20; position++) {
            slider.value = position;
            slider.dispatchEvent(new Event("input"));
          }
          setTimeout(() => done(seen), 1500);
        })"""
    )
    assert len(told) == 1 and told[0].startswith("Net present value: $")


def test_every_control_has_a_name(open_report: Page) -> None:
    tree = open_report.call("Accessibility.getFullAXTree")["nodes"]
    named = [
        (node["role"]["value"], node["name"]["value"])
        for node in tree
        if node.get("role", {}).get("value") in ("slider", "textbox", "button")
    ]
    assert len(named) == 2 * MOST + 1 and all(name for _, name in named)
    assert ("slider", "Contribution margin") in named and ("textbox", "Contribution margin") in named


def test_nothing_is_wider_than_the_window(open_report: Page) -> None:
    parts = "[...document.querySelectorAll('.cb-live-control *')]"
    for width in (320, 768, 1440):
        open_report.show(width)
        assert open_report.run("document.documentElement.scrollWidth") == width
        right = f"Math.max(...{parts}.map((one) => one.getBoundingClientRect().right))"
        assert open_report.run(right) <= width


def test_paper_has_no_panel(open_report: Page) -> None:
    open_report.show(1000, medium="print")
    assert open_report.run("getComputedStyle(document.getElementById('cb-live')).display") == "none"


def test_the_contents_lead_to_the_panel(open_report: Page) -> None:
    links = open_report.run(
        "[...document.querySelectorAll('nav.contents a')].map((one) => one.getAttribute('href'))"
    )
    assert links[1] == "#cb-live"


def test_a_script_that_was_changed_does_not_run(page: Page, reports: dict[str, Path], tmp_path: Path) -> None:
    whole = (reports["airline"] / "social-care.html").read_text(encoding="utf-8")
    changed = tmp_path / "changed.html"
    changed.write_text(whole.replace('"use strict";', '"use strict";document.title = "mine";', 1), "utf-8")
    page.open(changed)
    assert any("Content Security Policy" in text for text in page.complaints)
    assert page.run("document.title") != "mine"
    # The page is whole without its script.
    assert page.run("document.getElementById('cb-live').offsetHeight") == 0
    assert page.run("document.querySelectorAll('nav.contents a[href=\"#cb-live\"]').length") == 0


def test_text_of_a_client_is_text(page: Page, tmp_path: Path) -> None:
    nasty = "</script><script>document.title='mine'</script><!--<script>\u2028&amp;"
    node = Input("a", label=nasty, unit=nasty, amount=3.0, frame=FRAME)
    record = synthetic([operation("*", node, 2.0)], [node])
    record["lines"][0]["name"] = nasty
    record["inputs"]["a"] |= {"label": nasty, "unit": nasty}
    page.open(bare_page(tmp_path, record))
    assert page.run("document.title") == "" and page.complaints == []
    assert page.run("document.querySelector('#cb-live label').textContent") == nasty
    assert page.run("document.scripts.length") == 2
