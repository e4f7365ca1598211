"""The worked examples under tests/cases: figures that a finance person can add to and check by hand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from casebook import Case, constant
from casebook.parameters import read_parameters
from tests.conftest import ROOT, run_template

CASES = [
    pytest.param(case, id=f"{path.stem}: {case['name']}")
    for path in sorted((Path(__file__).parent / "cases").glob("*.yaml"))
    for case in YAML(typ="safe").load(path)
]


@pytest.mark.parametrize("case", CASES)
def test_a_worked_example_comes_out(case: dict[str, Any], make_case: Callable[..., Case]):
    """An example is a client's parameters, or lines written down by themselves."""
    if "lines" in case:
        made = with_lines(make_case, case)
    else:
        path = ROOT / "params" / case["parameters"]
        made = run_template(read_parameters(path, overrides=case.get("set")))
    check(made.record(), case["expect"])


def with_lines(make_case: Callable[..., Case], example: dict[str, Any]) -> Case:
    """A case of nothing but the example's lines: money at the start and by year, and a share of risk."""
    case = make_case(years=example["years"], discount_rate=example["discount_rate"])
    for line in example["lines"]:
        money = {"start": constant(line.get("start", 0), unit="currency")}
        if "annual" in line:
            money["annual"] = constant(line["annual"], unit="currency/year")
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
