"""The same inputs and versions give the same bytes, wherever and however a report is made."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.conftest import ROOT, run


def contents(output: Path) -> dict[str, bytes]:
    """Every published file but the manifests, which hold times."""
    return {
        path.relative_to(output).as_posix(): path.read_bytes()
        for path in output.rglob("*")
        if path.is_file() and not path.name.endswith(".manifest.json")
    }


@pytest.mark.slow
def test_another_folder_seed_time_zone_engine_and_number_of_jobs_give_the_same_bytes(tmp_path):
    clients = ("airline-three-years", "beer-community")
    files = [f"params/{client}.yaml" for client in clients]
    here = {"PYTHONHASHSEED": "1"}
    first = run("report", *files, "--output", str(tmp_path / "first"), "--jobs", "2", env=here)
    assert first.returncode == 0, first.stderr
    elsewhere = tmp_path / "another place" / "x"
    for name in ("params", "templates"):
        shutil.copytree(ROOT / name, elsewhere / name)
    there = {
        "PYTHONHASHSEED": "77",
        "TZ": "Asia/Tokyo",
        "LC_ALL": "C",
        "PYTHONPATH": str(ROOT),
    }
    options = ["--output", "../second", "--jobs", "1", "--engine", "kernel"]
    second = run("report", *(f"x/{file}" for file in files), *options, cwd=elsewhere.parent, env=there)
    assert second.returncode == 0, second.stderr
    ours, theirs = contents(tmp_path / "first"), contents(tmp_path / "second")
    assert len(ours) == 10
    assert {name for name in ours.keys() | theirs.keys() if ours.get(name) != theirs.get(name)} == set()


def test_no_published_file_names_this_machine(reports):
    """Not even the manifest, whose paths start at its own folder."""
    for folder in reports.values():
        for path in folder.iterdir():
            content = path.read_bytes()
            for private in (str(ROOT), str(Path.home()) + "/", "/tmp/"):
                assert private.encode() not in content, f"{path.name} names {private}"
