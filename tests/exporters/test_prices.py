"""What a finding is worth is the same figure in the record, on the page, in the PDF and in the workbook."""

from __future__ import annotations

import json
import re
import subprocess

import openpyxl
import pytest


def plain(text):
    """A text without its line breaks and its different blanks, so that only the words are compared."""
    return re.sub(r"[\s\u00a0\u202f]+|&nbsp;|-\n", "", text)


@pytest.mark.parametrize("client", ["airline-three-years", "software"])
def test_prices_are_the_same_in_every_output(client, reports):
    (file,) = [path for path in reports[client].glob("*.json") if "manifest" not in path.name]
    record = json.loads(file.read_text("utf-8"))
    printed = subprocess.run(
        ["pdftotext", "-layout", str(file.with_suffix(".pdf")), "-"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    page = plain(file.with_suffix(".html").read_text("utf-8"))
    sheet = openpyxl.load_workbook(file.with_suffix(".xlsx"))["Review"]
    rows = list(sheet.iter_rows(min_row=5, values_only=True))
    assert len(record["review"]) > 5
    for finding, cells in zip(record["review"], rows, strict=False):
        price = finding["price"]
        assert plain(price["words"]) in page
        for word in price["words"].split():  # a cell of the PDF breaks between words
            assert word in printed
        assert (cells[4], cells[10]) == (price["words"], finding["rule"])
        amount = cells[5] if isinstance(cells[5], int | float) else None
        assert amount == pytest.approx(price["open_amount"])
    joint = rows[len(record["review"])]
    assert joint[5] == pytest.approx(record["joint_price"]["amount"])
    worth = record["objection"]["result"]["net_present_value"]
    assert plain(f"{worth:,.0f}".lstrip("-")) in page
