"""Pandoc's tree of a cell made safe: built anew from known nodes, so that nothing raw can slip through."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from .embeds import Embed, Flag, Picture, place
from .pandoc import HTML, Node, paragraph, read, text_of, words
from .pictures import PictureError, Pictures
from .record import Values
from .text import printable

EMPTY: list[Any] = ["", [], []]

_WRAPPERS = {
    "sub": "Subscript", "sup": "Superscript", "b": "Strong", "strong": "Strong", "i": "Emph", "em": "Emph",
    "u": "Underline", "ins": "Underline", "s": "Strikeout", "del": "Strikeout",
}  # fmt: skip
_HARMLESS = {
    *_WRAPPERS,
    "mark",
    "kbd",
    "small",
    "span",
    "a",
    "abbr",
    "cite",
    "q",
    "font",
    "big",
    "code",
    "wbr",
}
_READABLE = {
    *_HARMLESS, "p", "div", "center", "br", "hr", "img", "figure", "figcaption", "blockquote", "pre", "table",
    "caption", "thead", "tbody", "tfoot", "tr", "td", "th", "col", "colgroup", "ul", "ol", "li", "dl", "dt", "dd",
    "h1", "h2", "h3", "h4", "h5", "h6", "details", "summary", "section", "article", "header", "footer",
}  # fmt: skip
_TAG = re.compile(r"<(/?)([a-zA-Z][\w:-]*)")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_ATTRIBUTE = re.compile(r"""([\w-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")


@dataclass
class Context:
    """What the whole document shares while its cells are read, in their order."""

    values: Values
    """Answers for names that no engine has evaluated."""
    pictures: Pictures
    """Finds the bytes of images."""
    warn: Callable[[str], None]
    """Takes one sentence on what could not be shown."""
    embeds: list[Embed] = field(default_factory=list)
    """Everything that is not prose, in the document's order."""
    heading: str = ""
    """The nearest heading above."""


@dataclass
class Cell:
    """Where a text comes from."""

    number: int
    """Counted from 1 over all cells of the notebook."""
    attachments: Mapping[str, Any] = field(default_factory=dict)
    """Images kept in a Markdown cell."""
    expressions: Iterable[Any] | None = None
    """`user_expressions` of a Markdown cell; None where `{eval}` has no meaning."""
    alt: str = ""
    """The words given for its images."""


class Cleaner:
    """Builds the nodes of one cell anew."""

    def __init__(self, context: Context, cell: Cell, *, html: bool = False) -> None:
        self.context = context
        self.cell = cell
        self.depth = 0
        self.html = html
        """Whether the nodes come from an HTML reader, which leaves only scripts and styles raw."""

    def blocks(self, nodes: Iterable[Node]) -> list[Node]:
        """Clean a list of blocks; some vanish, some become several."""
        return [clean for node in nodes for clean in self._block(node)]

    def nested(self, nodes: Iterable[Node]) -> list[Node]:
        """The same inside another block, where a heading is no part of the outline."""
        self.depth += 1
        try:
            return self.blocks(nodes)
        finally:
            self.depth -= 1

    def _block(self, node: Node) -> list[Node]:
        kind, content = node["t"], node.get("c")
        match kind:
            case "Para" | "Plain":
                return self._paragraph(kind, content)
            case "Header":
                return self._header(content)
            case "CodeBlock":
                return [{"t": kind, "c": [EMPTY, printable(content[1])]}]
            case "RawBlock":
                return self._raw_block(content[1])
            case "HorizontalRule":
                return [node]
            case "BlockQuote":
                return [{"t": kind, "c": self.nested(content)}]
            case "BulletList":
                return [{"t": kind, "c": [self.nested(item) for item in content]}]
            case "OrderedList":
                return [{"t": kind, "c": [content[0], [self.nested(item) for item in content[1]]]}]
            case "DefinitionList":
                items = [[self.inlines(term), [self.nested(d) for d in texts]] for term, texts in content]
                return [{"t": kind, "c": items}]
            case "LineBlock":
                return [{"t": kind, "c": [self.inlines(line) for line in content]}]
            case "Table":
                return [self._table(content)]
            case "Div":
                return self.blocks(content[1])
            case "Figure":
                return self.blocks(content[2]) + self.blocks(content[1][1])
        return [paragraph(text_of(node))]

    def _paragraph(self, kind: str, content: list[Node]) -> list[Node]:
        if len(content) == 1 and content[0]["t"] == "Image":
            return [self._image(content[0]["c"], inline=False)]
        inlines = self.inlines(content)
        return [{"t": kind, "c": inlines}] if inlines else []

    def _header(self, content: list[Any]) -> list[Node]:
        inlines = [n for n in self.inlines(content[2]) if n["t"] != "Note"]
        inlines = [{"t": "Space"} if n["t"] in ("LineBreak", "SoftBreak") else n for n in inlines]
        text = text_of(inlines).strip()
        if not text:
            return [{"t": "Para", "c": inlines}] if inlines else []
        if self.depth:
            return [{"t": "Para", "c": [{"t": "Strong", "c": inlines}]}]
        self.context.heading = text
        return [{"t": "Header", "c": [content[0], EMPTY, inlines]}]

    def _raw_block(self, html: str) -> list[Node]:
        if self.html:
            return []
        html = _COMMENT.sub("", html).strip()
        if not html:
            return []
        tags = {name.lower() for _, name in _TAG.findall(html)}
        if tags <= _READABLE and not html.startswith(("<!", "<?")):
            return self.from_html(read([html], HTML)[0])
        return [paragraph(printable(html))]

    def from_html(self, nodes: list[Node]) -> list[Node]:
        """Clean what the HTML reader gave; a heading in it is not one of the document's."""
        cleaner = Cleaner(self.context, self.cell, html=True)
        cleaner.depth = 1
        return cleaner.blocks(nodes)

    def _table(self, content: list[Any]) -> Node:
        _, caption, columns, head, bodies, foot = content
        columns = [[align, {"t": "ColWidthDefault"}] for align, _ in columns]
        clean_bodies = [[EMPTY, b[1], self._rows(b[2]), self._rows(b[3])] for b in bodies]
        blocks = self.nested(caption[1])
        table = [EMPTY, [None, blocks], columns, [EMPTY, self._rows(head[1])]]
        return {"t": "Table", "c": [*table, clean_bodies, [EMPTY, self._rows(foot[1])]]}

    def _rows(self, rows: list[Any]) -> list[Any]:
        return [
            [EMPTY, [[EMPTY, align, high, wide, self.nested(text)] for _, align, high, wide, text in cells]]
            for _, cells in rows
        ]

    def inlines(self, nodes: list[Node]) -> list[Node]:
        """Clean a list of inline nodes."""
        out: list[Node] = []
        open_tags: list[tuple[str, int]] = []
        skip = False
        for node, following in zip(nodes, [*nodes[1:], None], strict=True):
            if skip:
                skip = False
            elif self._is_eval(node, following):
                assert following is not None
                out += words(printable(node["c"][: -len("{eval}")]))
                out += self._value(following["c"][1])
                skip = True
            elif node["t"] == "RawInline":
                if not self.html:
                    self._raw_inline(node["c"][1], out, open_tags)
            else:
                out += self._inline(node)
        return out

    def _is_eval(self, node: Node, following: Node | None) -> bool:
        if self.cell.expressions is None or following is None or node["t"] != "Str":
            return False
        return bool(node["c"].endswith("{eval}") and following["t"] == "Code")

    def _raw_inline(self, html: str, out: list[Node], open_tags: list[tuple[str, int]]) -> None:
        """Deal with one tag; a wrapper's closing tag wraps what was put out since its opening tag."""
        tag = _TAG.match(html)
        name = tag[2].lower() if tag else ""
        if html.startswith("<!--"):
            return
        if name == "br":
            out.append({"t": "LineBreak"})
        elif name == "img":
            given = {key.lower(): a or b or c for key, a, b, c in _ATTRIBUTE.findall(html)}
            alt = words(given.get("alt", ""))
            out.append(self._image([EMPTY, alt, [given.get("src", ""), given.get("title", "")]], inline=True))
        elif name not in _HARMLESS:
            out += words(printable(html))
        elif name in _WRAPPERS and tag and not tag[1]:
            open_tags.append((name, len(out)))
        elif name in _WRAPPERS and any(name == opened for opened, _ in open_tags):
            while open_tags:
                opened, start = open_tags.pop()
                if opened == name:
                    out[start:] = [{"t": _WRAPPERS[name], "c": out[start:]}]
                    break

    def _inline(self, node: Node) -> list[Node]:
        kind, content = node["t"], node.get("c")
        match kind:
            case "Str":
                return [{"t": kind, "c": text}] if (text := printable(content)) else []
            case "Space" | "SoftBreak" | "LineBreak":
                return [{"t": kind}]
            case "Code":
                return [{"t": kind, "c": [EMPTY, printable(content[1])]}]
            case "Math":
                return [{"t": kind, "c": [content[0], printable(content[1])]}] if content[1].strip() else []
            case "Emph" | "Strong" | "Underline" | "Strikeout" | "Superscript" | "Subscript" | "SmallCaps":
                return [{"t": kind, "c": self.inlines(content)}]
            case "Quoted":
                return [{"t": kind, "c": [content[0], self.inlines(content[1])]}]
            case "Cite" | "Span":
                return self.inlines(content[1])
            case "Link":
                return self._link(content)
            case "Image":
                return [self._image(content, inline=True)]
            case "Note":
                return [{"t": kind, "c": self.nested(content)}]
        return words(text_of(node))

    def _link(self, content: list[Any]) -> list[Node]:
        inlines, target = self.inlines(content[1]), printable(content[2][0]).strip()
        inlines = [n for n in inlines if n["t"] != "Note"] or words(target)
        if not is_safe_link(target):
            return inlines
        return [{"t": "Link", "c": [EMPTY, inlines, [target, ""]]}]

    def _image(self, content: list[Any], *, inline: bool) -> Node:
        target, title = content[2][0], printable(content[2][1])
        alt = (
            printable(text_of(content[1])).strip()
            or self.cell.alt
            or title
            or self.context.heading
            or "Image"
        )
        try:
            data, media_type = self.context.pictures.find(target, self.cell.attachments)
        except PictureError as error:
            shown = printable(target if len(target) <= 120 else target[:119] + "…")
            flag = self.flag(f"Image not shown: {shown}", because=str(error))
            return flag if inline else {"t": "Para", "c": [flag]}
        picture = Picture(data, media_type, alt, "" if inline else title, inline)
        return place(self.context.embeds, picture, inline=inline)

    def flag(self, text: str, *, because: str = "") -> Node:
        """A remark in the document, and a warning to whoever makes it."""
        self.context.warn(f"cell {self.cell.number}: {text}" + (f" ({because})" if because else ""))
        return place(self.context.embeds, Flag(text), inline=True)

    def _value(self, code: str) -> list[Node]:
        expression = code.strip()
        text = self._evaluated(expression)
        if text is None:
            text = self.context.values.get(expression)
        if text is None:
            self.context.warn(f"cell {self.cell.number}: {expression} has no value")
            remark = Flag(f"cell {self.cell.number}: {printable(expression)} has no value")
            return [place(self.context.embeds, remark, inline=True)]
        return words(printable(text))

    def _evaluated(self, expression: str) -> str | None:
        """What an engine stored for it; None if no engine did, or if it failed there."""
        for entry in self.cell.expressions or ():
            if not isinstance(entry, Mapping) or str(entry.get("expression", "")).strip() != expression:
                continue
            result = entry.get("result") or {}
            text = result.get("data", {}).get("text/plain") if result.get("status") == "ok" else None
            if text is None:
                return None
            return self._without_quotes("".join(text), expression)
        return None

    def _without_quotes(self, text: str, expression: str) -> str:
        """jupyterlab-myst stores a string as Python shows it, in quotes; a name may have quotes of its own."""
        if text[:1] not in ("'", '"') or self.context.values.get(expression) == text:
            return text
        try:
            inner = ast.literal_eval(text)
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            return text
        return inner if isinstance(inner, str) and repr(inner) == text else text


def is_safe_link(target: str) -> bool:
    """Whether a link may stay one: to the web, to a mail address, or to a place in the document.

    >>> [is_safe_link(t) for t in ("https://a.example/b", "#top", "javascript:alert(1)", "notes.txt")]
    [True, True, False, False]
    """
    if target.startswith("#"):
        return len(target) > 1
    try:
        parts = urlsplit(target)
    except ValueError:
        return False
    return parts.scheme.lower() == "mailto" or (
        parts.scheme.lower() in ("http", "https") and bool(parts.netloc)
    )
