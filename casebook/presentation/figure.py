"""A number that knows how it is printed, and what stands where there is no number."""

from __future__ import annotations

from typing import Any


class Unquoted(str):
    """A text that a cell shows without the quotes and escapes of a string."""

    __slots__ = ()

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(str(self))


class Figure(float):
    """A float that shows itself in the client's currency and locale; arithmetic on it gives plain floats.

    >>> ratio = Figure(0.125, "12.5%")
    >>> print(ratio), ratio * 2
    12.5%
    (None, 0.25)
    """

    __slots__ = ("note", "short", "text")

    text: str
    short: str
    """For a sentence, in three digits: `$2.28 million`."""
    note: str
    """What a reader has to know beside it; mostly nothing."""

    def __new__(cls, value: float, text: str, short: str | None = None, *, note: str = "") -> Figure:
        """Keep `value`, shown as `text`."""
        figure = super().__new__(cls, value)
        figure.text, figure.note = text, note
        # The amount and its word stand on one line.
        figure.short = Unquoted(text if short is None else short.replace(" ", "\u00a0"))
        return figure

    def __str__(self) -> str:
        return self.text

    def __format__(self, specification: str) -> str:
        return format(float(self), specification) if specification else self.text

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(self.text)


class Absent:
    """Stands where a figure does not exist; false in a condition, and its text is the reason.

    >>> bool(Absent("not reached in 3 years"))
    False
    """

    __slots__ = ("reason",)

    note = ""

    def __init__(self, reason: str) -> None:
        self.reason = reason

    def __bool__(self) -> bool:
        return False

    def __str__(self) -> str:
        return self.reason

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(self.reason)
