"""What a manifest says, and what `casebook verify` makes of it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from casebook.publishing import fingerprint
from casebook.publishing.manifest import path_from, read_manifest
from tests.command import invoke
from tests.small_cases import report, world, write_client


def verify(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return invoke("verify", *arguments, cwd=folder)


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    """A client with its report; tests work on copies."""
    folder = world(tmp_path_factory.mktemp("world"), ["alpha"])
    assert report(folder, "--format", "html").returncode == 0
    return folder


@pytest.fixture
def office(made, tmp_path) -> Path:
    return shutil.copytree(made, tmp_path / "office")


def edit_manifest(office: Path, change) -> None:
    path = office / "output/alpha/rack.manifest.json"
    values = json.loads(path.read_text("utf-8"))
    change(values)
    path.write_text(json.dumps(values), encoding="utf-8")


def test_a_report_that_follows_says_so(office):
    done = verify(office, "output/alpha")
    assert (done.returncode, done.stdout) == (0, "output/alpha: rack follows from params/alpha.yaml\n")


def test_a_version_that_differs_is_named(office):
    def age(values):
        values["environment"]["packages"]["numpy"] = "1.0"
        values["environment"]["packages"]["gone"] = "2.0"
        values["environment"]["python"] = "3.0.0"
        values["environment"]["code"] = "0"

    edit_manifest(office, age)
    done = verify(office, "output/alpha")
    assert done.returncode == 1
    assert "the report was made with 1.0" in done.stdout
    assert "gone is not installed; the report was made with 2.0" in done.stdout
    assert "the report was made with 3.0.0" in done.stdout
    assert "the code of casebook differs" in done.stdout


def test_verify_reads_a_file_whatever_its_time_says(office):
    """An edit that keeps size and time gets past a quick look, and not past this one."""
    path = office / "output/alpha/rack.html"
    before = path.stat()
    path.write_bytes(path.read_bytes().replace(b"27,000", b"99,000"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    done = verify(office, "output/alpha")
    assert done.returncode == 1
    assert "output/alpha: rack.html was changed after it was made" in done.stdout


def test_a_file_of_the_same_name_size_and_time_in_another_folder_is_another(tmp_path, monkeypatch):
    found = {}
    for text in ("one", "two"):
        (tmp_path / text).mkdir()
        monkeypatch.chdir(tmp_path / text)
        path = Path("params.yaml")
        path.write_text(text, encoding="utf-8")
        os.utime(path, ns=(0, 0))
        found[text] = fingerprint.file(path)["sha256"]
    assert found["one"] != found["two"]


def test_inputs_that_moved_with_the_report_are_found_and_others_can_be_named(office):
    moved = shutil.move(office, office.with_name("elsewhere"))
    assert verify(moved, "output/alpha").returncode == 0
    (moved / "params/alpha.yaml").rename(moved / "params/first.yaml")
    lost = verify(moved, "output/alpha")
    assert lost.returncode == 1
    assert "../../params/alpha.yaml does not exist" in lost.stdout
    assert "--params" in lost.stderr
    assert verify(moved, "output/alpha", "--params", "params/first.yaml").returncode == 0


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"format": "casebook.manifest", "version": 99}', "\x00", "[" * 9999]
)
def test_a_folder_without_a_report_is_a_clear_error(office, text):
    (office / "output/alpha/rack.manifest.json").write_text(text, encoding="utf-8")
    assert read_manifest(office / "output/alpha/rack.manifest.json") is None
    if text:
        return
    done = verify(office, "output/alpha", "output/nobody")
    assert done.returncode == 2
    assert "output/alpha: holds no report with a manifest" in done.stderr
    assert "output/nobody: there is no such folder" in done.stderr
    assert "Traceback" not in done.stderr


def test_paths_say_nothing_of_the_machine(monkeypatch, tmp_path):
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "home/jane")
    inside, home = tmp_path / "home/jane/work", tmp_path / "home/jane"
    assert path_from(inside / "output/acme", inside / "params/acme.yaml") == "../../params/acme.yaml"
    assert path_from(home / "out/acme", inside / "params/acme.yaml") == "../../work/params/acme.yaml"
    assert path_from(tmp_path / "home/bob/acme", home / "params/acme.yaml") == "acme.yaml", (
        "jane stays unnamed"
    )
    assert path_from(Path("/srv/acme"), home / "params/acme.yaml") == "acme.yaml"


def test_a_database_is_never_up_to_date(office):
    """It has no hash: its current content can't be checked."""
    edit_manifest(office, lambda values: values["sources"].update(unhashed=["orders (postgresql server)"]))
    done = verify(office, "output/alpha")
    assert done.returncode == 0
    assert "the current content of orders (postgresql server) can't be checked" in done.stderr


@pytest.mark.slow
def test_a_report_on_a_database_is_made_again_each_time(office):
    edit_manifest(office, lambda values: values["sources"].update(unhashed=["orders (postgresql server)"]))
    again = report(office, "--format", "html")
    assert "done in" in again.stderr
    write_client(office, "alpha")
    assert "up to date" in report(office, "--format", "html").stderr
