"""A folder to work in: the templates to be changed, places for parameters and reports, a Makefile."""

from __future__ import annotations

import shutil
from importlib.resources import files
from pathlib import Path

from casebook.authoring.new_parameters import write_text
from casebook.errors import InputError, Problem
from casebook.schema.templates import DECLARATIONS, NOTEBOOK, installed_templates
from casebook.schema.wording import display

_FILES = {"Makefile": "Makefile", "gitignore": ".gitignore", "README.md": "README.md"}


def new_workspace(folder: Path) -> list[Path]:
    """Make a workspace; gives what was written. Raises InputError where the folder holds anything already."""
    shown = display(folder)
    if folder.is_file() or (folder.is_dir() and any(folder.iterdir())):
        kind = "is a file" if folder.is_file() else "is not empty"
        hint = f"name a new folder, for example {display(folder / 'cases')}"
        raise InputError([Problem(shown, f"{kind}; a workspace needs a folder of its own", hint)])
    found = installed_templates()
    try:
        for place in ("params", "templates"):
            (folder / place).mkdir(parents=True, exist_ok=True)
        for name, source in found.items():
            shutil.copytree(source, folder / "templates" / name, ignore=_all_but_the_template)
    except OSError as error:
        raise InputError([Problem(shown, f"can't be written to: {error.strerror}")]) from error
    for asset, name in _FILES.items():
        write_text(folder / name, files("casebook").joinpath(f"assets/workspace/{asset}").read_text("utf-8"))
    write_text(folder / "params/.gitkeep", "")
    return [folder / name for name in (*_FILES.values(), "params", *(f"templates/{name}" for name in found))]


def _all_but_the_template(folder: str, names: list[str]) -> set[str]:
    """Checkpoints and the like stay behind; files of the template's own go along."""
    keep = {NOTEBOOK, DECLARATIONS}
    return {name for name in names if name not in keep and (name.startswith(".") or name == "__pycache__")}
