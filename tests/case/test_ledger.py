"""How lines come to count: claims kept within their pools, of alternatives only one, and the sums of all."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casebook import CaseError, constant, maximum, minimum, where
from tests.conftest import record_of

INPUTS = """\
title: Example
inputs:
  contacts: {label: Contacts, unit: contacts/month, bounds: [0, null], example: 1000}
  chat: {label: Chats, unit: contacts/month, bounds: [0, null], example: 600}
  forum: {label: Threads, unit: contacts/year, bounds: [0, null], example: 3600}
  price: {label: Cost of a contact, unit: currency/contact, bounds: [0, null], example: 8}
  adoption: {label: Adoption, unit: share, role: ramp, example: 50%}
  caused: {label: Caused, unit: share, role: causal share, example: 80%}
  team: {label: Team, unit: currency/year, bounds: [null, null], example: 1000}
  setup: {label: Set-up, unit: currency, bounds: [0, null], example: 500}
  missing: {label: Missing, unit: currency/year, optional: true}
"""


def with_pool(make_case, *claims, ramp=None, causal_share=None, years=3):
    """Benefits that claim so much of 1,000 contacts a month, at 8 each."""
    case = make_case(INPUTS, years=years)
    x = case.inputs
    pool = case.pool("All contacts", size=x.contacts)
    for number, claim in enumerate(claims, 1):
        case.benefit(
            f"Line {number}",
            kind="cash saving",
            annual=claim * x.price,
            pool=pool,
            claim=claim,
            ramp=ramp,
            causal_share=causal_share,
        )
    return case


def counted(case):
    """What each benefit counts in each year."""
    return [line.flow(case.years)[1:].tolist() for line in case.study.ledger.of("benefit")]


# Pools


@pytest.mark.parametrize(("factor", "share"), [(0, 1), (0.5, 1), (1, 1), (1.25, 0.8), (4, 0.25)])
def test_a_claim_is_cut_down_to_its_pool(make_case, factor, share):
    """1,000 contacts a month, of which a line claims so many times as much, at 8 each."""
    case = with_pool(make_case, constant(1000 * factor, "contacts/month"))
    assert counted(case) == [pytest.approx([1000 * 12 * factor * 8 * share] * 3)]
    (use,) = case.study.ledger.pools
    assert use.is_capped(3) == (factor > 1)
    recorded = record_of(case.study)["pools"][0]
    assert recorded["claimed"]["value"] == [1000 * factor]
    assert recorded["size"]["value"] == [1000]
    assert recorded["capped"] == (factor > 1)
    assert (
        record_of(case.study)["steps"][0]["label"]
        == recorded["share"]
        == "Share of “All contacts” that counts"
    )


def test_lines_on_one_pool_are_cut_down_alike(make_case):
    """900 and 600 claimed of 1,000: two thirds of each count."""
    case = with_pool(make_case, constant(900, "contacts/month"), constant(600, "contacts/month"))
    assert counted(case) == [pytest.approx([600 * 12 * 8] * 3), pytest.approx([400 * 12 * 8] * 3)]


def test_a_pool_caps_the_years_that_exceed_it(make_case):
    """500, 2,000 and 1,000 claimed of 1,000."""
    case = with_pool(make_case, constant(1000, "contacts/month") * [0.5, 2, 1])
    assert counted(case) == [pytest.approx([500 * 96, 1000 * 96, 1000 * 96])]


def test_ramp_and_causal_share_lower_a_claim(make_case):
    """2,000 claimed, 50 % adopted, 80 % caused: 800 of 1,000, which is not too much."""
    case = with_pool(make_case, constant(2000, "contacts/month"), ramp=0.5, causal_share=0.8)
    assert counted(case) == [pytest.approx([2000 * 96 * 0.4] * 3)]
    assert not case.study.ledger.pools[0].is_capped(3)
    more = with_pool(make_case, constant(3000, "contacts/month"), ramp=0.5, causal_share=0.8)
    assert counted(more) == [pytest.approx([1000 * 96] * 3)]


def test_a_ramp_with_a_conversion_of_units_lowers_the_claim_by_what_it_lowers_the_line(make_case):
    """3,600 threads a year over 600 chats a month is a half, not 6."""
    case = with_pool(make_case, constant(1500, "contacts/month"))
    x = case.inputs
    other = with_pool(make_case, constant(1500, "contacts/month"), ramp=x.forum / x.chat)
    assert counted(other) == [pytest.approx([750 * 96] * 3)]


def test_a_claim_is_converted_to_the_unit_of_its_pool(make_case):
    """A claim by the year on a pool by the month: 3,600 a year are 300 a month."""
    case = make_case(INPUTS)
    x = case.inputs
    pool = case.pool("Some contacts", size=x.chat / 4)
    case.benefit("Forum", kind="cash saving", annual=x.forum * x.price, pool=pool, claim=x.forum)
    assert counted(case) == [pytest.approx([150 * 12 * 8] * 3)]
    assert case.study.ledger.pools[0].is_capped(3)


def test_an_empty_pool_leaves_nothing(make_case):
    case = with_pool(make_case, constant(100, "contacts/month"))
    x = case.inputs
    empty = case.pool("None", size=x.chat * 0)
    case.benefit("Nothing", kind="cash saving", annual=x.chat * x.price, pool=empty, claim=x.chat)
    case.benefit("Naught", kind="cash saving", annual=x.chat * 0 * x.price, pool=empty, claim=x.chat * 0)
    assert counted(case)[1:] == [[0, 0, 0], [0, 0, 0]]


def test_a_claim_that_is_no_number_is_refused(make_case):
    """Its money may be finite all the same, and the pool would stand in the record as no number."""
    case = with_pool(make_case, constant(100, "contacts/month"))
    x, pool = case.inputs, case.study.pools[0]
    nothing = x.chat / (x.chat * 0) * x.chat
    case.benefit("More", kind="cash saving", annual=x.chat * x.price, pool=pool, claim=nothing)
    with pytest.raises(CaseError, match="pool 'All contacts': no finite value of its claims"):
        counted(case)


def test_a_line_beside_the_figure_claims_nothing(make_case):
    case = with_pool(make_case, constant(900, "contacts/month"))
    x, pool = case.inputs, case.study.pools[0]
    aside = {"pool": pool, "claim": x.chat, "not_in_figure": "a guess"}
    case.benefit("Aside", kind="cash saving", annual=x.chat * x.price, **aside)
    assert not case.study.ledger.pools[0].is_capped(3)
    assert counted(case) == [[900 * 96] * 3]


@pytest.mark.parametrize(("claim", "binds"), [(900, False), (1000, False), (1001, True)])
def test_a_formula_shows_the_share_of_its_pool_only_where_it_binds(make_case, claim, binds):
    case = with_pool(make_case, constant(claim, "contacts/month", "calls"))
    record = record_of(case.study)
    words = record["lines"][0]["formulas"]["annual"]["words"]
    assert words.endswith(" × Share of “All contacts” that counts") == binds
    assert {"step": "Share of “All contacts” that counts"} in record["lines"][0]["trees"]["annual"]


# Several pools


def on_two_pools(make_case, *, calls, hours, years=3):
    """A line that claims 600 calls and 50 hours a month, at 8 a call; another claims 600 calls as well."""
    case = make_case(INPUTS, years=years)
    x = case.inputs
    contacts = case.pool("All calls", size=constant(calls, "contacts/month") * (x.price / x.price))
    time = case.pool("Hours", size=constant(hours, "hours/month") * (x.price / x.price))
    pools = {contacts: x.chat, time: constant(50, "hours/month")}
    case.benefit("Both", kind="cash saving", annual=x.chat * x.price, pool=pools)
    case.benefit("Calls", kind="cash saving", annual=x.chat * x.price, pool=contacts, claim=x.chat)
    return case


@pytest.mark.parametrize(
    ("calls", "hours", "both", "other"),
    [
        (2000, 80, 1, 1),
        (900, 80, 0.75, 0.75),
        (2000, 20, 0.4, 1),
        (900, 20, 0.4, 0.75),  # the smallest share that its pools leave it, not their product
        (300, 45, 0.25, 0.25),
    ],
)
def test_a_line_on_several_pools_counts_at_the_smallest_share(make_case, calls, hours, both, other):
    """1,200 calls and 50 hours a month are claimed; 600 calls at 8 are 57,600 a year."""
    case = on_two_pools(make_case, calls=calls, hours=hours)
    assert counted(case) == [pytest.approx([57_600 * both] * 3), pytest.approx([57_600 * other] * 3)]
    record = record_of(case.study)
    assert record["lines"][0]["claims"].keys() == {"All calls", "Hours"}
    assert [pool["lines"] for pool in record["pools"]] == [["Both", "Calls"], ["Both"]]


@pytest.mark.parametrize(
    ("calls", "hours", "ending"),
    [
        (2000, 80, ""),
        (2000, 20, " × Share of “Hours” that counts"),
        (900, 80, " × Share of “All calls” that counts"),
        (900, 20, " × smaller of (Share of “All calls” that counts; Share of “Hours” that counts)"),
    ],
)
def test_a_formula_shows_the_shares_that_bind_and_only_these(make_case, calls, hours, ending):
    record = record_of(on_two_pools(make_case, calls=calls, hours=hours).study)
    whole = f"Chats × Cost of a contact × 12 months a year{ending}"
    assert record["lines"][0]["formulas"]["annual"]["words"] == whole


def test_several_pools_take_what_ramp_and_causal_share_leave_of_a_claim(make_case):
    """600 chats × 50 % × 80 % are 240, of 120 in one pool and 160 in the other: a half counts."""
    case = make_case(INPUTS)
    x = case.inputs
    pools = {case.pool("One", size=x.chat / 5): x.chat, case.pool("Other", size=x.chat / 3.75): x.chat}
    shares = {"ramp": x.adoption, "causal_share": x.caused}
    case.benefit("Line", kind="cash saving", annual=x.chat * x.price, pool=pools, **shares)
    assert counted(case) == [pytest.approx([120 * 12 * 8] * 3)]


# Alternatives


def alternatives(make_case, first, second):
    case = make_case(INPUTS)
    x = case.inputs
    case.benefit("Answers by members", kind="freed capacity", annual=x.team * 3, alternative_to=first)
    case.benefit("Fewer contacts", kind="cash saving", annual=x.team * 5, alternative_to=second)
    return case


@pytest.mark.parametrize(
    ("first", "second"),
    [("Fewer contacts", None), (None, "Answers by members"), ("Fewer contacts", "Answers by members")],
)
def test_of_alternatives_the_first_counts_whichever_names_the_other(make_case, first, second):
    case = alternatives(make_case, first, second)
    assert [line.name for line in case.study.ledger.counted] == ["Answers by members"]
    assert case.result.cash_flow.benefits.tolist() == [0, 3000, 3000, 3000]
    (listed,) = record_of(case.study)["not_in_figure"]
    assert listed["name"] == "Fewer contacts"
    assert listed["annual"] == [5000, 5000, 5000]
    assert listed["not_in_figure"] == "An alternative to “Answers by members”, which counts."
    assert listed["id"] == "–"


@pytest.mark.parametrize("name", ["Something else", "Answers by members"])
def test_an_alternative_is_another_line_of_the_case(make_case, name):
    with pytest.raises(CaseError, match=f"is an alternative to '{name}', but no other line is called that"):
        alternatives(make_case, name, None).study.ledger  # noqa: B018


@pytest.mark.parametrize("off", [{"when": "missing"}, {"not_in_figure": "a guess"}])
def test_an_alternative_counts_where_the_other_does_not(make_case, off):
    case = make_case(INPUTS)
    x = case.inputs
    off = {"when": [x.missing]} if "when" in off else off
    annual = x.missing if "when" in off else x.team
    case.benefit("Answers by members", kind="freed capacity", annual=annual, **off)
    case.benefit("Fewer contacts", kind="cash saving", annual=x.team, alternative_to="Answers by members")
    assert [line.name for line in case.study.ledger.counted] == ["Fewer contacts"]


def test_of_three_alternatives_to_one_line_none_counts_beside_it(make_case):
    case = alternatives(make_case, None, "Answers by members")
    case.benefit("Third", kind="margin", annual=case.inputs.team, alternative_to="Answers by members")
    assert [line.name for line in case.study.ledger.counted] == ["Answers by members"]
    assert [line.name for line in case.study.ledger.beside] == ["Fewer contacts", "Third"]


# Ids and steps


def test_counted_lines_are_numbered_by_side_in_the_order_of_the_notebook(make_case):
    case = make_case(INPUTS)
    x = case.inputs
    case.cost("Team", category="people", annual=x.team)
    case.benefit("Beside", kind="margin", annual=x.team, not_in_figure="a guess")
    case.benefit("First", kind="margin", annual=x.team)
    case.cost("Set-up", category="start-up", start=x.setup)
    case.benefit("Off", kind="margin", annual=x.missing, when=[x.missing])
    case.benefit("Second", kind="margin", annual=x.team)
    assert [(line.id, line.name) for line in case.study.ledger.counted] == [
        ("C1", "Team"),
        ("B1", "First"),
        ("C2", "Set-up"),
        ("B2", "Second"),
    ]


def test_two_formulas_can_not_have_one_name(make_case):
    case = make_case(INPUTS)
    x = case.inputs
    case.cost("One", category="people", annual=(x.team * 2).named("Double"))
    case.cost("Other", category="people", annual=(x.team * 3).named("Double"))
    with pytest.raises(CaseError, match="two steps are named 'Double'"):
        case.study.ledger.steps()


def test_one_formula_written_twice_may_have_one_name(make_case):
    case = make_case(INPUTS)
    x = case.inputs
    for name in ("One", "Other"):
        case.cost(name, category="people", annual=(x.team * 2).named("Double"))
    assert [step.label for step in case.study.ledger.steps()] == ["Double"]


def test_a_step_with_a_conversion_of_units_serves_several_lines_and_its_pool(make_case):
    """Chats a month and threads a year add up to 900 a month, in the line, its claim and another line."""
    case = make_case(INPUTS)
    x = case.inputs
    shifted = (x.chat + x.forum).named("Contacts shifted")
    pool = case.pool("All contacts", size=x.contacts)
    case.benefit("Cost", kind="cash saving", annual=shifted * x.price, pool=pool, claim=shifted)
    case.benefit("Time", kind="freed capacity", annual=shifted * x.price)
    assert counted(case) == [pytest.approx([900 * 96] * 3)] * 2
    assert [step.label for step in case.study.ledger.steps()] == [
        "Contacts shifted",
        "Share of “All contacts” that counts",
    ]


# Totals


def test_each_part_of_a_formula_is_worked_out_once(make_case):
    """A step that 30 lines share is computed once for all of them, and so is a Python function."""
    from casebook import computed

    calls = []

    @computed("Counted", unit="share")
    def share(value):
        calls.append(value)
        return value

    case = make_case(INPUTS)
    x = case.inputs
    slow = share(x.adoption)
    for number in range(30):
        case.benefit(f"B{number}", kind="margin", annual=x.team * slow)
    case.study.ledger.totals()
    calls.clear()
    case.study.ledger.totals()
    assert calls == [0.5]


def lines_of_all_kinds(case):
    """Lines with all that a total has to deal with: pools, ramps, years, starts, branches."""
    x = case.inputs
    pool = case.pool("All contacts", size=x.contacts)
    hours = case.pool("Hours", size=x.team * constant(0.1, "hour/currency", currency="USD"))
    for name, claims in (
        ("Chat", {pool: x.chat, hours: x.chat * constant(0.5, "hours/contact")}),
        ("Forum", {pool: x.forum}),
    ):
        case.benefit(
            name,
            kind="cash saving",
            annual=claims[pool] * x.price,
            pool=claims,
            ramp=x.adoption,
            causal_share=x.caused,
            risk=0.2,
        )
    case.benefit("Sold", kind="cash saving", start=x.setup / 2)
    bent = where(
        x.adoption > 0.5, x.team, maximum(x.team / 2, constant(100, "currency/year", currency="USD"))
    )
    case.benefit(
        "Bent",
        kind="margin",
        annual=minimum(bent, constant(5000, "currency/year", currency="USD")) * case.year,
    )
    case.cost("Team", category="people", annual=x.team * [1, 1.5, 2], risk=0.1)
    case.cost("Set-up", category="start-up", start=x.setup, annual=x.setup / constant(10, "year"))
    return case


AMOUNT = st.floats(0, 2000)
SHARE = st.floats(0, 1)
DRAW = st.fixed_dictionaries(
    {
        "contacts": AMOUNT.map(lambda value: [value]),
        "chat": AMOUNT.map(lambda value: [value]),
        "forum": st.lists(AMOUNT, min_size=3, max_size=3),
        "adoption": st.lists(SHARE, min_size=3, max_size=3),
        "caused": SHARE.map(lambda value: [value]),
        "team": AMOUNT.map(lambda value: [value]),
        "setup": AMOUNT.map(lambda value: [value]),
    }
)


def test_totals_of_many_draws_are_those_of_each(make_case):
    """All draws at once against one case after the other, evaluated at plain numbers by hand."""
    ledger = lines_of_all_kinds(make_case(INPUTS)).study.ledger

    @settings(max_examples=60)
    @given(draws=st.lists(DRAW, min_size=1, max_size=6), risk_adjusted=st.booleans())
    def hold(draws, risk_adjusted):
        values = {name: np.array([draw[name] for draw in draws]) for name in draws[0]}
        benefits, costs = ledger.totals(values, risk_adjusted=risk_adjusted)
        for row, draw in enumerate(draws):
            expected = by_hand(draw, risk_adjusted)
            np.testing.assert_allclose(benefits[row], expected[0], rtol=1e-12, atol=1e-9)
            np.testing.assert_allclose(costs[row], expected[1], rtol=1e-12, atol=1e-9)
            alone = ledger.totals({n: np.array(v) for n, v in draw.items()}, risk_adjusted=risk_adjusted)
            np.testing.assert_array_equal(benefits[row], alone[0])
            np.testing.assert_array_equal(costs[row], alone[1])

    hold()


SIGNED = st.lists(st.floats(-1e6, 1e6), min_size=3, max_size=3)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(team=SIGNED, setup=st.floats(-1e6, 1e6), risk=SHARE)
def test_no_risk_makes_a_case_better_in_any_year(make_case, team, setup, risk):
    """A benefit goes down and a cost goes up by the share of its size, whatever the sign of the draw."""
    case = make_case(INPUTS)
    x = case.inputs
    case.benefit("Saved", kind="cash saving", start=x.setup, annual=x.team, risk=risk)
    case.cost("Paid", category="other", start=x.setup, annual=x.team, risk=risk)
    values = {"team": np.array(team), "setup": np.array([setup])}
    plain, adjusted = case.study.ledger.totals(values), case.study.ledger.totals(values, risk_adjusted=True)
    money = np.array([setup, *team])
    assert plain[0].tolist() == plain[1].tolist() == money.tolist()
    np.testing.assert_allclose(adjusted[0], money - risk * np.abs(money))
    np.testing.assert_allclose(adjusted[1], money + risk * np.abs(money))
    assert (adjusted[0] <= plain[0]).all() and (adjusted[1] >= plain[1]).all()


def by_hand(draw, risk_adjusted):
    """Benefits and costs of one draw, without any of the package's arithmetic."""
    kept, raised = (0.8, 1.1) if risk_adjusted else (1, 1)
    setup, team, caused = draw["setup"][0], draw["team"][0], draw["caused"][0]
    benefits, costs = [setup / 2], [setup]
    for year in range(3):
        adoption = draw["adoption"][year]
        claims = [draw["chat"][0] * adoption * caused, draw["forum"][year] / 12 * adoption * caused]
        share = min(1.0, draw["contacts"][0] / sum(claims)) if sum(claims) > draw["contacts"][0] else 1.0
        hours, there = claims[0] * 12 * 0.5, team * 0.1
        chat = claims[0] * min(share, there / hours if hours > there else 1.0)
        bent = team if adoption > 0.5 else max(team / 2, 100)
        benefits.append((chat + claims[1] * share) * 12 * 8 * kept + min(bent, 5000) * (year + 1))
        costs.append(team * (1, 1.5, 2)[year] * raised + setup / 10)
    return benefits, costs


def test_a_case_without_one_side_has_zeros_there(make_case):
    case = make_case(INPUTS)
    case.cost("Team", category="people", annual=case.inputs.team)
    benefits, costs = case.study.ledger.totals()
    assert benefits.tolist() == [0, 0, 0, 0]
    assert costs.tolist() == [0, 1000, 1000, 1000]
