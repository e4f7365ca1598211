"""Images: from the notebook or from beside it, described, and never fetched."""

from __future__ import annotations

import base64

import pytest
from nbformat.v4 import new_markdown_cell, new_notebook

from casebook.exporters import ExportWarning
from casebook.exporters.document import build
from tests.exporters.conftest import LOGO, bundle

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
URI = f"data:image/png;base64,{base64.b64encode(PNG).decode()}"


def pictures(*cells, folder=None):
    made = [new_markdown_cell(cell) if isinstance(cell, str) else cell for cell in cells]
    return build(new_notebook(cells=made), folders=[folder] if folder else []).embeds


def test_data_attachments_and_files_are_embedded(tmp_path):
    (tmp_path / "a b.svg").write_text(LOGO)
    attached = new_markdown_cell(
        "![c](attachment:x.png)", attachments={"x.png": {"image/png": URI.split(",")[1]}}
    )
    found = pictures(f"![a]({URI})", "![b](a%20b.svg)", attached, folder=tmp_path)
    assert [(picture.alt, picture.media_type) for picture in found] == [
        ("a", "image/png"),
        ("b", "image/svg+xml"),
        ("c", "image/png"),
    ]


@pytest.mark.parametrize(
    "target",
    ["https://a.example/b.png", "//a.example/b.png", "file:///etc/passwd", "/etc/passwd", "missing.png",
     "notes.txt", "data:text/html,x", "attachment:none", r"C:\x.png", "data:image/png;base64,%%"],
)  # fmt: skip
def test_anything_else_leaves_a_remark(target, tmp_path):
    (tmp_path / "notes.txt").write_text("no image")
    with pytest.warns(ExportWarning, match="cell 1: Image not shown"):
        found = pictures(f"![a](<{target}>)", folder=tmp_path)
    assert [embed.text for embed in found] == [f"Image not shown: {found[0].text.split(': ', 1)[1]}"]


def test_an_image_is_described_by_what_is_nearest():
    given = bundle(image_svg=LOGO)
    given.outputs[0].metadata = {"image/svg+xml": {"alt": "in the output"}}
    of_cell = bundle(image_svg=LOGO)
    of_cell.metadata["alt"] = "in the cell"
    captioned = bundle(image_svg=LOGO)
    captioned.metadata["caption"] = "a caption"
    found = pictures("# Heading", given, of_cell, captioned, bundle(image_svg=LOGO), f"![]({URI})")
    assert [picture.alt for picture in found] == [
        "in the output",
        "in the cell",
        "a caption",
        "Heading",
        "Heading",
    ]
