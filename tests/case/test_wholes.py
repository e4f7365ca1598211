"""Shares of one whole: 1 at most together, in a case, in its draws and in the trees of its record."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casebook import CaseError, constant
from casebook.formula.evaluation import evaluate
from casebook.record.formulas import rebuild
from casebook.schema.inputs import InputValue
from tests.conftest import record_of

INPUTS = """\
title: Example
inputs:
  fast: {label: Fast, unit: share, whole: all answers, example: 50%}
  late: {label: Late, unit: share, whole: all answers, example: 30%}
  never: {label: Never, unit: share, whole: all answers, optional: true}
  money: {label: Money, unit: currency/year, bounds: [0, null], example: 1000}
"""
SHARE = st.floats(0, 1)


def answers(make_case, **inputs):
    """1,000 a year for the share of fast answers, 400 for late ones, 200 less for those that never came."""
    case = make_case(INPUTS, inputs={"fast": 0.5, "late": 0.3, "never": 0.1, "money": 1000} | inputs)
    x = case.inputs
    case.benefit("Fast", kind="margin", annual=x.money * x.fast)
    case.benefit("Late", kind="margin", annual=x.money * x.late * 0.4)
    case.cost("Never", category="other", annual=x.money * x.never * 0.2)
    return case


def at(**values):
    return {name: np.array([[value]]) for name, value in values.items()}


def test_shares_that_fit_into_the_whole_count_as_they_are(make_case):
    benefits, costs = answers(make_case).study.ledger.totals()
    assert (benefits.tolist(), costs.tolist()) == ([0, *[620.0] * 3], [0, *[20.0] * 3])


def test_shares_that_are_more_than_the_whole_count_as_their_part_of_the_sum(make_case):
    """80, 60 and 20 % are 160 %: 50, 37.5 and 12.5 % count. With 40 % fast they are 120 %."""
    ledger = answers(make_case).study.ledger
    benefits, costs = ledger.totals(at(fast=0.8, late=0.6, never=0.2))
    assert benefits[0, 1:].tolist() == pytest.approx([1000 * 0.5 + 400 * 0.375] * 3)
    assert costs[0, 1:].tolist() == pytest.approx([1000 * 0.125 * 0.2] * 3)
    by_year = {**at(late=0.6, never=0.2), "fast": np.array([[0.1, 0.2, 0.4]])}
    assert ledger.totals(by_year)[0][0, 1:].tolist() == pytest.approx(
        [100 + 240, 200 + 240, 1000 * 0.4 / 1.2 + 400 * 0.6 / 1.2]
    )


def test_a_share_that_was_not_given_takes_nothing(make_case):
    case = make_case(INPUTS, inputs={"fast": 0.5, "late": 0.3, "money": 1000})
    x = case.inputs
    case.benefit("Fast", kind="margin", annual=x.money * x.fast)
    assert case.study.ledger.inputs() == {
        "money",
        "fast",
        "late",
    }  # what is scaled rests on the other shares too
    assert case.study.ledger.totals(at(late=0.9))[0][0, 1] == pytest.approx(1000 * 0.5 / 1.4)


def test_no_draw_has_more_than_the_whole(make_case):
    """What fits stays to the bit, what does not keeps its proportions; the record's trees give the same."""
    case = answers(make_case)
    rebuilt = rebuild(case.record())

    @given(shares=st.tuples(SHARE, SHARE, SHARE))
    def holds(shares):
        values = at(**dict(zip(("fast", "late", "never"), shares, strict=True)))
        counted = [
            float(evaluate(getattr(case.inputs, name), 3, values)[0, 0]) for name in ("fast", "late", "never")
        ]
        if sum(shares) <= 1:
            assert counted == list(shares)
        else:
            assert sum(counted) == pytest.approx(1)
            assert counted == pytest.approx([share / sum(shares) for share in shares])
        benefits, costs = case.study.ledger.totals(values)
        discounted = ((benefits - costs) / 1.1 ** np.arange(4)).sum(axis=-1)
        assert rebuilt.net_present_value(values) == pytest.approx(discounted, abs=1e-9)

    holds()


def test_the_record_tells_how_often_draws_were_scaled(make_case):
    """Fast answers between 50 and 70 % beside 40 % others: as often as the draws alone say."""
    ranged = {"fast": {"value": "55%", "low": "50%", "high": "70%"}, "late": 0.4, "never": 0.0}
    case = answers(make_case, **ranged)
    drawn = case.study.analysis.simulation
    from casebook.analysis.analysis import sample_of

    fast = sample_of(case.study).column("fast", drawn.draws)
    often = float((fast + 0.4 > 1).mean())
    assert 0.2 < often < 0.8
    assert drawn.scaled == {"all answers": often}
    recorded = record_of(case.study)
    assert recorded["wholes"] == [
        {"name": "all answers", "inputs": ["fast", "late", "never"], "scaled": often}
    ]
    assert recorded["inputs"]["fast"]["whole"] == "all answers"
    assert record_of(answers(make_case).study)["wholes"][0]["scaled"] is None


def test_a_formula_in_words_names_the_share_alone(make_case):
    record = record_of(answers(make_case).study)
    assert record["lines"][0]["formulas"]["annual"]["words"] == "Money × Fast"


def test_shares_that_are_measured_as_more_than_their_whole_are_refused(make_case):
    case = make_case(INPUTS, inputs={"fast": 0.5, "late": 0.3, "money": 1000})
    case.replace_input("fast", InputValue(0.9, evidence="measured"), {})
    with pytest.raises(CaseError, match=r"Benefit 'Fast': fast \(Fast\), late \(Late\) add up to more than"):
        case.benefit("Fast", kind="margin", annual=case.inputs.money * case.inputs.fast)


# Money in a notebook


def test_money_in_a_notebook_names_its_currency():
    with pytest.raises(
        CaseError, match=r"constant\(8.01, 'currency/contact'\) is money without its currency"
    ):
        constant(8.01, "currency/contact")
    assert constant(0, "currency/year").currency is None  # nothing is nothing in every currency
    assert constant(3, "hours").currency is None


@pytest.mark.parametrize("alone", [True, False])
def test_money_in_a_notebook_stands_in_no_case_of_another_currency(make_case, alone):
    fee = constant(8, "currency/year", currency="USD")
    for currency in ("USD", "EUR"):
        case = make_case(INPUTS, currency=currency)

        def add(case=case):
            case.cost("Fee", category="other", annual=fee if alone else fee + case.inputs.money)

        if currency == "USD":
            add()
            continue
        with pytest.raises(CaseError, match="a constant of the notebook is in USD, and the case in EUR"):
            add()
