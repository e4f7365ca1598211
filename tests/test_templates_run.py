"""Each template opens and runs as it is, as JupyterLab runs it: in its own folder, on an ordinary kernel."""

from __future__ import annotations

import nbformat
import pytest
from nbclient import NotebookClient

from tests.conftest import ROOT

TEMPLATES = sorted(path.parent for path in (ROOT / "templates").glob("*/template.ipynb"))


@pytest.mark.parametrize("folder", TEMPLATES, ids=lambda folder: folder.name)
def test_a_template_runs_on_its_example_values(folder):
    notebook = nbformat.read(folder / "template.ipynb", as_version=4)
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(folder)}}).execute()
    from casebook.exporters.record import read_record

    record = read_record(notebook)
    assert record["template"]["name"] == folder.name
    assert record["result"]["net_present_value"] > 0
    assert {given["origin"] for given in record["inputs"].values()} <= {"example", "default", None}
