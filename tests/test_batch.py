"""Many reports in one run, as an analyst makes them: what runs, what is left alone, and what is told."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from casebook.publishing.folder import ClientFolder
from tests.small_cases import begin, clients, published, report, results_of, times, world, write_client

HTML = ("--format", "html")


def test_one_bad_file_among_three_harms_only_itself(tmp_path):
    world(tmp_path, ["alpha", "beta", "gamma"])
    bad = tmp_path / "params/beta.yaml"
    bad.write_text(bad.read_text("utf-8").replace("years: 2", "years: 0\nyeers: 2"), encoding="utf-8")
    done = report(tmp_path, *HTML)
    assert done.returncode == 2, "the parameters were wrong, and nothing else"
    assert "params/beta.yaml:3: years is 0" in done.stderr
    assert "params/beta.yaml:4: no parameter is called 'yeers'" in done.stderr
    assert "Traceback" not in done.stderr
    rows = [re.split(r"\s{2,}", line.strip()) for line in done.stdout.splitlines()]
    assert rows[0] == ["client", "case", "expected value", "plan case", "return", "status", "seconds"]
    assert rows[1][:6] == ["alpha", "Bicycle racks", "–", "$27,000", "300%", "done"]
    assert rows[2] == ["beta", "failed"]
    assert rows[3][:6] == ["gamma", "Bicycle racks", "–", "$27,000", "300%", "done"]
    assert {path.name for path in (tmp_path / "output").iterdir()} == {"alpha", "gamma"}


def test_a_failing_cell_fails_its_own_client_with_exit_code_1(tmp_path):
    world(tmp_path, ["alpha", "beta", "gamma"], "assert case.client.name != 'beta', 'not this one'")
    done = report(tmp_path, *HTML, "--json")
    assert done.returncode == 1
    status = {client: each["status"] for client, each in results_of(done.stdout).items()}
    assert status == {"alpha": "done", "beta": "failed", "gamma": "done"}
    assert "templates/rack/template.ipynb, cell 4: AssertionError: not this one" in done.stderr
    assert "hint: the executed copy is kept at output/beta/rack.failed.ipynb" in done.stderr
    kept = nbformat.read(tmp_path / "output/beta/rack.failed.ipynb", as_version=4)
    assert any(output.output_type == "error" for cell in kept.cells for output in cell.get("outputs", []))


def test_nothing_to_do_does_nothing(tmp_path):
    """No file is written, and no process is started."""
    world(tmp_path, ["alpha", "beta"])
    assert report(tmp_path, *HTML).returncode == 0
    before = times(tmp_path)
    code = (
        "import sys, os\n"
        "def watch(event, _):\n"
        "    if event in ('os.fork', 'subprocess.Popen', 'os.posix_spawn', 'os.exec'): os._exit(77)\n"
        "sys.addaudithook(watch)\n"
        "sys.argv = ['casebook', 'report', 'params/alpha.yaml', 'params/beta.yaml', '--format', 'html']\n"
        "from casebook.cli import main\n"
        "try: main()\n"
        "except SystemExit as end: code = end.code\n"
        "heavy = {'numpy', 'pandas', 'papermill', 'nbformat'} & set(sys.modules)\n"
        "sys.exit(code or (f'imported: {heavy}' if heavy else 0))"
    )
    again = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert again.returncode == 0, again.stderr
    assert again.stdout.count("up to date") == 2
    assert times(tmp_path) == before


def test_one_comma_changed_rebuilds_exactly_that_client(tmp_path):
    world(tmp_path, ["alpha", "beta", "gamma"])
    assert report(tmp_path, *HTML).returncode == 0
    before = times(tmp_path)
    path = tmp_path / "params/beta.yaml"
    path.write_text(path.read_text("utf-8").replace("9000", "9,000"), encoding="utf-8")
    done = report(tmp_path, *HTML, "--json")
    status = {client: each["status"] for client, each in results_of(done.stdout).items()}
    assert status == {"alpha": "up to date", "beta": "failed", "gamma": "up to date"}, "9,000 is no number"
    path.write_text(path.read_text("utf-8").replace("9,000", "9_000"), encoding="utf-8")
    done = report(tmp_path, *HTML, "--json")
    status = {client: each["status"] for client, each in results_of(done.stdout).items()}
    assert status == {"alpha": "up to date", "beta": "done", "gamma": "up to date"}
    after = times(tmp_path)
    assert {name for name in after if after[name] != before[name]} == {
        n for n in after if n.startswith("beta/")
    }


def touch_output(folder: Path) -> None:
    with (folder / "output/alpha/rack.html").open("a", encoding="utf-8") as file:
        file.write("<p>edited</p>")


def change_template(folder: Path) -> None:
    with (folder / "templates/rack/inputs.yaml").open("a", encoding="utf-8") as file:
        file.write("# another word\n")


CHANGES = {
    "the page is deleted": lambda folder: (folder / "output/alpha/rack.html").unlink(),
    "the page is edited": touch_output,
    "the template changes": change_template,
    "a file joins the template": lambda folder: (folder / "templates/rack/more.txt").write_text("x"),
    "a data file changes": lambda folder: (folder / "params/data-1.csv").write_text("day,rides\n1,8\n"),
    "a data file joins the others": lambda folder: (folder / "params/data-2.csv").write_text(
        "day,rides\n2,8\n"
    ),
    "a template of the same name comes nearer": lambda folder: (
        (folder / "templates").rename(folder / "params/templates"),
        change_template(folder / "params"),
    ),
}


@pytest.mark.slow
def test_each_thing_that_a_report_follows_from_rebuilds_it(tmp_path):
    """And verify names it, in words."""
    world(tmp_path, [])
    (tmp_path / "params/data-1.csv").write_text("day,rides\n1,7\n", encoding="utf-8")
    write_client(tmp_path, "alpha", data="{rides: data-*.csv}")
    assert report(tmp_path, *HTML).returncode == 0
    said = {
        "the page is deleted": "rack.html is missing",
        "the page is edited": "rack.html was changed after it was made",
        "the template changes": "template rack: inputs.yaml has changed",
        "a file joins the template": "template rack: more.txt is new",
        "a data file changes": "params/data-1.csv has changed",
        "a data file joins the others": "params/data-2.csv is new",
        "a template of the same name comes nearer": "template rack: inputs.yaml has changed",
    }
    for name, change in CHANGES.items():
        change(tmp_path)
        verified = subprocess.run(
            [sys.executable, "-m", "casebook", "verify", "output/alpha"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
        )
        assert verified.returncode == 1, name
        assert f"output/alpha: {said[name]}" in verified.stdout.splitlines()
        done = report(tmp_path, *HTML, "--json")
        assert results_of(done.stdout)["alpha"]["status"] == "done", name


@pytest.mark.slow
def test_other_formats_another_date_and_force_rebuild(tmp_path):
    world(tmp_path, ["alpha"])
    assert report(tmp_path, *HTML).returncode == 0
    dated = {**os.environ, "SOURCE_DATE_EPOCH": "1700000000"}
    for arguments, options in (
        (("--format", "html,xlsx"), {}),
        (("--format", "html,xlsx"), {"env": dated}),
        (("--format", "html,xlsx", "--force"), {"env": dated}),
    ):
        done = report(tmp_path, *arguments, "--json", **options)
        assert results_of(done.stdout)["alpha"]["status"] == "done"
    again = report(tmp_path, "--format", "xlsx,html", "--json", env=dated)
    assert results_of(again.stdout)["alpha"]["status"] == "up to date"


def test_names_that_would_share_a_folder_are_refused_and_the_others_run(tmp_path):
    world(tmp_path, ["Acme", "acme", "beta"])
    (tmp_path / "params/old").mkdir()
    (tmp_path / "params/old/beta.yaml").write_bytes((tmp_path / "params/beta.yaml").read_bytes())
    write_client(tmp_path, "gamma")
    files = [
        f"params/{name}.yaml" for name in ("Acme", "acme", "beta", "old/beta", "gamma", "../params/gamma")
    ]
    done = report(tmp_path, *files, *HTML)
    assert done.returncode == 2
    clash = "its report would go to the same folder as that of"
    assert f"params/Acme.yaml: {clash} params/acme.yaml" in done.stderr
    assert f"params/old/beta.yaml: {clash} params/beta.yaml" in done.stderr
    assert [path.name for path in (tmp_path / "output").iterdir()] == ["gamma"], "the same file twice is one"


@pytest.mark.slow
def test_a_file_may_be_called_almost_anything_and_leads_nowhere_else(tmp_path):
    names = ["-x", "50%s %d", "{x}", "$(touch there)", ".hidden"]
    refused = {"..": "..", ".": ".", "a\nb": "a\\nb", "\x1b[31mred": "\\x1b[31mred", "\udcff": "\\udcff"}
    world(tmp_path, [*names, "again"])
    text = (tmp_path / "params/again.yaml").read_bytes()
    for name in refused:
        (tmp_path / f"params/{name}.yaml").write_bytes(text)
    (tmp_path / "params/round.yaml").symlink_to("round.yaml")
    files = [f"params/{name}.yaml" for name in (*names, *refused, "round")]
    before = {path.name for path in tmp_path.iterdir()} | {"output"}
    done = report(tmp_path, *files, *HTML)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    for shown in refused.values():
        assert f"params/{shown}.yaml: its report's folder can't have this name" in done.stderr
    assert {path.name for path in tmp_path.iterdir()} == before
    assert {path.name for path in (tmp_path / "output").iterdir()} == set(names)
    assert report(tmp_path, *files, *HTML, "--json").stdout.count('"up to date"') == len(names)


def test_a_single_report_prints_its_files(tmp_path):
    world(tmp_path, ["alpha"])
    expected = [f"output/alpha/rack{ending}" for ending in (".html", ".ipynb", ".json")]
    for status in ("done in", "up to date"):
        done = report(tmp_path, *HTML)
        assert done.stdout.splitlines() == expected
        assert f"params/alpha.yaml: {status}" in done.stderr


def test_two_batches_at_once_make_each_report_once(tmp_path):
    world(tmp_path, ["alpha", "beta", "gamma"])
    processes = [begin(tmp_path, *HTML, "--json", "--jobs", "1") for _ in range(2)]
    outputs = [process.communicate(timeout=120) for process in processes]
    assert [process.returncode for process in processes] == [0, 0], outputs
    runs = [results_of(stdout) for stdout, _ in outputs]
    for client in ("alpha", "beta", "gamma"):
        assert sorted(run[client]["status"] for run in runs) == ["done", "up to date"]
    assert len(published(tmp_path)) == 9


@pytest.mark.slow
def test_two_batches_in_opposite_orders_do_not_wait_for_each_other(tmp_path):
    world(tmp_path, [f"client-{n}" for n in range(6)])
    orders = clients(tmp_path), clients(tmp_path)[::-1]
    processes = [begin(tmp_path, *order, *HTML, "--json", "--jobs", "2") for order in orders]
    outputs = [process.communicate(timeout=120) for process in processes]
    assert [process.returncode for process in processes] == [0, 0], outputs
    for client in results_of(outputs[0][0]):
        assert sorted(results_of(stdout)[client]["status"] for stdout, _ in outputs) == ["done", "up to date"]


def test_a_client_that_another_run_is_at_comes_last_and_is_waited_for(tmp_path):
    world(tmp_path, ["alpha", "beta", "gamma"])
    with ClientFolder(tmp_path / "output/alpha"):
        process = begin(tmp_path, *HTML, "--json", "--jobs", "1")
        assert process.stdout
        first = results_of(process.stdout.readline() + process.stdout.readline())
        assert {client: each["status"] for client, each in first.items()} == {"beta": "done", "gamma": "done"}
        assert process.stderr
        last = [process.stderr.readline() for _ in range(3)][-1]
        assert last == "output/alpha: another run is using this folder; waiting for it to finish\n"
    stdout, _ = process.communicate(timeout=120)
    assert process.returncode == 0
    assert results_of(stdout)["alpha"]["status"] == "done"


def test_a_manifest_of_another_name_is_no_report_of_this_client(tmp_path):
    """A damaged or foreign manifest must not answer for a client, least of all under its own name."""
    world(tmp_path, ["alpha"])
    assert report(tmp_path, "params/alpha.yaml", *HTML).returncode == 0
    (manifest,) = (tmp_path / "output/alpha").glob("*.manifest.json")
    manifest.write_text(
        manifest.read_text("utf-8").replace('"client": "alpha"', '"client": " alpha"'), "utf-8"
    )
    again = report(tmp_path, "params/alpha.yaml", *HTML, "--json")
    assert results_of(again.stdout)["alpha"]["status"] == "done"
