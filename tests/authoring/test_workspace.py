"""`casebook init`: a folder to work in, from an installed wheel as well as from a checkout."""

from __future__ import annotations

import shutil
import sys

import pytest

from tests.authoring.test_schema import TEMPLATES
from tests.command import invoke
from tests.conftest import ROOT


@pytest.mark.slow
def test_a_workspace_makes_a_report_by_make(tmp_path):
    import subprocess

    if shutil.which("make") is None:
        pytest.skip("make is not installed")
    done = invoke("init", "cases", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "cases/Makefile" in done.stdout.splitlines()
    desk = tmp_path / "cases"
    assert invoke("new", "params/acme.yaml", "--template", "social-care", cwd=desk).returncode == 0
    make = ["make", "--no-print-directory", "report", "CLIENT=acme", f"CASEBOOK={sys.executable} -m casebook"]
    made = subprocess.run(make, cwd=desk, capture_output=True, text=True, timeout=300)
    assert made.returncode == 0, made.stderr
    assert (desk / "output/acme/social-care.pdf").exists()
    checked = subprocess.run(
        ["make", "--no-print-directory", "check", make[-1]], cwd=desk, capture_output=True, text=True
    )
    assert checked.stdout == "params/acme.yaml: ok\n"


def test_its_templates_are_one_s_own_to_change(tmp_path):
    assert invoke("init", "cases", cwd=tmp_path).returncode == 0
    for name in TEMPLATES:
        copied = {path.name for path in (tmp_path / "cases/templates" / name).iterdir()}
        assert copied == {"inputs.yaml", "template.ipynb"}
    path = tmp_path / "cases/templates/social-care/inputs.yaml"
    path.write_text(path.read_text("utf-8").replace("title: Social customer care", "title: Ours"), "utf-8")
    assert "social-care: Ours" in invoke("templates", cwd=tmp_path / "cases").stdout


def test_an_empty_folder_is_taken_and_one_with_anything_in_it_is_left_alone(tmp_path):
    (tmp_path / "empty").mkdir()
    assert invoke("init", "empty", cwd=tmp_path).returncode == 0
    (tmp_path / "full").mkdir()
    (tmp_path / "full/notes.txt").write_text("mine", encoding="utf-8")
    for name in ("full", "empty", "full/notes.txt"):
        done = invoke("init", name, cwd=tmp_path)
        assert (done.returncode, done.stdout) == (2, "")
        assert "a workspace needs a folder of its own" in done.stderr
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["notes.txt"]


def test_the_makefile_s_verbs_are_listed():
    text = (ROOT / "casebook/assets/workspace/Makefile").read_text("utf-8")
    for verb in ("report", "check", "lab"):
        assert f"\n{verb}:  ## " in text
