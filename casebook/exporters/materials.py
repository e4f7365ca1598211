"""Views and images as the data and the files that layout.typ reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from casebook.exporters.document import Document
from casebook.exporters.embeds import Picture, ViewEmbed
from casebook.exporters.pictures import PictureError, from_bundle
from casebook.exporters.tables import of_view

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


class Materials:
    """Gathers the files of a document and describes its embeds."""

    def __init__(self, document: Document, pages: Mapping[str, float], refused: Refused) -> None:
        self.document = document
        self.pages = pages
        self.refused = refused
        self.files: dict[str, bytes] = {}
        """Content by name, complete once all embeds and the logo have been asked for."""

    def embed(self, number: int) -> dict[str, Any] | None:
        """What layout.typ needs to know of an embed; None if it can't be shown."""
        embed = self.document.embeds[number]
        if isinstance(embed, Picture):
            file = self._file(f"image-{number}", embed.data, embed.media_type)
            return {"file": file, "alt": embed.alt, "caption": embed.caption} if file else None
        return self._view(embed.view, f"view-{number}") if isinstance(embed, ViewEmbed) else {}

    def _file(self, stem: str, data: bytes, media_type: str) -> str | None:
        name = f"{stem}.{_SUFFIXES[media_type]}"
        if name in self.refused:
            return None
        self.files[name] = data
        return name

    def _view(self, view: Mapping[str, Any], stem: str) -> dict[str, Any] | None:
        kind = view["view"]
        match kind:
            case "tiles":
                keys = ("label", "value", "basis")
                return {
                    "view": kind,
                    "items": [{k: str(it.get(k) or "") for k in keys} for it in view["items"]],
                }
            case "table":
                return {"view": kind, "table": of_view(view, self.pages)}
            case "chart":
                return self._chart(view, stem)
            case "callout" | "gap":
                text = str(view.get("text") or "")
                tone, title = str(view.get("tone") or "info"), str(view.get("title") or "")
                return {"view": kind, "tone": tone, "title": title, "text": text, "long": len(text) > 1200}
            case "text":
                return {"view": kind, "paragraphs": [str(text) for text in view["paragraphs"]]}
            case "list":
                items = [str(item) for item in view["items"]]
                return {"view": kind, "items": items, "ordered": bool(view.get("ordered"))}
        parts = [self._view(item, f"{stem}-{n}") for n, item in enumerate(view["items"])]
        return {"view": "group", "items": [part for part in parts if part]}

    def _chart(self, view: Mapping[str, Any], stem: str) -> dict[str, Any] | None:
        caption, note = str(view.get("caption") or ""), str(view.get("note") or "")
        alt = str(view.get("alt") or "") or caption or "Chart"
        file = self._file(stem, str(view["svg"]).encode(), "image/svg+xml")
        return {"view": "chart", "file": file, "alt": alt, "caption": caption, "note": note} if file else None

    def logo(self) -> str | None:
        """The file of the client's logo, if there is one that can be shown."""
        logo = self.document.client.logo
        if logo is None:
            return None
        try:
            return self._file("logo", *from_bundle(logo.data, logo.media_type))
        except PictureError:
            return None
