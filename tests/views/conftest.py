"""Cases for the views: one on single points, one with all that a case can have."""

from __future__ import annotations

import pytest

INPUTS = """\
title: Example
inputs:
  customers: {label: Customers, unit: customers, role: population, group: traditional, example: 1000}
  spend: {label: Spend, unit: currency/customer/year, bounds: [0, null], group: traditional, example: 50}
  margin: {label: Margin, unit: share, role: margin, group: traditional, example: 40%}
  adoption: {label: Adoption, unit: share, role: ramp, group: process, default: 100%, evidence: assumption}
  caused: {label: Share caused, unit: share, role: causal share, group: social, example: 50%}
  team: {label: Team, unit: currency/year, bounds: [0, null], group: social, example: 5000}
  setup: {label: Set-up, unit: currency, bounds: [0, null], group: process, optional: true}
  calls: {label: Calls, unit: contacts/month, bounds: [0, null], group: social, optional: true}
  seats: {label: Seats, unit: number, bounds: [0, null], optional: true}
"""

POINTS = {"customers": 1000, "spend": 50, "margin": "40%", "adoption": "100%", "caused": "50%", "team": 5000}

RANGED = {
    "customers": {"value": 1000, "source": "CRM", "evidence": "measured"},
    "spend": {
        "value": 50,
        "low": 45,
        "high": 55,
        "distribution": "normal",
        "source": "p. 7",
        "evidence": "stated",
    },
    "margin": {
        "value": "40%",
        "low": "30%",
        "high": "45%",
        "evidence": "assumption",
        "note": "To be asked for.",
    },
    "adoption": {"value": ["50%", 1, 1], "low": ["30%", "80%", "80%"], "high": ["60%", 1, 1]},
    "caused": {
        "value": "50%",
        "low": "20%",
        "high": "80%",
        "source": "A study (2020)",
        "evidence": "benchmark",
    },
    "team": {"value": 5000, "low": 4500, "high": 6000, "source": "p. 9", "evidence": "stated"},
    "setup": {"value": 3000, "source": "Offer", "evidence": "stated"},
}


def lines(case, *, risk=0.0):
    """A benefit in spend, a pool, a step, costs, and what stands outside the figure."""
    x = case.inputs
    spend = case.pool("All spend", size=x.customers * x.spend)
    extra = (x.customers * x.spend).named("Spend of those reached")
    case.benefit(
        "Customers' loyalty",
        kind="margin",
        annual=extra * x.margin,
        ramp=x.adoption,
        causal_share=x.caused,
        pool=spend,
        claim=extra,
        touched=x.customers,
        risk=risk,
    )
    case.benefit("Fans", kind="margin", annual=extra * x.margin / 10, alternative_to="Customers' loyalty")
    case.benefit(
        "Old desks sold", kind="cash saving", start=x.team / 10 * one_year(), not_in_figure="Not sold yet."
    )
    case.benefit("Fewer calls", kind="cash saving", annual=x.calls * x.spend, when=[x.calls])
    case.cost("Team", category="people", annual=x.team, risk=risk)
    case.cost("Set-up", category="start-up", start=x.setup, when=[x.setup])
    return case


def one_year():
    from casebook import constant

    return constant(1, "year")


@pytest.fixture
def points(make_case):
    """Three years on single points, without risk: 10,000 a year against 5,000."""
    return lines(make_case(INPUTS, inputs=POINTS, discount_rate=0))


@pytest.fixture
def ranged_in(make_case):
    """Three years with ranges, risk, scenarios, answers and a start, in a locale."""

    def make(locale="en_US"):
        case = make_case(
            INPUTS,
            locale=locale,
            inputs=RANGED,
            scenarios={
                "Slow": {"adoption": [0, "50%", 1], "note": "A year late."},
                "Dear": {"team": 6000, "margin": "35%"},
            },
            review={"haircut-and-range": "They are never combined."},
            story={"note": "A remark.", "kpis": [{"name": "Answers in time", "target": "80 %"}]},
        )
        return lines(case, risk=0.1)

    return make


@pytest.fixture
def ranged(ranged_in):
    """The same in American English."""
    return ranged_in()


def cells(view):
    """The rows of a table, as lists of cells."""
    return [list(row.cells) for row in view.component.rows]


def by_first(view):
    """The cells after the first, by the first."""
    return {row[0]: row[1:] for row in cells(view)}
