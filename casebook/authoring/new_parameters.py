"""Files that are made for an analyst: a new parameter file and the JSON Schema beside it."""

from __future__ import annotations

import json
from pathlib import Path

from casebook.authoring.scaffold import parameter_text
from casebook.errors import InputError, Problem
from casebook.schema.json_schema import schema_of
from casebook.schema.templates import Template, find_template, template_folders
from casebook.schema.wording import display, listed

SCHEMAS = ".schema"
"""The folder of the schemas, beside the parameter files that name them."""


def new_parameters(path: Path, template: str | None) -> list[Path]:
    """Write a parameter file and its schema; gives both. The folder is made where it is missing.

    `template` is a name as seen from the file's folder, or a path as seen from here. Raises InputError where
    the file already exists, nothing can be written, or no template has that name.
    """
    shown = display(path)
    if template is None:
        names = listed(template_folders(path.parent)) or "a template's folder"
        raise InputError([Problem(shown, "which template?", f"add --template with one of {names}")])
    if path.suffix not in (".yaml", ".yml"):
        hint = f"for example {display(path.with_suffix('.yaml'))}"
        raise InputError([Problem(shown, "the name of a parameter file must end in .yaml", hint)])
    refuse_existing(path, "write under another name, or move the old file away first")
    is_path = "/" in template or template.startswith(".")
    found = find_template(template, start=Path.cwd() if is_path else path.parent)
    schema = path.parent / SCHEMAS / f"{found.name}.json"
    text = parameter_text(found, path, schema=f"{SCHEMAS}/{schema.name}")
    write_text(schema, schema_text(found))
    write_text(path, text)
    return [path, schema]


def schema_text(template: Template) -> str:
    """A template's JSON Schema as text."""
    return json.dumps(schema_of(template), ensure_ascii=False, indent=1) + "\n"


def refuse_existing(path: Path, hint: str) -> None:
    """Raise InputError where something is there: what somebody wrote is never written over."""
    if path.exists() or path.is_symlink():
        raise InputError([Problem(display(path), "already exists", hint)])


def write_text(path: Path, text: str) -> None:
    """Write a file whole or not at all, and its folder where that is missing.

    Raises InputError where that can't be done; what was there before stays.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            part.write_text(text, encoding="utf-8", newline="\n")
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise InputError([Problem(display(path), f"can't be written: {error.strerror}")]) from error
