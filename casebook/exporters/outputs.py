"""Which of an output's forms a document shows, and as what."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from casebook.exporters import sanitise
from casebook.exporters.embeds import Picture, Trusted, place
from casebook.exporters.html_table_reader import read_table
from casebook.exporters.pandoc import HTML, MARKDOWN, Node
from casebook.exporters.pictures import PictureError, drawing, from_bundle
from casebook.exporters.prose import EMPTY, Cleaner
from casebook.exporters.text import printable, printable_data, terminal_text
from casebook.views.components import (
    Callout,
    Chart,
    Component,
    List,
    Paragraphs,
    Table,
    Tiles,
    from_json,
    transform,
)
from casebook.views.view import RECORD_MIME, VIEW_MIME

_IMAGES = ("image/svg+xml", "image/png", "image/jpeg", "image/gif", "image/webp")

_JSON = re.compile(r"application/(?:[\w.-]+\+)?json\Z")
"""Data for readers, too; a `vnd.` type is a program's own."""

# What Python writes where an object has no text of its own: it says no more than what the thing is called.
_NAME_ONLY = re.compile(r"<.*>|[\w.]+\([^()]*\)", re.DOTALL)

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


def forms(
    output: Mapping[str, Any], cell: Mapping[str, Any], *, trusted: bool = False
) -> Iterator[tuple[Text | None, Form]]:
    """The ways to show an output, best first; the first one that gives any block is taken.

    HTML of a cell that is `trusted` reaches the page as it is.
    """
    kind = output.get("output_type")
    if kind == "stream":
        yield None, _preformatted("".join(output.get("text", "")))
    elif kind == "error":
        yield None, _failure(output)
    elif kind in ("display_data", "execute_result"):
        yield from _bundle_forms(output, cell, trusted)


def _bundle_forms(
    output: Mapping[str, Any], cell: Mapping[str, Any], trusted: bool
) -> Iterator[tuple[Text | None, Form]]:
    data = output.get("data", {})
    if VIEW_MIME in data:
        yield None, _view(data[VIEW_MIME])
    elif RECORD_MIME in data:
        # The record is for exporters; what a notebook shows of it stands in views.
        yield None, lambda cleaner, read: [{"t": "Null"}]
        return
    yield from _html_forms(data, trusted)
    if "text/markdown" in data:
        yield Text(MARKDOWN, "".join(data["text/markdown"])), lambda cleaner, read: cleaner.blocks(read)
    if tex := _TEX.match("".join(data.get("text/latex", ""))):
        yield None, _equation(next(group for group in tex.groups() if group))
    for media_type in _IMAGES:
        if media_type in data:
            yield None, _picture(data[media_type], media_type, _alt(output, cell, media_type), _caption(cell))
    for media_type in data:
        if _JSON.match(media_type) and "/vnd." not in media_type:
            yield None, _json(data[media_type])
    plain = terminal_text("".join(data.get("text/plain", ""))).strip()
    if not plain or _NAME_ONLY.fullmatch(plain):
        yield None, _preformatted("".join(data.get("text/latex", "")), remark="LaTeX shown as its source")
    yield None, _text_instead(data, plain)


def _html_forms(data: Mapping[str, Any], trusted: bool) -> Iterator[tuple[Text | None, Form]]:
    """The HTML form, if there is something to be seen in it without its scripts."""
    given = "".join(data.get("text/html", ""))
    if not given.strip():
        return
    clean = sanitise.html(given)
    if trusted:
        yield Text(HTML, clean), _trusted(given)
    elif sanitise.needs_script(clean) and (sanitise.says_nothing(clean) or data.keys() & set(_IMAGES)):
        return
    table = read_table(clean)
    if table is not None:
        yield None, lambda cleaner, read: cleaner.from_html(table)
    else:
        yield Text(HTML, clean), lambda cleaner, read: cleaner.from_html(read)


def _trusted(html: str) -> Form:
    def form(cleaner: Cleaner, read: list[Node]) -> list[Node]:
        return [place(cleaner.context.embeds, Trusted(html, cleaner.from_html(read)))]

    return form


def _text_instead(data: Mapping[str, Any], shown: str) -> Form:
    """The plain text, with a remark on what it stands for."""
    blank = {mime for mime in data if mime.startswith("text/") and not "".join(data[mime]).strip()}
    names = ", ".join(sorted(map(printable, data.keys() - {"text/plain", "text/latex"} - blank)))

    def form(cleaner: Cleaner, read: list[Node]) -> list[Node]:
        if not names and data:
            # An empty form was shown on purpose; the name of its object says nothing.
            bare = not shown or (blank and _NAME_ONLY.fullmatch(shown))
            return [{"t": "Null"}] if bare else _preformatted(shown)(cleaner, read)
        remark = f"Output of cell {cleaner.cell.number} not shown: it has only {names or 'nothing'}"
        if not shown or _NAME_ONLY.fullmatch(shown):
            return [{"t": "Para", "c": [cleaner.flag(remark + (f", {shown}" if shown else ""))]}]
        flag = cleaner.flag(f"Output of cell {cleaner.cell.number} shown as text: it is {names}")
        return [{"t": "Para", "c": [flag]}, *_preformatted(shown)(cleaner, read)]

    return form


def _json(data: Any) -> Form:
    text = json.dumps(data, ensure_ascii=False, indent=2)
    return _preformatted(text)


def raw_forms(source: str, media_type: str) -> Iterator[tuple[Text | None, Form]]:
    """The ways to show a raw cell, which an author means for a format: none of ours takes it as it is."""
    if media_type == "text/html":
        yield from _html_forms({media_type: source}, trusted=False)
    elif media_type == "text/markdown":
        yield Text(MARKDOWN, printable(source)), lambda cleaner, read: cleaner.blocks(read)
    elif media_type == "text/latex" and (tex := _TEX.match(source)):
        yield None, _equation(next(group for group in tex.groups() if group))
    yield None, _preformatted(source)


def _preformatted(text: str, remark: str = "") -> Form:
    def form(cleaner: Cleaner, read: list[Node]) -> list[Node]:
        shown = terminal_text(text)
        if not shown.strip():
            return []
        before = [{"t": "Para", "c": [cleaner.flag(remark)]}] if remark else []
        return [*before, {"t": "CodeBlock", "c": [EMPTY, shown]}]

    return form


def _failure(output: Mapping[str, Any]) -> Form:
    def form(cleaner: Cleaner, read: list[Node]) -> list[Node]:
        message = terminal_text(f"{output.get('ename', 'Error')}: {output.get('evalue', '')}").strip(": ")
        cleaner.context.warn(f"cell {cleaner.cell.number} failed: {message}")
        title = f"Cell {cleaner.cell.number} failed."
        return [place(cleaner.context.embeds, Callout(title, message, "warning"))]

    return form


def _view(data: Any) -> Form:
    def form(cleaner: Cleaner, read: list[Node]) -> list[Node]:
        try:
            view = json.loads("".join(data)) if isinstance(data, (str, list)) else data
            component = transform(from_json(printable_data(view)), _with_harmless_drawing)
        except (ValueError, TypeError, RecursionError, PictureError) as error:
            why = f" ({error})" if isinstance(error, PictureError) else ""
            cleaner.context.warn(
                f"cell {cleaner.cell.number}: a view can't be read{why}; its other forms are used"
            )
            return []
        if component is not None:
            component = transform(_without_echo(component, cleaner.context.heading), _unless_empty)
        return [{"t": "Null"}] if component is None else [place(cleaner.context.embeds, component)]

    return form


def _with_harmless_drawing(component: Component) -> Component:
    """A chart with its drawing as one that does nothing. Raises PictureError where it is none."""
    if not isinstance(component, Chart):
        return component
    return replace(component, svg=drawing(component.svg.encode()).decode())


def _without_echo(component: Component, heading: str) -> Component:
    """The component without a caption that only repeats the heading above it."""
    if not isinstance(component, (Chart, Table)):
        return component
    caption = " ".join(component.caption.split())
    return replace(component, caption="") if caption.casefold() == heading.casefold() else component


def _unless_empty(component: Component) -> Component | None:
    """The component, if it has anything to show."""
    match component:
        case Tiles(items) | List(items) | Paragraphs(items) | Table(items):
            return component if items else None
    return component


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
