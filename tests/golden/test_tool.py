"""What the golden test tells of real differences, in each output: each of them, and each once."""

from __future__ import annotations

import json
import re
import shutil
import zipfile

import pytest
from nbformat.v4 import new_markdown_cell, new_notebook

from tests.exporters.conftest import GRAPH, TABLE, Made, shown
from tests.golden import page, pdf
from tests.golden.__main__ import renew
from tests.golden.compare import differences, unused
from tests.golden.examples import renames, transcript
from tests.golden.transcript import entry, from_text, to_text

pytestmark = pytest.mark.unversioned

MONEY = "page and PDF, “Money”"
IN_TABLE = f"{MONEY}, table “Costs and benefits by year”"
HEADING, CUSTOMERS, DETAIL, COSTS, NET = TABLE["rows"]


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    """Give what page and PDF of a short document mean, with the parts of it that are given."""

    def made(*, rows=TABLE["rows"], text="We keep 40 of 50 customers.", heading="## Doubts", table=True):
        tables = [shown({**TABLE, "rows": rows})] if table else []
        cells = ["# A case", "## Money", "A word.", *tables, text, shown(GRAPH), heading, "Last words."]
        cells.append(shown({**TABLE, "caption": "Another"}))
        cells = [new_markdown_cell(each) if isinstance(each, str) else each for each in cells]
        folder = tmp_path_factory.mktemp("document")
        files = Made(new_notebook(cells=cells), folder)
        (folder / "it.html").write_text(files.page, encoding="utf-8")
        (folder / "it.pdf").write_bytes(files.pdf)
        return {"page": page.entries(folder / "it.html"), "PDF": pdf.entries(folder / "it.pdf")}

    return made


@pytest.fixture(scope="module")
def before(case):
    return case()


def told(before, after, renames=None):
    return [str(each) for each in differences(before, after, renames)]


def changed(row, **cells):
    return {**row, "cells": [cells.get(f"c{number}", cell) for number, cell in enumerate(row["cells"])]}


def test_two_builds_of_one_document_are_alike(case, before):
    assert told(before, case()) == []


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        pytest.param(
            {"rows": [HEADING, changed(CUSTOMERS, c2="2,204"), DETAIL, COSTS, NET]},
            f"{IN_TABLE}: row Loyal customers spend more |  …  | [2,203 → 2,204]",
            id="a figure of a table",
        ),
        pytest.param(
            {"text": "We keep 41 of 50 customers."},
            f"{MONEY}: text We keep [40 → 41]",
            id="a figure of a sentence",
        ),
        pytest.param(
            {"rows": [HEADING, CUSTOMERS, DETAIL, NET, COSTS]},
            f"{IN_TABLE}: row “Net | −420 | 1,284” stands in another place",
            id="rows swapped",
        ),
        pytest.param(
            {"rows": [HEADING, CUSTOMERS, DETAIL, NET]},
            f"{IN_TABLE}: row “Costs | 730 | 700” is lost",
            id="a row lost",
        ),
        pytest.param(
            {"heading": "### Doubts"},
            f"{MONEY}: “Doubts” was heading 1, is heading 2",
            id="a heading one level down",
        ),
        pytest.param(
            {"text": "We hold 40 of 50 customers."},
            f"{MONEY}: text was “We keep 40 of 50 customers.”, is “We hold 40 of 50 customers.”",
            id="another wording",
        ),
    ],
)
def test_what_moved_in_page_and_pdf_is_told_once(case, before, parts, message):
    assert told(before, case(**parts)) == [message]


def test_a_lost_table_is_told_as_one_whatever_its_rows(case, before):
    assert told(before, case(table=False)) == [
        f"{MONEY}: table “Costs and benefits by year” with 6 rows below it is lost",
        f"{MONEY}: text “Discounted at 10 %.” is lost",
    ]


def test_a_rename_passes_only_as_it_is_written_down(case, before):
    after = case(text="We hold 40 of 50 customers.")
    assert told(before, after, {"We keep": "We hold"}) == []
    assert told(before, after, {"We keep # of #": "We hold # of #"}) == []
    assert len(told(before, after, {"We keep": "We have"})) == 1
    assert len(told(before, after, {"e keep": "e hold"})) == 1, "a part of a word is no text"
    assert unused({"We keep": "We hold", "We lose": "We win"}, iter([before])) == {"We lose"}


def test_no_rewording_hides_a_figure_that_moved(case, before):
    after = case(text="We hold 41 of 50 customers.")
    figure = f"{MONEY}: text We hold [40 → 41]"
    assert told(before, after, {"We keep": "We hold"}) == [figure]
    wording = f"{MONEY}: text was “We keep 41 of 50 customers.”, is “We hold 41 of 50 customers.”"
    assert told(before, after) == [figure, wording]


@pytest.fixture(scope="module")
def airline(reports):
    """What a published report means."""
    return transcript(reports["airline"])


@pytest.fixture
def copy(reports, tmp_path):
    """That report, to change."""
    return shutil.copytree(reports["airline"], tmp_path / "airline")


def rezip(path, change):
    """Write a workbook with its first sheets' XML changed: nothing computes it again."""
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    with zipfile.ZipFile(path, "w") as book:
        for name, part in parts.items():
            book.writestr(name, change(part.decode()) if name.endswith("sheet4.xml") else part)


def test_a_figure_of_the_record_that_moved_in_its_seventh_digit(copy, airline):
    path = copy / "social-care.json"
    record = json.loads(path.read_text("utf-8"))
    worth = record["result"]["net_present_value"]
    record["result"]["net_present_value"] = worth * (1 + 1e-7)
    record["result"]["return_on_investment"] *= 1 + 1e-12  # another version of NumPy
    path.write_text(json.dumps(record), encoding="utf-8")
    [found] = told(airline, transcript(copy))
    assert found.startswith("record: value result {") and "net_present_value=[" in found
    assert f"[{worth:.12g} → {worth * (1 + 1e-7):.12g}]" in found and "return" not in found


def test_a_changed_formula_of_the_workbook(copy, airline):
    def change(sheet):
        changed, times = re.subn(r"(<f>[^<]*)\*", r"\1/", sheet, count=1)
        assert times
        return changed

    rezip(copy / "social-care.xlsx", change)
    [found] = told(airline, transcript(copy))
    assert found.startswith("workbook, sheet “Lines”: formula was “") and "*" in found and "/" in found


def test_a_value_of_the_workbook_alone(copy, airline):
    def change(sheet):
        return re.sub(r"(</f><v>)(\d{5,})", lambda found: f"{found[1]}{int(found[2]) + 1}", sheet, count=1)

    rezip(copy / "social-care.xlsx", change)
    [found] = told(airline, transcript(copy))
    assert re.match(r"workbook, sheet “Lines”: row .*\[\d+ → \d+\]", found)


def test_a_number_of_the_live_panel_alone(copy, airline):
    path = copy / "social-care.html"
    text = path.read_text("utf-8")
    changed, times = re.subn(r'"rate":[\d.]+', '"rate":0.123', text)
    assert times == 1
    path.write_text(changed, encoding="utf-8")
    [found] = told(airline, transcript(copy))
    assert found.startswith("page") and re.search(r"rate=\[[\d.]+ → 0.123\]", found)


def test_a_transcript_reads_as_it_was_written(airline):
    again = from_text(to_text(airline))
    assert told(again, airline) == []
    assert {output: len(entries) for output, entries in again.items()} == {
        output: len(entries) for output, entries in airline.items()
    }


def test_the_refresh_tells_what_moved_before_it_writes_and_empties_the_map(case, before, tmp_path, capsys):
    kept, renamed = tmp_path / "examples", tmp_path / "renamed.yaml"
    renamed.write_text("# old: new\nWe keep: We hold\n", encoding="utf-8")
    others = {"record": [], "workbook": []}
    renew({"acme": {**others, **before}}, kept, renamed)
    assert capsys.readouterr().out == "acme: a new example\n"
    assert renames(renamed) == {} and renamed.read_text("utf-8") == "# old: new\n"
    renamed.write_text("We keep: We hold\n", encoding="utf-8")
    after = {**others, **case(text="We hold 41 of 50 customers.")}
    renew({"acme": after}, kept, renamed)
    assert capsys.readouterr().out == f"acme, {MONEY}: text We hold [40 → 41]\n"
    assert "We hold # of # customers." in (kept / "acme.txt").read_text("utf-8")
    renew({"acme": after}, kept, renamed)
    assert capsys.readouterr().out == "nothing moved\n"
    renew({}, kept, renamed)
    assert capsys.readouterr().out == "acme: no example any more\n" and not list(kept.iterdir())


@pytest.mark.parametrize(
    ("text", "words", "figures"),
    [
        ("B1 costs −$2.85 million, 19 %", "B1 costs # million, # %", ("−$2.85", "19")),
        ("337.167 € in 3 years.", "# € in # years.", ("337.167", "3")),
        ("−87\u202f280 US$; fig. 3 22 million", "# US$; fig. # # million", ("−87 280", "3", "22")),
        ("a team of cus\x02tomers, full-time", "a team of customers, full-time", ()),
    ],
)
def test_figures_are_told_from_words_in_each_locale(text, words, figures):
    found = entry("text", text)
    assert (found.words, found.figures) == (words, figures)
