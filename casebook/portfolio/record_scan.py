"""All cases below a folder of reports. One record is in memory at a time; a bad one stops nothing."""

from __future__ import annotations

import dataclasses
import os
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

from casebook.errors import InputError, Problem
from casebook.portfolio.claims import Claim, Draw
from casebook.portfolio.entry import Entry, EntryOption, entry_of
from casebook.record.files import candidates, find_record
from casebook.schema.periods import Month, month_of

FORMAT, VERSION = "casebook.portfolio", 1
PAGE = "portfolio"
"""Name of the page and of its folder, below the folder of reports."""

_WHAT_IF = "-what-if"


@dataclass(frozen=True)
class Portfolio:
    """The cases that were read, and what was left out."""

    entries: tuple[Entry, ...]
    """The highest net present value first within a currency, the currency of most cases first."""
    left_out: tuple[tuple[str, str], ...]
    """Folders or files that are not among the cases, and why."""
    remarks: tuple[str, ...]
    """What a reader has to know of those that are."""

    @property
    def currencies(self) -> list[str]:
        """The currencies, that of most cases first."""
        counts = Counter(entry.currency for entry in self.entries)
        return sorted(counts, key=lambda currency: (-counts[currency], currency))

    def of(self, currency: str) -> list[Entry]:
        """The cases in one currency."""
        return [entry for entry in self.entries if entry.currency == currency]

    def to_json(self) -> dict[str, Any]:
        """The portfolio as plain values."""
        return {
            "format": FORMAT,
            "version": VERSION,
            "entries": [dataclasses.asdict(entry) for entry in self.entries],
            "left_out": [list(each) for each in self.left_out],
            "remarks": list(self.remarks),
        }


def read_portfolio(output: Path) -> Portfolio:
    """The cases in the client folders below a folder.

    Raises InputError where the folder is none, or holds no case.
    """
    if not output.is_dir():
        raise InputError([Problem(str(output), "there is no such folder", "name the folder of the reports")])
    entries: list[Entry] = []
    left_out: list[tuple[str, str]] = []
    remarks: list[str] = []
    for folder in sorted(path for path in output.iterdir() if path.is_dir()):
        if folder.name.startswith("."):
            continue
        found = list(_in_folder(folder, output, left_out))
        if found and folder.name.endswith(_WHAT_IF):
            left_out.append((folder.name, "a what-if report, which is not a case of its own"))
            continue
        entries += found
        remarks += _failed(folder, {entry.kind for entry in found})
    if not entries:
        problems = [Problem(str(output / name), why) for name, why in left_out]
        hint = "make reports first, with casebook report"
        raise InputError([Problem(str(output), "no case was found in the folders below", hint), *problems])
    return Portfolio(tuple(_sorted(_on_one_calendar(_labelled(entries)))), tuple(left_out), tuple(remarks))


def _in_folder(folder: Path, output: Path, left_out: list[tuple[str, str]]) -> Iterator[Entry]:
    for file in candidates(folder):
        name = f"{folder.name}/{file.name}"
        try:
            record = find_record(file)
            if record is not None:
                yield replace(entry_of(record, folder=folder.name), report=_report(file, output / PAGE))
        except InputError as error:
            left_out.append((name, "; ".join(problem.message for problem in error.problems)))


def _report(record: Path, page: Path) -> str | None:
    """The report beside a record as a link from the page; the web page before the PDF."""
    for ending in (".html", ".pdf"):
        file = record.with_suffix(ending)
        if file.is_file():
            return quote(Path(os.path.relpath(file, page)).as_posix())
    return None


def _failed(folder: Path, kinds: set[str]) -> Iterator[str]:
    for copy in sorted(folder.glob("*.failed.ipynb")):
        kind = copy.name.removesuffix(".failed.ipynb")
        if kind in kinds:
            yield f"The last run of {folder.name} ({kind}) failed; the report before it is shown."


def _labelled(entries: list[Entry]) -> list[Entry]:
    """Each by its client's name, and by its folder or its type, too, where the name is not enough."""
    clients = Counter(entry.client for entry in entries)
    folders = Counter((entry.client, entry.folder) for entry in entries)
    labelled = []
    for entry in entries:
        label = entry.client
        if clients[entry.client] > 1:
            alone = folders[entry.client, entry.folder] == 1
            several = len({each.folder for each in entries if each.client == entry.client}) > 1
            parts = [entry.folder] * several + [entry.kind_title] * (not alone)
            label = " · ".join([entry.client, *parts])
        labelled.append(replace(entry, label=label))
    return labelled


def _on_one_calendar(entries: list[Entry]) -> list[Entry]:
    """Each with the month in which it begins, among those of its client in its currency."""
    firsts: dict[tuple[str, str], list[Month | None]] = defaultdict(list)
    for entry in entries:
        firsts[entry.client, entry.currency].append(month_of(entry.start or ""))
    placed = []
    for entry in entries:
        months, own = firsts[entry.client, entry.currency], month_of(entry.start or "")
        known = [month.number for month in months if month is not None]
        on_calendar = own is not None and len(known) == len(months)
        placed.append(replace(entry, begins=own.number - min(known) if own and on_calendar else None))
    return placed


def _sorted(entries: list[Entry]) -> list[Entry]:
    counts = Counter(entry.currency for entry in entries)
    return sorted(
        entries,
        key=lambda e: (-counts[e.currency], e.currency, -e.net_present_value, e.folder, e.kind),
    )


def from_json(data: Mapping[str, Any]) -> Portfolio:
    """The portfolio that `Portfolio.to_json` gave."""
    entries = tuple(_entry(entry) for entry in data["entries"])
    left_out = tuple((str(name), str(why)) for name, why in data["left_out"])
    return Portfolio(entries, left_out, tuple(data["remarks"]))


def _entry(data: Mapping[str, Any]) -> Entry:
    claims = [Claim(**claim) for claim in data.get("claims", ())]
    draws = [Draw(**draw) for draw in data.get("draws", ())]
    options = [EntryOption(**option) for option in data["options"]]
    return Entry(**{**data, "claims": claims, "draws": draws, "options": options})
