"""What a cell of a notebook shows, as JupyterLab, the page and the PDF take it: a view, or prose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from casebook.record.types import Record
from casebook.views.components import Component, to_json
from casebook.views.html import to_html
from casebook.views.text import to_text

VIEW_MIME = "application/vnd.casebook.view+json"
RECORD_MIME = "application/vnd.casebook.record+json"


@dataclass(frozen=True)
class View:
    """One MIME bundle for JupyterLab, the page and the PDF. `record` travels with the summary."""

    component: Component
    record: Record | None = None

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        bundle: dict[str, Any] = {
            VIEW_MIME: to_json(self.component),
            "text/html": to_html(self.component, standalone=True),
            "text/plain": to_text(self.component),
        }
        return bundle if self.record is None else {**bundle, RECORD_MIME: self.record.to_json()}

    def __repr__(self) -> str:
        return to_text(self.component)


@dataclass(frozen=True)
class Prose:
    """Markdown that a cell shows; its headings count in the contents like those of a Markdown cell."""

    markdown: str

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/markdown": self.markdown, "text/plain": self.markdown}

    def __repr__(self) -> str:
        return self.markdown
