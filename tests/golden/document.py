"""What a document means, page or PDF: one walk over a tree in the roles of tagged PDF (H1, P, Table, TR …).

Where something stands on paper and how it looks is left out; of a list of contents, what it lacks.
Whether tables and figures are numbered in their order is told once, so that one more doesn't move all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby

from tests.golden.transcript import Entry, entry

_INLINE = {
    "",
    "Span",
    "Em",
    "Strong",
    "Code",
    "Link",
    "Reference",
    "Lbl",
    "LBody",
    "Formula",
    "Sub",
    "NonStruct",
}
_KINDS = {"P": "text", "LI": "item", "Caption": "caption", "Title": "title", "Figure": "chart"}
_COUNTED = re.compile(r"^(\S+)\s(\d+)\.\s")


@dataclass
class Node:
    """A structure element, or with no role a piece of text."""

    role: str = ""
    text: str = ""
    alt: str = ""
    children: list[Node] = field(default_factory=list)

    def whole(self) -> str:
        """All text in it; of what is drawn or computed, the text that stands for it."""
        return self.alt or self.text + "".join(child.whole() for child in self.children)

    def all(self, *roles: str) -> Iterator[Node]:
        """What has one of the roles, in order, itself included."""
        if self.role in roles:
            yield self
        for child in self.children:
            yield from child.all(*roles)

    @property
    def inline(self) -> bool:
        """Whether it is part of a line of text."""
        return self.role in _INLINE and all(child.inline for child in self.children)


def _caption(node: Node, kind: str) -> Entry:
    return entry(kind, _COUNTED.sub("", node.whole().strip()))


def _blocks(node: Node) -> Iterator[Entry]:
    """Give what a node holds: text that runs on is one entry."""
    if node.role == "TOC":
        yield entry("contents", node.whole())
    elif node.role == "Table":
        yield from (_caption(each, "table") for each in node.all("Caption"))
        heads = [row for head in node.all("THead") for row in head.all("TR")]
        for row in node.all("TR"):
            cells = [entry("", cell.whole()) for cell in row.children if cell.role in ("TD", "TH")]
            figures = tuple(figure for cell in cells for figure in cell.figures)
            words = " | ".join(cell.words for cell in cells).rstrip(" |")
            yield Entry("head" if any(row is head for head in heads) else "row", words, figures)
    elif re.fullmatch(r"H\d", node.role):
        yield entry(f"heading {node.role[1]}", node.whole())
    elif node.role == "Caption":
        yield _caption(node, "figure")
    elif node.role == "Figure":
        yield entry("chart", node.alt)
    elif node.inline or all(child.inline for child in node.children):
        if text := node.whole().strip():
            yield entry(_KINDS.get(node.role, "text"), text)
    else:
        for inline, run in groupby(node.children, lambda child: child.inline):
            children = list(run)
            for each in [Node("P", children=children)] if inline else children:
                yield from _blocks(each)


def entries(root: Node) -> Iterator[Entry]:
    """Give the entries of a document, and last how its captions are numbered."""
    found = list(_blocks(root))
    for each in found:
        if each.kind == "contents":  # of the headings or of the captions: those that it lacks
            lists = [
                [other for other in found if other.kind in kinds]
                for kinds in (("heading 1", "heading 2"), ("table", "figure"))
            ]
            lacks = min(
                ([h.filled() for h in one if h.filled() not in each.filled()] for one in lists), key=len
            )
            yield entry(each.kind, f"lacks {'; '.join(lacks)}" if lacks else "complete")
        else:
            yield each
    captions = [each.whole().strip() for each in root.all("Caption")]
    numbered = [match.groups() for caption in captions if (match := _COUNTED.match(caption))]
    for word in sorted({word for word, _ in numbered}):
        numbers = [int(number) for each, number in numbered if each == word]
        in_order = numbers == [*range(1, len(numbers) + 1)]
        yield Entry("captions", f"{word} 1 to n" if in_order else f"{word} {', '.join(map(str, numbers))}")
