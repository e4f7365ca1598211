"""The community template and the measured beer community, against figures counted without casebook."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
from collections import Counter
from datetime import datetime, timedelta
from statistics import median
from types import SimpleNamespace

import pytest

from casebook.schema.reader import read_parameters
from casebook.schema.templates import find_template
from casebook.views.benefit_groups import OTHER, parts_of
from tests.conftest import ROOT, run_template

PARAMETERS = ROOT / "params/beer-community.yaml"
DATA = ROOT / "params/data/community_beer.csv"


@pytest.fixture(scope="module")
def posts():
    with DATA.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        row["at"] = datetime.fromisoformat(row["created_at"])
    return rows


@pytest.fixture(scope="module")
def questions(posts):
    return [row for row in posts if row["post_type"] == "question"]


@pytest.fixture(scope="module")
def answers(posts):
    return [row for row in posts if row["post_type"] == "answer"]


@pytest.fixture(scope="module")
def months(posts):
    times = [row["at"] for row in posts]
    return (max(times) - min(times)) / timedelta(days=365 / 12)


@pytest.fixture(scope="module")
def case():
    return run_template(read_parameters(PARAMETERS))


def value(case, name):
    return case.parameters.inputs[name].value


def as_measured(case, name):
    """The value to hold a count against, which has the digits that its interval leaves meaning."""
    given = case.parameters.inputs[name]
    return pytest.approx(given.value, abs=(given.high - given.low) / 100)


def test_the_shares_are_those_that_a_count_gives(case, questions, answers):
    answered = {row["parent_id"] for row in answers}
    assert (len(questions), len(answers)) == (663, 1572)
    assert sum(row["post_id"] in answered for row in questions) / 663 == as_measured(case, "answered_share")
    assert sum(row["accepted_answer_id"] != "" for row in questions) / 663 == as_measured(
        case, "accepted_share"
    )
    assert round(value(case, "answered_share"), 3) == 0.971
    assert round(value(case, "accepted_share"), 3) == 0.618


def test_rates_are_those_of_the_last_two_years(case, questions, answers):
    """The community began with a rush: 17.6 questions a month over all, 13 in the 24 months to the last."""
    for name, rows in (("questions", questions), ("member_answers", answers)):
        times = [row["at"] for row in rows]
        begin = max(times).replace(year=max(times).year - 2)
        recent = sum(time >= begin for time in times)
        assert recent / ((max(times) - begin) / timedelta(days=365 / 12)) == as_measured(case, name)
    assert round(value(case, "questions"), 1) == 13.0


def test_views_are_spread_over_the_whole_span(case, questions, months):
    assert sum(float(row["views"]) for row in questions) / months == as_measured(case, "views")


def test_views_are_weighed_by_views_and_not_by_questions(case, questions):
    solved = sum(float(row["views"]) for row in questions if row["accepted_answer_id"])
    assert solved / sum(float(row["views"]) for row in questions) == as_measured(case, "views_on_accepted")


def test_a_question_without_an_answer_makes_the_wait_longer_and_is_not_dropped(case, questions, answers):
    first: dict[str, datetime] = {}
    for row in answers:
        first[row["parent_id"]] = min(row["at"], first.get(row["parent_id"], row["at"]))
    waits = [
        (first[row["post_id"]] - row["at"]) / timedelta(hours=1) if row["post_id"] in first else float("inf")
        for row in questions
    ]
    # None of those without an answer is so young that it stands below the median.
    assert median(waits) == as_measured(case, "first_answer")
    assert value(case, "first_answer") > median(wait for wait in waits if wait != float("inf"))


def test_participation_is_that_of_the_people_who_wrote(case, posts):
    by_person = Counter(row["user_id"] for row in posts if row["user_id"])
    top = sum(count for _, count in by_person.most_common(10))
    assert top / by_person.total() == as_measured(case, "top_contributors")
    ordered = sorted(by_person.values())
    n, whole = len(ordered), sum(ordered)
    gini = 2 * sum(i * x for i, x in enumerate(ordered, 1)) / (n * whole) - (n + 1) / n
    assert gini == as_measured(case, "gini")


def test_what_is_measured_is_graded_so_and_has_a_range(case):
    measured = {name for name, given in case.parameters.inputs.items() if given.evidence == "measured"}
    declared = {name for name, item in case.parameters.template.inputs.items() if item.measured_from}
    assert measured == declared == set(case.study.measured)
    assert all(case.study.has_range(name) for name in measured)


def test_the_file_may_leave_out_what_is_measured(tmp_path):
    text = PARAMETERS.read_text(encoding="utf-8")
    guesses = r"(?m)^  (questions|accepted_share|member_answers|views|views_on_accepted):\n(    .*\n)+"
    path = tmp_path / "beer.yaml"
    kind = os.path.relpath(ROOT / "templates/communities", tmp_path)
    path.write_text(re.sub(guesses, "", text).replace("template: communities", f"template: {kind}"), "utf-8")
    (tmp_path / "data").mkdir()
    shutil.copy(DATA, tmp_path / "data")
    read = read_parameters(path)
    assert "views" not in read.inputs
    assert run_template(read).result.net_present_value > 0


def test_what_the_story_says_of_the_data_is_so(posts, questions, months):
    opened = min(row["at"] for row in posts)
    early = sum(row["at"] < opened + timedelta(weeks=4) for row in questions)
    assert 0.295 < early / 663 < 0.305  # three of ten in the first four weeks
    best = max(float(row["views"]) for row in questions)
    whole = sum(float(row["views"]) for row in questions)
    assert (best, whole) == (336_480, 1_567_772)
    assert (whole - best) / months == pytest.approx(32_600, rel=0.002)
    by_person = Counter(row["user_id"] for row in posts if row["user_id"])
    assert (
        0.17 < sum(count for _, count in by_person.most_common(10)) / len(posts) < 0.2
    )  # almost every fifth
    end = max(row["at"] for row in posts)
    writers = [
        len(
            {
                row["user_id"]
                for row in posts
                if row["user_id"] and 0 <= (end - row["at"]).days - 365 * k < 365
            }
        )
        for k in range(3)
    ]
    assert round(sum(writers) / 3) == pytest.approx(247, abs=2)


def test_the_beer_community_line_by_line_in_plain_arithmetic(case, questions, answers):
    """The formulas written out once more, on the measured values and the parameter file's others."""
    v = {name: given.value for name, given in case.parameters.inputs.items()}
    start = 9_000 + 1_200 + 2_000
    cost = 0.2 * 42_000 + 6 * 22 * 12 + 3_600 + 2_500 + 1_500
    sessions = v["views"] / 1.5 * 12
    solved = v["views_on_accepted"] * 0.2 + (1 - v["views_on_accepted"]) * 0.05
    steady = (
        v["questions"] * 12 * v["accepted_share"] * 0.3 * 0.8 * 5.20
        + sessions * solved * 0.03 * 0.8 * 5.20
        + 2_400 * (166.60 - 140) * 0.42 * 0.6
        + 30 * 0.1 * 0.7 * (0.4 * 9_000 * 0.42 - 600)
        + sessions * 0.7 * 0.1 * 0.40
    )
    kept, benefits = 0.0, 0.0
    for year, adopted in enumerate((0.5, 0.8, 1.0), 1):
        newly = 2_400 * 0.03 * 0.6 * adopted
        on_average = kept * 0.75 + newly / 2  # who is kept in the course of the year is there for half of it
        kept = kept * 0.75 + newly
        benefits += (steady * adopted + on_average * 140 * 0.42) / 1.1**year
    costs = start + sum(cost / 1.1**year for year in (1, 2, 3))
    assert case.result.net_present_value == pytest.approx(benefits - costs, rel=1e-11)
    ideas = sum(30 * 0.1 * 0.7 * 600 * adopted / 1.1**year for year, adopted in enumerate((0.5, 0.8, 1.0), 1))
    assert case.result.present_value_of_costs == pytest.approx(costs + ideas, rel=1e-12)


def test_deflection_alone_does_not_pay_and_the_rest_does(case):
    alone = case.study.scenario_results["Deflection alone"].result
    assert alone.net_present_value < 0 < case.result.net_present_value
    counted = {line.name: line for line in case.study.ledger.of("benefit")}
    assert {line.kind for line in counted.values()} == {"freed capacity", "avoided cost", "margin"}
    beside = {line.name for line in case.study.ledger.beside}
    assert beside == {"Staff time saved by members' answers", "Orders from search visits"}
    assert [left.name for left in case.study.ledger.left_out] == ["Leads won"]


def test_every_benefit_stands_on_one_side_of_deflection():
    """The groups of the chart name each benefit of the template once."""
    import nbformat

    notebook = nbformat.read(ROOT / "templates/communities/template.ipynb", as_version=4)
    (cell,) = (cell for cell in notebook.cells if "case.benefit_chart(" in cell.source)
    found: dict[str, list[str]] = {}
    exec(cell.source, {"case": SimpleNamespace(benefit_chart=found.update)})
    case = run_template(None, template=find_template("communities", start=ROOT))
    assert OTHER not in [part.label for part in parts_of(case.study, found)]
    lines = [line.name for line in case.study.lines if line.side == "benefit"]
    lines += [line.name for line in case.study.left_out]
    assert sorted(lines) == sorted(name for group in found.values() for name in group)


def test_without_data_the_report_says_that_nothing_is_measured():
    case = run_template(None, template=find_template("communities", start=ROOT))
    assert not case.study.measured
    assert not case.has_data("posts")


def test_the_report_states_what_was_measured(reports):
    report = reports["beer-community"]
    page = (report / "communities.html").read_text(encoding="utf-8")
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", re.sub(r"(?s)<(style|script)\b.*?</\1>", "", page)))
    for stated in ("663", "1,572", "97.1%", "61.8%", "beer.stackexchange.com", "CC BY-SA 4.0"):
        assert stated in text.replace("\u00a0", " "), stated
    record = json.loads((report / "communities.json").read_text(encoding="utf-8"))
    assert record["inputs"]["accepted_share"]["evidence"] == "measured"
