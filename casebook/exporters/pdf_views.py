"""Views and images as the data and the files that layout.typ reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from casebook.exporters.document import Document
from casebook.exporters.embeds import Flag, Picture, Trusted
from casebook.exporters.pdf_table_layout import table_spec
from casebook.exporters.pictures import PictureError, from_bundle
from casebook.views.components import (
    Callout,
    Chart,
    Component,
    Gap,
    Group,
    List,
    Paragraphs,
    Table,
    Tiles,
    to_json,
)

_SUFFIXES = {
    "image/svg+xml": "svg",
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/gif": "gif",
    "image/webp": "webp",
}

IMAGES = {f".{suffix}" for suffix in _SUFFIXES.values()}
"""Suffixes of the files that are not ours."""

Refused = Mapping[str, str]
"""Equations (by source) and images (by file name) that Typst can't set, with the reason."""


class TypstEmbeds:
    """Gathers the files of a document and describes its embeds."""

    def __init__(self, document: Document, pages: Mapping[str, float], refused: Refused) -> None:
        self.document = document
        self.pages = pages
        self.refused = refused
        self.files: dict[str, bytes] = {}
        """Content by name, complete once all embeds and the logo have been asked for."""

    def embed(self, number: int) -> dict[str, Any] | None:
        """What layout.typ needs to know of an embed; None if it can't be shown."""
        match self.document.embeds[number]:
            case Picture(data, media_type, alt, caption):
                file = self._file(f"image-{number}", data, media_type)
                return {"file": file, "alt": alt, "caption": caption} if file else None
            case Flag() | Trusted():  # set by the markup
                return {}
            case component:
                return self._component(component, f"view-{number}")

    def _file(self, stem: str, data: bytes, media_type: str) -> str | None:
        name = f"{stem}.{_SUFFIXES[media_type]}"
        if name in self.refused:
            return None
        self.files[name] = data
        return name

    def _component(self, component: Component, stem: str) -> dict[str, Any] | None:
        match component:
            case Table():
                return {"view": "table", "table": table_spec(component, self.pages)}
            case Chart(svg, alt, caption, note):
                file = self._file(stem, svg.encode(), "image/svg+xml")
                texts = {"alt": alt, "caption": caption, "note": note}
                return {"view": "chart", "file": file, **texts} if file else None
            case Callout(title, text, tone):
                long = len(text) > 1200
                return {"view": "callout", "tone": tone, "title": title, "text": text, "long": long}
            case Group(items):
                parts = [self._component(item, f"{stem}-{n}") for n, item in enumerate(items)]
                return {"view": "group", "items": [part for part in parts if part]}
            case Tiles() | Paragraphs() | List() | Gap():
                return to_json(component)

    def logo(self) -> str | None:
        """The file of the client's logo, if there is one that can be shown."""
        logo = self.document.client.logo
        if logo is None:
            return None
        try:
            return self._file("logo", *from_bundle(logo.data, logo.media_type))
        except PictureError:
            return None
