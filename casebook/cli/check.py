"""The command `check`: what is wrong with parameter files and templates."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from casebook.cli.app import app, put, say, say_error
from casebook.errors import CasebookError, InputError, Problem

if TYPE_CHECKING:
    from casebook.authoring.notebook_source import DeclaredLine
    from casebook.cli.locations import Locations
    from casebook.schema.parameters import Parameters


@app.command()
def check(
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="PARAMS",
            help="Parameter files or their URLs, folders of them, or a template's folder.",
        ),
    ],
    review: Annotated[
        bool, typer.Option("--review", help="Also run the cases, and print what the review objects to.")
    ] = False,
) -> None:
    """Check parameter files or a template for errors and gaps.

    Parameter files are read and nothing is run: all problems are listed, then warnings.

    A template is run on its examples and inspected. Example: casebook check params
    """
    from casebook.cli.locations import locations

    with locations(paths) as at:
        code = _check(at, review)
    raise typer.Exit(code)


def _check(at: Locations, review: bool) -> int:
    """Check all that is named; gives the exit code."""
    files, templates = _sorted(at.params)
    from casebook.authoring.check_warnings import check_warnings
    from casebook.authoring.static_check import defaults_in_another_currency

    code = 0
    for path, (parameters, lines) in _read(files).items():
        for remark in [*defaults_in_another_currency(parameters, lines), *check_warnings(parameters)]:
            say(at.with_urls(f"warning: {remark}"))
        put(at.with_urls(f"{path}: ok"))
        if review:
            code = max(code, _review(parameters, at.with_urls(str(path))))
    for folder in templates:
        code = max(code, _check_template(folder))
    return code


def _read(paths: list[Path]) -> dict[Path, tuple[Parameters, list[DeclaredLine]]]:
    """The parameters in each file, with the lines of its template. Raises InputError with all problems."""
    from casebook.authoring.static_check import lines_of, static_problems
    from casebook.schema.reader import read_parameters
    from casebook.schema.wording import display

    problems: list[Problem] = []
    found = {}
    for path in paths:
        try:
            parameters = read_parameters(path)
            found[path] = parameters, lines_of(parameters)
            problems += static_problems(*found[path])
        except InputError as error:
            problems += error.named(display(path)).problems
    if problems:
        raise InputError(problems)
    return found


def _sorted(paths: list[Path]) -> tuple[list[Path], list[Path]]:
    """The parameter files among the paths, those in folders too, and the folders of templates."""
    from casebook.schema.templates import is_template

    files: dict[Path, None] = {}
    templates: list[Path] = []
    problems: list[Problem] = []
    for path in paths:
        if not path.is_dir():
            files[path] = None
        elif is_template(path):
            templates.append(path)
        else:
            found = sorted(file for ending in ("yaml", "yml") for file in path.glob(f"*.{ending}"))
            files.update(dict.fromkeys(found))
            if not found:
                hint = "begin one: casebook new " + str(path / "acme.yaml")
                problems.append(Problem(str(path), "there is no parameter file in this folder", hint))
    if problems:
        raise InputError(problems)
    return list(files), templates


def _review(parameters: Parameters, shown: str) -> int:
    """Print what the review objects to; gives the exit code."""
    from casebook.authoring.dry_run import review_findings

    say(f"{shown}: running {parameters.template.name} for its review")
    try:
        findings = review_findings(parameters)
    except CasebookError as error:
        say_error(error.named(shown))
        return error.exit_code
    for finding in findings:
        answered = " (answered)" if finding.answer else ""
        put(f"{shown}: {finding.severity}: {finding.title}{answered}: {finding.finding}")
        put(f"  to settle it: {finding.settle}")
    if not findings:
        put(f"{shown}: the review raises no objection")
    return 0


def _check_template(folder: Path) -> int:
    """Print what is wrong with a template; gives the exit code."""
    from casebook.authoring.template_check import check_template

    say(f"{folder}: running it on its examples")
    problems = check_template(folder)
    for problem in problems:
        say(str(problem))
    if not problems:
        put(f"{folder}: ok")
    return 2 if problems else 0
