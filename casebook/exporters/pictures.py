"""Where an image's bytes come from: the notebook itself, or a file beside it; never from the network."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path, PurePosixPath, PureWindowsPath
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import unquote, unquote_to_bytes

from casebook.exporters import glyphs, sanitise
from casebook.schema.pictures import fault_of, media_type_of

_MOST_BYTES = 30_000_000


class PictureError(Exception):
    """An image can't be shown; the message says why."""


class Pictures:
    """Finds images by the target that a text gives."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self.folders = folders
        """Where files are looked for, in this order."""

    def find(self, target: str, attachments: Mapping[str, Any]) -> tuple[bytes, str]:
        """The bytes and the media type of the image at `target`. Raises PictureError."""
        scheme, _, rest = target.partition(":")
        if scheme == "data":
            return with_media_type(_data_uri(rest))
        if scheme == "attachment":
            bundle = attachments.get(unquote(rest)) or attachments.get(rest) or {}
            for media_type, data in bundle.items():
                if media_type.startswith("image/"):
                    return from_bundle(data, media_type)
            raise PictureError("the cell has no such attachment")
        if target.startswith("//") or (rest and len(scheme) > 1):
            raise PictureError("it is not in the notebook and would have to be fetched")
        return with_media_type(self._file(unquote(target.split("#")[0].split("?")[0])))

    def _file(self, name: str) -> bytes:
        if not name or "\0" in name:
            raise PictureError("no file is named")
        if PurePosixPath(name).is_absolute() or PureWindowsPath(name).anchor:
            raise PictureError("a path has to be relative to the notebook")
        for folder in self.folders:
            path = folder / name
            try:
                if path.is_file() and path.stat().st_size <= _MOST_BYTES:
                    return path.read_bytes()
            except (OSError, ValueError):
                continue
        raise PictureError("there is no such file beside the notebook")


def with_media_type(data: bytes) -> tuple[bytes, str]:
    """`data` with its media type. Raises PictureError if it is not an image that a document can show."""
    media_type = media_type_of(data)
    if media_type == "image/svg+xml":
        data = drawing(data)
    elif fault := fault_of(data):
        raise PictureError(fault)
    if refusal := _refusal(data):
        raise PictureError(refusal)
    assert media_type
    return data, media_type


def drawing(data: bytes) -> bytes:
    """A drawing (SVG) made harmless. Raises PictureError if it is none, or would take too long to draw."""
    if fault := fault_of(data):
        raise PictureError(fault)
    return sanitise.svg(data)


@lru_cache(maxsize=64)
def _refusal(data: bytes) -> str | None:
    """Why Typst can't set an image: what the PDF does not show the page does not carry either."""
    import typst

    with TemporaryDirectory(prefix="casebook-") as root:
        (Path(root) / "image").write_bytes(data)
        try:
            typst.compile(
                {"main": b'#image("image")'},  # type: ignore[type-var]  # as in pdf.py
                root=root,
                font_paths=glyphs.fonts(None).book,
                ignore_system_fonts=True,
                format="pdf",
            )
        except typst.TypstError as error:
            return error.message
    return None


def from_bundle(data: Any, media_type: str) -> tuple[bytes, str]:
    """The bytes of an image in a notebook's output: text for SVG, base64 for the rest."""
    text = "".join(data)
    if media_type == "image/svg+xml" and "<svg" in text:
        return with_media_type(text.encode("utf-8", "replace"))
    return with_media_type(_base64(text))


def _data_uri(rest: str) -> bytes:
    head, _, body = rest.partition(",")
    if head.lower().replace(" ", "").endswith(";base64"):
        return _base64(unquote(body))
    return unquote_to_bytes(body)


def _base64(text: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise PictureError("its data is damaged") from None
