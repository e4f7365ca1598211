"""The evidence that travels inside the PDF: the workbook, the parameter file and the record."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Attachment:
    """A file inside the PDF (an associated file of PDF/A-3)."""

    name: str
    data: bytes
    media_type: str
    relationship: str
    """What it is to the document: source, data or supplement."""
    description: str


def attachments(record: Mapping[str, Any], workbook: Callable[[], bytes] | None = None) -> list[Attachment]:
    """The files for a record; none for a notebook without one. `workbook` gives one that is made already."""
    if not record:
        return []
    template, given = record.get("template"), record.get("parameters")
    kind = _plain(str(template.get("name")) if isinstance(template, Mapping) else "")
    text = json.dumps(record, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    found = [
        Attachment(
            f"{kind}.record.json",
            text.encode(),
            "application/json",
            "data",
            "The case record: every input, formula and figure",
        )
    ]
    parameters = given.get("text") if isinstance(given, Mapping) else None
    if parameters:
        found.insert(
            0,
            Attachment(
                f"{kind}.parameters.yaml",
                str(parameters).encode(),
                "application/yaml",
                "source",
                "The parameter file that the case was computed from",
            ),
        )
    if _is_whole(record):
        from casebook.exporters.workbook.book import to_workbook

        found.append(
            Attachment(
                f"{kind}.xlsx",
                workbook() if workbook else to_workbook(record),
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                "supplement",
                "The case as a workbook with live formulas",
            )
        )
    return found


def _is_whole(record: Mapping[str, Any]) -> bool:
    """Whether a record has all that a workbook is made of; a hand-made notebook's may have less."""
    return {"inputs", "lines", "steps", "cash_flow", "result", "provenance"} <= record.keys()


def _plain(name: str) -> str:
    """A file name of letters, digits and hyphens only."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "case"
