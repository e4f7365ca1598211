"""What several tests share: a case made from a few inputs, and the reports of the example clients."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from hypothesis import settings

from casebook import Case
from casebook.record.types import ClientRecord
from casebook.schema.parameters import Parameters
from casebook.schema.reader import parse_parameters
from casebook.schema.templates import Template
from casebook.study.record import record_of as study_record
from casebook.study.study import Study
from casebook.views.components import Paragraphs
from casebook.views.view import View

# No test is timed. Where a change is judged all runs look at the same examples, on a desk each at others.
settings.register_profile("desk", deadline=None)
settings.register_profile("judged", deadline=None, derandomize=True)
settings.load_profile("judged" if os.environ.get("CI") else "desk")

ROOT = Path(__file__).parent.parent
CLIENTS = ("airline", "airline-three-years")
EXAMPLES = sorted(path.stem for path in (ROOT / "params").glob("*.yaml"))

INPUTS = """\
title: Example
inputs:
  customers: {label: Customers, unit: customers, example: 1000}
  spend: {label: Spend, unit: currency/customer/year, example: 50}
  margin: {label: Margin, unit: share, role: margin, example: 40%}
  team: {label: Team, unit: currency/year, example: 8_000}
  adoption: {label: Adoption, unit: share, role: ramp, default: 100%, evidence: assumption}
  uplift: {label: Uplift, unit: share, optional: true}
  caused: {label: Caused, unit: share, role: causal share, optional: true}
  setup: {label: Set-up, unit: currency, bounds: [null, null], optional: true}
  calls: {label: Calls, unit: contacts/month, bounds: [0, null], optional: true}
  call_cost: {label: Cost of a call, unit: currency/contact, bounds: [0, null], optional: true}
"""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give tests that share a module's fixture to one process, so that it is made once; slow ones come first.

    What lasts must not begin when the other processes have nothing left to do.
    """
    for item in items:
        fixtures = getattr(item, "_fixtureinfo", None)
        shared = fixtures and any(each[-1].scope == "module" for each in fixtures.name2fixturedefs.values())
        if shared and not item.get_closest_marker("xdist_group"):
            item.add_marker(pytest.mark.xdist_group(item.nodeid.partition("::")[0]))
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@pytest.fixture
def no_installed_templates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation that came without templates, so that a test knows all that there are."""
    monkeypatch.setattr("casebook.schema.templates._installed", lambda: tmp_path / "nowhere")


def notebook_file(path: Path, *cells: str) -> None:
    """Write a minimal template notebook: the parameters cell and the given code."""
    import nbformat

    notebook = nbformat.v4.new_notebook()
    names = (
        'template = "example"\nclient = {"name": "Example"}\ncurrency = "USD"\nlocale = "en_US"\nyears = 3\n'
    )
    names += 'start = None\ndiscount_rate = "10%"\ninputs = {}\nscenarios = {}\ncorrelations = {}\n'
    names += "options = {}\ndecision = {}\ndata = {}\nactuals = {}\nreview = {}\nstory = {}\ndocument = {}"
    first = nbformat.v4.new_code_cell(names)
    first.metadata["tags"] = ["parameters"]
    notebook.cells = [first]
    for source in cells:
        prose = source.startswith(("#", "Text:")) and "\n" not in source
        make = nbformat.v4.new_markdown_cell if prose else nbformat.v4.new_code_cell
        notebook.cells.append(make(source))
    notebook.metadata["kernelspec"] = {"name": "python3", "language": "python", "display_name": "Python 3"}
    nbformat.write(notebook, path)


@pytest.fixture
def make_case(tmp_path: Path) -> Callable[..., Case]:
    """Make a case on a small template: `make_case(years=2, inputs={...})`."""

    def make(declarations: str = INPUTS, **values: Any) -> Case:
        folder = tmp_path / "templates" / "example"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "inputs.yaml").write_text(declarations, encoding="utf-8")
        notebook_file(folder / "template.ipynb", "1")
        given = {"template": "example", "client": {"name": "Example"}, **values}
        return Case(parse_parameters(given, folder=tmp_path))

    return make


def record_of(case: Study) -> dict[str, Any]:
    """The record of a case as JSON, without what is read from files: its logo and its hashes."""
    client = ClientRecord(name=case.parameters.client.name, colour=None, logo=None)
    return study_record(case, client=client, decision="", provenance=None).to_json()


def run_template(parameters: Parameters | None, *, template: Template | None = None) -> Case:
    """Run a template's code cells in this process and give its case, without what they show: for figures."""
    import nbformat

    kind = parameters.template if parameters else template
    assert kind is not None
    cells = [cell for cell in nbformat.read(kind.notebook, as_version=4).cells if cell.cell_type == "code"]
    names: dict[str, Any] = {}
    folder = parameters.path.parent if parameters and parameters.path else kind.folder

    def close(case: Case, *_: Any, **__: Any) -> View:
        case.close()
        return View(Paragraphs([]))

    with contextlib.chdir(folder), mock.patch.object(Case, "_view", close):
        for cell in cells:
            exec(compile(cell.source, f"{kind.name}, {cell.id}", "exec"), names)
            if parameters and "parameters" in cell.metadata.get("tags", []):
                names.update(parameters.values)
    case = names["case"]
    assert isinstance(case, Case)
    return case


def without_break_evens() -> contextlib.AbstractContextManager[Any]:
    """Look for no break-evens: what is asked for results alone comes out in a fraction of the time."""
    return mock.patch("casebook.analysis.analysis.break_even", return_value=None)


def run(
    *arguments: str, cwd: Path = ROOT, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run `casebook` as a user does."""
    return subprocess.run(
        [sys.executable, "-m", "casebook", *arguments],
        cwd=cwd,
        env={**os.environ, **(env or {})},
        capture_output=True,
        text=True,
        timeout=600,
    )


def _report(clients: Iterable[str], *options: str) -> None:
    done = run("report", *(str(ROOT / "params" / f"{client}.yaml") for client in clients), *options)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="session")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The published reports of all examples, by client; made once for all processes of a run.

    Those of CLIENTS are made here, in every format. Of the others, what `make report` made is taken over
    where casebook finds it up to date, which takes the same code, Python and versions. No test may change
    them.
    """
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    output, ready = folder / "reports", folder / "reports.ready"
    with (folder / "reports.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not ready.exists():
            for client in set(EXAMPLES) - set(CLIENTS):
                if (made := ROOT / "output" / client).is_dir():
                    shutil.copytree(made, output / client, ignore=shutil.ignore_patterns(".*", "*.failed.*"))
            _report(CLIENTS, "--format", "pdf,html,xlsx,brief", "--output", str(output))
            _report(sorted(set(EXAMPLES) - set(CLIENTS)), "--output", str(output))
            ready.touch()
    return {client: output / client for client in EXAMPLES}
