"""The PDF: tagged, with its fonts, the same on every machine, and never refused for an ordinary notebook."""

from __future__ import annotations

import re

import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from casebook.errors import ExportError
from casebook.exporters import ExportWarning
from casebook.exporters.glyphs import _COMMON, INTER, _code_points, fonts
from casebook.exporters.pdf import PDFExporter
from tests.exporters.conftest import CALLOUT, GRAPH, TABLE, TILES, bundle, shown

GROUP = {"view": "group", "items": [TILES, {"view": "list", "items": ["one", "two"], "ordered": True}]}


@pytest.fixture
def whole(make_notebook, made):
    cells = (
        "## Costs",
        shown(TABLE),
        shown(GRAPH),
        shown(CALLOUT),
        shown(GROUP),
        "## Method\n\n$$\\frac{1}{2}$$",
    )
    return made(make_notebook(*cells))


def wide_table(columns, rows):
    head = "".join(f"<th>column {n}</th>" for n in range(columns))
    body = ("<tr>" + "".join(f"<td>{n * m:,}</td>" for n in range(columns)) + "</tr>" for m in range(rows))
    return bundle(text_html=f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody></table>")


def test_it_is_tagged_and_says_what_it_is(whole):
    root = whole.reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] and "/StructTreeRoot" in root and root["/Lang"] == "en-GB"
    assert whole.reader.metadata.title == "Social customer care"
    assert whole.reader.metadata.author == "Jordan Example"
    assert b"pdfuaid:part" in root["/Metadata"].get_data()


def test_every_font_is_embedded(whole):
    for page in whole.reader.pages:
        for font in page["/Resources"].get("/Font", {}).values():
            [inner] = font.get_object()["/DescendantFonts"]
            descriptor = inner.get_object()["/FontDescriptor"].get_object()
            assert {"/FontFile2", "/FontFile3"} & set(descriptor)


def test_no_page_is_blank_and_pages_are_numbered_from_the_body(whole):
    assert all(whole.pages)
    cover, contents, first = whole.pages[:3]
    assert "Example Air" in cover and "21 November 2026" in cover and "Confidential" in cover
    assert contents.startswith("Contents") and "Method" in contents
    assert first.startswith("Example Air · Social customer care Confidential") and "1 / " in first
    assert whole.warnings == []


def test_all_figures_are_in_the_text(whole):
    for text in (
        "$52.2 million",
        "1,900 %",
        "US$52,249,600",
        "−420",
        "1,284",
        "Discounted at 10 %.",
        "Cash flow",
    ):
        assert text in whole.text


def test_the_same_notebook_gives_the_same_bytes(make_notebook, made, monkeypatch):
    assert made(make_notebook()).pdf == made(make_notebook()).pdf
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    dated = made(make_notebook(document={}))
    assert dated.reader.metadata.creation_date.year == 1970


@pytest.mark.parametrize(
    ("locale", "document", "width"),
    [
        ("en_GB", {}, 595),
        ("en_US", {}, 612),
        ("de_DE", {"paper": "us-letter"}, 612),
        ("en_US", {"paper": "a4"}, 595),
    ],
)
def test_paper_follows_the_document_or_else_the_locale(locale, document, width, make_notebook, made):
    pdf = made(make_notebook(locale=locale, document=document))
    assert int(pdf.reader.pages[0].mediabox.width) == width


@pytest.mark.parametrize("locale", ["zh_Hans_CN", "ja_JP", "ar_EG", "sr_Latn_RS", "de_CH"])
def test_every_locale_can_be_set(locale, make_notebook, made):
    assert len(made(make_notebook("## Second", locale=locale)).pages) == 3


def test_missing_characters_are_replaced_with_one_warning(make_notebook, made):
    result = made(make_notebook("# 日本 and 日", shown({**CALLOUT, "text": "漢 مرحبا שלום"}), "$\\text{日}$"))
    [said] = result.warnings
    assert "U+65E5 CJK UNIFIED IDEOGRAPH-65E5" in said and "U+6F22" in said
    assert "\ufffd" in result.text and "日本" in result.page
    assert "U+05" not in said and "U+06" not in said


def test_scripts_without_italics_stand_upright(made):
    assert made("*مرحبا*").warnings == []


def test_control_characters_vanish(made):
    output = new_output("stream", name="stdout", text="a\x00b\x07c\ufeffd \ud800")
    result = made(new_code_cell("", outputs=[output]))
    assert "abcd" in result.text and "abcd" in result.page


def test_the_shortcut_for_common_characters_is_right():
    shipped = [face for face in fonts().book.fonts() if face.family == INTER]
    for face in shipped:
        has = _code_points(face.path, face.index)
        assert all(c in has for c in range(0x20, 0x2300) if _COMMON.fullmatch(chr(c)) and c != 0xAD)


@pytest.mark.parametrize(
    "text",
    [
        "", "text only", "###### Deep\n\n# Up", "> " * 60 + "deep", "- [ ] open\n- [x] done", "***",
        "a[^1]\n\n[^1]: b", r"$\llbracket x$ and $\foo$ and $\not=$", "$$ x $$", "| a |\n|---|\n",
        "| a | b |\n|--|--|\n| **c** | `d` |",
        "```{=typst}\n#panic(1)\n```", "1. a\n   - b\n\n     c", "[x](#gone)", "[]()", "# []()",
        "**a *b **c *d** e* f**",
    ],
)  # fmt: skip
def test_ordinary_markdown_never_fails(text, made):
    assert made(text).pdf


@pytest.mark.parametrize(
    "data",
    [
        {"image_png": "iVBORw0KGgo="}, {"image_svg": "<svg"}, {"text_html": "<table></table>"},
        {"image_svg": '<svg xmlns="http://www.w3.org/2000/svg"/>'}, {"text_latex": r"$\foo$"},
        {"text_plain": "x" * 5000},
        {"text_html": "<table><tr><td rowspan=2>a</td><td colspan=3>b</td></tr><tr><td>c</td></tr></table>"},
    ],
)  # fmt: skip
def test_ordinary_outputs_never_fail(data, made):
    assert made(bundle(**data)).pdf


@pytest.mark.parametrize(
    "view",
    [
        {"view": "tiles", "items": []}, {"view": "tiles", "items": TILES["items"] * 4},
        {"view": "list", "items": []}, {"view": "table", "columns": [], "rows": []},
        {"view": "table", "columns": [{"label": "a"}], "rows": []},
        {"view": "table", "columns": [{"label": "a"}], "rows": [{"cells": ["b"], "style": "heading"}]},
        {"view": "table", "columns": [{"label": "a"}], "rows": [{"cells": []}, {"cells": ["1", "2"]}]},
        {"view": "chart", "svg": "no image"}, {"view": "callout", "text": "long " * 2000},
    ],
)  # fmt: skip
def test_unusual_views_never_fail(view, made):
    assert made(shown(view)).pdf


def test_what_typst_refuses_becomes_a_remark(made):
    result = made("# A\n\nbefore", bundle(image_svg="<svg"), r"$\llbracket x$", "after")
    unshown = "[Output of cell 2 not shown: it has only image/svg+xml]"
    assert unshown in result.text and "before" in result.text and "after" in result.text
    assert unshown in result.page and "data:image" not in result.page, "nor does the page carry it"
    assert r"\llbracket x" in result.text
    assert [text for text in result.warnings if "damaged" in text] == [
        "cell 2: image/svg+xml can't be shown (it is damaged)"
    ]


def test_long_tables_break_and_repeat_their_header(made):
    pages = made("# Long", wide_table(4, 120)).pages
    assert len([page for page in pages if "column 3" in page]) > 2


def test_wide_tables_are_turned_with_their_heading(made):
    result = made("# Before\n\ntext", "# Wide", wide_table(20, 5), "# After")
    turned = [n for n, page in enumerate(result.reader.pages) if page.mediabox.width > page.mediabox.height]
    assert len(turned) == 1 and "Wide" in result.pages[turned[0]]
    assert "column" in result.pages[turned[0]] and " 19" in result.pages[turned[0]]
    assert "Wide" not in result.pages[turned[0] - 1]


def test_fonts_of_the_client_are_looked_for_beside_the_parameter_file(make_notebook, tmp_path):
    notebook = make_notebook(document={"fonts": "none"})
    with pytest.raises(ExportError, match=r"there is no folder .*none"):
        PDFExporter(folder=str(tmp_path)).from_notebook_node(notebook)
    (tmp_path / "none").mkdir()
    body, resources = PDFExporter(folder=str(tmp_path)).from_notebook_node(notebook)
    assert body.startswith(b"%PDF") and resources["output_extension"] == ".pdf"


def test_nested_beyond_reason_is_an_error_in_words(made):
    with pytest.raises(ExportError, match="nested too deeply"):
        made(">" * 2000 + " deep")


def test_an_empty_notebook_is_a_cover(made):
    assert len(made(new_notebook()).reader.pages) >= 1


def test_warnings_are_ours(make_notebook):
    with pytest.warns(ExportWarning):
        PDFExporter().from_notebook_node(make_notebook("{eval}`case.foo`"))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"client": None}, "client is empty; must be a mapping"),
        ({"locale": "xx"}, "locale is 'xx'; must be a locale"),
        ({"lines": [{}]}, "lines.0 has no id"),
        ({"inputs": {"a": 3}}, "inputs.a is 3; must be a mapping"),
        ({"years": "three"}, "years is 'three'; must be a whole number"),
        ({"version": 0}, "it has the version 0"),
    ],
)
def test_a_record_of_another_shape_is_refused_with_the_key(make_notebook, made, change, said):
    with pytest.raises(ExportError, match=f"the notebook's case record can't be read: {re.escape(said)}"):
        made(make_notebook(**change))


def test_ordered_lists_count_as_written(made):
    result = made("7. seven\n8. eight\n   - x\n     1. inner\n\nbetween\n\n1. again")
    for item in ("7. seven", "8. eight", "1. inner", "1. again"):
        assert item in result.text


def test_a_minus_sign_stays_with_its_amount(made):
    """However long the words in front, no line ends in a minus sign; it is still one word to a search."""
    cells = [f"{'x' * width} and it loses −\\$420 or −€17 or −£9 " * 6 for width in range(1, 40)]
    document = made("# Losses", *cells)
    lines = [line.strip() for page in document.reader.pages for line in page.extract_text().splitlines()]
    assert not [line for line in lines if line.endswith("−")]
    assert document.text.count("−$420") > 100
