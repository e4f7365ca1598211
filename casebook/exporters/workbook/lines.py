"""The sheets of steps and of lines: the case's own formulas, by year."""

from __future__ import annotations

from casebook.exporters.workbook.context import Context
from casebook.exporters.workbook.page import Page, column
from casebook.exporters.workbook.sheet_plan import START, YEAR_1, LineRow, Section

STEPS, LINES = "Steps", "Lines"


def write_steps(context: Context) -> None:
    """Write the steps that lines share, and what their formulas need beside them."""
    say, translate = context.say, context.formatter.translate
    about = say("Named steps used by the lines, each before the steps that use it.")
    before = ["", say("Step"), say("Unit"), say("Kind")]
    page = context.year_page(STEPS, about, before, [say("In words")])
    page.widths(3, 36, 16, 11, *([14] * context.years), 70)
    styles, formats = context.styles, context.formats
    for step in context.plan.steps:
        row = step.number
        page.text(row, 0, "", styles.get("row"))
        page.text(row, 1, translate(step.label), styles.get("row"))
        unit = context.formatter.unit_words(step.unit, share="%") if step.unit else ""
        page.text(row, 2, unit, styles.get("small", "row"))
        page.text(row, 3, say(step.what), styles.get("small", "row"))
        number = formats.result(step.unit, step.values)
        for year, value in enumerate(step.values, start=1):
            formula = step.first if year == 1 and step.first else step.formula
            if formula is None:
                looks = styles.get("row", *(["computed"] if step.what == "computed" else []), number=number)
                page.number(row, YEAR_1 + year - 1, value, looks)
            else:
                written = context.in_year(formula, year, elsewhere=False)
                page.formula(row, YEAR_1 + year - 1, written, value, styles.get("row", number=number))
        page.text(row, context.last + 1, translate(step.words), styles.get("small", "row", "beside"))
    _grey_errors(context, page, len(context.plan.steps))


def _grey_errors(context: Context, page: Page, rows: int) -> None:
    """A step may stand in a branch that is not taken, and be an error there for good."""
    if rows:
        first, last = context.plan.steps[0].number, context.plan.steps[-1].number
        looks = {"type": "errors", "format": context.styles.get("error")}
        page.sheet.conditional_format(first - 1, YEAR_1, last - 1, context.last, looks)


def write_lines(context: Context) -> None:
    """Write the lines, their totals, and the same with risk."""
    say = context.say
    about = say(
        "Every line by year, in {currency}. Amounts are positive on both sides.",
        currency=context.record.currency,
    )
    page = context.year_page(LINES, about, ["", say("Line"), say("Kind")], [say("In words")])
    page.widths(5, 34, 14, *([14] * (context.years + 1)), 15, 64)
    for section in context.plan.sections:
        _section(context, page, section)
    _beside(context, page, context.plan.sections[-1].total + 2)


def _section(context: Context, page: Page, section: Section) -> None:
    translate = context.formatter.translate
    context.section(page, section.heading, translate(section.title), context.last + 2)
    base = section.heading + 1
    for offset, line in enumerate(section.lines):
        if section.adjusted:
            _adjusted_line(context, page, base + offset, line, _row_of(context, line))
        else:
            _line(context, page, base + offset, line)
    row, styles = section.total, context.styles
    total = styles.get("total", number=_money(context))
    words = styles.get("total")
    with_risk = context.say("with risk") if section.adjusted else ""
    for col, text in enumerate(("", translate(section.total_title), with_risk)):
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
    raise KeyError(line.record.name)


def _line(context: Context, page: Page, row: int, line: LineRow) -> None:
    styles, record = context.styles, line.record
    money = styles.get("row", number=_money(context))
    page.text(row, 0, record.id, styles.get("row"))
    page.text(row, 1, record.name, styles.get("row"))
    page.text(row, 2, context.say(record.kind or record.category or ""), styles.get("small", "row"))
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
    page.text(row, context.last + 2, _words(context, line), styles.get("small", "row", "beside"))


def _words(context: Context, line: LineRow) -> str:
    start, annual = line.record.formulas.start, line.record.formulas.annual
    if start and annual:
        return context.say("At the start: {start}\nA year: {annual}", start=start.words, annual=annual.words)
    return "".join(formula.words for formula in (start, annual) if formula)


def _adjusted_line(context: Context, page: Page, row: int, line: LineRow, base: int) -> None:
    styles, record = context.styles, line.record
    money = styles.get("row", number=_money(context))
    page.text(row, 0, record.id, styles.get("row"))
    page.text(row, 1, record.name, styles.get("row"))
    sign = "-" if record.side == "benefit" else "+"
    risk = context.say("risk").replace('"', "")
    share = styles.get("row", "left", number=f'"{risk} "{context.formats.share}')
    page.formula(row, 2, context.in_year(line.risk, 1, elsewhere=True), line.risk_value, share)
    amounts = [line.adjusted(value) for value in (line.start_value, *line.values)]
    for period, value in enumerate(amounts):
        amount = f"{column(START + period)}{base}"
        formula = f"{amount}{sign}ABS({amount})*$C{row}"
        page.formula(row, START + period, formula, value, money)
    _present_value(context, page, row, amounts, money)
    words = context.say("{line} plus its risk", line=record.id)
    if sign == "-":
        words = context.say("{line} less its risk", line=record.id)
    page.text(row, context.last + 2, words, styles.get("small", "row", "beside"))


def _present_value(context: Context, page: Page, row: int, amounts: list[float], style: object) -> None:
    first, last = column(START), column(context.last)
    rate = context.record.discount_rate
    value = 0.0
    for amount in reversed(amounts):
        value = value / (1 + rate) + amount
    formula = f"SUMPRODUCT({first}{row}:{last}{row},(1+discount_rate)^-periods)"
    page.formula(row, context.last + 1, formula, value, style)  # type: ignore[arg-type]


def _beside(context: Context, page: Page, row: int) -> None:
    """What is shown and not counted, and what is off for want of inputs."""
    others = context.record.left_out
    if not context.plan.beside and not others:
        return
    say = context.say
    context.section(page, row, say("Not in the figure"), context.last + 2)
    for line in context.plan.beside:
        row += 1
        _line(context, page, row, line)
        reason = say("Not counted: {why}", why=line.record.not_in_figure or "")
        words = f"{reason}\n{_words(context, line)}"
        page.text(row, context.last + 2, words, context.styles.get("small", "row", "beside"))
    inputs = context.record.inputs
    for left_out in others:
        row += 1
        plain = context.styles.get("row")
        page.blank(row, 0, context.last + 2, plain)
        page.text(row, 1, left_out.name, plain)
        page.text(row, 2, say(left_out.side), context.styles.get("small", "row"))
        names = ", ".join(inputs[name].label if name in inputs else name for name in left_out.missing)
        words = say("Inputs not given: {names}", names=names)
        page.text(row, context.last + 2, words, context.styles.get("small", "row", "beside"))


def _money(context: Context) -> str:
    flows = context.record.cash_flow
    return context.formats.money([*flows.benefits, *flows.costs])
