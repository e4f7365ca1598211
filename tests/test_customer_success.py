"""The customer-success template and its measured example, against figures counted without casebook."""

from __future__ import annotations

import csv
import os
from collections import Counter, defaultdict
from typing import Any
from unittest import mock

import nbformat
import pytest

import casebook.views.view
from casebook import Case, lifetime_value
from casebook.formula.evaluation import evaluate
from casebook.schema.reader import read_parameters
from casebook.schema.templates import find_template
from casebook.views.components import Table
from tests.conftest import ROOT, run_template

TELCO = ROOT / "params/telco.yaml"
ROUND = ROOT / "tests/params/round-accounts.yaml"
DATA = ROOT / "params/data/telco_accounts.csv"


class Shown:
    """What a template shows: remarks by their title, explained formulas by their label, its own tables."""

    def __init__(self) -> None:
        self.remarks: dict[str, tuple[str, bool]] = {}
        self.explained: dict[str, list[float]] = {}
        self.worth: dict[str, list[float]] = {}
        self.captions: list[str] = []
        self.tables: list[Table] = []

    def remark(self, case: Case, title: str, text: str, *, warning: bool = False) -> str:
        self.remarks[title] = text, warning
        return title

    def explain(self, case: Case, expressions: dict[str, Any], *, caption: str = "") -> None:
        self.captions.append(caption)
        self.explained |= {
            label: evaluate(formula, case.years).tolist() for label, formula in expressions.items()
        }

    def lifetime_value(self, case: Case, customers: dict[str, dict[str, Any]]) -> None:
        self.worth = {
            label: evaluate(
                lifetime_value(**each, discount_rate=float(case.discount_rate)), case.years
            ).tolist()
            for label, each in customers.items()
        }

    def view(self, component: Table) -> None:
        self.tables.append(component)


def run(path, **changes: str) -> tuple[Case, Shown]:
    """A case with some inputs set, and what its template shows of its own."""
    shown = Shown()
    with (
        mock.patch.object(Case, "remark", lambda case, *args, **given: shown.remark(case, *args, **given)),
        mock.patch.object(Case, "explain", lambda case, *args, **given: shown.explain(case, *args, **given)),
        mock.patch.object(Case, "lifetime_value", lambda case, each: shown.lifetime_value(case, each)),
        mock.patch.object(casebook.views.view, "View", shown.view),
    ):
        return run_template(read_parameters(path, overrides=changes or None)), shown


@pytest.fixture(scope="module")
def telco() -> tuple[Case, Shown]:
    return run(TELCO)


@pytest.fixture(scope="module")
def accounts() -> list[dict[str, str]]:
    with DATA.open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["internet"] != "No"]


def lost(rows) -> float:
    return sum(row["left"] == "Yes" for row in rows) / len(rows)


def split(rows) -> tuple[list, list]:
    """Those without technical support, and those with it."""
    without = [row for row in rows if row["tech_support"] == "No"]
    return without, [row for row in rows if row["tech_support"] == "Yes"]


def standardised(rows, weight) -> float:
    """How many fewer leave with support, between accounts alike in contract and connection."""
    strata = defaultdict(list)
    for row in rows:
        strata[row["contract"], row["internet"]].append(row)
    parts = [split(stratum) for stratum in strata.values()]
    whole = sum(weight(*part) for part in parts)
    return sum(weight(*part) * (lost(part[0]) - lost(part[1])) for part in parts) / whole


def test_the_measured_difference_is_the_one_among_like_accounts(telco, accounts):
    """Published with the data: 41.6% of 3,473, 15.2% of 2,044; −26.47 points, −10.36 and −5.9 (rounded)."""
    case, _ = telco
    without, having = split(accounts)
    assert (len(without), len(having)) == (3_473, 2_044)
    assert [round(100 * lost(part), 1) for part in (without, having)] == [41.6, 15.2]
    assert round(100 * (lost(without) - lost(having)), 2) == 26.47
    like = standardised(accounts, lambda one, other: len(one) + len(other))
    assert round(100 * like, 2) == 10.36
    found = case.study.measured
    assert set(found) == {"lost_now", "loss_prevented", "recurring_revenue"}
    assert found["loss_prevented"]["value"] == pytest.approx(like, abs=1e-4)
    assert found["lost_now"]["value"] == pytest.approx(lost(without), abs=1e-4)
    charges = [float(row["monthly_charge"]) * 12 for row in without]
    assert found["recurring_revenue"]["value"] == pytest.approx(sum(charges) / 3_473, abs=0.1)
    assert not any(about["findings"] for about in found.values())


def test_the_report_shows_the_difference_as_it_stands_beside_the_adjusted_ones(telco, accounts):
    _, shown = telco
    (table,) = (each for each in shown.tables if "comparable accounts" in each.caption)
    points = [row.cells[1] for row in table.rows]
    weights = (len, lambda part: 0), (lambda part: 0, len)
    by_rows = [standardised(accounts, lambda a, b, w=w: w[0](a) + w[1](b)) for w in weights]
    assert points == ["26.5", "10.4", *(f"{100 * share:.1f}" for share in by_rows)]
    assert points[2:] == ["13.0", "5.9"]
    text, warning = shown.remarks["Why the adjusted difference counts"]
    assert all(figure in text for figure in (*points, "55%")) and not warning


@pytest.mark.slow
def test_where_a_yes_is_written_otherwise_the_same_is_measured(tmp_path, telco):
    """A column of yes and no alone is read as true and false."""
    rows = DATA.read_text("utf-8").splitlines()
    kept = [row for row in rows if "No internet service" not in row]
    (tmp_path / "data").mkdir()
    (tmp_path / "data/telco_accounts.csv").write_text("\n".join(kept) + "\n", encoding="utf-8")
    path = tmp_path / "telco.yaml"
    template = f"template: {os.path.relpath(ROOT / 'templates/customer-success', tmp_path)}"
    path.write_text(TELCO.read_text("utf-8").replace("template: customer-success", template), "utf-8")
    found = run_template(read_parameters(path)).study.measured
    wanted = telco[0].study.measured
    for name, about in wanted.items():
        assert {key: found[name][key] for key in ("value", "low", "high")} == {
            key: about[key] for key in ("value", "low", "high")
        }


def test_the_telephone_company_line_by_line_in_plain_arithmetic(telco):
    """The formulas written out once more, on the measured values and the parameter file's others."""
    case, shown = telco
    v = {name: given.value for name, given in case.parameters.inputs.items()}
    revenue = 12_000 * v["recurring_revenue"]
    after = v["lost_now"] - v["loss_prevented"]
    gain = 0.96 * v["loss_prevented"]
    expansion = 0.65 * (0.038 - 0.03) + 0.02 - 0.017
    stays = 1 - 0.96 * after
    kept, added, worth = 0.0, 0.0, 0.0
    for year, adopted in enumerate((0.3, 0.7, 1.0), 1):
        newly_kept, newly_added = (revenue * share * adopted * 0.55 for share in (gain, expansion))
        margin = (kept * stays + newly_kept / 2 + added * stays + newly_added / 2) * 0.55
        kept, added = kept * stays + newly_kept, added * stays + newly_added
        worth += (margin + 220_000 * 0.2 * 0.3 * adopted) / 1.1**year
    assert case.result.present_value_of_benefits == pytest.approx(worth, rel=1e-11)
    now = 1 + 0.03 * 0.65 - 0.02 - 0.96 * v["lost_now"]
    full = 1 + 0.038 * 0.65 - 0.017 - 0.96 * after
    assert shown.explained["Net revenue retention today"] == pytest.approx([now])
    assert shown.explained["Net revenue retention at full effect"] == pytest.approx([full])
    counted = [now + (full - now) * adopted * 0.55 for adopted in (0.3, 0.7, 1.0)]
    assert shown.explained["Net revenue retention as counted"] == pytest.approx(counted)
    assert shown.captions == ["Net revenue retention: 60% today, 65.9% with the programme in its last year"]


def test_net_revenue_retention_by_hand():
    """Of 1,000,000 half is up for renewal, and half of what is added is price.

    Now (1,000,000 + 20,000 − 30,000 − 100,000) ÷ 1,000,000 = 89 %;
    then (1,000,000 + 30,000 − 20,000 − 50,000) ÷ 1,000,000 = 96 %.
    """
    _, shown = run(
        ROUND,
        up_for_renewal="50%",
        expansion_now="4%",
        expansion_after="6%",
        contraction_now="3%",
        contraction_after="2%",
        price_rises="50%",
        adoption="[50%, 100%, 100%]",
        causal_share="80%",
    )
    assert shown.explained["Net revenue retention today"] == pytest.approx([0.89])
    assert shown.explained["Net revenue retention at full effect"] == pytest.approx([0.96])
    # 7 points × adoption × 80 %
    assert shown.explained["Net revenue retention as counted"] == pytest.approx([0.918, 0.946, 0.946])


def test_what_the_story_says_of_data_and_figures_is_so(telco, accounts):
    case, _ = telco
    without, having = split(accounts)
    charges = [Counter(), Counter()]
    for counter, rows in zip(charges, (without, having), strict=True):
        for row in rows:
            counter[row["contract"]] += float(row["monthly_charge"])
    month, year, two = (
        charges[0][name] / charges[0].total() for name in ("Month-to-month", "One year", "Two year")
    )
    assert [round(100 * share, 1) for share in (month, year, two)] == [75.5, 17.1, 7.5]
    assert round(month + year + two / 2, 2) == 0.96
    assert 0.3 < charges[1]["Month-to-month"] / charges[1].total() < 1 / 3
    v = {name: given.value for name, given in case.parameters.inputs.items()}
    assert round(100 * v["loss_prevented"] * v["causal_share"], 1) == 5.7
    even = next(item for item in case.study.analysis.break_even if item.name == "causal_share")
    assert round(100 * even.value * v["loss_prevented"], 1) == 4.4
    (freed,) = (line for line in case.study.ledger.counted if line.kind == "freed capacity")
    worth = sum(money / 1.1**year for year, money in enumerate(freed.flow(3)))
    assert 24 < case.result.present_value_of_benefits / worth < 26  # a twenty-fifth
    assert case.result.net_present_value > worth
    assert (round(3 * 0.65, 1), round(3.8 * 0.65, 1)) == (2.0, 2.5)  # expansion without price rises


def test_what_an_account_is_worth_by_hand(telco):
    """Margin × q ÷ (1 − q), q = share that stays × (1 + growth) ÷ 1.1, at the causal share of 55%."""
    case, shown = telco
    v = {name: given.value for name, given in case.parameters.inputs.items()}
    a_year = v["recurring_revenue"] * 0.55
    growth = 0.03 * 0.65 - 0.02
    q = (1 - 0.96 * v["lost_now"]) * (1 + growth) / 1.1
    assert shown.worth["Today"] == pytest.approx([a_year * q / (1 - q)])
    lost_caused = v["lost_now"] - 0.55 * v["loss_prevented"]
    growth += 0.55 * (0.65 * (0.038 - 0.03) + 0.02 - 0.017)
    q = (1 - 0.96 * lost_caused) * (1 + growth) / 1.1
    assert shown.worth["With the programme"] == pytest.approx([a_year * q / (1 - q)])
    assert v["lifetime_margin"] == round(a_year * q / (1 - q), -1)


def test_where_renewals_differ_by_year_an_account_is_valued_at_their_average():
    """1,000 × 50% a year; on average two thirds are up for renewal: q = (1 − 2/3 × 20%) ÷ 1.1."""
    _, shown = run(ROUND, up_for_renewal="[0%, 100%, 100%]", discount_rate="10%")
    q = (1 - 2 / 3 * 0.2) / 1.1
    assert shown.worth["Today"] == pytest.approx([500 * q / (1 - q)])


def test_a_year_before_any_contract_ends_keeps_nothing_and_the_reader_is_told():
    case, shown = run(ROUND, up_for_renewal="[0%, 100%, 100%]")
    (line,) = (line for line in case.study.ledger.counted if line.key == "kept-revenue")
    assert line.flow(3)[1] == 0 < line.flow(3)[2]
    assert shown.remarks["No contract ends in year 1"][1]
    assert "No contract ends in year 1" not in run(ROUND, up_for_renewal="[20%, 100%, 100%]")[1].remarks


def test_where_every_contract_is_up_each_year_the_reader_is_told():
    title = "Every contract is counted as up for renewal each year"
    assert run(ROUND)[1].remarks[title][1]
    assert title not in run(ROUND, up_for_renewal="96%")[1].remarks


def test_expansion_without_price_rises_taken_off_carries_a_warning(telco):
    shares = {
        "expansion_now": "4%",
        "expansion_after": "6%",
        "contraction_now": "3%",
        "contraction_after": "2%",
    }
    title = "Expansion may include price rises"
    assert run(ROUND, **shares)[1].remarks[title][1]
    assert title not in run(ROUND, **shares, price_rises="20%")[1].remarks
    assert title not in run(ROUND)[1].remarks and title not in telco[1].remarks


def test_managers_who_are_there_already_cost_nothing_and_the_reader_is_told():
    _, shown = run(ROUND, existing_managers="5")
    assert not shown.remarks["No manager is hired"][1]
    assert "No manager is hired" not in run(ROUND, existing_managers="4")[1].remarks


def test_lifetime_value_and_revenue_kept_are_never_both_counted(telco):
    """The trap is shut: the one is the other's alternative. Counted both, the review would object."""
    case, _ = telco
    (beside,) = case.study.ledger.beside
    assert (beside.key, beside.alternative_to) == ("lifetime-value", "kept-revenue")
    found = {finding.rule for finding in case.study.findings}
    assert "retention-and-lifetime-value" not in found
    roles = {name: item.role for name, item in case.parameters.template.inputs.items()}
    assert roles["lifetime_margin"] == "lifetime value" and roles["loss_prevented"] == "retention"
    template = ROOT / "templates/customer-success/template.ipynb"
    source = "".join(cell.source for cell in nbformat.read(template, as_version=4).cells)
    assert source.count('alternative_to="kept-revenue"') == 1
    real = Case.benefit

    def both(case: Case, name: str, **given: Any) -> None:
        real(case, name, **given | {"alternative_to": None})

    with mock.patch.object(Case, "benefit", both):
        bad = run_template(read_parameters(ROUND, overrides={"lifetime_margin": "3_000"}))
    assert "retention-and-lifetime-value" in {finding.rule for finding in bad.study.findings}


def test_selling_time_is_freed_and_cash_only_as_far_as_it_leaves_the_budget():
    """160,000 × 25 % × 20 % = 8,000 a year; at 40 an hour 200 hours; a quarter of it is cash."""
    selling = {"expansion_selling_cost": "100_000", "retention_selling_cost": "60_000"}
    selling |= {"share_moved": "25%", "selling_saving": "20%"}
    case, _ = run(ROUND, **selling, selling_rate="40", selling_released="25%")
    money = {line.kind: line.flow(3)[1] for line in case.study.ledger.counted if "selling" in line.key}
    assert money == {"freed capacity": 8_000}
    freed = case.study.freed_capacity
    assert freed.hours.tolist() == [200] * 3
    worth = freed.counted.net_present_value - freed.released.net_present_value
    assert worth == pytest.approx(3 * 6_000)  # undiscounted


def test_the_stages_show_what_is_asked_for_now_and_planned(telco):
    _, shown = telco
    (table,) = (each for each in shown.tables if "stage" in each.caption)
    assert [row.cells[0].split("\n")[0] for row in table.rows] == ["Land", "Adopt", "Expand", "Renew"]
    assert [row.cells[-1] for row in table.rows] == ["22", "8", "15", "−6"]
    renewal = [cell.replace("\u00a0", " ") for cell in table.rows[3].cells[2:4]]
    assert renewal == ["41.6%", "31.3%"]
    (table,) = (each for each in run(ROUND)[1].tables if "stage" in each.caption)
    assert {len(row.cells) for row in table.rows} == {4} and table.note == ""


def test_the_untouched_template_has_nothing_measured_and_pays():
    case = run_template(None, template=find_template("customer-success", start=ROOT))
    assert not case.study.measured and case.result.net_present_value > 0
