"""The template for recurring issues: its traps, its exhibit, and what its example says of public mentions."""

from __future__ import annotations

import csv
import re
from collections import Counter
from types import SimpleNamespace
from unittest import mock

import pandas as pd
import pytest

from casebook import Case, CaseError
from casebook.authoring.static_check import incomplete_lines, lines_of
from casebook.errors import InputError
from casebook.measurement import proportion
from casebook.schema.reader import read_parameters
from casebook.schema.templates import find_template
from casebook.views.benefit_groups import OTHER, parts_of
from casebook.views.ranking import ranked
from tests.conftest import ROOT, run_template

EXAMPLE = ROOT / "params/airline-issues.yaml"
ROUND = ROOT / "tests/params/round-issues.yaml"
MENTIONS = ROOT.parent / "shared/data/airline_mentions.csv"

LATE = {
    "late_share": "30%",
    "late_cost": "2",
    "late_cases": "200",
    "late_refund": "5",
    "late_customers": "1_000",
    "late_churn": "5%",
    "late_removed": "20%",
    "late_fix": "30_000",
    "late_live": "7",
}
INNER_LOOP = {"closed_share": "40%", "recovered": "0.02", "closing_minutes": "15", "closing_rate": "20"}


def shown(path, **overrides):
    """A case, and what its notebook gave to each of its own views."""
    given = SimpleNamespace(remarks=[])

    def ranking(case, measures, **options):
        given.measures = measures
        case.close()

    def explain(case, expressions, *, caption=""):
        given.charge = expressions

    def benefit_chart(case, groups):
        given.groups = groups

    def remark(case, title, text, *, warning=False):
        given.remarks.append((title, text, warning))

    views = {"ranking": ranking, "explain": explain, "benefit_chart": benefit_chart, "remark": remark}
    with mock.patch.multiple(Case, **views):
        given.case = run_template(read_parameters(path, overrides=overrides))
    return given


def rules(case):
    return {(finding.rule, finding.about) for finding in case.study.findings}


@pytest.fixture(scope="module")
def airline():
    return shown(EXAMPLE)


# A contact with two causes


def test_a_contact_that_is_counted_under_two_causes_is_refused():
    """20 % and 90 % are more contacts than there are."""
    with pytest.raises(InputError, match="contacts over complaints"):
        read_parameters(ROUND, overrides={**LATE, "late_share": "90%"})


def test_the_contacts_of_all_causes_come_out_of_one_pool():
    (use,) = (use for use in shown(ROUND, **LATE).case.study.ledger.pools if use.pool.key == "contacts")
    assert use.lines == ("Contacts avoided",)
    assert not use.is_capped(3)


def test_a_cause_is_given_whole_or_not_at_all():
    parameters = read_parameters(ROUND, overrides={"late_share": "30%", "late_cost": "2"})
    (problem,) = incomplete_lines(parameters, lines_of(parameters))
    assert problem.message.startswith("“Fix: late service” has late_share, late_cost but lacks late_cases")
    with pytest.raises(CaseError, match="'Fix: late service' has late_share, late_cost but lacks late_cases"):
        run_template(parameters)


# A baseline at a peak


@pytest.mark.parametrize(
    ("average", "title", "warning"),
    [("600", "The month counted was a peak", True), (None, "One month is the baseline", False)],
)
def test_a_peak_is_a_warning_and_an_unknown_average_a_remark(average, title, warning):
    (remark,) = shown(ROUND, **({"average_contacts": average} if average else {})).remarks
    assert (remark[0], remark[2]) == (title, warning)
    if average:
        assert "1,000 contacts over complaints; an average month brings 600." in remark[1]


@pytest.mark.parametrize("average", ["1_000", "950", "1_500"])
def test_an_ordinary_month_needs_no_remark(average):
    assert shown(ROUND, average_contacts=average).remarks == []


def test_the_example_counts_a_peak_and_says_so(airline):
    (remark,) = airline.remarks
    assert remark[2]
    assert "26,000 contacts" in remark[1] and "16,000" in remark[1]
    at_peak = shown(EXAMPLE, average_contacts="26_000")
    assert at_peak.case.result.net_present_value > 2 * airline.case.result.net_present_value


# Other traps


def test_more_customers_than_cases_are_a_warning():
    """100 cases a month are 1,200 a year; at a peak of 1,000 contacts against 300 they are 360."""
    plain = {"average_contacts": "1_000"}
    assert shown(ROUND, **plain, billing_customers="1_200").remarks == []
    ((title, text, warning),) = shown(ROUND, **plain, billing_customers="1_201").remarks
    assert (title, warning) == ("More customers than cases", True)
    assert text.startswith("Billing and booking: more customers are hit")
    titles = [title for title, *_ in shown(ROUND, average_contacts="300").remarks]
    assert titles == ["The month counted was a peak", "More customers than cases"]


def test_a_cause_may_have_contacts_alone():
    """Without cases and customers nothing is paid out and nobody is kept: 6,000 a year for contacts."""
    none = dict.fromkeys(("billing_cases", "billing_refund", "billing_customers", "billing_churn"), "0")
    given = shown(ROUND, average_contacts="1_000", **none)
    assert given.remarks == []
    assert given.case.result.present_value_of_benefits == pytest.approx(18_000)


def test_the_inner_loop_does_not_count_without_its_cost():
    for name in INNER_LOOP:
        some = {key: value for key, value in INNER_LOOP.items() if key != name}
        with pytest.raises(CaseError, match=f"'Customers won back' has .* but lacks {name}"):
            shown(ROUND, **some)


def test_who_is_kept_by_both_loops_is_found_and_counted_once():
    found = rules(shown(ROUND, **{**INNER_LOOP, "recovered": "1"}).case)
    pool = "Customers who leave over these causes"
    assert {("claim-over-pool", pool), ("overlapping-benefits", pool)} <= found
    assert ("claim-over-pool", pool) not in rules(shown(ROUND, **INNER_LOOP).case)


def test_time_is_freed_capacity_and_a_payout_is_cash():
    case = shown(ROUND, process_cost="100_000", removable_share="20%").case
    kinds = {line.key: line.kind for line in case.study.ledger.of("benefit")}
    assert kinds == {
        "contacts-avoided": "freed capacity",
        "payouts-avoided": "cash saving",
        "customers-kept": "margin",
        "steps-removed": "freed capacity",
    }
    about = {about for rule, about in rules(case) if rule == "freed-capacity-as-cash"}
    assert about == {"Contacts avoided", "Steps removed that add no value"}


def test_a_fix_that_is_live_from_the_first_day_has_no_ramp():
    at_once = rules(shown(ROUND).case)
    assert ("no-ramp", "Payouts avoided") in at_once
    assert not {rule for rule, _ in rules(shown(ROUND, billing_live="7").case)} & {"no-ramp"}


def test_the_extra_churn_of_customers_hit_is_not_taken_for_granted():
    found = ("causal-share-unquestioned", "Customers kept")
    assert found in rules(shown(ROUND).case)
    assert found not in rules(shown(ROUND, causal_share="50%").case)


# The exhibits


def test_causes_are_ranked_by_their_cost_and_paid_back_by_their_own_saving():
    """Billing: 12,000 for contacts, 36,000 paid out and 50 × 40 of margin a year.

    Late service: 7,200, 12,000 and 2,000.
    """
    given = shown(ROUND, **LATE)
    first, second = ranked(given.case.study, given.measures)
    assert (first.label, first.today, first.start) == ("Billing and booking", 50_000, 10_000)
    assert (second.label, second.today, second.start) == ("Late service", 21_200, 30_000)
    # 3,840 a year from month 7, and 10 × 0.5 = 5 customers kept in year 1, then 10: 2.5; 9; 17.2 on average
    assert second.saved.tolist() == pytest.approx([1_920 + 100, 3_840 + 360, 3_840 + 648])


def test_what_the_causes_save_is_what_the_lines_bring(airline):
    study = airline.case.study
    lines = {line.key: line for line in study.ledger.of("benefit")}
    outer = sum(
        lines[key].flow(3)[1:] for key in ("contacts-avoided", "payouts-avoided", "customers-kept")
    ).tolist()
    assert sum(each.saved for each in ranked(study, airline.measures)).tolist() == pytest.approx(outer)


def test_every_benefit_stands_on_one_side_of_the_loops():
    template = find_template("recurring-issues", start=ROOT)
    given = SimpleNamespace()
    with mock.patch.object(Case, "benefit_chart", lambda case, groups: setattr(given, "groups", groups)):
        case = run_template(None, template=template)
    assert OTHER not in [part.label for part in parts_of(case.study, given.groups)]
    keys = sorted(line.key for line in case.study.lines if line.side == "benefit")
    assert keys == sorted(key for group in given.groups.values() for key in group)


def test_a_charge_costs_more_than_it_brings_once_the_margin_is_high_enough():
    """A rental company charges 293.02 euros and gives half back; the customer would have come 12 times more.

    CS18, undiscounted: 293.02 ÷ 2 = 146.51; 146.51 ÷ (6 × 2) = 12.21.
    """
    charge = {"disputed_charge": "293.02", "charge_refunded": "50%", "purchases": "6", "years_to_come": "2"}
    given = shown(ROUND, currency="EUR", **charge)
    kept, lost, limit, today, share = (each.value for each in given.charge.values())
    assert (float(kept), float(lost)) == (pytest.approx(146.51), 12)
    assert float(limit) == pytest.approx(146.51 / 12)
    assert round(float(limit), 2) == 12.21
    assert float(today) == pytest.approx(
        100 * 0.4 / 6
    )  # below the limit: whoever leaves costs less than the charge
    assert float(share) == 1
    dearer = list(shown(ROUND, currency="EUR", **{**charge, "average_spend": "300"}).charge.values())
    # A margin of 300 × 40 % ÷ 6 = 20 a rental: 146.51 ÷ 240 may leave.
    assert float(dearer[4].value) == pytest.approx(146.51 / 240)


def test_a_customer_who_is_hit_is_worth_less_than_one_who_is_spared():
    """Of the spared 80 % stay. Of 1,500 hit 50 + 50 leave over it, 6.67 %, half of it for that reason."""
    with mock.patch.object(Case, "lifetime_value", autospec=True) as view:
        shown(ROUND, **LATE, causal_share="50%")
    spared, hit = view.call_args.args[1].values()
    assert float(spared["margin"].value) == float(hit["margin"].value) == 40
    assert float(spared["retention"].value) == pytest.approx(0.8)
    assert float(hit["retention"].value) == pytest.approx(0.8 - 100 / 1_500 / 2)


# The example


SHARES = {
    "billing_share": ["Flight Booking Problems"],
    "late_share": ["Late Flight"],
    "cancelled_share": ["Cancelled Flight"],
    "lost_share": ["Lost Luggage", "Damaged Luggage"],
    "service_share": ["Customer Service Issue"],
}


def counted(source):
    """The counts that a source names, such as 529 of 9,178."""
    return [int(number.replace(",", "")) for number in re.match(r"([\d,]+) of ([\d,]+) ", source).groups()]


def test_the_shares_of_the_example_are_the_counts_that_their_sources_name(airline):
    for name in SHARES:
        given = airline.case.parameters.inputs[name]
        some, all_of_them = counted(given.source)
        assert given.value == pytest.approx(some / all_of_them, abs=5e-5), name
        assert given.evidence == "benchmark"


@pytest.fixture(scope="module")
def negative():
    """The negative mentions, with the day of each."""
    if not MENTIONS.is_file():
        pytest.skip("the mentions are for non-commercial use and lie beside the project, not in it")
    with MENTIONS.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["sentiment"] == "negative"]
    return [{**row, "day": row["created_at"][:10]} for row in rows]


def shares(rows):
    """The share of each cause in mentions, by input."""
    reasons = Counter(row["complaint_reason"] for row in rows)
    return {name: sum(reasons[reason] for reason in mine) / len(rows) for name, mine in SHARES.items()}


def test_the_counts_are_those_of_the_mentions(airline, negative):
    days = sorted({row["day"] for row in negative})
    assert (days[0], days[-1]) == ("2015-02-16", "2015-02-24")
    reasons = Counter(row["complaint_reason"] for row in negative)
    for name, mine in SHARES.items():
        given = airline.case.parameters.inputs[name]
        assert counted(given.source) == [sum(reasons[reason] for reason in mine), len(negative)], name
        measured = proportion(pd.Series([row["complaint_reason"] in mine for row in negative]))
        assert given.value == pytest.approx(measured.value, abs=5e-5), name
    text = EXAMPLE.read_text(encoding="utf-8").replace("\n# ", " ")
    for reason, count in reasons.items():
        assert f"{reason} {count:,}" in text, reason
    named = sum(reasons[reason] for mine in SHARES.values() for reason in mine)
    assert len(negative) - named == 2_429
    assert round(named / len(negative), 2) == 0.74
    american = Counter(row["day"] < "2015-02-22" for row in negative if row["brand"] == "American")
    assert american == {True: 3, False: 1_957}


def test_the_ranges_of_the_shares_are_those_of_single_days(airline, negative):
    days = sorted({row["day"] for row in negative} - {"2015-02-16"})
    by_day = [shares([row for row in negative if row["day"] == day]) for day in days]
    for name in SHARES:
        given, each = airline.case.parameters.inputs[name], [day[name] for day in by_day]
        assert (given.low, given.high) == pytest.approx((min(each), max(each)), abs=6e-4), name


def test_the_quieter_days_are_counted_as_the_scenario_has_them(airline, negative):
    quieter = [row for row in negative if "2015-02-17" <= row["day"] <= "2015-02-20"]
    scenario = airline.case.parameters.scenarios["Counted on quieter days"]
    assert len(quieter) == 3_160
    assert scenario.values == pytest.approx(shares(quieter), abs=5e-5)
    numbers = [round(share * 3_160) for share in shares(quieter).values()]
    assert f"{len(quieter):,} negative mentions: " + ", ".join(map(str, numbers[:-1])) in scenario.note
    later = [row for row in negative if row["day"] >= "2015-02-21"]
    cancelled = [round(shares(rows)["cancelled_share"], 2) for rows in (quieter, later)]
    assert cancelled == [0.07, 0.10]


def test_what_is_said_of_other_airlines_is_counted(airline, negative):
    about = {"Delta": "lost_share", "Southwest": "late_share", "United": "service_share"}
    competitors = airline.case.parameters.story.competitors
    assert [each.name for each in competitors] == list(about)
    for each in competitors:
        own = [row for row in negative if row["brand"] == each.name]
        share, of_all = (shares(rows)[about[each.name]] for rows in (own, negative))
        assert f"in {round(share * len(own))} of {len(own):,} negative mentions" in each.finding
        assert f"({share:.1%}; all six" in each.finding.replace(" %", "%")
        assert f"{of_all:.1%})" in each.finding.replace(" %", "%")
        assert share < of_all


def test_what_the_story_says_of_the_causes_is_so(airline):
    by_cost = {each.label: each for each in ranked(airline.case.study, airline.measures)}
    dearest = next(iter(by_cost.values()))
    assert dearest.label == "Loss and damage"
    assert round(9_178 / 798) == 12
    scenarios = airline.case.study.scenario_results
    assert scenarios["All five fixes now"].result.net_present_value > 0


def test_the_example_line_by_line_in_plain_arithmetic(airline):
    """The formulas written out once more, on the values of the parameter file."""
    v = {name: given.value for name, given in airline.case.parameters.inputs.items()}
    peak = 16_000 / 26_000
    costs = 160_000 + 420_000 + 300_000 + 60_000 + 90_000
    kept = won = benefits = 0.0
    for year, adopted in enumerate((0.8, 1.0, 1.0), 1):
        steady = newly = remaining = 0.0
        for cause in ("billing", "late", "cancelled", "lost", "service"):
            share, cost, cases, refund, customers, churn, removed, live = (
                v[f"{cause}_{part}"]
                for part in ("share", "cost", "cases", "refund", "customers", "churn", "removed", "live")
            )
            gone = removed * adopted * min(1, max(0, year - (live - 1) / 12))
            steady += gone * 12 * (26_000 * peak * share * cost + cases * peak * refund)
            newly += gone * customers * churn * 0.5
            remaining += cases * peak * 12 * (1 - gone)
        closed = remaining * 0.15 * adopted
        steady += 900_000 * 0.3 * 0.12 * adopted
        # Who is kept in the course of a year is there for half of it.
        margin = (kept * 0.8 + newly / 2 + won * 0.8 + closed * 0.025 * 0.5 / 2) * 220
        kept, won = kept * 0.8 + newly, won * 0.8 + closed * 0.025 * 0.5
        benefits += (steady + margin) / 1.1**year
        running = 1.6 * v["analyst_salary"][year - 1] + 70_000 + v["upkeep"][year - 1] + 30_000
        costs += (running + closed * 5 / 60 * 32) / 1.1**year
    assert airline.case.result.present_value_of_benefits == pytest.approx(benefits, rel=1e-12)
    assert airline.case.result.present_value_of_costs == pytest.approx(costs, rel=1e-12)


def test_the_example_is_plausible_and_not_flattering(airline):
    result = airline.case.result
    assert 0.1 < result.probability_of_loss < 0.4
    assert 0 < airline.case.study.analysis.simulation.net_present_value.mean < result.net_present_value
    assert result.return_on_investment < 1
