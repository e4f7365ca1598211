"""A document in German or French: no English of ours in record and workbook, and the same figures."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from typing import Any

import openpyxl
import pytest
from babel.messages.pofile import read_po

from casebook.exporters.workbook.summary import ABOUT_SHEETS
from casebook.exporters.xlsx import to_workbook
from casebook.formatting import Formatter
from casebook.i18n import say
from casebook.record.parsing import parse
from tests.exporters.spreadsheet import needs_libreoffice, recalculated, with_inputs
from tests.exporters.test_xlsx_models import assert_same
from tests.test_repository import PACKAGE

LOCALES = ("de_DE", "fr_FR")
LANGUAGES = sorted(path.stem for path in (PACKAGE / "assets" / "words").glob("*.po"))

INPUTS = """\
title: Ttt
inputs:
  crowd: {label: Aaa, unit: qqq, role: population, group: traditional, example: 1}
  money: {label: Bbb, unit: currency/qqq/year, group: social, example: 1}
  margin: {label: Ccc, unit: share, role: margin, example: 1}
  reached: {label: Ddd, unit: share, role: share influenced, example: 1}
  adoption: {label: Eee, unit: share, role: ramp, group: process, example: 1}
  calls: {label: Fff, unit: rrr/month, bounds: [0, null], example: 1}
  price: {label: Ggg, unit: currency/rrr, bounds: [0, 99], role: average cost, example: 1}
  kept: {label: Hhh, unit: qqq/year, bounds: [0, null], role: retention, example: 1}
  lifetime: {label: Iii, unit: currency/qqq, bounds: [0, 9999], role: lifetime value, example: 1}
  team: {label: Jjj, unit: currency/year, bounds: [0, null], example: 1}
  absent: {label: Kkk, unit: number, bounds: [0, null], optional: true}
  idle: {label: Lll, unit: share, example: 1}
"""

GIVEN: dict[str, Any] = {
    "crowd": 10_000,
    "money": {"value": 100, "low": 80, "high": 120, "source": "Mmm", "evidence": "stated"},
    "margin": {"value": 1, "source": "Mmm", "evidence": "benchmark"},
    "reached": {"value": "20%", "low": "10%", "high": "30%", "evidence": "assumption"},
    "adoption": {"value": [1] * 6, "low": ["90%"] * 6, "high": [1] * 6, "source": "Mmm"},
    "calls": 900,
    "price": 8,
    "kept": 20,
    "lifetime": 300,
    "team": {"value": 40_000, "low": 30_000, "high": 60_000, "distribution": "uniform"},
    "idle": "10%",
}

ENGLISH = re.compile(
    r"\b(the|of|and|is|are|by|with|without|from|its|it|no|not|year|years|month|months|at|to|that|this|which|"
    r"what|or|otherwise|larger|smaller|each|value|cost|costs|benefit|benefits|input|inputs|line|lines|rate)\b",
    re.IGNORECASE,
)
"""Words that neither German nor French has."""

KEYS = {"parameters", "story", "document", "format", "template", "trees", "tree", "inputs", "input", "unit"}
KEYS |= {
    "rule",
    "rules",
    "severity",
    "kind",
    "category",
    "side",
    "role",
    "evidence",
    "origin",
    "distribution",
    "group",
}
KEYS |= {"before", "follow_up", "method", "locale", "currency"}
"""Parts of a record that are keys of ours, or what the analyst wrote."""


@pytest.fixture(params=[LOCALES[0], pytest.param(LOCALES[1], marks=pytest.mark.slow)])
def case(request: pytest.FixtureRequest, make_case: Any) -> Any:
    """A case to which much can be objected, whose own names are no words of any language."""
    from casebook import computed, constant, cumulative, maximum, where

    @computed("Nnn", unit="number")
    def opaque(calls: float) -> float:
        return calls / 900

    scenarios = {"Ooo": {"team": 50_000, "note": "Mmm"}}
    given = {"years": 6, "discount_rate": 0, "locale": request.param, "scenarios": scenarios}
    case = make_case(INPUTS, inputs=GIVEN, **given)
    x, year = case.inputs, constant(1, "year")
    bare = (x.crowd * x.money * x.reached).named("Sss")
    shared = {"pool": case.pool("Ppp", size=x.crowd * x.money), "claim": bare * 3}
    both = {case.pool("Qqq", size=x.calls / 2): x.calls, shared["pool"]: bare * 3}
    case.benefit("Uuu", kind="margin", annual=bare * x.margin, touched=x.calls, risk=0.1, pool=both)
    case.benefit("Vvv", kind="cash saving", annual=x.calls * x.price, ramp=x.adoption, **shared)
    case.benefit("Www", kind="freed capacity", annual=x.calls * x.price * where(case.year > 2, 1, 0.5))
    case.benefit("Xxx", kind="margin", annual=x.kept * year * x.money * maximum(case.year, 2))
    stay = cumulative(x.kept) * constant(1, "1/year")
    case.benefit("Yyy", kind="margin", annual=stay * x.lifetime * x.margin)
    case.benefit("Zzz", kind="margin", annual=x.crowd * x.money, not_in_figure="Mmm")
    case.benefit("Äää", kind="margin", annual=x.absent * x.team, when=[x.absent])
    case.cost("Ööö", category="people", annual=x.team * opaque(x.calls), start=x.team * year)
    return case


def record_of(case: Any) -> dict[str, Any]:
    return json.loads(json.dumps(case.record().to_json()))  # type: ignore[no-any-return]


def texts(found: Any) -> Iterator[str]:
    """Every text in JSON that a reader may be shown."""
    if isinstance(found, str):
        yield found
    elif isinstance(found, list):
        for part in found:
            yield from texts(part)
    elif isinstance(found, dict):
        for key, part in found.items():
            if key not in KEYS:
                yield from texts(part)


def english(found: Iterator[str]) -> list[str]:
    return sorted({text for text in found if ENGLISH.search(text)})


def test_much_is_said_of_the_case(case: Any) -> None:
    """Or the tests below would prove little."""
    assert len({finding.rule for finding in case.study.findings}) > 12


def test_a_record_has_no_english(case: Any) -> None:
    assert english(texts(record_of(case))) == []


def test_a_workbook_has_no_english(case: Any) -> None:
    book = openpyxl.load_workbook(io.BytesIO(to_workbook(parse(record_of(case)))))
    cells = (cell for sheet in book for row in sheet.iter_rows() for cell in row)
    # In a formula what stands in quotation marks.
    said = [
        part
        for cell in cells
        for part in (re.findall('"([^"]*)"', str(cell.value)) if cell.data_type == "f" else [str(cell.value)])
    ]
    names = set(book.defined_names) | {finding.rule for finding in case.study.findings}
    assert english(text for text in said if text not in names) == []
    formats = {cell.number_format for sheet in book for row in sheet.iter_rows() for cell in row}
    assert english(part for text in formats for part in re.findall('"([^"]*)"', text)) == []
    assert not set(book.sheetnames) & {"Summary", "Inputs", "Lines", "Cash flow", "Review"}


@pytest.mark.slow
@needs_libreoffice
def test_a_workbook_in_another_language_computes_the_same(case: Any) -> None:
    record = record_of(case)
    workbook = to_workbook(parse(record))
    sheets = recalculated({"same": workbook, "other": with_inputs(workbook, {"kept": 40.0})})
    assert_same(sheets["same"], record)
    assert sheets["same"].errors() == sheets["other"].errors() == []
    assert sheets["other"].named("net_present_value") > sheets["same"].named("net_present_value")
    first = [str(cell.value) for row in sheets["other"].book.worksheets[0].iter_rows() for cell in row]
    changed = "Inputs have been changed: the figures are not those of the report."
    assert Formatter(locale=record["locale"]).say(changed) in first


@pytest.mark.parametrize("language", LANGUAGES)
def test_names_of_sheets_and_texts_in_formulas_are_such_as_a_spreadsheet_takes(language: str) -> None:
    names = [say(language, name) for name in ("Summary", *ABOUT_SHEETS)]
    assert len({name.lower() for name in names}) == len(names)
    for name in names:
        assert 0 < len(name) <= 31 and not set(name) & set("[]:*?/\\") and name.strip("'") == name
    catalogue = (PACKAGE / "assets" / "words" / f"{language}.po").read_text(encoding="utf-8")
    formulas = {
        "The figures are those of the report.",
        "may not be unique",
        "the only rate",
        "does not exist",
    }
    for message in read_po(io.StringIO(catalogue)):
        if any(str(message.id).startswith(start) for start in (*formulas, "Inputs have been", "Values comp")):
            assert len(str(message.string)) <= 255, message.string
