"""The command line: the only place that prints or exits.

Data go to stdout, everything else to stderr. Exit codes: 0 done, 1 a report failed, 2 wrong usage or
parameters, 130 interrupted.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from casebook.errors import CasebookError, InputError, Problem

app = typer.Typer(
    name="casebook",
    help="Business cases from parameterised notebooks: a parameter file in, a report out.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Files = Annotated[list[Path], typer.Argument(metavar="PARAMS...", help="Parameter files (YAML).")]


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
    _check_all(params, overrides)
    code = 0
    for path in params:
        try:
            made = make_report(path, output=output, formats=formats, overrides=overrides)
        except CasebookError as error:
            _say(str(error))
            code = max(code, error.exit_code)
            continue
        for warning in made.warnings:
            _say(f"{path}: {warning}")
        stages = ", ".join(f"{stage} {seconds:.1f} s" for stage, seconds in made.seconds.items())
        _say(f"{path}: done in {sum(made.seconds.values()):.1f} s ({stages})")
        for file in made.files:
            print(file)
    raise typer.Exit(code)


@app.command()
def check(params: Files) -> None:
    """Check parameter files without running anything; all problems are listed."""
    _check_all(params, {})
    for path in params:
        print(f"{path}: ok")


@app.command()
def templates() -> None:
    """List the types of case that can be reported."""
    from casebook.templates import list_templates

    for template in list_templates(Path.cwd()):
        print(f"{template.name}: {template.title}")
        if template.description:
            print(f"    {template.description.strip()}")


@app.command()
def inputs(
    template: Annotated[str, typer.Argument(help="Name of a type of case, or the path of its folder.")],
) -> None:
    """List the inputs that a type of case asks for."""
    from casebook.templates import find_template

    found = find_template(template, start=Path.cwd())
    print(f"{found.title} ({found.name})")
    for presence in ("required", "default", "optional"):
        chosen = [item for item in found.inputs.values() if item.presence == presence]
        if not chosen:
            continue
        print(f"\n{presence}")
        width = max(len(item.name) for item in chosen)
        for item in chosen:
            word, shown = ("e.g.", item.example_text)
            if presence == "default":
                word, shown = ("default", item.default_text)
            value = f"  {word} {shown}" if shown else ""
            print(f"  {item.name:<{width}}  {item.label} [{item.unit}]{value}")


def main() -> None:
    """Run the command line; mistakes of a user end with a message and never with a traceback."""
    try:
        app()
    except CasebookError as error:
        _say(str(error))
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        _say("interrupted; the last good reports stay")
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)


def _say(text: str) -> None:
    print(text, file=sys.stderr)


def _check_all(paths: list[Path], overrides: dict[str, str]) -> None:
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


if __name__ == "__main__":
    main()
