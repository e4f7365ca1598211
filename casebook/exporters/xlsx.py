"""A workbook with live formulas (XLSX), from the case record of an executed notebook alone."""

from __future__ import annotations

from typing import Any

from nbconvert.exporters.exporter import Exporter
from nbformat import NotebookNode
from traitlets import Unicode, default

from casebook.exporters.record import read_record
from casebook.exporters.workbook.book import to_workbook

__all__ = ["XLSXExporter", "to_workbook"]


class XLSXExporter(Exporter):
    """nbconvert's way to the workbook; `jupyter nbconvert --to casebook-xlsx` takes it."""

    export_from_notebook = "casebook XLSX"
    output_mimetype = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    folder = Unicode("", help="Taken as by the other exporters; a workbook reads no file.").tag(config=True)

    @default("file_extension")
    def _file_extension_default(self) -> str:
        return ".xlsx"

    def from_notebook_node(
        self, nb: NotebookNode, resources: Any | None = None, **kw: Any
    ) -> tuple[Any, dict[str, Any]]:
        """The workbook's bytes, and nbconvert's resources. Raises ExportError if there is no record."""
        notebook, resources = super().from_notebook_node(nb, resources, **kw)
        return to_workbook(read_record(notebook)), resources
