"""What the live panel looks like before its script runs: controls, tiles and tables at the likely values."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np

from casebook.case.returns import CashFlow
from casebook.exporters.sliders import Slider
from casebook.formatting import Formatter
from casebook.presentation.formulas import figures
from casebook.presentation.result import FIGURES
from casebook.record.types import FlowRecord, Record
from casebook.views.cash_flow import LineFlow, by_year, year_head
from casebook.views.components import Table, Tile, Tiles, left, right, row
from casebook.views.html import to_html
from casebook.views.registers import GRADES, share_of

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
    to = Formatter(record.currency, record.locale)
    return [year_head(to, year) for year in range(not has_start(record), record.years + 1)]


def has_start(record: Record) -> bool:
    """Whether a line has money at the start."""
    return any(line.trees.start is not None for line in record.lines)


def kind_of(slider: Slider) -> str:
    """How the slider's value is printed and typed: share, money or number."""
    base = slider.unit.split("/")[0].strip()
    return "share" if slider.by_year or base == "share" else "money" if base == "currency" else "number"


def markup(record: Record, chosen: Sequence[Slider]) -> str:
    """The panel as HTML. It says `hidden`; the script takes that off."""
    to = Formatter(record.currency, record.locale)
    back, inputs = to.say("Back to the likely values"), to.say("Inputs")
    controls = "".join(_control(number, slider, record, to) for number, slider in enumerate(chosen))
    return (
        '<section id="cb-live" class="cb cb-live" aria-labelledby="cb-live-title" hidden>'
        f'<h2 id="cb-live-title">{_text(to.say(TITLE))}</h2>'
        f"<p>{_introduction(len(chosen), to)}</p>"
        f'<div class="cb-live-tiles">{to_html(_tiles(record, to))}</div>'
        '<p id="cb-live-problem" class="cb-live-problem" role="alert" hidden></p>'
        '<p id="cb-live-status" class="cb-live-unseen" role="status"></p>'
        f'<div class="cb-live-controls" role="group" aria-label="{_text(inputs)}">{controls}</div>'
        f'<p><button type="button" id="cb-live-reset">{_text(back)}</button></p>'
        f'<div id="cb-live-figures">{to_html(_figures_table(record, to))}</div>'
        '<p id="cb-live-reasons" class="cb-note"></p>'
        f'<figure class="cb cb-chart"><figcaption>{_text(_caption(record, to))}</figcaption>'
        '<div class="cb-live-chart"><svg id="cb-live-chart" role="img" aria-label=""></svg></div></figure>'
        f'<div id="cb-live-flow">{to_html(_flow_table(record, to))}</div>'
        "</section>"
    )


def _text(text: object) -> str:
    return escape(str(text), quote=True)


def _is_risky(record: Record) -> bool:
    return any(any(line.risk.value) for line in record.lines)


def _introduction(count: int, to: Formatter) -> str:
    most = (
        to.say("These are the inputs that move the result most.")
        if count > 1
        else to.say("This is the input that moves the result most.")
    )
    use = to.say(
        "Move a slider or type a value: the figures, chart and table in this section follow. All other "
        "inputs, and the rest of the page, stay at the likely values."
    )
    return _text(f"{most} {use}")


def _caption(record: Record, to: Formatter) -> str:
    if len(year_heads(record)) < 3:
        return to.say("Costs, benefits and net")
    return to.say("Net money by year and its running total; dashed: at the likely values")


def _control(number: int, slider: Slider, record: Record, to: Formatter) -> str:
    name = f"cb-live-{number}"
    given = record.inputs[slider.name]
    likely = figures(np.atleast_1d(np.asarray(given.value)), slider.unit, to, exact=True)
    lowest, highest = slider.positions
    mark = f"{-lowest / (highest - lowest):.4f}"  # how far along the likely value stands
    known = f"{to.say('Likely: {value}', value=likely)} · {to.say(GRADES[slider.evidence])}"
    whole = share_of(to, given.whole)
    known += f" · {whole}" if whole else ""
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
        f'<p id="{name}-known" class="cb-live-known">{_text(known)}</p>'
        f'<p id="{name}-wrong" class="cb-live-wrong" hidden>{_text(_wanted(slider, to))}</p></div>'
    )


def _unit(slider: Slider, to: Formatter) -> str:
    return to.say("% of the values by year") if slider.by_year else to.unit_words(slider.unit, share="%")


def _wanted(slider: Slider, to: Formatter) -> str:
    """What may be typed, for a reader who typed something else."""
    unit = _UNITS[kind_of(slider)]
    low, high = (None if end is None else to.quantity(end, unit, exact=True) for end in slider.bounds)
    if low is not None and high is not None:
        wanted = to.say("Enter a number between {low} and {high}", low=low, high=high)
    elif low is not None:
        wanted = to.say("Enter {low} or more", low=low)
    elif high is not None:
        wanted = to.say("Enter {high} or less", high=high)
    else:
        likely = to.quantity(slider.likely, unit, exact=True)
        wanted = to.say("Enter a number such as {value}", value=likely)
    return f"{wanted}; {to.say('the figures still show the last valid value.')}"


def _figure(record: Record, name: str, to: Formatter, *, short: bool = False) -> str:
    """A figure at the likely values as text; its reason, up to the first colon, where it does not exist."""
    result = record.result
    value = result.risk_adjusted.net_present_value if name == ADJUSTED else getattr(result, name)
    if value is None:
        reason = result.reasons[name].split(":")[0].strip()
        return reason[:1].upper() + reason[1:]
    if short and KINDS[name] == "money":
        return to.money_short(value)
    return str(getattr(to, KINDS[name])(value))


def _tiles(record: Record, to: Formatter) -> Tiles:
    """The tiles; the script finds them by their order."""
    items = []
    for name in tile_names(record):
        text = _figure(record, name, to, short=True)
        absent = getattr(record.result, name, 0) is None
        likely = text[:1].lower() + text[1:] if absent else text
        items.append(Tile(to.say(LABELS[name]), text, to.say("Likely: {value}", value=likely)))
    return Tiles(items)


def _figures_table(record: Record, to: Formatter) -> Table:
    texts = {name: _figure(record, name, to) for name in figure_names(record)}
    return Table(
        [left(to.say("Figure")), right(to.say("These values")), right(to.say("Likely values"))],
        [row(to.say(LABELS[name]), text, text) for name, text in texts.items()],
        caption=to.say("The case in figures at these values"),
    )


def line_flows(record: Record) -> list[LineFlow]:
    """The money of each counted line by year, at the likely values."""
    return [
        LineFlow(
            line.side,
            line.id,
            line.name,
            line.kind or line.category or "",
            np.array([line.start, *line.annual]),
        )
        for line in record.lines
    ]


def _flow_table(record: Record, to: Formatter) -> Table:
    """Costs and benefits by year, in the rows that the script fills again."""
    adjusted = record.risk_adjusted_cash_flow
    return by_year(
        to,
        line_flows(record),
        _total(record.cash_flow),
        _total(adjusted) if adjusted and _is_risky(record) else None,
        range(not has_start(record), record.years + 1),
        rate=record.discount_rate,
        caption=to.say("Costs and benefits by year at these values"),
    )


def _total(flow: FlowRecord) -> CashFlow:
    return CashFlow(np.array(flow.benefits), np.array(flow.costs))
