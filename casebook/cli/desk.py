"""The commands that begin something: `new`, `schema`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from casebook.cli.app import app, say


@app.command()
def new(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write: params/acme.yaml.")],
    template: Annotated[
        str | None, typer.Option(help="Type of case, by name or path; `casebook templates` lists them.")
    ] = None,
) -> None:
    """Write a parameter file for a new client, on the template's examples and ready to be filled in.

    Example: casebook new params/acme.yaml --template NAME
    """
    from casebook.desk.beginning import new_parameters
    from casebook.reading.wording import display

    for file in new_parameters(path, template):
        print(display(file))
    say(f"next: replace the examples in {display(path)}, then: casebook check {display(path)}")


@app.command()
def schema(
    template: Annotated[str, typer.Argument(help="Name of a type of case, or the path of its folder.")],
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write to a file instead of printing.")
    ] = None,
) -> None:
    """Give the JSON Schema of a template's parameter files, by which editors complete and check.

    Example: casebook schema NAME --output params/.schema/NAME.json
    """
    from casebook.desk.beginning import schema_text, write_text
    from casebook.reading.wording import display
    from casebook.templates import find_template

    text = schema_text(find_template(template, start=Path.cwd()))
    if output is None:
        print(text, end="")
    else:
        write_text(output, text)
        print(display(output))
