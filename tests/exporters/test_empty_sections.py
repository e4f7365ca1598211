"""A section with nothing to show is left out of the document, and whoever makes it is told."""

from __future__ import annotations

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from casebook.exporters import ExportWarning
from casebook.exporters.document import build
from casebook.exporters.pandoc import text_of
from casebook.views.components import callout, gap, to_json
from casebook.views.view import VIEW_MIME

GAP = gap("Goals: not stated", "The parameter file says nothing.")
BOX = callout("Here", "Something.")


def view_of(component):
    return {VIEW_MIME: to_json(component), "text/plain": "-"}


def document(*cells):
    made = []
    for cell in cells:
        if isinstance(cell, str):
            made.append(new_markdown_cell(cell))
        else:
            made.append(new_code_cell("", outputs=[new_output("display_data", view_of(cell))]))
    return build(new_notebook(cells=made, metadata={"title": "A case"}))


def headings(*cells):
    with pytest.warns(ExportWarning, match="Goals: not stated. The parameter file says nothing."):
        return [heading.text for heading in document(*cells).headings]


def test_the_section_of_a_gap_goes_with_its_introduction():
    with pytest.warns(ExportWarning, match="left out"):
        made = document("# One", BOX, "## Goals\n\nWhat we want.", GAP, "# Two", BOX)
    assert [heading.text for heading in made.headings] == ["One", "Two"]
    assert "What we want" not in text_of(list(made.blocks))


def test_a_section_that_shows_something_else_stays():
    assert headings("# One", BOX, GAP, "# Two", BOX) == ["One", "Two"]


def test_a_heading_stays_where_one_below_it_does():
    assert headings("# One", GAP, "## Below", BOX, "# Two", GAP) == ["One", "Below"]


def test_a_heading_goes_with_all_that_stood_below_it():
    assert headings("# One", "## Goals", GAP, "## Aims", GAP, "# Two", BOX) == ["Two"]


def test_a_heading_with_prose_of_its_own_stays():
    assert headings("# One\n\nSaid in any case.", "## Goals", GAP) == ["One"]


def test_sections_within_the_outputs_of_one_cell_are_left_out_alike():
    """A chapter shows its headings, its prose and its views from one cell."""
    goals = {"text/markdown": "## Goals\n\nWhat we want."}
    steps = {"text/markdown": "## Steps\n\nWhat we do."}
    shown = [{"text/markdown": "# One"}, goals, view_of(GAP), steps, view_of(BOX)]
    outputs = [new_output("display_data", bundle) for bundle in shown]
    cell = new_code_cell("case.chapter('one')", outputs=outputs)
    with pytest.warns(ExportWarning, match="Goals: not stated. The parameter file says nothing."):
        made = build(new_notebook(cells=[cell], metadata={"title": "A case"}))
    assert [heading.text for heading in made.headings] == ["One", "Steps"]
    assert "What we want" not in text_of(list(made.blocks))
    assert "What we do" in text_of(list(made.blocks))


def test_a_heading_without_anything_is_the_authors_own():
    assert [each.text for each in document("# One", "# Two", BOX).headings] == ["One", "Two"]
