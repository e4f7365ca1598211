"""The sheet of cash flow: money by year and the figures, base case and risk-adjusted, all by formula."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from casebook.case.finance import InternalRate, internal_rate_of_return, net_flows, running_total
from casebook.exporters.workbook.context import HEAD_ROW, Context
from casebook.exporters.workbook.formula import YEAR_ROW, quoted
from casebook.exporters.workbook.lines import LINES
from casebook.exporters.workbook.page import Page, column
from casebook.exporters.workbook.sheet_plan import FIGURES, FIRST_ROW, START
from casebook.presentation.result import NO_RISK
from casebook.record.types import FiguresRecord

SHEET = "Cash flow"

FIGURE_WORDS = {
    "net_present_value": ("Net present value", "Present value of benefits less that of costs."),
    "return_on_investment": ("Return on investment", "Net present value ÷ present value of costs."),
    "payback_months": (
        "Payback",
        "Months until the undiscounted balance is above zero for good, evenly within each year.",
    ),
    "internal_rate_of_return": (
        "Internal rate of return",
        "The rate at which the net present value is 0, on money that goes out before it comes in.",
    ),
    "present_value_of_benefits": ("Benefits, present value", "Each year ÷ (1 + discount rate)^year."),
    "present_value_of_costs": ("Costs, present value", "The start is not discounted."),
    "benefit_cost_ratio": ("Benefits per unit of cost", "Present value of benefits ÷ that of costs."),
    "discounted_payback_months": ("Discounted payback", "As payback, on the discounted balance."),
}

FLOW_WORDS = {
    "Benefits": "Total of the lines.",
    "Costs": "Total of the lines.",
    "Net": "Benefits less costs.",
    "Balance": "Running total of the net, undiscounted.",
    "Discount factor": "(1 + discount rate)^−year.",
    "Net, discounted": "Net × discount factor.",
    "Balance, discounted": "Its running total.",
}
"""The rows by year, and how each is computed."""

_DUST = "3.6E-15"
"""A balance within so many roundings of the amounts in it is zero, as in the record."""


@dataclass(frozen=True)
class Block:
    """One case on the sheet, from its heading down."""

    top: int
    prefix: str
    """`risk_adjusted_` or nothing: how its names begin."""
    benefits: list[float]
    costs: list[float]

    @property
    def net(self) -> list[float]:
        """Benefits less costs, start first."""
        return net_flows(self.benefits, self.costs).tolist()

    @property
    def balance(self) -> list[float]:
        """The running total of the net, undiscounted."""
        return running_total(self.net).tolist()

    @property
    def internal_rate(self) -> InternalRate:
        """The internal rate of return of the net, or why there is none."""
        return internal_rate_of_return(self.net)


@dataclass(frozen=True)
class RateCells:
    """What is shown of a case's internal rate: formulas, each with what it gives at the report's inputs."""

    figure: tuple[str, float | str]
    """The rate, or the words that stand in its place."""
    note: tuple[str, str]
    """What that is."""


def blocks(context: Context) -> tuple[Block, Block]:
    """Base case and risk-adjusted case."""
    nothing = [0.0] * (context.years + 1)
    sides = [section.amounts or nothing for section in context.plan.sections]
    height = 8 + 3 + len(FIGURES) + 3
    base = Block(FIRST_ROW, "", sides[0], sides[1])
    return base, Block(FIRST_ROW + height, "risk_adjusted_", sides[2], sides[3])


def write(context: Context, rates: tuple[RateCells, RateCells]) -> None:
    """Write the sheet, and define the names of the figures."""
    say = context.say
    about = say(
        "Benefits less costs, in {currency}; only here amounts carry a sign.",
        currency=context.record.currency,
    )
    page = context.year_page(SHEET, about, ["", "", ""], [say("How it is computed")])
    page.widths(3, 40, 3, *([14] * (context.years + 1)), 15, 56)
    results = (context.record.result, context.record.result.risk_adjusted)
    lowered = say("Risk-adjusted: benefits lowered and costs raised, each line by its risk")
    titles = (say("Base case"), lowered)
    area = f"${column(START)}${YEAR_ROW}:${column(context.last)}${YEAR_ROW}"
    context.book.define_name("periods", f"={context.ref(SHEET)}{area}")
    for number, block in enumerate(blocks(context)):
        context.section(page, block.top, titles[number], context.last + 2)
        _flows(context, page, block, context.plan.sections[2 * number : 2 * number + 2])
        _figures(context, page, block, results[number], rates[number])


def _flows(context: Context, page: Page, block: Block, sections: list[Any]) -> None:
    t, first = block.top, column(START)
    rate = context.record.discount_rate
    periods = np.arange(context.years + 1)
    factors = (1 + rate) ** -periods.astype(float)
    net = np.asarray(block.net)
    lines = context.ref(LINES)
    formulas: list[tuple[str, Any]] = [
        (f"{lines}{{c}}{sections[0].total}", block.benefits),
        (f"{lines}{{c}}{sections[1].total}", block.costs),
        (f"{{c}}{t + 1}-{{c}}{t + 2}", net),
        (_balance(t + 3, first), block.balance),
        (f"(1+discount_rate)^-{{c}}${YEAR_ROW}", factors),
        (f"{{c}}{t + 3}*{{c}}{t + 5}", net * factors),
        (_balance(t + 6, first), running_total(net * factors)),
    ]
    money = context.formats.money([*context.record.cash_flow.benefits, *block.benefits, *block.costs])
    labels = [(label, context.say(label), context.say(words)) for label, words in FLOW_WORDS.items()]
    for offset, (name, (template, values)) in enumerate(zip(labels, formulas, strict=True), start=1):
        row, (key, label, words) = t + offset, name
        looks = ("total",) if key == "Net" else ("row",)
        number = context.formats.factor if key == "Discount factor" else money
        for col in range(3):
            page.text(row, col, label if col == 1 else "", context.styles.get(*looks))
        for period, value in enumerate(values):
            formula = template.replace("{c}", column(START + period))
            page.formula(
                row, START + period, formula, float(value), context.styles.get(*looks, number=number)
            )
        if offset <= 3:
            last = column(context.last)
            formula = f"SUMPRODUCT({first}{row}:{last}{row},{first}{t + 5}:{last}{t + 5})"
            value = float(np.asarray(values) @ factors)
            page.formula(row, context.last + 1, formula, value, context.styles.get(*looks, number=number))
        else:
            page.text(row, context.last + 1, "", context.styles.get(*looks))
        page.text(row, context.last + 2, words, context.styles.get(*looks, "small", "beside", bold=False))
    area = f"${first}${t + 3}:${column(context.last)}${t + 3}"
    context.book.define_name(f"{block.prefix}net_cash_flow", f"={context.ref(SHEET)}{area}")


def _balance(row: int, first: str) -> str:
    flows = f"${first}{row}:{{c}}{row}"
    return f"IF(ABS(SUM({flows}))<={_DUST}*SUMPRODUCT(ABS({flows})),0,SUM({flows}))"


def _figures(
    context: Context,
    page: Page,
    block: Block,
    result: FiguresRecord,
    rate: RateCells,
) -> None:
    t, last = block.top, column(context.last + 1)
    row = {name: t + 10 + place for place, name in enumerate(FIGURES)}
    ends = {"payback_months": t + 10 + len(FIGURES), "discounted_payback_months": t + 11 + len(FIGURES)}
    here = {name: f"$D${row[name]}" for name in FIGURES}
    benefits, costs = here["present_value_of_benefits"], here["present_value_of_costs"]
    no_costs = quoted(context.say("undefined: the case has no costs"))
    formulas = {
        "net_present_value": f"{benefits}-{costs}",
        "return_on_investment": f"IF({costs}>0,{here['net_present_value']}/{costs},{no_costs})",
        "payback_months": _payback(context, t + 3, t + 4, ends["payback_months"]),
        "internal_rate_of_return": rate.figure[0],
        "present_value_of_benefits": f"{last}{t + 1}",
        "present_value_of_costs": f"{last}{t + 2}",
        "benefit_cost_ratio": f"IF({costs}>0,{benefits}/{costs},{no_costs})",
        "discounted_payback_months": _payback(context, t + 6, t + 7, ends["discounted_payback_months"]),
    }
    for name, formula in formulas.items():
        label, words = map(context.say, FIGURE_WORDS[name])
        page.text(row[name], 1, label, context.styles.get("row"))
        page.blank(row[name], 2, 2, context.styles.get("row"))
        value = cached(name, result, rate)
        style = context.styles.get(
            "row", number=figure_format(context, name, getattr(result, name)), bold=True
        )
        page.formula(row[name], START, formula, value, style)
        page.blank(row[name], START + 1, context.last + 1, context.styles.get("row"))
        beside = context.styles.get("row", "small", "beside")
        page.text(row[name], context.last + 2, words, beside)
        if name == "internal_rate_of_return":
            page.formula(row[name], context.last + 2, *rate.note, beside)
        context.book.define_name(f"{block.prefix}{name}", f"={context.ref(SHEET)}{here[name]}")
    net = np.asarray(block.net)
    factors = (1 + context.record.discount_rate) ** -np.arange(context.years + 1.0)
    for name, flows, balance in (
        ("payback_months", net, t + 4),
        ("discounted_payback_months", net * factors, t + 7),
    ):
        label = context.say("Last period with a balance below zero")
        if name.startswith("discounted"):
            label = context.say("Last period with a balance below zero, discounted")
        _last_below(context, page, ends[name], label, balance, flows)


def _last_below(
    context: Context, page: Page, row: int, label: str, balance: int, flows: np.ndarray[Any, Any]
) -> None:
    detail = context.styles.get("row", "detail")
    area = f"{column(START)}{balance}:{column(context.last)}{balance}"
    below = np.flatnonzero(running_total(flows) < 0)
    page.text(row, 1, label, detail)
    page.text(row, 2, "", detail)
    number = context.styles.get("row", "detail", number=context.formats.integer)
    page.formula(
        row,
        START,
        f"SUMPRODUCT(MAX(({area}<0)*(periods+1)))-1",
        float(below[-1]) if below.size else -1.0,
        number,
    )
    page.blank(row, START + 1, context.last + 1, detail)
    words = context.say("−1: never below zero.")
    page.text(row, context.last + 2, words, context.styles.get("row", "small", "beside"))


def _payback(context: Context, flows: int, balance: int, below: int) -> str:
    first, last = column(START), column(context.last)
    never = context.formatter.say_count(
        "not reached in {count} year", "not reached in {count} years", context.years
    )
    owed = f"INDEX({first}{balance}:{last}{balance},1,$D${below}+1)"
    part = f"-{owed}/INDEX({first}{flows}:{last}{flows},1,$D${below}+2)"
    return (
        f"IF($D${below}<0,{quoted(context.say(NO_RISK))},IF($D${below}={context.years},{quoted(never)},"
        f"12*($D${below}+MIN(1,{part}))))"
    )


def cached(name: str, result: FiguresRecord, rate: RateCells) -> float | str:
    """The value that a viewer shows for a figure: what the formula gives at the inputs of the report."""
    if name == "internal_rate_of_return":
        return rate.figure[1]
    value = getattr(result, name)
    return float(value) if value is not None else result.reasons.get(name, "")


def figure_format(context: Context, name: str, value: float | None) -> str:
    """The number format of a figure."""
    if name.endswith("payback_months"):
        return context.formats.months
    if name in ("return_on_investment", "internal_rate_of_return"):
        return context.formats.return_
    if name == "benefit_cost_ratio":
        return context.formats.ratio
    return context.formats.money([value or 0.0], zero="")


def chart(context: Context, page: Page, row: int) -> int:
    """Put net and balance by year on a sheet, from the live cells; gives the row below."""
    accent = context.styles.accent
    say, sheet = context.say, context.say(SHEET)
    area = [sheet, HEAD_ROW - 1, START, HEAD_ROW - 1, context.last]
    top = FIRST_ROW - 1
    columns = context.book.add_chart({"type": "column"})
    line = context.book.add_chart({"type": "line"})
    assert columns is not None and line is not None
    money = context.formats.money([1e6], zero="")
    for chart, offset, name, looks in (
        (columns, 3, say("Net"), {"fill": {"color": accent}, "gap": 120}),
        (line, 4, say("Balance, undiscounted"), {"line": {"color": "#5f6670", "width": 2}}),
    ):
        values = [sheet, top + offset, START, top + offset, context.last]
        chart.add_series({"name": name, "categories": area, "values": values, **looks})
    columns.combine(line)
    font = {"name": "Arial", "size": 9, "color": "#5f6670"}
    title = say("Net cash flow and balance, base case")
    columns.set_title({"name": title, "name_font": {"name": "Arial", "size": 12}})
    columns.set_legend({"position": "bottom", "font": font})
    columns.set_y_axis(
        {
            "num_format": money,
            "num_font": font,
            "major_gridlines": {"visible": True, "line": {"color": "#dddddd"}},
        }
    )
    columns.set_x_axis({"num_font": font, "label_position": "low"})
    columns.set_size({"width": 1010, "height": 280})
    description = say("Columns of the net cash flow by year and a line of its running total.")
    page.sheet.insert_chart(row - 1, 0, columns, {"description": description})
    return row + 15
