"""What a page means: its structure in the roles of the PDF, links that lead out, data of the live panel."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

from tests.golden import document, record
from tests.golden.document import Node
from tests.golden.transcript import Entry

_ROLES = {
    **{"h1": "Title", **{f"h{level}": f"H{level - 1}" for level in range(2, 7)}, "nav": "TOC"},
    **{"p": "P", "dt": "P", "dd": "P", "label": "P", "button": "P", "li": "LI", "img": "Figure"},
    **{"table": "Table", "tr": "TR", "td": "TD", "th": "TH", "caption": "Caption", "figcaption": "Caption"},
    "thead": "THead",
    **{"em": "Em", "strong": "Strong", "code": "Code", "a": "Link", "math": "Formula"},
    **dict.fromkeys(("span", "bdi", "sub", "sup"), "Span"),
}
_VOID = {"br", "img", "meta", "input", "col", "hr", "link", "wbr"}


class _Reader(HTMLParser):
    """Builds the tree; the contents are told by their number alone, styles and scripts not at all."""

    def __init__(self) -> None:
        super().__init__()
        self.root = Node("Document")
        self.open = [("", self.root)]
        self.links: list[tuple[str, str]] = []
        self.named: list[tuple[str, Node]] = []
        self.data = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        parent = self.open[-1][1]
        around = {tag for tag, _ in self.open}
        role = _ROLES.get(tag, "Div")
        if "nav" in around and tag == "a":
            role = "TOCI"
        elif "math" in around or tag == "br":
            role = "Span"
        if tag == "br" or (tag == "span" and parent.children and parent.children[-1].role == "Span"):
            parent.children.append(Node(text=" "))
        node = Node(role, alt=given.get("alt", ""))
        if tag == "annotation":  # the formula as it was written stands for its drawing
            node = self.open[-1][1]
        else:
            parent.children.append(node)
        if "href" in given and not given["href"].startswith("#"):
            self.links.append((tag, given["href"]))
        if re.fullmatch(r"h\d", tag) and "id" in given:
            self.named.append((given["id"], node))
        if tag not in _VOID:
            self.open.append(("data" if given.get("id") == "cb-live-data" else tag, node))

    def handle_endtag(self, tag: str) -> None:
        if tag not in _VOID:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        tag, node = self.open[-1]
        if tag == "data":
            self.data += data
        elif tag == "annotation":
            math = next(node for tag, node in reversed(self.open) if tag == "math")
            math.alt = data
        elif tag not in ("style", "script", "title"):
            node.children.append(Node(text=re.sub(r"[ \t\r\n]+", " ", data)))


def entries(path: Path) -> list[Entry]:
    """The entries of a page."""
    reader = _Reader()
    reader.feed(path.read_text("utf-8"))
    others = [(name, node.whole()) for name, node in reader.named if name != slug(node.whole())]
    return [
        *document.entries(reader.root),
        *(Entry("link", f"{tag} {address}") for tag, address in reader.links),
        *(Entry("anchor", f"{name} of {text}") for name, text in others),
        *record.entries(json.loads(reader.data or "{}"), "live"),
    ]


def slug(text: str) -> str:
    """The anchor that a heading gets from its text."""
    return re.sub(r"\W+", "-", re.sub("['’]", "", text.lower())).strip("-")
