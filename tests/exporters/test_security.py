"""What a notebook puts out is inert: it runs nothing, fetches nothing, and stays in its place."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from nbformat.v4 import new_markdown_cell, new_notebook

from casebook.exporters import sanitise
from tests.exporters.browser import Page
from tests.exporters.conftest import Made, bundle

HIT = "document.documentElement.dataset.hit = 1"
DRAWING = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">{}<rect width="9" height="9"/></svg>'
SCRIPT_URI = "data:text/html;base64," + base64.b64encode(f"<script>{HIT}</script>".encode()).decode()

HOSTILE = [
    f"<p>kept</p><script>{HIT}</script>",
    f"<p>kept</p><scr<script>ipt>{HIT}</script>",
    f'<p onclick="{HIT}" onmouseover="{HIT}">kept</p>',
    f'<img src="x" onerror="{HIT}" alt="kept">',
    f'kept<svg onload="{HIT}"><script>{HIT}</script></svg>',
    f'<p>kept</p><svg><p><style><!--</style><img src=x onerror="{HIT}">--></style>',
    f'<math><mtext><table><mglyph><style><img src=x onerror="{HIT}"></style></mglyph>kept',
    f'<a href="javascript:{HIT}">kept</a>',
    f'<a href=" java&#x0A;script:{HIT}">kept</a>',
    f'<a href="{SCRIPT_URI}">kept</a>',
    '<p>kept</p><iframe src="https://remote.example/"></iframe>',
    f'<p>kept</p><iframe srcdoc="<script>{HIT}</script>"></iframe>',
    '<p>kept</p><object data="https://remote.example/"></object><embed src="https://remote.example/">',
    '<p>kept</p><link rel="stylesheet" href="https://remote.example/a.css">',
    '<p>kept</p><meta http-equiv="refresh" content="0;url=https://remote.example/">',
    '<base href="https://remote.example/"><a href="#x">kept</a>',
    '<p>kept</p><style>@import "https://remote.example/a.css"; body {display: none}</style>',
    '<div style="position:fixed;inset:0;background:url(https://remote.example/a.png)">kept</div>',
    '<table><td style="background:red url(https://remote.example/a.png);position:fixed">kept</table>',
    '<form action="https://remote.example/"><input autofocus><button formaction="javascript:1">kept</form>',
    '<img src="https://remote.example/a.png" alt="kept" srcset="https://remote.example/b.png 2x">',
    '<video src="https://remote.example/a.mp4" poster="https://remote.example/a.png"></video>kept',
    '<p id="cb-main">kept</p><a name="cb-contents"></a><div id="cb-live-model">{}</div>',
    "<p>kept</p></main></div><h1>Not the page</h1>",
    "<template><p>kept</p></template>kept<noscript><p title=\"</noscript><img src=x onerror='1'>\">",
    '<table background="https://remote.example/a.png"><td>kept</table>',
    f'<details open ontoggle="{HIT}"><summary>kept</summary></details>',
    f'kept<image href="x" onerror="{HIT}"><body onload="{HIT}">',
]


def test_hostile_html_runs_nothing_fetches_nothing_and_stays_in_its_place(tmp_path: Path, chromium: Page):
    made = Made(new_notebook(cells=[bundle(text_html=html) for html in HOSTILE]), tmp_path)
    file = tmp_path / "hostile.html"
    file.write_text(made.page, encoding="utf-8")
    chromium.show(1000)
    chromium.open(file)
    found = chromium.run("""({
      hit: document.documentElement.dataset.hit ?? null,
      tags: [...document.querySelectorAll('main *')].map(each => each.localName),
      handlers: [...document.querySelectorAll('*')].flatMap(each => [...each.attributes])
        .filter(each => each.name.startsWith('on')).length,
      ids: [...document.querySelectorAll('[id]')].map(each => each.id),
      fixed: [...document.querySelectorAll('main *')]
        .filter(each => getComputedStyle(each).position === 'fixed').length,
      links: [...document.querySelectorAll('main a')].map(each => each.href),
      heading: document.querySelectorAll('h1').length,
    })""")
    assert found["hit"] is None and found["handlers"] == 0 and found["fixed"] == 0 and found["heading"] == 1
    forbidden = {
        "script",
        "iframe",
        "object",
        "embed",
        "form",
        "input",
        "button",
        "video",
        "style",
        "link",
        "base",
    }
    assert not forbidden & set(found["tags"])
    assert len(found["ids"]) == len(set(found["ids"])) and not any(
        link.startswith(("javascript", "data")) for link in found["links"]
    )
    assert chromium.requests == [] and chromium.complaints == []
    assert made.page.count("kept") >= len(HOSTILE) and made.text.count("kept") >= len(HOSTILE)


@pytest.mark.parametrize(
    "inside",
    [
        f"<script>{HIT}</script>", f'<g onload="{HIT}"/>', '<image href="https://remote.example/a.png"/>',
        '<use xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="https://remote.example/a.svg#b"/>',
        f'<a href="javascript:{HIT}"><text>x</text></a>', '<style>@import "https://remote.example/a.css";</style>',
        '<rect style="fill: url(https://remote.example/a.svg#b)"/>',
        '<foreignObject width="9" height="9"><iframe xmlns="http://www.w3.org/1999/xhtml" src="https://remote.example/"/></foreignObject>',
        f'<set attributeName="href" to="javascript:{HIT}"/>',
    ],
)  # fmt: skip
def test_drawings_lose_what_acts_and_what_is_outside(inside):
    clean = sanitise.svg(DRAWING.format(inside).encode()).decode()
    assert "remote.example" not in clean and HIT not in clean and "rect" in clean


def test_words_that_only_a_browser_draws_become_text_in_a_drawing(made):
    words = '<foreignObject x="0" y="0" width="200" height="40"><div xmlns="http://www.w3.org/1999/xhtml">label</div></foreignObject>'
    drawing = f'<svg xmlns="http://www.w3.org/2000/svg" width="300" height="60">{words}</svg>'
    assert "label" in made(bundle(image_svg=drawing)).text


def test_an_ordinary_drawing_is_not_touched():
    drawing = DRAWING.format('<defs><path id="a"/></defs><use href="#a"/><rect fill="url(#b)"/>').encode()
    assert sanitise.svg(drawing) is drawing


def trusted(html: str):
    cell = bundle(text_html=html)
    cell.metadata["tags"] = ["trusted"]
    return cell


def test_a_trusted_cell_runs_its_script_but_fetches_nothing(tmp_path: Path, chromium: Page):
    html = f'<p id="mine">on paper</p><script>{HIT}</script><img alt="" src="https://remote.example/a.png">'
    made = Made(
        new_notebook(cells=[trusted(html), bundle(text_html="<script>no()</script><p>b</p>")]), tmp_path
    )
    file = tmp_path / "trusted.html"
    file.write_text(made.page, encoding="utf-8")
    chromium.open(file)
    assert chromium.run("document.documentElement.dataset.hit") == "1"
    assert any("Content Security Policy" in said for said in chromium.complaints)
    assert "on paper" in made.text and made.page.count("<script>") == 1


def test_links_are_web_or_mail_and_tell_nothing_of_the_page(made):
    page = made("[a](https://a.example) [b](mailto:b@c.example) [c](ftp://c.example) [d](//d.example)").page
    main = page[page.index("<main") :]
    assert main.count("<a ") == 2 and main.count('rel="noopener noreferrer"') == 2


def test_markdown_cannot_carry_markup_of_a_typesetter(tmp_path):
    cells = ["`#panic()`{=typst} #panic() \\input{x}", "```{=html}\n<script>f()</script>\n```", "<?php x ?>"]
    made = Made(new_notebook(cells=[new_markdown_cell(text) for text in cells]), tmp_path)
    assert "#panic()" in made.text and "<script>" not in made.page
