"""What the live panel looks like before its script runs: controls, tiles and tables at the likely values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
from .sliders import Slider

Record = Mapping[str, Any]

TITLE = "Try other values"
ADJUSTED = "risk_adjusted_net_present_value"

KINDS = {
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
"""The figures that the panel computes, in the order of the first page, and how each is printed."""

LABELS = {**FIGURES, ADJUSTED: "Net present value, risk-adjusted"}

_UNITS = {"share": "share", "money": "currency", "number": "number"}


def figure_names(record: Record) -> list[str]:
    """The rows of the panel's table of figures."""
    return [name for name in KINDS if name != ADJUSTED or _is_risky(record)]


def tile_names(record: Record) -> list[str]:
    """The figures that stand in tiles."""
    last = ADJUSTED if _is_risky(record) else "present_value_of_costs"
    return ["net_present_value", "return_on_investment", "payback_months", last]


def year_heads(record: Record) -> list[str]:
    """The columns by year, the start first where a line has money there."""
    with_start = any(line["trees"]["start"] is not None for line in record["lines"])
    return ["Start"] * with_start + [f"Year {year}" for year in range(1, record["years"] + 1)]


def kind_of(slider: Slider) -> str:
    """How the slider's value is printed and typed: share, money or number."""
    base = slider.unit.split("/")[0].strip()
    return "share" if slider.by_year or base == "share" else "money" if base == "currency" else "number"


def markup(record: Record, chosen: Sequence[Slider]) -> str:
    """The panel as HTML. It says `hidden`; the script takes that off."""
    to = Formatter(record["currency"], record["locale"])
    controls = "".join(_control(number, slider, record, to) for number, slider in enumerate(chosen))
    return (
        '<section id="cb-live" class="cb cb-live" aria-labelledby="cb-live-title" hidden>'
        f'<h2 id="cb-live-title">{TITLE}</h2>'
        f"<p>{_introduction(len(chosen))}</p>"
        f'<div class="cb-live-tiles">{to_html(_tiles(record, to))}</div>'
        '<p id="cb-live-problem" class="cb-live-problem" role="alert" hidden></p>'
        '<p id="cb-live-status" class="cb-live-unseen" role="status"></p>'
        f'<div class="cb-live-controls" role="group" aria-label="Inputs">{controls}</div>'
        '<p><button type="button" id="cb-live-reset">Back to the likely values</button></p>'
        f'<div id="cb-live-figures">{to_html(_figures_table(record, to))}</div>'
        '<p id="cb-live-reasons" class="cb-note"></p>'
        f'<figure class="cb cb-chart"><figcaption>{_caption(record)}</figcaption>'
        '<div class="cb-live-chart"><svg id="cb-live-chart" role="img" aria-label=""></svg></div></figure>'
        f'<div id="cb-live-flow">{to_html(_flow_table(record, to))}</div>'
        "</section>"
    )


def _text(text: object) -> str:
    return escape(str(text), quote=True)


def _is_risky(record: Record) -> bool:
    return any(any(line["risk"]["value"]) for line in record["lines"])


def _introduction(count: int) -> str:
    inputs = "These are the inputs that move" if count > 1 else "This is the input that moves"
    return (
        f"{inputs} the result most. Move a slider or type a value: the figures, the chart and the table of "
        "this section follow. All else stays at the likely values, and so does the rest of the page."
    )


def _caption(record: Record) -> str:
    if len(year_heads(record)) < 3:
        return "Costs, benefits and net"
    return "Net money by year and its running total; dashed: at the likely values"


def _control(number: int, slider: Slider, record: Record, to: Formatter) -> str:
    name = f"cb-live-{number}"
    likely = figures(np.atleast_1d(record["inputs"][slider.name]["value"]), slider.unit, to, exact=True)
    lowest, highest = slider.positions
    mark = f"{-lowest / (highest - lowest):.4f}"  # how far along the likely value stands
    ends = [to.quantity(end, _UNITS[kind_of(slider)], exact=True) for end in (slider.low, slider.high)]
    return (
        '<div class="cb-live-control">'
        f'<label id="{name}-label" for="{name}-box">{_text(slider.label)}</label>'
        '<span class="cb-live-entry">'
        f'<input id="{name}-box" type="text" inputmode="decimal" autocomplete="off"'
        f' aria-describedby="{name}-unit {name}-known {name}-wrong">'
        f'<span id="{name}-unit">{_text(_unit(slider, to))}</span></span>'
        f'<input id="{name}-slider" type="range" min="{lowest}" max="{highest}" step="1" value="0"'
        f' autocomplete="off" style="--mark:{mark}"'
        f' aria-labelledby="{name}-label" aria-describedby="{name}-known">'
        '<span class="cb-live-ends" aria-hidden="true">'
        f"<span>{_text(ends[0])}</span><span>{_text(ends[1])}</span></span>"
        f'<p id="{name}-known" class="cb-live-known">Likely: {_text(likely)} · {GRADES[slider.evidence]}</p>'
        f'<p id="{name}-wrong" class="cb-live-wrong" hidden>{_text(_wanted(slider, to))}</p></div>'
    )


def _unit(slider: Slider, to: Formatter) -> str:
    return "% of the values by year" if slider.by_year else to.unit_words(slider.unit, share="%")


def _wanted(slider: Slider, to: Formatter) -> str:
    """What may be typed, for a reader who typed something else."""
    unit = _UNITS[kind_of(slider)]
    low, high = (None if end is None else to.quantity(end, unit, exact=True) for end in slider.bounds)
    if low is not None and high is not None:
        wanted = f"from {low} to {high}"
    elif low is not None or high is not None:
        wanted = f"of {low} or more" if high is None else f"of {high} or less"
    else:
        wanted = f"such as {to.quantity(slider.likely, unit, exact=True)}"
    return f"A number {wanted} is needed; the figures stay at the last one."


def _figure(record: Record, name: str, to: Formatter, *, short: bool = False) -> str:
    """A figure at the likely values as text; its reason, up to the first colon, where it does not exist."""
    result = record["result"]
    value = result["risk_adjusted"]["net_present_value"] if name == ADJUSTED else result[name]
    if value is None:
        reason = str(result["reasons"][name]).split(":")[0]
        return reason[:1].upper() + reason[1:]
    if short and KINDS[name] == "money":
        return to.money_short(value)
    return str(getattr(to, KINDS[name])(value))


def _tiles(record: Record, to: Formatter) -> dict[str, Any]:
    """The tiles; the script finds them by their order."""
    items = []
    for name in tile_names(record):
        text = _figure(record, name, to, short=True)
        absent = record["result"].get(name, 0) is None
        basis = f"Likely: {text[:1].lower() + text[1:] if absent else text}"
        items.append({"label": LABELS[name], "value": text, "basis": basis})
    return {"view": "tiles", "items": items}


def _figures_table(record: Record, to: Formatter) -> dict[str, Any]:
    texts = {name: _figure(record, name, to) for name in figure_names(record)}
    return table(
        [left("Figure"), right("These values"), right("Likely values")],
        [row(LABELS[name], text, text) for name, text in texts.items()],
        caption="The case in figures at these values",
    )


def _flow_table(record: Record, to: Formatter) -> dict[str, Any]:
    """Costs and benefits by year, in the rows that the script fills again."""
    flow, heads = record["cash_flow"], year_heads(record)
    first = 0 if heads[0] == "Start" else 1
    places = to.places([*flow["benefits"], *flow["costs"]])

    def money(values: Sequence[float]) -> list[str]:
        cells = [to.amount(value, places) if value else "–" for value in values[first:]]
        return [*cells, to.amount(float(present_value(values, record["discount_rate"])), places)]

    rows = []
    for side, title in (("benefit", "Benefits"), ("cost", "Costs")):
        for line in record["lines"]:
            if line["side"] == side:
                rows.append(row(line["id"], line["name"], *money([line["start"], *line["annual"]])))
        rows.append(row("", title, *money(flow[f"{side}s"]), style="subtotal"))
    rows.append(row("", "Net", *money(flow["net"]), style="total"))
    running = [to.amount(value, places) for value in flow["cumulative"][first:]]
    rows.append(row("", "Cumulative, undiscounted", *running, "", style="detail"))
    columns = [left("", 0.12), left(record["currency"]), *(right(head) for head in heads)]
    return table(
        [*columns, right("Present value")], rows, caption="Costs and benefits by year at these values"
    )
