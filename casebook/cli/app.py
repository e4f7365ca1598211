"""What every command shares: the program itself, and how it speaks."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from casebook.cli.program import Group, Program
from casebook.errors import InputError
from casebook.schema.wording import shortened, visible

app = Program(
    name="casebook",
    help="Business cases from parameterised notebooks: a parameter file in, a report out.",
    no_args_is_help=True,
    cls=Group,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

_JSON_STEERING = re.compile("[\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""What steers a terminal and may stand in JSON as it is."""

Files = Annotated[
    list[Path], typer.Argument(metavar="PARAMS", help="Parameter files (YAML), or URLs such as s3://….")
]


# Whatever goes to the terminal goes through here. Much of it was written by others (manifests, records, names
# of files and columns, errors of cells): it is shown, never obeyed, and can't pass for a line of ours.


def say(text: str) -> None:
    """Tell the user anything that is not data: progress, warnings, errors."""
    print(message(text), file=sys.stderr)


def say_error(error: Exception, write: Callable[[str], None] = say) -> None:
    """Tell what went wrong; of several problems each by itself."""
    for problem in error.problems if isinstance(error, InputError) else [error]:
        write(str(problem))


def put(text: str) -> None:
    """Print one line of data."""
    print(visible(text))


def put_block(text: str) -> None:
    """Print several lines of data, such as a table; what stands in its cells has no line breaks."""
    print(visible(text, lines=True), flush=True)


def put_json(text: str) -> None:
    """Print JSON: what would steer the terminal is escaped as JSON has it."""
    escaped = "\n".join(_JSON_STEERING.sub(_escaped, line) for line in text.split("\n"))
    print(escaped, flush=True)


def message(text: str) -> str:
    """A message as it is shown: of a readable length, its further lines set in."""
    first, *rest = visible(shortened(text), lines=True).split("\n")
    return "\n".join([first, *(line if line.startswith("  ") else f"  {line}" for line in rest)])


def _escaped(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"
