"""The sceptic's review: where each rule speaks, where it is silent, and whether its numbers are right."""

from __future__ import annotations

import re

import pytest

from casebook import minimum
from casebook.review.review import RULES
from casebook.schema.inputs import EXAMPLE_SOURCE
from casebook.schema.reader import read_parameters
from casebook.schema.review_rules import RULE_IDS
from tests.conftest import ROOT, run_template

INPUTS = """\
title: Example
inputs:
  customers: {label: Customers, unit: customers, role: population, example: 1}
  spend: {label: Spend of a customer, unit: currency/customer/year, bounds: [0, null], example: 1}
  margin: {label: Contribution margin, unit: share, role: margin, example: 1}
  influenced: {label: Customers influenced, unit: share, role: share influenced, example: 1}
  uplift: {label: Extra spend, unit: share, example: 1}
  caused: {label: Share caused, unit: share, role: causal share, example: 1}
  adoption: {label: Adoption, unit: share, role: ramp, example: 1}
  mentions: {label: Mentions, unit: contacts/month, bounds: [0, null], example: 1}
  calls: {label: Calls, unit: contacts/month, bounds: [0, null], example: 1}
  call_cost: {label: Cost of a call, unit: currency/contact, bounds: [0, 99], role: average cost, example: 1}
  kept: {label: Customers kept, unit: customers/year, bounds: [0, null], role: retention, example: 1}
  lifetime: {label: Worth, unit: currency/customer, bounds: [0, 9999], role: lifetime value, example: 1}
  running: {label: Running cost, unit: currency/year, bounds: [0, null], example: 1}
  setup: {label: Cost of the start, unit: currency, bounds: [0, null], example: 1}
"""

SOURCE = {"source": "Annual report 2025, p. 7", "evidence": "stated"}


def known(value, low, high, **more):
    """An input as a finance director likes it: with a range, a source and a grade."""
    return {"value": value, "low": low, "high": high, **SOURCE, **more}


SOUND = {
    "customers": known(10_000, 9_500, 10_500),
    "spend": known(100, 95, 105),
    "margin": known(0.4, 0.36, 0.44),
    "influenced": known(0.2, 0.18, 0.22),
    "uplift": known(0.1, 0.09, 0.11),
    "caused": known(0.7, 0.6, 0.8),
    "adoption": known([0.5, 0.8, 1.0], [0.45, 0.7, 0.9], [0.55, 0.9, 1.0]),
    "mentions": known(1_000, 900, 1_100),
    "calls": known(100, 90, 110),
    "call_cost": known(8, 7, 9),
    "kept": known(20, 18, 22),
    "lifetime": known(300, 250, 350),
    "running": known(1_000, 900, 1_200),
    "setup": known(1_000, 900, 1_200),
}

COSTS = {
    "people": {"annual": 1.5},
    "technology": {"annual": 0.5},
    "content": {"annual": 0.3},
    "start-up": {"start": 1.0},
    "training": {"start": 0.2},
    "change": {"start": 0.1},
}
"""A cost of each class, in parts of the inputs `running` and `setup`."""


def present(flows, rate=0.1):
    """The present value of the amounts of years 1, 2, …"""
    return sum(flow / (1 + rate) ** year for year, flow in enumerate(flows, 1))


SALES = [10_000 * 0.2 * 100 * 0.1 * 0.4 * 0.7 * adopted for adopted in (0.5, 0.8, 1)]


class Names:
    """The inputs of a case by the names of `INPUTS`, whatever they are called in it."""

    def __init__(self, case, names):
        self._case, self._names = case, names

    def __getattr__(self, name):
        return getattr(self._case.inputs, self._names.get(name, name))


def sales(case, x, title=str, **changes):
    """The benefit of a sound case: extra spend at margin, with ramp and causal share, of those touched."""
    given = {
        "kind": "margin",
        "annual": x.customers * x.influenced * x.spend * x.uplift * x.margin,
        "ramp": x.adoption,
        "causal_share": x.caused,
        "touched": x.mentions,
        **changes,
    }
    case.benefit(title("Sales"), **given)


def build(
    make_case, *benefits, inputs=None, costs=COSTS, risk=0, declared=INPUTS, names=None, title=str, **values
):
    """A sound case with changes: `benefits` are functions of (case, x) that add lines, else `sales`."""
    names = names or {}
    changed = {**SOUND, **(inputs or {})}
    given = {names.get(name, name): value for name, value in changed.items() if value is not None}
    case = make_case(declared, inputs=given, **values)
    x = Names(case, names)
    for add in benefits or (sales,):
        add(case, x) if title is str else add(case, x, title)
    for category, amounts in costs.items():
        parts = {"annual": x.running, "start": x.setup}
        money = {key: parts[key] * factor for key, factor in amounts.items()}
        case.cost(title(category.capitalize()), category=category, risk=risk, **money)
    return case


def found(case, rule):
    """The findings of one rule: (about, text) of each."""
    return [(finding.about, finding.text) for finding in case.study.findings if finding.rule == rule]


def texts(case, rule):
    return [text for _, text in found(case, rule)]


def raised(case):
    return {finding.rule for finding in case.study.findings}


def test_the_rules_are_those_that_a_parameter_file_may_answer():
    assert tuple(rule.id for rule in RULES) == RULE_IDS


def test_a_sound_case_raises_nothing(make_case):
    """The negative of every rule at once: each of them looked and had nothing to say."""
    assert build(make_case).study.findings == []


def test_all_rules_can_be_raised_at_once_but_those_that_exclude_each_other(make_case):
    beside = {"loss-more-likely-than-gain", "behind-plan", "rows-set-aside"}  # no data: none left out
    assert raised(poor(make_case)) == set(RULE_IDS) - beside


# gains-at-revenue


def test_a_margin_of_all_is_revenue(make_case):
    case = build(make_case, inputs={"margin": known(1, 0.9, 1)})
    worth = present(SALES) / 0.4
    nothing, all_of_it = at(margin=0), at(margin=1)
    even = 100 * nothing / (nothing - all_of_it)
    assert found(case, "gains-at-revenue") == [
        (
            "Contribution margin",
            f"Contribution margin is set to 100%, so benefits of ${worth:,.0f} (present value) are "
            "revenue, before the cost of what is sold. At the client's own margin they are lower in "
            f"proportion. At {even:.1f}% the net present value is zero.",
        )
    ]


def test_a_margin_line_without_a_margin_may_be_revenue(make_case):
    def bare(case, x):
        sales(case, x, annual=x.customers * x.influenced * x.spend * x.uplift)

    worth = present(SALES) / 0.4
    assert found(build(make_case, bare), "gains-at-revenue") == [
        (
            "Sales",
            f"“Sales” counts ${worth:,.0f} (present value) as margin, but no contribution margin stands in "
            "its formula. It may be revenue.",
        )
    ]


@pytest.mark.parametrize("kind", ["cash saving", "avoided cost", "freed capacity"])
def test_what_is_no_margin_needs_none(make_case, kind):
    def bare(case, x):
        sales(case, x, kind=kind, annual=x.customers * x.influenced * x.spend * x.uplift)

    assert found(build(make_case, bare), "gains-at-revenue") == []


def test_a_margin_below_all_in_any_year_is_a_margin(make_case):
    margin = known([1, 1, 0.9], [0.9, 0.9, 0.8], [1, 1, 1])
    assert found(build(make_case, inputs={"margin": margin}), "gains-at-revenue") == []


# freed-capacity-as-cash


def test_freed_time_is_not_cash(make_case):
    case = build(make_case, lambda case, x: sales(case, x, kind="freed capacity"))
    assert texts(case, "freed-capacity-as-cash") == [
        f"“Sales” counts freed time as money: ${present(SALES):,.0f} (present value). Time becomes cash only "
        "where people leave or are not hired."
    ]
    cash = build(make_case, lambda case, x: sales(case, x, kind="cash saving"))
    assert texts(cash, "freed-capacity-as-cash") == []


# average-for-marginal-cost


def calls(case, x, title=str, **changes):
    given = {"kind": "cash saving", "annual": x.calls * x.call_cost, "ramp": x.adoption, **changes}
    case.benefit(title("Calls"), **given)


def test_an_average_cost_is_no_marginal_one(make_case):
    worth = present([100 * 12 * 8 * adopted for adopted in (0.5, 0.8, 1)])
    assert found(build(make_case, calls), "average-for-marginal-cost") == [
        (
            "Cost of a call",
            "Cost of a call is an average: it includes fixed cost, which does not fall when one unit goes "
            f"away. Benefits of ${worth:,.0f} (present value) rest on it.",
        )
    ]
    marginal = INPUTS.replace("role: average cost, ", "")
    assert texts(build(make_case, calls, declared=marginal), "average-for-marginal-cost") == []


def test_an_average_that_only_costs_rest_on_is_no_objection(make_case):
    case = build(make_case)
    case.cost("Answers", category="other", annual=case.inputs.calls * case.inputs.call_cost)
    assert texts(case, "average-for-marginal-cost") == []


# negative-benefit


@pytest.mark.parametrize(
    ("start", "by_year", "when", "lost"),
    [
        (0, [2, -1, 3], "in year 2", 1_000 / 1.21),
        (-1, [2, 2, 2], "at the start", 1_000),
        (-1, [-1, -1, 9], "at the start and in years 1 and 2", 1_000 + 1_000 / 1.1 + 1_000 / 1.21),
        (0, [-1, 0, 0], "in year 1", 1_000 / 1.1),
    ],
)
def test_a_benefit_below_zero_is_told_with_when_and_how_much(make_case, start, by_year, when, lost):
    def lines(case, x):
        sales(case, x)
        case.benefit("Moved", kind="cash saving", start=start * x.setup, annual=x.running * by_year)

    case = build(make_case, lines)
    (about, text), money = found(case, "negative-benefit")[0], case.formatter.money(lost)
    assert (about, len(found(case, "negative-benefit"))) == ("Moved", 1)
    assert text.startswith(f"“Moved” loses {money} (present value) {when}. ")
    stake = next(f.stake for f in case.study.findings if f.rule == "negative-benefit")
    assert stake == pytest.approx(lost)


def test_a_loss_outside_the_figure_is_no_finding(make_case):
    def lines(case, x):
        sales(case, x)
        case.benefit("Moved", kind="cash saving", start=-1 * x.setup, not_in_figure="A guess.")

    assert texts(build(make_case, lines), "negative-benefit") == []


# haircut-and-range


def test_one_line_with_haircut_and_range(make_case):
    case = build(make_case, lambda case, x: sales(case, x, risk=0.2))
    assert texts(case, "haircut-and-range") == [
        "“Sales” carries a risk adjustment and rests on inputs with a range. Read either the risk-adjusted "
        "figures or the ranges: together they count the same risk twice."
    ]


def test_several_lines_with_haircut_and_range(make_case):
    case = build(make_case, lambda case, x: sales(case, x, risk=0.2), risk=0.1)
    assert texts(case, "haircut-and-range")[0].startswith(
        "“Sales”, “People”, “Technology”, “Content” and 3 more carry a risk adjustment and rest on inputs"
    )


def test_a_haircut_on_single_points_counts_nothing_twice(make_case):
    points = {name: {**value, "low": None, "high": None} for name, value in SOUND.items()}
    points = {name: {"value": value["value"], **SOURCE} for name, value in points.items()}
    case = build(make_case, lambda case, x: sales(case, x, risk=0.2), inputs=points)
    assert texts(case, "haircut-and-range") == []


# no-ramp


@pytest.mark.parametrize("ramp", [None, [1, 1, 1], "input"])
def test_a_full_benefit_from_the_first_year(make_case, ramp):
    def abrupt(case, x):
        sales(case, x, ramp=x.adoption if ramp == "input" else ramp)

    full = known([1, 1, 1], [0.9, 0.9, 0.9], [1, 1, 1])
    assert found(build(make_case, abrupt, inputs={"adoption": full}), "no-ramp") == [
        ("Sales", "“Sales” brings its full $5,600 in the first year, without ramp-up.")
    ]


def test_a_ramp_may_stand_inside_the_formula(make_case):
    def inside(case, x):
        annual = x.customers * x.influenced * x.spend * x.uplift * x.margin * x.adoption
        sales(case, x, annual=annual, ramp=None)

    assert texts(build(make_case, inside), "no-ramp") == []


RISING = {
    "a share": ("influenced", known([0.1, 0.15, 0.2], [0.09, 0.14, 0.18], [0.11, 0.16, 0.22])),
    "a number": ("customers", known([5_000, 8_000, 10_000], [4_000, 7_000, 9_000], [6_000, 9_000, 11_000])),
    "hardly": ("customers", known([9_500, 9_800, 10_000], [9_000] * 3, [11_000] * 3)),
    "falling": ("customers", known([10_000, 8_000, 5_000], [4_000] * 3, [11_000] * 3)),
    "a price": ("spend", known([80, 90, 100], [70, 80, 90], [90, 100, 110])),
}


@pytest.mark.parametrize(
    ("kind", "objected"),
    [("a share", False), ("a number", False), ("hardly", True), ("falling", True), ("a price", True)],
)
def test_a_benefit_that_rises_by_its_own_list_needs_no_ramp(make_case, kind, objected):
    """What is sold may build up by its own numbers; a price that rises is no build-up."""
    name, value = RISING[kind]
    case = build(make_case, lambda case, x: sales(case, x, ramp=None), inputs={name: value})
    assert bool(texts(case, "no-ramp")) == objected


def test_a_list_in_the_notebook_is_a_ramp_too(make_case):
    def listed(case, x):
        case.benefit("Savings", kind="cash saving", annual=x.running * [5, 8, 10])

    assert texts(build(make_case, listed), "no-ramp") == []


@pytest.mark.parametrize(("month", "objected"), [(7, False), (1, True)])
def test_a_formula_may_say_from_which_month_of_the_case_a_benefit_counts(make_case, month, objected):
    """Month 7 leaves half of year 1; month 1 leaves all of it."""

    def from_a_month_on(case, x):
        live = minimum(1, case.year - (month - 1) / 12)
        case.benefit("Savings", kind="cash saving", annual=x.running * live)

    assert bool(texts(build(make_case, from_a_month_on), "no-ramp")) == objected


def test_money_at_the_start_needs_no_ramp(make_case):
    def sold(case, x):
        sales(case, x)
        case.benefit("Old machines sold", kind="cash saving", start=x.setup)

    assert texts(build(make_case, sold), "no-ramp") == []


# single-point


POINTS = {name: {"value": value["value"], **SOURCE} for name, value in SOUND.items()}


def test_one_input_without_a_range(make_case):
    case = build(make_case, inputs={"margin": POINTS["margin"]})
    assert texts(case, "single-point") == [
        "Of the 9 inputs that the figure rests on, Contribution margin alone has no range."
    ]


def test_several_inputs_without_a_range_the_most_influential_first(make_case):
    case = build(make_case, inputs={name: POINTS[name] for name in ("setup", "running", "margin")})
    assert texts(case, "single-point") == [
        "3 of the 9 inputs that the figure rests on have no range. The most influential come first: "
        "Contribution margin, Running cost and Cost of the start."
    ]


def test_no_input_with_a_range(make_case):
    case = build(make_case, inputs=POINTS)
    assert texts(case, "single-point")[0].startswith(
        "None of the 9 inputs that the figure rests on has a range. The most influential come first: "
    )
    assert texts(case, "single-point")[0].endswith(" and 5 more.")


def test_the_only_input_without_a_range(make_case):
    case = make_case(INPUTS, inputs=POINTS)
    case.cost("Running", category="people", annual=case.inputs.running)
    assert texts(case, "single-point") == [
        "Running cost, the only input that the figure rests on, has no range."
    ]


def test_a_range_of_no_width_is_none(make_case):
    case = build(make_case, inputs={"margin": known(0.4, 0.4, 0.4)})
    assert "Contribution margin alone" in texts(case, "single-point")[0]


# still-an-example


def test_examples_of_the_template_are_named_until_they_are_replaced(make_case):
    example = {"source": EXAMPLE_SOURCE, "evidence": "assumption"}
    examples = {name: {**SOUND[name], **example} for name in ("spend", "uplift")}
    assert texts(build(make_case, inputs=examples), "still-an-example") == [
        "2 of the 9 inputs that the figure rests on are still the template's examples, not figures of "
        "the client: Spend of a customer and Extra spend."
    ]
    one = build(make_case, inputs={"spend": examples["spend"]})
    assert texts(one, "still-an-example") == [
        "Spend of a customer is still the template's example, not a figure of the client."
    ]


# no-source


def without_source(name, **grade):
    return {key: value for key, value in SOUND[name].items() if key not in ("source", "evidence")} | grade


def test_inputs_without_a_source(make_case):
    one = build(make_case, inputs={"spend": without_source("spend")})
    assert texts(one, "no-source") == ["Spend of a customer names no source."]
    two = build(
        make_case, inputs={name: without_source(name, evidence="stated") for name in ("spend", "uplift")}
    )
    assert texts(two, "no-source") == ["2 inputs name no source: Spend of a customer and Extra spend."]


def test_an_admitted_assumption_needs_no_source(make_case):
    case = build(make_case, inputs={"setup": without_source("setup", evidence="assumption")})
    assert texts(case, "no-source") == []


def test_an_input_that_nothing_rests_on_is_not_asked_for_a_source(make_case):
    assert texts(build(make_case, inputs={"calls": without_source("calls")}), "no-source") == []


# causal-share-unquestioned


@pytest.mark.parametrize("share", [None, 1, "input"])
def test_the_whole_difference_credited(make_case, share):
    def all_of_it(case, x):
        sales(case, x, causal_share=x.caused if share == "input" else share)

    case = build(make_case, all_of_it, inputs={"caused": known(1, 0.9, 1)})
    assert found(case, "causal-share-unquestioned") == [
        (
            "Sales",
            f"“Sales” credits the whole difference to the investment: ${present(SALES) / 0.7:,.0f} (present "
            "value). Part of it may have been there before.",
        )
    ]


def test_a_measured_cause_is_not_doubted(make_case):
    case = build(make_case, inputs={"caused": known(1, 0.9, 1, evidence="measured")})
    assert texts(case, "causal-share-unquestioned") == []


def test_a_saving_needs_no_causal_share(make_case):
    assert texts(build(make_case, calls), "causal-share-unquestioned") == []


# overlapping-benefits and claim-over-pool


def pooled(first, second=None, *, size=1.0):
    """Lines that claim so many parts of all calls, which are `size` times the input."""

    def add(case, x, title=str):
        pool = case.pool(title("All calls"), size=x.calls * size)
        for name, claim in (("Chat", first), ("Forum's answers", second)):
            if claim is not None:
                claimed = x.calls * claim
                annual = claimed * x.call_cost
                case.benefit(title(name), kind="cash saving", annual=annual, pool=pool, claim=claimed)

    return add


def test_two_lines_on_one_pool(make_case):
    worth = present([100 * 12 * 8 * 0.7] * 3)
    case = build(make_case, pooled(0.4, 0.3))
    assert found(case, "overlapping-benefits") == [
        (
            "All calls",
            f"“Chat” and “Forum's answers” draw on the same pool, “All calls”, for ${worth:,.0f} (present "
            "value). What counts of them is kept within the pool, but the same part of it may be counted by "
            "more than one of them.",
        )
    ]
    assert texts(case, "claim-over-pool") == []


def test_one_line_on_a_pool_overlaps_with_nothing(make_case):
    assert texts(build(make_case, pooled(0.4)), "overlapping-benefits") == []


def test_more_claimed_than_there_is(make_case):
    assert found(build(make_case, pooled(0.9, 0.6)), "claim-over-pool") == [
        (
            "All calls",
            "“Chat” and “Forum's answers” claim 150 of “All calls”, which holds 100. Only 66.7% of "
            "their claim is counted.",
        )
    ]
    assert texts(build(make_case, pooled(1.25)), "claim-over-pool") == [
        "“Chat” claims 125 of “All calls”, which holds 100. Only 80% of its claim is counted."
    ]


def test_a_little_more_claimed_than_there_is_can_be_told_from_what_there_is(make_case):
    assert texts(build(make_case, pooled(1.00001)), "claim-over-pool") == [
        "“Chat” claims 100.001 of “All calls”, which holds 100. Only 99.999% of its claim is counted."
    ]
    assert texts(build(make_case, pooled(0.7, 0.3 + 1e-15)), "claim-over-pool") == []


def test_more_claimed_in_one_year_only(make_case):
    case = build(
        make_case, pooled(1.2), inputs={"calls": known([100, 110, 90], [90, 99, 80], [110, 121, 99])}
    )
    case_by_year = make_case(INPUTS, inputs=SOUND)
    x = case_by_year.inputs
    pool = case_by_year.pool("All calls", size=x.calls)
    growing = x.calls * [0.5, 1.6, 1.2]
    case_by_year.benefit("Chat", kind="cash saving", annual=growing * x.call_cost, pool=pool, claim=growing)
    assert "in year" not in texts(case, "claim-over-pool")[0]
    assert texts(case_by_year, "claim-over-pool") == [
        "“Chat” claims 160 of “All calls”, which holds 100 in year 2. Only 62.5% of its claim "
        "is counted then."
    ]


def test_a_line_that_two_pools_cut_down_says_so(make_case):
    def add(case, x, title=str):
        pools = {case.pool(title(name), size=x.calls * size): x.calls for name, size in sizes.items()}
        case.benefit(title("Chat"), kind="cash saving", annual=x.calls * x.call_cost, pool=pools)

    sizes = {"All calls": 0.8, "Hours": 0.5}
    smallest = " A line that draws on several pools counts at the smallest of these shares."
    assert texts(build(make_case, add), "claim-over-pool") == [
        f"“Chat” claims 100 of “All calls”, which holds 80. Only 80% of its claim is counted.{smallest}",
        f"“Chat” claims 100 of “Hours”, which holds 50. Only 50% of its claim is counted.{smallest}",
    ]
    sizes["All calls"] = 1.2
    assert texts(build(make_case, add), "claim-over-pool") == [
        "“Chat” claims 100 of “Hours”, which holds 50. Only 50% of its claim is counted."
    ]


def test_all_of_a_pool_may_be_claimed(make_case):
    assert texts(build(make_case, pooled(0.5, 0.5)), "claim-over-pool") == []


# retention-and-lifetime-value


def retention(case, x, title=str):
    case.benefit(
        title("Churn"), kind="margin", annual=x.kept * x.spend * x.margin * constant_year(case), ramp=0.5
    )


def constant_year(case):
    """One year, so that customers/year times spend a year is money a year."""
    from casebook import constant

    return constant(1, "year")


def won(case, x):
    """Customers of a year, without the role of customers kept."""
    return x.customers * x.influenced / constant_year(case)


def test_customers_kept_and_their_lifetime_value(make_case):
    def both(case, x):
        retention(case, x)
        case.benefit("Lifetime", kind="margin", annual=won(case, x) * x.lifetime * x.margin, ramp=0.5)

    assert texts(build(make_case, both), "retention-and-lifetime-value") == [
        "“Churn” counts customers kept year by year, and “Lifetime” counts what a customer is worth over a "
        "lifetime: the same money twice."
    ]


def test_customers_kept_times_their_lifetime_value_count_once(make_case):
    def once(case, x):
        case.benefit("Saved", kind="margin", annual=x.kept * x.lifetime * x.margin, ramp=0.5)

    assert texts(build(make_case, once), "retention-and-lifetime-value") == []
    assert texts(build(make_case, retention), "retention-and-lifetime-value") == []


def test_several_lines_on_each_side(make_case):
    def many(case, x):
        retention(case, x)
        retention(case, x, lambda _: "More churn")
        for name in ("Saved", "Won"):
            case.benefit(name, kind="margin", annual=x.kept * x.lifetime * x.margin, ramp=0.5)

    assert texts(build(make_case, many), "retention-and-lifetime-value") == [
        "“Churn” and “More churn” count customers kept year by year, and “Saved” and “Won” count what a "
        "customer is worth over a lifetime: the same money twice."
    ]


# cost-class-missing


@pytest.mark.parametrize(
    ("gone", "listed"),
    [
        (["training"], "training"),
        (["training", "change"], "training and change"),
        (list(COSTS), "people, technology, start-up, training, content and change"),
    ],
)
def test_a_class_of_cost_that_nobody_thought_of(make_case, gone, listed):
    costs = {category: amounts for category, amounts in COSTS.items() if category not in gone}
    assert texts(build(make_case, costs=costs), "cost-class-missing") == [f"No cost is given for {listed}."]


# one-input-dominates


def graded(name, evidence):
    return {name: {**SOUND[name], "evidence": evidence}}


def test_one_weak_input_under_all_benefits(make_case):
    case = build(make_case, inputs=graded("margin", "benchmark"))
    assert found(case, "one-input-dominates") == [
        (
            "Contribution margin",
            "100% of the benefits stand or fall with Contribution margin, a published benchmark.",
        )
    ]


def test_the_weakest_of_several_is_named_first(make_case):
    grades = {
        **graded("margin", "benchmark"),
        **graded("uplift", "assumption"),
        **graded("spend", "benchmark"),
    }

    def two(case, x):
        sales(case, x)
        calls(case, x)

    worth = present(SALES) / (present(SALES) + present([9600 * adopted for adopted in (0.5, 0.8, 1)]))
    assert worth < 0.5
    assert texts(build(make_case, two, inputs=grades), "one-input-dominates") == []
    grades["calls"] = known(50, 45, 55)
    worth = present(SALES) / (present(SALES) + present([4800 * adopted for adopted in (0.5, 0.8, 1)]))
    assert texts(build(make_case, two, inputs=grades), "one-input-dominates") == [
        f"{worth:.1%}" + " of the benefits stand or fall with Extra spend, an assumption. "
        "More than half of them also rest on Contribution margin and Spend of a customer."
    ]


def test_half_is_not_over_half(make_case):
    def twins(case, x):
        for name, cost in (("One", x.running), ("Other", x.setup / constant_year(case))):
            case.benefit(name, kind="cash saving", annual=cost, ramp=x.adoption)

    case = build(make_case, twins, inputs=graded("running", "assumption"))
    assert texts(case, "one-input-dominates") == []


def test_what_is_measured_may_carry_all(make_case):
    assert texts(build(make_case, inputs=graded("margin", "measured")), "one-input-dominates") == []


# assumption-among-most-influential


def at(**changes):
    """The net present value of the sound case by hand, at other values."""
    v = {name: value["value"] for name, value in SOUND.items()} | changes
    yearly = v["customers"] * v["influenced"] * v["spend"] * v["uplift"] * v["margin"] * v["caused"]
    gains = present([yearly * adopted for adopted in v["adoption"]])
    return gains - present([2.3 * v["running"]] * 3) - 1.3 * v["setup"]


def dollars(amount):
    digits = f"{abs(amount):,.2f}" if abs(amount) < 1000 else f"{abs(amount):,.0f}"
    return f"${digits}" if amount >= 0 else f"−${digits}"


ASSUMED = "is assumed, and it is among the 3 inputs that move the result most."


def test_an_assumption_that_moves_the_result(make_case):
    """What its worse end costs is its price."""
    case = build(make_case, inputs=graded("caused", "assumption"))
    assert found(case, "assumption-among-most-influential") == [("Share caused", f"“Share caused” {ASSUMED}")]


def test_an_assumption_without_a_range_is_moved_by_a_fifth(make_case):
    case = build(make_case, inputs={"margin": {"value": "40%", "evidence": "assumption"}})
    to = case.formatter
    low, high = (to.money_about(at(margin=margin)) for margin in (0.32, 0.48))
    assert texts(case, "assumption-among-most-influential") == [
        f"“Contribution margin” {ASSUMED} It has no range; a fifth lower, at 32%, the net present value is "
        f"{low}, a fifth higher, at 48%, it is {high}."
    ]


def test_an_assumption_by_year_is_told_without_its_list(make_case):
    case = build(make_case, inputs={"adoption": {"value": [0.5, 0.8, 1.0], "evidence": "assumption"}})
    (text,) = (each for each in texts(case, "assumption-among-most-influential") if "Adoption" in each)
    assert "a fifth lower, at lower values, " in text


def test_an_assumption_that_moves_little_is_no_objection(make_case):
    case = build(make_case, inputs=graded("setup", "assumption"))
    assert texts(case, "assumption-among-most-influential") == []


def test_an_input_that_moves_nothing_is_not_influential(make_case):
    case = make_case(INPUTS, inputs={**SOUND, **graded("setup", "assumption")})
    x = case.inputs
    case.benefit("Even", kind="cash saving", start=x.setup, annual=x.running)
    case.cost("Odd", category="other", start=x.setup)
    assert texts(case, "assumption-among-most-influential") == []


# long-horizon


def by_years(years):
    """The sound inputs for so many years."""
    adopted = {
        key: [values[0], values[1], *[values[2]] * (years - 2)]
        for key, values in SOUND["adoption"].items()
        if key in ("value", "low", "high")
    }
    return {"adoption": {**SOUND["adoption"], **adopted}}


def test_a_long_horizon(make_case):
    case = build(make_case, years=7, inputs=by_years(7))
    late = present([0] * 5 + [5600] * 2)
    assert texts(case, "long-horizon") == [
        f"The case runs over 7 years. Benefits of ${late:,.0f} (present value) come after year 5."
    ]
    assert texts(build(make_case, years=5, inputs=by_years(5)), "long-horizon") == []


# unusual-discount-rate


@pytest.mark.parametrize(
    ("rate", "shown"), [("0%", "0"), ("2.99%", "2.99"), ("25.1%", "25.1"), ("60%", "60")]
)
def test_an_unusual_discount_rate(make_case, rate, shown):
    assert texts(build(make_case, discount_rate=rate), "unusual-discount-rate") == [
        f"The discount rate is {shown}%; rates from 3% to 25% are usual."
    ]


@pytest.mark.parametrize("rate", ["3%", "10%", "25%"])
def test_a_usual_discount_rate(make_case, rate):
    assert texts(build(make_case, discount_rate=rate), "unusual-discount-rate") == []


# implausible-return


def test_a_return_that_nobody_has_seen(make_case):
    spent = 2.3 * 1000 / 1.1 + 2.3 * 1000 / 1.21 + 2.3 * 1000 / 1.331 + 1300
    factor = 12 * spent / present(SALES)
    case = build(make_case, inputs={"customers": known(10_000 * factor, 9_500 * factor, 10_500 * factor)})
    assert texts(case, "implausible-return") == [
        "A return on investment of 1,100% is rarely seen. Look at what is counted before what is earned."
    ]
    factor *= 11 / 12 * 0.999
    less = build(make_case, inputs={"customers": known(10_000 * factor, 9_500 * factor, 10_500 * factor)})
    assert not any("return on investment" in text for text in texts(less, "implausible-return"))


def test_money_that_is_back_at_once(make_case):
    """A small start and large running costs: a modest return, and a payback within the first month."""

    def steady(case, x):
        case.benefit("Saving", kind="cash saving", annual=x.running * 6, ramp=[0.9, 1, 1])

    quick = build(make_case, steady, costs={"people": {"annual": 5.0}, "start-up": {"start": 0.01}})
    assert texts(quick, "implausible-return") == [
        "The money is back in less than a month, which is rarely seen."
    ]
    slow = build(make_case, steady, costs={"people": {"annual": 5.0}, "start-up": {"start": 0.1}})
    assert texts(slow, "implausible-return") == []


# uplift-over-untouched


def test_an_uplift_over_more_than_were_touched(make_case):
    """10,000 customers × 20 % × 100 % in year 3 against 150 contacts a month."""
    case = build(make_case, inputs={"mentions": known(150, 140, 160)})
    assert found(case, "uplift-over-untouched") == [
        (
            "Sales",
            "“Sales” spreads its uplift over 2,000 customers a year (Customers × Customers influenced × "
            "Adoption), but no more than 1,800 are touched.",
        )
    ]


@pytest.mark.parametrize("monthly", [2000 / 12, 500])
def test_an_uplift_over_those_touched(make_case, monthly):
    case = build(make_case, inputs={"mentions": known(monthly, monthly / 2, monthly * 2)})
    assert texts(case, "uplift-over-untouched") == []


def test_without_a_count_of_those_touched_nothing_can_be_compared(make_case):
    assert (
        texts(build(make_case, lambda case, x: sales(case, x, touched=None)), "uplift-over-untouched") == []
    )


def test_what_is_touched_is_compared_year_by_year(make_case):
    """3,000 are touched in year 3, when 2,000 are uplifted; in year 1 it is 900 for 1,000."""

    def growing(case, x):
        sales(case, x, touched=x.mentions * [0.075, 0.2, 0.25])

    assert "over 1,000 customers a year" in texts(build(make_case, growing), "uplift-over-untouched")[0]
    assert "than 900 are touched" in texts(build(make_case, growing), "uplift-over-untouched")[0]


# loss-more-likely-than-gain


def test_a_headline_above_most_outcomes(make_case):
    tight = {"uplift": known(0.1, 0.05, 0.105), "running": known(1_550, 1_500, 1_600)}
    case = build(make_case, inputs=tight, document={"headline": "plan"})
    loss = case.study.analysis.simulation.probability_of_loss
    assert loss > 0.5
    assert texts(case, "loss-more-likely-than-gain") == [
        f"The headline is a net present value of {dollars(at(running=1_550))}, but "
        f"{round(100 * loss, 1):g}% of the simulated outcomes lose money."
    ]


def test_a_headline_that_is_a_loss_needs_no_warning(make_case):
    case = build(make_case, inputs={"uplift": known(0.05, 0.02, 0.06)})
    assert case.result.net_present_value < 0
    assert case.study.analysis.simulation.probability_of_loss > 0.5
    assert texts(case, "loss-more-likely-than-gain") == []


# Names, order, answers


def poor(make_case, *, names=None, title=str, declared=INPUTS, **values):
    """A case to which nearly everything can be objected."""

    def all_of_it(case, x, title=title):
        bare = x.customers * x.influenced * x.spend * x.uplift
        sales(case, x, title, annual=bare * x.margin, causal_share=None, ramp=None, risk=0.1)
        pooled(0.9, 0.6)(case, x, title)
        calls(case, x, title, kind="freed capacity", ramp=None)
        case.benefit(title("Churn"), kind="margin", annual=x.kept * x.spend * constant_year(case))
        case.benefit(title("Lifetime"), kind="margin", annual=won(case, x) * x.lifetime * x.margin)
        case.benefit(title("Saved"), kind="cash saving", start=-1 * x.setup, annual=2 * x.running)

    worst = {
        "margin": {"value": 1},
        "mentions": known(10, 9, 11),
        "uplift": {"value": "50%", "evidence": "assumption"},
        "spend": {**SOUND["spend"], "source": EXAMPLE_SOURCE},
        "adoption": known([1] * 6, [0.9] * 6, [1] * 6),
    }
    return build(
        make_case,
        all_of_it,
        inputs=worst,
        costs={"people": {"annual": 0.1}},
        names=names,
        title=title,
        declared=declared,
        years=6,
        discount_rate=0,
        **values,
    )


def test_rules_read_roles_and_kinds_and_no_names(make_case):
    """With every input, label and line called otherwise, the same rules object to the same places."""
    names = re.findall(r"^  (\w+): \{", INPUTS, flags=re.MULTILINE)
    renamed = {name: f"q{place}" for place, name in enumerate(names)}
    declared = INPUTS
    for name, new in renamed.items():
        declared = re.sub(
            rf"^  {name}: \{{label: [^,]+", f"  {new}: {{label: Label {new}", declared, flags=re.MULTILINE
        )
    called: dict[str, str] = {}

    def title(name):
        return called.setdefault(name, f"Line {len(called)}")

    before = poor(make_case)
    after = poor(make_case, names=renamed, title=title, declared=declared)
    assert [(f.rule, f.severity, f.stake) for f in before.study.findings] == [
        (f.rule, f.severity, f.stake) for f in after.study.findings
    ]
    told = " ".join(f"{f.about} {f.text}" for f in after.study.findings)
    for word in (*names, "Chat", "Forum", "Contribution", "Extra spend"):
        assert not re.search(rf"\b{word}\b", told) or word in (
            "customers",
            "margin",
            "lifetime",
            "kept",
            "uplift",
        )


def test_findings_come_by_what_is_lost_and_answered_ones_last(make_case):
    answers = {"gains-at-revenue": "Agreed with Finance.", "no-ramp": "The team is there already."}
    case = poor(make_case, review=answers)
    told = [(not f.is_open, -round(f.price.loss, 2), -round(f.stake, 2)) for f in case.study.findings]
    assert told == sorted(told)
    assert sum(f.price.loss > 0 for f in case.study.findings) > 4
    assert {f.rule: f.answer for f in case.study.findings if f.answer} == answers
    assert raised(case) == raised(poor(make_case))


def test_an_answer_to_what_is_not_raised_changes_nothing(make_case):
    assert build(make_case, review={"no-ramp": "There is one."}).study.findings == []


def test_every_message_is_a_sentence(make_case):
    for finding in poor(make_case).study.findings:
        assert finding.text.endswith("."), finding.text
        assert not re.search(r"  |\bNone\b|\bnan\b|'[A-Z]|\d\.\d{5}", finding.text), finding.text
        assert finding.settle.endswith("."), finding.settle


def test_a_name_with_an_apostrophe_is_quoted_right(make_case):
    case = build(make_case, pooled(0.9, 0.6))
    assert "“Forum's answers”" in texts(case, "claim-over-pool")[0]


def test_the_published_airline_is_taken_apart():
    case = run_template(read_parameters(ROOT / "params" / "airline.yaml"))
    assert raised(case) == {
        "gains-at-revenue",
        "causal-share-unquestioned",
        "implausible-return",
        "uplift-over-untouched",
        "assumption-among-most-influential",
        "no-ramp",
        "single-point",
        "one-input-dominates",
        "cost-class-missing",
        "unusual-discount-rate",
    }
    assert case.study.findings[0].rule == "uplift-over-untouched"
    revenue = texts(case, "gains-at-revenue")
    assert "benefits of $55,000,000 (present value) are revenue" in revenue[0]
    (untouched,) = texts(case, "uplift-over-untouched")
    assert "2,200,000 customers a year" in untouched
    assert "no more than 360,000 are touched" in untouched
    assert "1,900%" in texts(case, "implausible-return")[0]
