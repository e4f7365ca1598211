"""Executed notebook in, finished document out; each exporter is an entry point of nbconvert."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager


class ExportWarning(UserWarning):
    """Something in a notebook could not be shown as it is; the document says so at that place, too."""


@contextmanager
def export_warnings() -> Iterator[list[str]]:
    """Collect the texts of the ExportWarnings within, each once; the list is complete at the end."""
    texts: list[str] = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            yield texts
        finally:
            ours = (item for item in caught if issubclass(item.category, ExportWarning))
            texts += dict.fromkeys(str(item.message) for item in ours)
