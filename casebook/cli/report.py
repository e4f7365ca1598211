"""The command `report`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from casebook.cli.app import Files, app, say
from casebook.cli.check import check_all
from casebook.errors import CasebookError, InputError, Problem


@app.command()
def report(
    params: Files,
    format: Annotated[
        str,
        typer.Option(
            help="What to export: pdf, html, xlsx, brief (one page), in a list with commas; older files of "
            "other formats are removed."
        ),
    ] = "pdf,html,xlsx",
    set: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=VALUE",
            help="Try another value; the report goes to <client>-what-if. May be given more than once.",
        ),
    ] = None,
    output: Annotated[Path, typer.Option(metavar="DIR", help="Folder for the reports.")] = Path("output"),
) -> None:
    """Make the report of each parameter file: PDF, HTML, executed notebook and record."""
    from casebook.report import make_report

    formats, overrides = _formats(format), _overrides(set or [])
    check_all(params, overrides)
    code = 0
    for path in params:
        try:
            made = make_report(path, output=output, formats=formats, overrides=overrides)
        except CasebookError as error:
            say(str(error))
            code = max(code, error.exit_code)
            continue
        for warning in made.warnings:
            say(f"{path}: {warning}")
        stages = ", ".join(f"{stage} {seconds:.1f} s" for stage, seconds in made.seconds.items())
        say(f"{path}: done in {sum(made.seconds.values()):.1f} s ({stages})")
        for file in made.files:
            print(file)
    raise typer.Exit(code)


def _formats(text: str) -> list[str]:
    from casebook.report import EXPORTERS

    names = [name.strip() for name in text.split(",") if name.strip()]
    wrong = [name for name in names if name not in EXPORTERS]
    if wrong or not names:
        raise InputError(
            [
                Problem(
                    "--format",
                    f"'{text}' is not a list of formats",
                    f"write one or more of {', '.join(EXPORTERS)}",
                )
            ]
        )
    return list(dict.fromkeys(names))


def _overrides(settings: list[str]) -> dict[str, str]:
    problems, overrides = [], {}
    for setting in settings:
        name, equals, value = setting.partition("=")
        if not equals or not name.strip():
            problems.append(Problem(f"--set {setting}", "a name and a value are needed", "write name=value"))
        overrides[name.strip()] = value.strip()
    if problems:
        raise InputError(problems)
    return overrides
