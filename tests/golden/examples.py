"""The examples in params/ and their transcripts: those that are kept, and what a report gives."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from ruamel.yaml import YAML

from tests.golden import page, pdf, record, workbook
from tests.golden.compare import Difference
from tests.golden.transcript import Entry, entry

KEPT = Path(__file__).parent / "examples"
RENAMED = Path(__file__).parent / "renamed.yaml"


def transcript(folder: Path) -> dict[str, list[Entry]]:
    """The transcript of a report's folder; in rows that end with a hash or a version, only what it is of."""
    [book] = folder.glob("*.xlsx")
    told = json.loads(book.with_suffix(".json").read_text("utf-8"))
    passing = {text for texts in told["provenance"].values() for text in texts.values()}

    def lasting(row: Entry) -> Entry:
        label, _, value = row.filled().rpartition(" | ")
        return entry(row.kind, f"{label} | …") if value in passing else row

    return {
        "record": list(record.entries(told)),
        "page": [lasting(each) for each in page.entries(book.with_suffix(".html"))],
        "PDF": [lasting(each) for each in pdf.entries(book.with_suffix(".pdf"))],
        "workbook": workbook.entries(book),
    }


def renames(path: Path = RENAMED) -> dict[str, str]:
    """The map of renamed texts, old: new."""
    return YAML(typ="safe").load(path) or {}


def told(name: str, found: Sequence[Difference], most: int = 10) -> str:
    """What moved in an example, in words: the first of it in each output, and how much more there is."""
    lines = []
    for rank, output in dict.fromkeys((each.rank, each.output) for each in found):
        of_these = [each for each in found if (each.rank, each.output) == (rank, output)]
        lines += [f"{name}, {each}" for each in of_these[:most]]
        if more := len(of_these[most:]):
            lines.append(f"{name}, {output}: and {more} more, {rank.name.lower()}")
    return "\n".join(lines)
