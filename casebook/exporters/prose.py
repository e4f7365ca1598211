"""Pandoc's tree of a cell made safe: built anew from known nodes, so that nothing raw can slip through."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from typing import Any

from casebook.exporters import sanitise, tags
from casebook.exporters.cell_style import parse_style
from casebook.exporters.embeds import Embed, Flag, Picture, place
from casebook.exporters.links import is_safe_link
from casebook.exporters.pandoc import HTML, Node, paragraph, read, text_of, words
from casebook.exporters.pictures import PictureError, Pictures
from casebook.exporters.prose_tables import aligned_headers
from casebook.exporters.record import Values, value_of
from casebook.exporters.text import printable

EMPTY: list[Any] = ["", [], []]

_DEEPEST = 12
"""Lists and quotes nested deeper lose their frame, not their text: typesetters give up at some depth."""


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
    points_inside: bool = False
    """Whether there is a link to a place in the document."""


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
        self.level = 0
        self.html = html
        """Whether the nodes come from an HTML reader, which leaves only scripts and styles raw."""

    def blocks(self, nodes: Iterable[Node]) -> list[Node]:
        """Clean a list of blocks; some vanish, some become several."""
        return [clean for node in nodes for clean in self._block(node)]

    def nested(self, nodes: Iterable[Node]) -> list[Node]:
        """The same inside another block, where a heading is not part of the outline."""
        self.depth += 1
        try:
            return self.blocks(nodes)
        finally:
            self.depth -= 1

    def _block(self, node: Node) -> list[Node]:
        kind: str = node["t"]
        content: Any = node.get("c")
        if self.depth > _DEEPEST and kind in ("BlockQuote", "BulletList", "OrderedList"):
            inner = [content] if kind == "BlockQuote" else content[1] if kind == "OrderedList" else content
            return [clean for item in inner for clean in self.nested(item)]
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
        html = tags.COMMENT.sub("", html).strip()
        if not html:
            return []
        if tags.STYLE_SHEETS.fullmatch(html):  # no content: it dresses the notebook for the screen
            self.context.warn(f"cell {self.cell.number}: a style sheet is left out")
            return []
        if tags.is_readable(html):
            # An author's <h2> is a heading like ##.
            return self.from_html(read([sanitise.html(html)], HTML)[0], depth=self.depth)
        return [paragraph(printable(html))]

    def from_html(self, nodes: list[Node], *, depth: int = 1) -> list[Node]:
        """Clean what the HTML reader gave; a heading in it is one of the document's at depth 0 alone."""
        cleaner = Cleaner(self.context, self.cell, html=True)
        cleaner.depth = depth
        return cleaner.blocks(nodes)

    def _table(self, content: list[Any]) -> Node:
        _, caption, columns, head, bodies, foot = content
        columns = [[align, {"t": "ColWidthDefault"}] for align, _ in columns]
        clean_bodies = [[EMPTY, b[1], self._rows(b[2]), self._rows(b[3])] for b in bodies]
        blocks = self.nested(caption[1])
        table = [EMPTY, [None, blocks], columns, [EMPTY, aligned_headers(self._rows(head[1]))]]
        return {"t": "Table", "c": [*table, clean_bodies, [EMPTY, self._rows(foot[1])]]}

    def _rows(self, rows: list[Any]) -> list[Any]:
        return [
            [EMPTY, [[_style_alone(row, own), *spans, self.nested(text)] for own, *spans, text in cells]]
            for row, cells in rows
        ]

    def inlines(self, nodes: list[Node]) -> list[Node]:
        """Clean a list of inline nodes."""
        self.level += 1
        try:
            return self._clean_inlines(nodes)
        finally:
            self.level -= 1

    def _clean_inlines(self, nodes: list[Node]) -> list[Node]:
        out: list[Node] = []
        open_tags: list[tuple[str, int]] = []
        skip = False
        for node, following in zip_longest(nodes, nodes[1:]):
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
        tag = tags.TAG.match(html)
        name = tag[2].lower() if tag else ""
        if html.startswith("<!--"):
            return
        if name == "br":
            out.append({"t": "LineBreak"})
        elif name == "img":
            given = {key.lower(): a or b or c for key, a, b, c in tags.ATTRIBUTE.findall(html)}
            alt = words(given.get("alt", ""))
            out.append(self._image([EMPTY, alt, [given.get("src", ""), given.get("title", "")]], inline=True))
        elif name not in tags.HARMLESS:
            out += words(printable(html))
        elif name in tags.WRAPPERS and tag and not tag[1]:
            open_tags.append((name, len(out)))
        elif name in tags.WRAPPERS and any(name == opened for opened, _ in open_tags):
            while open_tags:
                opened, start = open_tags.pop()
                if opened == name:
                    out[start:] = [{"t": tags.WRAPPERS[name], "c": out[start:]}]
                    break

    def _inline(self, node: Node) -> list[Node]:
        kind: str = node["t"]
        content: Any = node.get("c")
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
                inner = self.inlines(content)
                return inner if self.level > _DEEPEST else [{"t": kind, "c": inner}]
            case "Quoted":
                return [{"t": kind, "c": [content[0], self.inlines(content[1])]}]
            case "Span" if self.html and sanitise.UNSHOWN in content[0][1]:
                return [self.flag(f"Not shown: {printable(text_of(content[1]))}")]
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
        self.context.points_inside |= target.startswith("#")
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
            label = text_of(content[1]).strip()
            flag = self.flag(
                f"Image not shown: {printable(label)} ({shown})" if label else f"Image not shown: {shown}",
                because=str(error),
            )
            return flag if inline else {"t": "Para", "c": [flag]}
        picture = Picture(data, media_type, alt, "" if inline else title, inline)
        return place(self.context.embeds, picture, inline=inline)

    def flag(self, text: str, *, because: str = "", cell: bool = True) -> Node:
        """A remark in the document, and a warning to whoever makes it, with the cell's number if `cell`."""
        where = f"cell {self.cell.number}: " if cell else ""
        self.context.warn(where + text + (f" ({because})" if because else ""))
        return place(self.context.embeds, Flag(text), inline=True)

    def _value(self, code: str) -> list[Node]:
        expression = code.strip()
        text = value_of(expression, self.cell.expressions or (), self.context.values)
        if text is not None:
            return words(printable(text))
        return [self.flag(f"cell {self.cell.number}: {printable(expression)} has no value", cell=False)]


def _style_alone(*attributes: Any) -> list[Any]:
    """The attributes of a cell, of which only the style stays; the last one given wins."""
    style = ";".join(value for _, _, pairs in attributes for key, value in pairs if key == "style")
    # How a cell stands, pandoc says apart from its style.
    return (
        ["", [], [["style", css]]] if style and (css := replace(parse_style(style), align="").css) else EMPTY
    )
