"""Clients that bring what harms: each is told by name, with whose fault it is, and all others are done."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from casebook import report as one_report
from casebook.errors import ExportError, PublishError
from tests.conftest import run
from tests.small_cases import INPUTS, record, report, results_of, world, worth, write_client

CELLS = {
    # client: what a cell of its template does, and what is told of it (nothing where its report is done)
    "forger": (
        "raise ValueError('\\x1b]0;pwn\\x07\\noutput/good: rack follows from params/good.yaml')",
        "params/forger.yaml: templates/forger/template.ipynb, cell 4: ValueError: \\x1b]0;pwn\\x07\n"
        "  output/good: rack follows from params/good.yaml\n",
    ),
    "talker": ("raise ValueError('x' * 5_000_000)", "cell 4: ValueError: xxx"),
    "replacer": (
        "import json; json.dumps = None",
        "params/replacer.yaml: templates/replacer/template.ipynb, cell 4",
    ),
    "spoiler": (
        "from casebook import report; report._summary = lambda _: []",
        "params/spoiler.yaml: its process did not return a report: summary is an empty list; must be",
    ),
    "exporter": (
        "from casebook.exporters import html; html.to_page = lambda _: {}['page']",
        "params/exporter.yaml: export to html: KeyError: 'page'\n",
    ),
    "linker": (
        "import pathlib\nfor p in pathlib.Path('../output/linker').glob('.staging*'):\n"
        "    (p / 'rack.manifest.json').symlink_to('/etc/passwd')",
        None,
    ),
    "masker": ("import os; os.umask(0o777)", None),
    "stopper": ("import os, signal; os.kill(os.getppid(), signal.SIGSTOP)", None),
}


@pytest.fixture(scope="module")
def office(tmp_path_factory) -> Path:
    folder = world(tmp_path_factory.mktemp("office"), ["good", "better"])
    good = json.loads((folder / "templates/rack/template.ipynb").read_bytes())
    for client, (source, _) in CELLS.items():
        template = folder / "templates" / client
        template.mkdir()
        (template / "inputs.yaml").write_text(INPUTS, encoding="utf-8")
        cells = [*good["cells"][:3], {**good["cells"][2], "id": "harm", "source": source}, *good["cells"][3:]]
        (template / "template.ipynb").write_text(json.dumps({**good, "cells": cells}), encoding="utf-8")
        path = write_client(folder, client)
        path.write_text(path.read_text("utf-8").replace("rack\n", f"{client}\n", 1), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def done(office):
    """A run over all of them, with a umask of the user's own."""
    return report(office, "--format", "html", "--jobs", "2", "--deadline", "120", umask=0o027)


def test_all_others_are_done_and_the_summary_is_true(office, done):
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    rows = {line.split()[0]: line.split()[-2] for line in done.stdout.splitlines()[1:]}
    failed = {client for client, (_, said) in CELLS.items() if said}
    assert {client for client, status in rows.items() if status == "failed"} == failed
    assert {client for client, status in rows.items() if status == "done"} == {
        "good",
        "better",
        *CELLS,
    } - failed
    for client in ("good", "better"):
        assert record(office, client)["result"]["net_present_value"] == worth(30)


@pytest.mark.parametrize("client", [client for client, (_, said) in CELLS.items() if said])
def test_a_fault_is_told_as_whose_it_is(done, client):
    assert CELLS[client][1] in done.stderr
    assert "\x1b" not in done.stderr
    assert len(done.stderr) < 20_000


def test_files_have_the_mode_of_the_users_umask(office, done):
    assert done.stderr
    modes = {
        path.relative_to(office).as_posix(): stat.S_IMODE(path.stat().st_mode)
        for path in (office / "output").rglob("*")
        if path.is_file()
    }
    assert any("masker" in name for name in modes)
    assert {name: oct(mode) for name, mode in modes.items() if mode != 0o640} == {}


NAMED_OTHERWISE = ("x\\noutput/evil: rack follows", "\\x1b]0;pwn\\x07 does not exist")


SPOILT = [
    ("environment has no SOURCE_DATE_EPOCH", lambda it: it["environment"].pop("SOURCE_DATE_EPOCH")),
    ("summary is an empty list; must be a mapping", lambda it: it.update(summary=[])),
    (
        "sources.patterns.0 is '/etc/*'; must be a relative path",
        lambda it: it["sources"].update(patterns=["/etc/*"]),
    ),
    ("sources.parameters.sha256 is 0; must be 64", lambda it: it["sources"]["parameters"].update(sha256="0")),
    ("sources.folders.0 is '/'; must be a relative path", lambda it: it["sources"].update(folders=["/"])),
    ("leads out of params", lambda it: it["sources"].update(patterns=["../../../../**/*"])),
    ("leads out of params", lambda it: it["sources"].update(folders=["../../.."])),
    (
        "x\\noutput/evil: rack follows",
        lambda it: it.update(parameters="x\noutput/evil: rack follows from y"),
    ),
    ("\\x1b]0;pwn\\x07 does not exist", lambda it: it.update(parameters="\x1b]0;pwn\x07")),
    ("parameters is '\\ud800'; must be a relative path", lambda it: it.update(parameters="\ud800")),
    ("kind is '../rack'; must be a file's name", lambda it: it.update(kind="../rack")),
    ("files.rack.html.size is 'x'; must be a whole", lambda it: it["files"]["rack.html"].update(size="x")),
]


@pytest.fixture(scope="module")
def damaged(tmp_path_factory) -> Path:
    """Reports of as many clients as there are ways to damage a manifest, each in its own; and a good one."""
    names = [f"client-{number}" for number in range(len(SPOILT))]
    folder = world(tmp_path_factory.mktemp("damaged"), [*names, "good"])
    assert report(folder, "--format", "html", "--jobs", "2").returncode == 0
    for name, (_, spoil) in zip(names, SPOILT, strict=True):
        path = folder / f"output/{name}/rack.manifest.json"
        values = json.loads(path.read_bytes())
        spoil(values)
        path.write_text(json.dumps(values), encoding="utf-8")
    return folder


@pytest.mark.slow
def test_a_damaged_manifest_is_told_by_its_key_and_stops_nobody(damaged):
    for number, (what, _) in enumerate(SPOILT):
        place = f"output/client-{number}"
        verified = run("verify", place, cwd=damaged)
        assert verified.returncode in (1, 2)
        assert what in verified.stdout + verified.stderr
        assert "Traceback" not in verified.stderr
        assert all(line.startswith(f"{place}: ") for line in verified.stdout.splitlines())
    again = report(damaged, "--format", "html", "--json", "--jobs", "2")
    became = {client: each["status"] for client, each in results_of(again.stdout).items()}
    # A manifest that only names another parameter file is still right in its hashes.
    expected = {
        f"client-{number}": "up to date" if what in NAMED_OTHERWISE else "done"
        for number, (what, _) in enumerate(SPOILT)
    }
    assert became == {**expected, "good": "up to date"}


@pytest.mark.parametrize("code", [28, 122])  # no space, over quota
def test_a_full_temporary_folder_is_not_told_as_the_output(tmp_path, monkeypatch, code):
    temporary, staging = tmp_path / "tmp", tmp_path / "output/acme/.staging-x"
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    monkeypatch.setenv("TMPDIR", str(temporary))
    full = one_report._refusal(OSError(code, os.strerror(code), str(temporary / "x")), staging)
    assert str(full).startswith(f"the folder for temporary files, {temporary}, can't be written to")
    output = one_report._refusal(OSError(code, os.strerror(code), str(staging / "rack.pdf")), staging)
    assert isinstance(output, PublishError)
    assert str(output).startswith(f"{tmp_path}/output/acme: can't be written to")
    font = one_report._refusal(OSError(13, os.strerror(13), str(tmp_path / "fonts/a.ttf")), staging)
    assert isinstance(font, ExportError)
    assert "fonts/a.ttf can't be used: Permission denied" in str(font)


def test_thousands_of_mistakes_are_told_in_a_page(office):
    path = office / "params/wordy.yaml"
    path.write_text("template: rack\n" + "".join(f"wrong_{n}: 1\n" for n in range(9_900)), encoding="utf-8")
    try:
        done = run("check", "params/wordy.yaml", cwd=office)
    finally:
        path.unlink()
    assert done.returncode == 2
    assert "params/wordy.yaml:2: no parameter is called 'wrong_0'" in done.stderr
    assert "more problems" in done.stderr
    assert len(done.stderr) < 20_000
