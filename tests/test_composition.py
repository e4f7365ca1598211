"""The chart of what the benefits are made of: groups that an analyst names, whatever the type of case."""

from __future__ import annotations

import pytest

from casebook import CaseError
from casebook.views.benefit_groups import OTHER, benefit_chart, parts_of
from casebook.views.components import Callout, Chart

GROUPS = {"Repeat": ["Stay", "Return"], "New": ["Leads"]}


@pytest.fixture
def case(make_case):
    case = make_case(discount_rate=0, inputs={"customers": 1000, "spend": 50, "margin": 0.4, "team": 8000})
    x = case.inputs
    case.cost("Team", category="people", annual=x.team)
    case.benefit("Stay", kind="margin", annual=x.customers * x.spend * x.margin * 0.1)
    case.benefit("Return", kind="margin", annual=x.customers * x.spend * x.margin * 0.3)
    case.benefit("Again", kind="margin", annual=x.customers * x.spend, alternative_to="Return")
    case.benefit("Calls", kind="margin", annual=x.calls * x.call_cost, when=[x.calls, x.call_cost])
    case.benefit("Leads", kind="margin", annual=x.customers * x.spend * x.margin * 0.2)
    return case


def test_groups_keep_their_order_and_their_lines_stand_by_worth(case):
    parts = parts_of(case.study, GROUPS)
    assert [(part.label, part.worth) for part in parts] == [("Repeat", 24_000), ("New", 12_000)]
    assert parts[0].lines == (("Return", 18_000), ("Stay", 6_000))


def test_all_groups_add_up_to_the_benefits_of_the_case(case):
    parts = parts_of(case.study, {"Repeat": ["Stay"]})
    assert [part.label for part in parts] == ["Repeat", OTHER]
    assert sum(part.worth for part in parts) == float(case.result.present_value_of_benefits)


def test_lines_that_do_not_count_are_passed_over(case):
    parts = parts_of(case.study, {"Off": ["Calls"], "Beside": ["Again"], **GROUPS})
    assert [part.label for part in parts] == ["Repeat", "New"]


def test_a_name_that_is_no_benefit_is_an_error_with_the_nearest_one(case):
    with pytest.raises(CaseError, match=r"'Retrun', which is not a benefit\n.*'Return'"):
        parts_of(case.study, {"Repeat": ["Retrun"]})
    with pytest.raises(CaseError, match="'Team', which is not a benefit"):
        parts_of(case.study, {"Costs": ["Team"]})


def test_a_benefit_belongs_to_one_group(case):
    with pytest.raises(CaseError, match="'Stay' stands in two groups"):
        parts_of(case.study, {"A": ["Stay"], "B": ["Stay"]})


def test_the_chart_says_in_words_what_it_shows(case):
    chart = benefit_chart(case.study, GROUPS)
    assert isinstance(chart, Chart)
    assert chart.svg.startswith("<?xml")
    assert chart.alt == (
        "Repeat: $24,000, 67% (Return $18,000; Stay $6,000). New: $12,000, 33% (Leads $12,000). "
        "Costs: $24,000. All in present value."
    )


def test_without_a_benefit_the_chart_is_a_remark(make_case):
    case = make_case(inputs={"customers": 1000, "spend": 50, "margin": 0.4, "team": 8000})
    case.cost("Team", category="people", annual=case.inputs.team)
    assert isinstance(benefit_chart(case.study, {}), Callout)
