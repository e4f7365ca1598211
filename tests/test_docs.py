"""The README is true: each of its commands is run, as written, in a fresh checkout."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from casebook.cli.program import DAY
from tests.conftest import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = [
    line.strip()
    for block in re.findall(r"^ *```sh\n(.*?)^ *```", README, flags=re.S | re.M)
    for line in block.splitlines()
    if line.strip()
]

BIN = Path(sys.executable).parent


def test_the_readme_has_commands():
    assert {"make report", "make test"} <= set(COMMANDS)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A fresh checkout, so that what a reader makes stays out of this one."""
    folder = tmp_path / "casebook"
    folder.mkdir()
    for name in ("params", "templates"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns(".*", "__pycache__"))
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        shutil.copy2(ROOT / name, folder / name)
    (folder / "output").mkdir()
    (folder / ".venv").mkdir()
    (folder / ".venv/bin").symlink_to(BIN)
    for stamp in ("ready", "lab-ready"):
        (folder / ".venv" / stamp).write_text(f"{folder.resolve()}\n", encoding="utf-8")
    return folder


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
@pytest.mark.skipif(not (BIN / "casebook").exists(), reason="casebook is not installed beside this Python")
def test_every_command_of_the_readme_but_make_test_runs(checkout):
    """In order, as a reader would: later ones use what earlier ones made."""
    before = sorted(path.name for path in (ROOT / "params").iterdir())
    for command in COMMANDS:
        if command == "make test":
            continue
        done = subprocess.run(
            command,
            shell=True,
            cwd=checkout,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=600,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    assert (checkout / "params/acme.yaml").is_file()
    assert sorted(path.name for path in (ROOT / "params").iterdir()) == before


def test_every_command_stands_in_the_readme_with_an_example():
    shown = {found[1] for command in COMMANDS if (found := re.match(r"\S*casebook ([a-z-]+)", command))}
    by_make = {"lab"}  # it opens a browser and stays; `make lab` is named beside `casebook edit`
    assert shown | by_make == {name for names in DAY.values() for name in names}
    assert "`make lab CLIENT=acme`" in README


def test_what_the_readme_names_is_there():
    for name in re.findall(r"`((?:params|templates|tests|casebook|\.pictures)/[\w./-]*)`", README):
        assert (ROOT / name).exists(), name
    for name in re.findall(r"\]\(([^)]+)\)", README):
        assert (ROOT / name).is_file(), name
