"""The commands about types of case: `templates` and `inputs`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from casebook.cli.app import app


@app.command()
def templates() -> None:
    """List the types of case that can be reported."""
    from casebook.templates import list_templates

    for template in list_templates(Path.cwd()):
        print(f"{template.name}: {template.title}")
        if template.description:
            print(f"    {template.description.strip()}")


@app.command()
def inputs(
    template: Annotated[str, typer.Argument(help="Name of a type of case, or the path of its folder.")],
) -> None:
    """List the inputs that a type of case asks for."""
    from casebook.templates import find_template

    found = find_template(template, start=Path.cwd())
    print(f"{found.title} ({found.name})")
    for presence in ("required", "default", "optional"):
        chosen = [item for item in found.inputs.values() if item.presence == presence]
        if not chosen:
            continue
        print(f"\n{presence}")
        width = max(len(item.name) for item in chosen)
        for item in chosen:
            word, shown = ("e.g.", item.example_text)
            if presence == "default":
                word, shown = ("default", item.default_text)
            value = f"  {word} {shown}" if shown else ""
            print(f"  {item.name:<{width}}  {item.label} [{item.unit}]{value}")
