"""Whatever is killed, and whenever: every report is whole, every status true, and nothing is left behind."""

from __future__ import annotations

import os
import random
import signal
import time
from pathlib import Path

import psutil
import pytest

from casebook.publishing.manifest import differences, manifests_in
from tests.small_cases import begin, record, report, results_of, world, worth, write_client

HTML = ("--format", "html")
FILES = {"rack.html", "rack.ipynb", "rack.json", "rack.manifest.json"}


def assert_whole(folder: Path, riders: dict[str, int]) -> None:
    """Each client has all files of one report, as its manifest says, or none; the figures are the file's."""
    for client, number in riders.items():
        place = folder / "output" / client
        for manifest in manifests_in(place):
            assert {*manifest.files, manifest.name} == FILES
            parameters = folder / f"params/{client}.yaml"
            assert list(differences(manifest, parameters, place, thorough=True)) == []
            assert record(folder, client)["result"]["net_present_value"] == worth(number)


def assert_tidy(folder: Path) -> None:
    """Nothing but whole reports lies under output/, and nothing in the folder for temporary files."""
    found = {path.relative_to(folder / "output").as_posix() for path in (folder / "output").rglob("*")}
    names = {path.stem for path in (folder / "params").glob("*.yaml")}
    assert found == names | {f"{name}/{file}" for name in names for file in FILES}
    assert list((folder / "tmp").iterdir()) == []


def surroundings(folder: Path) -> dict[str, dict[str, str]]:
    (folder / "tmp").mkdir(exist_ok=True)
    return {"env": {**os.environ, "TMPDIR": str(folder / "tmp"), "CASEBOOK_TEST": str(folder)}}


def strays(folder: Path) -> list[psutil.Process]:
    """The processes of a run that still live."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.pid != os.getpid() and process.environ().get("CASEBOOK_TEST") == str(folder):
                found.append(process)
        except psutil.Error:
            continue
    return [process for process in found if process.is_running()]


def assert_no_stray(folder: Path) -> None:
    end = time.monotonic() + 10
    while (left := strays(folder)) and time.monotonic() < end:
        time.sleep(0.05)
    assert left == []


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), pytest.param(signal.SIGTERM, 143, marks=pytest.mark.slow)]
)
def test_a_run_that_is_told_to_stop_leaves_whole_reports_and_nothing_else(tmp_path, number, code):
    names = [f"client-{n:02}" for n in range(12)]
    world(tmp_path, names, "import time; time.sleep(0.3)")
    process = begin(tmp_path, *HTML, "--jobs", "2", **surroundings(tmp_path))
    while not list((tmp_path / "output").glob("*/rack.manifest.json")):
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)
    begun = time.monotonic()
    process.send_signal(number)
    _, stderr = process.communicate(timeout=60)
    assert time.monotonic() - begun < 10
    assert process.returncode == code
    assert "Traceback" not in stderr
    assert_no_stray(tmp_path)
    assert list((tmp_path / "output").glob("*/.staging*")) == []
    assert list((tmp_path / "tmp").iterdir()) == []
    assert_whole(tmp_path, dict.fromkeys(names, 30))
    assert report(tmp_path, *HTML, **surroundings(tmp_path)).returncode == 0
    assert_tidy(tmp_path)


def victim(parent: psutil.Process, kind: str) -> psutil.Process | None:
    """The process to kill: the run itself, its helper, or the process of a report."""
    try:
        helpers = parent.children()
        children = [child for helper in helpers for child in helper.children()]
        chosen = {"parent": [parent], "helper": helpers, "child": children}[kind]
        return random.choice(chosen) if chosen else None
    except psutil.Error:
        return None


@pytest.mark.slow
def test_after_a_hundred_kills_every_report_is_whole_and_every_status_true(tmp_path):
    """Parent, helper or child, at any moment; each run takes up what the one before it left."""
    chance = random.Random(20)
    random.seed(20)
    riders = {f"client-{n}": 30 for n in range(8)}
    world(tmp_path, riders)
    around, kills, run = surroundings(tmp_path), 0, 0
    while kills < 100:
        run += 1
        for client in riders:  # each run has all clients to make
            riders[client] = 30 + run
            write_client(tmp_path, client, riders=riders[client])
        process = begin(tmp_path, *HTML, "--jobs", "2", "--json", **around)
        parent = psutil.Process(process.pid)
        # Most runs lose many children and helpers first, and all lose the parent in the end.
        end = time.monotonic() + chance.choice((0.2, 1, 3, 6)) * chance.uniform(0.5, 1.5)
        while time.monotonic() < end and process.poll() is None:
            time.sleep(chance.uniform(0, 0.15))
            target = victim(parent, chance.choice(("child", "child", "child", "helper")))
            if target:
                try:
                    target.kill()
                    kills += 1
                except psutil.Error:
                    continue
        if process.poll() is None:
            process.kill()
            kills += 1
        stdout, _ = process.communicate(timeout=60)
        assert_no_stray(tmp_path)
        for client, outcome in results_of(stdout[: stdout.rfind("\n") + 1]).items():
            place = tmp_path / "output" / client
            if outcome["status"] == "failed":
                assert "ended by signal 9" in outcome["error"] or "was lost" in outcome["error"]
            else:
                assert record(tmp_path, client)["result"]["net_present_value"] == worth(riders[client])
                assert {path.name for path in place.iterdir()} >= FILES
    done = report(tmp_path, *HTML, **around)
    assert done.returncode == 0, done.stderr
    assert_whole(tmp_path, riders)
    # Temporary files of killed runs go with the next run that makes a report: this one may have made none.
    assert report(tmp_path, *HTML, "--force", **around).returncode == 0
    assert_tidy(tmp_path)
