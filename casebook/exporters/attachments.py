"""The evidence that travels inside the PDF: the workbook, the parameter file and the record."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from casebook.exporters.record import record_text
from casebook.record.types import Record


@dataclass(frozen=True)
class Attachment:
    """A file inside the PDF (an associated file of PDF/A-3)."""

    name: str
    data: bytes
    media_type: str
    relationship: str
    """What it is to the document: source, data or supplement."""
    description: str


def attachments(record: Record | None, workbook: Callable[[], bytes] | None = None) -> list[Attachment]:
    """The files for a record; none for a notebook without one. `workbook` gives one that is made already."""
    if not record:
        return []
    kind = _plain(record.template.name)
    found = [
        Attachment(
            f"{kind}.record.json",
            record_text(record).encode(),
            "application/json",
            "data",
            "The case record: every input, formula and figure",
        )
    ]
    if record.parameters.text:
        found.insert(
            0,
            Attachment(
                f"{kind}.parameters.yaml",
                record.parameters.text.encode(),
                "application/yaml",
                "source",
                "The parameter file that the case was computed from",
            ),
        )
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


def _plain(name: str) -> str:
    """A file name of letters, digits and hyphens only."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "case"
