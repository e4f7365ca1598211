"""Money by kind, freed capacity with its people, the risk-adjusted case line by line; figures by hand."""

from __future__ import annotations

import pytest

from casebook.views.components import Gap, Group, Table

INPUTS = """\
title: Example
inputs:
  calls: {label: Calls, unit: contacts/month, bounds: [0, null], example: 1000}
  cost: {label: Cost of a call, unit: currency/contact, bounds: [0, null], example: 5}
  minutes: {label: Handle time, unit: minutes/contact, bounds: [0, null], optional: true}
  team: {label: Team, unit: currency/year, bounds: [0, null], example: 20_000}
  setup: {label: Set-up, unit: currency, bounds: [0, null], example: 10_000}
  released: {label: Released, unit: share, role: released share, optional: true}
  paid: {label: Paid hours, unit: hours/week, role: paid hours, bounds: [0, 80], optional: true}
"""


def several(make_case, *, years=2, risk=0.0, kinds=("margin", "freed capacity", "margin"), **options):
    """Benefits of 60,000, 30,000 and 10,000 a year, and costs of 10,000 at once and 20,000 + 5,000 a year."""
    given = {"calls": 1000, "cost": 5, "team": 20_000, "setup": 10_000, **options.pop("inputs", {})}
    case = make_case(INPUTS, years=years, discount_rate="10%", inputs=given, **options)
    x = case.inputs
    for name, kind, part in zip(("One", "Two", "Three"), kinds, (1, 2, 6), strict=True):
        hours = {"hours": x.calls * x.minutes / part} if kind == "freed capacity" else {}
        case.benefit(name, kind=kind, annual=x.calls * x.cost / part, risk=risk, **hours)
    case.cost("Set-up", category="start-up", start=x.setup)
    case.cost("Team", category="people", annual=x.team, risk=risk)
    case.cost("Lead", category="people", annual=x.team / 4)
    return case


def rows(table):
    return [(row.style, *row.cells) for row in table.rows]


def test_lines_stand_by_kind_with_their_sums(make_case):
    """Benefits in the order of the kinds; a category of costs is added up where several lines have it."""
    table = several(make_case).cash_flow().component
    assert [row[:5] for row in rows(table)][:12] == [
        ("plain", "B1", "One", "–", "60,000"),
        ("plain", "B3", "Three", "–", "10,000"),
        ("sum", "", "Margin", "–", "70,000"),
        ("plain", "B2", "Two", "–", "30,000"),
        ("sum", "", "Freed capacity", "–", "30,000"),
        ("subtotal", "", "Benefits", "–", "100,000"),
        ("plain", "C1", "Set-up", "10,000", "–"),
        ("plain", "C2", "Team", "–", "20,000"),
        ("plain", "C3", "Lead", "–", "5,000"),
        ("sum", "", "People", "–", "25,000"),
        ("subtotal", "", "Costs", "10,000", "25,000"),
        ("total", "", "Net", "−10,000", "75,000"),
    ]
    # 70,000 ÷ 1.1 + 70,000 ÷ 1.21
    assert rows(table)[2][-1] == "121,488"


def test_a_single_kind_has_no_sum_of_its_own(make_case):
    table = several(make_case, kinds=("margin",) * 3).cash_flow().component
    assert [row[2] for row in rows(table) if row[0] == "sum"] == ["People"]


@pytest.mark.parametrize(("locale", "kind"), [("de_DE", "Freie Kapazität"), ("fr_FR", "Capacité libérée")])
def test_kinds_are_named_in_the_readers_language(make_case, locale, kind):
    table = several(make_case, locale=locale).cash_flow().component
    assert kind in [row[2] for row in rows(table) if row[0] == "sum"]


def test_ten_years_go_on_in_a_further_table_with_all_sums(make_case):
    first, second = several(make_case, years=10).cash_flow().component.items
    assert [row[:3] for row in rows(first)] == [row[:3] for row in rows(second)]
    assert [column.label for column in second.columns][2:] == [
        *(f"Year {year}" for year in range(7, 11)),
        "Present value",
    ]


def test_hours_and_people_stand_under_the_money(make_case):
    """6,000 calls of 10 minutes are 1,000 hours; 36.5 hours a week are 1,903 a year: 0.5 of a person."""
    case = several(make_case, inputs={"minutes": 10, "paid": 36.5, "released": "40%"})
    shown = case.freed_capacity().component
    assert isinstance(shown, Group)
    by_line, outcomes = shown.items
    assert by_line.caption == "Freed capacity: 0.5 full-time equivalents in year 2"
    assert rows(by_line) == [
        ("plain", "B2", "Two", "30,000", "30,000"),
        ("detail", "", "Hours", "1,000", "1,000"),
        ("detail", "", "Full-time equivalents", "0.5", "0.5"),
    ]
    assert by_line.note == "Full-time equivalents: 1,903 paid hours a year each."
    # 75,000 × 1.735537 − 10,000 = 120,165; the freed 30,000 a year are worth 52,066, 40 % of them 20,826
    assert rows(outcomes) == [
        ("plain", "Share counted", "100%", "40%", "0%"),
        ("plain", "Freed capacity, present value", "52,066", "20,826", "0"),
        ("plain", "Net present value", "120,165", "88,926", "68,099"),
    ]
    assert [column.label for column in outcomes.columns][1:] == ["All of it", "As released", "None of it"]


def test_several_lines_are_added_up_and_those_without_hours_are_named(make_case):
    case = several(make_case, kinds=("freed capacity",) * 3, inputs={"minutes": 10})
    case_without = several(make_case, kinds=("freed capacity",) * 3)
    (by_line, _) = case.freed_capacity().component.items
    assert rows(by_line)[-2:] == [
        ("subtotal", "", "Freed capacity", "100,000", "100,000"),
        ("detail", "", "Hours", "3,333", "3,333"),
    ]
    only = case_without.freed_capacity().component
    assert isinstance(only, Table) and [column.label for column in only.columns][1:] == [
        "All of it",
        "None of it",
    ]


def test_without_freed_capacity_the_section_is_left_out(make_case):
    assert isinstance(several(make_case, kinds=("margin",) * 3).freed_capacity().component, Gap)


def test_the_risk_adjusted_case_line_by_line(make_case):
    """A tenth off each benefit and onto the team: 90,000 less 27,000 a year, and 10,000 at the start."""
    case = several(make_case, risk=0.1)
    table = case.risk_adjusted().component
    assert [row[1:] for row in rows(table)] == [
        ("B1", "One", "−10%", "–", "54,000", "54,000", "93,719"),
        ("B2", "Two", "−10%", "–", "27,000", "27,000", "46,860"),
        ("B3", "Three", "−10%", "–", "9,000", "9,000", "15,620"),
        ("", "Benefits", "", "–", "90,000", "90,000", "156,198"),
        ("C1", "Set-up", "–", "10,000", "–", "–", "10,000"),
        ("C2", "Team", "10%", "–", "22,000", "22,000", "38,182"),
        ("C3", "Lead", "–", "–", "5,000", "5,000", "8,678"),
        ("", "Costs", "", "10,000", "27,000", "27,000", "56,860"),
        ("", "Net", "", "−10,000", "63,000", "63,000", "99,339"),
    ]
    assert float(case.result.risk_adjusted.net_present_value) == pytest.approx(99_338.84, abs=0.01)


def test_without_risk_the_section_is_left_out(make_case):
    assert isinstance(several(make_case).risk_adjusted().component, Gap)
