"""Shares of one whole, and a line on two pools: workbook and page scale and cap them as the case does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from casebook import constant
from casebook.exporters.sliders import sliders
from casebook.exporters.workbook.book import to_workbook
from casebook.record.parsing import parse
from tests.conftest import record_of
from tests.exporters.browser import Page
from tests.exporters.live.panels import bare_page, move
from tests.exporters.spreadsheet import needs_libreoffice, recalculated, with_inputs

INPUTS = """\
title: Example
inputs:
  fast: {label: Fast, unit: share, whole: all answers, example: 50%}
  late: {label: Late, unit: share, whole: all answers, example: 30%}
  calls: {label: Calls, unit: calls/year, bounds: [0, null], example: 1000}
  hours: {label: Hours, unit: hours/year, bounds: [0, null], example: 45}
  price: {label: Price, unit: currency/call, bounds: [0, null], example: 10}
"""
TRIED = (
    {"fast": 0.9, "late": 0.6},
    {"fast": 0.4, "late": 0.6},
    {"fast": 1.0, "late": 0.5, "hours": 20.0, "calls": 500.0},
)


@pytest.fixture
def case(make_case: Any) -> Any:
    """Fast and late answers take from the calls there are, and fast ones an hour for ten calls."""
    case = make_case(INPUTS)
    x = case.inputs
    calls = case.pool("Calls answered", size=x.calls * 0.9)
    hours = case.pool("Hours", size=x.hours)
    fast, late = x.calls * x.fast, x.calls * x.late
    pools = {calls: fast, hours: fast * constant(0.1, "hours/call")}
    case.benefit("Fast", kind="cash saving", annual=fast * x.price, pool=pools)
    case.benefit("Late", kind="cash saving", annual=late * x.price / 2, pool=calls, claim=late)
    return case


def by_hand(values: dict[str, float]) -> list[float]:
    """Both lines in a year, without any of the package's arithmetic."""
    v = {"fast": 0.5, "late": 0.3, "calls": 1000, "hours": 45} | values
    scale = max(1, v["fast"] + v["late"])
    fast, late = v["calls"] * v["fast"] / scale, v["calls"] * v["late"] / scale
    of_calls = min(1, v["calls"] * 0.9 / (fast + late))
    of_hours = min(1, v["hours"] / (fast * 0.1))
    return [fast * 10 * min(of_calls, of_hours), late * 5 * of_calls]


def record(case: Any) -> dict[str, Any]:
    return json.loads(json.dumps(record_of(case.study)))  # type: ignore[no-any-return]


@pytest.mark.parametrize("values", TRIED)
def test_the_case_comes_out_by_hand(case: Any, values: dict[str, float]) -> None:
    drawn = {name: np.array([[value]]) for name, value in values.items()}
    amounts = [float(money[0, 0]) for _, _, money in case.study.ledger.amounts(drawn)]
    assert amounts == pytest.approx(by_hand(values))


def test_the_page_comes_out_by_hand(case: Any, page: Page, tmp_path: Path) -> None:
    recorded = record(case)
    page.open(bare_page(tmp_path, recorded))
    place = {slider.name: number for number, slider in enumerate(sliders(parse(recorded)))}
    for values in TRIED:
        page.run("document.getElementById('cb-live-reset').click()")
        typed = {
            place[name]: f"{100 * value if name in ('fast', 'late') else value:g}"
            for name, value in values.items()
        }
        state = move(page, {}, typed)
        assert [line["annual"][0] for line in state["lines"]] == pytest.approx(by_hand(values))
    known = page.run(f"document.getElementById('cb-live-{place['fast']}-known').textContent")
    assert known.endswith("A share of “all answers”: shares that come to more than 100% are scaled to it.")


@pytest.mark.slow
@needs_libreoffice
def test_the_workbook_comes_out_by_hand(case: Any) -> None:
    workbook = to_workbook(parse(record(case)))
    changed = {str(number): with_inputs(workbook, values) for number, values in enumerate(TRIED)}
    for key, sheets in recalculated(changed).items():
        found = [sheets.row("Lines", line, width=2)[1] for line in ("B1", "B2")]
        assert found == pytest.approx(by_hand(TRIED[int(key)]))
        assert not sheets.errors()
