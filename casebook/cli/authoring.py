"""The commands for an analyst's files: `init`, `new`, `schema`, `new-template` and the like."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from casebook.cli.app import app, put, put_json, say
from casebook.cli.completion import TemplateName, template_names


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that is new or empty.")],
) -> None:
    """Create a folder to work in, with the templates and a Makefile.

    Example: casebook init cases
    """
    from casebook.authoring.workspace import new_workspace
    from casebook.schema.wording import display

    for path in new_workspace(folder):
        put(display(path))
    say(f"next: cd {display(folder)}, then: casebook new params/acme.yaml")


@app.command()
def new(
    path: Annotated[
        Path, typer.Argument(metavar="FILE", help="The file to write, such as params/acme.yaml.")
    ],
    template: Annotated[
        str | None,
        typer.Option(
            metavar="TEMPLATE",
            help="Type of case, by name or path; `casebook templates` lists them.",
            autocompletion=template_names,
        ),
    ] = None,
) -> None:
    """Start a client: write a parameter file to fill in.

    It holds the template's examples, so it passes the check and makes a report as it is.

    Example: casebook new params/acme.yaml --template NAME
    """
    from casebook.authoring.new_parameters import new_parameters
    from casebook.schema.wording import display

    for file in new_parameters(path, template):
        put(display(file))
    say(f"next: replace the examples in {display(path)}, then: casebook check {display(path)}")


def _print_record_schema(wanted: bool) -> None:
    if wanted:
        from casebook.record.schema import record_schema

        put_json(json.dumps(record_schema(), ensure_ascii=False, indent=1))
        raise typer.Exit


@app.command()
def schema(
    template: TemplateName,
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write to a file instead of printing.")
    ] = None,
    record: Annotated[
        bool,
        typer.Option(
            "--record",
            callback=_print_record_schema,
            is_eager=True,
            help="Print the schema of case records instead; it needs no type.",
        ),
    ] = False,
) -> None:
    """Print the JSON Schema of a type's parameter files.

    Editors use it to complete and check them. `casebook new` already writes it beside the file.

    Example: casebook schema NAME --output params/.schema/NAME.json
    """
    from casebook.authoring.new_parameters import schema_text, write_text
    from casebook.schema.templates import find_template
    from casebook.schema.wording import display

    text = schema_text(find_template(template, start=Path.cwd()))
    if output is None:
        put_json(text.rstrip())
    else:
        write_text(output, text)
        put(display(output))


@app.command()
def new_template(
    name: Annotated[
        str,
        typer.Argument(metavar="NAME", help="Name of its folder under templates/, such as bicycle-racks."),
    ],
) -> None:
    """Start a type of case: write a small template that runs.

    It has the chapters of a report; make it your own.

    Example: casebook new-template bicycle-racks
    """
    from casebook.authoring.new_template import new_template as write
    from casebook.schema.wording import display

    folder = write(name, start=Path())
    put(display(folder / "inputs.yaml"))
    put(display(folder / "template.ipynb"))
    say(f"next: edit both files, then: casebook check {display(folder)}")


@app.command()
def approve(
    path: Annotated[Path, typer.Argument(metavar="PARAMS", help="The parameter file of the approved case.")],
) -> None:
    """Keep a case as it was approved, for the follow-up.

    Its record goes to approved/ beside the file, and actuals.approved in the file refers to it by its hash. A
    better model then no longer changes what was approved.

    Example: casebook approve params/acme.yaml
    """
    from casebook.authoring.approval import approve as keep
    from casebook.schema.wording import display

    record, worth = keep(path)
    print(display(record))
    say(f"approved with a net present value of {worth:,.0f}; {display(path)} now refers to it")
