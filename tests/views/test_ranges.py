"""What could go wrong, as it is shown: range, tornado, scenarios, break-even, what to measure."""

from __future__ import annotations

import pytest

from casebook.views.components import Callout, Chart, Gap
from tests.views.conftest import INPUTS, POINTS, RANGED, by_first, cells, lines

CHARTS = ("cash_flow_chart", "range_chart", "tornado")


def test_without_ranges_the_views_say_what_is_missing(points):
    """A reader is told once; the analyst, in every place."""
    views = [getattr(points, name)().component for name in ("range_chart", "tornado", "what_to_measure")]
    assert [type(shown) for shown in views] == [Callout, Gap, Gap]
    assert all("No input has a low and a high value" in shown.text for shown in views)


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_has_words_that_say_what_it_shows(ranged, name):
    shown = getattr(ranged, name)().component
    assert isinstance(shown, Chart)
    assert shown.svg.lstrip().startswith(("<?xml", "<svg"))
    assert len(shown.alt) > 40
    assert shown.alt.endswith(".")
    assert shown.caption and not shown.caption.endswith(".")


def test_the_range_in_words(ranged):
    to, spread = ranged.formatter, ranged.study.analysis.simulation.net_present_value
    alt, note = (getattr(ranged.range_chart().component, key) for key in ("alt", "note"))
    assert f"between {to.money_about(spread.p5)} and {to.money_about(spread.p95)} in nine of ten" in alt
    assert f"the median is {to.money_about(spread.p50)}" in alt
    assert f"{ranged.result.probability_of_loss} of the outcomes lose money" in alt
    assert f"Mean {to.money_about(spread.mean)}" in note
    assert "10,000 draws" in note


def test_the_tornado_in_words(ranged):
    to, swings = ranged.formatter, ranged.study.analysis.tornado
    alt = ranged.tornado().component.alt
    assert alt.startswith(f"From a likely {to.money_short(ranged.result.net_present_value)}: ")
    first = swings[0]
    label = getattr(ranged.inputs, first.name).label
    assert f"{label} takes it to {to.money_about(first.at_low)} and {to.money_about(first.at_high)}" in alt
    places = [alt.index(getattr(ranged.inputs, swing.name).label) for swing in swings]
    assert places == sorted(places)


def test_the_cash_flow_in_words(points, make_case):
    assert "running total of the net benefit is never negative" in points.cash_flow_chart().component.alt
    late = lines(make_case(INPUTS, inputs={**POINTS, "setup": 6000}, discount_rate=0))
    assert "turns positive after 14 months and reaches $9,000" in late.cash_flow_chart().component.alt
    never = lines(make_case(INPUTS, inputs={**POINTS, "setup": 16_000}, discount_rate=0))
    assert "stays below zero: −$1,000 after 3 years" in never.cash_flow_chart().component.alt


def test_scenarios_stand_beside_the_case_and_its_risk(ranged):
    shown = by_first(ranged.scenarios())
    assert list(shown) == ["Plan case", "Risk-adjusted", "Slow", "Dear"]
    assert shown["Plan case"][0] == str(ranged.result.net_present_value)
    assert shown["Slow"][0] == str(ranged.study.scenario_results["Slow"].result.net_present_value)
    assert shown["Dear"][3] == str(ranged.study.scenario_results["Dear"].result.present_value_of_costs)
    assert ranged.scenarios().component.note == (
        "Slow: Adoption 0%; 50%; 100%. A year late. Dear: Team $6,000, Margin 35%."
    )


def test_without_scenarios_risk_and_objections_there_is_nothing_to_compare(make_case):
    answers = {"unusual-discount-rate": "That of the group."}
    case = lines(make_case(INPUTS, inputs=POINTS, discount_rate=0, review=answers))
    assert isinstance(case.scenarios().component, Gap)


def test_an_objection_stands_beside_the_case_as_a_scenario_does(points):
    """Discounted at 3 % instead of nothing."""
    shown = by_first(points.scenarios())
    assert list(shown) == ["Plan case", "Objection: an unusual discount rate"]
    worth = points.study.objection.result.net_present_value
    assert shown["Objection: an unusual discount rate"][0] == str(worth)


def test_break_even_values_with_their_room(points):
    """10,000 a year against 5,000: every share may halve, the team may double."""
    shown = by_first(points.break_even())
    assert shown["Margin"] == ["40%", "20%", "−50%"]
    assert shown["Team"] == ["$5,000", "$10,000", "+100%"]
    assert shown["Customers"] == ["1,000", "500", "−50%"]


def test_no_break_even_within_bounds_and_by_year(make_case):
    case = lines(make_case(INPUTS, inputs={**POINTS, "adoption": ["20%", "30%", "40%"]}, discount_rate=0))
    shown = by_first(case.break_even())
    assert shown["Adoption"] == ["20%; 30%; 40%", "167% of it", "+67%"]
    worse = lines(make_case(INPUTS, inputs={**POINTS, "margin": "10%", "caused": "5%"}, discount_rate=0))
    assert by_first(worse.break_even())["Margin"] == ["10%", "No value within its bounds", "–"]


def test_what_to_measure_ranks_by_worth(ranged):
    shown = ranged.what_to_measure()
    information = ranged.study.analysis.information
    names = [row[0] for row in cells(shown)]
    labels = {getattr(ranged.inputs, name).label: value.value for name, value in information.inputs.items()}
    worths = [labels[name] for name in names[:-1]]
    assert worths == sorted(worths, reverse=True)
    assert names[-1] == "All inputs together"
    assert all(worth <= information.evpi.value for worth in worths)


def test_a_decision_that_nothing_would_change(make_case):
    sure = {**RANGED, "margin": {"value": "90%", "low": "85%", "high": "95%"}, "caused": "90%", "setup": 0}
    shown = lines(make_case(INPUTS, inputs=sure)).what_to_measure().component
    assert shown.title == "No measurement would change the decision."
    assert "On average over the simulated outcomes the investment pays" in shown.text


def test_the_chance_of_loss_is_rounded_half_up_and_never_quite_none(points):
    shown = {0: "0", 0.001: "under 1", 0.125: "13", 0.285: "29", 0.996: "over 99", 1: "100"}
    for share, expected in shown.items():
        assert points.study.chance(share) == f"{expected}%"
