"""The commands about types of case: `templates` and `inputs`."""

from __future__ import annotations

from pathlib import Path
from textwrap import indent

from casebook.cli.app import app, put, put_block
from casebook.cli.completion import TemplateName
from casebook.errors import InputError, Problem


@app.command()
def templates() -> None:
    """List the types of case that can be reported.

    Those of the folder that you are in come first, and then those that come with casebook.
    Example: casebook templates
    """
    from casebook.schema.templates import list_templates

    found = list_templates(Path.cwd())
    if not found:
        hint = "go to the folder that holds templates/, or make one: casebook init DIR"
        raise InputError([Problem("", "no type of case can be named from here", hint)])
    for template in found:
        put(f"{template.name}: {template.title}")
        if template.description:
            put_block(indent(template.description.strip(), "    "))


@app.command()
def inputs(
    template: TemplateName,
) -> None:
    """List the inputs that a type of case asks for.

    Example: casebook inputs NAME
    """
    from casebook.schema.templates import find_template

    found = find_template(template, start=Path.cwd())
    put(f"{found.title} ({found.name})")
    for presence in ("required", "default", "optional"):
        chosen = [item for item in found.inputs.values() if item.presence == presence]
        if not chosen:
            continue
        put("")
        put(presence)
        width = max(len(item.name) for item in chosen)
        for item in chosen:
            word, shown = ("e.g.", item.example_text)
            if presence == "default":
                word, shown = ("default", item.default_text)
            value = f"  {word} {shown}" if shown else ""
            put(f"  {item.name:<{width}}  {item.label} [{item.unit}]{value}")
