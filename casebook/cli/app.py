"""What every command shares: the program itself, and how it speaks."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from casebook.cli.program import Group, Program

app = Program(
    name="casebook",
    help="Business cases from parameterised notebooks: a parameter file in, a report out.",
    no_args_is_help=True,
    cls=Group,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Files = Annotated[
    list[Path], typer.Argument(metavar="PARAMS", help="Parameter files (YAML), or URLs such as s3://….")
]


def say(text: str) -> None:
    """Tell the user something that is no data: progress, warnings, errors."""
    print(text, file=sys.stderr)
