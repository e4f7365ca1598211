"""Names and texts as SQL has them."""

from __future__ import annotations


def quoted(name: str) -> str:
    """A name for SQL."""
    return '"' + name.replace('"', '""') + '"'


def quoted_text(text: str) -> str:
    """A text for SQL."""
    return "'" + text.replace("'", "''") + "'"
