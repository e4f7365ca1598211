"""The worked examples under tests/cases: figures that a finance person can add to and check by hand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ruamel.yaml import YAML

import casebook
from casebook import Case, constant
from casebook.model.evaluation import evaluate
from casebook.parameters import read_parameters
from tests.conftest import ROOT, run_template

CASES = [
    pytest.param(case, id=f"{path.stem}: {case['name']}")
    for path in sorted((Path(__file__).parent / "cases").glob("*.yaml"))
    for case in YAML(typ="safe").load(path)
]
OF_CLIENTS = [case for case in CASES if "parameters" in case.values[0]]
OF_FORMULAS = [case for case in CASES if "formula" in case.values[0]]
OF_LINES = [case for case in CASES if "lines" in case.values[0]]


def test_every_example_is_of_a_kind_that_is_tested():
    assert len(OF_CLIENTS) + len(OF_FORMULAS) + len(OF_LINES) == len(CASES)


@pytest.mark.parametrize("case", OF_FORMULAS)
def test_a_formula_comes_out(case: dict[str, Any]):
    formula = eval(case["formula"], {name: getattr(casebook, name) for name in casebook.__all__} | {"np": np})
    assert evaluate(formula, len(case["expect"])).tolist() == pytest.approx(case["expect"], rel=1e-12)


@pytest.mark.parametrize("case", OF_CLIENTS)
def test_a_worked_example_comes_out(case: dict[str, Any]):
    parameters = read_parameters(ROOT / "params" / case["parameters"], overrides=case.get("set"))
    check(run_template(parameters).record(), case["expect"])


@pytest.mark.parametrize("case", OF_LINES)
def test_lines_by_themselves_come_out(case: dict[str, Any], make_case: Callable[..., Case]):
    check(with_lines(make_case, case).record(), case["expect"])


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
    from casebook.templates import find_template

    template = find_template("social-care", start=ROOT)
    case = run_template(None, template=template)
    assert all(item.origin in ("example", "default") for item in case.parameters.inputs.values())
    assert case.result.net_present_value > 0
