"""Formulas with a column for each year."""

from __future__ import annotations

from tests.views.conftest import INPUTS, POINTS, RANGED, lines


def shown(case, **options):
    x = case.inputs
    extra = x.customers * x.spend * x.adoption
    return case.by_year({"Extra spend": extra, "Of all": x.adoption, "Seats": x.seats}, **options)


def test_each_formula_has_a_value_in_every_year_and_one_without_an_input_is_left_out(make_case):
    case = lines(make_case(INPUTS, inputs=RANGED))
    table = shown(case, caption="Spend by year", note="Nominal.").component
    assert [column.label for column in table.columns] == ["", "Year 1", "Year 2", "Year 3"]
    assert [list(row.cells) for row in table.rows] == [
        ["Extra spend", "$25,000", "$50,000", "$50,000"],
        ["Of all", "50%", "100%", "100%"],
    ]
    assert (table.caption, table.note) == ("Spend by year", "Nominal.")


def test_a_long_case_goes_on_in_a_further_table_with_the_note_below_the_last(make_case):
    case = lines(make_case(INPUTS, inputs=POINTS, years=8))
    first, second = shown(case, note="Nominal.").component.items
    assert [column.label for column in second.columns] == ["", "Year 7", "Year 8"]
    assert (first.note, second.note) == ("", "Nominal.")


def test_a_value_that_is_not_finite_is_a_dash(points):
    x = points.inputs
    table = points.by_year({"Spend of each": x.spend / (x.adoption - 1)}).component
    assert list(table.rows[0].cells) == ["Spend of each", "–", "–", "–"]


def test_where_nothing_is_given_the_view_says_what_is_missing(points):
    x = points.inputs
    component = points.by_year({"Seats": x.seats, "Calls": x.calls}, caption="Volumes").component
    assert (component.title, component.text) == ("Volumes.", "Not given: seats, calls")
