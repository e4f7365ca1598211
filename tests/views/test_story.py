"""The story and its links: goals and KPIs, KPIs and figures, gaps and steps, levels on a scale."""

from __future__ import annotations

import pytest

from casebook.errors import CaseError
from casebook.views.components import Chart, Gap, List, Paragraphs, Table
from tests.views.conftest import INPUTS, POINTS, cells, lines

SCALE = """\
scales:
  care:
    title: Maturity of care
    levels:
      - {key: late, name: Cautious adopter, rule: Answers are given., next: Measure the time to answer.}
      - {key: fast, name: Fast follower, rule: The time to answer is measured., next: Give agents the record.}
      - {key: leader, name: Market leader, rule: Answers come in minutes.}
"""


@pytest.fixture
def told(make_case):
    """Make a case of three years from January 2026 with a story."""

    def make(actuals=None, **story):
        case = make_case(
            INPUTS + SCALE,
            inputs={**POINTS, "adoption": ["50%", "80%", "100%"]},
            start="2026-01",
            discount_rate=0,
            story=story,
            actuals=actuals or {},
        )
        return lines(case)

    return make


def test_a_kpi_takes_its_target_from_the_input_that_it_watches(told):
    kpis = [
        {"name": "Use", "watches": "adoption", "by": "2027-Q2"},
        {"name": "In the end", "watches": "adoption"},
    ]
    view = told(kpis=kpis).kpis()
    assert [column.label for column in view.component.columns] == ["Measure", "Aim", "By"]
    assert cells(view) == [
        ["Use\nTracks: Adoption", "80%", "Q2 2027"],
        ["In the end\nTracks: Adoption", "100%", "Year 3"],
    ]


def test_a_kpi_watches_a_line_by_key_or_by_name(told):
    kpis = [{"name": name, "watches": name, "by": "2026"} for name in ("customers-loyalty", "Team")]
    # 1,000 customers × $50 × 40 % × half of it caused, at half of the adoption in the first year.
    assert [row[1] for row in cells(told(kpis=kpis).kpis())] == ["$5,000 a year", "$5,000 a year"]


def test_actual_and_status_of_a_kpi_follow_from_the_actuals(told):
    actuals = {
        "inputs": {"adoption": {"2026-Q1": "30%", "2026-Q2": "40%"}},
        "lines": {"Team": {"2026-Q1": 1250, "2026-Q2": 1250}},
    }
    kpis = [{"name": "Use", "watches": "adoption"}, {"name": "Cost", "watches": "Team"}]
    case = told(actuals, kpis=[*kpis, {"name": "Churn", "target": "8 %"}])
    assert [(kpi.actual, kpi.status) for kpi in case.study.kpis] == [
        ("35%", "well behind"),  # 35 % of the 50 % planned
        ("$2,500 to date", "on plan"),
        (None, None),
    ]
    lights = {row[0]: row[-1] for row in cells(case.traffic_lights()) if len(row) == 4}
    assert lights["Adoption"].endswith("well behind") and "Use" not in lights  # judged once
    assert lights["Cost"].endswith("on plan")
    assert [kpi["status"] for kpi in case.record().to_json()["kpis"]] == ["well behind", "on plan", None]


def test_a_kpi_that_watches_nothing_of_the_case_is_an_error(told):
    case = told(kpis=[{"name": "Use", "watches": "adopton"}])
    with pytest.raises(CaseError, match=r"KPI 'Use' watches 'adopton', which is neither .*\n.*'adoption'"):
        case.kpis()


def test_goals_name_their_kpis(told):
    kpis = [{"key": "use", "name": "Share who use it"}, {"name": "Contacts"}]
    goals = ["Calm agents", {"goal": "All use it", "kpis": ["use", "Contacts"]}]
    assert cells(told(kpis=kpis, goals=goals).goals()) == [
        ["Calm agents", "–"],
        ["All use it", "Share who use it\nContacts"],
    ]
    assert isinstance(told(goals=["Calm agents"]).goals().component, List)


def test_a_gap_names_the_step_that_closes_it_and_an_unknown_competitor_is_left_out(told):
    steps = [{"key": "languages", "step": "Add four languages", "owner": "Care"}]
    known = {
        "name": "A carrier",
        "finding": "Answers in nine languages",
        "gap": "people",
        "step": "languages",
    }
    view = told(next_steps=steps, competitors=[known, {"name": "Another carrier"}]).competitors()
    assert [column.label for column in view.component.columns] == [
        "Competitor",
        "What they do",
        "Ahead in",
        "Closed by",
    ]
    assert cells(view) == [["A carrier", "Answers in nine languages", "People", "Add four languages"]]
    assert isinstance(told(competitors=[{"name": "Another carrier"}]).competitors().component, Gap)


def test_the_client_stands_on_a_scale_with_the_next_step(told):
    placed = told(maturity={"care": {"level": "late", "reason": "Nothing is timed."}})
    picture, table = placed.maturity().component.items
    assert isinstance(picture, Chart)
    assert picture.caption == "Maturity of care. Example: Cautious adopter"
    levels = "Cautious adopter, Fast follower, Market leader"
    assert picture.alt.endswith(f"lowest level to the highest: {levels}. Example: Cautious adopter.")
    assert [list(row.cells) for row in table.rows] == [
        ["Cautious adopter", "Answers are given."],
        ["Why this level", "Nothing is timed."],
        ["Next: Fast follower", "The time to answer is measured."],
        ["What the step takes", "Measure the time to answer."],
    ]
    top = told(maturity={"care": "leader"}).maturity().component.items[1]
    assert [row.cells[0] for row in top.rows] == ["Market leader"]
    assert isinstance(told(maturity="At the start.").maturity().component, Paragraphs)


def test_steps_with_dates_are_drawn_and_the_others_listed(told):
    steps = [
        {"step": "Measure", "owner": "Insight", "from": "2026-Q2", "by": "2026-Q3"},
        {"step": "Start", "by": "2026-02"},
        {"step": "Review", "by": "after a year"},
    ]
    picture, table = told(next_steps=steps).next_steps().component.items
    assert (
        picture.alt
        == "Start, February 2026 to February 2026; Measure (Insight), April 2026 to September 2026."
    )
    assert isinstance(table, Table)
    assert [list(row.cells) for row in table.rows] == [["Review", "after a year"]]


def test_break_even_stands_beside_that_for_the_target_return(make_case):
    case = lines(make_case(INPUTS, inputs=POINTS, discount_rate=0, target_return="50%"))
    columns = [column.label for column in case.break_even().component.columns]
    assert columns == ["Input", "Likely", "Breaks even at", "Headroom", "Returns 50% at"]
    # 30,000 of benefits: costs of 30,000 leave nothing, costs of 30,000 ÷ 1.5 return a half.
    team = {row[0]: row for row in cells(case.break_even())}["Team"]
    assert (team[2], team[4]) == ("$10,000", "$6,666.70")
    assert (
        "A return of 50% is asked for; at the likely values it is 100%." in case.break_even().component.note
    )
    (entry,) = (each for each in case.record().break_even if each.input == "team")
    assert entry.at_target_return == pytest.approx(20_000 / 3)
