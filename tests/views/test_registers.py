"""Money by year, formulas, the register of inputs, and what is not counted."""

from __future__ import annotations

import pytest

from casebook.case.finance import present_value
from casebook.views.components import gap
from tests.views.conftest import INPUTS, POINTS, RANGED, by_first, cells, lines


def test_the_cash_flow_has_every_line_and_its_sums(ranged):
    shown = {row[1]: row[2:] for row in cells(ranged.cash_flow())}
    assert [column.label for column in ranged.cash_flow().component.columns] == [
        "",
        "USD",
        "Start",
        "Year 1",
        "Year 2",
        "Year 3",
        "Present value",
    ]
    assert shown["Customers' loyalty"][:4] == ["–", "5,000", "10,000", "10,000"]
    assert shown["Team"][:4] == ["–", "5,000", "5,000", "5,000"]
    assert shown["Set-up"] == ["3,000", "–", "–", "–", "3,000"]
    assert shown["Net"][:4] == ["−3,000", "–", "5,000", "5,000"]
    assert shown["Cumulative, undiscounted"] == ["−3,000", "−3,000", "2,000", "7,000", ""]
    worth = float(present_value(ranged.result.cash_flow.net, 0.1))
    assert shown["Net"][4] == f"{worth:,.0f}"


def test_a_case_with_risk_has_its_net_by_year_too(ranged):
    """Each year's benefit is lowered, and each year's cost raised, by a tenth; the start is left alone."""
    shown = {row[1]: row[2:] for row in cells(ranged.cash_flow())}
    assert shown["Net, risk-adjusted"][:4] == ["−3,000", "−1,000", "3,500", "3,500"]
    adjusted = ranged.result.risk_adjusted
    assert shown["Net, risk-adjusted"][4] == f"{adjusted.net_present_value:,.0f}"
    assert ranged.record().to_json()["risk_adjusted_cash_flow"]["net"] == adjusted.cash_flow.net.tolist()


def test_a_case_without_a_start_has_no_column_for_it(points):
    assert "Start" not in [column.label for column in points.cash_flow().component.columns]


def test_a_long_case_goes_on_in_a_further_table(make_case):
    case = lines(make_case(INPUTS, inputs={**POINTS, "setup": 100}, years=8))
    first, second = case.cash_flow().component.items
    heads = [[column.label for column in each.columns] for each in (first, second)]
    assert heads[0][2:] == ["Start", *(f"Year {year}" for year in range(1, 7))]
    assert heads[1][2:] == ["Year 7", "Year 8", "Present value"]
    assert first.note == ""
    assert "Present values at" in second.note


def test_each_formula_in_words_in_numbers_and_as_a_result(points):
    shown = {row[1]: row[2] for row in cells(points.formulas())}
    assert shown["Customers' loyalty\nmargin"] == (
        "Spend of those reached × Margin × Adoption × Share caused\n= 50,000 × 40% × 100% × 50%\n= $10,000"
    ).replace("= 50,000", "= $50,000")
    assert shown["Spend of those reached"] == "Customers × Spend\n= 1,000 × $50\n= $50,000"
    assert shown["Team\npeople"] == "Team\n= $5,000"


def test_what_is_not_in_the_figure_and_why(ranged):
    shown = by_first(ranged.not_in_figure())
    assert shown["Fans"] == ["An alternative to “Customers' loyalty”, which counts.", "$2,000"]
    assert shown["Old desks sold"] == ["Not sold yet.", "$500 at the start"]
    assert shown["Fewer calls"] == ["Not given: calls", "–"]


def test_nothing_left_out_says_so(make_case):
    case = make_case(INPUTS, inputs=POINTS)
    case.cost("Team", category="people", annual=case.inputs.team)
    assert case.not_in_figure().component.title == "Nothing is left out."


def test_the_register_has_value_unit_range_grade_and_source(ranged):
    shown = by_first(ranged.assumptions())
    assert shown["Customers"] == ["1,000", "", "Measured", "CRM"]
    assert shown["Spend\nUSD a customer a year"] == ["$50", "$45 to $55\n(normal)", "Stated", "p. 7"]
    assert shown["Margin"] == ["40%", "30% to 45%", "Assumption", "To be asked for."]
    assert shown["Adoption"] == [
        "50%\n100%\n100%",
        "30% to 60%\n80% to 100%\n80% to 100%",
        "Not stated",
        "–",
    ]
    headings = [row.cells[0] for row in ranged.assumptions().component.rows if row.style == "heading"]
    assert headings == ["Traditional", "Process", "Social"]


def test_a_range_by_year_that_stays_the_same_is_told_once(make_case):
    years = {"value": [10, 11], "low": [9, 9], "high": [12, 12], "evidence": "assumption"}
    case = make_case(INPUTS, inputs={**POINTS, "spend": years}, years=2)
    case.cost("Odd", category="other", annual=case.inputs.customers * case.inputs.spend)
    assert by_first(case.assumptions())["Spend\nUSD a customer a year"][1] == "$9 to $12"


def test_inputs_that_no_line_rests_on_come_last(make_case):
    case = make_case(INPUTS, inputs={**POINTS, "seats": 4})
    case.cost("Team", category="people", annual=case.inputs.team)
    shown = [row[0] for row in cells(case.assumptions())]
    assert shown[:3] == ["Social", "Team\nUSD a year", "Not part of a line"]
    assert "Seats" in shown[3:]


def test_an_example_is_called_one(make_case):
    case = make_case(INPUTS)
    case.cost("Team", category="people", annual=case.inputs.team)
    assert by_first(case.assumptions())["Team\nUSD a year"][3].endswith("Example value of the template.")


def test_kpis_and_what_is_not_stated(ranged, points):
    assert cells(ranged.kpis()) == [["Answers in time", "80 %"]]
    assert points.kpis().component.title == "KPIs: not stated."


@pytest.mark.parametrize("currency", ["EUR", "JPY"])
def test_amounts_are_the_clients(make_case, currency):
    case = lines(make_case(INPUTS, inputs=RANGED, currency=currency, locale="de_DE"))
    assert case.cash_flow().component.columns[1].label == currency
    assert {row[1]: row[2:5] for row in cells(case.cash_flow())}["Team"] == ["–", "5.000", "5.000"]


def test_what_is_explained_leaves_out_what_lacks_an_input(points):
    x = points.inputs
    view = points.explain({"Spend": x.customers * x.spend, "Calls": x.calls * 12}, caption="Checks")
    assert [row.cells[0] for row in view.component.rows] == ["Spend"]
    nothing = points.explain({"Calls": x.calls * 12, "Seats": x.calls * x.seats}, caption="Checks")
    assert nothing.component == gap("Checks", "Not given: calls, seats")


def test_a_customer_who_never_leaves_stays_for_no_number_of_years(points):
    customer = {"margin": points.inputs.spend * points.inputs.margin, "retention": 1}
    shown = {row[0]: row[1] for row in cells(points.lifetime_value({"All": customer})) if len(row) > 1}
    assert shown["Years it stays, on average"] == "–"
