"""Whole random models, with pools that cap, ramps, starts and risks: the page starts at the model's figures.

The models are those that the workbook is held against, so that notebook, workbook and page meet on the same.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from casebook.errors import CaseError
from casebook.exporters.live_panel import panel
from casebook.record.parsing import parse
from tests.conftest import notebook_file
from tests.exporters.browser import Page
from tests.exporters.live.panels import bare_page
from tests.exporters.live.test_clients import check
from tests.exporters.test_xlsx_models import INPUTS, case_of, collected, is_steady, record_of


@pytest.mark.parametrize("count", [20, pytest.param(60, marks=pytest.mark.slow)])
def test_random_models_equal_numpy(page: Page, tmp_path: Path, count: int) -> None:
    template = tmp_path / "templates" / "example"
    template.mkdir(parents=True)
    (template / "inputs.yaml").write_text(INPUTS, encoding="utf-8")
    notebook_file(template / "template.ipynb", "1")
    compared = 0
    for model in collected(count):
        try:
            case = case_of(model, tmp_path)
            record = record_of(case)
        except CaseError:  # a figure that is not finite, say: the model refuses it
            continue
        if not is_steady(case) or panel(parse(record)) is None:  # nothing to move: no panel
            continue
        page.open(bare_page(tmp_path, record))
        check(page.state(), case)
        compared += 1
    assert compared >= count // 6
