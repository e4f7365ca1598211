"""What findings are worth: each rule's price by hand on a bad case, and what several come to together."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from casebook.analysis.analysis import sample_of
from casebook.analysis.freed_capacity import freed_capacity_of
from casebook.errors import CaseError, InputError
from casebook.schema.reader import read_parameters
from tests.conftest import ROOT, run_template
from tests.review.test_review import (
    COSTS,
    INPUTS,
    SALES,
    SOUND,
    at,
    build,
    calls,
    graded,
    known,
    pooled,
    present,
    retention,
    sales,
    won,
)

PLAN = {"headline": "plan"}
WORTH = present(SALES)
CALLS = [100 * 12 * 8 * adopted for adopted in (0.5, 0.8, 1)]
COST = present([2.3 * 1_000] * 3) + 1.3 * 1_000


def priced(make_case, rule, *benefits, **values):
    """The first finding of a rule on a sound case with changes, priced at likely values."""
    case = build(make_case, *benefits, **{"document": PLAN, **values})
    return next(finding for finding in case.study.findings if finding.rule == rule)


def if_right(finding, change, base):
    """Check that a finding changes the net present value by so much."""
    assert finding.price.kind == "if right"
    assert finding.price.amount == pytest.approx(change)
    assert finding.price.net_present_value == pytest.approx(base + change)
    assert finding.price.loss == pytest.approx(max(0, -change))


# If right


def test_freed_capacity_is_worth_nothing_where_no_time_is_released(make_case):
    finding = priced(
        make_case, "freed-capacity-as-cash", lambda case, x: sales(case, x, kind="freed capacity")
    )
    if_right(finding, -WORTH, at())
    assert finding.price.words == f"−{Words.money_about(WORTH)}"


def test_freed_capacity_at_the_share_that_is_released(make_case):
    declared = INPUTS + "  released: {label: Released, unit: share, role: released share, optional: true}\n"
    finding = priced(
        make_case,
        "freed-capacity-as-cash",
        lambda case, x: sales(case, x, kind="freed capacity"),
        declared=declared,
        inputs={"released": known(0.4, 0.3, 0.5)},
    )
    if_right(finding, -0.6 * WORTH, at())


@pytest.mark.parametrize("headline", ["expected", "plan", "risk-adjusted"])
def test_freed_capacity_is_worth_what_its_own_table_says(make_case, headline):
    declared = INPUTS + "  released: {label: Released, unit: share, role: released share, optional: true}\n"
    case = build(
        make_case,
        lambda case, x: sales(case, x, kind="freed capacity", risk=0.2),
        declared=declared,
        inputs={"released": known([0.1, 0.3, 0.4], [0, 0.2, 0.3], [0.2, 0.4, 0.5])},
        document={"headline": headline},
    )
    (finding,) = (each for each in case.study.findings if each.rule == "freed-capacity-as-cash")
    released = freed_capacity_of(case.study).released
    prefix = {"plan": "", "expected": "expected_", "risk-adjusted": "risk_adjusted_"}[headline]
    worth = getattr(released, f"{prefix}net_present_value")
    assert finding.price.net_present_value == pytest.approx(worth)


def test_overlapping_benefits_with_the_larger_line_alone(make_case):
    """40 % and 30 % of the calls, 9,600 a year in all: the smaller line goes."""
    finding = priced(make_case, "overlapping-benefits", pooled(0.4, 0.3))
    if_right(finding, -present([9_600 * 0.3] * 3), present([9_600 * 0.7] * 3) - COST)


def test_the_larger_line_alone_has_the_pool_to_itself(make_case):
    """Of 90 % and 60 % claimed two thirds count; 90 % alone counts in full: 0.9 instead of 1."""
    finding = priced(make_case, "overlapping-benefits", pooled(0.9, 0.6))
    if_right(finding, -present([9_600 * 0.1] * 3), present([9_600] * 3) - COST)


def test_retention_beside_lifetime_value_without_the_smaller(make_case):
    def both(case, x):
        retention(case, x)
        case.benefit("Lifetime", kind="margin", annual=won(case, x) * x.lifetime * x.margin, ramp=0.5)

    case = build(make_case, both, document=PLAN)
    (finding,) = (each for each in case.study.findings if each.rule == "retention-and-lifetime-value")
    smaller = min(
        present(line.flow(3)[1:]) for line in case.study.ledger.of("benefit") if line.name != "Sales"
    )
    if_right(finding, -smaller, case.study.returns.net_present_value)


def test_a_long_horizon_is_cut_to_five_years(make_case):
    """A full benefit of 5,600 in year 6, less the yearly costs of that year, discounted."""
    adoption = known([0.5, 0.8, 1, 1, 1, 1], [0.4, 0.7, 0.9, 0.9, 0.9, 0.9], [0.6, 0.9, 1, 1, 1, 1])
    finding = priced(make_case, "long-horizon", years=6, inputs={"adoption": adoption})
    flows = [5_600 * share for share in (0.5, 0.8, 1, 1, 1, 1)]
    base = present(flows) - present([2_300] * 6) - 1_300
    if_right(finding, -(5_600 - 2_300) / 1.1**6, base)


@pytest.mark.parametrize(("rate", "usual"), [("1%", 0.03), ("30%", 0.25)])
def test_an_unusual_discount_rate_is_replaced_by_the_nearest_usual_one(make_case, rate, usual):
    def worth(rate):
        return present(SALES, rate) - present([2_300] * 3, rate) - 1_300

    given = float(rate[:-1]) / 100
    finding = priced(make_case, "unusual-discount-rate", discount_rate=rate)
    if_right(finding, worth(usual) - worth(given), worth(given))


def test_an_uplift_over_those_touched_alone(make_case):
    """150 contacts a month are 1,800 a year; 2,000 are uplifted in year 3 alone: 1,000, 1,600, 2,000."""
    finding = priced(make_case, "uplift-over-untouched", inputs={"mentions": known(150, 140, 160)})
    if_right(finding, -5_600 * (1 - 1_800 / 2_000) / 1.1**3, at())


def test_an_uplift_over_those_touched_in_every_draw(make_case):
    case = build(make_case, inputs={"mentions": known(100, 60, 150)})
    (finding,) = (each for each in case.study.findings if each.rule == "uplift-over-untouched")
    declared = {name: (each["low"], each["high"]) for name, each in SOUND.items()}
    assert declared["customers"] == (9_500, 10_500)  # all of them vary
    draws = _draws(case, more=["mentions"])
    spread = draws["customers"] * draws["influenced"] * draws["adoption"]
    uplifted = np.minimum(spread, 12 * draws["mentions"])
    each = draws["spend"] * draws["uplift"] * draws["margin"] * draws["caused"]
    rate = 1.1 ** np.arange(1, 4)
    lost = (((uplifted - spread) * each) / rate).sum(axis=1).mean()
    assert finding.price.amount == pytest.approx(lost)
    assert finding.price.net_present_value == pytest.approx(
        case.study.analysis.simulation.net_present_value.mean + lost
    )


def _draws(case, more=()):
    """The values of the simulated draws, with those of inputs on which no line rests."""
    study = case.study
    draws = sample_of(study).values(0, 10_000)
    for name in more:
        line = replace(study.lines[0], annual=study.lines[0].annual * getattr(study.inputs, name))
        draws[name] = sample_of(replace(study, lines=(line,))).values(0, 10_000)[name]
    return draws


def test_the_untouched_customers_of_the_airline():
    """22 million customers × 10 %, ramped up, against 30,000 mentions a month."""
    study = run_template(read_parameters(ROOT / "params" / "airline-three-years.yaml")).study
    value = {name: given.value for name, given in study.parameters.inputs.items()}
    ramp = np.array(value["adoption"])
    spread = value["customers"] * value["share_influenced"] * ramp
    uplifted = np.minimum(spread, 12 * value["mentions"])
    each = value["average_spend"] * value["spend_uplift"] * value["gross_margin"] * value["causal_share"]
    lost = present((uplifted - spread) * each, study.parameters.discount_rate)
    assert study.objection.finding.rule == "uplift-over-untouched"
    worth = study.objection.result.net_present_value
    assert float(worth) == pytest.approx(float(study.result.net_present_value) + lost)
    assert float(worth) < -4_000_000


def test_no_ramp_is_priced_at_the_ramp_of_another_line(make_case):
    def abrupt(case, x):
        sales(case, x)
        calls(case, x, ramp=None)

    finding = priced(make_case, "no-ramp", abrupt)
    base = at() + present([9_600] * 3)
    if_right(finding, present(CALLS) - present([9_600] * 3), base)


# In the figure


def test_what_the_cap_of_a_pool_took_off(make_case):
    """150 % of the calls are claimed, and 100 % counted."""
    finding = priced(make_case, "claim-over-pool", pooled(0.9, 0.6))
    assert (finding.price.kind, finding.price.words) == ("in the figure", "already in the figure")
    assert finding.price.amount == pytest.approx(present([9_600 * 0.5] * 3))
    assert finding.price.loss == 0


def test_a_loss_among_the_benefits_is_in_the_figure(make_case):
    def lines(case, x):
        sales(case, x)
        case.benefit("Moved", kind="cash saving", annual=x.running * [2, -1, 3])

    finding = priced(make_case, "negative-benefit", lines)
    assert (finding.price.kind, finding.price.amount) == ("in the figure", pytest.approx(1_000 / 1.21))


@pytest.mark.parametrize("headline", ["plan", "expected"])
def test_a_likely_loss_at_the_expected_value(make_case, headline):
    """Where the expected value leads, what the plan promises beyond it has been taken off already."""
    tight = {"uplift": known(0.1, 0.05, 0.105), "running": known(1_550, 1_500, 1_600)}
    case = build(make_case, inputs=tight, document={"headline": headline})
    found = [each for each in case.study.findings if each.rule == "loss-more-likely-than-gain"]
    expected = case.study.analysis.simulation.net_present_value.mean
    if headline == "plan":
        if_right(found[0], expected - at(running=1_550), at(running=1_550))
    else:
        assert expected < 0 and found == []


# At the adverse percentile


def test_an_influential_assumption_at_its_adverse_percentile(make_case):
    finding = priced(make_case, "assumption-among-most-influential", inputs=graded("caused", "assumption"))
    assert (finding.price.kind, finding.price.value, finding.price.unit) == ("adverse", 0.6, "share")
    assert finding.price.net_present_value == pytest.approx(at(caused=0.6))
    assert finding.price.amount == pytest.approx(at(caused=0.6) - at())
    assert finding.price.words.endswith(" at 60%")


def test_what_costs_more_is_adverse_at_its_95th_percentile(make_case):
    running = known(1_000, 500, 1_500, evidence="assumption")
    finding = priced(make_case, "assumption-among-most-influential", inputs={"running": running})
    assert finding.price.value == 1_500
    assert finding.price.amount == pytest.approx(at(running=1_500) - at())


def test_an_assumption_without_a_range_breaks_even_somewhere(make_case):
    caused = {"value": 0.7, "evidence": "assumption"}
    finding = priced(make_case, "assumption-among-most-influential", inputs={"caused": caused})
    assert finding.price.kind == "break-even"
    assert finding.price.value == pytest.approx(0.7 * COST / WORTH)


def test_a_dominant_input_at_its_adverse_percentile(make_case):
    finding = priced(make_case, "one-input-dominates", inputs=graded("spend", "benchmark"))
    assert finding.price.amount == pytest.approx(at(spend=95) - at())


def test_a_causal_share_at_its_adverse_percentile(make_case):
    finding = priced(make_case, "causal-share-unquestioned", inputs={"caused": known(1, 0.9, 1)})
    assert finding.price.net_present_value == pytest.approx(at(caused=0.9))


def test_without_a_causal_share_the_share_of_the_line_that_breaks_even(make_case):
    finding = priced(make_case, "causal-share-unquestioned", lambda c, x: sales(c, x, causal_share=None))
    assert (finding.price.kind, finding.price.unit) == ("break-even", "share")
    assert finding.price.value == pytest.approx(COST / (WORTH / 0.7))


def test_at_an_adverse_percentile_the_other_inputs_are_drawn(make_case):
    """In the measure of the headline, that of a case in which the input is certain."""
    case = build(make_case, inputs=graded("caused", "assumption"))
    (finding,) = (f for f in case.study.findings if f.rule == "assumption-among-most-influential")
    draws = _draws(case)
    yearly = np.ones((10_000, 1))
    for name in ("customers", "influenced", "spend", "uplift", "margin"):
        yearly = yearly * draws[name]
    gains = (yearly * draws["adoption"] * 0.6 / 1.1 ** np.arange(1, 4)).sum(axis=1)
    costs = 2.3 * draws["running"][:, 0] * present([1, 1, 1]) + 1.3 * draws["setup"][:, 0]
    assert finding.price.net_present_value == pytest.approx((gains - costs).mean())


# Break-even


def test_the_margin_that_breaks_even(make_case):
    finding = priced(make_case, "gains-at-revenue", inputs={"margin": known(1, 0.9, 1)})
    assert (finding.price.kind, finding.price.unit) == ("break-even", "share")
    even = COST / (WORTH / 0.4)
    assert finding.price.value == pytest.approx(even)
    assert finding.price.words == f"breaks even at {round(100 * even, 1):g}%"


def test_the_margin_that_a_line_without_one_breaks_even_at(make_case):
    def bare(case, x):
        sales(case, x, annual=x.customers * x.influenced * x.spend * x.uplift)

    assert priced(make_case, "gains-at-revenue", bare).price.value == pytest.approx(COST / (WORTH / 0.4))


def test_the_unit_cost_that_breaks_even(make_case):
    finding = priced(make_case, "average-for-marginal-cost", calls)
    even = 8 * COST / present(CALLS)
    assert (finding.price.value, finding.price.unit) == (pytest.approx(even), "currency/contact")
    assert finding.price.words == f"breaks even at ${even:.2f}"


def test_the_present_value_that_a_missing_class_of_cost_may_reach(make_case):
    costs = {name: parts for name, parts in COSTS.items() if name != "training"}
    finding = priced(make_case, "cost-class-missing", costs=costs)
    assert (finding.price.kind, finding.price.amount) == ("break-even", pytest.approx(at() + 200))


def test_a_case_that_loses_has_no_room_for_more_cost(make_case):
    costs = {"people": {"annual": 9}}
    price = priced(make_case, "cost-class-missing", costs=costs).price
    assert (price.amount, price.words) == (0, "leaves no room for it")


def test_the_share_of_the_benefits_that_must_be_real(make_case):
    finding = priced(make_case, "implausible-return", costs={"people": {"annual": 0.1}})
    share = present([100] * 3) / WORTH
    assert finding.price.value == pytest.approx(share)
    assert finding.price.words == f"breaks even at {round(100 * share, 1):g}% of the benefits"


# What rests on it


@pytest.mark.parametrize("rule", ["haircut-and-range", "no-source", "single-point", "no-ramp"])
def test_other_findings_say_what_rests_on_them(make_case, rule):
    def abrupt(case, x):
        sales(case, x, ramp=None, risk=0.2)

    spend = {"value": 100}
    finding = priced(make_case, rule, abrupt, inputs={"spend": spend})
    assert (finding.price.kind, finding.price.amount) == ("rests", finding.stake)
    assert finding.price.words == f"rests on {Words.money_about(finding.stake)}"


class Words:
    """How an amount of under a million is written."""

    @staticmethod
    def money_about(amount):
        return f"${float(f'{amount:.3g}'):,.0f}"


# Together, in part, in order


def bad(make_case, **values):
    """A line of freed time over too many customers, beside two on one pool."""

    def lines(case, x):
        sales(case, x, kind="freed capacity")
        pool = case.pool("All calls", size=x.calls)
        for name, share in (("Chat", 0.4), ("Forum", 0.3)):
            claim = x.calls * share
            calls(case, x, lambda _, name=name: name, annual=claim * x.call_cost, pool=pool, claim=claim)

    return build(make_case, lines, inputs={"mentions": known(150, 140, 160)}, document=PLAN, **values)


def test_what_holds_together_is_lost_once(make_case):
    """The freed time goes as a whole, so that it matters no more how many it was spread over."""
    study = bad(make_case).study
    base, smaller = at() + 0.7 * present(CALLS), 0.3 * present(CALLS)
    joint = study.joint_price
    assert set(joint.rules) == {"freed-capacity-as-cash", "overlapping-benefits", "uplift-over-untouched"}
    assert joint.amount == pytest.approx(-WORTH - smaller)
    assert joint.net_present_value == pytest.approx(base - WORTH - smaller)
    assert -joint.amount < sum(finding.price.loss for finding in study.findings)


def test_one_finding_alone_has_no_joint_price(make_case):
    assert build(make_case, pooled(0.4, 0.3)).study.joint_price is None


def test_an_answer_in_part_leaves_the_rest_open(make_case):
    review = {
        "freed-capacity-as-cash": {
            "answer": "Two of five leave.",
            "covers": "40%",
            "owner": "Head of service",
            "by": "2026-06",
        },
        "overlapping-benefits": "Counted by hand.",
    }
    case = bad(make_case, review=review)
    findings = {finding.rule: finding for finding in case.study.findings}
    partly = findings["freed-capacity-as-cash"]
    assert (partly.is_open, partly.open_share) == (True, pytest.approx(0.6))
    assert partly.open_amount == pytest.approx(-0.6 * WORTH)
    assert not findings["overlapping-benefits"].is_open
    joint = case.study.joint_price
    assert set(joint.rules) == {"freed-capacity-as-cash", "uplift-over-untouched"}
    untouched = findings["uplift-over-untouched"].price.loss
    share = (0.6 * WORTH + untouched) / (WORTH + untouched)
    assert joint.amount == pytest.approx(-WORTH * share)
    (row,) = (row for row in case.review().component.rows if row.cells[0].startswith("Freed"))
    assert "Answer, which covers 40% of it: Two of five leave." in row.cells[1]
    assert "Head of service to settle it by June 2026." in row.cells[1]
    assert row.cells[2] == f"−{Words.money_about(0.6 * WORTH)} open of −{Words.money_about(WORTH)}"


def test_an_owner_without_an_answer_leaves_all_of_it_open(make_case):
    case = bad(make_case, review={"freed-capacity-as-cash": {"owner": "Finance", "by": "2026-03-31"}})
    (finding,) = (each for each in case.study.findings if each.rule == "freed-capacity-as-cash")
    assert (finding.is_open, finding.answer, finding.open_share) == (True, None, 1)
    callout = case.summary().component
    assert "Finance to settle it by March 31, 2026." in str(callout)
    left = Words.money_about(finding.price.net_present_value)
    then = f"at likely values the net present value of the case is then {left}."
    assert f"If it holds: −{Words.money_about(WORTH)}; {then}" in str(callout)


def test_the_most_that_may_be_lost_comes_first(make_case):
    findings = bad(make_case).study.findings
    losses = [finding.price.loss for finding in findings]
    assert losses == sorted(losses, reverse=True)
    rest = [finding.stake for finding in findings if finding.price.loss == 0]
    assert rest == sorted(rest, reverse=True)
    partly = bad(make_case, review={findings[0].rule: {"answer": "Mostly.", "covers": "99%"}}).study
    assert partly.findings[0].rule == findings[1].rule
    assert partly.objection.finding.rule == findings[1].rule


def test_every_rule_has_a_price_of_its_kind(make_case):
    from tests.review.test_review import poor

    for finding in poor(make_case).study.findings:
        assert finding.price.words, finding.rule
        assert np.isfinite([finding.price.amount or 0.0, finding.price.net_present_value or 0.0]).all()


@pytest.mark.parametrize("headline", ["expected", "plan", "risk-adjusted"])
def test_prices_are_in_the_measure_of_the_headline(make_case, headline):
    def freed(case, x):
        sales(case, x, kind="freed capacity", risk=0.2)

    case = build(make_case, freed, document={"headline": headline})
    (finding,) = (each for each in case.study.findings if each.rule == "freed-capacity-as-cash")
    study = case.study
    lost = {
        "expected": study.analysis.simulation.net_present_value.mean + _expected_costs(case),
        "plan": WORTH,
        "risk-adjusted": 0.8 * WORTH,
    }[headline]
    assert finding.price.amount == pytest.approx(-lost)


def _expected_costs(case):
    draws = _draws(case)
    return (2.3 * draws["running"] * present([1, 1, 1]) + 1.3 * draws["setup"]).mean()


def test_the_outlook_as_so_far_is_the_price_of_being_behind():
    study = run_template(read_parameters(ROOT / "params" / "airline-followed-up.yaml")).study
    (finding,) = (each for each in study.findings if each.rule == "behind-plan")
    outlook = study.followed_up.outlooks["as_so_far"].net_present_value
    assert finding.price.amount == pytest.approx(outlook - float(study.result.net_present_value))


# A template's own check

TEAM = """\
checks:
  team: {title: Size of the team, settle: A count., severity: high}
"""


def checked(make_case, needed, **values):
    def lines(case, x):
        sales(case, x)
        case.check(
            "team", planned=x.running, needed=x.running * needed, inputs={"running": x.running * needed}
        )

    return build(make_case, lines, declared=INPUTS + TEAM, document=PLAN, **values)


@pytest.mark.parametrize(("needed", "words"), [(0.8, "a surplus of $200."), (1.25, "a shortfall of $250.")])
def test_a_check_is_a_finding_with_its_price(make_case, needed, words):
    case = checked(make_case, needed)
    (finding,) = case.study.findings
    assert (finding.rule, finding.title, finding.severity) == ("team", "Size of the team", "high")
    assert words in finding.text
    if_right(finding, at(running=1_000 * needed) - at(), at())
    record = case.record().to_json()["review"][0]
    assert (record["rule"], record["price"]["kind"]) == ("team", "if right")


def test_a_small_difference_is_none(make_case):
    assert checked(make_case, 0.97).study.findings == []


def test_a_check_can_be_answered(make_case):
    (finding,) = checked(make_case, 0.8, review={"team": "They train the others."}).study.findings
    assert not finding.is_open
    with pytest.raises(InputError, match="no rule of the review is called 'teem'"):
        checked(make_case, 0.8, review={"teem": "They train the others."})


def test_what_a_check_may_not_be(make_case):
    case = build(make_case, declared=INPUTS + TEAM)
    parts = {"planned": case.inputs.running, "needed": case.inputs.running}
    with pytest.raises(CaseError, match="no check is called 'crew'"):
        case.check("crew", **parts, inputs={})
    with pytest.raises(CaseError, match="changes walking, which"):
        case.check("team", **parts, inputs={"walking": 1})
    case.check("team", **parts, inputs={})
    with pytest.raises(CaseError, match="already exists"):
        case.check("team", **parts, inputs={})
    case.review()
    with pytest.raises(CaseError):
        case.check("team", **parts, inputs={})


# The same figures everywhere


def test_record_and_views_have_the_same_prices(make_case):
    case = bad(make_case)
    record, study = case.record().to_json(), case.study
    shown = [row.cells for row in case.review().component.rows]
    for finding, recorded in zip(study.findings, record["review"], strict=True):
        assert recorded["price"]["words"] == finding.price.words
        assert recorded["price"]["open_amount"] == finding.open_amount
        assert any(cells[-1] == finding.price.words for cells in shown)
    assert record["joint_price"]["amount"] == study.joint_price.amount
    assert shown[-1][2] == f"−{Words.money_about(-study.joint_price.amount)}"
    worth = study.objection.result.net_present_value
    assert record["objection"]["result"]["net_present_value"] == float(worth)
    assert record["objection"]["rule"] == study.objection.finding.rule == study.findings[0].rule
    assert "Objection: freed capacity counted as cash" in case.tornado().component.alt
    scenarios = {row.cells[0]: row.cells[1] for row in case.scenarios().component.rows}
    assert scenarios["Objection: freed capacity counted as cash"] == str(worth)


def test_an_objection_that_is_answered_in_full_is_in_no_chart(make_case):
    rules = ("freed-capacity-as-cash", "overlapping-benefits", "uplift-over-untouched")
    case = bad(make_case, review=dict.fromkeys(rules, "It is known."))
    assert case.study.objection is None
    assert "Objection" not in case.tornado().component.alt
