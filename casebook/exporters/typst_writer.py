"""A document as what Typst is given: markup for its structure, and data for every text in it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from casebook import i18n
from casebook.exporters.attachments import Attachment
from casebook.exporters.document import Document
from casebook.exporters.embeds import Flag, Picture, Trusted, embed_number
from casebook.exporters.glyphs import Fonts, Glyphs, assets
from casebook.exporters.pandoc import Node
from casebook.exporters.pdf_table_layout import Spec
from casebook.exporters.pdf_views import Refused, TypstEmbeds
from casebook.exporters.prose_tables import parts_of
from casebook.exporters.typst_lists import from_one, is_task
from casebook.views import colour

Files = dict[str, bytes]

# Margins as in layout.typ, in points.
_MILLIMETRE = 72 / 25.4
_SIDES, _ENDS = 2 * 21 * _MILLIMETRE, (27 + 23) * _MILLIMETRE
_PAPERS = {"a4": (595.28, 841.89), "us-letter": (612.0, 792.0)}
_LETTER = {"US", "CA", "MX", "CL", "CO", "CR", "DO", "GT", "NI", "PA", "PH", "PR", "SV", "VE"}
"""Territories that print on letter paper."""

_CALLED = (
    "casebook, horizontalrule, cb-anchor, cb-code, cb-code-block, cb-eq, cb-flag, cb-first-page, "
    "cb-from-one, cb-inline-picture, cb-keep, cb-landscape, cb-picture, cb-t, cb-table, cb-tasks, cb-view"
)

_INTRODUCED = (["RawBlock"], ["Table"], ["BulletList"], ["OrderedList"])
"""What a sentence under a heading leads to, so that the two don't stay behind at the end of a page."""

# A word that may not fit on a line; layout.typ looks for them only where there are any.
_LONG_WORD = re.compile(r"\S{30}")

# Words that mean nothing to Typst whatever stands around them; all other text goes through the data.
_INERT = re.compile(r"[^\W\d_]+[,;:!?]?\Z")


class TypstWriter:
    """Turns the document's nodes into Typst and gathers the data that they point to."""

    def __init__(
        self,
        document: Document,
        fonts: Fonts,
        refused: Refused | None = None,
        *,
        attached: Sequence[Attachment] = (),
        brief: bool = False,
    ) -> None:
        self.document = document
        self.brief = brief
        self.fonts = fonts
        self.refused = refused or {}
        self.glyphs = Glyphs(fonts)
        self.equations: list[tuple[bool, str]] = []
        self._strings: dict[str, int] = {}
        self._tables: list[Spec] = []
        self._labels = {heading.anchor: f"s{n}" for n, heading in enumerate(document.headings)}
        self.paper = _paper(document)
        width, height = _PAPERS[self.paper]
        self._pages = {"width": width - _SIDES, "turned_width": height - _SIDES, "height": height - _ENDS}
        self._narrow = {**self._pages, "turned_width": self._pages["width"]}
        self.embeds = TypstEmbeds(document, self._pages, self.refused)
        self.attachments = attached
        self._described = [self.embeds.embed(number) for number in range(len(document.embeds))]

    def body(self) -> list[Node]:
        """The document's blocks for pandoc's Typst writer, a turned page around what is too wide."""
        out: list[list[Node]] = []
        turned: list[bool] = []
        for number, node in enumerate(self.document.blocks):
            nodes, wide = self._top(node)
            leads = self._leads_in(number)
            out.append([_raw_block("#cb-keep["), *nodes, _raw_block("]")] if leads else nodes)
            turned.append(wide)
        for number in [n for n, wide in enumerate(turned) if wide]:
            start = self._led_in_from(number, turned)
            out[start] = [_raw_block("#cb-landscape["), *out[start]]
            out[number] = [*out[number], _raw_block("]")]
        end = self.document.first_section_end
        if 0 < end < len(out) and not any(turned[:end]):
            out[0] = [_raw_block("#cb-first-page["), *out[0]]
            out[end - 1] = [*out[end - 1], _raw_block("]")]
        return [node for nodes in out for node in nodes]

    def inputs(self, body: str) -> Files:
        """All files of the compilation; nothing else is there to be read."""
        main = f'#import "layout.typ": {_CALLED}\n#show: casebook\n{body}'
        layout = (assets() / "layout.typ").read_bytes()
        data = json.dumps(self._data()).encode()  # the logo joins the files here
        attached = {each.name: each.data for each in self.attachments}
        ours = {"main": main.encode(), "layout.typ": layout, "data.json": data}
        return {**ours, **self.embeds.files, **attached}

    def _top(self, node: Node) -> tuple[list[Node], bool]:
        if node["t"] == "Table":
            return self._table(node, self._pages)
        number = embed_number(node)
        nodes = self._walk([node])
        return nodes, number is not None and _is_turned(self._described[number])

    def _leads_in(self, number: int) -> bool:
        """Whether a paragraph introduces, under a heading, the table, chart or section that comes next."""
        around = self.document.blocks[max(number - 1, 0) : number + 2]
        kinds = [node["t"] for node in around]
        if kinds == ["Header", "Para", "Header"]:
            return bool(around[2]["c"][0] > around[0]["c"][0])
        return kinds[:2] == ["Header", "Para"] and kinds[2:] in _INTRODUCED

    def _led_in_from(self, number: int, turned: Sequence[bool]) -> int:
        """Where the turned page begins: its heading, and a paragraph between, come along."""
        blocks = self.document.blocks
        start = number - 1 if self._leads_in(number - 1) else number
        while start > 0 and blocks[start - 1]["t"] == "Header" and not turned[start - 1]:
            start -= 1
        return start

    def _walk(self, tree: Any) -> Any:
        if isinstance(tree, list):
            out: list[Any] = []
            for item in tree:
                new = self._walk(item)
                if isinstance(item, dict) and isinstance(new, list):
                    out += new
                else:
                    out.append(new)
            return out
        if not isinstance(tree, dict) or "t" not in tree:
            return tree
        if tree["t"] == "Table":
            return self._table(tree, self._narrow)[0]
        return self._change({**tree, "c": self._walk(tree["c"])} if "c" in tree else tree)

    def _change(self, node: Node) -> Node | list[Node]:
        kind: str = node["t"]
        content: Any = node.get("c")
        number = embed_number(node)
        if number is not None:
            return self._embed(number, kind)
        match kind:
            case "Str":
                text = self.glyphs.clean(content)
                if _INERT.match(text):
                    return {"t": kind, "c": text}
                return {**self._call("cb-t", text), "task": text in ("☐", "☒")}
            case "Code":
                return self._call("cb-code", content[1])
            case "CodeBlock":
                return _raw_block(f"#cb-code-block({self._string(content[1])})")
            case "Math":
                return self._equation(content)
            case "Header":
                return {"t": kind, "c": [content[0], [self._labels[content[1][0]], [], []], content[2]]}
            case "Link":
                return self._link(content)
            case "OrderedList" if content[0][0] != 1:
                return {"t": kind, "c": [content[0], [from_one(item) for item in content[1]]]}
            case "BulletList" if all(is_task(item) for item in content):
                return [_raw_block("#cb-tasks["), node, _raw_block("]")]
        return node

    def _call(self, function: str, text: str) -> Node:
        return _raw_inline(f"#{function}({self._string(text)});")

    def _string(self, text: str) -> int:
        return self._strings.setdefault(self.glyphs.clean(text), len(self._strings))

    def _embed(self, number: int, kind: str) -> Node | list[Node]:
        embed = self.document.embeds[number]
        if isinstance(embed, Trusted):
            return self._walk(embed.blocks)
        if isinstance(embed, Flag):
            return self._call("cb-flag", embed.text)
        if self._described[number] is None:
            remark = f"#cb-flag({self._string(self._unshown(number))});"
            return _raw_inline(remark) if kind == "RawInline" else _raw_block(remark)
        if kind == "RawInline":
            return _raw_inline(f"#cb-inline-picture({number});")
        return _raw_block(f"#cb-{'picture' if isinstance(embed, Picture) else 'view'}({number})")

    def _unshown(self, number: int) -> str:
        embed = self.document.embeds[number]
        return f"Image not shown: {embed.alt}" if isinstance(embed, Picture) else "A view can't be shown"

    def _equation(self, content: list[Any]) -> Node | list[Node]:
        tex = self.glyphs.clean(content[1])
        display = content[0]["t"] == "DisplayMath"
        if tex in self.refused:
            return self._call("cb-code", tex)
        self.equations.append((display, tex))
        opening = _raw_inline(f"#cb-eq({self._string(tex)})[")
        return [opening, {"t": "Math", "c": [content[0], tex]}, _raw_inline("]")]

    def _link(self, content: list[Any]) -> list[Node]:
        target = content[2][0]
        if target.startswith("#"):
            opening = f"#link(<{self._labels[target[1:]]}>)["
        else:
            opening = f"#cb-anchor({self._string(target)})["
        return [_raw_inline(opening), *content[1], _raw_inline("];")]

    def _table(self, node: Node, pages: Mapping[str, float]) -> tuple[list[Node], bool]:
        nodes: list[Node] = []
        turned = False
        for part in parts_of(node["c"], pages):
            self._tables.append(part.spec)
            turned |= bool(part.spec["turned"]) and pages is self._pages
            call = f"#cb-table({len(self._tables) - 1})"
            nodes.append(_raw_block(f"{call}[" if part.slots else call))
            for number, slot in enumerate(part.slots):
                nodes += ([_raw_block("][")] if number else []) + self._walk(slot)
            nodes += [_raw_block("]")] if part.slots else []
        return nodes, turned

    def _data(self) -> dict[str, Any]:
        document, settings = self.document, self.document.settings
        client = document.client.name
        accent = colour.accent(document.client.colour)
        title = document.title
        # Isolates keep a name that runs from right to left out of the order of what follows it.
        running = f"\u2068{client}\u2069 · \u2068{title}\u2069" if client else title
        texts = {
            "title": title,
            "client": client,
            "running": running,
            "date": document.date,
            "author": settings.author or "",
            "confidentiality": settings.confidentiality or "",
            "decision": (document.record.decision or "") if document.record and not self.brief else "",
            "logo_alt": i18n.say(document.locale.language, "Logo of {name}", name=client)
            if client
            else "Logo",
            "embeds": self._described,
            "tables": self._tables,
            "strings": list(self._strings),
        }
        everything = json.dumps(texts, ensure_ascii=False)
        return {
            "long_words": _LONG_WORD.search(everything) is not None,
            **self.glyphs.clean_data({key: _one_line(text) for key, text in texts.items()}),
            "logo": self.embeds.logo(),
            "paper": self.paper,
            "lang": document.locale.language,
            "region": document.locale.territory,
            # English words are short: with a ragged edge it is set unbroken, and in half the time.
            "hyphenate": document.locale.language != "en",
            "accent": accent,
            "tint": colour.mix(accent, colour.WHITE, 0.94),
            "brief": self.brief,
            "attachments": [
                {
                    "file": each.name,
                    "media_type": each.media_type,
                    "relationship": each.relationship,
                    "description": each.description,
                }
                for each in self.attachments
            ],
            "contents": len(document.headings) > 1,
            "contents_title": i18n.say(document.locale.language, "Contents"),
            "exhibits_title": i18n.say(document.locale.language, "Figures and tables"),
            "fonts": self.fonts.families,
            "code_fonts": self.fonts.code_families,
            "math_fonts": self.fonts.math_families,
            "upright": "".join(f"\\u{{{ord(c):x}}}" for c in sorted(self.glyphs.upright)),
        }


def _one_line(text: Any) -> Any:
    return " ".join(text.split()) if isinstance(text, str) else text


def _paper(document: Document) -> str:
    given = (document.settings.paper or "").lower()
    if given in _PAPERS:
        return given
    return "us-letter" if document.locale.territory in _LETTER else "a4"


def _is_turned(embed: Mapping[str, Any] | None) -> bool:
    if not embed:
        return False
    if embed.get("view") == "group":
        return any(_is_turned(item) for item in embed["items"])
    return bool(embed.get("view") == "table" and embed["table"]["turned"])


def _raw_inline(code: str) -> Node:
    return {"t": "RawInline", "c": ["typst", code]}


def _raw_block(code: str) -> Node:
    return {"t": "RawBlock", "c": ["typst", code]}


def equation_blocks(equations: Iterable[tuple[bool, str]]) -> list[Node]:
    """A tree with one equation alone, to see whether Typst can set it."""
    kinds = ("InlineMath", "DisplayMath")
    return [{"t": "Para", "c": [{"t": "Math", "c": [{"t": kinds[d]}, tex]}]} for d, tex in equations]
