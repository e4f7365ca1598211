"""Two cases side by side: what changed, and how much each change moved the net present value."""

from __future__ import annotations

from pathlib import Path

from casebook.comparison.comparison import Comparison, compare
from casebook.comparison.pairing import Side, pair
from casebook.comparison.views import Page

__all__ = ["Comparison", "Page", "Side", "compare", "pair", "read_comparison"]


def read_comparison(before: str, after: str) -> Page:
    """The page over two records, or over the folders that hold them; raises InputError as `pair` does."""
    return Page(compare(*pair(Path(before), Path(after))))
