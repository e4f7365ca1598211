"""The panel of the page on which a reader tries other values: its markup, its script and their data.

The script computes from the trees of the record; nothing of the case is written twice. Without a script the
panel is not shown, and the page is complete.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from html import escape
from typing import Any

import numpy as np

from ..formatting import Formatter
from ..model.finance import present_value
from ..model.printing import figures
from ..model.result import FIGURES
from ..views.render import to_html
from ..views.tables import GRADES
from ..views.view import left, right, row, table
from .glyphs import assets
from .signs import signs_of
from .sliders import Slider, sliders

TITLE = "Try other values"
ADJUSTED = "risk_adjusted_net_present_value"

_SCRIPTS = ("model", "roots", "figures", "chart", "panel")
_NEEDED = ("inputs", "lines", "steps", "cash_flow", "result", "years", "discount_rate", "currency", "locale")
_KINDS = {
    "present_value_of_benefits": "money",
    "present_value_of_costs": "money",
    "net_present_value": "money",
    ADJUSTED: "money",
    "return_on_investment": "share",
    "payback_months": "months",
    "discounted_payback_months": "months",
    "internal_rate_of_return": "share",
    "benefit_cost_ratio": "number",
}
_LABELS = {**FIGURES, ADJUSTED: "Net present value, risk-adjusted"}
_TILES = ("net_present_value", "return_on_investment", "payback_months")


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


def panel(record: Mapping[str, Any] | None) -> Panel | None:
    """The panel for a case; None where there is no whole record, or no input that could be moved."""
    if not record or any(record.get(key) is None for key in _NEEDED) or not record["lines"]:
        return None
    chosen = sliders(record)
    return Panel(_markup(record, chosen), _data(record, chosen), _script()) if chosen else None


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


def _data(record: Mapping[str, Any], chosen: Sequence[Slider]) -> str:
    formatter = Formatter(record["currency"], record["locale"])
    years = int(record["years"])
    heads = _heads(record)
    data = {
        "years": years,
        "rate": record["discount_rate"],
        "values": {name: given["value"] for name, given in record["inputs"].items()},
        "steps": {step["label"]: _plain(step["tree"]) for step in record["steps"]},
        "lines": [
            {key: line[key] for key in ("id", "name", "side")}
            | {part: _plain(line["trees"][part]) for part in ("start", "annual")}
            | {"risk": _plain(line["risk"]["tree"])}
            for line in record["lines"]
        ],
        "controls": [asdict(slider) | {"kind": _kind(slider)} for slider in chosen],
        "figures": [[name, _KINDS[name]] for name in _names(record)],
        "labels": _LABELS,
        "tiles": _tiles(record),
        "heads": heads,
        "with_start": len(heads) > years,
        "base_total": record["cash_flow"]["cumulative"],
        "signs": signs_of(formatter, years),
        "words": _words(years),
    }
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c")


def _plain(tree: Any) -> Any:
    """A tree without what is only read: labels of numbers, and computed steps, whose value stands fast."""
    if isinstance(tree, list):
        return [tree[0], *(_plain(operand) for operand in tree[1:])]
    if isinstance(tree, dict) and "computed" in tree:
        value = tree["value"]
        return {"number": value[0] if isinstance(value, list) and len(value) == 1 else value}
    return {"number": tree["number"]} if isinstance(tree, dict) and "number" in tree else tree


def _words(years: int) -> dict[str, Any]:
    return {
        "no_risk": "no money at risk",
        "not_reached": f"not reached in {years} {'year' if years == 1 else 'years'}",
        "none": "does not exist: no rate brings the cash flow to zero",
        "several": "not unique: the cash flow has # rates, ",
        "no_costs": "undefined: the case has no costs",
        "no_figure": "No figure at these values:",
        "negative": " would be below zero, and a cost is positive.",
        "infinite": " has no finite value.",
        "large": "the present values are too large to compute with.",
        "is_reset": "All inputs are back at their likely values.",
        "sides": ["Costs", "Benefits", "Net"],
        "in_total": "in total",
        "by_year": "Net by year:",
        "total_at_end": "The running total ends at",
    }


def _names(record: Mapping[str, Any]) -> list[str]:
    """The figures of the table, in the order of the first page."""
    return [name for name in _KINDS if name != ADJUSTED or _is_risky(record)]


def _tiles(record: Mapping[str, Any]) -> list[str]:
    return [*_TILES, ADJUSTED if _is_risky(record) else "present_value_of_costs"]


def _is_risky(record: Mapping[str, Any]) -> bool:
    return any(any(line["risk"]["value"]) for line in record["lines"])


def _heads(record: Mapping[str, Any]) -> list[str]:
    with_start = any(line["trees"]["start"] is not None for line in record["lines"])
    return ["Start"] * with_start + [f"Year {year}" for year in range(1, record["years"] + 1)]


def _kind(slider: Slider) -> str:
    base = slider.unit.split("/")[0].strip()
    return "share" if slider.by_year or base == "share" else "money" if base == "currency" else "number"


# --- what stands on the page ------------------------------------------------------------------------------


def _text(text: object) -> str:
    return escape(str(text), quote=True)


def _markup(record: Mapping[str, Any], chosen: Sequence[Slider]) -> str:
    formatter = Formatter(record["currency"], record["locale"])
    controls = "".join(_control(number, slider, record, formatter) for number, slider in enumerate(chosen))
    return (
        '<section id="cb-live" class="cb cb-live" aria-labelledby="cb-live-title" hidden>'
        f'<h2 id="cb-live-title">{TITLE}</h2>'
        f"<p>{_introduction(len(chosen))}</p>"
        f'<div class="cb-live-tiles">{to_html(_tiles_view(record, formatter))}</div>'
        '<p id="cb-live-problem" class="cb-live-problem" role="alert" hidden></p>'
        '<p id="cb-live-status" class="cb-live-unseen" role="status"></p>'
        f'<div class="cb-live-controls" role="group" aria-label="Inputs">{controls}</div>'
        '<p><button type="button" id="cb-live-reset">Back to the likely values</button></p>'
        f'<div id="cb-live-figures">{to_html(_figures_table(record, formatter))}</div>'
        '<p id="cb-live-reasons" class="cb-note"></p>'
        f'<figure class="cb cb-chart"><figcaption>{_caption(record)}</figcaption>'
        '<div class="cb-live-chart"><svg id="cb-live-chart" role="img" aria-label=""></svg></div></figure>'
        f'<div id="cb-live-flow">{to_html(_flow_table(record, formatter))}</div>'
        "</section>"
    )


def _introduction(count: int) -> str:
    inputs = "These are the inputs that move" if count > 1 else "This is the input that moves"
    return (
        f"{inputs} the result most. Move a slider or type a value: the figures, the chart and the table of "
        "this section follow. All else stays at the likely values, and so does the rest of the page."
    )


def _caption(record: Mapping[str, Any]) -> str:
    if len(_heads(record)) < 3:
        return "Costs, benefits and net"
    return "Net money by year and its running total; dashed: at the likely values"


def _tiles_view(record: Mapping[str, Any], formatter: Formatter) -> dict[str, Any]:
    """The tiles at the likely values; the script finds them by their order."""
    texts = {name: _figure(record, name, formatter, short=True) for name in _tiles(record)}
    items = [
        {"label": _LABELS[name], "value": text, "basis": f"Likely: {text[:1].lower()}{text[1:]}"}
        for name, text in texts.items()
    ]
    return {"view": "tiles", "items": items}


def _figure(record: Mapping[str, Any], name: str, formatter: Formatter, *, short: bool = False) -> str:
    """A figure at the likely values as text; its reason, up to the first colon, where it does not exist."""
    result = record["result"]
    value = result["risk_adjusted"]["net_present_value"] if name == ADJUSTED else result[name]
    if value is None:
        reason = str(result["reasons"][name]).split(":")[0]
        return reason[:1].upper() + reason[1:]
    if short and _KINDS[name] == "money":
        return formatter.money_short(value)
    return str(getattr(formatter, _KINDS[name])(value))


def _figures_table(record: Mapping[str, Any], formatter: Formatter) -> dict[str, Any]:
    texts = {name: _figure(record, name, formatter) for name in _names(record)}
    return table(
        [left("Figure"), right("These values"), right("Likely values")],
        [row(_LABELS[name], text, text) for name, text in texts.items()],
        caption="The case in figures at these values",
    )


def _flow_table(record: Mapping[str, Any], formatter: Formatter) -> dict[str, Any]:
    """Costs and benefits by year, in the rows that the script fills again."""
    flow = record["cash_flow"]
    first = 0 if _heads(record)[0] == "Start" else 1
    places = formatter.places([*flow["benefits"], *flow["costs"]])

    def money(values: Sequence[float]) -> list[str]:
        cells = [formatter.amount(value, places) if value else "–" for value in values[first:]]
        return [*cells, formatter.amount(float(present_value(values, record["discount_rate"])), places)]

    rows = []
    for side, title in (("benefit", "Benefits"), ("cost", "Costs")):
        for line in record["lines"]:
            if line["side"] == side:
                rows.append(row(line["id"], line["name"], *money([line["start"], *line["annual"]])))
        rows.append(row("", title, *money(flow[f"{side}s"]), style="subtotal"))
    rows.append(row("", "Net", *money(flow["net"]), style="total"))
    running = [formatter.amount(value, places) for value in flow["cumulative"][first:]]
    rows.append(row("", "Cumulative, undiscounted", *running, "", style="detail"))
    columns = [left("", 0.12), left(record["currency"]), *(right(head) for head in _heads(record))]
    return table(
        [*columns, right("Present value")],
        rows,
        caption="Costs and benefits by year at these values",
    )


def _control(number: int, slider: Slider, record: Mapping[str, Any], formatter: Formatter) -> str:
    name = f"cb-live-{number}"
    given = record["inputs"][slider.name]
    likely = figures(np.atleast_1d(given["value"]), slider.unit, formatter, exact=True)
    kind = _kind(slider)
    lowest, highest = slider.positions
    at = f"{-lowest / (highest - lowest):.4f}"  # where the mark of the likely value stands
    ends = (formatter.quantity(end, _KIND_UNITS[kind], exact=True) for end in (slider.low, slider.high))
    return (
        f'<div class="cb-live-control"><label id="{name}-label" for="{name}-box">{_text(slider.label)}</label>'
        f'<span class="cb-live-entry"><input id="{name}-box" type="text" inputmode="decimal" autocomplete="off"'
        f' aria-describedby="{name}-unit {name}-known {name}-wrong">'
        f'<span id="{name}-unit">{_text(_unit(slider, record["currency"]))}</span></span>'
        f'<input id="{name}-slider" type="range" min="{lowest}" max="{highest}" step="1" value="0" style="--at:{at}"'
        f' autocomplete="off" aria-labelledby="{name}-label" aria-describedby="{name}-known">'
        f'<span class="cb-live-ends" aria-hidden="true">{"".join(f"<span>{_text(end)}</span>" for end in ends)}</span>'
        f'<p id="{name}-known" class="cb-live-known">Likely: {_text(likely)} · {GRADES[slider.evidence]}</p>'
        f'<p id="{name}-wrong" class="cb-live-wrong" hidden>{_text(_wanted(slider, formatter))}</p></div>'
    )


_KIND_UNITS = {"share": "share", "money": "currency", "number": "number"}


def _unit(slider: Slider, currency: str) -> str:
    """`currency/customer/year` as a reader says it: `USD a customer a year`."""
    first, *per = (part.strip() for part in slider.unit.split("/"))
    if slider.by_year:
        return "% of the values by year"
    first = {"share": "%", "number": "", "currency": currency}.get(first, first)
    return " ".join(
        [first, *(f"{'an' if noun[:1] in 'aeiou' or noun == 'hour' else 'a'} {noun}" for noun in per)]
    )


def _wanted(slider: Slider, formatter: Formatter) -> str:
    """What may be typed, for a reader who typed something else."""
    unit = _KIND_UNITS[_kind(slider)]
    low, high = (None if end is None else formatter.quantity(end, unit, exact=True) for end in slider.bounds)
    if low is not None and high is not None:
        wanted = f"from {low} to {high}"
    elif low is not None or high is not None:
        wanted = f"of {low} or more" if high is None else f"of {high} or less"
    else:
        wanted = f"such as {formatter.quantity(slider.likely, unit, exact=True)}"
    return f"A number {wanted} is needed; the figures stay at the last one."
