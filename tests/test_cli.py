"""The command line: what it prints where, and how it ends."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from casebook.errors import CasebookError, CaseError, ExecutionError, ExportError, InputError, Problem
from tests.command import invoke
from tests.conftest import ROOT, run


def test_check_lists_all_problems_of_all_files_and_exits_2(tmp_path):
    text = (ROOT / "params/airline.yaml").read_text(encoding="utf-8")
    (tmp_path / "a.yaml").write_text(text.replace("years: 1\n", "years: 0\n"), encoding="utf-8")
    (tmp_path / "b.yaml").write_text(text.replace("rate: 0%", "rate: 8"), encoding="utf-8")
    shutil.copytree(ROOT / "templates", tmp_path / "templates")
    done = invoke("check", "a.yaml", "b.yaml", cwd=tmp_path)
    assert done.returncode == 2
    assert "a.yaml:" in done.stderr
    assert "b.yaml:" in done.stderr
    assert "discount_rate is 8" in done.stderr
    assert "hint: write 8% or 0.08" in done.stderr
    assert done.stdout == ""


def test_check_of_good_files_says_so():
    done = run("check", "params/airline.yaml", "params/airline-three-years.yaml")
    assert done.returncode == 0
    assert done.stdout == "params/airline.yaml: ok\nparams/airline-three-years.yaml: ok\n"


def test_a_bad_file_stops_a_report_before_a_kernel_starts(tmp_path):
    (tmp_path / "bad.yaml").write_text("template: social-care\n", encoding="utf-8")
    done = invoke("report", str(tmp_path / "bad.yaml"), "--output", str(tmp_path / "out"))
    assert done.returncode == 2
    assert not (tmp_path / "out").exists()
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["report", "params/nobody.yaml"], "params/nobody.yaml"),
        (["report", "params/airline.yaml", "--format", "docx"], "'docx' is not a list of formats"),
        (["report", "params/airline.yaml", "--set", "gross_margin"], "no name and value"),
        (["report", "params/airline.yaml", "--set", "gros_margin=10%"], "did you mean 'gross_margin'"),
        (["report"], "PARAMS"),
        (["report", "--nonsense"], "--nonsense"),
        (["inputs", "nothing"], "nothing"),
        (["nonsense"], "nonsense"),
    ],
)
def test_wrong_usage_exits_2_with_a_message_and_no_traceback(tmp_path, arguments, message):
    done = invoke(*arguments, *(["--output", str(tmp_path)] if arguments[0] == "report" else []))
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_templates_and_inputs_list_what_there_is():
    listed = invoke("templates")
    assert listed.returncode == 0
    assert "social-care: Social customer care" in listed.stdout
    inputs = invoke("inputs", "social-care")
    assert inputs.returncode == 0
    for word in ("required", "gross_margin", "Contribution margin", "[share]", "default 8.01", "optional"):
        assert word in inputs.stdout


def test_starting_the_command_line_imports_nothing_heavy():
    """`casebook check` runs on every save; kernels, charts and exporters are imported where they are used."""
    code = (
        "import sys; sys.argv = ['casebook', 'check', 'params/airline.yaml']\n"
        "from casebook.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = {'papermill', 'nbconvert', 'matplotlib', 'typst', 'IPython', 'pint'} & set(sys.modules)\n"
        "sys.exit(f'imported: {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_each_error_has_its_exit_code():
    assert {error.exit_code for error in (CasebookError, CaseError, ExecutionError, ExportError)} == {1}
    error = InputError([Problem("a:1", "wrong", "do right"), Problem("a:2", "bad")])
    assert error.exit_code == 2
    assert str(error) == "a:1: wrong\n  hint: do right\na:2: bad"


def test_an_output_folder_that_cannot_be_written_is_a_clear_error(tmp_path: Path):
    (tmp_path / "file").write_text("not a folder", encoding="utf-8")
    done = run("report", "params/airline.yaml", "--output", str(tmp_path / "file"))
    assert done.returncode == 2
    assert "can't be written to" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_name_that_is_no_file_is_met_with_the_one_that_was_meant():
    for command in ("check", "report"):
        done = invoke(command, "params/airlin.yaml")
        assert (done.returncode, done.stdout) == (2, "")
        assert (
            "params/airlin.yaml: there is no such file\n  hint: did you mean params/airline.yaml?"
            in done.stderr
        )
    assert "hint: name the files in it: params/*.yaml" in invoke("report", "params").stderr
    assert "hint: did you mean params?" in invoke("check", "parms").stderr


def test_verify_of_a_parameter_file_names_the_folder_of_its_report():
    done = invoke("verify", "params/airline.yaml")
    assert (done.returncode, done.stdout) == (2, "")
    assert "params/airline.yaml: this is a file; name the folder of a report" in done.stderr
    assert "casebook verify output/airline" in done.stderr
