"""The example clients: the panel computes what the model computes, and prints what the page prints."""

from __future__ import annotations

import contextlib
import json
import random
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest

from casebook.exporters.live_panel import panel
from casebook.exporters.sliders import MOST, sliders
from casebook.notebook import Case
from casebook.presentation.figure import Absent
from casebook.record.parsing import parse
from casebook.schema.parameters import Parameters
from casebook.schema.reader import read_parameters
from casebook.views.cash_flow import cash_flow
from tests.conftest import ROOT
from tests.exporters.browser import Page
from tests.exporters.live.panels import CLOSE, Setting, bare_page, moves, texts


def figures_of(parameters: Parameters) -> Case:
    """The case that a template's code makes before its first page is shown: lines and result, no views."""
    names: dict[str, Any] = {}
    with contextlib.chdir(ROOT / "params"):
        for cell in nbformat.read(parameters.template.notebook, as_version=4).cells:
            if cell.cell_type == "markdown":
                break
            exec(compile(cell.source, cell.id, "exec"), names)
            if "parameters" in cell.metadata.get("tags", []):
                names.update(parameters.values)
    case = names["case"]
    assert isinstance(case, Case)
    case.close()
    return case


def short(figure: object) -> str:
    reason = str(figure).split(":")[0]
    return reason[:1].upper() + reason[1:] if isinstance(figure, Absent) else str(figure)


def check(state: Any, case: Case) -> None:
    """Every number of the panel's state is the model's."""
    result, flow = case.result, case.result.cash_flow
    largest = max(np.abs(flow.benefits).max(), np.abs(flow.costs).max())
    for name in ("benefits", "costs", "net", "cumulative"):
        assert np.abs(np.array(state["cash_flow"][name]) - getattr(flow, name)).max() <= CLOSE * largest, name
    for line, shown in zip(case.study.ledger.counted, state["lines"], strict=True):
        assert line.id == shown["id"]
        found = np.array([shown["start"], *shown["annual"]])
        assert np.abs(found - line.flow(case.years)).max() <= CLOSE * largest, line.name
    for name, figure in result.figures().items():
        if name in ("probability_of_loss", "expected_net_present_value"):  # simulated
            continue
        if isinstance(figure, Absent):
            assert state["result"][name] is None and state["result"]["reasons"][name] == str(figure)
        else:
            scale = largest if "value" in name else 1
            assert state["result"][name] == pytest.approx(float(figure), rel=CLOSE, abs=CLOSE * scale), name
    assert result.risk_adjusted is not None
    adjusted = float(result.risk_adjusted.net_present_value)
    assert state["result"]["risk_adjusted_net_present_value"] == pytest.approx(adjusted, abs=CLOSE * largest)


def check_texts(printed: dict[str, Any], case: Case) -> None:
    """Every text of the panel is what the page would print for this case."""
    result, to = case.result, case.formatter
    assert result.risk_adjusted is not None
    adjusted = result.risk_adjusted.net_present_value
    risky = case.study.ledger.is_risky
    last = adjusted if risky else result.present_value_of_costs
    assert printed["tiles"] == [
        to.money_short(result.net_present_value),
        short(result.return_on_investment),
        short(result.payback_months),
        to.money_short(last),
    ]
    order = ["present_value_of_benefits", "present_value_of_costs", "net_present_value"]
    order += ["return_on_investment", "payback_months", "discounted_payback_months"]
    order += ["internal_rate_of_return", "benefit_cost_ratio"]
    expected = [short(getattr(result, name)) for name in order]
    assert printed["figures"] == [*expected[:3], *([str(adjusted)] if risky else []), *expected[3:]]
    assert printed["rows"] == [list(row.cells[2:]) for row in cash_flow(case.study).rows]


def test_the_panel_starts_at_the_figures_of_the_report(page: Page, client: Any, reports: Any) -> None:
    name, record = client
    page.open(reports[name] / "social-care.html")
    state = page.state()
    assert state["cash_flow"] == record["cash_flow"]
    for figure, value in state["result"].items():
        if figure in record["result"] and figure not in ("reasons", "internal_rate_of_return"):
            assert value == record["result"][figure], figure
    written = panel(parse(record))
    assert written is not None
    # What Python wrote into the page is what the script prints at once.
    shown = texts(page)
    assert all(
        f">{text}<" in written.html for text in [*shown["tiles"], *shown["figures"], *shown["rows"][0]]
    )
    assert page.complaints == [] and page.requests == []


@pytest.mark.parametrize("count", [6, pytest.param(50, marks=pytest.mark.slow)])
def test_random_settings_equal_the_model(page: Page, client: Any, reports: Any, count: int) -> None:
    name, record = client
    chosen = sliders(parse(record))
    assert len(chosen) == MOST
    page.open(reports[name] / "social-care.html")
    dice = random.Random(name)
    settings: list[Setting] = []
    for _ in range(count):
        positions, typed = {}, {}
        for index, slider in enumerate(chosen):
            low, high = slider.positions
            position = dice.choice([0, low, high, dice.randint(low, high)])
            positions[index] = position
            if dice.random() < 0.3:  # also beyond the slider's range, within the bounds
                percent = slider.by_year is not None or slider.unit == "share"
                value = dice.uniform(
                    slider.low, min(slider.high * 1.2, slider.bounds[1] or slider.high * 1.2)
                )
                typed[index] = f"{value * 100:.3f} %" if percent else f"{value:.2f}"
        settings.append((positions, typed))
    for state, printed in moves(page, settings, "texts()"):
        overrides = {slider.name: json.dumps(state["inputs"][slider.name]) for slider in chosen}
        case = figures_of(read_parameters(ROOT / "params" / f"{name}.yaml", overrides=overrides))
        check(state, case)
        check_texts(printed, case)
    assert page.complaints == [] and page.requests == []


def test_a_slider_reaches_likely_and_both_ends_exactly(page: Page, client: Any, reports: Any) -> None:
    name, record = client
    page.open(reports[name] / "social-care.html")
    tried = [
        (index, slider, position, value)
        for index, slider in enumerate(sliders(parse(record)))
        for position, value in zip(
            (*slider.positions, 0), (slider.low, slider.high, slider.likely), strict=True
        )
    ]
    states = moves(page, [({index: position}, {}) for index, _, position, _ in tried])
    for (_, slider, position, value), state in zip(tried, states, strict=True):
        wanted = value if slider.by_year is None else [one * value for one in slider.by_year]
        assert state["inputs"][slider.name] == wanted, (slider.name, position)


def test_the_panel_works_without_a_simulation(page: Page, client: Any, tmp_path: Path) -> None:
    record = {**client[1], "simulation": None}
    record["inputs"] = {
        name: {key: value for key, value in given.items() if key not in ("low", "high", "bounds")}
        for name, given in record["inputs"].items()
    }
    page.open(bare_page(tmp_path, record))
    assert page.state()["cash_flow"] == record["cash_flow"] and page.complaints == []
