"""The sheets of steps and of lines: the case's own formulas, by year."""

from __future__ import annotations

from .context import Context
from .page import Page, column
from .plan import START, YEAR_1, LineRow, Section
from .styles import unit_words

STEPS, LINES = "Steps", "Lines"


def write_steps(context: Context) -> None:
    """Write the steps that lines share, and what their formulas need beside them."""
    about = "Named steps that the lines use, each before those that use it."
    before = ["", "Step", "Unit", "Kind"]
    page = context.year_page(STEPS, "Steps", about, before, ["In words"])
    page.widths(3, 36, 16, 11, *([14] * context.years), 70)
    styles, formats = context.styles, context.formats
    for step in context.plan.steps:
        row = step.number
        page.text(row, 0, "", styles.get("row"))
        page.text(row, 1, step.label, styles.get("row"))
        page.text(row, 2, unit_words(step.unit, str(context.record["currency"])), styles.get("small", "row"))
        page.text(row, 3, step.what, styles.get("small", "row"))
        number = formats.result(step.unit, step.values)
        for year, value in enumerate(step.values, start=1):
            formula = step.first if year == 1 and step.first else step.formula
            if formula is None:
                looks = styles.get("row", *(["computed"] if step.what == "computed" else []), number=number)
                page.number(row, YEAR_1 + year - 1, value, looks)
            else:
                written = context.in_year(formula, year, elsewhere=False)
                page.formula(row, YEAR_1 + year - 1, written, value, styles.get("row", number=number))
        page.text(row, context.last + 1, step.words, styles.get("small", "row", "beside"))
    _grey_errors(context, page, len(context.plan.steps))


def _grey_errors(context: Context, page: Page, rows: int) -> None:
    """A step may stand in a branch that is not taken, and be an error there for good."""
    if rows:
        first, last = context.plan.steps[0].number, context.plan.steps[-1].number
        looks = {"type": "errors", "format": context.styles.get("error")}
        page.sheet.conditional_format(first - 1, YEAR_1, last - 1, context.last, looks)


def write_lines(context: Context) -> None:
    """Write the lines, their totals, and the same with risk."""
    about = f"Every line by year, in {context.record['currency']}. Amounts are positive on both sides."
    before = ["", "Line", "Kind", "Start"]
    page = context.year_page(LINES, "Lines", about, before, ["Present value", "In words"])
    page.widths(5, 34, 14, *([14] * (context.years + 1)), 15, 64)
    for section in context.plan.sections:
        _section(context, page, section)
    _beside(context, page, context.plan.sections[-1].total + 2)


def _section(context: Context, page: Page, section: Section) -> None:
    context.section(page, section.heading, section.title, context.last + 2)
    base = section.heading + 1
    for offset, line in enumerate(section.lines):
        if section.adjusted:
            _adjusted_line(context, page, base + offset, line, _row_of(context, line))
        else:
            _line(context, page, base + offset, line)
    row, styles = section.total, context.styles
    total = styles.get("total", number=_money(context))
    words = styles.get("total")
    for col, text in enumerate(("", section.title.split()[0], "with risk" if section.adjusted else "")):
        page.text(row, col, text, words)
    for period, value in enumerate(section.amounts or [0.0] * (context.years + 1)):
        letter = column(START + period)
        formula = f"SUM({letter}{base}:{letter}{row - 1})" if section.lines else "0"
        page.formula(row, START + period, formula, value, total)
    _present_value(context, page, row, section.amounts or [0.0], total)
    page.blank(row, context.last + 2, context.last + 2, words)


def _row_of(context: Context, line: LineRow) -> int:
    """Where a line stands without risk."""
    for section in context.plan.sections[:2]:
        for offset, other in enumerate(section.lines):
            if other.record is line.record:
                return section.heading + 1 + offset
    raise KeyError(line.record["name"])


def _line(context: Context, page: Page, row: int, line: LineRow) -> None:
    styles, record = context.styles, line.record
    money = styles.get("row", number=_money(context))
    page.text(row, 0, record["id"], styles.get("row"))
    page.text(row, 1, record["name"], styles.get("row"))
    page.text(row, 2, record.get("kind") or record.get("category") or "", styles.get("small", "row"))
    if line.start is None:
        page.number(row, START, 0, money)
    else:
        page.formula(row, START, context.in_year(line.start, 1, elsewhere=True), line.start_value, money)
    for year, value in enumerate(line.values, start=1):
        if line.annual is None:
            page.number(row, START + year, 0, money)
        else:
            formula = context.in_year(line.annual, year, elsewhere=True)
            page.formula(row, START + year, formula, value, money)
    _present_value(context, page, row, [line.start_value, *line.values], money)
    page.text(row, context.last + 2, _words(line), styles.get("small", "row", "beside"))


def _words(line: LineRow) -> str:
    formulas = line.record.get("formulas", {})
    texts = {part: str(formulas[part]["words"]) for part in ("start", "annual") if formulas.get(part)}
    if len(texts) == 2:
        return f"At the start: {texts['start']}\nA year: {texts['annual']}"
    return "".join(texts.values())


def _adjusted_line(context: Context, page: Page, row: int, line: LineRow, base: int) -> None:
    styles, record = context.styles, line.record
    money = styles.get("row", number=_money(context))
    page.text(row, 0, record["id"], styles.get("row"))
    page.text(row, 1, record["name"], styles.get("row"))
    sign = "-" if record["side"] == "benefit" else "+"
    share = styles.get("row", "left", number=f'"risk "{context.formats.share}')
    page.formula(row, 2, context.in_year(line.risk, 1, elsewhere=True), line.risk_value, share)
    amounts = [line.adjusted(value) for value in (line.start_value, *line.values)]
    for period, value in enumerate(amounts):
        formula = f"{column(START + period)}{base}*(1{sign}$C{row})"
        page.formula(row, START + period, formula, value, money)
    _present_value(context, page, row, amounts, money)
    words = f"{record['id']} {'less' if sign == '-' else 'plus'} its risk"
    page.text(row, context.last + 2, words, styles.get("small", "row", "beside"))


def _present_value(context: Context, page: Page, row: int, amounts: list[float], style: object) -> None:
    first, last = column(START), column(context.last)
    rate = float(context.record["discount_rate"])
    value = 0.0
    for amount in reversed(amounts):
        value = value / (1 + rate) + amount
    formula = f"SUMPRODUCT({first}{row}:{last}{row},(1+discount_rate)^-periods)"
    page.formula(row, context.last + 1, formula, value, style)  # type: ignore[arg-type]


def _beside(context: Context, page: Page, row: int) -> None:
    """What is shown and not counted, and what is off for want of inputs."""
    others = [line for line in context.record.get("not_in_figure", []) if not line.get("trees")]
    if not context.plan.beside and not others:
        return
    context.section(page, row, "Not in the figure", context.last + 2)
    for line in context.plan.beside:
        row += 1
        _line(context, page, row, line)
        reason = f"Not counted: {line.record.get('not_in_figure') or ''}"
        words = f"{reason}\n{_words(line)}"
        page.text(row, context.last + 2, words, context.styles.get("small", "row", "beside"))
    inputs = context.record.get("inputs", {})
    for left_out in others:
        row += 1
        plain = context.styles.get("row")
        page.blank(row, 0, context.last + 2, plain)
        page.text(row, 1, left_out["name"], plain)
        page.text(row, 2, left_out["side"], context.styles.get("small", "row"))
        names = ", ".join(str(inputs.get(name, {}).get("label") or name) for name in left_out["missing"])
        page.text(
            row, context.last + 2, f"Inputs not given: {names}", context.styles.get("small", "row", "beside")
        )


def _money(context: Context) -> str:
    flows = context.record["cash_flow"]
    return context.formats.money([*flows["benefits"], *flows["costs"]])
