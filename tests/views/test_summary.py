"""Page 1: what the reader is told first, in the plan case and where it is doubted."""

from __future__ import annotations

import pytest

from casebook.views.components import Callout, Paragraphs, Table, Tiles
from casebook.views.view import View
from tests.views.conftest import INPUTS, POINTS, RANGED, by_first, lines


def tiles(case):
    (shown,) = (item for item in case.summary().component.items if isinstance(item, Tiles))
    return {tile.label: (tile.value, tile.basis) for tile in shown.items}


def callouts(case):
    return [item for item in case.summary().component.items if isinstance(item, Callout)]


def comparison(case):
    tables = [item for item in case.summary().component.items if isinstance(item, Table)]
    return tables[-1]


def test_the_tiles_of_a_case_on_single_points(points):
    assert tiles(points) == {
        "Net present value": ("$15,000", "over 3 years, discounted at 0%"),
        "To approve now": ("$15,000", "all costs over 3 years, undiscounted"),
        "Deepest cash position": ("$0", "at likely values, benefits come first"),
        "Chance of loss": ("Unknown", "no ranges are given"),
    }


def test_the_tiles_of_a_case_with_ranges(ranged):
    """A set-up of 3,000 comes before 5,000 of benefit less 5,000 for the team; 18,000 are spent in all."""
    to, found = ranged.formatter, ranged.study.analysis.simulation
    spread = found.net_present_value
    span = f"{to.money_about(spread.p5)} to {to.money_about(spread.p95)}"
    assert tiles(ranged) == {
        "Expected value": (to.money_about(spread.mean), f"net present value; {span} in nine of ten outcomes"),
        "To approve now": ("$18,000", "all costs over 3 years, undiscounted"),
        "Deepest cash position": ("−$3,000", "at the start, at likely values"),
        "Chance of loss": (f"{round(100 * found.probability_of_loss)}%", "10,000 simulated outcomes"),
    }


def paragraph(case):
    (shown,) = (item for item in case.summary().component.items if isinstance(item, Paragraphs))
    (text,) = shown.paragraphs
    return text


def test_the_sentence_that_leads_says_what_the_whole_is_worth(points, ranged):
    assert paragraph(points) == "“The whole” is worth $15,000 over 3 years at the likely values."
    to, found = ranged.formatter, ranged.study.analysis.simulation
    assert paragraph(ranged) == (
        f"“The whole” is worth {to.money_about(found.net_present_value.mean)} on average over 3 years, and "
        f"{ranged.study.chance(found.probability_of_loss)} of the outcomes lose money."
    )


STEP = {"name": "A test", "cost": 200, "learns": {"input": "caused", "within": "5%"}}


def with_step(make_case, **values):
    return lines(make_case(INPUTS, inputs=RANGED, options={"test": STEP}, **values))


def test_page_1_is_about_the_option_that_is_asked_for(make_case):
    case = with_step(make_case, decision={"option": "test", "text": "Test it", "reason": "Nobody knows."})
    step, to = case.study.options.by_key["test"], case.formatter
    shown = tiles(case)
    assert shown["Expected value"][0] == to.money_about(step.expected)
    assert shown["To approve now"] == ("$200", f"of {to.money_about(step.in_all)} in all, if it goes on")
    alone = 1 - step.learning.goes_on
    assert shown["Chance of loss"] == (
        case.study.chance(float((step.outcomes < 0).mean())),
        f"{case.study.chance(alone)} lose the cost of the first step alone",
    )
    assert "“A test” costs $200 and shows “Share caused” to within 5 percentage points." in paragraph(case)


def test_a_first_step_that_costs_nothing_loses_nothing_where_it_stops(make_case):
    free = {"test": {**STEP, "cost": 0}}
    case = lines(make_case(INPUTS, inputs=RANGED, options=free, decision={"option": "test", "text": "Test"}))
    assert tiles(case)["Chance of loss"][1] == "10,000 simulated outcomes"


def test_where_nothing_is_to_be_done_page_1_is_about_what_is_turned_down(make_case):
    case = lines(make_case(INPUTS, inputs=POINTS, decision={"option": "nothing", "text": "No"}))
    assert tiles(case)["To approve now"] == ("$0", "“The whole” would take $15,000")


def test_a_choice_against_the_figures_is_printed_with_its_reason(make_case):
    def remarks(reason):
        decision = {"option": "nothing", "text": "No", **reason}
        shown = callouts(lines(make_case(INPUTS, inputs=POINTS, decision=decision)))
        return [item for item in shown if item.title.startswith("Another option")]

    (given,) = remarks({"reason": "The money is needed elsewhere."})
    assert given.text.endswith("Reason: The money is needed elsewhere.") and given.tone == "info"
    (missing,) = remarks({})
    assert missing.text.endswith("No reason is given.") and missing.tone == "warning"


def test_without_costs_the_return_is_undefined_and_the_note_says_why(make_case):
    case = make_case(INPUTS, inputs=POINTS, years=1)
    case.benefit("Gain", kind="cash saving", annual=case.inputs.team)
    assert by_first(View(comparison(case)))["Return on investment"] == ["Undefined"]
    assert tiles(case)["Net present value"][1].startswith("over 1 year, ")
    assert "Return on investment – undefined: the case has no costs." in comparison(case).note


def test_a_payback_out_of_reach_and_the_year_in_which_cash_is_deepest(make_case):
    case = make_case(INPUTS, inputs=POINTS, years=2)
    case.cost("Team", category="people", annual=case.inputs.team)
    assert by_first(View(comparison(case)))["Payback"] == ["Not reached in 2 years"]
    assert tiles(case)["Deepest cash position"] == ("−$10,000", "end of year 2, at likely values")


def test_the_comparison_has_a_second_column_where_a_line_carries_risk(points, ranged):
    assert [column.label for column in comparison(points).columns] == ["Figure", "Plan case"]
    assert "No line carries a risk adjustment." in comparison(points).note
    columns = [column.label for column in comparison(ranged).columns]
    assert columns == ["Figure", "Expected", "Plan case", "Risk-adjusted"]
    shown = by_first(View(comparison(ranged)))
    for name, key in (
        ("Net present value", "net_present_value"),
        ("Costs, present value", "present_value_of_costs"),
    ):
        results = (ranged.result, ranged.result.risk_adjusted)
        assert shown[name][1:] == [ranged.formatter.money_about(getattr(result, key)) for result in results]
    assert "÷ present value of costs" in comparison(ranged).note


def test_the_comparison_says_in_a_sentence_what_risk_makes_of_the_case(points, ranged):
    to, found = ranged.formatter, ranged.study.analysis.simulation
    worths = [
        found.net_present_value.mean,
        float(ranged.result.net_present_value),
        float(ranged.result.risk_adjusted.net_present_value),
    ]
    expected, plan, adjusted = (
        f"{'loses' if worth < 0 else 'gains'} {to.money_about(abs(worth))}" for worth in worths
    )
    reached = ranged.study.chance(float((found.outcomes >= worths[1]).mean()))
    assert comparison(ranged).caption == (
        f"On average the case {expected}; at likely values it {plan}, and {reached} of outcomes reach that; "
        f"risk-adjusted it {adjusted}"
    )
    assert comparison(points).caption == "At likely values the case gains $15,000"


def test_the_comparison_holds_the_mean_of_what_is_simulated(ranged):
    to, found = ranged.formatter, ranged.study.analysis.simulation
    shown = by_first(View(comparison(ranged)))
    worth, costs = found.net_present_value.mean, found.present_value_of_costs
    assert shown["Net present value"][0] == to.money_about(worth)
    assert shown["Benefits, present value"][0] == to.money_about(worth + costs)
    assert shown["Return on investment"][0] == to.share(round(worth / costs, 2))
    assert shown["Payback"][0] == "–"


@pytest.mark.parametrize(
    ("asked", "leads", "first"),
    [
        ("expected", "Expected value", "Expected"),
        ("plan", "Net present value", "Plan case"),
        ("risk-adjusted", "Net present value, risk-adjusted", "Risk-adjusted"),
    ],
)
def test_a_house_says_which_net_present_value_leads(make_case, asked, leads, first):
    """The figures themselves stay: each measure stands in the table, the one that leads in front."""
    case = lines(make_case(INPUTS, inputs=RANGED, document={"headline": asked}), risk=0.1)
    shown = by_first(View(comparison(case)))["Net present value"]
    assert next(iter(tiles(case))) == leads
    assert comparison(case).columns[1].label == first
    assert tiles(case)[leads][0] == shown[0]
    usual = lines(make_case(INPUTS, inputs=RANGED), risk=0.1)
    assert sorted(shown) == sorted(by_first(View(comparison(usual)))["Net present value"])


@pytest.mark.parametrize(
    ("last", "shown", "told"),
    [
        (132, "May not be unique", "may not be unique: the cash flow changes sign 2 times"),
        (60, "100%", "the only rate above zero: the cash flow changes sign 2 times, its running"),
    ],
)
def test_page_1_tells_that_a_rate_may_not_be_unique_and_which_is_the_only_one_above_zero(
    make_case, last, shown, told
):
    from casebook import constant

    case = make_case(INPUTS, inputs=POINTS, years=2)
    a_year = constant(1, "currency/year", currency="USD")
    case.cost("Start", category="start-up", start=constant(100, "currency", currency="USD"))
    case.benefit("Money", kind="margin", annual=a_year * [230, 0])
    case.cost("End", category="other", annual=a_year * [0, last])
    assert by_first(View(comparison(case)))["Internal rate of return"] == [shown]
    assert f"Internal rate of return – {told}" in comparison(case).note


def test_page_1_runs_from_figures_to_doubts_to_detail(ranged):
    kinds = [type(item) for item in ranged.summary().component.items]
    assert kinds == [Paragraphs, Tiles, Callout, Table, Callout]
    assert callouts(ranged)[1] == Callout("About these figures.", "A remark.", "info")


# The strongest objection


def test_the_strongest_open_finding_stands_on_page_1(ranged):
    strongest = ranged.study.findings[0]
    shown = callouts(ranged)[0]
    assert strongest.is_open
    assert shown.title.startswith("The strongest objection: ")
    assert shown.tone == "warning"
    left = ranged.formatter.money_about(strongest.price.net_present_value)
    then = f"the expected value of the case is then {left}. What would settle it: "
    price = f" If it holds: {strongest.price.words}; {then}"
    assert shown.text.startswith(strongest.text + price)


def doubtful(make_case, *, margin="100%", **values):
    return lines(make_case(INPUTS, inputs={**POINTS, "margin": margin}, discount_rate=0, **values))


def test_gains_at_revenue_are_told_once_where_they_weigh_most(make_case):
    case = doubtful(make_case, review={"unusual-discount-rate": "That of the group."})
    told = [item.title for item in callouts(case)]
    assert told == ["The strongest objection: gains at revenue."]


def test_gains_at_revenue_stand_on_page_1_even_when_answered(make_case):
    case = doubtful(make_case, review={"gains-at-revenue": "The board asked for revenue."})
    first, second = callouts(case)
    assert "gains at revenue" not in first.title
    assert (second.title, second.tone) == ("Gains at revenue.", "warning")
    assert second.text.startswith("Margin is set to 100%")
    assert second.text.endswith(" Answer: The board asked for revenue.")


def test_gains_at_revenue_stand_on_page_1_even_when_outweighed(make_case):
    """A line at revenue of 5,000 a year beside an objection to a line of 10,000 a year."""
    case = lines(make_case(INPUTS, inputs=POINTS, discount_rate=0))
    x = case.inputs
    case.benefit("More", kind="margin", annual=x.team, ramp=0.5, causal_share=0.5)
    first, second = callouts(case)
    assert "gains at revenue" not in first.title
    assert second.text.startswith("“More” counts $3,750 (present value) as margin")


def test_where_only_a_weak_objection_is_open_it_is_shown_as_one(make_case):
    from casebook.review.review import RULES

    answers = {rule.id: "Yes." for rule in RULES if rule.id != "unusual-discount-rate"}
    case = lines(make_case(INPUTS, inputs=POINTS, discount_rate=0, review=answers))
    (shown,) = callouts(case)
    assert shown.title == "The strongest objection: an unusual discount rate."
    assert shown.tone == "info"


def test_where_all_is_answered_page_1_has_no_objection(make_case):
    from casebook.review.review import RULES

    answers = {rule.id: "Yes." for rule in RULES}
    assert callouts(lines(make_case(INPUTS, inputs=POINTS, discount_rate=0, review=answers))) == []
