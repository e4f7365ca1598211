"""Whatever an analyst writes comes out whole: each mark of the stress notebooks is found in both formats."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.exporters.browser import Page
from tests.exporters.conftest import Made
from tests.exporters.stress import notebooks, outputs
from tests.exporters.stress.notebooks import Stress

# Text that stands for what is seen: closed details are there for those who open them.
SEEN = """(() => {
  document.querySelectorAll('details').forEach(each => { each.open = true })
  const images = [...document.querySelectorAll('main img')]
  return {
    text: document.querySelector('main').innerText,
    images: images.filter(each => each.naturalWidth > 0 && each.width > 0).map(each => each.alt),
  }
})()"""


class Stressed(Made):
    """Both formats, and the files they were written to."""

    def __init__(self, stress: Stress, folder: Path) -> None:
        super().__init__(stress.notebook, folder)
        self.stress = stress
        self.pdf_file, self.page_file = folder / "stress.pdf", folder / "stress.html"
        self.pdf_file.write_bytes(self.pdf)
        self.page_file.write_text(self.page, encoding="utf-8")

    def paper(self) -> str:
        """The text of the PDF as a reader copies it, without spaces."""
        done = subprocess.run(["pdftotext", self.pdf_file, "-"], capture_output=True, check=True)
        return "".join(done.stdout.decode().split())

    def alts(self) -> Iterator[str]:
        """The words of every image in the structure of the PDF."""
        yield from _alts(self.reader.trailer["/Root"]["/StructTreeRoot"])


def _alts(element: Any) -> Iterator[str]:
    for kid in _kids(element):
        if kid.get("/S") == "/Figure" and "/Alt" in kid:
            yield str(kid["/Alt"])
        yield from _alts(kid)


def _kids(element: Any) -> list[Any]:
    kids = element.get("/K", [])
    found = [kid.get_object() for kid in (kids if isinstance(kids, list) else [kids])]
    return [kid for kid in found if isinstance(kid, dict)]


MAKERS: dict[str, Callable[..., Stress]] = {
    "written": notebooks.written,
    "shown": lambda folder: notebooks.shown(),
    "tabled": lambda folder: notebooks.tabled(),
}


@pytest.fixture(
    scope="module",
    params=["written", *(pytest.param(name, marks=pytest.mark.slow) for name in ("shown", "tabled"))],
)
def stressed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Stressed:
    """Each stress notebook in both formats."""
    folder = tmp_path_factory.mktemp("stress")
    return Stressed(MAKERS[request.param](folder), folder)


def lost(marks: tuple[str, ...], text: str) -> list[str]:
    # What runs from right to left by an override is copied in the order in which it is seen.
    return [mark for mark in marks if mark not in text and mark[::-1] not in text]


def test_every_text_is_in_the_pdf(stressed):
    assert len(stressed.stress.texts) > 20
    assert lost(stressed.stress.texts, stressed.paper()) == []


def test_every_image_is_in_the_pdf(stressed):
    alts = list(stressed.alts())
    assert [mark for mark in stressed.stress.images if not any(mark in alt for alt in alts)] == []


def test_everything_is_in_the_page_and_nothing_is_fetched(stressed, chromium: Page):
    chromium.show(1000)
    chromium.open(stressed.page_file)
    seen = chromium.run(SEEN)
    assert lost(stressed.stress.texts, "".join(seen["text"].split())) == []
    assert [mark for mark in stressed.stress.images if not any(mark in alt for alt in seen["images"])] == []
    assert chromium.requests == [] and chromium.complaints == []


def test_no_page_of_a_stress_notebook_is_blank(stressed):
    assert all(stressed.pages)


def test_what_cannot_be_shown_leaves_a_remark_in_its_place_and_a_warning(tmp_path):
    stress = notebooks.run(outputs.TEXTS[:1], list(outputs.REFUSED.values()))
    stressed = Stressed(stress, tmp_path)
    remarks = re.findall(r'<span class="flag">\[(.*?)\]</span>', stressed.page)
    assert len(remarks) == len(outputs.REFUSED)
    for number, (kind, remark) in enumerate(zip(outputs.REFUSED, remarks, strict=True), start=2):
        assert any(f"cell {number}: " in warning for warning in stressed.warnings), kind
        assert "".join(remark.replace("&lt;", "<").replace("&gt;", ">").split()) in stressed.paper()
    assert all(name in stressed.text for name in ("application/pdf", "video/mp4", "https://a.example/"))


def test_empty_outputs_leave_nothing(tmp_path):
    stressed = Stressed(notebooks.run(outputs.TEXTS[:1], outputs.EMPTY), tmp_path)
    assert not stressed.document.blocks or [node["c"][1] for node in stressed.document.blocks] == ["''"]
    assert stressed.warnings == []
