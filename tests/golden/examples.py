"""The examples in params/ and their transcripts: those that are kept, and what a report gives."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from ruamel.yaml import YAML

from tests.golden import page, pdf, record, workbook
from tests.golden.compare import Difference
from tests.golden.transcript import Entry

ROOT = Path(__file__).parent.parent.parent
EXAMPLES = sorted(path.stem for path in (ROOT / "params").glob("*.yaml"))
KEPT = Path(__file__).parent / "examples"
RENAMED = Path(__file__).parent / "renamed.yaml"


def transcript(folder: Path) -> dict[str, list[Entry]]:
    """The transcript of a report's folder."""
    [written] = folder.glob("*.xlsx")
    return {
        "record": list(record.entries(json.loads(written.with_suffix(".json").read_text("utf-8")))),
        "page": page.entries(written.with_suffix(".html")),
        "PDF": pdf.entries(written.with_suffix(".pdf")),
        "workbook": workbook.entries(written),
    }


def renames() -> dict[str, str]:
    """The map of renamed texts, old: new."""
    return YAML(typ="safe").load(RENAMED) or {}


def told(name: str, found: Sequence[Difference], most: int = 30) -> str:
    """What moved in an example, in words: the first of it, and how much more there is."""
    lines = [f"{name}, {each}" for each in found[:most]]
    if more := len(found) - most:
        lines += [f"{name}: and {more} more"] if more > 0 else []
    return "\n".join(lines)
