"""A budget as a user writes it, and what a portfolio does with it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from casebook.errors import InputError, Problem
from casebook.portfolio.best_sets import Choice, best_choices
from casebook.portfolio.candidates import candidates
from casebook.portfolio.entry import Entry
from casebook.portfolio.overlap import value_lost
from casebook.portfolio.record_scan import Portfolio

_WRITTEN = re.compile(r"(?:([A-Za-z]{3})\s*)?(\d[\d_]*(?:\.\d+)?)(?:\s*([A-Za-z]{3}))?")


@dataclass(frozen=True)
class Funding:
    """Which cases of one currency to fund under a budget."""

    currency: str
    budget: float
    candidates: tuple[Entry, ...]
    choices: tuple[Choice, ...]
    """The best set, and the next best where there is one; by the places of their cases."""

    def entries(self, choice: Choice) -> list[Entry]:
        """The cases of a set, the highest net present value first."""
        return sorted((self.candidates[n] for n in choice.chosen), key=lambda entry: -entry.net_present_value)

    def overlap(self, choice: Choice) -> float:
        """What the cases of a set are worth less together than each by itself."""
        return value_lost(self.entries(choice))

    def to_json(self) -> dict[str, Any]:
        """The budget and the sets as plain values; `places` are those of the candidates of the currency."""
        sets = [
            {
                "cases": [entry.label for entry in self.entries(choice)],
                "places": list(choice.chosen),
                "net_present_value": choice.value,
                "overlap": self.overlap(choice),
                "costs": choice.cost,
                "proven": choice.proven,
            }
            for choice in self.choices
        ]
        return {"currency": self.currency, "budget": self.budget, "sets": sets}


def funding_from_json(portfolio: Portfolio, data: Mapping[str, Any]) -> Funding:
    """What `Funding.to_json` gave for this portfolio: a search that ran out of time is not run twice."""
    choices = (
        Choice(tuple(each["places"]), each["net_present_value"], each["costs"], each["proven"])
        for each in data["sets"]
    )
    candidates = tuple(portfolio.of(data["currency"]))
    return Funding(data["currency"], data["budget"], candidates, tuple(choices))


def fund(portfolio: Portfolio, written: str) -> Funding:
    """The best set for a budget such as `5_000_000` or `5_000_000 EUR`, in present value of costs.

    Without a currency the budget is in that of most cases. Raises InputError for what is not a budget, and
    for a currency that no case has; CaseError where no set is found.
    """
    match = _WRITTEN.fullmatch(written.strip())
    if match is None or (match[1] and match[3]):
        message = f"{written!r} is not an amount of money"
        hint = "write it as 5_000_000, or with its currency, as in '5_000_000 EUR'"
        raise InputError([Problem("--budget", message, hint)])
    currency = (match[1] or match[3] or portfolio.currencies[0]).upper()
    if currency not in portfolio.currencies:
        message = f"no case is in {currency}"
        raise InputError(
            [Problem("--budget", message, f"the cases are in {', '.join(portfolio.currencies)}")]
        )
    entries, budget = portfolio.of(currency), float(match[2].replace("_", ""))
    return Funding(currency, budget, tuple(entries), tuple(_choices(entries, budget)))


def _choices(entries: Sequence[Entry], budget: float) -> Iterator[Choice]:
    """The best sets, by the places of their cases."""
    offered = candidates(entries, budget)
    for found in best_choices(
        [each.value for each in offered],
        [each.cost for each in offered],
        budget,
        groups=[each.group for each in offered],
    ):
        places = sorted(place for number in found.chosen for place in offered[number].places)
        yield replace(found, chosen=tuple(places))
