"""The command `check`: what is wrong with parameter files, without running anything."""

from __future__ import annotations

from pathlib import Path

from casebook.cli.app import Files, app
from casebook.errors import InputError, Problem


@app.command()
def check(params: Files) -> None:
    """Check parameter files without running anything; all problems are listed."""
    check_all(params, {})
    for path in params:
        print(f"{path}: ok")


def check_all(paths: list[Path], overrides: dict[str, str]) -> None:
    """Raise InputError with the problems of all files, before any of them is run."""
    from casebook.parameters import read_parameters

    problems: list[Problem] = []
    for path in paths:
        try:
            read_parameters(path, overrides=overrides)
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
