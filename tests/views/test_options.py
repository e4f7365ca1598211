"""What a reader sees of the options: a table, what a step teaches, gates, and why another is asked for."""

from __future__ import annotations

import json
import re

import openpyxl
import pytest
from pypdf import PdfReader

from casebook.study.option_records import option_records
from casebook.views.components import Callout, Table
from casebook.views.options import decision_remark, finding, gates_table, options_table
from tests.views.test_every_view import components_in

STEP = {
    "name": "One town first",
    "cost": 500,
    "delay": 3,
    "learns": {"input": "spend", "within": 5},
    "stop": "Stop below 40",
    "gate": {"by": "2027-04", "figure": "spend", "at_least": 40, "owner": "Finance"},
}


@pytest.fixture
def town(make_case):
    """A case with a step that is asked for, and one that is not."""

    def make(**values):
        inputs = {
            "customers": 1000,
            "spend": {"value": 50, "low": 20, "high": 80},
            "margin": "40%",
            "team": 15_000,
        }
        case = make_case(inputs=inputs, years=3, start="2027-01", **values)
        x = case.inputs
        case.benefit("Extra spend", kind="margin", annual=x.customers * x.spend * x.margin)
        case.cost("Team", category="people", annual=x.team)
        return case

    return make


def texts(component, kind):
    return [item for item in components_in(component) if isinstance(item, kind)]


def test_the_table_says_what_the_record_has(town):
    case = town(options={"town": STEP})
    study = case.study
    table = options_table(study)
    recorded = {each.name: each for each in option_records(study)["options"]}
    assert [row.cells[0].split("\n")[0] for row in table.rows] == [
        "Do nothing",
        "One town first",
        "The whole",
    ]
    for shown in table.rows[1:]:
        each = recorded[shown.cells[0].split("\n")[0]]
        to = study.formatter
        assert shown.cells[1] == to.money_about(each.approve_now)
        assert shown.cells[2] == to.money_about(each.in_all)
        assert shown.cells[4] == to.money_about(each.expected_net_present_value)
    assert table.rows[-1].cells[6] == study.chance(recorded["The whole"].probability_of_loss)
    assert [column.label for column in options_table(study, short=True).columns] == [
        "Option",
        "Approve now",
        "Expected value",
        "Chance of loss",
        "Gate",
    ]


def test_a_step_says_what_it_teaches_and_the_gate_who_judges_it(town):
    case = town(options={"town": STEP})
    (remark,) = [item for item in texts(case.options().component, Callout) if "teaches" in item.title]
    assert "It measures “Spend”, nine times in ten to within $5" in remark.text
    assert "before cost and delay" in remark.text and "of the outcomes one goes on" in remark.text
    (row,) = gates_table(case.study).rows
    assert tuple(row.cells)[1:] == (
        "April 2027",
        "Spend: at least $40",
        "Finance",
        "Stop below 40",
    )


def test_without_a_step_the_most_that_one_may_cost_is_said(town):
    case = town()
    information = case.study.analysis.information.inputs["spend"]
    (remark,) = texts(case.options().component, Callout)
    assert remark.title == "No first step is offered."
    assert case.formatter.money_short(float(f"{information.value:.2g}")) in remark.text


def test_another_choice_is_printed_with_its_reason(town):
    asked = town(decision={"option": "nothing", "reason": "The shop moves in spring."})
    assert "Reason: The shop moves in spring." in decision_remark(asked.study).text
    silent = decision_remark(town(decision={"option": "nothing"}).study)
    assert (silent.tone, "No reason is given." in silent.text) == ("warning", True)
    assert decision_remark(town().study) is None


def test_the_caption_is_what_the_comparison_finds(town):
    assert re.fullmatch(r"“The whole” is worth \$[\d,]+ more than doing nothing", finding(town().study))
    half = {"name": "Half", "inputs": {"customers": 500, "team": 14_000}}
    assert re.search(
        "more than “Half”$|more than doing nothing$", finding(town(options={"half": half}).study)
    )


def test_the_decision_is_made_of_the_option_where_it_has_no_words(town):
    assert town().decision == "Approve: The whole"
    assert town(decision={"option": "nothing"}).decision == "Approve nothing"
    assert town(decision="Go on").decision == town(decision={"text": "Go on"}).decision == "Go on"
    german = town(locale="de_DE", decision={"option": "whole"})
    assert german.decision == "Freigeben: Das Ganze"


def test_without_ranges_there_is_one_figure_an_option(make_case):
    case = make_case(inputs={"customers": 1000, "spend": 50, "margin": "40%", "team": 15_000})
    x = case.inputs
    case.benefit("Extra spend", kind="margin", annual=x.customers * x.spend * x.margin)
    case.cost("Team", category="people", annual=x.team)
    (table,) = texts(case.options().component, Table)
    assert [column.label for column in table.columns][-1] == "Net present value"


def test_all_outputs_say_the_same(reports):
    folder = reports["airline-three-years"]
    record = json.loads((folder / "social-care.json").read_text("utf-8"))
    step = next(each for each in record["options"] if each.get("learning"))
    decided = next(each for each in record["options"] if each["key"] == record["decided"])
    millions = f"${decided['expected_net_present_value'] / 1e6:.3g} million"
    page = (folder / "social-care.html").read_text("utf-8").replace("\xa0", " ")
    printed = " ".join(page.extract_text() for page in PdfReader(folder / "social-care.pdf").pages)
    assert millions in page and millions in printed.replace("\xa0", " ")
    sheet = openpyxl.load_workbook(folder / "social-care.xlsx")["Options"]
    column = 1 + [cell.value for cell in sheet[5]].index(step["name"])
    values = {row[0].value: row[column - 1].value for row in sheet.iter_rows(min_row=6)}
    assert values["Expected net present value"] == pytest.approx(step["expected_net_present_value"])
    assert values["Approve now"] == step["approve_now"]
    assert values["Gain against the best option without it"] == pytest.approx(
        step["learning"]["net"]["value"]
    )


def test_in_every_example_what_is_asked_for_is_recommended_or_has_its_reason(reports):
    records = {
        client: json.loads(
            next(path for path in folder.glob("*.json") if "manifest" not in path.name).read_text("utf-8")
        )
        for client, folder in reports.items()
    }
    assert len(records) >= 15
    for client, record in records.items():
        assert record["decided"] == record["recommended"] or record["reason"], client
        names = {option["key"] for option in record["options"]}
        assert {record["decided"], record["recommended"]} <= names, client
