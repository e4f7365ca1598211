"""The README is true: each of its commands is run, as written, in this checkout."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator

import pytest

from tests.conftest import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = [
    line.strip()
    for block in re.findall(r"^ *```sh\n(.*?)^ *```", README, flags=re.S | re.M)
    for line in block.splitlines()
    if line.strip()
]


def test_the_readme_has_commands():
    assert {"make report", "make test"} <= set(COMMANDS)


MADE = (ROOT / "params/acme.yaml", ROOT / "work/acme")
"""What a reader of the README has begun at its end, and the checkout is not to keep."""


@pytest.fixture
def fresh() -> Iterator[None]:
    """A checkout in which the README's client is not there yet; what is there is never taken away."""
    for path in MADE:
        if path.exists():
            pytest.fail(f"{path} is in the way of the README's own; move it away")
    yield
    for path in MADE:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


@pytest.mark.usefixtures("fresh")
@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
@pytest.mark.xdist_group("readme")
def test_every_command_of_the_readme_but_make_test_runs():
    """In order, as a reader would: later ones use what earlier ones made."""
    for command in COMMANDS:
        if command == "make test":
            continue
        done = subprocess.run(command, shell=True, cwd=ROOT, capture_output=True, text=True, timeout=600)
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"


def test_what_the_readme_names_is_there():
    for name in re.findall(r"`((?:params|templates|tests|casebook|\.pictures)/[\w./-]*)`", README):
        assert (ROOT / name).exists(), name
    for name in re.findall(r"\]\(([^)]+)\)", README):
        assert (ROOT / name).is_file(), name
