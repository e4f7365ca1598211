"""The commands about JupyterLab: `edit`, `lab`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from casebook.cli.app import app, put, say
from casebook.cli.completion import client_names, template_names
from casebook.errors import InputError, Problem

Client = Annotated[
    str | None,
    typer.Option(
        metavar="NAME", help="Name of a file in params/, or the path of one.", autocompletion=client_names
    ),
]


@app.command()
def edit(
    template: Annotated[
        str | None,
        typer.Argument(
            metavar="TEMPLATE",
            help="Type of case; default: the client's.",
            autocompletion=template_names,
        ),
    ] = None,
    client: Client = None,
    expand: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CHAPTER",
            help="Write a chapter out as cells, to edit its text; may be repeated. One of options, "
            "follow-up, situation, goals, figures, risks, review, not-in-figure, next-steps, appendix.",
        ),
    ] = None,
) -> None:
    """Make a working copy of a template with a client's values.

    It goes under work/ and is edited in JupyterLab; reports can be made with it.

    Example: casebook edit NAME --client acme --expand risks
    """
    from casebook.authoring.working_copy import prepare
    from casebook.schema.wording import display

    if client is None:
        raise InputError([Problem("", "which client?", "add --client with the name of a file in params/")])
    copy = prepare(client, template, start=Path(), expand=expand or ())
    put(display(copy.notebook))
    if not copy.is_new:
        say("it already existed: your changes are kept, and its values are updated from the file")
    say(f"edit it: casebook lab --client {client}")
    say(f"report with it: casebook report {display(copy.parameters)} --set template={copy.template}")
    say(f"keep it for good: write template: {copy.template} into {display(copy.parameters)}")


@app.command()
def lab(
    path: Annotated[
        Path | None, typer.Argument(metavar="PATH", help="What to open; default: templates/.")
    ] = None,
    client: Client = None,
) -> None:
    """Open JupyterLab on the templates or a working copy.

    Templates are saved without outputs.

    Example: casebook lab --client acme
    """
    from casebook.authoring.lab import open_lab
    from casebook.authoring.working_copy import prepare

    if client is not None:
        path = prepare(client, start=Path()).notebook
    open_lab(path or Path("templates"))
