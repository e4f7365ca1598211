"""Sheets with values of the report, from options to review. They follow no edit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from casebook.exporters.workbook.cash_flow import FIGURE_WORDS, figure_format
from casebook.exporters.workbook.context import Context
from casebook.exporters.workbook.follow_up import FOLLOW_UP, write_follow_up
from casebook.exporters.workbook.options import OPTIONS, write_options
from casebook.exporters.workbook.page import Page
from casebook.exporters.workbook.sheet_plan import FIGURES
from casebook.exporters.workbook.summary import changed
from casebook.record.analysis import BreakEvenRecord, PaybackRecord, SimulationRecord, SpreadRecord
from casebook.record.types import ResultRecord
from casebook.record.values import Amount

FROM_REPORT = "Values computed for the report; they do not follow changes of the inputs."
CHANGED = (
    "Inputs have been changed. Values computed for the report; they do not follow changes of the inputs."
)


def write(context: Context) -> list[str]:
    """Write each sheet that the record has something for; gives their names."""
    sheets: list[tuple[str, Callable[[Context], None]]] = [
        ("options", _options),
        ("scenarios", _scenarios),
        ("simulation", _simulation),
        ("break_even", _break_even),
        ("follow_up", write_follow_up),
        ("review", _review),
    ]
    names = {
        "options": OPTIONS,
        "scenarios": "Scenarios",
        "simulation": "Simulation",
        "break_even": "Break-even",
        "follow_up": FOLLOW_UP,
        "review": "Review",
    }
    present = [(key, make) for key, make in sheets if getattr(context.record, key)]
    for _, make in present:
        make(context)
    return [names[key] for key, _ in present]


def _page(context: Context, name: str, title: str, about: str) -> Page:
    page = context.page(name, title, about)
    page.printing(context.setup)
    notice = changed(context, context.say(CHANGED), context.say(FROM_REPORT))
    page.formula(3, 0, notice, context.say(FROM_REPORT), context.styles.get("small", text_wrap=False))
    return page


def _heads(
    context: Context, page: Page, row: int, labels: Sequence[str], right_from: int, right_to: int
) -> int:
    page.heads(row, labels, right_from=right_from, right_to=right_to)
    return row + 1


def _put(page: Page, row: int, col: int, value: Any, number: str = "", *style: str) -> None:
    """A number in its format, a text as it is, nothing as a dash."""
    styles = page.styles
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        page.number(row, col, value, styles.get("row", *style, number=number))
    elif value is None:
        page.text(row, col, "–", styles.get("row", "right", *style))
    else:
        page.text(row, col, value, styles.get("row", *style))


def _figure(context: Context, page: Page, row: int, col: int, name: str, result: ResultRecord) -> None:
    value = getattr(result, name)
    shown = result.reasons.get(name, "–") if value is None else value
    style = ("right",) if value is None else ()
    _put(page, row, col, shown, figure_format(context, name, value), *style)


def _options(context: Context) -> None:
    about = context.say("The ways to go, in the same simulated outcomes.")
    write_options(context, _page(context, OPTIONS, context.say("Options"), about), 5)


def _scenarios(context: Context) -> None:
    scenarios = context.record.scenarios
    say = context.say
    about = say("The same case with other values for some inputs.")
    page = _page(context, "Scenarios", say("Scenarios"), about)
    page.widths(40, *[20] * (len(scenarios) + 1))
    last = len(scenarios) + 1
    labels = [say("Figure"), say("Base case"), *(scenario.name for scenario in scenarios)]
    row = _heads(context, page, 5, labels, 1, last)
    page.sheet.freeze_panes(5, 1)
    results = [context.record.result, *(scenario.result for scenario in scenarios)]
    for name in FIGURES:
        page.text(row, 0, context.say(FIGURE_WORDS[name][0]), context.styles.get("row"))
        for col, result in enumerate(results, start=1):
            _figure(context, page, row, col, name, result)
        row += 1
    row += 1
    context.section(page, row, say("Inputs that differ"), last)
    for name in dict.fromkeys(name for scenario in scenarios for name in scenario.values):
        row += 1
        entry = context.record.inputs[name]
        page.text(row, 0, entry.label, context.styles.get("row"))
        values = [entry.value, *(scenario.values.get(name) for scenario in scenarios)]
        for col, value in enumerate(values, start=1):
            _value(context, page, row, col, value, entry.unit)
    notes = [scenario.note or "" for scenario in scenarios]
    if any(notes):
        row += 2
        _texts(context, page, row, [say("Note"), "", *notes])


def _value(context: Context, page: Page, row: int, col: int, value: Amount | None, unit: str) -> None:
    """An input's value, or its values by year."""
    if isinstance(value, tuple):
        text = "\n".join(context.formatter.quantity(part, unit, exact=True) for part in value)
        page.text(row, col, text, context.styles.get("row", "right"))
    else:
        _put(page, row, col, value, context.formats.given(unit, [value] if value is not None else []))


def _texts(context: Context, page: Page, row: int, texts: Sequence[Any], *style: str) -> None:
    for col, text in enumerate(texts):
        page.text(row, col, text or "", context.styles.get("row", *style))


def _simulation(context: Context) -> None:
    simulation = context.record.simulation
    assert simulation is not None
    about = context.say(
        "{count} draws, seed {seed}; the same seed gives the same figures.",
        count=context.formatter.number(simulation.draws),
        seed=simulation.seed,
    )
    page = _page(context, "Simulation", context.say("Simulation"), about)
    wide = max(5, context.years + 1)
    page.widths(46, *[17] * wide)
    row = _spread(context, page, simulation)
    row = _fan(context, page, row + 1, simulation)
    row = _tornado(context, page, row + 1, simulation)
    _information(context, page, row + 1, simulation)


def _spread(context: Context, page: Page, simulation: SimulationRecord) -> int:
    say = context.say
    labels = [
        say("Figure"),
        *map(context.formatter.share, (0.05, 0.5, 0.95)),
        say("Mean"),
        say("Standard error"),
    ]
    row = _heads(context, page, 5, labels, 1, 5)
    for name in ("net_present_value", "return_on_investment", "payback_months"):
        spread: SpreadRecord | PaybackRecord | None = getattr(simulation, name)
        if not spread:
            continue
        page.text(row, 0, context.say(FIGURE_WORDS[name][0]), context.styles.get("row"))
        number = figure_format(context, name, spread.p50)
        for col, value in enumerate((spread.p5, spread.p50, spread.p95), start=1):
            if value is None and name == "payback_months":
                page.text(row, col, say("not reached"), page.styles.get("row", "right"))
            else:
                _put(page, row, col, value, number)
        _put(page, row, 4, spread.mean, number)
        _put(page, row, 5, spread.standard_error, number)
        row += 1
    page.text(row, 0, say("Chance of loss"), context.styles.get("row"))
    chance = simulation.probability_of_loss
    _put(page, row, 1, chance, context.formats.chance(chance))
    row += 1
    page.text(row, 0, say("Draws in which payback is reached"), context.styles.get("row"))
    _put(page, row, 1, simulation.payback_months.reached, context.formats.share)
    return row + 1


def _fan(context: Context, page: Page, row: int, simulation: SimulationRecord) -> int:
    fan, say = simulation.cumulative, context.say
    years = [say("Year {year}", year=year) for year in range(1, context.years + 1)]
    labels = [say("Balance, undiscounted"), say("Start"), *years]
    row = _heads(context, page, row, labels, 1, context.years + 1)
    money = context.formats.money([*fan.p5, *fan.p50, *fan.p95])
    for values, share in ((fan.p5, 0.05), (fan.p50, 0.5), (fan.p95, 0.95)):
        page.text(row, 0, context.formatter.share(share), context.styles.get("row"))
        for col, value in enumerate(values, start=1):
            _put(page, row, col, value, money)
        row += 1
    return row


def _tornado(context: Context, page: Page, row: int, simulation: SimulationRecord) -> int:
    if not simulation.tornado:
        return row
    say = context.say
    labels = [say("One input at a time"), say("Low"), say("High")]
    labels += [say("NPV at low"), say("NPV at high"), say("Swing")]
    row = _heads(context, page, row, labels, 1, 5)
    for swing in simulation.tornado:
        unit = context.record.inputs[swing.input].unit
        page.text(row, 0, swing.label, context.styles.get("row"))
        for col, bound in ((1, swing.low), (2, swing.high)):
            _value(context, page, row, col, bound, unit)
        ends = [swing.at_low, swing.at_high]
        money = context.formats.money(ends)
        for col, value in enumerate((*ends, abs(ends[1] - ends[0])), start=3):
            _put(page, row, col, value, money)
        row += 1
    return row


def _information(context: Context, page: Page, row: int, simulation: SimulationRecord) -> int:
    """Shares of variance, and what it is worth at most to know an input."""
    variance, worth = simulation.variance, simulation.value_of_information
    shares, by_input = variance.shares, worth.inputs
    say = context.say
    labels = [say("What to measure"), say("Share of variance"), say("Worth at most"), say("Standard error")]
    row = _heads(context, page, row, labels, 1, 3)
    money = context.formats.money([entry.value for entry in (worth.evpi, *by_input.values())])
    page.text(row, 0, say("All inputs at once"), context.styles.get("row", bold=True))
    _put(page, row, 1, None)
    _put(page, row, 2, worth.evpi.value, money)
    _put(page, row, 3, worth.evpi.standard_error, money)
    row += 1
    names = sorted(dict.fromkeys((*shares, *by_input)), key=lambda name: -shares.get(name, 0.0))
    for name in names:
        page.text(row, 0, context.record.inputs[name].label, context.styles.get("row"))
        _put(page, row, 1, shares.get(name), context.formats.share)
        entry = by_input.get(name)
        _put(page, row, 2, entry.value if entry else None, money)
        _put(page, row, 3, entry.standard_error if entry else None, money)
        row += 1
    for method in (variance.method, worth.method):
        page.wide(row, 0, 5, say("Method: {method}", method=say(method)), context.styles.get("small"))
        row += 1
    return row


def _break_even(context: Context) -> None:
    say = context.say
    about = say("The value at which the net present value is 0, all other inputs at their likely values.")
    page = _page(context, "Break-even", say("What must be true"), about)
    target = context.record.target_return
    page.widths(46, 26, 20, 26, 26 if target is not None else 40, 40)
    labels = [say("Input"), say("Unit"), say("Likely"), say("Break-even"), say("Remark")]
    if target is not None:
        labels.insert(4, say("Returns {share} at", share=context.formatter.share(target)))
    row = _heads(context, page, 5, labels, 2, len(labels) - 2)
    page.sheet.freeze_panes(5, 1)
    for entry in context.record.break_even:
        unit = entry.unit
        page.text(row, 0, entry.label, context.styles.get("row"))
        unit_words = context.formatter.unit_words(unit, share="%") if unit else ""
        page.text(row, 1, unit_words, context.styles.get("row", "small"))
        _value(context, page, row, 2, entry.likely, unit)
        sought = [entry.value] if target is None else [entry.value, entry.at_target_return]
        for column, value in enumerate(sought, 3):
            _solved(context, page, row, column, entry, value)
        remark = say("A factor on the value of every year.") if entry.factor else ""
        page.text(row, 3 + len(sought), remark, context.styles.get("row", "small", "beside"))
        row += 1


def _solved(
    context: Context, page: Page, row: int, column: int, entry: BreakEvenRecord, value: float | None
) -> None:
    """The value of an input at which something is reached, or that there is none."""
    if value is None:
        none = context.say("none within its bounds")
        page.text(row, column, none, context.styles.get("row", "right"))
    else:
        form = '0.000#" ×"' if entry.factor else context.formats.solved(entry.unit, value)
        _put(page, row, column, value, form)


def _review(context: Context) -> None:
    say = context.say
    about = say("What a sceptical reader would object to, strongest first, and the answers.")
    page = context.page("Review", say("Review"), about)
    page.printing(context.setup, repeat=4)
    page.widths(28, 9, 24, 56, 26, 16, 40, 36, 20, 14, 18)
    labels = [say("Objection"), say("Severity"), say("About"), say("Finding"), say("If it holds")]
    labels += [say("Open amount"), say("What would settle it"), say("Answer"), say("Who"), say("By")]
    row = _heads(context, page, 4, [*labels, say("Rule")], 11, 0)
    page.sheet.freeze_panes(4, 1)
    for each in context.record.review:
        texts = (
            each.title,
            say(each.severity),
            each.about,
            each.finding,
            each.price.words if each.price else None,
            None,
            each.settle,
            each.answer,
            each.owner,
            each.by,
            each.rule,
        )
        _texts(context, page, row, texts)
        _put(page, row, 5, each.price.open_amount if each.price else None, context.formats.money())
        row += 1
    joint = context.record.joint_price
    if joint is not None:
        _texts(context, page, row, [say("All that change the figure, together"), "", "", "", "", None])
        _put(page, row, 5, joint.amount, context.formats.money())
        row += 1
    evidence = context.record.evidence
    if not evidence or not evidence.by_value:
        return
    row += 1
    page.heads(
        row,
        [say("What benefits rest on"), "", say("Share of their value"), say("Share of variance")],
        right_from=2,
        right_to=3,
    )
    by_variance = evidence.by_variance or {}
    for grade in dict.fromkeys([*evidence.by_value, *by_variance]):
        row += 1
        _texts(context, page, row, [say(grade), ""])
        _put(page, row, 2, evidence.by_value.get(grade), context.formats.share)
        _put(page, row, 3, by_variance.get(grade), context.formats.share)
