"""The command `compare`: what changed between two reports, and what each change is worth."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from casebook.cli.app import app, put_block, put_json, say


@app.command()
def compare(
    before: Annotated[
        Path, typer.Argument(metavar="BEFORE", help="Folder of a report, or its record (.json).")
    ],
    after: Annotated[
        Path, typer.Argument(metavar="AFTER", help="Folder of the other report, or its record.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
    pages: Annotated[bool, typer.Option(help="Also write the comparison as HTML, PDF and JSON.")] = True,
    output: Annotated[
        Path, typer.Option(metavar="DIR", help="Folder in which compare-BEFORE-AFTER/ is created.")
    ] = Path("output"),
) -> None:
    """Show what changed between two reports of one type.

    And how much each change contributes to the difference in net present value. Example: casebook compare
    output/airline output/airline-what-if
    """
    from casebook.comparison import Page, pair
    from casebook.comparison import compare as compared

    sides = pair(before, after)
    comparison = compared(*sides)
    payload = json.dumps(comparison.to_json(), ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    page = Page(comparison)
    put_json(payload.rstrip()) if as_json else put_block(page.table_for_terminal())
    if not pages:
        return
    from casebook.pages import make_pages

    one, other = sides
    values = {"before": str(one.path.resolve()), "after": str(other.path.resolve())}
    folder = output / f"compare-{one.name}-{other.name}"
    texts = {"comparison.json": payload}
    files, warnings = make_pages("comparison", values, title=page.title, folder=folder, texts=texts)
    for text in [*warnings, *(f"written: {file}" for file in files)]:
        say(text)
