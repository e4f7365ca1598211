"""What cases of one client lose when they count together, against sums of another kind."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casebook.errors import CaseError
from casebook.portfolio.claims import Claim, Draw
from casebook.portfolio.entry import Entry, EntryOption
from casebook.portfolio.funding import fund
from casebook.portfolio.overlap import benefit_lost, value_lost
from casebook.portfolio.overlap_register import not_comparable, overlaps
from casebook.portfolio.record_scan import Portfolio


def entry(
    kind, *, client="Acme", npv=1_000.0, costs=100.0, years=1, rate=0.0, begins=None, uses=(), others=()
):
    """A case that draws on pools: `uses` are money a year, and of each pool its size and the claim.

    `others` are expected value and costs of options beside doing nothing and the whole.
    """
    claims, draws = {}, []
    for money, pools in uses:
        draws.append(Draw(list(pools), [float(money)] * years))
        for key, (size, claimed) in pools.items():
            before = claims[key].claimed[0] if key in claims else 0.0
            flat = [[float(value)] * years for value in (size, before + claimed)]
            claims[key] = Claim(key, key.capitalize(), "contact/year", *flat)
    return Entry(
        folder=f"{client}-{kind}".lower(),
        kind=kind,
        kind_title=kind,
        client=client,
        currency="USD",
        locale="en_US",
        years=years,
        discount_rate=rate,
        net_present_value=npv,
        benefits=npv + costs,
        costs=costs,
        return_on_investment=None,
        payback_months=None,
        no_payback=None,
        probability_of_loss=None,
        low=None,
        high=None,
        evidence={},
        benefits_by_year=[0.0] * (years + 1),
        costs_by_year=[0.0] * (years + 1),
        at_revenue=False,
        objections=0,
        template="",
        start=None if begins is None else f"{2027 + begins // 12}-{begins % 12 + 1:02d}",
        begins=begins,
        claims=list(claims.values()),
        draws=draws,
        options=[
            EntryOption("nothing", "Do nothing", 0.0, 0.0, 0.0),
            *(EntryOption(f"way-{n}", f"Way {n}", *each, each[1] / 2) for n, each in enumerate(others)),
            EntryOption("whole", "The whole", npv, costs, costs),
        ],
        label=f"{client} {kind}",
    )


def lost_by_hand(cases):
    """The present value that cases of one client lose, year by year in plain arithmetic."""
    total = 0.0
    for year in range(max((case.years for case in cases), default=0)):
        there = [case for case in cases if case.years > year]
        claims = [
            (claim.key, claim.size[year], claim.claimed[year]) for each in there for claim in each.claims
        ]
        share = {}
        for key in {key for key, _, _ in claims}:
            claimed = sum(claim for name, _, claim in claims if name == key)
            size = min((size for name, size, claim in claims if name == key and claim > 0), default=math.inf)
            share[key] = min(1.0, size / claimed) if claimed else 1.0
        for case in there:
            own = {
                claim.key: min(1.0, claim.size[year] / max(claim.claimed[year], 1e-99))
                for claim in case.claims
            }
            for draw in case.draws:
                before = min(own[key] for key in draw.pools)
                part = min(share[key] for key in draw.pools) / before if before else 1.0
                total += draw.money[year] * (1 - part) / (1 + case.discount_rate) ** (year + 1)
    return total


amounts = st.integers(0, 120).map(float)
pools = st.dictionaries(
    st.sampled_from("pqr"), st.tuples(st.integers(1, 150).map(float), amounts), min_size=1
)

others = st.lists(st.tuples(st.integers(-20, 300).map(float), st.integers(0, 60).map(float)), max_size=2)


@st.composite
def clients(draw, most=4):
    """Some cases of two clients, of types that may repeat."""
    cases = []
    for number in range(draw(st.integers(0, most))):
        sizes = draw(pools)
        uses = [(draw(amounts), sizes)]
        if draw(st.booleans()):
            key = draw(st.sampled_from(sorted(sizes)))
            uses.append((draw(amounts), {key: (sizes[key][0], draw(amounts))}))
        cases.append(
            replace(
                entry(
                    draw(st.sampled_from(["care", "web", "forum"])),
                    client=draw(st.sampled_from(["Acme", "Other"])),
                    npv=float(draw(st.integers(-20, 300))),
                    costs=float(draw(st.integers(0, 60))),
                    years=draw(st.integers(1, 3)),
                    rate=draw(st.sampled_from([0.0, 0.1])),
                    uses=uses,
                    others=draw(others),
                ),
                folder=str(number),
            )
        )
    return cases


@given(clients())
def test_the_loss_is_that_of_plain_sums_and_a_further_case_never_lowers_it(cases):
    by_hand = sum(lost_by_hand([c for c in cases if c.client == client]) for client in ("Acme", "Other"))
    assert value_lost(cases) == pytest.approx(by_hand, abs=1e-6)
    for case, lost in zip(cases, benefit_lost(cases), strict=True):
        money = np.sum([draw.money for draw in case.draws], axis=0)
        assert (lost >= -1e-9).all() and (lost <= money + 1e-9).all()
    for fewer in itertools.combinations(cases, max(len(cases) - 1, 0)):
        assert value_lost(fewer) <= value_lost(cases) + 1e-9


def every_choice(cases, budget):
    """What each set within the budget is worth, the best first: one option a case, one of alternatives."""
    ways = [
        [None, *((case, each) for each in case.options if each.expected_net_present_value > 0)]
        for case in cases
    ]
    found = []
    for some in itertools.product(*ways):
        chosen = [pair for pair in some if pair]
        names = [(case.client, case.kind) for case, _ in chosen]
        if len(set(names)) == len(names) and sum(option.costs for _, option in chosen) <= budget:
            lost = sum(
                lost_by_hand([case for case, _ in chosen if case.client == name])
                for name in ("Acme", "Other")
            )
            found.append(sum(option.expected_net_present_value for _, option in chosen) - lost)
    return sorted(found, reverse=True)


@settings(max_examples=40)
@given(clients(most=5).filter(bool), st.floats(0, 1.2))
def test_the_choice_and_the_runner_up_are_those_of_brute_force(cases, share):
    budget = round(sum(case.costs for case in cases) * share)
    funding = fund(Portfolio(tuple(cases), (), ()), str(budget))
    best = every_choice(cases, budget)
    assert [choice.value for choice in funding.choices] == pytest.approx(best[:2], abs=1e-6)
    for choice in funding.choices:
        options = [option for _, option in funding.chosen(choice)]
        assert "nothing" not in {option.key for option in options}
        assert choice.cost == pytest.approx(sum(option.costs for option in options))
        assert choice.cost <= budget + 1e-6
        worth = sum(option.expected_net_present_value for option in options) - funding.overlap(choice)
        assert choice.value == pytest.approx(worth, abs=1e-6)


def test_a_smaller_option_makes_room_for_another_case():
    """Of 100 the whole of one case takes 90 for 200; a part of it, 50 for 150, leaves room for 50 more."""
    one = entry("care", npv=200.0, costs=90.0, others=[(150.0, 50.0)])
    two = entry("web", npv=80.0, costs=50.0)
    funding = fund(Portfolio((one, two), (), ()), "100")
    best, second = funding.choices
    assert [option.key for _, option in funding.chosen(best)] == ["way-0", "whole"]
    assert (best.value, best.cost, funding.approve_now(best)) == (230, 100, 75)
    assert [option.key for _, option in funding.chosen(second)] == ["whole"]


def test_options_of_cases_that_overlap_lose_what_the_wholes_lose():
    """Two cases claim 80 and 70 of 100: a third of 900 and of 600 goes, whichever options are taken."""
    one = entry("care", npv=900.0, costs=90.0, uses=[(900, {"p": (100, 80)})], others=[(850.0, 30.0)])
    two = entry("web", npv=600.0, costs=70.0, uses=[(600, {"p": (100, 70)})])
    best = fund(Portfolio((one, two), (), ()), "100").choices[0]
    assert (best.value, best.cost) == (pytest.approx(850 + 600 - 300 - 200), 100)
    assert fund(Portfolio((one, two), (), ()), "80").choices[0].value == 850


def test_an_example_worked_by_hand():
    """100 contacts. Year 1: 80 + 70 claimed, so two thirds count; year 2: one case alone.

    The first loses 8,000 ÷ 3, the second 3,500 ÷ 3 ÷ 1.25. Of what counts then, 53⅓ and 46⅔, the first may
    mean all of the second; one of its contacts earns 100.
    """
    one = entry("care", years=2, uses=[(8_000, {"p": (100, 80)})])
    two = entry("web", rate=0.25, uses=[(3_500, {"p": (100, 70)})])
    assert [list(lost) for lost in benefit_lost([one, two])] == [
        pytest.approx([8_000 / 3, 0]),
        pytest.approx([3_500 / 3]),
    ]
    assert value_lost([one, two]) == pytest.approx(3_600)
    [overlap] = overlaps([one, two])
    assert (overlap.claimed, overlap.size, overlap.when) == (150, 100, "year 1")
    assert overlap.lost == pytest.approx(3_600)
    assert overlap.at_most_twice == pytest.approx(140 / 3)
    assert overlap.at_most_worth == pytest.approx(14_000 / 3)


def test_by_the_calendar_only_common_months_count():
    """From July to December both claim, 140 of 100: two sevenths of half a year's money go."""
    one = entry("care", begins=0, uses=[(1_400, {"p": (100, 80)})])
    two = entry("web", begins=6, uses=[(700, {"p": (100, 60)})])
    lost = benefit_lost([one, two])
    assert [float(each[0]) for each in lost] == pytest.approx([200, 100])
    assert overlaps([one, two])[0].when == "2027-07"
    later = entry("web", begins=12, uses=[(700, {"p": (100, 60)})])
    assert (value_lost([one, later]), overlaps([one, later])) == (0, [])


def test_what_a_case_has_capped_itself_is_not_taken_off_again():
    """One case claims 150 of 100 and counts two thirds; with 50 more a half counts: a quarter goes."""
    one = entry("care", uses=[(900, {"p": (100, 150)})])
    two = entry("web", uses=[(300, {"p": (100, 50)})])
    assert [float(each[0]) for each in benefit_lost([one, two])] == pytest.approx([225, 150])


def test_a_line_of_several_pools_counts_at_the_smallest_share():
    one = entry("care", uses=[(1_000, {"p": (100, 50), "q": (10, 8)})])
    two = entry("web", uses=[(100, {"p": (100, 75)}), (10, {"q": (10, 8)})])
    assert [float(each[0]) for each in benefit_lost([one, two])] == pytest.approx([375, 20 + 3.75])
    [first, second] = overlaps([one, two])
    assert [(each.key, round(each.lost, 9)) for each in (first, second)] == [("q", 378.75), ("p", 20)]


def test_of_different_sizes_the_smallest_counts_if_its_case_claims():
    one = entry("care", uses=[(100, {"p": (100, 50)})])
    assert value_lost([one, entry("web", uses=[(100, {"p": (80, 50)})])]) == pytest.approx(40)
    assert value_lost([one, entry("web", uses=[(0, {"p": (10, 0)})])]) == 0


def test_claims_within_the_pool_take_nothing_off_and_may_be_the_same():
    """40 and 30 of 100: at most 30 twice, of which the dearer money, 2 each, goes."""
    one = entry("care", uses=[(40, {"p": (100, 40)})])
    two = entry("web", uses=[(60, {"p": (100, 30)})])
    [overlap] = overlaps([one, two])
    assert (overlap.lost, overlap.at_most_twice, overlap.at_most_worth) == (0, 30, pytest.approx(60))


def test_other_clients_currencies_and_units_stay_as_they_are():
    one = entry("care", uses=[(100, {"p": (100, 80)})])
    two = entry("web", uses=[(100, {"p": (100, 80)})])
    in_euros = replace(two, currency="EUR")
    in_people = replace(two, claims=[replace(two.claims[0], unit="person")])
    elsewhere = replace(two, client="Other")
    for other in (in_euros, in_people, elsewhere):
        assert (value_lost([one, other]), overlaps([one, other])) == (0, [])
    assert "in different units (contact/year, person)" in not_comparable([one, in_people])[0]
    assert not_comparable([one, in_euros]) == not_comparable([one, elsewhere]) == []


def test_too_many_combinations_are_refused_and_alternatives_are_few():
    uses = [(100, {"p": (100, 80)})]
    cases = [replace(entry(f"type {n}", uses=uses), folder=str(n)) for n in range(11)]
    with pytest.raises(CaseError, match="Acme has 11 cases that overlap"):
        fund(Portfolio(tuple(cases), (), ()), "500")
    others = [(900.0, 50.0)] * 6
    rich = [replace(entry(f"type {n}", uses=uses, others=others), folder=str(n)) for n in range(6)]
    with pytest.raises(CaseError, match="Acme has 6 cases that overlap"):
        fund(Portfolio(tuple(rich), (), ()), "500")
    alternatives = [replace(entry("type", uses=uses), folder=str(n)) for n in range(40)]
    assert len(fund(Portfolio((*alternatives, *cases[:4]), (), ()), "500").choices) == 2
