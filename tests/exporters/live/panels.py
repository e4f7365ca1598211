"""Making panels for tests, moving their controls, and reading what they print."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from casebook.exporters.html import POLICY
from casebook.exporters.live_panel import panel
from casebook.formatting import Formatter
from casebook.formula.expression import Expression, Frame, Input, Step, walk
from casebook.record.parsing import parse
from casebook.study.record import tree
from tests import records
from tests.exporters.browser import Page

CLOSE = 1e-9  # of the largest absolute yearly flow
FRAME = Frame(4, Formatter())


Setting = tuple[Mapping[int, int], Mapping[int, str]]
"""Sliders by position and boxes by text."""

_MOVE = """
const field = (index, part) => document.getElementById(`cb-live-${index}-${part}`);
const move = ([positions, typed]) => {
  for (const [part, entries] of [["slider", positions], ["box", typed]])
    for (const [index, value] of Object.entries(entries)) {
      field(index, part).value = value;
      field(index, part).dispatchEvent(new Event("input"));
    }
  return casebookLive.state();
};"""
_TEXTS = """
const texts = () => {
  const all = (selector) => [...document.querySelectorAll(`#cb-live ${selector}`)];
  const texts = (selector) => all(selector).map((one) => one.textContent);
  const rows = all("#cb-live-flow tbody tr");
  return {
    tiles: texts(".cb-value"),
    figures: texts("#cb-live-figures tbody td:nth-of-type(1)"),
    rows: rows.map((row) => [...row.cells].slice(2).map((cell) => cell.textContent)),
  };
};"""


def move(page: Page, positions: Mapping[int, int], typed: Mapping[int, str]) -> Any:
    """Set sliders by position and boxes by text, as events of a hand would, and give the panel's state."""
    return moves(page, [(positions, typed)])[0]


def moves(page: Page, settings: Sequence[Setting], also: str = "null") -> Any:
    """The panel's state after each of some settings, one after the other: one question for all.

    With `also`, JavaScript that may call `texts()`, `move([positions, typed])` and `field(index, part)`:
    pairs of the state and what that gives.
    """
    shown = "move(setting)" if also == "null" else f"[move(setting), {also}]"
    return page.run(
        f"(() => {{ {_MOVE}{_TEXTS} return {json.dumps(settings)}.map((setting) => {shown}); }})()"
    )


def texts(page: Page) -> Any:
    """What the panel prints: tiles, the column of figures, the cells of the table by year."""
    return page.run(f"(() => {{ {_TEXTS} return texts(); }})()")


def amount(name: str, value: Any) -> Input:
    return Input(name, label=name.title(), unit="number", amount=value, frame=FRAME)


def synthetic(
    formulas: list[Expression],
    inputs: list[Input],
    *,
    years: int = 4,
    side: str = "benefit",
    currency: str = "USD",
    locale: str = "en_US",
) -> dict[str, Any]:
    """A record of lines with these formulas; its figures are not those of the case and not looked at."""
    zeros = [0.0] * years
    lines = [
        records.line(f"L{number}", tree(formula, years), side=side, annual=zeros)
        for number, formula in enumerate(formulas)
    ]
    steps: dict[str, Step] = {}
    for formula in formulas:
        for node in walk(formula):
            if isinstance(node, Step):
                steps.setdefault(node.label, node)
    return records.record(
        inputs={
            node.name: {
                "label": node.label,
                "unit": "number",
                "value": listed(node.amount),
                "bounds": [None, None],
            }
            for node in inputs
        },
        lines=lines,
        steps=[
            {"label": label, "tree": tree(step.expression, years), "unit": "number"}
            | dict.fromkeys(("words", "numbers", "result"), "")
            for label, step in steps.items()
        ],
        cash_flow={name: [0.0, *zeros] for name in ("benefits", "costs", "net", "cumulative")},
        years=years,
        discount_rate=0.1,
        currency=currency,
        locale=locale,
    )


def listed(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def bare_page(folder: Path, record: dict[str, Any]) -> Path:
    """A page with nothing but the panel."""
    made = panel(parse(record))
    assert made is not None
    policy = f"{POLICY}; script-src '{made.script_hash}'"
    file = folder / "panel.html"
    file.write_text(
        f'<!DOCTYPE html><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{policy}">'
        f"<main>{made.html}</main>{made.scripts}",
        encoding="utf-8",
    )
    return file
