"""What a board reads, as pages: each example's PDF is rendered and measured."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from pathlib import Path

import nbformat
import numpy as np
import pypdfium2
import pytest
import typst
from PIL import Image

from casebook.exporters.pdf import BriefExporter
from casebook.views.view import VIEW_MIME
from tests.conftest import EXAMPLES, ROOT
from tests.pictures import pages

# The running foot lies below this part of a page.
FOOT = 0.935


@dataclass(frozen=True)
class Printed:
    """A published report, its pages as grey levels from 0 to 255, and their lines of text."""

    record: dict
    folder: Path
    pictures: list[np.ndarray]
    texts: list[str]
    headings: set[str]
    chapters: set[str]

    def file(self, ending: str) -> Path:
        [found] = (path for path in self.folder.iterdir() if path.name.endswith(ending))
        return found


QUICK = ("airline-followed-up", "energy", "software")
"""A long one, one as it is written in Germany, and one with a drawn logo; the others are slow."""


def marks_of(name):
    return [pytest.mark.xdist_group(name), *([] if name in QUICK else [pytest.mark.slow])]


@pytest.fixture(scope="module", params=[pytest.param(name, marks=marks_of(name)) for name in EXAMPLES])
def printed(request, reports):
    folder = reports[request.param]
    [pdf] = (path for path in folder.glob("*.pdf") if ".brief" not in path.name)
    with pypdfium2.PdfDocument(pdf) as document:
        texts = [page.get_textpage().get_text_bounded().replace("\r\n", "\n") for page in document]
        contents = [(item.level, " ".join(item.get_title().split())) for item in document.get_toc()]
        headings = {title for _, title in contents}
        chapters = {title for level, title in contents if level == 0}
    pictures = [np.asarray(page.convert("L")) for page in pages(pdf, dots=60)]
    record = json.loads(pdf.with_suffix(".json").read_text(encoding="utf-8"))
    return Printed(record, folder, pictures, texts, headings, chapters)


def flat(text):
    return " ".join(text.split())


def test_page_1_stands_alone(printed):
    """What to decide, what it is worth, how far that may be off, what speaks against it."""
    text, result = flat(printed.texts[2]), printed.record["result"]
    assert text.count(flat(printed.record["decision"])) == 1
    assert "Net present value" in text and "Return on investment" in text and "Payback" in text
    assert "The strongest objection" in text
    assert "Table 1. " in text
    ranged = result["probability_of_loss"] is not None
    if not printed.record["follow_up"]:  # which leads with its outlook
        assert "Chance of loss" in text
        assert ("in nine of ten outcomes" in text) == ranged
    differs = result["risk_adjusted"]["net_present_value"] != result["net_present_value"]
    assert ("Risk-adjusted" in text) == differs
    assert f"1 / {len(printed.texts) - 2}" in text


def test_the_cover_says_for_whom_what_and_by_whom(printed):
    cover, document = flat(printed.texts[0]), printed.record["document"]
    for said in (printed.record["client"]["name"], printed.record["title"], printed.record["decision"]):
        assert flat(said) in cover
    assert document["author"] in cover and document["confidentiality"] in cover


def test_no_page_but_a_chapter_s_last_is_less_than_half_full(printed):
    """A chapter's last page is a third full: what comes next may be a table that stands on one page."""
    for number, picture in enumerate(printed.pictures[2:-1], start=1):
        body = picture[: int(len(picture) * FOOT)]
        lowest = np.flatnonzero(body.min(axis=1) < 200).max()
        ends_a_chapter = any(chapter in printed.texts[number + 2][:300] for chapter in printed.chapters)
        assert lowest > len(picture) / (3 if ends_a_chapter else 2), f"page {number}"


def test_no_heading_stands_at_the_foot_of_a_page(printed):
    assert len(printed.headings) > 8
    for number, text in enumerate(printed.texts[2:], start=1):
        lines = [flat(line) for line in text.split("\n") if line.strip()]
        at_the_foot = f"{number} / {len(printed.texts) - 2}"
        body = [
            line for line in lines if line != at_the_foot and line != printed.record["document"].get("date")
        ]
        assert body[-1] not in printed.headings, f"page {number}"


def test_nothing_is_cut_off_at_the_edges_of_a_page(printed):
    """Text and charts keep to the margins; the cover's ground alone runs to the edge."""
    for number, picture in enumerate(printed.pictures[1:], start=0):
        edge = round(picture.shape[1] * 0.07)
        assert picture[:, :edge].min() > 200 and picture[:, -edge:].min() > 200, f"page {number}"


def test_charts_are_not_clipped(printed):
    """Ink at the edge of a drawing is ink that goes on beyond it."""
    notebook = nbformat.read(printed.file(".ipynb"), as_version=4)
    outputs = (output for cell in notebook.cells for output in cell.get("outputs", []))
    views = [output.get("data", {}).get(VIEW_MIME, {}) for output in outputs]
    charts = [view["svg"] for view in views if view.get("view") == "chart"]
    assert charts
    for svg in charts:
        files = {
            "main": b'#set page(width: auto, height: auto, margin: 0pt)\n#image("c.svg")',
            "c.svg": svg.encode(),
        }
        drawn = np.asarray(Image.open(io.BytesIO(typst.compile(files, format="png", ppi=60))).convert("L"))
        for edge in (drawn[0], drawn[-1], drawn[:, 0], drawn[:, -1]):
            assert edge.min() > 200


@pytest.mark.filterwarnings("ignore:sections with nothing to show")
def test_the_brief_is_one_page_with_the_same_first_page(printed):
    content, _ = BriefExporter().from_filename(printed.file(".ipynb"))
    with pypdfium2.PdfDocument(content) as brief:
        assert len(brief) == 1
        text = flat(brief[0].get_textpage().get_text_bounded())
    assert flat(printed.record["decision"]) in text and "Figure 1." in text


def test_files_are_small_enough_to_send(printed):
    [pdf] = (path for path in printed.folder.glob("*.pdf") if ".brief" not in path.name)
    assert pdf.stat().st_size < 1_500_000
    assert printed.file(".html").stat().st_size < 1_000_000


def test_the_examples_show_what_a_client_may_ask_for():
    """Six clients or more, three types of case, several locales, both papers, with and without a logo."""
    from casebook.schema.reader import read_parameters

    read = [read_parameters(ROOT / "params" / f"{name}.yaml") for name in EXAMPLES]
    assert len({each.client.name for each in read}) >= 6
    assert len({each.template.name for each in read}) >= 3
    assert {each.locale for each in read} >= {"en_US", "en_GB", "en_DE", "en_FR"}
    assert {each.client.logo is None for each in read} == {True, False}
