"""Whatever a client is called, it comes out as text: in prose, views, cover and running heads."""

from __future__ import annotations

import html

import pytest

from tests.exporters.conftest import CALLOUT, GRAPH, TABLE, TILES, answered, shown

NAMES = {
    "markup": '"><script>#import "/etc/passwd"',
    "raw typst": "`#panic(1)`{=typst}",
    "call": "#panic(1) #{panic(1)} #let x = 1",
    "signs": "$a$ @ref _b_ *c* \\d ~ <lab> [e] //f /*g*/ -- ...",
    "quotes": "'\"both\"' ''",
    "list": "+ 1. - = / term: x",
    "closing": "</title></style></script><img src=x onerror=alert(1)>",
    "entity": "&amp; &lt;b&gt; &#60;",
    "right to left": "חברת תעופה",
    "long": "W" * 300,
    "equation": "$ x $ \\(y\\) $$z$$",
}


def cells_with(name):
    mention = "{eval}`case.client.name`"
    text = f"# {mention}\n\n{mention}, *{mention}* and [{mention}](https://a.example)\n\n- {mention}\n\n"
    prose = answered(text + f"| a |\n|---|\n| {mention} |", **{"case.client.name": repr(name)})
    column = {"label": name, "align": "left", "weight": 1}
    rows = [
        {"cells": [name], "style": style} for style in ("heading", "plain", "detail", "subtotal", "total")
    ]
    return [
        prose,
        shown({**TILES, "items": [{"label": name, "value": name, "basis": name}] * 2}),
        shown({**TABLE, "caption": f"{name} ", "columns": [column], "rows": rows, "note": name}),
        shown({**GRAPH, "caption": f"{name}!", "alt": name, "note": name}),
        shown({**CALLOUT, "title": name, "text": name}),
        shown({"view": "list", "items": [name], "ordered": False}),
        shown({"view": "text", "paragraphs": [name]}),
    ]


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_a_name_is_text_everywhere(name, make_notebook, made):
    result = made(make_notebook(*cells_with(name), client={"name": name, "colour": None, "logo": None}))
    squeezed = "".join(name.split())
    assert result.warnings == []
    assert html.escape(name) in result.page
    # 5 in prose, 6 in tiles, 7 in the table, 2 with the chart, 2 in the callout, list, text; cover besides.
    if name.isascii():
        assert "".join(result.text.split()).count(squeezed) >= 24
        assert squeezed in "".join(result.pages[0].split())
    else:  # the reader gives the words of such a line in the order in which they stand
        assert all(word in result.pages[0] for word in name.split())
    assert "<script" not in result.page.lower() and "<img src=x" not in result.page


def test_a_running_head_is_shortened_and_the_cover_is_not(make_notebook, made):
    result = made(make_notebook(client={"name": "Long name " * 30}))
    assert result.pages[0].count("Long name") == 30
    assert 0 < result.pages[-1].count("Long name") < 30 and "…" in result.pages[-1]


def test_markup_in_a_cell_stays_markup_of_markdown_only(made):
    result = made(
        "`#panic(1)`{=typst} #panic(2) <x-y>\n\n```{=html}\n<script>alert(1)</script>\n```\n\n{=typst}"
    )
    for text in ("#panic(1)", "#panic(2)", "<x-y>", "<script>alert(1)</script>"):
        assert result.has(text)


def test_an_output_in_markdown_has_no_expressions(made):
    from tests.exporters.conftest import bundle

    assert made(bundle(text_markdown="{eval}`case.client.name`")).has("{eval}")
