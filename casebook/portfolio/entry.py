"""What a portfolio keeps of a case record: a few figures, however large the record is."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

from casebook.portfolio.claims import Claim, Draw, claims_of
from casebook.record.types import Record
from casebook.schema.options import STANDARD, WHOLE
from casebook.schema.wording import visible

GRADES = ("measured", "stated", "benchmark", "assumption")


@dataclass(frozen=True)
class EntryOption:
    """A way to go with a case."""

    key: str
    name: str
    expected_net_present_value: float
    """The mean of the simulated outcomes; at likely values where no input has a range."""
    costs: float
    """Present value, to the horizon's end; of a first step, if it goes on."""
    approve_now: float
    """Undiscounted; of a first step, its own cost."""


@dataclass(frozen=True)
class Entry:
    """One case. Money is in its currency, present values are its own; what does not exist is None."""

    folder: str
    """Name of the client's folder."""
    kind: str
    """The type of case."""
    kind_title: str
    client: str
    currency: str
    locale: str
    years: int
    discount_rate: float
    net_present_value: float
    benefits: float
    """Present value."""
    costs: float
    """Present value."""
    return_on_investment: float | None
    payback_months: float | None
    no_payback: str | None
    """Why there is no payback: not reached, or no money at risk."""
    probability_of_loss: float | None
    low: float | None
    """Net present value that nine in ten outcomes lie between, with `high`; None without ranges."""
    high: float | None
    evidence: dict[str, float]
    """Share of the benefit that rests on each grade."""
    benefits_by_year: list[float]
    """From the start, undiscounted; as costs_by_year."""
    costs_by_year: list[float]
    at_revenue: bool
    """Whether gains are counted at revenue: a finding of the review."""
    objections: int
    """Findings of high severity that nobody has answered."""
    template: str
    """Digest of the template that computed it."""
    start: str | None = None
    """The first month of year 1."""
    begins: int | None = None
    """Months from the start of its client's first case; None unless all cases of the client give theirs."""
    claims: list[Claim] = field(default_factory=list)
    """What it draws on, for cases of one client that draw on the same."""
    draws: list[Draw] = field(default_factory=list)
    """The money that rests on it."""
    unnamed_pools: bool = False
    """Whether it has pools without a key, which can't be told from others: a record of an old version."""
    options: list[EntryOption] = field(default_factory=list)
    """Doing nothing is one, unless the record is of a version that knows no options."""
    asked_for: str = WHOLE
    """The key of the option that the case asks for."""
    report: str | None = None
    """The report's file, from the portfolio's page."""
    label: str = ""
    """What the case is called beside the others."""

    @property
    def known(self) -> float:
        """The share of the benefit that rests on more than assumption."""
        return sum(self.evidence.get(grade, 0.0) for grade in GRADES[:3])

    @property
    def option(self) -> EntryOption:
        """The one that the case asks for; the whole, which is last, where the record names none of them."""
        return next((each for each in self.options if each.key == self.asked_for), self.options[-1])

    @property
    def alternatives(self) -> tuple[str, str, str]:
        """Cases that share it are alternatives: one type of case for one client."""
        return self.client, self.kind, self.currency


def entry_of(record: Record, *, folder: str) -> Entry:
    """The entry of a record."""
    result, flow, simulation = record.result, record.cash_flow, record.simulation
    claims, draws = claims_of(record)
    return Entry(
        folder=folder,
        kind=visible(record.template.name),
        kind_title=visible(record.template.title or record.template.name),
        client=visible(record.client.name),
        currency=record.currency,
        locale=record.locale,
        years=record.years,
        discount_rate=record.discount_rate,
        net_present_value=result.net_present_value,
        benefits=result.present_value_of_benefits,
        costs=result.present_value_of_costs,
        return_on_investment=result.return_on_investment,
        payback_months=result.payback_months,
        no_payback=result.reasons.get("payback_months"),
        probability_of_loss=result.probability_of_loss,
        low=simulation.net_present_value.p5 if simulation else None,
        high=simulation.net_present_value.p95 if simulation else None,
        evidence=dict(record.evidence.by_value) if record.evidence else {},
        benefits_by_year=list(flow.benefits),
        costs_by_year=list(flow.costs),
        at_revenue=any(finding.rule == "gains-at-revenue" for finding in record.review),
        objections=sum(finding.severity == "high" and finding.is_open for finding in record.review),
        template=record.provenance.digests.get("template", "") if record.provenance else "",
        start=visible(record.start) if record.start else None,
        claims=claims,
        draws=draws,
        options=list(_options(record)),
        asked_for=visible(record.decided or WHOLE),
        unnamed_pools=any(pool.key is None for pool in record.pools),
    )


def _options(record: Record) -> Iterator[EntryOption]:
    """The options of a record; the case itself where it has none."""
    for each in record.options:
        yield EntryOption(
            visible(each.key),
            visible(each.name),
            each.expected_net_present_value,
            each.present_value_of_costs,
            each.approve_now,
        )
    if not record.options:
        result = record.result
        expected = result.expected_net_present_value
        yield EntryOption(
            WHOLE,
            STANDARD[WHOLE],
            result.net_present_value if expected is None else expected,
            result.present_value_of_costs,
            math.fsum(record.cash_flow.costs),
        )
