"""The whole workbook, in memory."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

from xlsxwriter import Workbook

from casebook.exporters.workbook import cash_flow, inputs, irr_check, kinds, lines, static_sheets, summary
from casebook.exporters.workbook.context import Context
from casebook.exporters.workbook.page import PrintSetup, cell_text
from casebook.exporters.workbook.sheet_plan import Plan
from casebook.exporters.workbook.styles import NumberFormats, Styles
from casebook.formatting import Formatter
from casebook.record.types import Record

_EPOCH = dt.datetime(2000, 1, 1)


def to_workbook(record: Record) -> bytes:
    """The workbook of a case record: live formulas with the values that they have at its inputs.

    The same record gives the same bytes.
    """
    file = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = Workbook(file, options)
    _describe(book, record)
    context = _context(book, record)
    first = summary.create(context)
    rates = irr_check.cells(context)
    inputs.write(context)
    lines.write_steps(context)
    lines.write_lines(context)
    cash_flow.write(context, rates)
    kinds.write(context)
    more = static_sheets.write(context)
    irr_check.write(context)
    sheets = [inputs.SHEET, lines.STEPS, lines.LINES, cash_flow.SHEET, kinds.SHEET, *more, irr_check.SHEET]
    summary.write(context, first, rates, sheets)
    for page in context.pages:
        page.finish()
    first.sheet.activate()
    book.close()
    return file.getvalue()


def _context(book: Workbook, record: Record) -> Context:
    formatter = Formatter(record.currency, record.locale)
    return Context(
        book=book,
        plan=Plan(record),
        styles=Styles(book, record.client.colour),
        formats=NumberFormats(record.currency, record.locale),
        formatter=formatter,
        setup=PrintSetup(
            record.client.name,
            record.title or "",
            record.document.confidentiality or "",
            record.document.paper,
            formatter,
        ),
    )


def _describe(book: Workbook, record: Record) -> None:
    try:
        created = dt.datetime.fromisoformat(record.document.date or "")
    except ValueError:
        created = _EPOCH
    names = {"title": record.title, "author": record.document.author, "company": record.client.name}
    properties: dict[str, Any] = {key: cell_text(text)[:255] for key, text in names.items() if text}
    book.set_properties({**properties, "created": created})
    book.set_calc_mode("auto")
