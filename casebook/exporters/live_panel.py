"""The panel of the page on which a reader tries other values: its script and the script's data.

The script (casebook/assets/live) computes from the trees of the record; nothing of the case is written twice.
Without a script the panel is not shown, and the page is complete.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

from casebook.exporters.glyphs import assets
from casebook.exporters.live_markup import (
    KINDS,
    LABELS,
    figure_names,
    has_start,
    kind_of,
    line_flows,
    markup,
    tile_names,
    year_heads,
)
from casebook.exporters.number_symbols import number_symbols
from casebook.exporters.sliders import Slider, sliders
from casebook.formatting import Formatter
from casebook.formula.trees import Tree, fold, operands
from casebook.presentation.result import BORROWING, NO_RATE, NO_RISK, NOT_UNIQUE, ONLY_ABOVE_ZERO, not_reached
from casebook.record.types import Record
from casebook.views.cash_flow import flow_rows

_SCRIPTS = ("model", "figures", "chart", "panel")


@dataclass(frozen=True)
class Panel:
    """What a page takes up so that its reader can try other values."""

    html: str
    """The panel; it is hidden until the script shows it."""
    data: str
    """What the script computes from: JSON without a `<`, so that it can stand in a script element."""
    script: str

    @property
    def style(self) -> str:
        """The style sheet of the panel alone, on top of that of the views."""
        return _asset("live.css")

    @property
    def script_hash(self) -> str:
        """The source that a Content-Security-Policy allows for the script: `sha256-…`."""
        return f"sha256-{base64.b64encode(hashlib.sha256(self.script.encode()).digest()).decode()}"

    @property
    def scripts(self) -> str:
        """The two script elements, for the end of the body."""
        data = f'<script type="application/json" id="cb-live-data">{self.data}</script>'
        return f"{data}\n<script>{self.script}</script>"


def panel(record: Record | None) -> Panel | None:
    """The panel for a case; None where there is no record, or no input that could be moved."""
    if record is None or not (chosen := sliders(record)):
        return None
    return Panel(markup(record, chosen), _data(record, chosen), _script())


@cache
def _asset(name: str) -> str:
    return (assets() / name).read_text(encoding="utf-8")


@cache
def _script() -> str:
    """The script's files as one, without what only their readers need: comments and indentation."""
    text = "\n".join(_asset(f"live/{name}.js") for name in _SCRIPTS)
    lines = (line.strip() for line in text.splitlines())
    kept = [line for line in lines if line and not line.startswith(("//", "/**"))]
    opening = 'const data = JSON.parse(document.getElementById("cb-live-data").textContent);'
    return "\n".join(["(() => {", '"use strict";', opening, *kept, "})();"])


def _data(record: Record, chosen: Sequence[Slider]) -> str:
    years = record.years
    to = Formatter(record.currency, record.locale)
    data = {
        "years": years,
        "rate": record.discount_rate,
        "values": {name: given.value for name, given in record.inputs.items()},
        "steps": {step.label: _plain(step.tree) for step in record.steps},
        "lines": [
            {
                "id": line.id,
                "name": line.name,
                "side": line.side,
                "start": _plain(line.trees.start),
                "annual": _plain(line.trees.annual),
                "risk": _plain(line.risk.tree),
            }
            for line in record.lines
        ],
        "controls": [asdict(slider) | {"kind": kind_of(slider)} for slider in chosen],
        "figures": [[name, KINDS[name]] for name in figure_names(record)],
        "labels": {name: to.say(label) for name, label in LABELS.items()},
        "tiles": tile_names(record),
        "heads": year_heads(record),
        "with_start": has_start(record),
        # The lines that each row above the net adds up.
        "flow_rows": [[line.id for line in each.lines] for each in flow_rows(line_flows(record), to.say)],
        "base_total": record.cash_flow.cumulative,
        "signs": number_symbols(to, years),
        "words": _words(years, to),
    }
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c")


def _plain(tree: Tree | None) -> Tree | None:
    """A tree without what is only read: labels of numbers, and computed steps, whose value stands fast."""
    return None if tree is None else fold(tree, operands, _plain_node)


def _plain_node(node: Tree, parts: list[Tree]) -> Tree:
    if isinstance(node, list):
        return [node[0], *parts]
    if "computed" in node:
        value = node["value"]
        return {"number": value[0] if isinstance(value, list) and len(value) == 1 else value}
    return {"number": node["number"]} if "number" in node else node


def _words(years: int, to: Formatter) -> dict[str, Any]:
    """What the script says, in the reader's language; it fills in what stands in {braces}."""
    say = to.say
    return {
        "no_risk": say(NO_RISK),
        "not_reached": not_reached(years, to),
        "no_rate": say(NO_RATE),
        "not_unique": say(NOT_UNIQUE),
        "only_above_zero": say(ONLY_ABOVE_ZERO),
        "borrowing": say(BORROWING),
        "no_costs": say("undefined: the case has no costs"),
        "no_figure": say("No figure at these values:"),
        "negative": say("{line} would be below zero, and a cost is positive."),
        "infinite": say("{line} has no finite value."),
        "large": say("the present values are too large to compute with."),
        "is_reset": say("All inputs are back at their likely values."),
        "sides": [say("Costs"), say("Benefits"), say("Net")],
        "in_total": say("in total"),
        "by_year": say("Net by year: {amounts}."),
        "total_at_end": say("The running total ends at {money}."),
    }
