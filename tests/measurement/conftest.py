"""Sources of data in files of all kinds, and a case whose inputs can be measured."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from casebook.measurement.sources import Sources
from casebook.schema.checker import Checker
from casebook.schema.data import DataSection

ROOT = Path(__file__).parents[2]
DATA = ROOT / "params" / "data"

DECLARATIONS = """\
title: Example
inputs:
  people: {label: People reached, unit: people/year, bounds: [0, null], example: 1_000}
  spend: {label: Spend, unit: currency/people, example: 50, measured_from: orders}
  share: {label: Share that buys, unit: share, example: 10%, measured_from: orders}
  extra: {label: Extra, unit: currency/year, optional: true, measured_from: orders}
  team: {label: Team, unit: currency/year, example: 1_000}
"""


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., Sources]:
    """Give the sources of a section `data`, read from a folder of this test."""

    def make(folder: Path = tmp_path, **data: Any) -> Sources:
        checker = Checker("parameters", folder=folder)
        found = DataSection().read(checker, ("data",), data)
        checker.raise_problems()
        return Sources(found)

    return make


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str], Path]:
    """Write a file of this test."""

    def make(name: str, text: str) -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return make
