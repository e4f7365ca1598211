"""What a PDF means: its tagged structure, its outline where that isn't its headings, and what is attached."""

from __future__ import annotations

import ctypes
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdfium2
from pypdf import PdfReader
from pypdfium2 import raw

from tests.golden import document
from tests.golden.document import Node
from tests.golden.transcript import Entry, entry


def _texts(path: Path) -> dict[tuple[int, int], str]:
    """The text of each marked content by page and number; -1 is what belongs to no structure."""
    texts: dict[tuple[int, int], str] = defaultdict(str)
    with pypdfium2.PdfDocument(path) as pdf:
        for index, page in enumerate(pdf):
            letters, before, last = page.get_textpage(), None, ""
            for item in page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT]):
                size = raw.FPDFTextObj_GetText(item.raw, letters.raw, None, 0)
                buffer = (ctypes.c_ushort * (size // 2 + 1))()
                raw.FPDFTextObj_GetText(item.raw, letters.raw, buffer, size)
                line = round(item.get_matrix().f)
                place = index, raw.FPDFPageObj_GetMarkedContentID(item.raw)
                text = bytes(buffer).decode("utf-16le").split("\0")[0]
                texts[place] += text if line == before or last in "-−$£€" else f" {text}"
                before, last = line, text[-1:]
    return texts


def _node(element: Any, texts: dict[tuple[int, int], str], pages: dict[Any, int], page: Any = None) -> Node:
    """A structure element with what is below it."""
    element = element.get_object()
    if isinstance(element, int):
        return Node(text=texts.get((pages[page], element), ""))
    page = element.raw_get("/Pg").idnum if "/Pg" in element else page
    if "/MCID" in element:
        return Node(text=texts.get((pages[page], element["/MCID"]), ""))
    below = element.get("/K", [])
    role = str(element.get("/S", ""))[1:]
    if role == "Lbl":  # the dot or number of a list's item
        return Node(role)
    children = [_node(each, texts, pages, page) for each in (below if isinstance(below, list) else [below])]
    return Node(role, alt=str(element.get("/Alt", "")), children=children)


def _outline(items: Any, level: int = 1) -> Iterator[tuple[str, str]]:
    for item in items:
        if isinstance(item, list):
            yield from _outline(item, level + 1)
        else:
            yield f"heading {level}", entry("", item.title).filled()


def entries(path: Path) -> list[Entry]:
    """The entries of a PDF."""
    pdf, texts = PdfReader(path), _texts(path)
    pages = {page.indirect_reference.idnum: index for index, page in enumerate(pdf.pages)}
    root = pdf.trailer["/Root"]
    found = list(document.entries(_node(root["/StructTreeRoot"], texts, pages)))
    outline = list(_outline(pdf.outline))
    headings = [(each.kind, each.filled()) for each in found if each.kind.startswith("heading")]
    told = "as the headings" if outline == [each for each in headings if each in outline] else str(outline)
    about = {key: pdf.metadata.get(key) for key in ("/Title", "/Author", "/Subject", "/Keywords")}
    running = [texts[page, -1] for page in range(2, len(pages))]
    return [
        *(entry("about", f"{key[1:]} {text}") for key, text in about.items() if text),
        entry("about", f"language {root.get('/Lang')}"),
        *(Entry("attachment", name) for name in sorted(pdf.attachments)),
        Entry("outline", told.replace("#", "♯")),
        entry("running", re.sub(r"\d+\s/\s\d+", "", min(running, key=len))),
        Entry("pages", "#", (str(len(pages)),)),
        *found,
    ]
