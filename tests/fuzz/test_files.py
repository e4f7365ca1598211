"""Whatever stands in a file from elsewhere, its reader gives a clear error or takes it as it is."""

from __future__ import annotations

import io
import json
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import nbformat
import pytest
import typer
from hypothesis import strategies as st

from casebook.authoring.check_warnings import check_warnings
from casebook.authoring.static_check import defaults_in_another_currency, incomplete_lines, lines_of
from casebook.cli.app import message, say_error
from casebook.cli.verify import verify
from casebook.comparison import Page as ComparisonPage
from casebook.comparison import compare, pair
from casebook.errors import CasebookError, InputError
from casebook.execution.journal import Journal, rebuild
from casebook.portfolio import Page, read_portfolio
from casebook.publishing import fingerprint
from casebook.publishing.manifest import Manifest, differences, load_manifest, manifests_in
from casebook.report import sources_of
from casebook.schema.reader import read_parameters
from casebook.schema.templates import find_template, read_template
from tests.conftest import ROOT
from tests.fuzz.mutations import COUNTS, examples, spoilt_file, spoilt_json, spoilt_text
from tests.small_cases import world

KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
STEERING = {*map(chr, range(32)), *map(chr, range(0x7F, 0xA0)), "\u202e", "\u2028"} - {"\n"}


def assert_clear(error: CasebookError) -> None:
    """What a user is told is short, says where, and steers no terminal."""
    told = io.StringIO()
    with redirect_stderr(told):
        say_error(error)
    text = told.getvalue()
    assert text.strip()
    assert not STEERING & set(text)
    assert "Traceback" not in text
    assert "hunter2" not in text, "a password in a URL is not repeated"
    assert len(text) < 60_000
    problems = error.problems if isinstance(error, InputError) else [error]
    assert all(str(problem).split(":")[0] for problem in problems)
    assert message(str(error)).splitlines()[1:] == [
        line for line in message(str(error)).splitlines()[1:] if line.startswith("  ")
    ]


@pytest.fixture
def office(tmp_path, monkeypatch) -> Path:
    """A client with a published report, without a run."""
    world(tmp_path, ["alpha"])
    monkeypatch.chdir(tmp_path)
    (tmp_path / "params/data-1.csv").write_text("day\n1\n", encoding="utf-8")
    text = (tmp_path / "params/alpha.yaml").read_text("utf-8")
    (tmp_path / "params/alpha.yaml").write_text(f"{text}data: {{rides: data-*.csv}}\n", encoding="utf-8")
    _, sources = sources_of(Path("params/alpha.yaml"), {})
    folder = tmp_path / "output/alpha"
    folder.mkdir(parents=True)
    (folder / "rack.html").write_text("<!DOCTYPE html>", encoding="utf-8")
    manifest = Manifest(
        client="alpha",
        kind="rack",
        parameters="../../params/alpha.yaml",
        sources=sources,
        overrides={},
        formats=["html"],
        environment=fingerprint.environment(),
        files={"rack.html": fingerprint.file(folder / "rack.html")},
        summary={"client": "alpha", "shown": {"net_present_value": "$1"}},
        seconds={"in all": 1.0},
    )
    (folder / "rack.manifest.json").write_bytes(manifest.content())
    return tmp_path


@pytest.mark.parametrize("count", COUNTS)
def test_a_manifest(office, count):
    path = office / "output/alpha/rack.manifest.json"
    assert list(differences(load_manifest(path), Path("params/alpha.yaml"), path.parent)) == []

    def claim(content: bytes) -> None:
        path.write_bytes(content)
        manifests_in(path.parent)
        out, err = io.StringIO(), io.StringIO()
        try:
            with redirect_stdout(out), redirect_stderr(err):
                verify([Path("output/alpha")])
        except InputError as error:
            assert_clear(error)
        except typer.Exit as end:
            assert end.exit_code in (0, 1)
        told = out.getvalue() + err.getvalue()
        assert not STEERING & set(told)
        # Each line is about this folder, whatever the manifest says.
        assert all(line.startswith("output/alpha: ") for line in out.getvalue().splitlines())

    examples(count, spoilt_file(json.loads(path.read_bytes())), claim)


@pytest.fixture
def record(make_case) -> dict:
    case = make_case(
        years=2, inputs={"customers": 10, "spend": [5, 6], "margin": 0.4, "team": 3}, currency="USD"
    )
    x = case.inputs
    case.benefit("Sales", kind="margin", annual=x.customers * x.spend * x.margin, ramp=x.adoption)
    case.cost("Team", category="people", annual=x.team, risk=0.1)
    return json.loads(json.dumps(case.record().to_json()))


@pytest.mark.parametrize("count", COUNTS)
def test_a_record(tmp_path, monkeypatch, record, count):
    monkeypatch.chdir(tmp_path)
    for name in ("good", "evil"):
        (tmp_path / "output" / name).mkdir(parents=True)
        (tmp_path / f"output/{name}/rack.json").write_text(json.dumps(record), encoding="utf-8")
    evil = tmp_path / "output/evil/rack.json"

    def claim(content: bytes) -> None:
        evil.write_bytes(content)
        try:
            page = ComparisonPage(compare(*pair(Path("output/good"), Path("output/evil"))))
            json.dumps(page.comparison.to_json(), allow_nan=False).encode()
            page.table_for_terminal()
        except CasebookError as error:
            assert_clear(error)
        shown = Page(read_portfolio(Path("output")), None)
        assert shown.for_terminal()
        json.dumps(shown.to_json(), allow_nan=False)
        assert any(entry.folder == "good" for entry in shown.portfolio.entries), "the other is there"

    examples(count, spoilt_file(record), claim)


@pytest.mark.parametrize("count", COUNTS)
def test_a_journal(tmp_path, count):
    """A cell may have written to it, or to what writes it."""
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(f"print({n})") for n in range(3)], metadata=KERNEL
    )
    path = tmp_path / "rack.journal"
    journal = Journal(path, notebook)
    for number, cell in enumerate(notebook.cells):
        cell.outputs = [nbformat.v4.new_output("stream", text=f"{number}\n")]
        journal.add(number, cell)
    lines = [json.loads(line) for line in path.read_bytes().splitlines()]
    assert rebuild(path) == notebook

    def claim(entries: list) -> None:
        content = b"\n".join(
            json.dumps(each).encode() if not isinstance(each, bytes) else each for each in entries
        )
        path.write_bytes(content + b"\n")
        found = rebuild(path)
        if found is not None:
            nbformat.validate(nbformat.reads(nbformat.v4.writes(found), as_version=4))

    spoilt = spoilt_json(lines).filter(lambda it: isinstance(it, list))
    examples(
        count, st.one_of(spoilt, st.lists(st.sampled_from([*lines, b"", b"{", b"\xff", b"[" * 9999]))), claim
    )


@pytest.mark.parametrize("count", COUNTS)
def test_a_parameter_file(tmp_path, monkeypatch, count):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CASEBOOK_PASSWORD", "a secret")
    (tmp_path / "templates").symlink_to(ROOT / "tests/templates")
    (tmp_path / "params/data").mkdir(parents=True)
    (tmp_path / "params/data/posts.csv").write_text("day\n1\n", encoding="utf-8")
    (tmp_path / "params/logo.svg").write_bytes((ROOT / "tests/invalid/logo.svg").read_bytes())
    # Every section in few lines: it is the reading of many lines that takes long.
    whole, ranged = (
        (ROOT / f"tests/invalid/{name}.yaml").read_text("utf-8") for name in ("valid", "valid-ranges")
    )
    text = (
        whole[: whole.index("inputs:")] + ranged[ranged.index("inputs:") :] + whole[whole.index("story:") :]
    )
    text = text.replace("../templates/tiny", "tiny") + (
        "data:\n  posts: data/*.csv\n  shop:\n    table: x\n"
        "    url: postgresql://reader:${CASEBOOK_PASSWORD}@db.example.org/shop\n"
    )
    path = Path("params/acme.yaml")
    path.write_text(text, encoding="utf-8")
    assert read_parameters(path).story, "as it stands, it is right"

    def claim(content: bytes) -> None:
        path.write_bytes(content)
        try:
            parameters = read_parameters(path)
            told = [
                *incomplete_lines(parameters, lines_of(parameters)),
                *defaults_in_another_currency(parameters, lines_of(parameters)),
                *check_warnings(parameters),
            ]
            assert "hunter2" not in "".join(map(str, told))
            assert "hunter2" not in content.decode("utf-8-sig") or "://" not in content.decode("utf-8-sig")
        except InputError as error:
            assert_clear(error)

    examples(count, spoilt_text(text), claim)


@pytest.mark.parametrize("count", COUNTS)
def test_an_inputs_yaml(tmp_path, monkeypatch, count):
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "templates/rack"
    folder.mkdir(parents=True)
    source = ROOT / "tests/templates/tiny"
    (folder / "template.ipynb").write_bytes((source / "template.ipynb").read_bytes())
    path = folder / "inputs.yaml"

    def claim(content: bytes) -> None:
        path.write_bytes(content)
        try:
            read_template(folder).digest()
        except InputError as error:
            assert_clear(error)

    examples(count, spoilt_text((source / "inputs.yaml").read_text("utf-8")), claim)


@pytest.mark.parametrize("count", COUNTS)
def test_a_template_s_notebook(office, count):
    path = office / "templates/rack/template.ipynb"

    def claim(content: bytes) -> None:
        path.write_bytes(content)
        try:
            parameters = read_parameters(Path("params/alpha.yaml"))
            incomplete_lines(parameters, lines_of(parameters))
            defaults_in_another_currency(parameters, lines_of(parameters))
            find_template("rack", start=office).digest()
        except InputError as error:
            assert_clear(error)

    examples(count, spoilt_file(json.loads(path.read_bytes())), claim)
