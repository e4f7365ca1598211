"""The worked examples under tests/cases: figures that a finance person can add to and check by hand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ruamel.yaml import YAML

import casebook
from casebook import Case, constant, cumulative
from casebook.formula.evaluation import Plan, evaluate
from casebook.schema.reader import read_parameters
from tests.conftest import ROOT, record_of, run_template, without_break_evens

CASES = [
    pytest.param(case, id=f"{path.stem}: {case['name']}")
    for path in sorted((Path(__file__).parent / "cases").glob("*.yaml"))
    for case in YAML(typ="safe").load(path)
]
OF_CLIENTS, OF_FORMULAS, OF_LINES, OF_ACTUALS, OF_SHARES = KINDS = [
    [case for case in CASES if key in case.values[0]]
    for key in ("parameters", "formula", "lines", "actuals", "shares")
]


def test_every_example_is_of_a_kind_that_is_tested():
    assert sum(map(len, KINDS)) == len(CASES)


@pytest.mark.parametrize("case", OF_FORMULAS)
def test_a_formula_comes_out(case: dict[str, Any]):
    formula = eval(case["formula"], {name: getattr(casebook, name) for name in casebook.__all__} | {"np": np})
    years = len(case["expect"])
    assert evaluate(formula, years).tolist() == pytest.approx(case["expect"], rel=1e-12)
    by_month = next(iter(Plan([formula], years).values(by_month=True)))
    for month, expected in case.get("months", {}).items():
        assert by_month[month - 1] == pytest.approx(expected, rel=1e-12), month


@pytest.mark.parametrize("case", OF_SHARES)
def test_shares_of_one_whole_come_out(make_case: Callable[..., Case], case: dict[str, Any]):
    names = [f"share_{number}" for number in range(len(case["shares"]))]
    each = "  {}: {{label: Share, unit: share, whole: all, example: 0}}\n"
    inputs = make_case("title: Shares\ninputs:\n" + "".join(map(each.format, names))).inputs
    drawn = {name: np.atleast_1d(share) for name, share in zip(names, case["shares"], strict=True)}
    counted = [evaluate(getattr(inputs, name), 3, drawn) for name in names]
    for found, expected in zip(counted, case["expect"], strict=True):
        assert found.tolist() == pytest.approx(np.atleast_1d(expected).tolist(), rel=1e-12)


@pytest.mark.parametrize("case", OF_CLIENTS)
def test_a_worked_example_comes_out(case: dict[str, Any]):
    parameters = read_parameters(ROOT / "params" / case["parameters"], overrides=case.get("set"))
    with without_break_evens():
        check(record_of(run_template(parameters).study), case["expect"])


@pytest.mark.parametrize("case", OF_LINES)
def test_lines_by_themselves_come_out(case: dict[str, Any], make_case: Callable[..., Case]):
    check(with_lines(make_case, case).record().to_json(), case["expect"])


FOLLOWED_UP = """\
title: Followed up
inputs:
  contacts: {label: Contacts, unit: contacts/month, scaled_by: adoption, example: 8_000}
  saving: {label: Saving, unit: currency/contact, example: 2}
  adoption: {label: Adoption, unit: share, role: ramp, example: [50%, 80%, 100%]}
  won: {label: Won, unit: customers/year, scaled_by: adoption, example: 36_000}
  leaving: {label: Leaving, unit: share, example: 15%}
  margin: {label: Margin, unit: currency/customer/year, example: 10}
  team: {label: Team, unit: currency/year, example: 60_000}
  setup: {label: Set-up, unit: currency, example: 20_000}
"""
PLANNED = {"contacts": 8_000, "saving": 2, "adoption": [0.5, 0.8, 1], "won": 36_000, "leaving": 0.15}
PLANNED |= {"margin": 10, "team": 60_000, "setup": 20_000}


def followed_up(make_case: Callable[..., Case], plan: dict[str, Any], actuals: dict[str, Any]) -> Case:
    """The case of tests/cases/follow-up.yaml."""
    case = make_case(FOLLOWED_UP, start="2026-01", inputs={**PLANNED, **plan}, actuals=actuals)
    x = case.inputs
    kept = cumulative(x.won * x.adoption, keep=1 - x.leaving)
    case.benefit("Contacts shifted", kind="cash saving", annual=x.contacts * x.saving, ramp=x.adoption)
    case.benefit("Customers kept", kind="margin", annual=kept * x.margin)
    case.cost("Team", category="people", annual=x.team)
    case.cost("Set-up", category="start-up", start=x.setup)
    return case


@pytest.mark.parametrize("case", OF_ACTUALS)
def test_plan_and_actual_come_out(case: dict[str, Any], make_case: Callable[..., Case]):
    found = followed_up(make_case, case.get("plan", {}), case["actuals"]).record().to_json()["follow_up"]
    rows = {
        "inputs": {each["input"]: each for each in found["inputs"]},
        "lines": {each["name"]: each for each in found["lines"]},
    }
    for name, worth in case["expect"].get("outlooks", {}).items():
        assert found["outlooks"][name]["net_present_value"] == pytest.approx(worth, rel=1e-9), name
    for kind in rows:
        for name, figures in case["expect"].get(kind, {}).items():
            words = {key: rows[kind][name][key] for key in figures if key == "standing"}
            assert words.items() <= figures.items(), name
            numbers = {key: figures[key] for key in figures.keys() - words.keys()}
            shown = {key: rows[kind][name][key] for key in numbers}
            assert shown == pytest.approx(numbers, rel=1e-9, abs=1e-9), name


def with_lines(make_case: Callable[..., Case], example: dict[str, Any]) -> Case:
    """A case of nothing but the example's lines: money at the start and by year, and a share of risk."""
    case = make_case(years=example["years"], discount_rate=example["discount_rate"])
    for line in example["lines"]:
        money = {"start": constant(line.get("start", 0), "currency", currency="USD")}
        if "annual" in line:
            money["annual"] = constant(line["annual"], "currency/year", currency="USD")
        if "cost" in line:
            case.cost(line["cost"], category="other", risk=line.get("risk", 0), **money)
        else:
            case.benefit(line["benefit"], kind="margin", risk=line.get("risk", 0), **money)
    return case


def check(record: dict[str, Any], expect: dict[str, Any]) -> None:
    """Each figure of the result is as expected; one that is absent has the reason; flows are by year."""
    result, adjusted = record["result"], record["result"]["risk_adjusted"]
    for name, expected in expect.items():
        if name == "risk_adjusted":
            check({**record, "result": {**adjusted, "risk_adjusted": None}}, expected)
        elif isinstance(expected, dict):
            assert result[name] is None
            assert expected["reason"] in result["reasons"][name]
        elif isinstance(expected, list):
            flow = "cash_flow" if adjusted is not None else "risk_adjusted_cash_flow"
            assert record[flow][name] == pytest.approx(expected, rel=1e-9, abs=1e-6)
        else:
            assert result[name] == pytest.approx(expected, rel=1e-9, abs=1e-6)


def test_the_untouched_template_runs_on_its_example_values():
    from casebook.schema.templates import find_template

    template = find_template("social-care", start=ROOT)
    case = run_template(None, template=template)
    assert all(item.origin in ("example", "default") for item in case.parameters.inputs.values())
    assert case.result.net_present_value > 0
