"""The review as it is shown: findings by what is lost, their answers, and the grades a case rests on."""

from __future__ import annotations

from casebook.formatting import Formatter
from casebook.review.review import title_of
from tests.views.conftest import INPUTS, RANGED, by_first, cells, lines


def headings(view):
    return [row.cells[0] for row in view.component.rows if row.style == "heading"]


def test_answered_findings_stand_last(ranged):
    shown = ranged.review()
    assert headings(shown) == ["Answered"]
    assert cells(shown)[-1][0] == "Haircut and range on the same line\n(low weight)"
    finding, settle, answer = cells(shown)[-1][1].split("\n")
    assert finding.startswith("“Customers' loyalty” and “Team” carry a risk adjustment")
    assert settle == "To settle it: a risk adjustment or a range for each line, not both."
    assert answer == "Answer: They are never combined."


def test_every_finding_is_shown_with_what_would_settle_it(ranged):
    text = "\n".join(row[1] for row in cells(ranged.review()) if row[1])
    for finding in ranged.study.findings:
        assert finding.text in text
        assert finding.settle[1:] in text
    assert [row[2] for row in cells(ranged.review()) if row[1]] == [
        finding.price.words for finding in ranged.study.findings
    ]
    assert len([row for row in cells(ranged.review()) if row[1]]) == len(ranged.study.findings)


def test_the_caption_counts_objections_and_open_ones(ranged, make_case):
    count = len(ranged.study.findings)
    assert ranged.review().component.caption == f"{count} objections, {count - 1} of them open"
    one = make_case(INPUTS, inputs=RANGED)
    one.cost("Team", category="people", annual=one.inputs.team)
    answered = {finding.rule: "Yes." for finding in one.study.findings}
    assert list(answered) == ["cost-class-missing"]
    assert one.review().component.caption == "1 objection, 1 of them open"


def test_a_case_without_objections_says_so(make_case):
    case = make_case(INPUTS, inputs=RANGED)
    x = case.inputs
    for category in ("people", "technology", "start-up", "training", "content", "change"):
        case.cost(category.capitalize(), category=category, annual=x.team)
    assert case.study.findings == []
    assert case.review().component.title == "No objection."


def test_every_rule_has_a_title_of_its_own():
    from casebook.review.review import RULES

    titles = [title_of(rule.id, Formatter()) for rule in RULES]
    assert len(set(titles)) == len(titles)


def test_the_evidence_by_value_and_by_variance(ranged, points):
    columns = [column.label for column in ranged.evidence().component.columns]
    assert columns == ["Grade", "Share of benefits", "Share of variance"]
    shares = ranged.record().to_json()["evidence"]
    shown = by_first(ranged.evidence())
    assert shown["Assumption"][0] == "100%"
    stated = shown["Stated: the client's own figure, with its document"]
    assert stated == ["0%", ranged.formatter.share(round(shares["by_variance"]["stated"], 3))]
    assert [column.label for column in points.evidence().component.columns] == ["Grade", "Share of benefits"]


def test_answers_go_with_their_rule_wherever_it_speaks(make_case):
    case = lines(make_case(INPUTS, inputs=RANGED, review={"no-source": "It is being looked for."}))
    (found,) = (finding for finding in case.study.findings if finding.rule == "no-source")
    assert found.text == "Adoption names no source."
    assert found.answer == "It is being looked for."
    assert [f["answer"] for f in case.record().to_json()["review"] if f["rule"] == "no-source"] == [
        found.answer
    ]
