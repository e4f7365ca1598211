"""Lines and the result that follows from them."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casebook import CaseError, constant, cumulative
from casebook.case.finance import present_value
from tests.conftest import record_of

A_YEAR = constant(1, "currency/year", currency="USD")


def with_lines(case, *, setup=True):
    """One margin benefit and two costs, the second of them switched by an optional input."""
    x = case.inputs
    case.benefit("Spend", kind="margin", annual=x.customers * x.spend * x.margin, ramp=x.adoption, risk=0.2)
    case.cost("Team", category="people", annual=x.team, risk=0.1)
    if setup:
        case.cost("Set-up", category="start-up", start=x.setup, when=[x.setup])
    return case


def test_a_case_worked_by_hand(make_case):
    """20,000 × (50 %, 100 %) less 8,000 a year and 5,000 at the start, at 10 %."""
    case = with_lines(
        make_case(
            years=2,
            inputs={
                "customers": 1000,
                "spend": 50,
                "margin": "40%",
                "team": 8000,
                "setup": 5000,
                "adoption": ["50%", 1],
            },
        )
    )
    result = case.result
    assert result.cash_flow.benefits.tolist() == [0, 10_000, 20_000]
    assert result.cash_flow.costs.tolist() == [5000, 8000, 8000]
    assert result.present_value_of_benefits == pytest.approx(10_000 / 1.1 + 20_000 / 1.21)
    assert result.present_value_of_costs == pytest.approx(5000 + 8000 / 1.1 + 8000 / 1.21)
    assert result.net_present_value == pytest.approx(-5000 + 2000 / 1.1 + 12_000 / 1.21)
    assert result.return_on_investment == pytest.approx(
        result.net_present_value / result.present_value_of_costs
    )
    assert result.payback_months == pytest.approx(12 + 12 * 3000 / 12_000)
    adjusted = result.risk_adjusted
    assert adjusted.cash_flow.benefits.tolist() == [0, 8000, 16_000]
    assert adjusted.cash_flow.costs.tolist() == pytest.approx([5000, 8800, 8800])
    assert adjusted.payback_months == pytest.approx(12 + 12 * 5800 / 7200)


def test_figures_print_in_the_clients_currency(make_case):
    case = with_lines(make_case(currency="EUR", locale="de_DE", discount_rate=0, years=1), setup=False)
    assert str(case.result.net_present_value).replace("\xa0", " ") == "12.000 €"
    assert f"{case.result.return_on_investment}".replace("\xa0", " ") == "150 %"
    assert str(case.result.payback_months) == "kein Kapital im Risiko"


def test_without_costs_the_return_is_absent_and_says_why(make_case):
    case = make_case()
    case.benefit("Spend", kind="margin", annual=case.inputs.customers * case.inputs.spend)
    assert not case.result.return_on_investment
    assert str(case.result.return_on_investment) == "undefined: the case has no costs"
    recorded = record_of(case.study)["result"]
    assert recorded["return_on_investment"] is None
    assert recorded["reasons"]["return_on_investment"] == "undefined: the case has no costs"


def with_flow(make_case, flow):
    case = make_case(years=len(flow) - 1)
    start = constant(flow[0], "currency", currency="USD")
    case.benefit("Money", kind="margin", start=start, annual=A_YEAR * list(flow[1:]))
    return case


@pytest.mark.parametrize(
    ("flow", "told"),
    [
        ((100, -60, -60), "a borrowing rate of 13.1%: money comes in before it goes out"),
        ((0, 100, -120), "a borrowing rate of 20%"),
        ((100, -230, 60), "a borrowing rate of 100%: money comes in before it goes out"),
        # A textbook example: 10 % and 20 %.
        (
            (-100, 230, -132),
            "may not be unique: the cash flow changes sign 2 times, so that several rates",
        ),
        ((-100, 220, -121), "may not be unique: the cash flow changes sign 2 times"),
        ((-1000, 3900, -5030, 2145), "may not be unique: the cash flow changes sign 3 times"),
        ((100, 50, 25), "does not exist"),
    ],
)
def test_a_rate_is_a_return_only_where_a_lower_discount_rate_makes_the_case_pay(make_case, flow, told):
    """100, −60, −60: borrowing at 13.07 %, so the case loses at a discount rate of 10 % and gains at 20 %."""
    case = with_flow(make_case, flow)
    assert not case.result.internal_rate_of_return
    assert str(case.result.internal_rate_of_return).startswith(told)
    recorded = record_of(case.study)["result"]
    assert recorded["internal_rate_of_return"] is None
    assert recorded["reasons"]["internal_rate_of_return"] == str(case.result.internal_rate_of_return)


def test_the_only_rate_above_zero_is_given_and_told_as_such(make_case):
    """−100, 230, −60: dear to end, with rates of 100 % and −70 %."""
    case = with_flow(make_case, (-100, 230, -60))
    told = "the only rate above zero: the cash flow changes sign 2 times, its running total once"
    rate, recorded = case.result.internal_rate_of_return, record_of(case.study)["result"]
    assert (float(rate), str(rate), rate.note) == (pytest.approx(1), "100%", told)
    assert recorded["internal_rate_of_return"] == rate
    assert recorded["notes"] == {"internal_rate_of_return": told}
    assert "notes" not in record_of(with_flow(make_case, (-100, 230, 60)).study)["result"]


def test_what_rounding_leaves_of_a_cash_flow_has_no_rate(make_case):
    """0.1 + 0.2 − 0.3 is 5.6e−17 in floats: a stream of nothing, then of gains only, has no rate."""
    for last in (0, 100):
        case = make_case(years=2)
        case.benefit(
            "One", kind="margin", start=constant(0.1, "currency", currency="USD"), annual=A_YEAR * [0.7, last]
        )
        case.benefit(
            "Two", kind="margin", start=constant(0.2, "currency", currency="USD"), annual=A_YEAR * [0.1, 0]
        )
        case.cost(
            "All", category="other", start=constant(0.3, "currency", currency="USD"), annual=A_YEAR * [0.8, 0]
        )
        assert case.result.cash_flow.net.tolist() == [0, 0, last]
        assert str(case.result.internal_rate_of_return).startswith("does not exist")


def test_a_formula_in_when_is_a_condition_and_asks_for_nothing(make_case):
    """A line is off without it, whatever else is given."""

    def missing(**given):
        case = make_case(inputs={"customers": 1, "spend": 1, "margin": 1, "team": 1, **given})
        x = case.inputs
        more_calls = x.calls * (1 + x.uplift)
        case.benefit(
            "Calls", kind="cash saving", annual=more_calls * x.call_cost, when=[more_calls, x.call_cost]
        )
        return [node.name for line in case.study.left_out for node in line.missing]

    assert missing() == ["calls", "uplift", "call_cost"]
    assert missing(call_cost=8, calls=100) == ["uplift"]
    assert missing(calls=100, uplift="10%") == ["call_cost"]
    assert missing(call_cost=8, calls=100, uplift="10%") == []


def test_a_line_that_is_off_names_what_its_amount_lacks_as_well(make_case):
    case = make_case()
    x = case.inputs
    case.benefit("Calls", kind="cash saving", annual=x.call_cost * x.calls, when=[x.calls])
    assert [node.name for node in case.study.left_out[0].missing] == ["calls", "call_cost"]


def test_an_optional_line_is_off_on_or_half_given(make_case):
    def calls(case):
        x = case.inputs
        case.benefit("Calls", kind="cash saving", annual=x.calls * x.call_cost, when=[x.calls, x.call_cost])
        return case.study.ledger

    off = make_case()
    assert calls(off).counted == ()
    assert [line.name for line in off.study.left_out] == ["Calls"]
    base = {"customers": 1, "spend": 1, "margin": 1, "team": 1}
    on = make_case(inputs={**base, "calls": 100, "call_cost": 8})
    assert calls(on).counted[0].flow(3).tolist() == [0, 9600, 9600, 9600]
    half = make_case(inputs={**base, "calls": 100})
    with pytest.raises(CaseError, match=r"has calls but lacks call_cost \(Cost of a call\)"):
        calls(half)


def test_a_line_beside_the_figure_is_computed_and_not_counted(make_case):
    case = with_lines(make_case())
    before = float(case.result.net_present_value)
    case.benefit("Crisis", kind="margin", annual=case.inputs.team * 100, not_in_figure="a guess")
    assert float(case.result.net_present_value) == before
    recorded = record_of(case.study)["not_in_figure"]
    assert [(line["name"], line.get("not_in_figure")) for line in recorded] == [
        ("Crisis", "a guess"),
        ("Set-up", None),
    ]


@pytest.mark.parametrize(
    ("mistake", "message"),
    [
        (lambda case, x: case.cost("Team", category="people", annual=x.team), "line names must be unique"),
        (lambda case, x: case.cost("X", category="staff", annual=x.team), "category of cost 'X' is 'staff'"),
        (lambda case, x: case.benefit("X", kind="profit", annual=x.team), "kind of benefit 'X' is 'profit'"),
        (lambda case, x: case.cost("X", category="people"), "Cost 'X' has no amount"),
        (lambda case, x: case.cost("X", category="people", annual=-x.team), "costs are positive"),
        (
            lambda case, x: case.cost("X", category="people", annual=x.team, risk=2),
            "must be a share between 0 and 1",
        ),
        (
            lambda case, x: case.benefit("X", kind="margin", annual=x.team / (x.margin - x.margin)),
            "no finite value",
        ),
        (lambda case, x: case.benefit("X", kind="margin", annual=x.customers), "must be currency/year"),
        (
            lambda case, x: case.benefit("X", kind="margin", annual=x.team, ramp=x.customers),
            "ramp of Benefit 'X'",
        ),
        (
            lambda case, x: case.benefit("X", kind="margin", annual=x.calls * x.call_cost),
            "calls (Calls) has no value",
        ),
        (
            lambda case, x: case.benefit("X", kind="margin", annual=x.team, claim=x.team),
            "pool and claim go together",
        ),
        (
            lambda case, x: case.benefit("X", kind="margin", annual=x.team, pool={"Calls": x.calls}),
            "pool is not a pool",
        ),
        (
            lambda case, x: case.benefit(
                "X", kind="margin", annual=x.team, pool={case.pool("P", size=x.team): x.team}, claim=x.team
            ),
            "pool and claim go together",
        ),
        (
            lambda case, x: case.benefit("X", kind="margin", annual=x.marign * x.team),
            "did you mean 'margin'?",
        ),
        (
            lambda case, x: case.pool("P", size=x.team) and case.pool("P", size=x.team),
            "pool 'P' already exists",
        ),
    ],
)
def test_a_mistake_in_a_line_is_named_where_it_is_made(make_case, mistake, message):
    case = with_lines(make_case())
    with pytest.raises(CaseError) as caught:
        mistake(case, case.inputs)
    assert message in str(caught.value)


def test_a_line_cannot_follow_a_view(make_case):
    case = with_lines(make_case())
    case.summary()
    with pytest.raises(CaseError, match="comes after a view"):
        case.cost("Late", category="other", annual=case.inputs.team)


def test_a_case_without_lines_has_no_view(make_case):
    with pytest.raises(CaseError, match="no line to count"):
        make_case().summary()


@pytest.mark.parametrize(
    ("arrives", "held"),
    [("through the year", [0.5, 1.3, 1.94]), ("at the start", [1, 1.8, 2.44])],
)
def test_who_is_kept_during_a_year_counts_for_half_of_it(make_case, arrives, held):
    """An inflow of 1, of which 80 % stay: year-ends 1, 1.8, 2.44; averages of the year 0.5, 1.3, 1.94."""
    case = make_case()
    one = constant(1, "customers/year") * (case.inputs.margin / case.inputs.margin)
    case.benefit("Kept", kind="margin", annual=cumulative(one, keep=0.8, arrives=arrives) * case.inputs.spend)
    assert case.study.ledger.counted[0].flow(3)[1:].tolist() == pytest.approx([50 * each for each in held])


def _grown(case):
    x = case.inputs
    return cumulative(x.customers * constant(1, "1/year"), keep=0.8) * x.spend


@pytest.mark.parametrize(
    ("annual", "declared", "culprit"),
    [
        (lambda case: _grown(case), {"ramp": "adoption"}, "its ramp"),
        (lambda case: _grown(case) * case.inputs.adoption, {}, "adoption (Adoption)"),
        (lambda case: case.inputs.adoption * _grown(case).named("Spend"), {}, "adoption (Adoption)"),
        (lambda case: (_grown(case) + case.inputs.team) * (1 * case.inputs.adoption), {}, "adoption"),
        (lambda case: _grown(case), {"causal_share": constant([0.1, 0.2, 0.3])}, "its causal share"),
    ],
)
def test_a_ramp_on_a_running_total_is_refused(make_case, annual, declared, culprit):
    case = make_case()
    if "ramp" in declared:
        declared = {"ramp": case.inputs.adoption}
    with pytest.raises(CaseError) as caught:
        case.benefit("Kept", kind="margin", annual=annual(case), **declared)
    assert f"Benefit 'Kept': {culprit}" in str(caught.value)
    assert "multiplies a running total" in str(caught.value)
    assert "hint: put it on the inflow" in str(caught.value)


def test_a_ramp_on_the_inflow_or_on_another_part_is_taken(make_case):
    given = {"customers": 10, "spend": 1, "margin": 1, "team": 1, "adoption": [0.5, 0.8, 1]}
    case = make_case(inputs=given)
    x = case.inputs
    inflow = x.customers * x.adoption * constant(1, "1/year")
    kept = cumulative(inflow, keep=0.8) * x.spend
    case.benefit("Kept and won", kind="margin", annual=kept + x.team * x.adoption, causal_share=0.5)
    assert len(case.study.ledger.counted) == 1


def test_pool_and_claim_are_recorded_in_the_pools_unit(make_case):
    case = make_case(inputs={"customers": 1, "spend": 1, "margin": 1, "team": 1, "calls": 10, "call_cost": 8})
    x = case.inputs
    pool = case.pool("All calls", size=x.calls)
    case.benefit(
        "Calls", kind="cash saving", annual=x.calls * x.call_cost, pool=pool, claim=x.calls, touched=x.calls
    )
    recorded = record_of(case.study)["lines"][0]
    claim = {"tree": {"input": "calls"}, "value": [10], "unit": "contact/month"}
    assert recorded["claims"] == {"All calls": claim}


def test_the_record_is_plain_json_and_carries_each_formula(make_case):
    case = with_lines(make_case())
    record = json.loads(json.dumps(record_of(case.study), allow_nan=False))
    line = record["lines"][0]
    assert (line["id"], line["side"], line["annual"]) == ("B1", "benefit", [20_000, 20_000, 20_000])
    assert line["formulas"]["annual"]["words"] == "Customers × Spend × Margin × Adoption"
    assert line["trees"]["annual"] == [
        "*",
        ["*", ["*", {"input": "customers"}, {"input": "spend"}], {"input": "margin"}],
        {"input": "adoption"},
    ]
    assert record["cash_flow"]["cumulative"][-1] == sum(record["cash_flow"]["net"])
    assert record["inputs"]["margin"]["origin"] == "example"


MONEY = st.floats(0, 1e6).map(lambda value: round(value, 2))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    benefits=st.lists(MONEY, min_size=3, max_size=3),
    costs=st.lists(MONEY, min_size=3, max_size=3),
    rate=st.floats(0, 0.5),
)
def test_net_present_value_is_benefits_less_costs(make_case, benefits, costs, rate):
    case = make_case(discount_rate=rate)
    case.benefit("B", kind="margin", annual=A_YEAR * benefits)
    case.cost("C", category="people", annual=A_YEAR * costs)
    expected = sum((b - c) / (1 + rate) ** t for t, (b, c) in enumerate(zip(benefits, costs, strict=True), 1))
    assert case.result.net_present_value == pytest.approx(expected, abs=1e-6)
    assert float(present_value(case.result.cash_flow.net, rate)) == pytest.approx(expected, abs=1e-6)


# Keys


def test_a_line_has_the_key_of_its_name_unless_it_is_given_one(make_case):
    case = make_case()
    case.cost("Team (people)", category="people", annual=case.inputs.team)
    case.cost("Tools", key="platform", category="technology", annual=case.inputs.team)
    assert [line.key for line in case.study.lines] == ["team-people", "platform"]


def test_names_that_would_have_one_key_have_two(make_case):
    case = make_case()
    for name in ("+1", "-1", "1!"):
        case.cost(name, category="people", annual=case.inputs.team)
    assert [line.key for line in case.study.lines] == ["1", "1-2", "1-3"]


def test_two_lines_can_not_be_given_one_key(make_case):
    case = make_case()
    case.cost("Team", category="people", annual=case.inputs.team)
    with pytest.raises(
        CaseError, match=r"Cost 'Crew' has the key 'team', which is already taken\n  hint: give"
    ):
        case.cost("Crew", key="team", category="people", annual=case.inputs.team)


def test_a_key_is_written_as_keys_are(make_case):
    case = make_case()
    with pytest.raises(CaseError, match=r"the key 'My Team'.*\n  hint: write key='my-team'"):
        case.cost("Team", key="My Team", category="people", annual=case.inputs.team)


@pytest.mark.parametrize("reference", ["Answers", "forum"])
def test_an_alternative_is_named_by_key_or_name(make_case, reference):
    case = make_case()
    x = case.inputs
    case.cost("Team", category="people", annual=x.team)
    case.benefit("Answers", key="forum", kind="margin", annual=x.team * 2)
    case.benefit("Calls", kind="margin", annual=x.team * 3, alternative_to=reference)
    assert [line.name for line in case.study.ledger.beside] == ["Calls"]
