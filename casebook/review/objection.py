"""What a rule of the review finds in one place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from casebook.review.price import Basis, Rests


@dataclass(frozen=True)
class Objection:
    """A place where a rule applies."""

    about: str | None
    """The line, input or pool it is about; None for the case as a whole."""
    text: str
    """The finding in plain words."""
    stake: float
    """Present value of the money that it touches."""
    basis: Basis = field(default_factory=Rests)
    """What its price is worked out from."""


Found = Iterator[Objection]
