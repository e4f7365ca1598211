"""A followed-up case in each output: the same figures in chapter, record and workbook; no chapter without."""

from __future__ import annotations

import json
import re
from pathlib import Path

import openpyxl
import pytest

from casebook.exporters.xlsx import to_workbook
from casebook.formatting import Formatter
from casebook.record.parsing import parse
from tests.exporters.spreadsheet import needs_libreoffice, recalculated

SHEET = "Plan and actual"
TO = Formatter("USD", "en_US")


@pytest.fixture
def followed(reports: dict[str, Path]) -> Path:
    """The published report of the example with three quarters of actuals."""
    return reports["airline-followed-up"]


def plain(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).replace("\xa0", " ").split())


def test_the_page_tells_what_the_record_holds(followed: Path) -> None:
    record = json.loads((followed / "social-care.json").read_text())
    page = plain((followed / "social-care.html").read_text())
    found = record["follow_up"]
    assert (found["start"], found["through"], found["months"]) == ("2026-01", "2026-09", 9)
    for outlook in found["outlooks"].values():
        worth = outlook["net_present_value"]
        assert TO.money(worth).replace("\xa0", " ") in page
        changes = found["approved"]["change_of_model"] + sum(outlook["changes"].values())
        assert changes == pytest.approx(worth - found["approved"]["net_present_value"], abs=1e-6)
    for line in found["lines"]:
        assert TO.amount(line["planned"], 0) in page and TO.amount(line["actual"], 0) in page
        assert line["standing"] in page
    for heading in ("Plan against actual", "How the measures stand", "Where the case is heading"):
        assert heading in page
    assert "○ well behind, 3 months late" in page and "Followed up to September 2026" in page
    # What was approved stays what it was, whatever the model makes of it today.
    assert found["approved"]["net_present_value"] == pytest.approx(2_284_163.8, abs=0.1)


@pytest.mark.slow
def test_the_pdf_has_the_chapter(followed: Path) -> None:
    from pypdf import PdfReader

    reader = PdfReader(followed / "social-care.pdf")
    text = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    assert "9 of 36 months are over" in text and "Which lines make the difference" in text


@pytest.mark.slow
@needs_libreoffice
def test_the_sheet_computes_what_the_record_holds(followed: Path) -> None:
    record = json.loads((followed / "social-care.json").read_text())
    book = recalculated({"followed": to_workbook(parse(record))})["followed"]
    rows = {row[0].value: [cell.value for cell in row] for row in book.book[SHEET].iter_rows(min_row=5)}
    date = record["follow_up"]["to_date"]
    for label, key in (("Benefits", "benefits"), ("Costs", "costs")):
        planned, actual = date[key]["planned"], date[key]["actual"]
        assert rows[label][1:5] == pytest.approx([planned, actual, actual - planned, actual / planned])
    net = [date["net"]["planned"], date["net"]["actual"]]
    assert rows["Net to date; net present value"][1:3] == pytest.approx(net)
    # What was approved, the change of the model and what each line changes come to the two outlooks.
    approved, ends = record["follow_up"]["approved"], record["follow_up"]["outlooks"]
    assert rows["Approved net present value"][6:8] == pytest.approx([approved["net_present_value"]] * 2)
    assert rows["Change of the model"][6:8] == pytest.approx([approved["change_of_model"]] * 2, abs=1e-6)
    worths = [ends[name]["net_present_value"] for name in ("to_plan", "as_so_far")]
    assert rows["Net to date; net present value"][6:8] == pytest.approx(worths)
    assert not book.errors()


@pytest.mark.slow
def test_without_actuals_there_is_nothing_of_it(reports: dict[str, Path]) -> None:
    folder = reports["airline"]
    assert json.loads((folder / "social-care.json").read_text())["follow_up"] is None
    page = plain((folder / "social-care.html").read_text())
    for text in ("Plan against actual", "How the measures stand", "Where the case is heading", "Followed up"):
        assert text not in page
    assert SHEET not in openpyxl.load_workbook(folder / "social-care.xlsx").sheetnames
