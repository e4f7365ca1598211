"""Advocacy: each trap on a case in it, the classes and the referrals shown, and the example, by hand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from unittest import mock

import numpy as np
import pytest
from ruamel.yaml import YAML

from casebook import Case, InputError
from casebook.formula.evaluation import evaluate
from casebook.schema.reader import parse_parameters, read_parameters
from casebook.schema.templates import find_template
from casebook.views.components import Table
from casebook.views.view import View
from tests.conftest import ROOT, run_template

ROUND = YAML(typ="safe").load(ROOT / "tests/params/round-advocacy.yaml")
REWARDS = "Rewards reach those who would have recommended anyway"
TOO_MUCH = "Rewards cost more than referrals bring"
ALL_BY_ASKING = "Every referral is counted as brought about by asking"
IN_FULL = "The gap between classes is counted in full"
CORRELATION = "The gap between classes is a correlation"
NO_COST = "Customers move up at no cost"
NO_CLASS = "Some customers have no class"
OVERLAP = "What this case must not be added to"


def round_case(years: int = 3, **inputs: Any) -> Case:
    """The case in round numbers, with other inputs than it has."""
    values = {**ROUND, "template": "advocacy", "years": years, "inputs": {**ROUND["inputs"], **inputs}}
    return run_template(parse_parameters(values, folder=ROOT / "params"))


@pytest.fixture
def shown() -> Iterator[dict[str, Any]]:
    """What the notebook of the next case shows, by title or caption: remarks, tables, lifetimes."""
    found: dict[str, Any] = {}
    begin = View.__init__

    def remark(_: Case, title: str, text: str, *, warning: bool = False) -> str:
        found[title] = (text.replace("\xa0", " "), warning)
        return ""

    def yearly(_: Case, rows: dict[str, Any], **texts: str) -> None:
        found["referrals"] = rows

    def lifetime_value(_: Case, customers: dict[str, Any]) -> None:
        found["lifetime"] = customers

    def view(self: View, component: Any) -> None:
        if isinstance(component, Table) and component.caption.startswith("Customers by class"):
            found["classes"] = component
        begin(self, component)

    with (
        mock.patch.multiple(Case, remark=remark, by_year=yearly, lifetime_value=lifetime_value),
        mock.patch.object(View, "__init__", view),
    ):
        yield found


def findings(case: Case) -> dict[str, str]:
    return {finding["rule"]: finding["finding"] for finding in case.record().to_json()["review"]}


def test_what_rewards_pay_for_nothing_is_told(shown):
    """250 new customers are rewarded, 100 are counted: 150 × 20 of 5,000."""
    round_case(reward=20)
    text, warns = shown[REWARDS]
    assert "Of $5,000 in rewards in year 3, $3,000 go to customers" in text and not warns
    assert TOO_MUCH not in shown


def test_rewards_above_what_referrals_bring_are_warned_of(shown):
    """250 × 50 = 12,500, against 10,000."""
    round_case(reward=50)
    text, warns = shown[TOO_MUCH]
    assert warns and "rewards come to $12,500 and the new customers counted to $10,000" in text


def test_a_case_in_which_nobody_recommends_unasked_is_met(shown):
    case = round_case(by_asking="100%")
    assert shown[ALL_BY_ASKING][1]
    assert "New customers by referral" in findings(case)["causal-share-unquestioned"]


def test_the_gap_between_classes_is_no_cause(shown):
    case = round_case(passives_moved="10%")
    text, warns = shown[IN_FULL]
    assert warns and "Promoters spend $100 a year more than passives" in text
    assert "Customers who move up" in findings(case)["causal-share-unquestioned"]


def test_a_part_of_the_gap_is_told_without_a_warning(shown):
    case = round_case(passives_moved="10%", causal_share="40%")
    text, warns = shown[CORRELATION]
    assert not warns and "40% of the gap is counted" in text
    assert IN_FULL not in shown
    assert "causal-share-unquestioned" not in findings(case)


def test_moves_without_improvements_are_warned_of(shown):
    round_case(detractors_moved="10%")
    assert shown[NO_COST][1]


def test_no_trap_is_told_where_there_is_none(shown):
    round_case(passives_moved="10%", causal_share="40%", improvements=1_000)
    assert not {REWARDS, TOO_MUCH, ALL_BY_ASKING, IN_FULL, NO_COST, NO_CLASS} & shown.keys()


def test_without_moves_the_lines_are_out_and_no_gap_is_spoken_of(shown):
    case = round_case()
    assert [line.key for line in case.study.ledger.of("benefit")] == ["referrals"]
    assert not {IN_FULL, CORRELATION, NO_COST} & shown.keys()


def test_fan_value_and_complaints_in_public_are_told_apart(shown):
    """Recommendations of fans are the same referrals; the pool of prospects has the same key as elsewhere."""
    case = round_case()
    text, _ = shown[OVERLAP]
    assert "value of fans counts recommendations too" in text and "complaints in public" in text
    assert [use.pool.key for use in case.study.ledger.pools] == ["prospects"]


def test_classes_above_the_whole_are_refused():
    with pytest.raises(InputError, match="all customers"):
        round_case(promoters="50%")


def test_a_bad_case_is_met_by_the_review():
    """More people reached than there are prospects, revenue as margin, no ramp-up, no training."""
    case = round_case(prospects_in_market=1_000, gross_margin="100%")
    assert {
        "claim-over-pool",
        "gains-at-revenue",
        "no-ramp",
        "cost-class-missing",
        "single-point",
    } <= findings(case).keys()


def test_the_classes_today_and_after(shown):
    """At year-ends 400; 760; 1,084 of 4,000 passives and 200; 360; 488 of 2,000 detractors have moved up.

    Of 10,000 customers 1,000 are asked today and 5,000 in year 3.
    """
    round_case(passives_moved="10%", detractors_moved="10%")
    table = shown["classes"]
    assert [[cell.replace("\xa0", " ") for cell in row.cells] for row in table.rows] == [
        ["Customers today", "4,000", "4,000", "2,000"],
        ["Customers at the end of year 3", "5,084", "3,404", "1,512"],
        ["Spend a year", "$300", "$200", "$100"],
        ["Retention", "90%", "80%", "50%"],
        ["Recommend when asked", "20%", "5%", "0%"],
        ["Customers who recommend on request, today", "80", "20", "0"],
        ["The same in year 3", "400", "100", "0"],
    ]
    # 40 − 20 and (5,084 − 1,512) ÷ 100
    assert table.caption == "Customers by class: net promoter score 20 today, 36 at the end of year 3"


def test_without_moves_the_classes_stand_once(shown):
    round_case()
    table = shown["classes"]
    assert "Customers at the end of year 3" not in [row.cells[0] for row in table.rows]
    assert table.caption == "Customers by class: net promoter score 20 today"
    assert "New customers for whom a reward is paid" not in shown["referrals"]


def test_customers_without_a_class_are_told_of(shown):
    round_case(promoters="30%")
    assert "make up 90% of customers" in shown[NO_CLASS][0]


def test_from_a_request_to_a_new_customer(shown):
    """4,000; 400; 2,000; 200, of whom 100 in any case; 50 more are rewarded who are asked already today."""
    round_case(adoption=["50%", "100%", "100%"], reward=20)
    found = {
        label: np.broadcast_to(evaluate(row, 3), 3).tolist() for label, row in shown["referrals"].items()
    }
    assert found == {
        "Additional customers asked": pytest.approx([2_000, 4_000, 4_000]),
        "Of these recommend": pytest.approx([200, 400, 400]),
        "People reached": pytest.approx([1_000, 2_000, 2_000]),
        "New customers among them": pytest.approx([100, 200, 200]),
        "Would have come anyway": pytest.approx([50, 100, 100]),
        "New customers counted": pytest.approx([50, 100, 100]),
        "New customers for whom a reward is paid": pytest.approx([150, 250, 250]),
    }


def test_the_two_lines_of_those_who_move_add_up_to_the_whole_difference():
    """100 on average in year 1 and so on: what all spend who moved, less what those would who had not."""
    case = round_case(passives_moved="10%", detractors_moved="10%", fall_back="30%", years=5)

    def stock(inflow: float, keep: float) -> np.ndarray:
        end, average = 0.0, []
        for _ in range(5):
            average.append(keep * end + inflow / 2)
            end = keep * end + inflow
        return np.array(average)

    up = stock(400, 0.9 * 0.7) * 300 - stock(400, 0.8 * 0.7) * 200
    middle = stock(200, 0.8 * 0.7) * 200 - stock(200, 0.5 * 0.7) * 100
    lines = {line.key: line.flow(5)[1:] for line in case.study.ledger.of("benefit")}
    assert lines["movers-spend"] + lines["movers-stay"] == pytest.approx((up + middle) * 0.5)


def test_lifetime_value_is_shown_by_class_and_not_counted(shown):
    case = round_case()
    assert list(shown["lifetime"]) == ["Promoters", "Passives", "Detractors"]
    assert float(case.result.present_value_of_benefits) == pytest.approx(30_000)


def test_the_untouched_template_is_a_sensible_case():
    case = run_template(None, template=find_template("advocacy", start=ROOT))
    assert not case.study.ledger.left_out
    assert 0 < case.result.return_on_investment < 1


def test_the_insurer_is_a_case_that_a_sceptic_can_read(shown):
    case = run_template(read_parameters(ROOT / "params/insurer.yaml"))
    assert 0 < case.result.return_on_investment < 1
    assert 0.1 <= case.study.analysis.simulation.probability_of_loss <= 0.4
    assert not case.study.ledger.left_out
    assert {REWARDS, CORRELATION, NO_CLASS, OVERLAP} <= shown.keys()
    assert not {TOO_MUCH, IN_FULL, NO_COST, ALL_BY_ASKING} & shown.keys()
    (placed,) = case.parameters.story.maturity
    assert (placed.scale.key, placed.level.key) == ("advocacy", "scored")
    kpis = {kpi.key: kpi for kpi in case.study.kpis}
    # 1,250,000 × 42 % × (31 % × 10 % + 42 % × 2.5 % + 20 % × 0.3 %) × 1.8 × 7 % × 55 % × 540 × 25 %
    assert kpis["referrals"].target.replace("\xa0", " ") == "$206,780 a year"
