"""Tables of outputs: their headers, spans and colours, and what becomes of one that is too wide for paper."""

from __future__ import annotations

import re

import pandas as pd
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_notebook

from casebook.exporters.document import build
from casebook.exporters.prose_tables import Part, column_aligns, parts_of
from tests.exporters.conftest import bundle

PAGES = {"width": 476.0, "turned_width": 722.0, "height": 700.0}


def parts(html: str) -> list[Part]:
    [table] = build(new_notebook(cells=[bundle(text_html=html)])).blocks
    return parts_of(table["c"], PAGES)


def texts(part: Part) -> list[list[str]]:
    rows = [*part.spec["header"], *(row["cells"] for row in part.spec["rows"])]
    return [[cell["text"] for cell in row] for row in rows]


def wide(columns: int, rows: int = 2, index: list[str] | None = None) -> str:
    frame = pd.DataFrame({f"column {n}": [n * 1000] * rows for n in range(columns)}, index=index)
    with pd.option_context("display.max_columns", None):
        return frame.to_html()


def test_cells_below_a_cell_that_spans_rows_keep_their_columns():
    index = pd.MultiIndex.from_product([["north", "south"], ["x", "y"]])
    [part] = parts(pd.DataFrame({"n": [1, 2, 3, 4]}, index).to_html())
    columns = [[cell["column"] for cell in row["cells"]] for row in part.spec["rows"]]
    assert columns == [[0, 1, 2], [1, 2], [0, 1, 2], [1, 2]]


def test_headers_stand_as_their_columns_do(made):
    html = pd.DataFrame({"word": ["a"], "figure": [1.5]})._repr_html_()
    [part] = parts(html)
    assert [cell["align"] for cell in part.spec["header"][0]] == ["right", "left", "right"]
    page = made(bundle(text_html=html)).page
    assert '<th scope="col">word</th>' in page
    assert '<th scope="col" style="text-align:right">figure</th>' in page


def test_a_column_that_a_style_sheet_aligns_is_aligned():
    style = "<style>#t td {text-align: center}</style>"
    [table] = build(
        new_notebook(
            cells=[bundle(text_html=f"{style}<table id=t><tr><td>a</td></tr><tr><td>2</td></tr></table>")]
        )
    ).blocks
    assert column_aligns(table["c"]) == ["center"]


def test_a_table_too_wide_for_any_page_comes_in_parts_with_its_row_headers():
    made = parts(wide(40, index=["first", "second"]))
    assert len(made) > 1
    shown = [text for part in made for text in texts(part)[0] if text]
    assert shown == [f"column {n}" for n in range(40)]
    assert all([row[0] for row in texts(part)[1:]] == ["first", "second"] for part in made)
    assert all(part.spec["size"] >= 6 and not part.spec["turned"] for part in made)
    assert [part.spec["note"] for part in made] == [f"{n} / {len(made)}" for n in range(1, len(made) + 1)]


def test_parts_keep_a_header_that_spans_columns_of_two_of_them():
    columns = pd.MultiIndex.from_product([["half", "other"], [f"column {n}" for n in range(24)]])
    with pd.option_context("display.max_columns", None):
        made = parts(pd.DataFrame([[1000] * 48], columns=columns).to_html())
    spans = [[(c["text"], c["colspan"]) for c in part.spec["header"][0] if c["text"]] for part in made]
    assert all(spans) and sum(wide for part in spans for _, wide in part) == 48


def test_no_type_is_smaller_than_six_points_however_wide_a_table_is():
    for columns in (8, 16, 24, 32, 64, 128):
        assert all(part.spec["size"] >= 6 for part in parts(wide(columns)))


def styled(frame: pd.DataFrame) -> NotebookNode:
    looks = frame.style.map(lambda _: "background-color: #14213d", subset=["a"]).bar(
        subset=["b"], color="#5fba7d"
    )
    return bundle(text_html=looks.to_html())


def test_colours_and_bars_of_styler_reach_both_formats(made):
    result = made(styled(pd.DataFrame({"a": [1, 2], "b": [50, 100]})))
    [part] = parts_of(result.document.blocks[0]["c"], PAGES)
    first, second = (row["cells"] for row in part.spec["rows"])
    assert first[1]["fill"] == "#14213d" and first[1]["ink"] == "#ffffff"
    assert second[2]["bar"] == (("#5fba7d", 0.0, 1.0),)
    styles = re.findall(r'style="([^"]*)"', result.page)
    assert any("background-color:#14213d" in style and ";color:#ffffff" in style for style in styles)
    assert any("linear-gradient" in style and "#5fba7d" in style for style in styles)


@pytest.mark.parametrize("rows", [1, 60])
def test_every_part_is_on_paper(rows, made):
    result = made(bundle(text_html=wide(40, rows)))
    assert all(re.search(rf"column {n}\b", result.text) for n in range(40))


@pytest.mark.parametrize(
    "rows",
    [
        "<tr><td rowspan=9>a<td>b</tr><tr><td>c</tr>", "<tr><td colspan=5>a</tr><tr><td>b<td>c</tr>",
        "<tr><td rowspan=99999999999999999999 colspan=-3>a<td>b</tr>", "<tr></tr><tr><td>a<td>b<td>c</tr>",
        "<tr><th>a<th>b</tr><tr><th>c<td>d</tr>", "<tr><td rowspan=2 colspan=2>a<td>b</tr><tr><td>c</tr>",
        "<caption>a<tr><th rowspan=2>b<td>c</tr><tr><td>d</tr>", "<tr><td><table><tr><td>a</table><td>b</tr>",
    ],
)  # fmt: skip
def test_tables_of_any_shape_are_set(rows, made):
    result = made(bundle(text_html=f"<table>{rows}</table>"))
    assert all(result.has(letter) for letter in re.findall(r">([a-d])", rows))


def test_headers_say_what_they_head(made):
    index = pd.MultiIndex.from_product([["north"], ["x", "y"]])
    columns = pd.MultiIndex.from_product([["cost"], ["low", "high"]])
    page = made(bundle(text_html=pd.DataFrame([[1, 2], [3, 4]], index, columns).to_html())).page
    assert '<th scope="colgroup" colspan="2">cost</th>' in page and '<th scope="col"' in page
    assert '<th scope="rowgroup" rowspan="2">north</th>' in page and '<th scope="row">x</th>' in page
    assert "<th></th>" not in page
