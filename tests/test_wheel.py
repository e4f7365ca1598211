"""The wheel: it carries the templates and works where there is no checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile

import pytest

from tests.conftest import ROOT

pytest.importorskip("hatchling", reason="hatchling, which builds the wheel, is not installed")

PARAMETERS = """\
template: social-care
client: {name: Example}
inputs:
  customers: 1000
  average_spend: 100
  gross_margin: 50%
  full_time_agents: 1
  agent_salary: 1000
  licences: 10
  mentions: 100
  share_influenced: 10%
  spend_uplift: 50%
"""


def test_a_report_can_be_made_from_the_wheel_alone(tmp_path):
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path / "dist")]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    with zipfile.ZipFile(wheel) as content:
        assert "casebook/templates/social-care/template.ipynb" in content.namelist()
        assert not any(name.startswith(("tests/", "params/")) for name in content.namelist())
        content.extractall(tmp_path / "site")
    (tmp_path / "work").mkdir()
    (tmp_path / "work/mine.yaml").write_text(PARAMETERS, encoding="utf-8")
    # First on the path, and with its own entry points: not the checkout that the tests run from.
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "site")}
    code = "import casebook, sys; sys.stdout.write(casebook.__file__)"
    used = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path / "work", env=environment, capture_output=True, text=True
    )
    assert used.stdout.startswith(str(tmp_path / "site"))
    done = subprocess.run(
        [sys.executable, "-m", "casebook", "report", "mine.yaml", "--format", "html"],
        cwd=tmp_path / "work",
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "work/output/mine/social-care.html").exists()
