"""Complaints in public: what counts by evidence, each trap on a case in it, and the exhibit, by hand."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from ruamel.yaml import YAML

from casebook import Case, CaseError
from casebook.formula.evaluation import evaluate
from casebook.schema.reader import parse_parameters, read_parameters
from casebook.schema.templates import find_template
from tests.conftest import ROOT, run_template
from tests.recorded_views import recorded

ROUND = YAML(typ="safe").load(ROOT / "tests/params/round-complaint.yaml")
ASSUMED = {"value": 50, "source": "no published figure", "evidence": "assumption"}
SPREAD = {"value": 32, "low": 1, "high": 1_000, "distribution": "lognormal"}
EVIDENCE = "The benefit is not in the figure"
EXAMPLES = "The benefit counts because these are examples"
MEASURED = "The benefit counts because it is measured"
MEAN = "A few complaints are seen by very many"
REPEATED = "Repeated viewers are counted as different people"
LIFETIME = "A lifetime is counted in the year of the first purchase"
OVERLAP = "What this case must not be added to"


def round_case(scenarios: dict[str, Any] | None = None, **inputs: Any) -> Case:
    """The case in round numbers, with other inputs than it has."""
    values = {**ROUND, "template": "seen-complaint", "inputs": {**ROUND["inputs"], **inputs}}
    return run_template(parse_parameters({**values, "scenarios": scenarios or {}}, folder=ROOT / "params"))


VIEWS = {"at_values": lambda name, values, rows, **_: {"funnel": (name, values, rows)}}
"""What is kept of the views: the funnel."""


@pytest.fixture
def shown() -> Iterator[dict[str, Any]]:
    """What the notebook of the next case shows."""
    with recorded(**VIEWS) as found:
        yield found


@pytest.fixture(scope="module")
def hotels() -> tuple[Case, dict[str, Any]]:
    """The example, and what its notebook shows."""
    with recorded(**VIEWS) as found:
        return run_template(read_parameters(ROOT / "params/hotel.yaml")), found


def findings(case: Case) -> dict[str, str]:
    return {finding["rule"]: finding["finding"] for finding in case.record().to_json()["review"]}


@pytest.mark.parametrize(
    ("inputs", "wanting"),
    [
        ({"viewers": ASSUMED}, "“Viewers per complaint” is measured"),
        ({"deterred": "10%"}, "“Purchases deterred by an unanswered complaint” is measured"),
        (
            {
                "viewers": {**ASSUMED, "evidence": "benchmark"},
                "deterred": {"value": "10%", "evidence": "stated"},
            },
            "“Viewers per complaint” and “Purchases deterred by an unanswered complaint” are measured",
        ),
    ],
)
def test_until_both_are_measured_the_benefit_stands_outside_the_figure(shown, inputs, wanting):
    case = round_case(**inputs)
    (line,) = case.study.ledger.beside
    assert line.not_in_figure == f"Counted once {wanting}."
    assert not case.study.ledger.of("benefit")
    assert float(case.result.net_present_value) == -90_000  # the cost of answering
    assert line.flow(3).tolist() == [
        0,
        60_000,
        60_000,
        60_000,
    ]  # and what it would bring is shown all the same
    text, warns = shown[EVIDENCE]
    assert warns and wanting in text


def test_once_both_are_measured_it_counts(shown):
    case = round_case()
    assert not case.study.ledger.beside
    assert float(case.result.net_present_value) == 90_000
    assert not shown[MEASURED][1]


def test_a_published_range_is_the_default_and_does_not_count(shown):
    values = {key: value for key, value in ROUND["inputs"].items() if key != "viewers"}
    case = run_template(
        parse_parameters({**ROUND, "template": "seen-complaint", "inputs": values}, folder=ROOT / "params")
    )
    given = case.parameters.inputs["viewers"]
    assert (given.value, given.low, given.high, given.distribution) == (32, 1, 1_000, "lognormal")
    assert (given.evidence, given.origin) == ("benchmark", "default")
    assert case.study.ledger.beside


def test_the_untouched_template_counts_it_and_says_why(shown):
    case = run_template(None, template=find_template("seen-complaint", start=ROOT))
    assert case.study.ledger.of("benefit") and not case.study.ledger.beside
    assert shown[EXAMPLES][1]
    assert "still-an-example" in findings(case)


def test_one_figure_of_a_client_ends_the_example(shown):
    """All others are examples, as `casebook new` writes them."""
    declared = find_template("seen-complaint", start=ROOT).inputs.values()
    source = "example of the template, to be replaced"
    inputs = {
        each.name: {"value": each.example, "source": source}
        for each in declared
        if each.presence == "required"
    }

    def case(**changed: Any) -> Case:
        values = {**ROUND, "template": "seen-complaint", "inputs": {**inputs, **changed}}
        return run_template(parse_parameters(values, folder=ROOT / "params"))

    assert not case().study.ledger.beside
    assert case(complaints=900).study.ledger.beside


def test_a_scenario_on_a_line_outside_the_figure_says_what_would_bring_it_in():
    with pytest.raises(
        CaseError, match=r"which no counted line rests on\n.*Counted once “Viewers per complaint” is"
    ):
        _ = round_case(scenarios={"Seen by 10": {"viewers": 10}}, viewers=ASSUMED).study.scenario_results


def test_the_mean_of_the_spread_is_nine_times_its_median(shown):
    """σ = ln 1,000 ÷ (2 × 1.6448536) = 2.0998; exp(σ² ÷ 2) = 9.0666; √1,000 × 9.0666 = 286.7."""
    round_case(viewers={**SPREAD, "source": "our own count", "evidence": "measured"})
    ratio = math.exp((math.log(1_000) / (2 * 1.6448536269514722)) ** 2 / 2)
    assert ratio == pytest.approx(9.0666, abs=5e-5)
    text, warns = shown[MEAN]
    assert not warns
    assert "The mean is 287, 9.1 times the median" in text
    assert "Half of the complaints have 32 viewers or fewer, one in twenty has 1,000 or more" in text


def test_the_ratio_follows_from_the_range(shown):
    """ln 100 ÷ 3.2897 = 1.39986; exp(0.97980) = 2.664; × 20 = 53.3."""
    round_case(
        viewers={**SPREAD, "value": 20, "low": 2, "high": 200, "source": "our count", "evidence": "measured"}
    )
    assert "The mean is 53, 2.7 times the median" in shown[MEAN][0]


def test_the_ratio_is_that_of_the_draws():
    """Without a pool that cuts them off, the expected benefit is as many times the likely one."""
    viewers = {**SPREAD, "source": "our own count", "evidence": "measured"}
    case = round_case(viewers=viewers, prospects_in_market=10**12)
    mean = case.study.analysis.simulation.net_present_value.mean + 90_000
    likely = 180_000 * math.sqrt(1_000) / 50
    # The standard deviation of this lognormal is 9 times its mean: 10,000 draws know the mean to 9 %.
    assert mean / likely == pytest.approx(9.0666, rel=0.25)


@pytest.mark.parametrize(
    ("inputs", "warning"), [({"unique": "100%"}, REPEATED), ({"lifetime_margin": 200}, LIFETIME)]
)
def test_a_trap_is_told_where_a_case_falls_into_it(shown, inputs, warning):
    round_case(**inputs)
    assert shown[warning][1]


def test_no_trap_is_told_where_there_is_none(shown):
    round_case()
    assert not {MEAN, REPEATED, LIFETIME, EVIDENCE, EXAMPLES} & shown.keys()


def test_churn_and_crisis_of_social_care_are_told_apart(shown):
    """Both are about customers; this case counts people who are none yet, from a pool of prospects."""
    case = round_case()
    text, _ = shown[OVERLAP]
    assert "churn that a case for social care counts" in text and "crisis" in text
    assert [use.pool.key for use in case.study.ledger.pools] == ["prospects"]


def test_a_bad_case_is_met_by_the_review():
    """More viewers than prospects, revenue as margin, the whole difference, no ramp-up, no training."""
    case = round_case(prospects_in_market=60_000, gross_margin="100%")
    assert {
        "claim-over-pool",
        "gains-at-revenue",
        "causal-share-unquestioned",
        "no-ramp",
        "cost-class-missing",
        "single-point",
    } <= findings(case).keys()


def test_a_lifetime_margin_is_no_revenue():
    assert "gains-at-revenue" not in findings(round_case(lifetime_margin=200))


def test_the_funnel_at_1_10_100_and_1000_viewers(shown):
    """6,000 answers × viewers × 80 % × 50 %; at 1,000 viewers no more than the 1,000,000 prospects."""
    case = round_case(attracted="5%", causal_share="50%")
    name, values, rows = shown["funnel"]
    assert (name, values) == ("viewers", [1, 10, 100, 1_000])
    at = {name: np.array(values, float)[:, np.newaxis]}
    found = {
        label: np.broadcast_to(evaluate(row, case.years, at)[..., -1], 4).tolist()
        for label, row in rows.items()
    }
    assert found == {
        "Additional complaints answered": pytest.approx([6_000] * 4),
        "Times they are seen": pytest.approx([6_000, 60_000, 600_000, 6_000_000]),
        "Prospects among the viewers": pytest.approx([2_400, 24_000, 240_000, 2_400_000]),
        "Prospects counted": pytest.approx([2_400, 24_000, 240_000, 1_000_000]),
        "Would buy, had they seen no complaint": pytest.approx([240, 2_400, 24_000, 100_000]),
        "Purchases lost if nobody answers": pytest.approx([12, 120, 1_200, 5_000]),
        "Purchases won by the answer": pytest.approx([6, 60, 600, 2_500]),
        "Complaints per purchase lost": pytest.approx([500, 50, 5, 1.2]),
        "Contribution kept and won": pytest.approx([900, 9_000, 90_000, 375_000]),
    }


@pytest.mark.parametrize("market", [1_000_000, 60_000])
def test_the_funnel_agrees_with_the_line(shown, market):
    """At the likely number of viewers, and where there are fewer prospects than viewers."""
    case = round_case(attracted="5%", causal_share="50%", prospects_in_market=market)
    value = shown["funnel"][2]["Contribution kept and won"].value
    (line,) = case.study.ledger.of("benefit")
    assert float(value) == pytest.approx(line.flow(3)[-1])


def test_what_the_hotels_measure_is_what_their_files_say(hotels):
    """600, 525 and 618 of 1,500 buy: 12.5 % fewer, 3 % more. The median of the views is between 31 and 32."""
    case, _ = hotels
    given = case.parameters.inputs
    assert {name: given[name].evidence for name in ("viewers", "deterred", "attracted")} == dict.fromkeys(
        ("viewers", "deterred", "attracted"), "measured"
    )
    assert given["deterred"].value == pytest.approx(1 - 525 / 600)
    assert given["attracted"].value == pytest.approx(618 / 600 - 1)
    assert given["deterred"].low < given["deterred"].value < given["deterred"].high
    with (ROOT / "params/data/hotel_views.csv").open() as file:
        views = [int(row["viewers"]) for row in csv.DictReader(file)]
    low, middle, high = np.quantile(views, [0.05, 0.5, 0.95])
    assert (low, round(middle + 0.01)) == (given["viewers"].low, given["viewers"].value)
    assert high == pytest.approx(given["viewers"].high, rel=0.03)


@pytest.mark.parametrize("what_if", [{"viewers": "20"}, {"deterred": "20%"}])
def test_asking_what_if_takes_nothing_out_of_the_figure(what_if):
    case = run_template(read_parameters(ROOT / "params/hotel.yaml", overrides=what_if))
    assert case.study.ledger.of("benefit") and not case.study.ledger.beside


def test_the_hotels_are_a_case_that_a_sceptic_can_read(hotels):
    case, found = hotels
    assert case.result.net_present_value > 0
    assert case.result.return_on_investment < 3
    assert 0.1 <= case.study.analysis.simulation.probability_of_loss <= 0.4
    assert not case.study.ledger.left_out
    assert MEASURED in found and MEAN in found
    assert list(case.study.scenario_results) == ["Seen by 1", "Seen by 10", "Seen by 100", "Seen by 1,000"]
    worth = [float(s.result.net_present_value) for s in case.study.scenario_results.values()]
    assert worth == sorted(worth) and worth[1] < 0 < worth[2]


def test_the_hotels_stand_on_the_scale_and_their_kpis_follow_the_case(hotels):
    case, _ = hotels
    (placed,) = case.parameters.story.maturity
    assert (placed.scale.key, placed.level.key) == ("public-answers", "the-loud-ones")
    assert placed.scale.after(placed.level).key == "all-in-time"
    kpis = {kpi.key: kpi for kpi in case.study.kpis}
    assert kpis["kept"].target == "$422,795 a year"
