"""One page over all clients: their cases ranked, summed by year, and chosen from under a budget."""

from __future__ import annotations

import json
from pathlib import Path

from casebook.portfolio.funding import Funding, fund, funding_from_json
from casebook.portfolio.record_scan import PAGE, Portfolio, from_json, read_portfolio
from casebook.portfolio.views import Page

__all__ = ["PAGE", "Funding", "Page", "Portfolio", "fund", "page_over", "read_portfolio"]


def page_over(output: str, budget: str = "") -> Page:
    """The page over a folder of reports, or over a portfolio.json as the command writes it.

    Raises InputError as `read_portfolio` and `fund` do.
    """
    path = Path(output)
    if path.is_file():
        values = json.loads(path.read_bytes())
        known = from_json(values)
        return Page(known, funding_from_json(known, values["funding"]) if "funding" in values else None)
    portfolio = read_portfolio(path)
    return Page(portfolio, fund(portfolio, budget) if budget else None)
