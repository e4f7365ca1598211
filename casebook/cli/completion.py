"""What the shell completes beyond names of files: types of case, and clients."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from casebook.errors import CasebookError


def template_names(incomplete: str) -> list[str]:
    """The types of case that can be named from here and begin like this."""
    from casebook.schema.templates import template_folders

    try:
        return [name for name in template_folders(Path.cwd()) if name.startswith(incomplete)]
    except (CasebookError, OSError):
        return []


def client_names(incomplete: str) -> list[str]:
    """The names of the files in params/ that begin like this."""
    return sorted(path.stem for path in Path("params").glob("*.yaml") if path.stem.startswith(incomplete))


TemplateName = Annotated[
    str,
    typer.Argument(
        metavar="TEMPLATE",
        help="Name of a type of case, or the path of its folder.",
        autocompletion=template_names,
    ),
]
