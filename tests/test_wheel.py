"""The wheel: it carries the templates and works where there is no checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

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


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """The wheel, built once."""
    folder = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (found,) = folder.glob("*.whl")
    return found


@pytest.fixture
def installed(wheel, tmp_path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs `casebook` from the wheel, in a folder with no checkout above it."""
    with zipfile.ZipFile(wheel) as content:
        content.extractall(tmp_path / "site")
    # First on the path, and with its own entry points: not the checkout that the tests run from.
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "site")}
    code = "import casebook, sys; sys.stdout.write(casebook.__file__)"

    def program(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *arguments], cwd=cwd, env=environment, capture_output=True, text=True
        )

    assert program("-c", code, cwd=tmp_path).stdout.startswith(str(tmp_path / "site"))
    return partial(program, "-m", "casebook")


def test_the_wheel_carries_all_that_the_package_reads_and_nothing_of_the_checkout_s_own(wheel):
    with zipfile.ZipFile(wheel) as content:
        carried = set(content.namelist())
    ours = {path.relative_to(ROOT).as_posix() for path in (ROOT / "casebook").rglob("*") if path.is_file()}
    ours = {name for name in ours if "__pycache__" not in name}
    assert {Path(name).suffix for name in ours} >= {".py", ".po", ".typ", ".css", ".js", ".ttf", ".woff2"}
    assert ours <= carried
    templates = {path.parent.name for path in (ROOT / "templates").glob("*/inputs.yaml")}
    for name in templates:
        assert f"casebook/templates/{name}/template.ipynb" in carried
        assert f"casebook/templates/{name}/inputs.yaml" in carried
    assert {name.split("/")[0] for name in carried if ".dist-info/" not in name} == {"casebook"}


@pytest.mark.slow
def test_a_report_can_be_made_from_the_wheel_alone(installed, tmp_path):
    (tmp_path / "work").mkdir()
    (tmp_path / "work/mine.yaml").write_text(PARAMETERS, encoding="utf-8")
    done = installed("report", "mine.yaml", "--format", "html", cwd=tmp_path / "work")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "work/output/mine/social-care.html").exists()


@pytest.mark.slow
def test_a_workspace_made_from_the_wheel_reports_in_all_formats_and_another_language(installed, tmp_path):
    assert installed("init", "cases", cwd=tmp_path).returncode == 0
    desk = tmp_path / "cases"
    assert "social-care" in installed("templates", cwd=desk).stdout
    begun = installed("new", "params/acme.yaml", "--template", "social-care", cwd=desk)
    assert begun.returncode == 0, begun.stderr
    formats = ["--format", "pdf,html,xlsx,brief", "--set", "locale=de_DE"]
    done = installed("report", "params/acme.yaml", *formats, cwd=desk)
    assert done.returncode == 0, done.stderr
    made = {path.name for path in (desk / "output/acme-what-if").iterdir()}
    wanted = ("pdf", "brief.pdf", "html", "xlsx", "ipynb", "json")
    assert made >= {f"social-care.{ending}" for ending in wanted}
    page = (desk / "output/acme-what-if/social-care.html").read_text("utf-8")
    assert "Kapitalwert" in page
    assert installed("new-template", "racks", cwd=desk).returncode == 0
    checked = installed("check", "templates/racks", cwd=desk)
    assert checked.returncode == 0, checked.stderr
