"""Each template runs as it is, and on a client's values on an ordinary kernel as JupyterLab has it."""

from __future__ import annotations

import json

import pytest
from nbclient import NotebookClient

from casebook.exporters.record import read_record
from casebook.schema.reader import read_parameters
from casebook.schema.templates import read_template
from tests.conftest import ROOT, run_template

TEMPLATES = sorted(path.parent for path in (ROOT / "templates").glob("*/template.ipynb"))
CLIENTS = {
    "advocacy": "insurer",
    "social-care": "airline-three-years",
    "communities": "beer-community",
    "customer-success": "telco",
    "digital-service": "retailer",
    "fan-value": "cosmetics",
    "recurring-issues": "airline-issues",
    "seen-complaint": "hotel",
    "social-commerce": "deals",
    "social-selling": "furniture",
}


def executed(notebook, folder):
    NotebookClient(notebook, timeout=180, resources={"metadata": {"path": str(folder)}}).execute()
    return read_record(notebook).to_json()


def test_each_template_has_a_client_here():
    assert {folder.name for folder in TEMPLATES} == set(CLIENTS)


@pytest.mark.slow
@pytest.mark.parametrize("folder", TEMPLATES, ids=lambda folder: folder.name)
def test_a_template_runs_on_its_example_values(folder):
    """In this process: tests/authoring/test_template_check.py looks at what its cells show."""
    record = run_template(None, template=read_template(folder)).record().to_json()
    assert record["template"]["name"] == folder.name
    assert record["result"]["net_present_value"] > 0
    assert {given["origin"] for given in record["inputs"].values()} <= {"example", "default", None}


@pytest.mark.slow
@pytest.mark.parametrize("folder", TEMPLATES, ids=lambda folder: folder.name)
def test_an_ordinary_kernel_gives_the_figures_of_casebook_report(folder, reports):
    from papermill.iorw import load_notebook_node
    from papermill.parameterize import parameterize_notebook

    client = CLIENTS[folder.name]
    params = ROOT / "params" / f"{client}.yaml"
    ours = json.loads((reports[client] / f"{folder.name}.json").read_text(encoding="utf-8"))
    notebook = load_notebook_node(str(folder / "template.ipynb"))
    plain = parameterize_notebook(notebook, read_parameters(params).values)
    theirs = executed(plain, params.parent)
    for key in ("result", "cash_flow", "simulation", "break_even", "review", "evidence"):
        assert theirs[key] == ours[key], key
