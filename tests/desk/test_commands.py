"""The commands of the desk: each tells in its help what it does, with an example."""

from __future__ import annotations

import pytest

from tests.conftest import run


@pytest.mark.parametrize("command", ["init", "new", "schema", "check", "edit", "lab", "new-template"])
def test_each_command_has_help_with_an_example(command):
    done = run(command, "--help")
    assert done.returncode == 0
    assert f"Example: casebook {command}" in " ".join(done.stdout.split())


@pytest.mark.parametrize("command", ["init", "new", "schema", "check", "new-template"])
def test_each_command_that_needs_a_name_asks_for_it(command):
    done = run(command)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Missing argument" in done.stderr
