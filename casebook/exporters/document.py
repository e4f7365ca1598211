"""An executed notebook as one tree of pandoc and a list of what is embedded in it: what every format sets."""

from __future__ import annotations

import re
import unicodedata
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain, count, islice
from pathlib import Path
from typing import Any

from babel import Locale

from casebook import i18n
from casebook.errors import ExportError, Problem
from casebook.exporters import ExportWarning
from casebook.exporters.embeds import Embed
from casebook.exporters.empty_sections import without_gaps
from casebook.exporters.notebook_cells import pieces
from casebook.exporters.outputs import Text
from casebook.exporters.pandoc import HTML, MARKDOWN, Node, read, text_of
from casebook.exporters.pictures import Pictures
from casebook.exporters.prose import EMPTY, Cleaner, Context
from casebook.exporters.record import Values, find_record
from casebook.exporters.text import printable, printable_data
from casebook.record.types import ClientRecord, DocumentRecord, Record
from casebook.views.components import Chart, Component, Table, transform


@dataclass(frozen=True)
class Heading:
    """A line of the contents."""

    level: int
    """From 1, with no level skipped."""
    text: str
    """Its plain text."""
    anchor: str
    """What links to it point at."""


@dataclass(frozen=True)
class Document:
    """A notebook without its code, before it takes any format."""

    title: str
    """Never empty."""
    blocks: Sequence[Node]
    """Pandoc's tree, with no raw node in it but our own places."""
    embeds: Sequence[Embed]
    """What stands at those places, by number."""
    headings: Sequence[Heading]
    """The outline."""
    record: Record | None
    """The case record, where the notebook has one."""

    @property
    def client(self) -> ClientRecord:
        """Name, colour and logo of the client; no name where there is none."""
        return self.record.client if self.record else ClientRecord(name="", colour=None, logo=None)

    @property
    def settings(self) -> DocumentRecord:
        """Date, author, confidentiality, paper and fonts, as far as given."""
        return self.record.document if self.record else DocumentRecord()

    @cached_property
    def locale(self) -> Locale:
        """The reader's language and territory."""
        return Locale.parse(self.record.locale if self.record else "en_US")

    @property
    def first_section_end(self) -> int:
        """The number of blocks before the second heading of the first level."""
        tops = [n for n, node in enumerate(self.blocks) if node["t"] == "Header" and node["c"][0] == 1]
        return tops[1] if len(tops) > 1 else len(self.blocks)

    def first_section(self) -> Document:
        """The document up to its second heading of the first level, with all that is embedded there."""
        end = self.first_section_end
        count = sum(node["t"] == "Header" for node in self.blocks[:end])
        return replace(self, blocks=self.blocks[:end], headings=self.headings[:count])

    @property
    def date(self) -> str:
        """The document's date in words of its locale; empty if none is given."""
        from casebook.formatting import Formatter

        given = self.settings.date or ""
        try:
            return Formatter(locale=str(self.locale)).date(given) if given else ""
        except ValueError:
            return given


def build(notebook: Mapping[str, Any], *, folders: Sequence[Path] = (), name: str = "") -> Document:
    """Make a document of an executed notebook; `name` is the title if there is no better one.

    Images that are files are looked for in `folders`. What can't be shown leaves a remark at its place and
    an ExportWarning. Raises ExportError for a record of a newer version.
    """
    record: Record | None = printable_data(find_record(notebook))
    context = Context(Values(record), Pictures(folders), _warn)
    try:
        blocks = _read_cells(notebook, context)
    except RecursionError:
        hint = "look for a cell with hundreds of nested lists or quotes"
        raise ExportError(str(Problem("", "the notebook's text is nested too deeply", hint))) from None
    blocks = without_gaps(blocks, context.embeds, _warn)
    title = _title(notebook, record, blocks, name)
    blocks = _without_title(blocks, title)
    blocks, headings = _with_outline(blocks)
    if context.points_inside:
        blocks = _with_known_anchors(blocks, {heading.anchor for heading in headings})
    document = Document(title, blocks, context.embeds, headings, record)
    return replace(document, embeds=_with_numbers(document.embeds, document.locale.language))


def _with_numbers(embeds: Sequence[Embed], language: str) -> list[Embed]:
    """Captioned charts and tables get numbers, each kind from 1, in the order in which they stand."""
    numbers = {Chart: count(1), Table: count(1)}
    names = {Chart: i18n.say(language, "Figure {number}"), Table: i18n.say(language, "Table {number}")}

    def number(component: Component) -> Component:
        if not isinstance(component, (Chart, Table)) or not component.caption:
            return component
        name = names[type(component)].format(number=next(numbers[type(component)]))
        return replace(component, caption=f"{name}. {component.caption}")

    return [transform(embed, number) or embed if isinstance(embed, Component) else embed for embed in embeds]


def _warn(text: str) -> None:
    warnings.warn(text, ExportWarning, stacklevel=2)


def _read_cells(notebook: Mapping[str, Any], context: Context) -> list[Node]:
    # Only what comes first: the other forms are seldom needed, and some are large.
    shown = [(cell, list(islice(options, 1)), options) for cell, options in pieces(notebook)]
    trees: dict[Text, list[Node]] = {}
    for source in (MARKDOWN, HTML):
        texts = {text: None for _, best, _ in shown for text, _ in best if text and text.source == source}
        trees |= zip(texts, read([printable(text.text) for text in texts], source), strict=True)
    blocks: list[Node] = []
    for cell, best, others in shown:
        cleaner = Cleaner(context, cell)
        for text, form in chain(best, others):
            if text and text not in trees:
                trees[text] = read([printable(text.text)], text.source)[0]
            if made := form(cleaner, trees[text] if text else []):
                blocks += (node for node in made if node["t"] != "Null")
                break
    return blocks


def _title(notebook: Mapping[str, Any], record: Record | None, blocks: list[Node], name: str) -> str:
    given = (record.template.title if record else None) or notebook.get("metadata", {}).get("title")
    first = next((text_of(node["c"][2]) for node in blocks if node["t"] == "Header"), "")
    found = (" ".join(printable(str(text or "")).split()) for text in (given, first, name))
    return next((text for text in found if text), "Notebook")


def _without_title(blocks: list[Node], title: str) -> list[Node]:
    """The title stands on the cover; as the first heading it would be said twice on the first pages."""
    if blocks and blocks[0]["t"] == "Header":
        heading = " ".join(text_of(blocks[0]["c"][2]).split())
        if heading.casefold() == title.casefold():
            return blocks[1:]
    return blocks


def _with_outline(blocks: list[Node]) -> tuple[list[Node], list[Heading]]:
    """Headings from level 1, none skipped (PDF/UA asks for both), each with an anchor of its own."""
    out: list[Node] = []
    headings: list[Heading] = []
    above: list[int] = []
    taken: set[str] = set()
    for node in blocks:
        if node["t"] != "Header":
            out.append(node)
            continue
        given, _, inlines = node["c"]
        while above and above[-1] >= given:
            above.pop()
        above.append(given)
        text = " ".join(text_of(inlines).split())
        anchor = _free(slug(text), taken)
        headings.append(Heading(len(above), text, anchor))
        out.append({"t": "Header", "c": [len(above), [anchor, [], []], inlines]})
    return out, headings


def slug(text: str) -> str:
    """The anchor of a heading, as GitHub and JupyterLab make them, in lower case.

    >>> slug("Costs & benefits, by year")
    'costs--benefits-by-year'
    """
    kept = (c for c in unicodedata.normalize("NFC", text.lower()) if c.isalnum() or c in " -_")
    return "".join(kept).strip().replace(" ", "-") or "section"


def _free(wanted: str, taken: set[str]) -> str:
    anchor, number = wanted, 0
    while anchor in taken or re.fullmatch(r"fn(ref)?\d+", anchor):  # pandoc's own, for footnotes
        number += 1
        anchor = f"{wanted}-{number}"
    taken.add(anchor)
    return anchor


def _with_known_anchors(blocks: list[Node], anchors: set[str]) -> list[Node]:
    """A link to a place that is not there (code is hidden, cells are removed) becomes its text."""

    def resolve(node: Node) -> Node | list[Node]:
        if node["t"] != "Link" or not node["c"][2][0].startswith("#"):
            return node
        anchor = slug(node["c"][2][0][1:].replace("%20", "-"))
        if anchor not in anchors:
            return list(node["c"][1])
        return {"t": "Link", "c": [EMPTY, node["c"][1], [f"#{anchor}", ""]]}

    return transform_tree(blocks, resolve)


def transform_tree(tree: Any, change: Any) -> Any:
    """Replace nodes from the inside out: `change` gives a node, or a list that takes its place."""
    if isinstance(tree, list):
        out: list[Any] = []
        for item in tree:
            new = transform_tree(item, change)
            if isinstance(item, dict) and isinstance(new, list):
                out += new
            else:
                out.append(new)
        return out
    if isinstance(tree, dict) and "t" in tree:
        return change({"t": tree["t"], "c": transform_tree(tree["c"], change)} if "c" in tree else tree)
    return tree
