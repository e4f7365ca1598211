"""The workbook: live formulas that agree with the record, cells to edit, and text that stays text."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from casebook import Case, computed, constant, cumulative, maximum, minimum, where
from casebook.errors import ExportError
from casebook.exporters.workbook.page import MOST_CHARACTERS
from casebook.exporters.xlsx import XLSXExporter, to_workbook
from casebook.record.parsing import parse
from casebook.schema.reader import read_parameters
from tests.conftest import CLIENTS, ROOT, run_template
from tests.exporters.conftest import TILES, shown
from tests.exporters.spreadsheet import (
    NEVER,
    Sheets,
    editable,
    needs_libreoffice,
    recalculated,
    with_cached,
    with_inputs,
)
from tests.exporters.test_xlsx_models import assert_same

HOSTILE = ("=1+1", "+1", "-1", "@SUM(1)", "\t=1", '=HYPERLINK("http://x")', "http://x", "_x0041_", "{=1}")

INPUTS = """\
title: Example
inputs:
  a1:
    {label: "=1+1", unit: currency/year, bounds: [null, null], source: "@A(1)", evidence: stated, default: 9,
     currency: USD}
  r1c1: {label: "+1", unit: number, bounds: [null, null], example: 2}
  c: {label: "-1", unit: number, bounds: [null, null], example: 3}
  net_present_value: {label: "http://x", unit: number, bounds: [null, null], example: 4}
  unused: {label: Unused, unit: share, example: 10%}
"""

GIVEN = {"a1": 5, "r1c1": 2, "c": 3, "net_present_value": 4, "unused": 0}


def record_of(case: Case) -> dict[str, Any]:
    """The record as it comes out of a notebook."""
    return json.loads(json.dumps(case.record().to_json(), sort_keys=True))  # type: ignore[no-any-return]


@pytest.fixture(params=CLIENTS)
def client(request: pytest.FixtureRequest, reports: dict[str, Path]) -> tuple[str, bytes]:
    """An example client's name and published workbook."""
    return request.param, (reports[request.param] / "social-care.xlsx").read_bytes()


@pytest.fixture
def flow_case(make_case: Callable[..., Case]) -> Callable[..., Case]:
    """Make a case whose net cash flow is the given one."""

    def make(*flow: float) -> Case:
        case = make_case(years=len(flow) - 1)
        start = constant(abs(flow[0]), unit="currency", currency="USD")
        if flow[0] < 0:
            case.cost("Start", category="other", start=start)
        else:
            case.benefit("Start", kind="margin", start=start)
        case.benefit(
            "Flow", kind="margin", annual=constant(list(flow[1:]), unit="currency/year", currency="USD")
        )
        return case

    return make


@pytest.fixture(scope="module")
def computed_again(reports: dict[str, Path]) -> dict[str, Sheets]:
    """What LibreOffice computes, at one start, of the published workbooks: as they are and otherwise."""
    books = {client: (reports[client] / "social-care.xlsx").read_bytes() for client in CLIENTS}
    others = {"gross_margin": 0.17, "customers": 19_000_000}
    changed = {f"{client} changed": with_inputs(book, others) for client, book in books.items()}
    planted = with_cached(books["airline"], "net_present_value", 1.0)
    return recalculated({**books, **changed, "planted": planted})


@needs_libreoffice
def test_a_changed_workbook_is_the_model_at_that_input(
    client: tuple[str, bytes], computed_again: dict[str, Sheets]
) -> None:
    name, _ = client
    sheets = computed_again[f"{name} changed"]
    path = ROOT / "params" / f"{name}.yaml"
    overrides = {"gross_margin": "17%", "customers": "19_000_000"}
    assert_same(sheets, run_template(read_parameters(path, overrides=overrides)).record().to_json())
    assert "have been changed" in sheets.cell("Summary", "A19")
    assert sheets.errors() == []


@needs_libreoffice
def test_cached_values_are_those_of_the_formulas(
    client: tuple[str, bytes], computed_again: dict[str, Sheets]
) -> None:
    """Unchanged, each cell of each sheet comes out as it was written."""
    name, workbook = client
    before, after = Sheets(workbook), computed_again[name]
    for sheet in before.book:
        for row in sheet.iter_rows():
            for cell in row:
                found = after.book[sheet.title][cell.coordinate].value
                if isinstance(cell.value, (int, float)):
                    assert found == pytest.approx(cell.value, rel=1e-9, abs=1e-12), cell
                else:
                    assert (found or "") == (cell.value or ""), cell


@needs_libreoffice
def test_a_wrong_cached_value_is_noticed(reports: dict[str, Path], computed_again: dict[str, Sheets]) -> None:
    """A wrong value beside a formula survives without recalculation, and not with it."""
    workbook = (reports["airline"] / "social-care.xlsx").read_bytes()
    planted = with_cached(workbook, "net_present_value", 1.0)
    record = json.loads((reports["airline"] / "social-care.json").read_text(encoding="utf-8"))
    assert_same(computed_again["planted"], record)
    with pytest.raises(AssertionError):
        assert_same(recalculated({"planted": planted}, mode=NEVER)["planted"], record)


def cancelled(case: Case) -> Case:
    """The case with 0.1 + 0.2 more at the start and each year, and 0.3 more spent: a rounding is left."""
    for name, money in (("A", 0.1), ("B", 0.2)):
        start, annual = (
            constant(money, unit="currency", currency="USD"),
            constant(money, unit="currency/year", currency="USD"),
        )
        case.benefit(name, kind="margin", start=start, annual=annual)
    start, annual = (
        constant(0.3, unit="currency", currency="USD"),
        constant(0.3, unit="currency/year", currency="USD"),
    )
    case.cost("Both", category="other", start=start, annual=annual)
    return case


@pytest.mark.slow
@needs_libreoffice
def test_a_rate_of_return_or_why_there_is_none(flow_case: Callable[..., Case]) -> None:
    """The workbook says about the rate what the record says."""
    flows = {
        "two": (-100, 230, -132),
        "touching": (-100, 220, -121),
        "borrowing": (100, -60, -60),
        "none": (-100, 150, -100),
        "one": (-100, 0, 0, 1e6),
        "above zero": (-100, 230, -60),
        "ends at zero": (-100, 250, -150),
        "losing": (-100, 10, 10, 10),
        "gains": (0, 10, 10),
        "nothing": (0, 0, 0),
    }
    records = {name: record_of(flow_case(*flow)) for name, flow in flows.items()}
    records["roundings"] = record_of(cancelled(flow_case(0, 10, 10)))
    written = {name: to_workbook(parse(record)) for name, record in records.items()}
    sheets = recalculated(written)
    for name, record in records.items():
        assert_same(sheets[name], record)
        assert_same(Sheets(written[name]), record)
        assert sheets[name].errors() == []
    for name, book in (("two", sheets["two"]), ("two", Sheets(written["two"]))):
        told = book.named("internal_rate_of_return")
        assert told == records[name]["result"]["reasons"]["internal_rate_of_return"]
        assert told.startswith("may not be unique: the cash flow changes sign 2 times")
    borrowing = sheets["borrowing"].named("internal_rate_of_return")
    assert borrowing.startswith("a borrowing rate of 13.1%: money comes in before it goes out")
    notes = {name: book.row("Cash flow", "Internal rate of return", column="B", width=5)[-1]
             for name, book in sheets.items() if len(flows.get(name, ())) == 3}  # fmt: skip
    only = records["above zero"]["result"]["notes"]["internal_rate_of_return"]
    assert notes["above zero"] == f"T{only[1:]}."
    assert notes["gains"].startswith("The rate at which the net present value is 0")


@pytest.mark.slow
@needs_libreoffice
def test_traps_of_spreadsheets(make_case: Callable[..., Case]) -> None:
    """Signs under powers, division by zero, long and deep formulas, names that look like cells."""
    case = make_case(INPUTS, years=3, inputs=GIVEN)
    x = case.inputs
    zero = x.r1c1 - x.r1c1
    for number, formula in enumerate(
        (
            -(x.r1c1**2) + (-x.r1c1) ** 2 - x.r1c1**-x.r1c1,
            (x.r1c1**x.c) ** 2 + x.r1c1 ** (x.c**2),
            x.c - (x.r1c1 - x.net_present_value) - x.c / (x.r1c1 / x.net_present_value),
            zero**zero + where(zero != 0, x.c / zero, 7) + minimum(x.c / zero, 11) + maximum(-x.c / zero, 2),
            (x.c / zero > 5) * 2 + (zero / zero == 1) + ((x.c > 1) & ~(zero > 0)) * 3,
            ((zero > 0) | (x.c > 0)) + (zero & x.c) + ~zero,
            cumulative(x.r1c1 * constant(1, "1/year") * case.year, keep=constant([0.5, 0.25, 0.125])),
            sum([x.r1c1 * x.c + number for number in range(180)]),
            nested(x.r1c1, 45),
        )
    ):
        case.benefit(f"Benefit {number}", kind="margin", annual=formula * x.a1)
    workbook = to_workbook(parse(record_of(case)))
    assert editable(workbook) == {"discount_rate", "in_a1", "in_r1c1", "in_c", "in_net_present_value"}
    changed = recalculated({"x": with_inputs(workbook, {"in_a1": 7.5})})["x"]
    for line in record_of(case)["lines"]:
        wanted = [0, *(7.5 / 5 * value for value in line["annual"])]
        assert changed.row("Lines", line["id"], width=4) == pytest.approx(wanted, rel=1e-12), line["name"]
    formulas = [cell for sheet in openpyxl.load_workbook(io.BytesIO(workbook)) for row in sheet.iter_rows()
                for cell in row if cell.data_type == "f"]  # fmt: skip
    assert max(len(str(cell.value)) for cell in formulas) < 8192


def nested(inner: Any, depth: int) -> Any:
    """A formula of many levels of functions."""
    switch = inner
    for number in range(depth):
        inner = maximum(inner, 2) if number % 2 else where(switch > -number, minimum(inner, 1000) + 1, 2)
    return inner


@pytest.mark.slow
@needs_libreoffice
def test_fifty_years_and_one(make_case: Callable[..., Case]) -> None:
    workbooks, records = {}, {}
    for years in (1, 50):
        case = make_case(years=years, discount_rate="7%")
        case.cost("Team", category="people", annual=case.inputs.team * 1.02**case.year)
        case.cost("Set-up", category="start-up", start=constant(20_000, "currency", currency="USD"))
        x = case.inputs
        case.benefit("Spend", kind="margin", annual=x.customers * x.spend * x.margin * case.year**0.5)
        records[str(years)] = record_of(case)
        workbooks[str(years)] = to_workbook(parse(records[str(years)]))
    for years, sheets in recalculated(workbooks).items():
        assert_same(sheets, records[years])


def test_an_opaque_step_is_a_value_and_locks_what_it_rests_on(make_case: Callable[..., Case]) -> None:
    @computed("Agents needed", unit="number")
    def agents(calls: float) -> float:
        return calls * 2

    case = make_case(years=2)
    x = case.inputs
    case.cost("Team", category="people", annual=agents(x.customers / 1000).named("Agents") * x.team)
    workbook = to_workbook(parse(record_of(case)))
    assert editable(workbook) == {"discount_rate", "team"}
    book = openpyxl.load_workbook(io.BytesIO(workbook))
    step = next(row for row in book["Steps"].iter_rows() if row[1].value == "Agents")
    assert [cell.value for cell in step[3:6]] == ["computed", 2, 2]
    notes = [str(row[-1].value) for row in book["Inputs"].iter_rows() if row[1].value == "customers"]
    assert notes[0].startswith("Locked: it feeds 'Agents needed'")


def test_text_is_never_a_formula(make_case: Callable[..., Case]) -> None:
    """Names, notes and labels that look like formulas, links or escapes stay what was written."""
    case = make_case(INPUTS, inputs=GIVEN)
    for text in HOSTILE:
        case.cost(text.strip(), category="other", annual=case.inputs.a1)
    record = record_of(case)
    record["client"]["name"] = "=1+1 & Sons\x07"
    record["inputs"]["unused"]["note"] = "=" + "\U0001f600" * 40_000
    workbook = to_workbook(parse(record))
    book = openpyxl.load_workbook(io.BytesIO(workbook))
    lines = [cell for cell in book["Lines"]["B"] if cell.data_type == "s"]
    assert {text.strip() for text in HOSTILE} <= {str(cell.value) for cell in lines}
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    formulas = [str(cell.value) for cell in cells if cell.data_type == "f"]
    assert not any(text in formula for text in ("SUM(1)", "HYPERLINK", "1+1") for formula in formulas)
    longest = max(len(str(cell.value).encode("utf-16-le")) // 2 for cell in cells)
    assert longest <= MOST_CHARACTERS
    assert any(str(cell.value).endswith("(cut: a cell holds no more)") for cell in cells)
    first = zipfile.ZipFile(io.BytesIO(workbook)).read("xl/worksheets/sheet1.xml").decode()
    assert "=1+1 &amp;&amp; Sons&amp;R" in first and "\x07" not in first


def test_the_same_record_gives_the_same_bytes(reports: dict[str, Path]) -> None:
    for client in CLIENTS:
        record = json.loads((reports[client] / "social-care.json").read_text(encoding="utf-8"))
        assert to_workbook(parse(record)) == to_workbook(parse(json.loads(json.dumps(record))))


def test_sheets_names_and_print_setup(client: tuple[str, bytes]) -> None:
    """Sheets in reading order, panes frozen, pages wide; only inputs can be edited."""
    name, workbook = client
    book = openpyxl.load_workbook(io.BytesIO(workbook))
    assert book.sheetnames[:5] == ["Summary", "Inputs", "Steps", "Lines", "Cash flow"]
    assert book.sheetnames[-1] == "IRR check"
    assert ("Simulation" in book.sheetnames) == (name == "airline-three-years")
    for sheet in book:
        assert sheet.protection.sheet and not sheet.protection.password
        assert sheet.page_setup.orientation == "landscape" and sheet.sheet_properties.pageSetUpPr.fitToPage
        unlocked = [cell for row in sheet.iter_rows() for cell in row if not cell.protection.locked]
        assert bool(unlocked) == (sheet.title == "Inputs")
        assert all(isinstance(cell.value, (int, float)) for cell in unlocked)
    assert all(book[title].freeze_panes for title in ("Inputs", "Steps", "Lines", "Cash flow"))
    assert {"discount_rate", "customers", "net_present_value"} <= set(book.defined_names)


def test_the_exporter_needs_a_record_and_nothing_else(make_case: Callable[..., Case]) -> None:
    case = make_case(years=2)
    case.cost("Team", category="people", annual=case.inputs.team)
    notebook = new_notebook(cells=[shown(TILES, record_of(case))])
    data, resources = XLSXExporter().from_notebook_node(notebook)
    assert data[:2] == b"PK" and resources["output_extension"] == ".xlsx"
    with pytest.raises(ExportError, match="no case record"):
        XLSXExporter().from_notebook_node(new_notebook(cells=[new_code_cell("1")]))
