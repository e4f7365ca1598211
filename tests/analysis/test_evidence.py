"""How well a case is known: by the money that rests on each grade, and by the spread that comes from it."""

from __future__ import annotations

import pytest

from casebook.analysis.evidence import GRADES, by_value, by_variance, grade_of, line_grade

INPUTS = """\
title: Example
inputs:
  sales: {label: Sales, unit: currency/year, bounds: [null, null], example: 100}
  price: {label: Price, unit: currency/year, bounds: [0, null], example: 100}
  margin: {label: Margin, unit: share, example: 40%}
  fee:
    {label: Fee, unit: currency/year, default: 10, currency: USD, source: A study (2020), evidence: benchmark}
  rest: {label: Rest, unit: share, default: 50%, evidence: assumption}
"""


def graded(value, evidence=None, **more):
    return {"value": value, "source": "p. 7", **({"evidence": evidence} if evidence else {}), **more}


def case_of(make_case, **grades):
    inputs = {
        name: graded(value, grades.get(name))
        for name, value in (("sales", 100), ("price", 300), ("margin", 0.4))
    }
    case = make_case(INPUTS, inputs=inputs)
    x = case.inputs
    case.benefit("One", kind="cash saving", annual=x.sales)
    case.benefit("Three", kind="margin", annual=x.price * x.margin / 0.4)
    case.cost("Fee", category="other", annual=x.fee)
    return case


@pytest.mark.parametrize("grade", GRADES)
def test_an_input_has_the_grade_that_it_is_given(make_case, grade):
    assert grade_of(case_of(make_case, sales=grade), "sales") == grade


def test_what_says_nothing_of_itself_is_assumed(make_case):
    case = case_of(make_case)
    assert grade_of(case, "sales") == "assumption"
    assert (grade_of(case, "fee"), grade_of(case, "rest")) == ("benchmark", "assumption")
    untouched = make_case(INPUTS)
    assert grade_of(untouched, "sales") == "assumption"


def test_a_line_is_known_as_well_as_its_weakest_input(make_case):
    case = case_of(make_case, sales="measured", price="measured", margin="benchmark")
    assert [line_grade(case, line) for line in case.study.ledger.of("benefit")] == ["measured", "benchmark"]
    assert by_value(case.study) == pytest.approx(
        {"measured": 0.25, "stated": 0, "benchmark": 0.75, "assumption": 0}
    )


def test_ramp_and_causal_share_weaken_a_line(make_case):
    case = case_of(make_case, sales="measured", price="measured", margin="measured")
    x = case.inputs
    case.benefit("Ramped", kind="cash saving", annual=x.sales, ramp=x.rest)
    assert line_grade(case, case.study.ledger.of("benefit")[-1]) == "assumption"
    assert by_value(case.study)["assumption"] == pytest.approx(50 / 450)


def test_a_benefit_below_nothing_is_no_part_of_the_benefits(make_case):
    case = case_of(make_case, sales="measured", price="stated", margin="stated")
    case.benefit("Loss", kind="margin", annual=case.inputs.fee * -1)
    assert by_value(case.study) == pytest.approx(
        {"measured": 0.25, "stated": 0.75, "benchmark": 0, "assumption": 0}
    )


def test_a_case_without_benefits_rests_on_nothing(make_case):
    case = make_case(INPUTS)
    case.cost("Fee", category="other", annual=case.inputs.fee)
    assert set(by_value(case.study).values()) == {0}


def test_the_spread_is_told_by_the_grade_of_its_inputs(make_case):
    case = case_of(make_case, sales="measured", price="stated")
    assert by_variance(case, {"sales": 0.5, "price": 0.2, "margin": 0.2, "rest": 0.1}) == pytest.approx(
        {"measured": 0.5, "stated": 0.2, "benchmark": 0, "assumption": 0.3}
    )


def test_the_record_has_both(make_case):
    assert case_of(make_case).record().to_json()["evidence"]["by_variance"] is None
    inputs = {"sales": graded(100, "stated", low=90, high=120), "price": graded(300), "margin": graded(0.4)}
    case = make_case(INPUTS, inputs=inputs)
    case.benefit("One", kind="cash saving", annual=case.inputs.sales)
    recorded = case.record().to_json()["evidence"]
    assert recorded["by_value"]["stated"] == recorded["by_variance"]["stated"] == 1
