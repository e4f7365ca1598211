"""The page: one file, no address to fetch, nothing that runs."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from casebook.exporters.html import HTMLExporter
from casebook.views import colour
from tests.exporters.conftest import CALLOUT, GRAPH, TABLE, shown


class Tags(HTMLParser):
    """The tags of a page, with their attributes."""

    def __init__(self, page):
        super().__init__()
        self.found = []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, dict(attributes)))

    def named(self, name):
        return [attributes for tag, attributes in self.found if tag == name]


@pytest.fixture
def page(make_notebook, made):
    cells = (
        "## Costs\n\n$a^2$",
        shown(TABLE),
        "## Chart",
        shown(GRAPH),
        shown(CALLOUT),
        "| a | b |\n|--|--|\n| x | 1 |",
    )
    return made(make_notebook(*cells)).page


def test_nothing_is_fetched(page):
    tags = Tags(page)
    addresses = [
        value for _, given in tags.found for name, value in given.items() if name in ("src", "srcset", "data")
    ]
    assert addresses and all(address.startswith("data:") for address in addresses)
    assert not tags.named("link") and not tags.named("script")
    style = "".join(re.findall(r"<style>(.*?)</style>", page, re.DOTALL))
    assert all(url.startswith("data:font/woff2;base64,") for url in re.findall(r"url\((.*?)\)", style))
    assert "@import" not in style


def test_the_policy_forbids_everything_but_what_is_inside(page):
    policy = next(meta["content"] for meta in Tags(page).named("meta") if "http-equiv" in meta)
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:")


def test_the_page_has_language_title_and_landmarks(page):
    tags = Tags(page)
    assert tags.named("html") == [{"lang": "en-GB", "dir": "ltr"}]
    assert "<title>Example Air · Social customer care</title>" in page
    assert all(len(tags.named(name)) == 1 for name in ("header", "nav", "main", "footer", "h1"))
    assert tags.named("img")[0]["alt"] == "Logo of Example Air"


def test_the_contents_lead_to_the_headings(page):
    tags = Tags(page)
    anchors = {given["id"] for _, given in tags.found if "id" in given}
    links = [a["href"][1:] for a in tags.named("a") if a.get("href", "").startswith("#")]
    assert {"costs", "chart"} <= set(links) <= anchors


def test_code_is_nowhere(page):
    assert "secret" not in page and "'given'" not in page and "'default'" not in page


def test_mathematics_is_mathml(page):
    assert '<math display="inline"' in page


def test_tables_have_captions_and_header_cells(page):
    assert re.search(r"<caption>Table \d\. Costs and benefits by year</caption>", page)
    assert '<th scope="row">Loyal customers<br>spend more</th><td class="cb-right">1,084</td>' in page
    assert '<tr class="cb-heading"><th scope="rowgroup" colspan="3">Benefits</th></tr>' in page


def test_a_chart_is_an_image_with_words(page):
    assert '<img alt="A line that rises." src="data:image/svg+xml;base64,' in page


@pytest.mark.parametrize("given", ["#ffff00", "#fff", "#00ff00", None, "red;}</style>"])
def test_the_clients_colour_can_be_read(given, make_notebook, made):
    page = made(make_notebook(client={"name": "A", "colour": given})).page
    for name, paper in (("light", "#ffffff"), ("dark", "#10151f")):
        shade = re.search(rf"--accent-{name}:(#[0-9a-f]{{6}})", page)
        assert shade and colour.contrast(shade[1], paper) >= 4.5
    assert "red;}" not in page


def test_nbconvert_finds_its_file_extension(make_notebook):
    body, resources = HTMLExporter().from_notebook_node(make_notebook())
    assert body.startswith("<!DOCTYPE html>") and resources["output_extension"] == ".html"
