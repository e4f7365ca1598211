"""What an output means, as a list of entries, and those of all outputs of an example as one text file.

In the file a line of words begins, for page and PDF, with the mark of those that have the entry: `=` both,
`h` the page alone, `p` the PDF alone. Lines of figures begin with a tab. Entries with equal words that follow
one another share their line of words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
from pathlib import Path

EXACT = ("page", "PDF")
"""Outputs whose figures are printed: they are compared as they stand, those of the others as numbers."""
OUTPUTS = ("record", *EXACT, "workbook")
# A number as locales print it, with its sign and the currency's; the 1 of B1 is part of a name.
_FIGURE = re.compile(r"(?<![\w.,])[−-]?[$£€]?\d+(?:[.,’'\xa0]\d{3})*(?:[.,]\d+)?(?!\w)")


@dataclass(frozen=True)
class Entry:
    """A heading, a row, a paragraph, a value: its kind, its words with # for each figure, and the figures."""

    kind: str
    words: str
    figures: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, str]:
        """What an entry is recognised by, whatever its figures."""
        return self.kind, self.words

    def filled(self, figures: Sequence[str] | None = None) -> str:
        """The words with the figures in their places."""
        given = iter(self.figures if figures is None else figures)
        return re.sub("#", lambda _: next(given), self.words)


def entry(kind: str, text: str) -> Entry:
    """An entry of printed text; spaces that don't break, and where lines break, are spaces."""
    plain = re.sub(r"(?<=-)\x02|[\x02\ufffe\xad] *", "", text)  # where a line breaks a word
    plain = re.sub(r"[ \n\t]+", " ", plain.replace("#", "♯").replace("\u202f", "\xa0")).strip()
    figures = tuple(figure.replace("\xa0", " ") for figure in _FIGURE.findall(plain))
    return Entry(kind, _FIGURE.sub("#", plain).replace("\xa0", " "), figures)


def number(value: float) -> str:
    """A number as the file has it, to twelve digits."""
    return f"{value:.12g}"


def _marked(page: Sequence[Entry], pdf: Sequence[Entry]) -> Iterator[tuple[str, Entry]]:
    """Page and PDF as one list: what they have in common once."""
    for _, i, j, k, m in SequenceMatcher(None, page, pdf, autojunk=False).get_opcodes():
        if page[i:j] == pdf[k:m]:
            yield from (("=", each) for each in page[i:j])
        else:
            yield from (("h", each) for each in page[i:j])
            yield from (("p", each) for each in pdf[k:m])


def to_text(outputs: Mapping[str, Sequence[Entry]]) -> str:
    """The transcript as a file's text."""
    sections = {
        "record": [("", each) for each in outputs["record"]],
        "page and PDF": list(_marked(outputs["page"], outputs["PDF"])),
        "workbook": [("", each) for each in outputs["workbook"]],
    }
    lines = []
    for name, entries in sections.items():
        lines.append(f"== {name}")
        for (mark, (kind, words)), run in groupby(entries, lambda each: (each[0], each[1].key)):
            line = " ".join(filter(None, [mark, f"{kind}:", words]))
            rows = [each.figures for _, each in run]
            lines += [line, *("\t" + "\t".join(row) for row in rows)] if rows[0] else [line] * len(rows)
    return "\n".join(lines) + "\n"


def from_text(text: str) -> dict[str, list[Entry]]:
    """The transcript of a file."""
    found: dict[str, list[Entry]] = {output: [] for output in OUTPUTS}
    section, kind, words, into = "", "", "", ()

    def take(*figures: str) -> None:
        for output in into:
            found[output].append(Entry(kind, words, figures))

    for line in text.split("\n")[:-1]:
        if line.startswith("== "):
            section = line[3:]
        elif line.startswith("\t"):
            take(*line[1:].split("\t"))
        else:
            mark, rest = ("", line) if section in found else line.split(" ", 1)
            into = {"=": EXACT, "h": EXACT[:1], "p": EXACT[1:]}.get(mark, (section,))
            kind, words = rest.split(": ", 1)
            if "#" not in words:
                take()
    return found


def read(path: Path) -> dict[str, list[Entry]]:
    """The transcript in a file; empty where there is none."""
    return from_text(path.read_text("utf-8") if path.exists() else "")
