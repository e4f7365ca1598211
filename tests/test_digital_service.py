"""Digital service: each trap on a case that falls into it, the exhibit and published figures, by hand."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import nbformat
import pytest
from ruamel.yaml import YAML

from casebook import Case
from casebook.schema.reader import parse_parameters, read_parameters
from casebook.schema.templates import find_template
from casebook.views.benefit_groups import OTHER, parts_of
from tests.conftest import ROOT, run_template
from tests.recorded_views import recorded

ROUND = YAML(typ="safe").load(ROOT / "tests/params/round-digital.yaml")
MOBILE = {
    "mobile_visits": 100_000,
    "conversion_now": "2%",
    "conversion_rise": "25%",
    "order_value": 80,
    "gross_margin": "30%",
    "causal_share": "50%",
}
HARDER = {"extra_handling": 0.1}
EXHIBIT = "contacts that remain, by year"


def round_case(**inputs: Any) -> Case:
    """The case in round numbers, with other inputs than it has."""
    values = {**ROUND, "template": "digital-service", "inputs": {**ROUND["inputs"], **inputs}}
    return run_template(parse_parameters(values, folder=ROOT / "params"))


def counted(value: str) -> dict[str, str]:
    return {"value": value, "source": "our own count, March 2026", "evidence": "measured"}


VIEWS = {
    "explain": lambda expressions, *, caption="": {caption: expressions},
    "by_year": lambda expressions, *, caption="", note="": {EXHIBIT: expressions, "its caption": caption},
}
"""What is kept of the views: tables of formulas, by caption."""


@pytest.fixture
def shown() -> Iterator[dict[str, Any]]:
    """What the notebook of the next case shows."""
    with recorded(**VIEWS) as found:
        yield found


@pytest.fixture(scope="module")
def retailer() -> tuple[Case, dict[str, Any]]:
    """The example, and what its notebook shows."""
    with recorded(**VIEWS) as found:
        return run_template(read_parameters(ROOT / "params/retailer.yaml")), found


def values(formula: Any) -> list[float]:
    value = formula.value
    return [float(each) for each in (value if isinstance(value, tuple) else (value,))]


def findings(case: Case) -> dict[str, str]:
    return {finding["rule"]: finding["finding"] for finding in case.record().to_json()["review"]}


PREFERENCE = "A preference is not a contact avoided"
BOT = "The chatbot is assumed to do better than others"
YARDSTICK = "More contacts are avoided than elsewhere"
AS_EASY = "Remaining contacts are assumed to be no harder"
LOSING = "Each contact avoided costs more than it saves"


@pytest.mark.parametrize(
    ("inputs", "warning", "words"),
    [
        ({"tried": "72%", **HARDER}, PREFERENCE, "72% of the suitable contacts"),
        ({"tried": ["40%", "60%", "80%"], **HARDER}, PREFERENCE, "80% of the suitable contacts"),
        ({"bot_share": "50%", "solved_by_bot": "31%", **HARDER}, BOT, "31% of what it is asked"),
        ({"recontact": "0%", **HARDER}, YARDSTICK, "10% of all contacts"),
        ({}, AS_EASY, "The easy ones go first"),
        # 110,400 that remain × 0.50 cost 55,200 more, and 9,600 contacts avoided save 48,000.
        ({"extra_handling": 0.5}, LOSING, "cost more than the contacts avoided"),
    ],
)
def test_a_trap_is_told_where_a_case_falls_into_it(shown, inputs, warning, words):
    round_case(**inputs)
    text, warns = shown[warning]
    assert warns
    assert words in text.replace("\xa0", " ")


@pytest.mark.parametrize(
    ("inputs", "absent"),
    [
        ({"tried": "71%"}, PREFERENCE),
        ({"tried": counted("80%")}, PREFERENCE),
        ({"bot_share": "50%"}, BOT),  # the published 30 %
        ({"bot_share": "50%", "solved_by_bot": counted("45%")}, BOT),
        ({"solved_by_bot": "90%"}, BOT),  # there is no bot
        ({"solved": "40%"}, YARDSTICK),
        (HARDER, AS_EASY),
        (HARDER, LOSING),
        ({"tried": "0%"}, LOSING),
    ],
)
def test_no_trap_is_told_where_there_is_none(shown, inputs, absent):
    round_case(**inputs)
    assert absent not in shown


def test_a_figure_that_names_no_source_is_assumed_whatever_its_grade(shown):
    round_case(bot_share="50%", solved_by_bot={"value": "45%", "evidence": "measured"})
    assert BOT in shown


def test_what_customers_would_rather_do_is_no_default_and_the_published_failures_are():
    declared = find_template("digital-service", start=ROOT).inputs
    assert declared["tried"].presence == "required"
    assert declared["tried"].example < 0.72
    assert 0.72 not in [each.default for each in declared.values()]
    assert declared["solved_by_bot"].default == pytest.approx(1 - 7 / 10)
    money = {name: declared[name] for name in ("cost_per_contact", "attempt_cost")}
    assert {name: (each.default, each.currency, each.evidence) for name, each in money.items()} == {
        "cost_per_contact": (8.01, "USD", "benchmark"),
        "attempt_cost": (0.10, "USD", "benchmark"),
    }
    assert all("Gartner 2019" in each.source for each in (*money.values(), declared["fully_self_served"]))


@pytest.mark.parametrize(
    ("share", "warns"), [("50%", False), ("100%", True), (["50%", "100%", "100%"], False)]
)
def test_orders_across_devices_are_credited_in_part(shown, share, warns):
    case = round_case(**{**MOBILE, "causal_share": share})
    assert shown["Orders across devices"][1] is warns
    assert ("causal-share-unquestioned" in findings(case)) is warns


def test_without_mobile_nothing_is_said_of_devices(shown):
    round_case()
    assert "Orders across devices" not in shown


def test_a_bad_case_is_met_by_the_review():
    """Orders at revenue and all of them caused, an average cost, freed time as money, no ramp-up."""
    case = round_case(**{**MOBILE, "gross_margin": "100%", "causal_share": "100%"})
    assert {
        "gains-at-revenue",
        "causal-share-unquestioned",
        "average-for-marginal-cost",
        "freed-capacity-as-cash",
        "no-ramp",
        "cost-class-missing",
        "single-point",
    } <= findings(case).keys()


def test_freed_time_counts_in_full_and_stands_at_its_released_share_beside_it():
    """48,000 a year in full over three years, undiscounted, against 50,000 of costs; a quarter is 12,000."""
    case = round_case(released="25%", handle_time="10", paid_hours="36.5")
    record = case.record().to_json()
    (line,) = (line for line in record["lines"] if line["side"] == "benefit")
    assert (line["kind"], line["annual"][0]) == ("freed capacity", pytest.approx(48_000))
    # 9,600 contacts of 10 minutes are 1,600 hours; 36.5 hours a week are 1,903.2 a year
    assert line["hours"]["value"] == pytest.approx([1_600])
    freed = record["freed_capacity"]
    assert freed["full_time_equivalents"] == pytest.approx([1_600 * 7 / (36.5 * 365)] * 3)
    full, part, none = (freed[name]["net_present_value"] for name in ("counted", "released", "without"))
    assert full == pytest.approx(record["result"]["net_present_value"])
    assert (full - part, full - none) == (pytest.approx(3 * 36_000), pytest.approx(3 * 48_000))


def test_more_contacts_than_there_are_can_not_be_claimed():
    """The contacts avoided fill the pool where everything is solved."""
    case = round_case(suitable="100%", tried="100%", solved="100%")
    (use,) = case.study.ledger.pools
    assert use.pool.key == "contacts-of-the-old-channels"
    assert not use.is_capped(case.years)
    assert values(use.claimed / use.pool.size) == pytest.approx([1])


def test_the_exhibit_follows_the_contacts_that_remain_and_what_they_cost(shown):
    """120,000 contacts of 5; 9,600 avoided at full adoption; 0.10 more for each that remains."""
    round_case(adoption=["50%", "100%", "100%"], extra_handling=0.1, attempt_cost=0.2)
    rows = {label: values(row) for label, row in shown[EXHIBIT].items()}
    assert {label: row[:2] for label, row in rows.items() if len(row) > 1} == {
        "Contacts avoided": pytest.approx([4_800, 9_600]),
        "Remaining contacts": pytest.approx([115_200, 110_400]),
        "Share of contacts avoided": pytest.approx([0.04, 0.08]),
        # 115,200 × (5 + 0.05) and 110,400 × (5 + 0.10)
        "Cost of remaining contacts": pytest.approx([581_760, 563_040]),
        "Self-service usage charges": pytest.approx([2_400, 4_800]),
        "Cost per remaining contact": pytest.approx([5.05, 5.10]),
        # (600,000 − 581,760 − 2,400) ÷ 4,800 and (600,000 − 563,040 − 4,800) ÷ 9,600
        "Net saving per contact avoided": pytest.approx([3.30, 3.35]),
    }
    assert rows["Contacts before self-service"] == [120_000]
    assert rows["Cost of contacts before"] == [600_000]
    assert rows["Cost per contact before"] == [5]
    assert shown["its caption"].replace("\xa0", " ") == "In year 3 self-service avoids 8% of the contacts"


def test_without_contacts_the_exhibit_stands_all_the_same(shown):
    round_case(contacts=0, **MOBILE)
    assert shown["its caption"] == "Remaining contacts and what they cost"
    assert YARDSTICK not in shown


def test_the_exhibit_agrees_with_the_lines(shown):
    """What the contacts cost less is the benefits, less the harder contacts: the same formulas."""
    case = round_case(adoption=["50%", "80%", "100%"], extra_handling=0.1)
    rows = shown[EXHIBIT]
    less = values(rows["Cost of contacts before"] - rows["Cost of remaining contacts"])
    lines = {line["key"]: line["annual"] for line in case.record().to_json()["lines"]}
    by_line = zip(lines["contacts-avoided"], lines["harder-contacts"], strict=True)
    assert less == pytest.approx([time - harder for time, harder in by_line])


def test_in_the_holiday_season_of_2014_a_mobile_visit_earned_at_most_41_percent_of_anothers(retailer):
    """25 % ÷ 45 % = 0.5556 of the average, against 75 % ÷ 55 % = 1.3636: 0.407."""
    (earned,) = values(retailer[1]["Mobile visits"]["What a mobile visit earns, compared with another"])
    assert earned == pytest.approx((0.25 * 0.55) / (0.45 * 0.75), rel=1e-12)
    assert round(earned, 3) == 0.407


@pytest.mark.parametrize("visits", ["0%", "100%"])
def test_nothing_is_divided_by_no_visits(shown, visits):
    round_case(mobile_share_of_visits=visits, mobile_share_of_sales="25%")
    assert list(shown["Mobile visits"]) == ["Additional mobile orders at full adoption"]


def test_every_benefit_stands_in_one_part_of_the_chart():
    notebook = nbformat.read(ROOT / "templates/digital-service/template.ipynb", as_version=4)
    (cell,) = (cell for cell in notebook.cells if "case.benefit_chart(" in cell.source)
    groups: dict[str, list[str]] = {}
    exec(cell.source, {"case": SimpleNamespace(benefit_chart=groups.update)})
    case = run_template(None, template=find_template("digital-service", start=ROOT))
    assert OTHER not in [part.label for part in parts_of(case.study, groups)]
    every = [line.key for line in (*case.study.lines, *case.study.left_out) if line.side == "benefit"]
    assert sorted(every) == sorted(key for group in groups.values() for key in group)


def test_the_retailer_is_a_case_that_a_sceptic_can_read(retailer):
    case, _ = retailer
    assert case.result.net_present_value > 0
    assert case.result.return_on_investment < 1
    assert 0.1 <= case.study.analysis.simulation.probability_of_loss <= 0.4
    assert not case.study.ledger.left_out


def test_the_retailer_stands_on_the_scale_and_its_kpis_follow_the_case(retailer):
    """In 2028, year 2, adoption is 75 %."""
    case, _ = retailer
    (placed,) = case.parameters.story.maturity
    assert (placed.scale.key, placed.level.key) == ("digital-service", "information")
    assert placed.scale.after(placed.level).key == "look-up"
    kpis = {kpi.key: kpi for kpi in case.study.kpis}
    assert kpis["tried-first"].target.replace("\xa0", " ") == "33.8%"  # 45 % × 75 %
    assert kpis["posts-left-open"].target == "Half of what the time freed is worth"
    # 72,000 less 5,746.98 × 75 %, which a client states; it must be what the case says.
    assert round(72_000 - 5_746.9824 * 0.75, -2) == 67_700
    assert kpis["contacts"].target == "67,700"
