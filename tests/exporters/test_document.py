"""What an executed notebook says, whatever the format."""

from __future__ import annotations

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from casebook.errors import ExportError
from casebook.exporters import ExportWarning
from casebook.exporters.document import build
from casebook.exporters.pandoc import text_of
from casebook.exporters.record import Values, read_record
from casebook.record.parsing import parse
from tests.exporters.conftest import RECORD, TABLE, TILES, answered, bundle, shown
from tests.exporters.test_security import DRAWING as FRAME

DRAWING = FRAME.format("")


def levels(*cells):
    markdown = [new_markdown_cell(cell) for cell in cells]
    document = build(new_notebook(cells=markdown, metadata={"title": "Title"}))
    return [(heading.level, heading.text) for heading in document.headings]


def test_the_last_record_counts(make_notebook):
    notebook = make_notebook(shown(TILES, {**RECORD, "years": 7}))
    assert read_record(notebook).years == 7


def test_a_notebook_without_a_record_says_what_to_do():
    with pytest.raises(ExportError, match=r"show case\.summary\(\) in a cell"):
        read_record(new_notebook())


def test_an_ordinary_notebook_takes_its_title_from_its_first_heading():
    document = build(new_notebook(cells=[new_markdown_cell("text\n\n## On *calls*")]))
    assert (document.title, document.record) == ("On calls", None)
    assert build(new_notebook(metadata={"title": "Given"})).title == "Given"
    assert build(new_notebook(), name="file").title == "file"


def test_a_newer_record_is_refused(make_notebook):
    said = r"written by a newer casebook \(record version 2; this one reads 1\)"
    with pytest.raises(ExportError, match=said):
        build(make_notebook(version=2))


def test_heading_levels_begin_at_1_and_skip_none():
    assert levels("### A\n\n##### B\n\n#### C\n\n# D\n\n## E") == [
        (1, "A"),
        (2, "B"),
        (2, "C"),
        (1, "D"),
        (2, "E"),
    ]


def test_the_title_is_not_said_twice(make_notebook):
    notebook = make_notebook()
    notebook.cells[2].source = "# Social  customer care\n\n## Next"
    assert [heading.text for heading in build(notebook).headings] == ["Next"]


def test_headings_in_quotes_and_in_html_of_outputs_stay_out_of_the_outline():
    quotes = [new_markdown_cell("# A\n\n> # B"), bundle(text_markdown="> # D")]
    document = build(
        new_notebook(cells=[*quotes, bundle(text_html="<h1>C</h1>")], metadata={"title": "Title"})
    )
    assert [heading.text for heading in document.headings] == ["A"]
    assert "C" in text_of(list(document.blocks)) and "D" in text_of(list(document.blocks))


def test_headings_that_a_cell_displays_count_like_those_of_a_markdown_cell():
    """A report over regions has its sections generated; levels are closed up over cells and outputs alike."""
    regions = [
        new_output("display_data", {"text/markdown": f"## {name}\n\nSales.\n\n#### Details\n\nText."})
        for name in ("North", "South")
    ]
    cells = [new_markdown_cell("# Sales"), new_code_cell("", outputs=regions)]
    cells += [new_markdown_cell("<h2>Method</h2>\n\nText."), new_markdown_cell("## Conclusion")]
    document = build(new_notebook(cells=cells, metadata={"title": "Title"}))
    assert [(heading.level, heading.text, heading.anchor) for heading in document.headings] == [
        (1, "Sales", "sales"),
        (2, "North", "north"),
        (3, "Details", "details"),
        (2, "South", "south"),
        (3, "Details", "details-1"),
        (2, "Method", "method"),
        (2, "Conclusion", "conclusion"),
    ]


def test_footnotes_and_links_of_one_cell_do_not_reach_another():
    text = "a[^1] and [b]\n\n[^1]: {}\n\n[b]: https://{}.example"
    cells = [new_markdown_cell(text.format(n, n)) for n in ("one", "two")]
    blocks = list(build(new_notebook(cells=[*cells, new_markdown_cell("[b] and [^1]")])).blocks)
    notes = [text_of(node["c"]) for block in blocks for node in block["c"] if node["t"] == "Note"]
    assert notes == ["one", "two"]
    assert text_of(blocks[-1]) == "[b] and [^1]"


@pytest.mark.parametrize("opened", ["```\ncode", "<!-- remark", "<script>"])
def test_what_a_cell_leaves_open_ends_with_it(opened):
    assert levels("# A", opened, "# B", "# C") == [(1, "A"), (1, "B"), (1, "C")]


def test_values_in_prose_come_from_the_engine_first(make_notebook):
    expressions = {"case.client.name": "'Its name'", "1 + 1": "2"}
    cell = answered("{eval}`case.client.name` and {eval}`1 + 1`, {eval}`case.years` years", **expressions)
    assert text_of(build(make_notebook(cell)).blocks[-1]) == "Its name and 2, 3 years"


def test_a_name_that_has_quotes_keeps_them(make_notebook):
    notebook = make_notebook(
        answered("{eval}`case.client.name`", **{"case.client.name": "'q'"}), client={"name": "'q'"}
    )
    assert text_of(build(notebook).blocks[-1]) == "'q'"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("case.client.name", "Example Air"),
        ("case.years", "3"),
        ("case.currency", "USD"),
        ("case.discount_rate", "10%"),
        ("case.result.net_present_value", "US$52,249,600"),
        ("case.result.return_on_investment", "1,900%"),
        ("case.result.payback_months", "under a month"),
        ("case.result.benefit_cost_ratio", "20"),
        ("case.result.internal_rate_of_return", "several rates"),
        ("case.result.risk_adjusted.return_on_investment", "50%"),
        ("case.result.risk_adjusted.payback_months", "not within 3 years"),
        ("case.inputs.customers", "22,000,000"),
        ("case.result", None),
        ("case.inputs.other", None),
        ("case.__class__", None),
        ("print(1)", None),
    ],
)
def test_dotted_names_are_found_in_the_record(name, text):
    assert Values(parse(RECORD)).get(name) == text


def test_an_expression_without_a_value_says_so_with_its_cell(make_notebook):
    failed = answered("{eval}`case.foo` and {eval}`case.bar`")
    failed.metadata["user_expressions"] = [{"expression": "case.bar", "result": {"status": "error"}}]
    with pytest.warns(ExportWarning) as caught:
        document = build(make_notebook(failed))
    # The injected cell is papermill's: the author counts parameters, first page, tiles, and this one.
    assert [str(w.message) for w in caught] == [
        "cell 4: case.foo has no value",
        "cell 4: case.bar has no value",
    ]
    assert [embed.text for embed in document.embeds[-2:]] == [str(w.message) for w in caught]


def test_a_value_with_line_ends_keeps_them():
    notebook = new_notebook(cells=[answered("{eval}`x`", x="one two\nthree")])
    kinds = [node["t"] for node in build(notebook).blocks[0]["c"]]
    assert kinds == ["Str", "Space", "Str", "LineBreak", "Str"]


def test_raw_html_is_read_where_harmless_and_shown_where_not():
    text = "a<br>b H<sub>2</sub>O <b>c</b> <kbd>d</kbd> <x>e</x> <script>f</script>\n\n<!-- no -->"
    node = build(new_notebook(cells=[new_markdown_cell(text)])).blocks[0]
    assert [n["t"] for n in node["c"] if n["t"] not in ("Str", "Space")] == [
        "LineBreak",
        "Subscript",
        "Strong",
    ]
    assert text_of(node) == "a b H2O c d <x>e</x> <script>f</script>"


def test_tables_in_html_are_read():
    table = "<table><thead><tr><th>a</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table>"
    for cell in (new_markdown_cell(table), bundle(text_html=table)):
        assert [node["t"] for node in build(new_notebook(cells=[cell])).blocks] == ["Table"]


def test_only_safe_links_stay():
    text = "[a](https://a.example) [b](javascript:alert) [c](mailto:c@d.example) [e](#there) [f](#nowhere)"
    blocks = build(new_notebook(cells=[new_markdown_cell(f"x\n\n# There\n\n{text}")])).blocks
    targets = [node["c"][2][0] for node in blocks[-1]["c"] if node["t"] == "Link"]
    assert targets == ["https://a.example", "mailto:c@d.example", "#there"]
    assert text_of(blocks[-1]) == "a b c e f"


@pytest.mark.parametrize(
    "tag", ["remove-cell", "remove_cell", "remove-output", "skip-execution", "parameters"]
)
def test_tags_hide_outputs(tag):
    cell = bundle(text_plain="figure")
    cell.metadata["tags"] = [tag]
    assert not build(new_notebook(cells=[cell])).blocks


@pytest.mark.parametrize("tag", ["remove-input", "hide-input", "hide_input", ""])
def test_code_is_hidden_with_every_tag_and_with_none(tag):
    cell = bundle(text_plain="figure")
    cell.metadata["tags"] = [tag] if tag else []
    blocks = list(build(new_notebook(cells=[cell])).blocks)
    assert text_of(blocks) == "figure"


def test_the_best_form_of_an_output_is_taken():
    cells = [
        bundle(text_html="<p>h</p>", text_plain="p"),
        bundle(text_html="<script>1</script>", image_svg=DRAWING, text_plain="p"),
        bundle(text_markdown="*m*", text_plain="p"),
        bundle(text_latex=r"$\displaystyle x^2$", text_plain="p"),
        bundle(text_latex=r"\begin{tabular}{c}\end{tabular}", text_plain="p"),
    ]
    document = build(new_notebook(cells=cells))
    assert [text_of(node) for node in document.blocks] == ["h", "", "m", "x^2", "p"]
    assert document.embeds[0].media_type == "image/svg+xml"


@pytest.mark.parametrize(
    "data", [{"text_html": "<div></div><script>1</script>"}, {"application_javascript": "1"}, {}]
)
def test_an_output_that_needs_a_browser_leaves_a_remark(data):
    with pytest.warns(ExportWarning, match="Output of cell 1 not shown"):
        build(new_notebook(cells=[bundle(text_plain="Figure()", **data) if data else bundle()]))


def test_the_record_itself_is_not_shown(make_notebook):
    cell = new_code_cell(
        outputs=[
            new_output(
                "display_data", data={"application/vnd.casebook.record+json": RECORD, "text/plain": "x"}
            )
        ]
    )
    assert len(build(make_notebook(cell)).blocks) == len(build(make_notebook()).blocks)


def test_streams_lose_their_terminal_codes():
    parts = [new_output("stream", name="stdout", text=text) for text in ("\x1b[31mre", "d\x1b[0m\n1%\r2%\n")]
    blocks = build(new_notebook(cells=[new_code_cell("print()", outputs=parts)])).blocks
    assert [node["c"][1] for node in blocks] == ["red\n2%"]


def test_an_error_shows_its_words_without_a_traceback():
    output = new_output("error", ename="KeyError", evalue="'x'", traceback=["File /home/me/secret.py"])
    with pytest.warns(ExportWarning, match="cell 1 failed: KeyError: 'x'"):
        document = build(new_notebook(cells=[new_code_cell("fail()", outputs=[output])]))
    assert "secret" not in repr(document)


def test_a_broken_view_falls_back():
    for view in ({"view": "unknown"}, {"view": "table"}, "text"):
        with pytest.warns(ExportWarning, match="a view can't be read"):
            assert text_of(list(build(new_notebook(cells=[shown(view)])).blocks)) == "for JupyterLab"


def test_a_caption_does_not_repeat_the_heading(make_notebook):
    document = build(make_notebook("## Costs and benefits by year", shown(TABLE)))
    assert document.embeds[-1].caption == ""
