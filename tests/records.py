"""Records written by hand, as JSON: the least that one has to hold, and what a test puts in its place."""

from __future__ import annotations

from typing import Any

from casebook.presentation.result import FIGURES

MONEY = ("net_present_value", "present_value_of_benefits", "present_value_of_costs")
ABSENT = {name: "not here" for name in FIGURES if name not in MONEY}


def figures(**given: Any) -> dict[str, Any]:
    """Figures of a result: those that are given, and the reason for each other one that may be absent."""
    return {**dict.fromkeys(FIGURES), **dict.fromkeys(MONEY, 0.0), "reasons": ABSENT, **given}


def line(name: str, formula: Any, **keys: Any) -> dict[str, Any]:
    """A line with this formula a year."""
    return {
        "id": name,
        "side": "benefit",
        "name": name,
        "start": 0.0,
        "annual": [],
        "formulas": {},
        "trees": {"start": None, "annual": formula},
        "inputs": [],
        "risk": {"tree": {"number": 0.0}, "value": [0.0], "unit": "share"},
        "claims": {},
        **keys,
    }


def simulation(tornado: list[str]) -> dict[str, Any]:
    """A simulation in which these inputs move the result, the strongest first, all figures being 0."""
    spread = dict.fromkeys(("mean", "p5", "p50", "p95", "standard_error"), 0.0)
    nothing = {"value": 0.0, "standard_error": 0.0}
    return {
        "draws": 1,
        "seed": 1,
        "probability_of_loss": 0.0,
        "net_present_value": spread,
        "return_on_investment": None,
        "payback_months": {**spread, "reached": 1.0},
        "cumulative": {"p5": [], "p50": [], "p95": []},
        "tornado": [
            {"input": name, "label": name, **dict.fromkeys(("low", "high", "at_low", "at_high"), 0.0)}
            for name in tornado
        ],
        "variance": {"method": "", "shares": {}},
        "value_of_information": {"evpi": nothing, "inputs": {}, "method": ""},
    }


def record(**keys: Any) -> dict[str, Any]:
    """A record without lines, of one year and undiscounted, with these keys."""
    flow: dict[str, list[float]] = {name: [] for name in ("benefits", "costs", "net", "cumulative")}
    return {
        "format": "casebook.record",
        "version": 1,
        "template": {"name": "example", "title": "Example"},
        "currency": "USD",
        "locale": "en_US",
        "years": 1,
        "discount_rate": 0.0,
        "client": {"name": "Example"},
        "inputs": {},
        "lines": [],
        "steps": [],
        "cash_flow": flow,
        "risk_adjusted_cash_flow": flow,
        "result": {**figures(), "risk_adjusted": figures()},
        **keys,
    }
