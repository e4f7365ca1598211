"""Tagged PDF (PDF/UA-1, PDF/A-3a) by Typst: prose through pandoc, all else as data that layout.typ sets."""

from __future__ import annotations

import datetime as dt
import os
import re
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from traitlets import Unicode, default

from casebook.errors import ExportError, Problem
from casebook.exporters import ExportWarning
from casebook.exporters.attachments import attachments
from casebook.exporters.document import Document
from casebook.exporters.glyphs import Fonts, fonts
from casebook.exporters.notebook_exporter import DocumentExporter
from casebook.exporters.pandoc import write
from casebook.exporters.pdf_views import IMAGES
from casebook.exporters.typst_writer import Files, TypstWriter, equation_blocks

if TYPE_CHECKING:
    import typst

EPOCH = 946684800
"""Creation time where neither the case nor SOURCE_DATE_EPOCH gives one: the same bytes on every day."""


class PDFExporter(DocumentExporter):
    """nbconvert's way to the PDF; `jupyter nbconvert --to casebook-pdf` takes it."""

    export_from_notebook = "casebook PDF"
    output_mimetype = "application/pdf"
    brief = False
    fonts = Unicode("", help="Folder with further fonts; empty: as the case says.").tag(config=True)

    @default("file_extension")
    def _file_extension_default(self) -> str:
        return ".pdf"

    def render(self, document: Document, folders: list[Path]) -> bytes:
        """The PDF file's bytes. Raises ExportError if Typst refuses."""
        return to_pdf(document, font_folder=font_folder(document, folders, self.fonts), brief=self.brief)


class BriefExporter(PDFExporter):
    """The first section alone, on one page: for the person who reads one page."""

    export_from_notebook = "casebook brief"
    brief = True

    @default("file_extension")
    def _file_extension_default(self) -> str:
        return ".brief.pdf"

    def render(self, document: Document, folders: list[Path]) -> bytes:
        """The PDF file's bytes: one page, its content made smaller where that takes it."""
        return super().render(document.first_section(), folders)


def font_folder(document: Document, folders: Sequence[Path], given: str = "") -> Path | None:
    """The folder of further fonts that is given, or else named by the case, looked for in `folders`."""
    given = given or document.settings.fonts or ""
    if not given:
        return None
    candidates = [folder / given for folder in folders]
    return next((path for path in candidates if path.is_dir()), candidates[0])


def to_pdf(
    document: Document,
    *,
    font_folder: Path | None = None,
    brief: bool = False,
    workbook: Callable[[], bytes] | None = None,
) -> bytes:
    """Set `document`. An equation or an image that Typst refuses is shown as a remark; the rest stays.

    A brief one has neither cover nor contents, and is fitted to one page. `workbook` gives the one to attach,
    where there is one already.

    Raises ExportError with Typst's message if it refuses the rest, too.
    """
    import typst

    available = fonts(str(font_folder) if font_folder else None)
    attached = [] if brief else attachments(document.record, workbook)
    writer = TypstWriter(document, available, attached=attached, brief=brief)
    try:
        pdf = _typeset(writer, document)
    except typst.TypstError as error:
        refused = _refused_parts(writer)
        if not refused:
            raise ExportError(_message(error)) from error
        for part, reason in refused.items():
            warnings.warn(f"Typst can't set {part}: {reason}", ExportWarning, stacklevel=2)
        writer = TypstWriter(document, available, refused, attached=attached, brief=brief)
        try:
            pdf = _typeset(writer, document)
        except typst.TypstError as again:
            raise ExportError(_message(again)) from again
    if report := writer.glyphs.report():
        warnings.warn(report, ExportWarning, stacklevel=2)
    return pdf


def _typeset(writer: TypstWriter, document: Document) -> bytes:
    source, log = write(writer.body(), "typst")
    pdf = _compile(writer.inputs(source), writer.fonts, _timestamp(document))
    for tex in re.findall(r"Could not convert TeX math (.*), rendering as TeX", log):
        warnings.warn(f"mathematics shown as its source: {tex}", ExportWarning, stacklevel=3)
    return pdf


def _compile(files: Files, available: Fonts, timestamp: int) -> bytes:
    import typst

    texts = {name: data for name, data in files.items() if Path(name).suffix not in (*IMAGES, ".xlsx")}
    with TemporaryDirectory(prefix="casebook-") as root:
        # Files in memory have to be valid UTF-8; what is not among them is looked for under the root alone.
        for name in files.keys() - texts.keys():
            (Path(root) / name).write_bytes(files[name])
        pdf = typst.compile(
            texts,  # type: ignore[type-var]  # the stubs don't know that a project may be a mapping
            root=root,
            font_paths=available.book,
            ignore_system_fonts=True,
            format="pdf",
            pdf_standards=["ua-1", "a-3a"],
            timestamp=timestamp,
        )
    assert isinstance(pdf, bytes)
    return pdf


def _timestamp(document: Document) -> int:
    try:
        date = dt.date.fromisoformat(document.settings.date or "")
        return int(dt.datetime(date.year, date.month, date.day, tzinfo=dt.UTC).timestamp())
    except ValueError:
        pass
    try:
        return int(os.environ["SOURCE_DATE_EPOCH"])
    except (KeyError, ValueError):
        return EPOCH


def _refused_parts(writer: TypstWriter) -> Mapping[str, str]:
    """Which equations and images can't be set alone, and why."""
    import typst

    refused: dict[str, str] = {}
    start = '#set document(title: "part")\n#set text(lang: "en")\n'
    for name, data in writer.embeds.files.items():
        try:
            _compile({"main": f'{start}#image("{name}", alt: "x")'.encode(), name: data}, writer.fonts, EPOCH)
        except typst.TypstError as error:
            refused[name] = error.message
    for display, tex in dict.fromkeys(writer.equations):
        source, _ = write(equation_blocks([(display, tex)]), "typst")
        try:
            probe = f'{start}#set math.equation(alt: "x")\n{source}'
            _compile({"main": probe.encode()}, writer.fonts, EPOCH)
        except typst.TypstError as error:
            refused[tex] = error.message
    return refused


def _message(error: typst.TypstError) -> str:
    hint = "; ".join(error.hints) or "take out or change the part of the notebook that it names"
    return str(Problem("", f"Typst refused the document: {error.message}", hint))
