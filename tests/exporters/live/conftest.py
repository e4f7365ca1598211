"""A tab for the tests of the live panel, and the pages of the example clients."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import CLIENTS
from tests.exporters.browser import Page


@pytest.fixture
def page(chromium: Page) -> Page:
    """The tab, on a screen of usual width."""
    chromium.show(1000)
    return chromium


@pytest.fixture(params=CLIENTS)
def client(request: pytest.FixtureRequest, reports: dict[str, Path]) -> tuple[str, dict[str, Any]]:
    """An example client's name and record."""
    record = json.loads((reports[request.param] / "social-care.json").read_text(encoding="utf-8"))
    return request.param, record


@pytest.fixture
def open_report(page: Page, reports: dict[str, Path]) -> Page:
    """The tab, with the three-year report in it."""
    page.open(reports["airline-three-years"] / "social-care.html")
    return page
