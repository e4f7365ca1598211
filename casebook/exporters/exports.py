"""All formats of one report; what they share is made once: the document, and the workbook in the PDF.

The files are those that the exporters give one by one through nbconvert.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from casebook.exporters import glyphs, html, pandoc
from casebook.exporters.document import Document, build
from casebook.exporters.pdf import font_folder, to_pdf
from casebook.exporters.record import read_record
from casebook.exporters.workbook.book import to_workbook
from casebook.record.types import Record
from casebook.views.style import prepare as prepare_charts

NAME = "Notebook"
"""The title of a notebook that has no other, as nbconvert says it."""


def prepare() -> None:
    """Read what every report needs (fonts, style sheets), so that a process forked from this one finds it."""
    glyphs.fonts(None)
    pandoc.prepare()
    html.prepare()
    prepare_charts()


class Exports:
    """The files of an executed notebook, whose paths start from `folder`; raises ExportError."""

    def __init__(self, notebook: Mapping[str, Any], folder: Path) -> None:
        self._notebook, self._folders = notebook, [folder]

    def read_fonts(self) -> None:
        """Read the fonts of the document beforehand: a folder of them may take long, or be damaged."""
        folder = font_folder(self._document, self._folders)
        glyphs.fonts(str(folder) if folder else None)

    def file(self, name: str) -> bytes:
        """The file of a format, by its name in `publishing.formats`."""
        match name:
            case "html":
                return html.to_page(self._document).encode()
            case "xlsx":
                return self._workbook
            case "brief":
                document = self._document.first_section()
                return to_pdf(document, font_folder=font_folder(document, self._folders), brief=True)
        fonts = font_folder(self._document, self._folders)
        return to_pdf(self._document, font_folder=fonts, workbook=lambda: self._workbook)

    @cached_property
    def _document(self) -> Document:
        return build(self._notebook, folders=self._folders, name=NAME)

    @cached_property
    def record(self) -> Record:
        """The notebook's case record."""
        return read_record(self._notebook)

    @cached_property
    def _workbook(self) -> bytes:
        return to_workbook(self.record)
