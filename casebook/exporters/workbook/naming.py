"""Defined names: the input's own wherever a spreadsheet takes it for nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterable

# A1 and R1C1 references, in the forms that Excel or LibreOffice read; also beyond their last column.
_REFERENCE = re.compile(r"[a-z]{1,4}[0-9]+|r[0-9]*(c[0-9]*)?|c[0-9]*|true|false", re.IGNORECASE)
_LEGAL = re.compile(r"[a-z_][a-z0-9_]*", re.IGNORECASE)
_LONGEST = 200  # of 255


class Names:
    """Gives each thing of the workbook a name of its own.

    >>> names = Names(["discount_rate"])
    >>> [names.give(name) for name in ("customers", "r1c1", "q4", "Customers", "discount_rate")]
    ['customers', 'in_r1c1', 'in_q4', 'in_Customers', 'in_discount_rate']
    """

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = {name.lower() for name in taken}

    def give(self, name: str) -> str:
        """The defined name for an input; case does not tell names apart."""
        plain = _LEGAL.fullmatch(name) and not _REFERENCE.fullmatch(name) and len(name) <= _LONGEST
        candidate = name if plain else "in_" + re.sub(r"[^a-zA-Z0-9_]", "_", name)[:_LONGEST]
        if candidate.lower() in self._taken and plain:
            candidate = f"in_{name}"
        while candidate.lower() in self._taken:
            candidate += "_"
        self._taken.add(candidate.lower())
        return candidate
