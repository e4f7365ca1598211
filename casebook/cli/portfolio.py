"""The command `portfolio`: one page over the cases of all clients."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from casebook.cli.app import app, put_block, put_json, say


@app.command()
def portfolio(
    output: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of the reports.")] = Path("output"),
    budget: Annotated[
        str,
        typer.Option(
            metavar="AMOUNT",
            help="Choose the cases to fund within this budget: 5_000_000, or '5_000_000 EUR'.",
        ),
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
    pages: Annotated[bool, typer.Option(help="Also write the portfolio as HTML, PDF and JSON.")] = True,
) -> None:
    """Rank all clients' cases, and choose under a budget.

    It makes one page over all records, with the money by year. Example: casebook portfolio output
    --budget 5_000_000
    """
    from casebook.portfolio import PAGE, Page, fund, read_portfolio

    found = read_portfolio(output)
    page = Page(found, fund(found, budget) if budget else None)
    payload = json.dumps(page.to_json(), ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    put_json(payload.rstrip()) if as_json else put_block(page.for_terminal())
    for name, why in found.left_out:
        say(f"{output / name}: left out, {why}")
    for remark in found.remarks:
        say(remark)
    if not pages:
        return
    from casebook.pages import make_pages

    with tempfile.TemporaryDirectory(prefix="casebook-") as scratch:
        data = Path(scratch, "portfolio.json")
        data.write_text(payload, encoding="utf-8")
        files, warnings = make_pages(
            "portfolio",
            {"output": str(data)},
            title="Portfolio of business cases",
            folder=output / PAGE,
            texts={"portfolio.json": payload},
        )
    for text in [*warnings, *(f"written: {file}" for file in files)]:
        say(text)
