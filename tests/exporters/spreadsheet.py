"""A real spreadsheet for tests: edits an input cell, lets LibreOffice compute, and reads what comes out.

LibreOffice shows a file's cached values unless it is told to compute. Here a profile of its own says
"always"; and because an input is changed first, a value that was not computed again would be a wrong one.
"""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest

ALWAYS, NEVER = 0, 1
"""What LibreOffice does with formulas when it opens a workbook."""

needs_libreoffice = pytest.mark.skipif(
    shutil.which("soffice") is None, reason="LibreOffice is not installed; .ci/run installs it"
)

_PROFILE = """\
<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>{mode}</value></prop></item>
</oor:items>
"""


@dataclass
class Sheets:
    """A workbook's values, as they stand in the file."""

    data: bytes = field(repr=False)

    @cached_property
    def book(self) -> Any:
        """The workbook, opened for its values."""
        return openpyxl.load_workbook(io.BytesIO(self.data), data_only=True)

    def cell(self, sheet: str, address: str) -> Any:
        """The value of one cell."""
        return self.book[sheet][address].value

    def named(self, name: str) -> Any:
        """The value of a defined name: of one cell, or a list of a row's cells."""
        sheet, area = area_of(self.book, name)
        found = self.book[sheet][area]
        return [cell.value for cell in found[0]] if isinstance(found, tuple) else found.value

    def row(self, sheet: str, key: str, *, column: str = "A", nth: int = 0, width: int) -> list[Any]:
        """The `width` values from column D on of the nth row that has `key` in `column`."""
        cells = [cell.row for cell in self.book[sheet][column] if cell.value == key]
        return [self.book[sheet].cell(cells[nth], 4 + offset).value for offset in range(width)]

    def errors(self) -> list[str]:
        """The cells that hold an error."""
        return [
            f"{sheet.title}!{cell.coordinate}: {cell.value}"
            for sheet in self.book
            for row in sheet.iter_rows()
            for cell in row
            if cell.data_type == "e"
        ]


@lru_cache(maxsize=2)
def _opened(workbook: bytes) -> Any:
    """The workbook with its formulas; opened once for several questions."""
    return openpyxl.load_workbook(io.BytesIO(workbook))


def area_of(book: Any, name: str) -> tuple[str, str]:
    """Sheet and cells of a defined name."""
    sheet, _, area = book.defined_names[name].attr_text.rpartition("!")
    return sheet.strip("'"), area.replace("$", "")


def editable(workbook: bytes) -> set[str]:
    """The defined names of the cells that a reader may edit."""
    book = _opened(workbook)
    names = set()
    for name in book.defined_names:
        sheet, area = area_of(book, name)
        found = book[sheet][area]
        cell = found[0][0] if isinstance(found, tuple) else found
        if not cell.protection.locked:
            names.add(name)
    return names


def with_inputs(workbook: bytes, values: Mapping[str, float | Sequence[float]]) -> bytes:
    """The workbook with other numbers in input cells, by defined name; all cached values stay as they are."""
    book = _opened(workbook)
    cells: dict[tuple[str, str], float] = {}
    for name, value in values.items():
        sheet, area = area_of(book, name)
        found = book[sheet][area]
        targets = found[0] if isinstance(found, tuple) else (found,)
        numbers = list(value) if isinstance(value, Sequence) else [value]
        for cell, number in zip(targets, numbers, strict=True):
            assert not cell.protection.locked, f"{name} is locked"
            cells[sheet, cell.coordinate] = float(number)
    return _with_values(workbook, book.sheetnames, cells)


def with_cached(workbook: bytes, name: str, value: float) -> bytes:
    """The workbook with another cached value beside the formula of a defined name."""
    book = _opened(workbook)
    return _with_values(workbook, book.sheetnames, {area_of(book, name): value})


def _with_values(workbook: bytes, sheets: list[str], cells: Mapping[tuple[str, str], float]) -> bytes:
    source = zipfile.ZipFile(io.BytesIO(workbook))
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out:
        for entry in source.namelist():
            text = source.read(entry)
            for (sheet, address), value in cells.items():
                if entry == f"xl/worksheets/sheet{1 + sheets.index(sheet)}.xml":
                    pattern = rb'(<c r="%s"[^>]*>(?:<f>[^<]*</f>)?<v>)[^<]*(</v>)' % address.encode()
                    text, count = re.subn(pattern, rb"\g<1>%s\g<2>" % repr(float(value)).encode(), text)
                    assert count == 1, f"{sheet}!{address} holds no number"
            out.writestr(entry, text)
    return target.getvalue()


def converted(
    workbooks: Mapping[str, bytes], *, recalculate: int = ALWAYS, to: str = "xlsx"
) -> dict[str, bytes]:
    """What LibreOffice makes of the workbooks, by name; `to` may be `pdf`."""
    with tempfile.TemporaryDirectory(prefix="casebook-") as name:
        folder = Path(name)
        user = folder / "profile" / "user"
        user.mkdir(parents=True)
        (user / "registrymodifications.xcu").write_text(_PROFILE.format(mode=recalculate), encoding="utf-8")
        for key, data in workbooks.items():
            (folder / f"{key}.xlsx").write_bytes(data)
        command = [
            "soffice",
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            "--headless",
            "--convert-to",
            "xlsx:Calc MS Excel 2007 XML" if to == "xlsx" else to,
            "--outdir",
            str(folder / "out"),
            *(str(folder / f"{key}.xlsx") for key in workbooks),
        ]
        done = subprocess.run(command, capture_output=True, text=True, timeout=600)
        made = {key: folder / "out" / f"{key}.{to}" for key in workbooks}
        missing = [key for key, path in made.items() if not path.is_file()]
        assert not missing, f"LibreOffice made nothing of {missing}: {done.stdout}{done.stderr}"
        return {key: path.read_bytes() for key, path in made.items()}


def recalculated(workbooks: Mapping[str, bytes], *, mode: int = ALWAYS) -> dict[str, Sheets]:
    """The workbooks after LibreOffice has computed them."""
    return {key: Sheets(data) for key, data in converted(workbooks, recalculate=mode).items()}
