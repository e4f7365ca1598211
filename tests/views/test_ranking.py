"""Measures ranked by what the thing they act on costs, whatever the type of case."""

from __future__ import annotations

import pytest

from casebook import CaseError, constant
from casebook.views.components import Chart, Gap, Group, Table
from casebook.views.ranking import ranked, ranking


@pytest.fixture
def case(make_case):
    """Three years; calls cost 50 × 12 × 10 = 6,000 a year."""
    inputs = {"customers": 1000, "spend": 50, "margin": 0.4, "team": 8000, "calls": 50, "call_cost": 10}
    case = make_case(inputs=inputs, locale="en_US")
    case.cost("Team", category="people", annual=case.inputs.team)
    return case


def money(amount, unit="currency/year"):
    return constant(amount, unit, currency="USD")


def measures(case):
    x = case.inputs
    return {
        "Late": {
            "today": money(4_000),
            "saved": money([500, 1_000, 1_000]),
            "start": money(2_000, "currency"),
        },
        "Calls": {
            "today": x.calls * x.call_cost,
            "saved": x.calls * x.call_cost * [0.25, 0.5, 0.5],
            "start": money(3_000, "currency"),
        },
        "Lost": {"today": money(900), "saved": money(0), "start": money(0, "currency")},
        "Set-up": {"today": money(9_000), "saved": money(10), "start": x.setup},
    }


def test_the_dearest_comes_first_and_one_without_its_inputs_is_left_out(case):
    found = ranked(case.study, measures(case))
    assert [(each.label, each.today, each.start) for each in found] == [
        ("Calls", 6_000, 3_000),
        ("Late", 4_000, 2_000),
        ("Lost", 900, 0),
    ]
    assert found[0].saved.tolist() == [1_500, 3_000, 3_000]


def test_each_and_all_are_paid_back_out_of_their_own_saving(case):
    """Calls: 3,000 − 1,500 leave 1,500, half of year 2. Late: 2,000 − 500 − 1,000 leave 500, half of year 3.

    All: 5,000 − 2,000 leave 3,000 of the 4,000 of year 2: 9 months.
    """
    chart, table = ranking(case.study, measures(case), "Cause", "Causes").items
    assert isinstance(chart, Chart) and isinstance(table, Table)
    assert [column.label for column in table.columns] == [
        "Cause (USD)",
        "A year today",
        "Saved in year 3",
        "Start",
        "Paid back",
    ]
    assert [tuple(row.cells) for row in table.rows] == [
        ("Calls", "6,000", "3,000", "3,000", "18 months"),
        ("Late", "4,000", "1,000", "2,000", "30 months"),
        ("Lost", "900", "0", "0", "–"),
        ("All", "10,900", "4,000", "5,000", "21 months"),
    ]
    assert chart.caption == "Most costly: Calls, $6,000 a year"
    assert chart.alt == "Calls: $3,000 of $6,000; Late: $1,000 of $4,000; Lost: $0 of $900."


def test_what_never_pays_and_what_costs_nothing_are_said(case):
    never = {"today": money(100), "saved": money(10), "start": money(1_000, "currency")}
    free = {"today": money(90), "saved": money(10), "start": money(0, "currency")}
    table = ranking(case.study, {"Never": never, "Free": free}, "", "").items[1]
    assert [row.cells[-1] for row in table.rows[:2]] == ["not reached in 3 years", "no money at risk"]


def test_a_single_measure_has_no_sum(case):
    shown = case.ranking({"Calls": measures(case)["Calls"]}).component
    assert isinstance(shown, Group)
    assert len(shown.items[1].rows) == 1


def test_without_any_measure_the_section_says_what_is_missing(case):
    shown = ranking(case.study, {"Set-up": measures(case)["Set-up"]}, "Cause", "Causes")
    assert isinstance(shown, Gap)
    assert (shown.title, shown.text) == ("Causes.", "Not given: set-up")


def test_a_measure_says_all_three_in_money(case):
    with pytest.raises(CaseError, match=r"'Late' gives today\n.*give today, saved, start"):
        ranked(case.study, {"Late": {"today": money(1)}})
    wrong = {**measures(case)["Late"], "saved": case.inputs.calls}
    with pytest.raises(CaseError, match="saved of 'Late' comes out as contact/month; must be currency/year"):
        ranked(case.study, {"Late": wrong})
