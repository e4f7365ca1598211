"""Social commerce: each trap on a bad case, the step at the threshold, and a simulation made apart."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from ruamel.yaml import YAML

from casebook import Case
from casebook.analysis.analysis import sample_of
from casebook.formula.evaluation import evaluate
from casebook.schema.reader import parse_parameters, read_parameters
from casebook.schema.templates import find_template
from tests.conftest import ROOT, run_template
from tests.recorded_views import recorded

ROUND = YAML(typ="safe").load(ROOT / "tests/params/round-deals.yaml")
CHANCES = "the step, over the draws"
DRAWS = 10_000

SPREADS = "On paper the deal never stops spreading"
MISSED = "At the likely values the deal misses its threshold"
TOO_MANY = "Every prospect would have to buy more than once a year"
LOSING = "Every buyer costs money"
REVENUE = "What is counted is revenue"
NOBODY = "Nobody is assumed to have bought anyway"
TOO_MUCH = "More is attributed to actions than is sold"
LIKES = "People buy, then like"


def round_case(**inputs: Any) -> Case:
    """The case in round numbers, with other inputs than it has."""
    values = {**ROUND, "template": "social-commerce", "inputs": {**ROUND["inputs"], **inputs}}
    return run_template(parse_parameters(values, folder=ROOT / "params"))


VIEWS = {
    "explain": lambda expressions, *, caption="": {caption.replace("\xa0", " "): expressions},
    "simulated": lambda expressions, *, caption="", note="": {CHANCES: expressions},
}
"""What is kept of the views: formulas, by caption."""


@pytest.fixture
def shown() -> Iterator[dict[str, Any]]:
    """What the notebook of the next case shows."""
    with recorded(**VIEWS) as found:
        yield found


@pytest.fixture(scope="module")
def spas() -> tuple[Case, dict[str, Any]]:
    """The example, and what its notebook shows."""
    with recorded(**VIEWS) as found:
        return run_template(read_parameters(ROOT / "params/deals.yaml")), found


def values(rows: dict[str, Any]) -> dict[str, float]:
    return {label: float(formula.value) for label, formula in rows.items()}


def findings(case: Case) -> dict[str, str]:
    return {finding["rule"]: finding["finding"] for finding in case.record().to_json()["review"]}


@pytest.mark.parametrize(
    ("inputs", "title", "words"),
    [
        # 50 % × 100 × 50 % × 5 % = 1.25
        ({"seen_by": "50%", "prospects": 600}, SPREADS, "Each buyer brings 1.25 more"),
        ({"threshold": 700}, MISSED, "It finds 625 buyers and needs 700"),
        ({"audience": [6_000, 10_000, 10_000]}, MISSED, "It finds 375 buyers and needs 500"),
        ({"prospects": 6_000}, TOO_MANY, "6,250 buyers among 6,000 prospects"),
        ({"bought_anyway": "60%"}, LOSING, "The more people buy"),  # 40 % × 15 − 60 % × 15 = −3
        ({"unit_cost": 0}, REVENUE, "The unit cost is zero"),
        ({"bought_anyway": "0%"}, NOBODY, "people buy, and like it afterwards"),
        ({"likes": 4_000}, TOO_MUCH, "more revenue than its buyers pay"),  # 4,000 × 8 against 625 × 40
        ({"likes": 100, "like_revenue": 5_000}, LIKES, "Everything that people who liked"),
        ({"follows": 100, "follow_revenue": 5_000}, LIKES, "Everything that people who liked"),
    ],
)
def test_a_trap_is_told_where_a_case_falls_into_it(shown, inputs, title, words):
    round_case(**inputs)
    text, warns = shown[title]
    assert warns
    assert words in text


def test_a_plain_case_falls_into_none(shown):
    round_case(likes=100)
    assert not {SPREADS, MISSED, TOO_MANY, LOSING, REVENUE, NOBODY, TOO_MUCH, LIKES} & shown.keys()


def test_purchases_before_the_like_are_taken_off_and_said(shown):
    round_case(likes=100, like_revenue=5_000, like_revenue_otherwise=4_000)
    assert shown[LIKES] == (
        "People who liked bought for $5,000 per deal. Of this, $4,000 came by a share or directly, so the "
        "like did not bring it. Only the rest is credited to likes.",
        False,
    )


def test_the_review_meets_a_bad_case():
    """Nobody would have bought anyway, the first year is full, and no class of cost but two is given."""
    found = findings(round_case(bought_anyway="0%"))
    assert {"causal-share-unquestioned", "no-ramp", "cost-class-missing", "single-point"} <= found.keys()
    assert "causal-share-unquestioned" not in findings(round_case())


def test_a_discount_below_cost_is_told_as_a_loss_among_the_benefits():
    """20 − 20 − 3 − 2 = −5 from each additional buyer."""
    assert "negative-benefit" in findings(round_case(discount="60%"))


def test_contribution_needs_no_margin():
    assert "gains-at-revenue" not in findings(round_case())
    declared = find_template("social-commerce", start=ROOT).inputs
    assert [name for name, each in declared.items() if each.role == "contribution"] == ["unit_cost"]
    assert "margin" not in {each.role for each in declared.values()}


def test_from_audience_to_buyers_in_round_numbers(shown):
    """500 of 10,000 buy; half of them pass it on, to 100 friends each of whom 8 % see it."""
    round_case()
    rows = shown["A deal finds 625 buyers at the likely values and needs 500"]
    assert values(rows) == pytest.approx(
        {
            "First audience": 10_000,
            "Buyers in the first audience": 500,
            "First buyers who pass the deal on": 250,
            "Friends who see it": 2_000,
            "Buyers among these friends": 100,
            "Further buyers per buyer (k)": 0.2,
            "Buyers per deal": 625,
            "Of these, through friends": 125,
            "Buyers above the threshold": 125,
        }
    )


def test_what_a_deal_earns_in_round_numbers(shown):
    round_case(content_per_deal=500, advertising_per_deal=400)
    assert values(shown["What a buyer brings, and what a deal earns"]) == pytest.approx(
        {
            "Contribution per additional buyer": 15,  # 40 − 20 − 3 − 2
            "Lost per buyer who would have bought anyway": 15,  # 10 + 3 + 2
            "Contribution per buyer": 9,  # 80 % × 15 − 20 % × 15
            "Contribution per deal at the threshold": 4_500,
            "Contribution per deal at the likely values": 5_625,
            "Content and advertising per deal": 900,
            "Buyers that pay for content and advertising": 100,
            "Share who bought anyway at which nothing is left": 0.5,  # 15 ÷ (50 − 20)
        }
    )


def test_below_the_threshold_a_deal_earns_nothing_and_above_it_counts_every_buyer(shown):
    for threshold, earned in ((626, 0), (624, 5_625)):
        round_case(threshold=threshold)
        assert float(shown[CHANCES]["Contribution per deal"].value) == pytest.approx(earned)


def test_the_cross_check_counts_likes_and_follows_net(shown):
    """4,000 ÷ 200 = 20; (10,000 − 7,000) ÷ 500 = 6; 2 quoted: 4,000 + 3,000 + 100, beside 625 × 40."""
    case = round_case(
        shares=200,
        share_revenue=4_000,
        likes=500,
        like_revenue=10_000,
        like_revenue_otherwise=7_000,
        follows=50,
    )
    assert values(shown["Revenue per deal: by buyer and by action"]) == pytest.approx(
        {
            "Value of a share": 20,
            "Value of a like": 6,
            "Value of a follow": 2,
            "Revenue per deal, by action": 7_100,
            "Revenue per deal, by buyer": 25_000,
            "By action, of by buyer": 0.284,
        }
    )
    assert "Same sales, counted by action" in [
        line["name"] for line in case.record().to_json()["not_in_figure"]
    ]


def test_published_values_of_an_action_stay_in_dollars(shown):
    assert {
        name: (each.default, each.currency)
        for name, each in find_template("social-commerce", start=ROOT).inputs.items()
        if name.startswith("value_of_")
    } == {"value_of_share": (14, "USD"), "value_of_like": (8, "USD"), "value_of_follow": (2, "USD")}
    values_in_euros = {**ROUND["inputs"], "shares": 10}
    given = {**ROUND, "template": "social-commerce", "currency": "EUR", "inputs": values_in_euros}
    run_template(parse_parameters(given, folder=ROOT / "params"))
    assert "Value of a share" not in {
        label for rows in shown.values() if isinstance(rows, dict) for label, row in rows.items() if row.given
    }


# Ranges with the likely value half-way, so that each PERT is a beta distribution with both shapes at 3.
RANGES = {
    "audience": (8_000, 10_000, 12_000),
    "conversion": (0.03, 0.05, 0.07),
    "passing_on": (0.3, 0.5, 0.7),
    "seen_by": (0.03, 0.10, 0.17),
    "unit_cost": (18, 20, 22),
    "bought_anyway": (0.1, 0.2, 0.3),
}


def ranged(**inputs: Any) -> Case:
    spans = {name: dict(zip(("low", "value", "high"), span, strict=True)) for name, span in RANGES.items()}
    return round_case(**{**spans, **inputs})


def own_draws(count: int) -> dict[str, np.ndarray]:
    """PERT draws made apart from the package: its 5th percentile solves x³ (10 − 15x + 6x²) = 0.05."""
    roots = np.roots([6, -15, 10, 0, 0, -0.05])
    [q] = [root.real for root in roots if abs(root.imag) < 1e-12 and 0 < root.real < 0.5]
    rng = np.random.default_rng(3)
    return {
        name: np.maximum(0, likely + (rng.beta(3, 3, count) - 0.5) * (high - low) / (1 - 2 * q))
        for name, (low, likely, high) in RANGES.items()
    }


def own_deals(draws: dict[str, np.ndarray], prospects: float) -> tuple[np.ndarray, np.ndarray]:
    """Buyers and contribution of each drawn deal, written as the domain states it."""
    first = draws["audience"] * draws["conversion"]
    k = draws["passing_on"] * 100 * draws["seen_by"] * draws["conversion"]
    below = k < 1
    found = np.where(below, np.minimum(first / np.where(below, 1 - k, 1), prospects), prospects)
    share = draws["bought_anyway"]
    each = (1 - share) * (50 * 0.8 - draws["unit_cost"] - 3 - 2) - share * (50 * 0.2 + 3 + 2)
    return found, np.where(found >= 500, found * each, 0)


def test_chance_and_expected_contribution_agree_with_a_simulation_of_ones_own(shown):
    """Four standard errors of the difference of two simulations; each has its own draws."""
    case = ranged(prospects=2_000)
    found, earned = own_deals(own_draws(400_000), 2_000)
    draws = sample_of(case.study).values(0, DRAWS)
    counted = {
        label: evaluate(formula, case.years, draws)[:, -1].astype(float)
        for label, formula in shown[CHANCES].items()
        if formula.given
    }
    for label, own in {"Threshold reached": found >= 500, "Contribution per deal": earned}.items():
        ours = counted[label]
        error = np.hypot(ours.std() / np.sqrt(DRAWS), own.std() / np.sqrt(len(own)))
        assert abs(ours.mean() - own.mean()) < 4 * error, label
    assert 0.3 < counted["Threshold reached"].mean() < 0.9
    likely = float(shown[CHANCES]["Contribution per deal"].value)
    # The step makes the average another one than the contribution at the likely values.
    assert abs(counted["Contribution per deal"].mean() - likely) > 50


def test_the_expected_net_present_value_is_that_of_the_same_deals():
    """10 deals a year over three years, undiscounted, less 45,000 a year."""
    simulation = ranged(prospects=2_000).study.analysis.simulation
    _, earned = own_deals(own_draws(400_000), 2_000)
    worth = 3 * (10 * earned - 45_000)
    spread = simulation.net_present_value
    error = np.hypot(spread.standard_error, worth.std() / np.sqrt(len(worth)))
    assert abs(spread.mean - worth.mean()) < 4 * error
    loss = (worth < 0).mean()
    assert abs(simulation.probability_of_loss - loss) < 4 * np.sqrt(loss * (1 - loss) / DRAWS)


def test_draws_in_which_a_deal_never_stops_spreading_stay_within_the_prospects(shown):
    case = ranged(seen_by={"low": 0.05, "value": 0.4, "high": 0.75}, prospects=3_000)
    draws = sample_of(case.study).values(0, DRAWS)
    found = evaluate(shown[CHANCES]["Buyers per deal"], case.years, draws)[:, 0]
    k = (draws["passing_on"] * 100 * draws["seen_by"] * draws["conversion"])[:, 0]
    assert 0.1 < (k >= 1).mean() < 0.9
    assert np.isfinite(found).all()
    assert found.min() >= 0
    assert found.max() <= 3_000 * (1 + 1e-12)
    assert found[k >= 1] == pytest.approx(3_000)
    first = (draws["audience"] * draws["conversion"])[:, 0]
    assert found[k < 1] == pytest.approx(np.minimum(first / (1 - k), 3_000)[k < 1])
    assert np.isfinite(case.study.analysis.simulation.outcomes).all()


def test_the_spas_are_a_case_that_a_sceptic_can_read(spas):
    case, shown = spas
    assert case.result.net_present_value > 0
    assert case.result.return_on_investment < 1
    assert 0.1 <= case.study.analysis.simulation.probability_of_loss <= 0.4
    assert not case.study.ledger.left_out
    assert not {SPREADS, MISSED, TOO_MANY, LOSING, REVENUE, NOBODY, TOO_MUCH} & shown.keys()


def test_the_spas_stand_on_the_scale_and_their_kpis_follow_the_case(spas):
    case, _ = spas
    (placed,) = case.parameters.story.maturity
    assert (placed.scale.key, placed.level.key) == ("social-commerce", "announced")
    assert placed.scale.after(placed.level).key == "counted"
    kpis = {kpi.key: kpi for kpi in case.study.kpis}
    assert kpis["conversion"].target.replace("\xa0", " ") == "2.9%"
    assert kpis["additional"].target == "$251,094 a year"


def test_what_the_story_says_of_the_spas_is_so(spas):
    """Three and nine deals in 2027; 16 % of 90,000 followers and 8,600 more; few buyers through friends."""
    case, shown = spas
    x = {name: each.value for name, each in case.parameters.inputs.items()}
    assert x["deals"] * x["adoption"][0] == 3 + 9
    assert x["audience"] == 0.16 * 90_000 + 8_600
    [rows] = [rows for title, rows in shown.items() if title.startswith("A deal finds")]
    found = values(rows)
    assert found["Of these, through friends"] / found["Buyers per deal"] < 0.1
    more = x["passing_on"] * x["friends"] * x["seen_by"] * x["conversion"]
    assert x["incentive"] == pytest.approx(8 * more, abs=0.005)
    assert x["fee"] / (x["price"] * (1 - x["discount"])) == pytest.approx(0.11, abs=0.005)
