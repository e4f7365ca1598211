"""What the exporters have in common: where a notebook's files are, and nbconvert's ways."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nbconvert.exporters.exporter import Exporter
from nbformat import NotebookNode
from traitlets import Unicode

from casebook.exporters.document import Document, build


class DocumentExporter(Exporter):
    """An nbconvert exporter that sets a Document."""

    folder = Unicode("", help="Folder that paths in the case start from; empty: the notebook's own.").tag(
        config=True
    )

    def from_notebook_node(
        self, nb: NotebookNode, resources: Any | None = None, **kw: Any
    ) -> tuple[Any, dict[str, Any]]:
        """The document, and nbconvert's resources. Raises ExportError if it can't be set."""
        notebook, resources = super().from_notebook_node(nb, resources, **kw)
        metadata = resources.get("metadata", {})
        folders = self._folders(metadata)
        document = build(notebook, folders=folders, name=str(metadata.get("name") or ""))
        return self.render(document, folders), resources

    def render(self, document: Document, folders: list[Path]) -> str | bytes:
        """Set the document in this exporter's format."""
        raise NotImplementedError

    def _folders(self, metadata: Mapping[str, Any]) -> list[Path]:
        given = [self.folder, str(metadata.get("path") or "")]
        return [Path(path) for path in given if path] or [Path()]
