"""Three inputs at other values, set in four ways: all give the same net present value and internal rate.

The ways are `--set`, a scenario of the parameter file, the workbook recalculated by LibreOffice, and the
sliders of the page in Chromium. Each runs on every example client; the values are drawn anew in each run.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import zlib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from casebook.errors import CasebookError
from casebook.exporters.sliders import sliders
from casebook.exporters.xlsx import to_workbook
from casebook.notebook import Case
from casebook.presentation.figure import Absent
from casebook.presentation.result import Result, result_of
from casebook.record.formulas import rebuild
from casebook.record.parsing import parse
from casebook.schema.reader import parse_parameters, read_parameters
from tests.conftest import ROOT
from tests.exporters.browser import CHROMIUM, browser
from tests.exporters.live.panels import bare_page, move
from tests.exporters.live.test_clients import figures_of
from tests.exporters.spreadsheet import editable, needs_libreoffice, recalculated, with_inputs
from tests.exporters.test_xlsx_models import record_of

EXAMPLES = sorted((ROOT / "params").glob("*.yaml"))
CLOSE = 1e-9  # of the present values that a net present value is the difference of

Values = dict[str, float | list[float]]


@pytest.fixture(autouse=True)
def beside_the_parameter_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a template runs: paths in a parameter file start there."""
    monkeypatch.chdir(ROOT / "params")


def computed(case: Case) -> Result:
    return result_of(case.study.returns, case.formatter)


def by_set(path: Path, values: Values) -> Result:
    overrides = {name: json.dumps(value) for name, value in values.items()}
    return computed(figures_of(read_parameters(path, overrides=overrides)))


def by_scenario(path: Path, values: Values) -> Result:
    plain = {**read_parameters(path).values, "scenarios": {"What if": values}}
    return figures_of(parse_parameters(plain, folder=path.parent)).study.scenario_results["What if"].result


def assert_same(worth: float, rate: object, found: Result, near: float, told: object) -> None:
    """Assert a net present value, and an internal rate or the beginning of what stands in its place."""
    wanted = found.internal_rate_of_return
    assert worth == pytest.approx(float(found.net_present_value), abs=near), told
    if isinstance(wanted, Absent):
        assert str(rate)[:12] == str(wanted)[:12], told
    else:
        assert rate == pytest.approx(float(wanted), abs=1e-7 * (1 + wanted)), told


def close(record: Mapping[str, Any]) -> float:
    result = record["result"]
    return CLOSE * (abs(result["present_value_of_benefits"]) + abs(result["present_value_of_costs"]))


def drawn(dice: random.Random, record: Mapping[str, Any], names: Collection[str]) -> Values:
    """Three of the inputs, each somewhere in its range, or between half and half as much again."""

    def value(given: Mapping[str, Any]) -> float | list[float]:
        likely, (least, greatest) = given["value"], given["bounds"] or (None, None)
        if isinstance(likely, list):
            factor = dice.uniform(0.5, 1.0)
            return [max(one * factor, least if least is not None else one * factor) for one in likely]
        low, high = likely * 0.5, likely * 1.5
        if given["low"] is not None:
            low, high = given["low"], given["high"]
        found = dice.uniform(low, high)
        return min(max(found, found if least is None else least), found if greatest is None else greatest)

    chosen = dice.sample(sorted(names), min(3, len(names)))
    return {name: value(record["inputs"][name]) for name in chosen}


def possible(
    path: Path, dice: random.Random, record: Mapping[str, Any], names: Collection[str]
) -> tuple[Values, Result]:
    """Values that the parameter file's rules allow together, and what the case is worth with them set."""
    for _ in range(20):
        values = drawn(dice, record, names)
        try:
            return values, by_set(path, values)
        except CasebookError:  # shares of one whole above it, or a cost below zero
            continue
    raise AssertionError(f"nothing can be set in {path.name}")


def seed() -> int:
    """A run's own, told where it fails; the same for all runs that are judged."""
    return 7 if os.environ.get("CI") else random.SystemRandom().randrange(10**6)


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(
            path, id=path.stem, marks=[pytest.mark.slow] if "\ndata:" in path.read_text("utf-8") else []
        )
        for path in EXAMPLES  # each measurement of data is made four times
    ],
)
def test_a_set_value_a_scenario_and_the_record_s_formulas_agree(path: Path) -> None:
    """The quick form: workbook and page are written from the formulas in the record."""
    start = seed()
    dice = random.Random(start + zlib.crc32(path.stem.encode()))
    case = figures_of(read_parameters(path))
    record = record_of(case)
    used = editable(to_workbook(parse(record))) & case.study.ledger.inputs()
    values, found = possible(path, dice, record, used)
    arrays = {name: np.atleast_1d(np.asarray(value, np.float64)) for name, value in values.items()}
    other = by_scenario(path, values)
    told = start, values
    assert_same(other.net_present_value, other.internal_rate_of_return, found, close(record), told)
    by_formulas = float(rebuild(parse(record)).net_present_value(arrays))
    assert by_formulas == pytest.approx(float(found.net_present_value), abs=close(record)), told


@pytest.mark.slow
@needs_libreoffice
def test_workbook_and_page_agree_with_them(tmp_path: Path) -> None:
    """Twice an example: by three of its sliders in all four ways, by any three inputs in all but the page."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed")
    start = seed()
    dice = random.Random(start)
    cases = {path: figures_of(read_parameters(path)) for path in EXAMPLES}
    records = {path: record_of(case) for path, case in cases.items()}
    wanted: dict[str, tuple[Path, Values, Result, Mapping[str, Any] | None]] = {}
    with browser(tmp_path / "profile") as page:
        for path, record in records.items():
            page.open(bare_page(tmp_path, record))
            for _ in range(20):
                chosen = dice.sample(list(enumerate(sliders(parse(record)))), 3)
                positions = {place: dice.randint(*slider.positions) for place, slider in chosen}
                page.run("document.getElementById('cb-live-reset').click()")
                state = move(page, positions, {})
                values = {slider.name: state["inputs"][slider.name] for _, slider in chosen}
                with contextlib.suppress(CasebookError):
                    found = by_set(path, values)
                    wanted[f"{path.stem}-page"] = path, values, found, state["result"]
                    break
    workbooks = {}
    for path, record in records.items():
        workbook = to_workbook(parse(record))
        names = editable(workbook) & cases[path].study.ledger.inputs()
        wanted[path.stem] = path, *possible(path, dice, record, names), None
        for key in (path.stem, f"{path.stem}-page"):
            workbooks[key] = with_inputs(workbook, wanted[key][1])
    sheets = recalculated(workbooks)
    for key, (path, values, found, on_page) in wanted.items():
        near, told = close(records[path]), (start, key, values)
        ways = [[sheets[key].named(name) for name in ("net_present_value", "internal_rate_of_return")]]
        scenario = by_scenario(path, values)
        ways.append([scenario.net_present_value, scenario.internal_rate_of_return])
        if on_page is not None:
            reason = on_page["reasons"].get("internal_rate_of_return")
            ways.append([on_page["net_present_value"], reason or on_page["internal_rate_of_return"]])
        for worth, rate in ways:
            assert_same(worth, rate, found, near, told)
    assert len(wanted) == 2 * len(EXAMPLES)


def test_an_override_of_what_is_measured_moves_the_figure() -> None:
    """The beer community measures its questions: to set them used to change nothing, without a word."""
    path = ROOT / "params" / "beer-community.yaml"
    case = figures_of(read_parameters(path, overrides={"questions": "900"}))
    assert case.inputs.questions.amount == 900 and "questions" in case.study.overridden
    before = figures_of(read_parameters(path))
    assert computed(case).net_present_value > computed(before).net_present_value + 10_000
