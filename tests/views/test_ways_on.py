"""Page 1 of a case under way: where it is heading, and what each way that is open now still costs."""

from __future__ import annotations

from unittest import mock

from casebook.follow_up.follow_up import SO_FAR, TO_PLAN
from casebook.views.components import Callout, Table, Tiles
from tests.views.conftest import INPUTS, POINTS, RANGED, lines

ACTUALS = {"through": "2026-06", "inputs": {"adoption": {"2026-Q1": "60%", "2026-Q2": "80%"}}}
HALF = {"name": "Half the team", "inputs": {"team": 2500, "adoption": "50%"}, "money": [-100, 0, 0, 0]}


def page_1(make_case, inputs=POINTS, **values):
    case = lines(make_case(INPUTS, inputs=inputs, start="2026-01", actuals=ACTUALS, **values))
    return case, case.summary().component.items


def test_the_outlook_leads_over_what_was_approved(make_case):
    case, items = page_1(make_case, RANGED)
    tracking, to = case.study.followed_up, case.formatter
    plan, trend = (tracking.outlooks[name] for name in (TO_PLAN, SO_FAR))
    assert isinstance(items[0], Tiles)
    shown = [(tile.label, tile.value) for tile in items[0].items]
    assert shown == [
        ("If the rest goes to plan", to.money_about(plan.net_present_value)),
        ("If the trend continues", to.money_about(trend.net_present_value)),
        ("Still to spend", "$12,500"),  # two and a half years of a team of 5,000
        ("Chance of loss", case.study.chance(1 - trend.outcomes.chance_of_gain)),
    ]
    approved = to.money_about(tracking.approved)
    assert items[0].items[0].basis == f"net present value; {approved} was approved"


def test_each_way_that_is_open_has_its_costs_and_both_outlooks(make_case):
    """Of 5,000 a year for the team two and a half years are left, or half of that and 100 more."""
    decision = {"option": "half", "text": "Halve it"}
    case, items = page_1(make_case, options={"half": HALF}, decision=decision, discount_rate=0)
    table = next(item for item in items if isinstance(item, Table))
    rows = [list(row.cells) for row in table.rows]
    assert [cells[:2] for cells in rows] == [
        ["Stop now", "$0"],
        ["Half the team\nasked for", "$6,350"],
        ["Go on as now", "$12,500"],
    ]
    ways, money = case.study.followed_up.ways, case.formatter.money_about
    for cells, way in zip(rows, ways.values(), strict=True):
        assert cells[2:] == [money(way.net_present_value[name]) for name in (TO_PLAN, SO_FAR)]
    assert table.caption.startswith("From here on, “Half the team” is worth ")


def test_the_tiles_are_about_the_way_that_is_asked_for(make_case):
    gated = {**HALF, "gate": {"by": "2026-12", "figure": "adoption"}}
    decision = {"option": "half", "text": "Halve it"}
    case, items = page_1(make_case, options={"half": gated}, decision=decision)
    way, to = case.study.followed_up.ways["half"], case.formatter
    shown = {tile.label: (tile.value, tile.basis) for tile in items[0].items}
    assert shown["If the trend continues"][0] == to.money_about(way.net_present_value[SO_FAR])
    # Five months of half a team, and 100 now.
    assert shown["To approve now"][0] == to.money_about(100 + 5 * 2500 / 12)
    assert shown["To approve now"][1] == "of $6,350 still to spend, if the gate of December 2026 is passed"
    on = case.study.followed_up.ways["whole"].net_present_value[SO_FAR]
    assert shown["Go on as now"] == (to.money_about(on), "net present value, if the trend continues")


def test_who_asks_to_stop_is_told_what_going_on_is_worth(make_case):
    case, items = page_1(make_case, decision={"option": "nothing", "text": "Stop"})
    table = next(item for item in items if isinstance(item, Table))
    assert table.caption.startswith("From here on, going on is worth ")
    stop = case.study.followed_up.ways["nothing"].net_present_value[TO_PLAN]
    assert items[0].items[0].value == case.formatter.money_about(stop)


def test_what_was_recommended_before_approval_is_not_page_1_any_more(make_case):
    _, items = page_1(make_case, options={"half": HALF}, decision={"option": "half", "text": "Halve it"})
    assert not [item for item in items if isinstance(item, Callout) and "recommend" in item.text]


GATED = {
    "half": {
        **HALF,
        "note": "Two of four people.",
        "stop": "Adoption stays below half",
        "gate": {"by": "2026-07", "figure": "adoption", "at_least": "90%", "owner": "Finance"},
    },
    "whole": {"gate": {"by": "2026-07", "figure": "adoption", "at_least": "75%"}},
    "later": {"name": "Later", "inputs": {"team": 4000}, "gate": {"by": "2027-01", "figure": "Complaints"}},
}


def chapter(make_case, **values):
    case = lines(make_case(INPUTS, inputs=POINTS, start="2026-01", actuals=ACTUALS, **values))
    return case, case.options().component


def test_the_chapter_of_a_case_under_way_shows_what_is_open_and_where_the_gates_stand(make_case):
    """By June adoption was 60 and 80 %, against at least 90 % of one gate and 75 % of the other."""
    _, shown = chapter(make_case, options=GATED)
    ways, table = shown.items
    assert [row.cells[0] for row in ways.rows] == ["Stop now", "Half the team", "Later", "Go on as now"]
    assert ways.note.endswith(
        "Half the team: Two of four people.\nWhat stops “Half the team”: Adoption stays below half."
    )
    assert {row.cells[0]: row.cells[1:] for row in table.rows} == {
        "Half the team": ("July 2026", "Adoption: at least 90%\nFinance", "80%", "○ missed"),
        "The whole": ("July 2026", "Adoption: at least 75%", "80%", "● met"),
        "Later": ("January 2027", "Complaints", "–", "– not due yet"),
    }
    assert table.caption == "Gates due so far: 2; met: 1"


def test_gates_that_are_ahead_and_cases_without_any(make_case):
    _, shown = chapter(make_case, options={"later": GATED["later"]})
    assert shown.items[1].caption == "No gate is due yet"
    _, shown = chapter(make_case, options={"half": HALF})
    assert isinstance(shown, Table)


def test_the_gates_speak_the_language_of_the_case(make_case):
    _, shown = chapter(make_case, options=GATED, locale="fr_FR")
    assert [row.cells[-1] for row in shown.items[1].rows] == ["○ manqué", "● franchi", "– pas encore échu"]


def test_the_chapter_opens_with_what_is_left_to_decide(make_case):
    with mock.patch("IPython.display.display") as display:
        chapter(make_case)[0].chapter("options")
    prose = display.call_args_list[0].args[0].markdown
    assert prose.startswith("# The ways to go") and "from here on" in prose
