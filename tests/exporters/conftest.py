"""Executed notebooks, made without a kernel; and one Chromium for all tests that look at a page."""

from __future__ import annotations

import base64
import copy
import html
import io
import warnings
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from pypdf import PdfReader

from casebook.exporters import ExportWarning
from casebook.exporters.document import build
from casebook.exporters.html import to_page
from casebook.exporters.pdf import to_pdf
from casebook.exporters.record import RECORD_MIME
from casebook.views.view import VIEW_MIME
from tests import records
from tests.exporters.browser import CHROMIUM, Page, browser

LOGO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 10"><rect width="20" height="10"/></svg>'
CHART = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="400" height="150" viewBox="0 0 400 150">'
    '<path d="M0 150 L400 10" style="stroke:#0b5fa5;fill:none"/></svg>'
)

RECORD: dict[str, Any] = records.record(
    template={"name": "social-care", "title": "Social customer care"},
    client={
        "name": "Example Air",
        "colour": "#0b5fa5",
        "logo": {"media_type": "image/svg+xml", "data": base64.b64encode(LOGO.encode()).decode()},
    },
    locale="en_GB",
    years=3,
    discount_rate=0.1,
    document={"date": "2026-11-21", "author": "Jordan Example", "confidentiality": "Confidential"},
    inputs={"customers": {"label": "Passengers", "unit": "customers/year", "value": 22_000_000}},
    result=records.figures(
        net_present_value=52_249_600,
        return_on_investment=18.99709,
        payback_months=0.6,
        benefit_cost_ratio=19.99709,
        present_value_of_costs=2_750_400,
        reasons={"internal_rate_of_return": "several rates"},
        risk_adjusted=records.figures(
            return_on_investment=0.5, reasons={"payback_months": "not within 3 years"}
        ),
    ),
)

TILES = {
    "view": "tiles",
    "items": [
        {"label": "Net present value", "value": "$52.2 million", "basis": "over 3 years"},
        {"label": "Return on investment", "value": "1,900 %", "basis": "NPV ÷ costs"},
        {"label": "Payback", "value": "under a month", "basis": ""},
    ],
}
TABLE = {
    "view": "table",
    "caption": "Costs and benefits by year",
    "columns": [
        {"label": "USD", "align": "left", "weight": 2},
        {"label": "Year 1", "align": "right", "weight": 0},
        {"label": "Year 2", "align": "right", "weight": 0},
    ],
    "rows": [
        {"cells": ["Benefits"], "style": "heading"},
        {"cells": ["Loyal customers\nspend more", "1,084", "2,203"], "style": "plain"},
        {"cells": ["at margin", "", ""], "style": "detail"},
        {"cells": ["Costs", "730", "700"], "style": "subtotal"},
        {"cells": ["Net", "−420", "1,284"], "style": "total"},
    ],
    "note": "Discounted at 10 %.",
}
GRAPH = {
    "view": "chart",
    "caption": "Cash flow",
    "alt": "A line that rises.",
    "svg": CHART,
    "note": "In USD.",
}
CALLOUT = {"view": "callout", "tone": "warning", "title": "Objection.", "text": "It rests on one input."}


def shown(view: dict[str, Any], record: dict[str, Any] | None = None) -> NotebookNode:
    """A code cell that shows a view, as casebook's views do."""
    data = {VIEW_MIME: view, "text/html": "<p>for JupyterLab</p>", "text/plain": "for terminals"}
    if record:
        data[RECORD_MIME] = record
    return new_code_cell("case.secret_code()", outputs=[new_output("display_data", data=data)])


def answered(text: str, **answers: str) -> NotebookNode:
    """A Markdown cell whose expressions an engine has evaluated; names stand for `case.<name>`."""
    cell = new_markdown_cell(text)
    cell.metadata["user_expressions"] = [
        {"expression": name, "result": {"status": "ok", "data": {"text/plain": value}, "metadata": {}}}
        for name, value in answers.items()
    ]
    return cell


def bundle(**data: Any) -> NotebookNode:
    """A code cell with one output; `text_html=…` is the form text/html."""
    forms = {key.replace("_", "/", 1).replace("svg", "svg+xml"): value for key, value in data.items()}
    return new_code_cell("secret", outputs=[new_output("display_data", data=forms)])


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """A tab, for tests that set the window themselves."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed")
    with browser(tmp_path_factory.mktemp("chromium")) as page:
        yield page


@pytest.fixture
def make_notebook() -> Callable[..., NotebookNode]:
    """Make a case's notebook: the parameters, a first page, and the given cells; `record` keys replace."""

    def make(*cells: NotebookNode | str, **record: Any) -> NotebookNode:
        whole = {**copy.deepcopy(RECORD), **record}
        first = [
            new_code_cell("client = {'name': 'default'}", metadata={"tags": ["parameters"]}),
            new_code_cell("client = {'name': 'given'}", metadata={"tags": ["injected-parameters"]}),
            new_markdown_cell("# Approve the team\n\nIt returns {eval}`case.result.net_present_value`."),
            shown(TILES, whole),
        ]
        more = [new_markdown_cell(cell) if isinstance(cell, str) else cell for cell in cells]
        return new_notebook(cells=[*first, *more])

    return make


class Made:
    """What both exporters make of a notebook."""

    def __init__(self, notebook: NotebookNode, folder: Path, base: Path | None = None) -> None:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            self.document = build(notebook, folders=[base or folder])
            self.pdf = to_pdf(self.document)
            self.page = to_page(self.document)
        self.warnings = [str(w.message) for w in caught if issubclass(w.category, ExportWarning)]

    @cached_property
    def reader(self) -> PdfReader:
        """The PDF, opened."""
        return PdfReader(io.BytesIO(self.pdf))

    @cached_property
    def pages(self) -> list[str]:
        """The text of each page of the PDF, on one line."""
        return [" ".join(page.extract_text().split()) for page in self.reader.pages]

    @property
    def text(self) -> str:
        """The text of the PDF, on one line."""
        return " ".join(self.pages)

    def has(self, text: str) -> bool:
        """Whether both formats show `text`, wherever the PDF broke its lines."""
        return "".join(text.split()) in "".join(self.text.split()) and html.escape(text) in self.page


@pytest.fixture
def made(tmp_path: Path) -> Callable[..., Made]:
    """Make both formats of a notebook, or of cells without a case."""

    def make(*cells: NotebookNode | str, base: Path | None = None) -> Made:
        if len(cells) == 1 and "cells" in cells[0]:
            return Made(cells[0], tmp_path, base)
        whole = [new_markdown_cell(cell) if isinstance(cell, str) else cell for cell in cells]
        return Made(new_notebook(cells=whole), tmp_path, base)

    return make
