"""The first sheet: the decision, the figures, the strongest objection, and how to use the workbook."""

from __future__ import annotations

import base64
import binascii
import io

from xlsxwriter.exceptions import XlsxWriterException

from casebook.exporters.workbook import cash_flow
from casebook.exporters.workbook.cash_flow import FIGURE_WORDS, RateCells, cached, figure_format
from casebook.exporters.workbook.context import Context
from casebook.exporters.workbook.formula import literal, quoted
from casebook.exporters.workbook.page import Page
from casebook.exporters.workbook.sheet_plan import FIGURES

SHEET = "Summary"

_LAST = 5
ABOUT_SHEETS = {
    "Inputs": "every input with unit, range, grade and source",
    "Steps": "figures that several lines share, by year",
    "Lines": "each cost and benefit by year",
    "Cash flow": "money by year and all figures, base case and risk-adjusted",
    "Options": "the ways to go, side by side",
    "Kinds": "benefits by kind, costs by category, freed capacity in hours and people",
    "Scenarios": "other values for some inputs, side by side",
    "Simulation": "ranges, and what they rest on",
    "Break-even": "what each input must be for the case to pay",
    "Plan and actual": "plan against actual by line, and where the case is heading",
    "Review": "objections and answers",
    "IRR check": "whether the cash flow has one internal rate",
}


HEADS = (
    "Figure",
    "Base case, now",
    "Risk-adjusted, now",
    "Base case, report",
    "Risk-adjusted, report",
    "What it is",
)
LEGEND = (
    ("edit", "Input", "Yellow cells on the sheet Inputs can be changed; all live figures follow."),
    ("row", "Formula", "Live: computed from the inputs. The sheets are protected without a password."),
    (
        "computed",
        "Computed",
        "A value computed by a program, or an input to such a value: it does not update.",
    ),
)
"""How a cell looks, what it is called, what it does."""


def create(context: Context) -> Page:
    """The empty sheet: it comes first in the book and is written last."""
    record = context.record
    document = record.document
    parts = (record.client.name, document.author, document.date, document.confidentiality)
    title = record.title or record.template.title or context.say("Business case")
    return context.page(SHEET, title, " · ".join(part for part in parts if part))


def write(context: Context, page: Page, rates: tuple[RateCells, RateCells], sheets: list[str]) -> None:
    """Write the sheet; `sheets` are the names of the others."""
    page.widths(*[29] * 4, 25, 58)
    page.printing(context.setup)
    _logo(context, page)
    row = 4
    if context.record.decision:
        _merged(context, page, row, context.record.decision, "lead")
        row += 2
    row = _tiles(context, page, row, rates[0])
    row = _table(context, page, row + 1, rates)
    row = _objection(context, page, row + 1)
    row = cash_flow.chart(context, page, row + 1)
    _guide(context, page, row + 1, sheets)


def _merged(context: Context, page: Page, row: int, text: str, *style: str, first: int = 0) -> None:
    """A text across the sheet."""
    page.wide(row, first, _LAST, text, context.styles.get(*style))


def _tiles(context: Context, page: Page, row: int, irr: RateCells) -> int:
    result, simulation = context.record.result, context.record.simulation
    say, to = context.say, context.formatter
    years, rate = to.years(context.years), to.share(context.record.discount_rate, exact=True)
    notes = {
        "net_present_value": say("over {years}, discounted at {rate} in the report", years=years, rate=rate),
        "return_on_investment": say("net present value ÷ present value of costs"),
        "payback_months": say("undiscounted, from the start"),
        "internal_rate_of_return": say("the rate at which the net present value is 0"),
    }
    names = list(notes)
    for col, name in enumerate(names):
        if col == 3 and simulation:
            continue
        value = cached(name, result, irr)
        number = figure_format(context, name, getattr(result, name))
        small = {"font_size": 10, "text_wrap": True} if isinstance(value, str) and len(value) > 22 else {}
        figure = context.styles.get("tile figure", "left", number=number, **small)
        page.height(row + 1, 28)
        page.text(row, col, say(FIGURE_WORDS[name][0]), context.styles.get("tile"))
        page.formula(row + 1, col, name, value, figure)
        page.text(row + 2, col, notes[name], context.styles.get("tile note"))
    if simulation:
        page.text(row, 3, say("Chance of loss"), context.styles.get("tile"))
        chance = simulation.probability_of_loss
        figure = context.styles.get("tile figure", "left", number=context.formats.chance(chance))
        page.number(row + 1, 3, chance, figure)
        note = say(
            "computed for the report: {count} draws, seed {seed}",
            count=to.number(simulation.draws),
            seed=simulation.seed,
        )
        page.text(row + 2, 3, note, context.styles.get("tile note"))
    return row + 3


def _table(context: Context, page: Page, row: int, rates: tuple[RateCells, RateCells]) -> int:
    styles, base = context.styles, context.record.result
    results = (base, base.risk_adjusted)
    for col, label in enumerate(map(context.say, HEADS)):
        right = 0 < col < _LAST
        page.text(row, col, label, styles.get("head", "right" if right else "left", indent=int(col == _LAST)))
    for name in FIGURES:
        row += 1
        label, words = map(context.say, FIGURE_WORDS[name])
        page.text(row, 0, label, styles.get("row", bold=True))
        for col, (result, prefix) in enumerate(zip(results, ("", "risk_adjusted_"), strict=True)):
            number = figure_format(context, name, getattr(result, name))
            live = styles.get("row", "right", number=number, bold=True, text_wrap=True)
            page.formula(row, 1 + col, prefix + name, cached(name, result, rates[col]), live)
            stated = styles.get("row", "right", "small", number=number, text_wrap=True)
            value = getattr(result, name)
            if value is None:
                page.text(row, 3 + col, result.reasons.get(name, ""), stated)
            else:
                page.number(row, 3 + col, value, stated)
        beside = styles.get("row", "small", "beside")
        page.text(row, _LAST, words, beside)
        if name == "internal_rate_of_return":
            page.formula(row, _LAST, *rates[0].note, beside)
    row += 1
    same = context.say("The figures are those of the report.")
    other = context.say("Inputs have been changed: the figures are not those of the report.")
    page.sheet.merge_range(row - 1, 0, row - 1, _LAST, "", styles.get("small"))
    page.formula(row, 0, changed(context, other, same), same, styles.get("small"))
    return row + 1


def changed(context: Context, words: str, otherwise: str) -> str:
    """A formula that tells whether the figures have left those of the report."""
    result, far = context.record.result, []
    for prefix, figures in (("", result), ("risk_adjusted_", result.risk_adjusted)):
        for name in ("present_value_of_benefits", "present_value_of_costs"):
            value = float(getattr(figures, name))
            near = literal(max(abs(value), 1e-6) * 1e-9)
            far.append(f"ABS({prefix}{name}-({literal(value)}))>{near}")
    return f"IF(OR({','.join(far)}),{quoted(words)},{quoted(otherwise)})"


def _objection(context: Context, page: Page, row: int) -> int:
    findings = context.record.review
    if not findings:
        return row
    strongest = next((finding for finding in findings if finding.is_open), findings[0])
    say = context.say
    _merged(context, page, row, say("The strongest objection"), "section")
    text = strongest.finding
    if strongest.price is not None and strongest.price.kind in ("if right", "adverse"):
        text += "\n" + say("If it holds: {price}.", price=strongest.price.words)
    text += "\n" + say("What would settle it: {what}", what=strongest.settle)
    if strongest.answer:
        text += "\n" + say("Answer: {answer}", answer=strongest.answer)
    _merged(context, page, row + 1, text, "notice")
    return row + 2


def _guide(context: Context, page: Page, row: int, sheets: list[str]) -> None:
    styles, say = context.styles, context.say
    _merged(context, page, row, say("How to use this workbook"), "section")
    for style, label, words in LEGEND:
        row += 1
        label, words = say(label), say(words)
        page.text(
            row, 0, label, styles.get("row", style) if style != "edit" else styles.get("edit", locked=True)
        )
        _merged(context, page, row, words, "beside", first=1)
    row += 1
    for name in sheets:
        row += 1
        page.sheet.write_url(row - 1, 0, f"internal:{context.ref(name)}A1", styles.get("link"), say(name))
        _merged(context, page, row, say(ABOUT_SHEETS[name]), "beside", first=1)


def _logo(context: Context, page: Page) -> None:
    """The client's logo in the corner, where Excel can show its kind of image."""
    logo = context.record.client.logo
    if logo is None or logo.media_type not in ("image/png", "image/jpeg"):
        return
    try:
        data = io.BytesIO(base64.b64decode(logo.data, validate=True))
        from PIL import Image

        with Image.open(data) as image:
            scale = min(44 / image.height, 300 / image.width)
            right = 405 - image.width * scale  # of the 411 pixels of the last column
        options = {
            "image_data": data,
            "x_scale": scale,
            "y_scale": scale,
            "description": context.say("Logo of the client"),
            "x_offset": right,
        }
        page.sheet.insert_image(0, _LAST, "logo.png", options)
    except (binascii.Error, ValueError, OSError, XlsxWriterException):
        return  # a damaged logo is not worth a workbook
