"""The formats of a report."""

from __future__ import annotations

FORMATS = {"pdf": ".pdf", "html": ".html", "xlsx": ".xlsx", "brief": ".brief.pdf"}
"""What a report can be exported to, and the ending of its file. The executed notebook and the record are
always published."""

USUAL = ("pdf", "html", "xlsx")
"""What is made where nothing else is asked for."""
