"""A new type of case: a small one that runs, with the chapters of a report, to be made one's own."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from pathlib import Path

from casebook.authoring.new_parameters import refuse_existing, write_text
from casebook.authoring.scaffold import client_name
from casebook.errors import InputError, Problem
from casebook.schema.templates import DECLARATIONS, NOTEBOOK

_NAME = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")


def new_template(name: str, *, start: Path) -> Path:
    """Write a template into the nearest templates/ at or above a folder, or into a new one; gives its folder.

    Raises InputError where the name won't do, or there is such a template already.
    """
    if not _NAME.fullmatch(name):
        suggestion = re.sub("[^a-z0-9]+", "-", name.lower()).strip("-")
        hint = f"for example {suggestion}" if _NAME.fullmatch(suggestion) else "for example bicycle-racks"
        rule = "lower-case letters, digits and single -, a letter first"
        raise InputError([Problem("", f"a template can't be called '{name}'; {rule}", hint)])
    folder = _templates_folder(start) / name
    refuse_existing(folder, "take another name, or move the old one away first")
    starter = files("casebook").joinpath("assets/starter")
    title = client_name(Path(name)).capitalize()
    declarations = (
        starter.joinpath(DECLARATIONS).read_text("utf-8").replace("title: TITLE", f"title: {title}")
    )
    notebook = json.loads(starter.joinpath(NOTEBOOK).read_text("utf-8"))
    first = notebook["cells"][0]
    first["source"] = [line.replace('"starter"', f'"{name}"') for line in first["source"]]
    write_text(folder / DECLARATIONS, declarations)
    write_text(folder / NOTEBOOK, json.dumps(notebook, ensure_ascii=False, indent=1) + "\n")
    return folder


def _templates_folder(start: Path) -> Path:
    """The folder for templates: the nearest that is there, as a path from the start."""
    for steps, folder in enumerate((start.resolve(), *start.resolve().parents)):
        if (folder / "templates").is_dir():
            return start.joinpath(*[".."] * steps, "templates")
    return start / "templates"
