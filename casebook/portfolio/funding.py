"""A budget as a user writes it, and what a portfolio does with it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from casebook.errors import InputError, Problem
from casebook.portfolio.best_sets import best_choices
from casebook.portfolio.candidates import Pick, candidates
from casebook.portfolio.entry import Entry, EntryOption
from casebook.portfolio.overlap import value_lost
from casebook.portfolio.record_scan import Portfolio

_WRITTEN = re.compile(r"(?:([A-Za-z]{3})\s*)?(\d[\d_]*(?:\.\d+)?)(?:\s*([A-Za-z]{3}))?")


@dataclass(frozen=True)
class FundedSet:
    """Cases that are funded together, each with one of its options."""

    picks: tuple[Pick, ...]
    value: float
    """Expected net present value, without what the cases would claim twice."""
    cost: float
    """Present value, to the horizon's end."""
    proven: bool = True
    """Whether no other set is better; otherwise it is the best that was found in time."""


@dataclass(frozen=True)
class Funding:
    """Which cases of one currency to fund under a budget, and which option of each."""

    currency: str
    budget: float
    candidates: tuple[Entry, ...]
    choices: tuple[FundedSet, ...]
    """The best set, and the next best where there is one."""

    def chosen(self, choice: FundedSet) -> list[tuple[Entry, EntryOption]]:
        """The cases of a set with their options, the highest expected net present value first."""
        picked = [(self.candidates[n], self.candidates[n].options[option]) for n, option in choice.picks]
        return sorted(picked, key=lambda pair: -pair[1].expected_net_present_value)

    def overlap(self, choice: FundedSet) -> float:
        """What the cases of a set are worth less together than each by itself."""
        return value_lost([entry for entry, _ in self.chosen(choice)])

    def approve_now(self, choice: FundedSet) -> float:
        """The money that a set releases now, undiscounted."""
        return math.fsum(option.approve_now for _, option in self.chosen(choice))

    def to_json(self) -> dict[str, Any]:
        """The budget and the sets as plain values."""
        sets = [self._set_to_json(choice) for choice in self.choices]
        return {"currency": self.currency, "budget": self.budget, "sets": sets}

    def _set_to_json(self, choice: FundedSet) -> dict[str, Any]:
        """`picks` are the places of cases among those of the currency, and of options within the case."""
        return {
            "cases": [{"case": entry.label, **asdict(option)} for entry, option in self.chosen(choice)],
            "picks": [list(pick) for pick in choice.picks],
            "expected_net_present_value": choice.value,
            "overlap": self.overlap(choice),
            "costs": choice.cost,
            "approve_now": self.approve_now(choice),
            "proven": choice.proven,
        }


def funding_from_json(portfolio: Portfolio, data: Mapping[str, Any]) -> Funding:
    """What `Funding.to_json` gave for this portfolio: a search that ran out of time is not run twice."""
    choices = (
        FundedSet(
            tuple((place, option) for place, option in each["picks"]),
            each["expected_net_present_value"],
            each["costs"],
            each["proven"],
        )
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


def _choices(entries: Sequence[Entry], budget: float) -> Iterator[FundedSet]:
    offered = candidates(entries, budget)
    for found in best_choices(
        [each.value for each in offered],
        [each.cost for each in offered],
        budget,
        groups=[each.group for each in offered],
    ):
        picks = sorted(pick for number in found.chosen for pick in offered[number].picks)
        yield FundedSet(tuple(picks), found.value, found.cost, found.proven)
