"""Formulas at several values of one input."""

from __future__ import annotations

import math

import pytest

from casebook import Case, CaseError
from tests.views.conftest import INPUTS, RANGED, lines


def test_each_formula_has_a_value_for_each_of_the_input_in_the_last_year(make_case):
    case = lines(make_case(INPUTS, inputs=RANGED))
    x = case.inputs
    rows = {"Spend": x.customers * x.spend * x.adoption, "Price": x.spend, "Seats": x.seats}
    table = case.at_values("customers", [1, 1_000], rows, caption="By customers", note="Nominal.").component
    assert [column.label for column in table.columns] == ["Customers", "1", "1,000"]
    price, adoption = x.spend.value, x.adoption.value[-1]
    assert [row.cells[0] for row in table.rows] == ["Spend", "Price"]
    assert list(table.rows[0].cells[1:]) == [
        case.formatter.money(number * float(price) * float(adoption)) for number in (1, 1_000)
    ]
    assert len(set(table.rows[1].cells[1:])) == 1
    assert (table.caption, table.note) == ("By customers", "Nominal.")


def test_a_value_that_is_not_finite_is_a_dash(points: Case):
    table = points.at_values("customers", [0, 4], {"Spend": points.inputs.spend / points.inputs.customers})
    assert table.component.rows[0].cells[1] == "–"
    assert table.component.rows[0].cells[2] != "–"


def test_where_nothing_is_given_the_view_says_what_is_missing(points: Case):
    component = points.at_values(
        "customers", [1], {"Seats": points.inputs.seats}, caption="Volumes"
    ).component
    assert (component.title, component.text) == ("Volumes.", "Not given: seats")


@pytest.mark.parametrize("values", [[], [1, math.inf], [[1], [2]]])
def test_values_that_are_no_list_of_finite_numbers_are_refused(points: Case, values):
    with pytest.raises(CaseError, match=r"values of customers are .*; must be a list of finite numbers"):
        points.at_values("customers", values, {"Spend": points.inputs.spend})


def test_an_input_that_is_not_declared_is_refused(points: Case):
    with pytest.raises(CaseError, match=r"no input is called 'customer'\n  hint: did you mean 'customers'?"):
        points.at_values("customer", [1], {"Spend": points.inputs.spend})
