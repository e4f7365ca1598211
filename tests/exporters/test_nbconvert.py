"""The exporters as nbconvert finds them."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import entry_points

import nbformat
import pytest

from tests.exporters.conftest import TABLE, shown

NAMES = {point.name for point in entry_points(group="nbconvert.exporters")}


@pytest.mark.skipif("casebook-pdf" not in NAMES, reason="casebook is not installed")
@pytest.mark.parametrize(
    ("name", "ending", "begins"),
    [pytest.param("pdf", ".pdf", b"%PDF-", marks=pytest.mark.slow), ("html", ".html", b"<!DOCTYPE")],
)
def test_nbconvert_exports_by_name(name, ending, begins, make_notebook, tmp_path):
    file = tmp_path / "case.ipynb"
    nbformat.write(make_notebook(shown(TABLE)), file)
    command = [sys.executable, "-m", "nbconvert", "--to", f"casebook-{name}", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert file.with_suffix(ending).read_bytes().startswith(begins)
