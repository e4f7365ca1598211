"""The value of a fan: factors, tiers and published figures, each against arithmetic done by hand."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from casebook import Case
from casebook.errors import InputError
from casebook.schema.reader import parse_parameters, read_parameters
from tests.conftest import ROOT, run_template, without_break_evens

VIEW = "application/vnd.casebook.view+json"
FACTORS = {
    "fans": 1_000,
    "gross_margin": 0.4,
    "causal_share": 0.25,
    "fans_gained": 1,
    "acquisition_cost": 2,
    "spend_of_fan": 150,
    "spend_of_other": 110,
    "retention_of_fan": 0.8,
    "retention_of_other": 0.7,
    "recommendations_of_fan": 3,
    "recommendations_of_other": 1,
    "conversion_of_fan": 0.05,
    "conversion_of_other": 0.02,
    "new_customer_spend": 90,
    "unpaid_posts": 300,
    "organic_reach": 0.1,
    "price_of_reach": 5,
    "share_otherwise_bought": 0.4,
}


def one_year(**inputs: Any) -> dict[str, Any]:
    """The record of a case over one year, undiscounted."""
    given = {
        "template": "fan-value",
        "client": {"name": "Example"},
        "years": 1,
        "discount_rate": 0,
        "inputs": inputs,
    }
    with without_break_evens():
        return run_template(parse_parameters(given, folder=ROOT / "params")).record().to_json()


def money(record: dict[str, Any]) -> dict[str, float]:
    """The first year's amount of each counted line."""
    return {line["name"]: line["annual"][0] for line in record["lines"]}


@pytest.fixture(scope="module")
def tables(reports: dict[str, Path]) -> dict[str, dict[str, list[str]]]:
    """The words, numbers and results of each explained step, by client: as the report shows them."""
    return {name: _steps(reports[name] / "fan-value.ipynb") for name in ("cola", "cosmetics")}


def _steps(path: Path) -> dict[str, list[str]]:
    cells = json.loads(path.read_text("utf-8"))["cells"]
    shown = [
        shown["data"][VIEW] for cell in cells for shown in cell.get("outputs", []) if VIEW in shown["data"]
    ]
    steps = {}
    for view in shown:
        if view["view"] == "table" and view["columns"][0]["label"] == "Step":
            for row in view["rows"]:
                steps[row["cells"][0]] = (
                    row["cells"][1].replace("\u202f", " ").replace("\xa0", " ").split("\n= ")
                )
    return steps


def test_one_fan_won_brings_the_value_of_a_fan():
    """Spending 40 × 40 % = 16, loyalty 10 % × 150 × 40 % = 6, recommendation 0.13 × 90 × 40 % = 4.68 a year.

    A fan who is won in the course of the year is there for half of it.
    """
    record = one_year(**FACTORS)
    assert money(record) == pytest.approx(
        {
            "Fans spend more": 0.25 * 16 / 2,
            "Fans keep buying": 0.25 * 6 / 2,
            "New customers from recommendations": 0.25 * 4.68 / 2,
            "Paid reach avoided": 300 * 0.1 * 0.4 * 5 / 1000 / 2,
            "Fan acquisition": 2,
        }
    )
    assert record["result"]["present_value_of_benefits"] == pytest.approx(3.365)
    assert record["result"]["net_present_value"] == pytest.approx(1.365), "after the cost of winning the fan"


def test_where_nothing_is_caused_only_reach_is_left():
    record = one_year(**{**FACTORS, "causal_share": 0})
    assert record["result"]["present_value_of_benefits"] == pytest.approx(0.03)


def test_nothing_is_divided_by_what_may_be_nothing():
    """No fan won by a post, no value of an average fan, no participation: the report stands all the same."""
    nothing = ("fans_a_post", "value_of_average", "participations_of_average", "recommendations_of_average")
    something = {"value_of_best": 20, "share_made_best": 0.01, "spend_difference": 5, "sponsored_posts": 1}
    known = {"participations_of_active": 30, "recommendations_of_active": 10, "sponsored_price": 60}
    record = one_year(
        fans=1_000, gross_margin=0.4, causal_share=0, **dict.fromkeys(nothing, 0), **something, **known
    )
    assert record["result"]["present_value_of_benefits"] == 0


def test_the_causal_share_has_no_default():
    with pytest.raises(InputError, match="causal_share"):
        one_year(**{name: value for name, value in FACTORS.items() if name != "causal_share"})


def test_a_difference_stands_in_for_two_amounts():
    """71.84 × 40 % × 25 % for 50 fans on average; what is not known of the fan is not in the figure."""
    record = one_year(
        fans=1_000, gross_margin=0.4, causal_share=0.25, fans_gained=100, spend_difference=71.84
    )
    assert money(record) == pytest.approx({"Fans spend more": 359.2})
    left_out = {line["name"] for line in record["not_in_figure"]}
    assert {"Fans keep buying", "New customers from recommendations", "Paid reach avoided"} <= left_out


def test_extra_spend_and_loyalty_stay_within_what_the_fans_spend():
    """50 fans on average spend 7,500; all of it extra, and half of it again by loyalty, would be 11,250."""
    extra = {"spend_of_fan": 150, "spend_of_other": 0, "retention_of_fan": 0.9, "retention_of_other": 0.4}
    record = one_year(fans=1_000, gross_margin=1, causal_share=1, fans_gained=100, **extra)
    assert record["result"]["present_value_of_benefits"] == pytest.approx(7_500)


def test_fans_move_up_one_tier_at_a_time():
    """500 fans gain 65 − 40 and 100 fans 110 − 65, at 40 % margin and a quarter caused; each is rewarded."""
    tiers = {"value_of_average": 40, "value_of_active": 65, "value_of_best": 110}
    moves = {"share_made_active": 0.05, "share_made_best": 0.01, "reward": 1.5}
    record = one_year(fans=10_000, gross_margin=0.4, causal_share=0.25, **tiers, **moves)
    assert money(record) == pytest.approx(
        {
            "Average fans become active": 500 * 25 * 0.4 * 0.25,
            "Fans move up to the top tier": 100 * 45 * 0.4 * 0.25,
            "Rewards for fans who move up": 600 * 1.5,
        }
    )


def test_without_an_active_tier_the_step_is_from_average_to_best():
    record = one_year(
        fans=10_000,
        gross_margin=0.4,
        causal_share=0.25,
        value_of_average=40,
        value_of_best=110,
        share_made_best=0.01,
    )
    assert money(record) == pytest.approx({"Fans move up to the top tier": 100 * 70 * 0.4 * 0.25})


def test_fans_won_stay_less_the_share_that_leaves():
    """100 a year, 80 % stay: 50, 130, 194 fans on average; each brings 10 × 50 % × 20 % a year."""
    inputs = {"fans": 1_000, "gross_margin": 0.5, "causal_share": 0.2, "fans_gained": 100, "fans_lost": 0.2}
    given = {
        "template": "fan-value",
        "client": {"name": "Example"},
        "inputs": {**inputs, "spend_difference": 10},
    }
    record = run_template(parse_parameters(given, folder=ROOT / "params")).record().to_json()
    assert record["lines"][0]["annual"] == pytest.approx([50, 130, 194])


def test_the_value_of_an_action_in_dollars_is_none_in_euros():
    """Without values of its own a case in euros has no cross-check; with one, it counts by that one."""
    posts = {"sponsored_price": 60, "sponsored_posts": 1, "likes_a_post": 10, "shares_a_post": 2}
    inputs = {"fans": 1_000, "gross_margin": 0.5, "causal_share": 0.2, **posts}
    given = {"template": "fan-value", "client": {"name": "Example"}, "currency": "EUR", "years": 1}

    def cross_check(**values: float) -> dict[str, Any]:
        parameters = parse_parameters({**given, "inputs": {**inputs, **values}}, folder=ROOT / "params")
        outside = run_template(parameters).record().to_json()["not_in_figure"]
        return next(line for line in outside if line["name"] == "Same sales, counted by action")

    assert cross_check()["missing"] == ["value_of_a_share", "value_of_a_like"]
    assert cross_check(value_of_a_like=6)["annual"] == pytest.approx([365 * 60 * 0.5 * 0.2])


def test_the_value_of_an_action_is_measured_from_referrals(tmp_path):
    """A share counts each order that it led to; a like none that came by a share or tweet, or directly."""
    orders = {
        "share": [(40, "share", 1), (60, "share", 2)],
        "tweet": [(20, "tweet", 3), (30, "tweet", 4)],
        "like": [(50, "like", 5), (80, "share", 6), (30, "direct", 7), (10, "like", 8)],
        "follow": [(9, "follow", 9), (11, "follow", 10), (70, "tweet", 11)],
    }
    rows = [f"{action},{money},{by},{who}" for action, each in orders.items() for money, by, who in each]
    (tmp_path / "referrals.csv").write_text("\n".join(["action,revenue,came_by,customer", *rows]) + "\n")
    (tmp_path / "actions.csv").write_text("action,count\nshare,20\ntweet,25\nlike,30\nfollow,40\n")
    shutil.copytree(ROOT / "templates" / "fan-value", tmp_path / "templates" / "fan-value")
    given = {
        "template": "fan-value",
        "client": {"name": "Example"},
        "data": {"referrals": "referrals.csv", "actions": "actions.csv"},
        "inputs": {
            "fans": 1_000,
            "gross_margin": 0.5,
            "causal_share": 0.2,
            "community_managers": 1,
            "manager_salary": 9,
        },
    }
    (tmp_path / "example.yaml").write_text(json.dumps(given))
    found = run_template(read_parameters(tmp_path / "example.yaml")).record().inputs
    worth = {name: found[f"value_of_a_{name}"].value for name in orders}
    assert worth == pytest.approx({"share": 100 / 20, "tweet": 50 / 25, "like": 60 / 30, "follow": 20 / 40})
    assert {found[f"value_of_a_{name}"].evidence for name in orders} == {"measured"}


def test_a_fan_and_another_customer_stand_side_by_side_over_a_lifetime():
    """A margin of 60 a year, 80 % stay, discounted at 10 %: 60 × q ÷ (1 − q) with q = 0.8 ÷ 1.1."""
    inputs = {
        "fans": 1_000,
        "gross_margin": 0.5,
        "causal_share": 0.2,
        "fans_gained": 10,
        "acquisition_cost": 12,
    }
    spend = {"spend_of_fan": 120, "spend_of_other": 100, "retention_of_fan": 0.8, "retention_of_other": 0.75}
    given = {
        "template": "fan-value",
        "client": {"name": "Example"},
        "inputs": {**inputs, **spend, "fans_lost": 0.1},
    }
    case = run_template(parse_parameters(given, folder=ROOT / "params"))
    x = case.inputs
    fan = {"margin": x.spend_of_fan * x.gross_margin, "retention": x.retention_of_fan}
    rows = [row.cells for row in case.lifetime_value({"Fan": fan}).component.rows]
    worth = dict(rows)["without a horizon"]
    assert worth == "$220"  # of a new customer, the last of that name: 160 and a margin of 60 at once
    assert rows[4] == ("over 3 years", f"${sum(60 * (0.8 / 1.1) ** t for t in (1, 2, 3)):.2f}")


@pytest.mark.parametrize(("share", "told"), [(0.3, []), (0.5, ["A tier runs out of fans"])])
def test_a_tier_that_runs_out_is_told(share, told, monkeypatch):
    """Of 900 average fans 900 are to move up in three years, or 1,500."""
    remarks: list[tuple[str, str]] = []
    monkeypatch.setattr(Case, "remark", lambda _, title, text: remarks.append((title, text)))
    tiers = {"value_of_average": 10, "value_of_active": 20, "share_made_active": share}
    inputs = {"fans": 1_000, "gross_margin": 0.5, "causal_share": 0.2, **tiers}
    given = {"template": "fan-value", "client": {"name": "Example"}, "inputs": inputs}
    run_template(parse_parameters(given, folder=ROOT / "params"))
    assert [title for title, _ in remarks if title.startswith("A tier")] == told


def test_the_cross_check_by_action_is_never_in_the_figure():
    """A share 14, a post 5, a like 8, a follow 2: 2 × 14 + 3 × 5 + 10 × 8 + 4 × 2 = 131 a post."""
    actions = {"shares_a_post": 2, "tweets_a_post": 3, "likes_a_post": 10, "follows_a_post": 4}
    posts = {"sponsored_price": 60, "sponsored_posts": 1}
    record = one_year(fans=1_000, gross_margin=0.5, causal_share=0.2, **posts, **actions)
    (check,) = (line for line in record["not_in_figure"] if line.get("annual"))
    assert check["annual"] == pytest.approx([365 * 131 * 0.5 * 0.2])
    assert record["result"]["present_value_of_benefits"] == 0
    assert record["result"]["present_value_of_costs"] == 365 * 60


def test_cola_computes_the_value_of_a_fan_moved_up_and_nothing_else_of_what_is_quoted():
    """316.78 − 137.84; the quoted 28 % and 41 % have no base rate and are in no line."""
    case = run_template(read_parameters(ROOT / "params/cola.yaml"))
    (gain,) = (
        step
        for step in case.study.ledger.steps()
        if step.label == "Gain per fan who moves up to the top tier"
    )
    assert gain.value == pytest.approx(178.94, rel=1e-12)
    assert case.inputs.value_of_best.amount / case.inputs.value_of_average.amount == pytest.approx(
        2.298, abs=5e-4
    )
    used = case.study.ledger.inputs()
    assert {"value_of_average", "value_of_best"} <= used
    assert not {"likelier_to_continue", "likelier_to_recommend", "spend_difference"} & used
    given = case.parameters.inputs
    quoted = {
        name for name, value in given.items() if value.origin == "client" and value.evidence == "benchmark"
    }
    assert used - quoted == {name for name in used if given[name].evidence == "assumption"}


def test_cola_shows_the_published_figures_and_what_follows_from_them(tables):
    steps = tables["cola"]
    assert steps["Average fan"][-1] == "$137.84"
    assert steps["Top fan"][-1] == "$316.78"
    assert steps["Up to the top tier"] == [
        "Value of a top fan − Value of an average fan",
        "$316.78 − $137.84",
        "$178.94",
    ]
    assert steps["Top to average"][-1] == "2.298"
    assert steps["Participations, active to average"][1:] == ["30 ÷ 10", "3"]
    assert steps["Recommendations, active to average"][1:] == ["10 ÷ 1", "10"]
    assert steps["Spending"][-1] == "$2.87"  # 71.84 × 40 % × 10 %
    assert steps["Quoted, not counted: loyalty"][-1] == "28%"
    assert steps["Quoted, not counted: recommendation"][-1] == "41%"


def test_cosmetics_shows_the_published_cost_beside_the_full_year(tables):
    steps = tables["cosmetics"]
    assert steps["Sponsored posts, as published"][1:] == ["200 US$ × 2 × 7 × 4 × 12", "134 400 US$"]
    assert steps["Sponsored posts, as counted here"][1:] == ["200 US$ × 2 × 365", "146 000 US$"]
    assert steps["Missing from the published count"][-1] == "11 600 US$"
    assert steps["Unpaid post, mean"][-1] == "14 128"  # 139,441 × 10.1319 %


def test_cosmetics_measures_the_reach_of_unpaid_posts():
    """Mean 10.13 % and median 4.21 % of the fans, n = 360, as computed apart from the project."""
    case = run_template(read_parameters(ROOT / "params/cosmetics.yaml"))
    given = case.parameters.inputs
    assert given["organic_reach"].value == pytest.approx(0.1013, abs=5e-5)
    assert given["typical_reach"].value == pytest.approx(0.0421, abs=5e-5)
    for name in ("organic_reach", "typical_reach"):
        assert given[name].evidence == "measured"
        assert "n = 360" in given[name].source


def test_cosmetics_lists_the_costs_that_the_published_figure_leaves_out():
    record = run_template(read_parameters(ROOT / "params/cosmetics.yaml")).record().to_json()
    left_out = {line["name"] for line in record["not_in_figure"] if line["side"] == "cost"}
    assert {"Creative work", "Production", "Tools", "Community managers"} <= left_out
    assert any(finding["rule"] == "cost-class-missing" for finding in record["review"])
