"""Which of an output's forms a document shows, and as what."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..views.render import to_text
from ..views.view import RECORD_MIME, VIEW_MIME
from .embeds import Picture, ViewEmbed, place
from .pandoc import HTML, MARKDOWN, Node
from .pictures import PictureError, from_bundle
from .prose import EMPTY, Cell, Cleaner
from .text import printable, printable_data, terminal_text

_IMAGES = ("image/svg+xml", "image/png", "image/jpeg", "image/gif", "image/webp")

# Beside these, a text form only says what the object is called; the thing itself needs a browser.
_INTERACTIVE = re.compile(r"application/(vnd\.|javascript|x-)")

_TEX = re.compile(
    r"\A\s*(?:\$\$(?P<a>.+?)\$\$|\$(?P<b>[^$]+)\$|\\\[(?P<c>.+?)\\\]|\\\((?P<d>.+?)\\\)"
    r"|(?P<e>\\begin\{(?:equation|align|gather|multline|eqnarray)\*?\}.+))\s*\Z",
    re.DOTALL,
)


@dataclass(frozen=True)
class Text:
    """A text that pandoc has to read; all of a notebook's are read together."""

    source: str
    """The format, as pandoc names it."""
    text: str
    """What is to be read."""


Form = Callable[[Cleaner, list[Node]], list[Node]]
"""Makes the blocks of one form from what pandoc read (nothing where there is no Text); empty if it can't."""


def forms(output: Mapping[str, Any], cell: Mapping[str, Any]) -> Iterator[tuple[Text | None, Form]]:
    """The ways to show an output, best first; the first one that gives any block is taken."""
    kind = output.get("output_type")
    if kind == "stream":
        yield None, _preformatted("".join(output.get("text", "")))
    elif kind == "error":
        yield None, _failure(output)
    elif kind in ("display_data", "execute_result"):
        yield from _bundle_forms(output, cell)


def _bundle_forms(output: Mapping[str, Any], cell: Mapping[str, Any]) -> Iterator[tuple[Text | None, Form]]:
    data = output.get("data", {})
    if VIEW_MIME in data:
        yield None, _view(data[VIEW_MIME])
    elif RECORD_MIME in data:
        # The record is for exporters; what a notebook shows of it stands in views.
        yield None, lambda cleaner, read: [{"t": "Null"}]
        return
    if "text/html" in data:
        yield Text(HTML, "".join(data["text/html"])), lambda cleaner, read: cleaner.from_html(read)
    if "text/markdown" in data:
        yield Text(MARKDOWN, "".join(data["text/markdown"])), lambda cleaner, read: cleaner.nested(read)
    if tex := _TEX.match("".join(data.get("text/latex", ""))):
        yield None, _equation(next(group for group in tex.groups() if group))
    for media_type in _IMAGES:
        if media_type in data:
            yield None, _picture(data[media_type], media_type, _alt(output, cell, media_type), _caption(cell))
    others = [mime for mime in data if _INTERACTIVE.match(mime) and mime not in (VIEW_MIME, RECORD_MIME)]
    if "text/plain" in data and not others and "text/html" not in data:
        yield None, _preformatted("".join(data["text/plain"]))
    names = ", ".join(sorted(printable(mime) for mime in data if mime != "text/plain")) or "nothing"
    yield None, _hidden(names)


def _hidden(names: str) -> Form:
    def form(cleaner: Cleaner, read: list[Node]) -> list[Node]:
        remark = f"Output of cell {cleaner.cell.number} not shown: it has only {names}"
        return [{"t": "Para", "c": [cleaner.flag(remark)]}]

    return form


def _preformatted(text: str) -> Form:
    def form(cleaner: Cleaner, read: list[Node]) -> list[Node]:
        shown = terminal_text(text)
        return [{"t": "CodeBlock", "c": [EMPTY, shown]}] if shown.strip() else [{"t": "Null"}]

    return form


def _failure(output: Mapping[str, Any]) -> Form:
    def form(cleaner: Cleaner, read: list[Node]) -> list[Node]:
        said = terminal_text(f"{output.get('ename', 'Error')}: {output.get('evalue', '')}").strip(": ")
        cleaner.context.warn(f"cell {cleaner.cell.number} failed: {said}")
        title = f"Cell {cleaner.cell.number} failed."
        view = {"view": "callout", "tone": "warning", "title": title, "text": said}
        return [place(cleaner.context.embeds, ViewEmbed(view))]

    return form


def _view(data: Any) -> Form:
    def form(cleaner: Cleaner, read: list[Node]) -> list[Node]:
        try:
            view = json.loads("".join(data)) if isinstance(data, (str, list)) else data
            view = printable_data(dict(view))
            to_text(view)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            cleaner.context.warn(
                f"cell {cleaner.cell.number}: a view can't be read; its other forms are used"
            )
            return []
        shown = _without_empty(_without_echo(view, cleaner.context.heading))
        return [place(cleaner.context.embeds, ViewEmbed(shown))] if shown else [{"t": "Null"}]

    return form


def _without_echo(view: Mapping[str, Any], heading: str) -> Mapping[str, Any]:
    """The view without a caption that only repeats the heading above it."""
    caption = " ".join(str(view.get("caption") or "").split())
    return {**view, "caption": None} if caption and caption.casefold() == heading.casefold() else view


def _without_empty(view: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The view without parts that have nothing to show; None if it has nothing at all."""
    if view["view"] == "group":
        items = [shown for item in view["items"] if (shown := _without_empty(item))]
        return {**view, "items": items} if items else None
    key = {"tiles": "items", "table": "columns", "list": "items", "text": "paragraphs"}.get(view["view"])
    return view if key is None or view[key] else None


def _equation(tex: str) -> Form:
    def form(cleaner: Cleaner, read: list[Node]) -> list[Node]:
        source = printable(tex).strip().removeprefix(r"\displaystyle").strip()
        if not source:
            return []
        return [{"t": "Para", "c": [{"t": "Math", "c": [{"t": "DisplayMath"}, source]}]}]

    return form


def _picture(data: Any, media_type: str, alt: str, caption: str) -> Form:
    def form(cleaner: Cleaner, read: list[Node]) -> list[Node]:
        words = alt or caption or cleaner.context.heading or "Figure"
        try:
            content, actual = from_bundle(data, media_type)
        except PictureError as error:
            cleaner.context.warn(f"cell {cleaner.cell.number}: {media_type} can't be shown ({error})")
            return []
        return [place(cleaner.context.embeds, Picture(content, actual, words, caption))]

    return form


def _alt(output: Mapping[str, Any], cell: Mapping[str, Any], media_type: str) -> str:
    metadata = output.get("metadata", {})
    own = metadata.get(media_type, {})
    given = own.get("alt") if isinstance(own, Mapping) else None
    return printable(str(given or metadata.get("alt") or cell.get("metadata", {}).get("alt") or "")).strip()


def _caption(cell: Mapping[str, Any]) -> str:
    return printable(str(cell.get("metadata", {}).get("caption") or "")).strip()


def cell_of(cell: Mapping[str, Any], number: int) -> Cell:
    """What the cleaner needs to know of a cell."""
    metadata = cell.get("metadata", {})
    prose = cell.get("cell_type") == "markdown"
    return Cell(
        number,
        cell.get("attachments") or {},
        (metadata.get("user_expressions") or []) if prose else None,
        printable(str(metadata.get("alt") or "")).strip(),
    )
