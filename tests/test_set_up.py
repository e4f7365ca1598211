"""Set-up: where it can't go on, it says in one message what is wrong and what to do."""

from __future__ import annotations

import os
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")

SCRIPT = ROOT / ".ci/set_up.py"

# What tools said, word for word but for the middle of long outputs.
SAID = {
    "WARNING: Retrying (Retry(total=1, redirect=None)) after connection broken by 'NewConnectionError("
    "'Failed to establish a new connection: [Errno -3] Temporary failure in name resolution')': /simple/uv/\n"
    "ERROR: Could not find a version that satisfies the requirement uv (from versions: none)\n"
    "ERROR: No matching distribution found for uv\n": "the package index can't be reached",
    "error: Request failed after 3 retries in 4.8s\n  cause: Failed to fetch: http://localhost/simple/tinycss2/\n"
    "  cause: tcp connect error\n  cause: Connection refused (os error 111)\n": (
        "the package index can't be reached"
    ),
    "ERROR: Could not find a version that satisfies the requirement hatchling>=1.27 (from versions: none)\n"
    "ERROR: No matching distribution found for hatchling>=1.27\n": "the package index has no hatchling",
    "ERROR: Cannot install duckdb because these package versions have conflicting dependencies.\n\n"
    "The conflict is caused by:\n    The user requested (constraint) duckdb==2.0.1\n": (
        "the package index has no duckdb of the version in constraints.txt for Python {0}"
    ),
    "error: No solution found when resolving dependencies\n  cause: Because numpy==2.4.6 has no usable wheels"
    " and casebook depends on numpy==2.4.6, your requirements are unsatisfiable.\n": (
        "the package index has no numpy of the version in constraints.txt for Python {0}"
    ),
    "  error: subprocess-exited-with-error\n  ERROR: Failed building wheel for duckdb\n": (
        "duckdb can't be built on Python {0}"
    ),
    "error: Failed to install: s3transfer-0.19.3-py3-none-any.whl (s3transfer==0.19.3)\n"
    "  cause: failed to copy file: No space left on device (os error 28)\n": "the disk is full",
    "Error: [Errno 28] No space left on device\n": "the disk is full",
    "Error: [Errno 13] Permission denied: '/srv/casebook/.venv'\n": "/srv/casebook/.venv can't be written to",
    "error: Failed to initialize cache at `/none/.cache/uv`\n"
    "  cause: failed to create directory `/none/.cache/uv`: Permission denied (os error 13)\n": (
        "/none/.cache/uv can't be written to"
    ),
    "Segmentation fault\n": "a step failed",
}


@pytest.mark.parametrize(("said", "meaning"), SAID.items())
def test_what_a_tool_says_is_told_in_a_user_s_words(said, meaning):
    error = runpy.run_path(str(SCRIPT))["StepError"](said)
    assert error.meaning == meaning.format(".".join(map(str, sys.version_info[:3])))
    assert error.hint


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """As much of a fresh checkout as set-up needs."""
    folder = tmp_path / "casebook"
    shutil.copytree(ROOT / ".ci", folder / ".ci", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        shutil.copy2(ROOT / name, folder / name)
    return folder


def python(folder: Path, code: str) -> Path:
    """A Python that runs some code before all else."""
    (folder / "early").mkdir()
    (folder / "early/sitecustomize.py").write_text(code, encoding="utf-8")
    path = folder / "python"
    path.write_text(
        f'#!/bin/sh\nPYTHONPATH="{folder}/early" exec "{sys.executable}" "$@"\n', encoding="utf-8"
    )
    path.chmod(0o755)
    return path


def set_up(checkout: Path, *arguments: str | Path, **environment: str) -> list[str]:
    """Let `make report` fail, and give what it says, without its progress and make's own lines."""
    # These tests run under make as well, whose own settings a user's shell does not have.
    make = ("MAKELEVEL", "MAKEFLAGS", "MFLAGS")
    own = {name: value for name, value in os.environ.items() if name not in make}
    done = subprocess.run(
        ["make", "report", *map(str, arguments)],
        cwd=checkout,
        env={**own, **environment},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert not (checkout / ".venv/ready").exists()
    said = [line for line in done.stderr.splitlines() if not line.startswith(("make:", "    "))]
    assert "Traceback" not in done.stderr
    return [line for line in said if not line.endswith(" …")]


def test_an_old_python_is_refused_by_its_version(checkout, tmp_path):
    old = python(tmp_path, "import sys; sys.version_info = (3, 10, 13, 'final', 0)")
    assert set_up(checkout, f"PYTHON={old}") == [
        "casebook needs Python 3.11 or newer; this one is 3.10",
        "  hint: name another, as in: make report PYTHON=python3.12",
    ]


def test_a_python_that_is_not_there_is_named(checkout):
    said = set_up(checkout, "PYTHON=python-of-nobody")
    assert "python-of-nobody" in said[0]
    assert said[1:] == ["  hint: name another, as in: make report PYTHON=python3.12"]


def test_a_python_without_venv_says_which_package_brings_it(checkout, tmp_path):
    bare = python(tmp_path, "import sys; sys.modules['ensurepip'] = None")
    said = set_up(checkout, f"PYTHON={bare}")
    assert said[1].endswith("can't make an environment: it has no module ensurepip")
    assert said[2].startswith("  hint: on Debian and Ubuntu, apt-get install python3-venv")


@pytest.mark.slow
def test_an_index_that_does_not_answer_is_told_once(checkout):
    nowhere = {"PIP_CONFIG_FILE": os.devnull, "PIP_INDEX_URL": "http://127.0.0.1:9/simple"}
    said = set_up(checkout, f"PYTHON={sys.executable}", **nowhere, PIP_FIND_LINKS="", PIP_EXTRA_INDEX_URL="")
    assert said[1:] == [
        "casebook can't be set up: the package index can't be reached",
        "  hint: check the network, HTTPS_PROXY, and the index that `.venv/bin/pip config list` names",
        "  all that was said is in .venv/set-up.log",
    ]
    assert "127.0.0.1" in (checkout / ".venv/set-up.log").read_text("utf-8")


@pytest.mark.slow
def test_a_full_disk_is_told_with_the_room_there_is(checkout):
    """On a disk of 8 MB, which only this test sees."""
    inside = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c"]
    small = "mount -t tmpfs -o size=8m tmpfs .venv && exec "
    (checkout / ".venv").mkdir()
    if subprocess.run([*inside, f"{small} true"], cwd=checkout, capture_output=True).returncode:
        pytest.skip("this machine lets nobody mount a disk of one's own")
    done = subprocess.run(
        [*inside, f'{small} "$0" .ci/set_up.py', sys.executable], cwd=checkout, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "casebook can't be set up: the disk is full\n  hint: make room: it takes up to 2 GB" in done.stderr
    assert "Traceback" not in done.stderr
