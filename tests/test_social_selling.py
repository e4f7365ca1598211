"""Social selling: its traps on a bad case, and the furniture shop's difference counted without casebook."""

from __future__ import annotations

import contextlib
import csv
from collections import defaultdict
from collections.abc import Iterator
from typing import Any
from unittest import mock

import pytest
from ruamel.yaml import YAML

import casebook.views.view
from casebook import Case
from casebook.formula.evaluation import evaluate
from casebook.schema.reader import parse_parameters, read_parameters
from casebook.schema.templates import find_template
from casebook.views.components import Table
from tests.conftest import ROOT, run_template

ROUND = ROOT / "tests/params/round-selling.yaml"
ROUND_VALUES = YAML(typ="safe").load(ROUND)
FURNITURE = ROOT / "params/furniture.yaml"

LAST_TOUCH = "Last touch is not counted"
NO_EFFECT = "The holdout buys as often as the exposed"
MAY_BE_NOTHING = "The difference may be nothing"
AS_IT_IS = "The difference is not adjusted"
REPEATED = "Each interaction is taken for another person"
UNMATCHED = "Nothing is known of those who can't be matched"
OVERLAP = "What this case must not be added to"


class Shown:
    """What a template shows of its own: remarks by their title, simulated formulas by label, its tables."""

    def __init__(self) -> None:
        self.remarks: dict[str, tuple[str, bool]] = {}
        self.simulated: dict[str, float] = {}
        self.tables: list[Table] = []
        self.captions: list[str] = []

    def remark(self, case: Case, title: str, text: str, *, warning: bool = False) -> None:
        self.remarks[title] = text.replace("\xa0", " "), warning

    def simulate(self, case: Case, expressions: dict[str, Any], *, caption: str = "", note: str = "") -> None:
        self.captions.append(caption.replace("\xa0", " "))
        for label, formula in expressions.items():
            self.simulated[label] = float(evaluate(formula, case.years)[-1])


@contextlib.contextmanager
def watched() -> Iterator[Shown]:
    shown = Shown()
    with (
        mock.patch.object(Case, "remark", lambda case, *args, **given: shown.remark(case, *args, **given)),
        mock.patch.object(
            Case, "simulated", lambda case, *args, **given: shown.simulate(case, *args, **given)
        ),
        mock.patch.object(casebook.views.view, "View", shown.tables.append),
    ):
        yield shown


def run(path=ROUND, **changes: str) -> tuple[Case, Shown]:
    with watched() as shown:
        return run_template(read_parameters(path, overrides=changes or None)), shown


@pytest.fixture(scope="module")
def furniture() -> tuple[Case, Shown]:
    return run(FURNITURE)


@pytest.fixture(scope="module")
def people() -> list[dict[str, str]]:
    with (ROOT / "params/data/furniture_people.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def bought(rows) -> float:
    return sum(row["bought"] == "yes" for row in rows) / len(rows)


def like_for_like(people, over: str) -> float:
    """How many more of the exposed buy than of those like them, weighted by the rows of one group."""
    strata: dict[tuple[str, str], dict[str, list]] = defaultdict(lambda: defaultdict(list))
    for row in people:
        if row["matched"] == "yes":
            strata[row["customer"], row["topic"]][row["group"]].append(row)
    parts = strata.values()
    whole = sum(len(part[over]) for part in parts)
    return sum(len(p[over]) * (bought(p["exposed"]) - bought(p["holdout"])) for p in parts) / whole


def test_the_difference_that_counts_is_the_one_among_comparable_people(furniture, people):
    """(600 × 4 + 300 × 1.5 + 500 × 2.2 + 300 × 0.714) ÷ 1,700 points, of 152 ÷ 1,700 − 53 ÷ 1,000."""
    case, shown = furniture
    found = case.study.measured
    names = {"interactions_per_person", "match_rate", "exposed_conversion", "holdout_conversion", "uplift"}
    assert set(found) == names
    by_hand = (600 * 0.04 + 300 * 0.015 + 500 * 0.022 + 300 * (9 / 300 - 8 / 350)) / 1_700
    assert like_for_like(people, "exposed") == pytest.approx(by_hand)
    assert found["uplift"]["value"] == pytest.approx(by_hand, abs=1e-5)
    assert found["match_rate"]["value"] == 2_700 / 6_000
    assert found["exposed_conversion"]["value"] == pytest.approx(152 / 1_700, abs=1e-5)
    assert found["holdout_conversion"]["value"] == pytest.approx(53 / 1_000)
    mean = sum(int(row["interactions"]) for row in people) / 6_000
    assert found["interactions_per_person"]["value"] == pytest.approx(mean, abs=1e-4)
    (table,) = (each for each in shown.tables if "comparable people" in each.caption)
    over_holdout = 100 * like_for_like(people, "holdout")
    assert [row.cells[1] for row in table.rows] == ["3.6", "2.4", f"{over_holdout:.1f}"]


def test_the_furniture_shop_line_by_line_in_plain_arithmetic(furniture):
    case, shown = furniture
    v = {name: given.value for name, given in case.parameters.inputs.items()}
    matched = 6_500 * 12 / v["interactions_per_person"] * v["match_rate"]
    a_year = matched * v["uplift"] * 0.85 * 600
    worth = sum(a_year * ramp / 1.1**year for year, ramp in enumerate((0.55, 0.9, 1), 1))
    assert case.result.present_value_of_benefits == pytest.approx(worth, rel=1e-11)
    share = v["uplift"] * 0.85 / v["exposed_conversion"]
    assert shown.simulated["Causal share"] == pytest.approx(share)
    assert round(100 * share, 1) == 23.3
    assert shown.captions == ["Causal share: 23.3% of the sales after an interaction"]


def test_the_causal_share_by_hand():
    """Of 1,500 matched people 150 buy; 90 would anyway. 60 ÷ 150 = 40 %, of which half is credited: 20 %."""
    _, shown = run(causal_share="50%")
    assert shown.simulated == pytest.approx(
        {
            "People talked to": 3_000,
            "Matched people": 1_500,
            "Buyers among them": 150,
            "Would have bought anyway": 120,
            "Buyers due to interactions": 30,
            "Causal share": 0.2,
        }
    )


def test_last_touch_stands_beside_the_figure_and_is_never_counted():
    """150 buyers × 1,000 by last touch, 60 × 1,000 due to interactions."""
    case, shown = run()
    assert [line.key for line in case.study.ledger.of("benefit")] == ["sales-caused"]
    assert {line.key for line in case.study.ledger.beside} == {"last-touch", "unmatched"}
    (line,) = (line for line in case.study.ledger.beside if line.key == "last-touch")
    assert line.alternative_to == "sales-caused"
    assert case.result.present_value_of_benefits == pytest.approx(180_000)
    text, warning = shown.remarks[LAST_TOUCH]
    assert "$150,000" in text and "$60,000" in text and not warning


def test_people_who_cannot_be_matched_are_compared_and_never_counted(furniture, people):
    case, shown = furniture
    (table,) = (each for each in shown.tables if "can be matched" in each.caption)
    cells = {row.cells[0]: [cell.replace("\xa0", " ") for cell in row.cells[1:]] for row in table.rows}
    assert cells["People"] == ["2,700", "3,300"]
    for side, matched in enumerate(("yes", "no")):
        rows = [row for row in people if row["matched"] == matched]
        asked = sum(row["topic"] == "product" for row in rows) / len(rows)
        assert cells["Topic: product"][side] == f"{100 * asked:.1f}%"
    assert UNMATCHED not in shown.remarks
    assert "unmatched" in {line.key for line in case.study.ledger.beside}
    text, warning = run()[1].remarks[UNMATCHED]
    assert warning and text.startswith("50% of people")


def test_a_plain_difference_carries_a_warning(furniture):
    assert run()[1].remarks[AS_IT_IS][1]
    assert AS_IT_IS not in run(uplift="2%")[1].remarks
    assert AS_IT_IS not in furniture[1].remarks


@pytest.mark.parametrize("nothing", [{"holdout_conversion": "12%"}, {"uplift": "0%"}])
def test_a_holdout_that_buys_as_often_is_told(nothing):
    case, shown = run(**nothing)
    assert shown.remarks[NO_EFFECT][1] and case.result.present_value_of_benefits <= 0
    assert NO_EFFECT not in run()[1].remarks


def test_a_difference_that_may_be_nothing_is_told(furniture):
    uplift = {"value": "2%", "low": "-1%", "high": "5%"}
    values = {**ROUND_VALUES, "template": "social-selling"}
    with watched() as bad:
        run_template(
            parse_parameters(
                {**values, "inputs": {**values["inputs"], "uplift": uplift}}, folder=ROOT / "params"
            )
        )
    assert bad.remarks[MAY_BE_NOTHING] == (
        "Its range, −1% to 5%, holds zero: the holdout is too small to tell an effect from chance.",
        True,
    )
    assert MAY_BE_NOTHING not in furniture[1].remarks


def test_interactions_taken_for_people_are_told():
    assert run(interactions_per_person="1")[1].remarks[REPEATED][1]
    assert REPEATED not in run()[1].remarks


def test_the_sales_come_from_the_customers_and_the_overlap_is_told():
    case, shown = run(buyers="40")
    assert OVERLAP in shown.remarks
    (line,) = case.study.ledger.of("benefit")
    assert [pool.key for pool, _ in line.claims] == ["customers"]
    assert line.flow(3)[1] == pytest.approx(40_000)


def test_a_full_causal_share_is_questioned(furniture):
    rule = "causal-share-unquestioned"
    assert rule in {finding.rule for finding in run()[0].study.findings}
    found = {finding.rule for finding in furniture[0].study.findings}
    assert rule not in found and "gains-at-revenue" not in found


def test_the_furniture_shop_is_a_case_that_a_sceptic_can_read(furniture):
    case, _ = furniture
    assert case.result.net_present_value > 0 and case.result.return_on_investment < 3
    assert 0.1 <= case.study.analysis.simulation.probability_of_loss <= 0.4
    assert not case.study.ledger.left_out
    (placed,) = case.parameters.story.maturity
    assert (placed.scale.key, placed.level.key) == ("sales-traced", "last-touch")
    assert placed.scale.after(placed.level).key == "holdout"


def test_what_the_story_says_of_data_and_figures_is_so(furniture):
    case, _ = furniture
    v = {name: given.value for name, given in case.parameters.inputs.items()}
    assert round(100 * v["uplift"], 1) == 2.4
    assert round(100 * (v["exposed_conversion"] - v["holdout_conversion"]), 1) == 3.6
    assert round(100 * v["uplift"] * v["causal_share"], 1) == 2.1  # the aim of a random draw


def test_the_untouched_template_has_nothing_measured_and_pays():
    case = run_template(None, template=find_template("social-selling", start=ROOT))
    assert not case.study.measured and case.result.net_present_value > 0
