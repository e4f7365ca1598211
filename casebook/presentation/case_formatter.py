"""The reader of a case: its currency and language."""

from __future__ import annotations

import functools

from casebook.case.case import Case
from casebook.formatting import Formatter


def formatter_of(case: Case) -> Formatter:
    """The formatter of a case's currency and locale."""
    return _formatter(case.currency, case.locale)


_formatter = functools.lru_cache(maxsize=8)(Formatter)
