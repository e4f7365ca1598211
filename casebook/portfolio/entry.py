"""What a portfolio keeps of a case record: a few figures, however large the record is."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from casebook.schema.wording import visible

GRADES = ("measured", "stated", "benchmark", "assumption")


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
    report: str | None = None
    """The report's file, from the portfolio's page."""
    label: str = ""
    """What the case is called beside the others."""

    @property
    def known(self) -> float:
        """The share of the benefit that rests on more than assumption."""
        return sum(self.evidence.get(grade, 0.0) for grade in GRADES[:3])

    @property
    def alternatives(self) -> tuple[str, str, str]:
        """Cases that share it are alternatives: one type of case for one client."""
        return self.client, self.kind, self.currency


def entry_of(record: Mapping[str, Any], *, folder: str) -> Entry:
    """The entry of a record. Raises LookupError, TypeError or ValueError where the record is not whole."""
    result, flow = record["result"], record["cash_flow"]
    spread = (record.get("simulation") or {}).get("net_present_value") or {}
    findings = record.get("review") or []
    digests = (record.get("provenance") or {}).get("digests") or {}
    template = record["template"]
    return Entry(
        folder=folder,
        kind=visible(template["name"]),
        kind_title=visible(template.get("title") or template["name"]),
        client=visible(record["client"]["name"]),
        currency=str(record["currency"]),
        locale=str(record["locale"]),
        years=int(record["years"]),
        discount_rate=_number(record["discount_rate"]),
        net_present_value=_number(result["net_present_value"]),
        benefits=_number(result["present_value_of_benefits"]),
        costs=_number(result["present_value_of_costs"]),
        return_on_investment=_figure(result.get("return_on_investment")),
        payback_months=_figure(result.get("payback_months")),
        no_payback=(result.get("reasons") or {}).get("payback_months"),
        probability_of_loss=_figure(result.get("probability_of_loss")),
        low=_figure(spread.get("p5")),
        high=_figure(spread.get("p95")),
        evidence={
            grade: _number(share) for grade, share in (record["evidence"].get("by_value") or {}).items()
        },
        benefits_by_year=[_number(value) for value in flow["benefits"]],
        costs_by_year=[_number(value) for value in flow["costs"]],
        at_revenue=any(finding["rule"] == "gains-at-revenue" for finding in findings),
        objections=sum(finding["severity"] == "high" and not finding["answer"] for finding in findings),
        template=str(digests.get("template") or ""),
    )


def _figure(value: Any) -> float | None:
    return None if value is None else _number(value)


def _number(value: Any) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(f"{value!r} is no figure")
    return number
