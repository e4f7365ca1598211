"""`casebook --help`, the help of each command, and what the shell completes."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from casebook.cli import app
from casebook.cli.program import COMMAND_ORDER
from tests.command import invoke
from tests.conftest import ROOT, run

COMMANDS = [name for names in COMMAND_ORDER.values() for name in names]


def test_every_command_has_its_place_in_the_day():
    from typer.main import get_command

    assert sorted(COMMANDS) == sorted(get_command(app).commands)


def test_help_lists_the_commands_under_the_parts_of_the_day():
    done = run("--help", env={"COLUMNS": "80"})
    assert (done.returncode, done.stderr) == (0, "")
    headings = re.findall(r"^(\S.*):$", done.stdout, flags=re.M)
    assert headings == ["Options", *COMMAND_ORDER]
    listed = done.stdout.partition("\nBegin:")[2]
    assert re.findall(r"^  ([a-z-]+)  +[A-Z].*\.$", listed, flags=re.M) == COMMANDS
    assert "..." not in listed


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_has_help_with_an_example_and_no_type_of_python(command):
    done = invoke(command, "--help")
    assert done.returncode == 0
    assert f"Example: casebook {command}" in " ".join(done.stdout.split())
    assert not re.search(r"<(str|path|list)", done.stdout.partition("Options:")[0])
    assert "{" not in done.stdout.splitlines()[0]


@pytest.mark.parametrize(
    ("command", "usage"),
    [
        ("report", "report [OPTIONS] PARAMS..."),
        ("verify", "verify [OPTIONS] FOLDER..."),
        ("edit", "edit [OPTIONS] [TEMPLATE]"),
        ("portfolio", "portfolio [OPTIONS] [DIR]"),
        ("compare", "compare [OPTIONS] BEFORE AFTER"),
    ],
)
def test_usage_says_what_may_be_left_out_and_what_may_be_many(command, usage):
    assert invoke(command, "--help").stdout.splitlines()[0].endswith(usage)


@pytest.mark.parametrize(
    "command", ["new", "inputs", "schema", "check", "report", "verify", "compare", "init"]
)
def test_each_command_that_needs_a_name_asks_for_it(command):
    done = invoke(command)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Missing argument" in done.stderr


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_there_for_each_shell(shell):
    done = invoke("--show-completion", shell)
    assert done.returncode == 0
    assert "_COMPLETE" in done.stdout


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("casebook port", ["portfolio"]),
        ("casebook inputs social-c", ["social-care", "social-commerce"]),
        ("casebook new params/x.yaml --template fan", ["fan-value"]),
        ("casebook edit --client airline-t", ["airline-three-years"]),
        ("casebook report params/air", []),  # the shell completes names of files itself
    ],
)
def test_the_shell_completes_commands_types_of_case_and_clients(words, expected):
    program = "import sys; sys.argv = ['casebook']; from casebook.cli import main; main()"
    count = len(words.split()) - 1
    asked = {"_CASEBOOK_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(count)}
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**os.environ, **asked},
        capture_output=True,
        text=True,
    )
    assert done.stdout.split() == expected, done.stderr


def test_a_folder_without_any_type_of_case_says_so(tmp_path):
    done = invoke("templates", cwd=tmp_path)
    if done.returncode == 0:
        pytest.skip("this casebook brings templates of its own")
    assert done.returncode == 2
    assert "no type of case can be named from here" in done.stderr
    assert "casebook init" in done.stderr
