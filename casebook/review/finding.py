"""A finding of the review: an objection with its price and the answer to it."""

from __future__ import annotations

from dataclasses import dataclass

from casebook.review.price import Basis, Price
from casebook.schema.review_rules import Answer


@dataclass(frozen=True)
class Finding:
    """One objection, in plain words with its numbers, and what it is worth."""

    rule: str
    """The id of the rule, or of a check of the template's own."""
    title: str
    severity: str
    about: str | None
    """The line or input it is about; None for the case as a whole."""
    text: str
    settle: str
    """What would settle it."""
    stake: float
    """Present value of the benefits (or costs) it touches."""
    basis: Basis
    price: Price
    response: Answer
    """What the parameter file says to it, how much of it that covers, and who settles the rest."""

    @property
    def answer(self) -> str | None:
        """What the parameter file says to it."""
        return self.response.answer

    @property
    def open_share(self) -> float:
        """How much of it is open: 1 without an answer, 0 where that covers all."""
        return self.response.open_share

    @property
    def is_open(self) -> bool:
        """Whether any of it is."""
        return self.open_share > 0

    @property
    def open_amount(self) -> float | None:
        """The amount of its price that is open; None where its price is no money."""
        return None if self.price.amount is None else self.open_share * self.price.amount
