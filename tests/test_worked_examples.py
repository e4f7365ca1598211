"""The worked examples under tests/cases: figures that a finance person can add to and check by hand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ruamel.yaml import YAML

import casebook
from casebook import Case
from casebook.model.evaluation import evaluate
from casebook.model.record import record_of
from casebook.parameters import read_parameters
from tests.conftest import ROOT, run_template

CASES = [
    pytest.param(case, id=f"{path.stem}: {case['name']}")
    for path in sorted((Path(__file__).parent / "cases").glob("*.yaml"))
    for case in YAML(typ="safe").load(path)
]
OF_CLIENTS = [case for case in CASES if "parameters" in case.values[0]]
OF_FORMULAS = [case for case in CASES if "formula" in case.values[0]]
OF_SHARES = [case for case in CASES if "shares" in case.values[0]]


def test_every_example_is_of_a_kind_that_is_tested():
    assert len(OF_CLIENTS) + len(OF_FORMULAS) + len(OF_SHARES) == len(CASES)


@pytest.mark.parametrize("case", OF_FORMULAS)
def test_a_formula_comes_out(case: dict[str, Any]):
    formula = eval(case["formula"], {name: getattr(casebook, name) for name in casebook.__all__} | {"np": np})
    assert evaluate(formula, len(case["expect"])).tolist() == pytest.approx(case["expect"], rel=1e-12)


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
    result = record_of(run_template(parameters))["result"]
    for name, expected in case["expect"].items():
        if isinstance(expected, dict):
            assert result[name] is None
            assert expected["reason"] in result["reasons"][name]
        else:
            assert result[name] == pytest.approx(expected, rel=1e-9, abs=1e-6)


def test_the_untouched_template_runs_on_its_example_values():
    from casebook.templates import find_template

    template = find_template("social-care", start=ROOT)
    case = run_template(None, template=template)
    assert all(item.origin in ("example", "default") for item in case.parameters.inputs.values())
    assert case.result.net_present_value > 0
