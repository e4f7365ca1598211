"""The brief: the first section of a report, on one page whatever its length."""

from __future__ import annotations

import io

import nbformat
import pytest
from pypdf import PdfReader

from casebook.exporters.pdf import BriefExporter


def brief(*cells: str) -> PdfReader:
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [nbformat.v4.new_markdown_cell(cell) for cell in cells]
    return PdfReader(io.BytesIO(BriefExporter().from_notebook_node(notebook)[0]))


def test_it_holds_the_first_section_and_nothing_of_the_next():
    reader = brief(
        "# Decide now", "The first words.", "## Part of it", "More of it.", "# The next", "Later words."
    )
    text = reader.pages[0].extract_text()
    assert len(reader.pages) == 1
    assert "More of it." in text
    assert "Later words." not in text
    assert "Contents" not in text


@pytest.mark.parametrize("paragraphs", [1, 12, pytest.param(40, marks=pytest.mark.slow)])
def test_it_is_one_page_whatever_its_length(paragraphs):
    words = "A sentence that takes its place on the page and leaves less for those that come. " * 4
    reader = brief("# Much to say", *[f"{n}. {words}" for n in range(paragraphs)])
    assert len(reader.pages) == 1
    assert words.split()[1] in reader.pages[0].extract_text()


def test_it_is_tagged():
    assert "/StructTreeRoot" in brief("# One", "Two").trailer["/Root"]
