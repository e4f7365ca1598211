"""The sheet of the options: what each releases, what it is worth, and what a first step teaches."""

from __future__ import annotations

from casebook.exporters.workbook.context import Context
from casebook.exporters.workbook.page import Page
from casebook.record.options import OptionRecord

OPTIONS = "Options"

_MONEY = {
    "approve_now": "Approve now",
    "in_all": "In all",
    "deepest": "Deepest cash position",
    "net_present_value": "At likely values",
    "expected_net_present_value": "Expected net present value",
    "standard_error": "Standard error",
    "p5": "5th percentile",
    "p95": "95th percentile",
}


def write_options(context: Context, page: Page, first: int) -> None:
    """Write a column for each option from row `first` on; the record has options."""
    record, say = context.record, context.say
    last = len(record.options)
    page.widths(40, *[24] * last)
    page.heads(first, [say("Option"), *(each.name for each in record.options)], right_from=1, right_to=last)
    page.sheet.freeze_panes(first, 1)
    row = first + 1
    amounts = [value for name in _MONEY for each in record.options for value in [getattr(each, name)]]
    money = context.formats.money([value for value in amounts if value is not None])
    for name, label in _MONEY.items():
        _row(context, page, row, say(label), [getattr(each, name) for each in record.options], money)
        row += 1
    chances = [each.probability_of_loss for each in record.options]
    chance = context.formats.chance(next((each for each in chances if each is not None), 0.0))
    _row(context, page, row, say("Chance of loss"), chances, chance)
    beyond = [each.probability_beyond_cost for each in record.options]
    if any(each is not None for each in beyond):
        row += 1
        _row(context, page, row, say("Chance of losing more than the first step"), beyond, chance)
    for label, name in (
        (say("Worth of what it teaches, before cost and delay"), "gross"),
        (say("Gain against the best option without it"), "net"),
    ):
        row += 1
        _row(context, page, row, label, [_worth(each, name) for each in record.options], money)
    for label, texts in (
        (say("Gate"), [each.gate.by if each.gate else None for each in record.options]),
        (say("What stops it"), [each.stop for each in record.options]),
        (say("Note"), [each.note for each in record.options]),
        ("", [_mark(context, each.key) for each in record.options]),
    ):
        if any(texts):
            row += 1
            _row(context, page, row, label, texts, "")
    if record.reason:
        page.wide(
            row + 2, 0, last, say("Reason: {reason}", reason=record.reason), context.styles.get("small")
        )


def _row(
    context: Context,
    page: Page,
    row: int,
    label: str,
    values: list[float | None] | list[str | None],
    number: str,
) -> None:
    """A label and a number in its format, a text as it is, or a dash for each option."""
    page.text(row, 0, label, context.styles.get("row"))
    for column, value in enumerate(values, start=1):
        if isinstance(value, str):
            page.text(row, column, value, context.styles.get("row", "right"))
        elif value is None:
            page.text(row, column, "–", context.styles.get("row", "right"))
        else:
            page.number(row, column, value, context.styles.get("row", number=number))


def _worth(option: OptionRecord, name: str) -> float | None:
    return None if option.learning is None else float(getattr(option.learning, name).value)


def _mark(context: Context, key: str) -> str | None:
    """That an option is recommended, or asked for instead of the recommended one."""
    record, say = context.record, context.say
    marks = [say("recommended")] if key == record.recommended else []
    marks += [say("asked for")] if key == record.decided != record.recommended else []
    return ", ".join(marks) or None
