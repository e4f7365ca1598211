"""A measurement takes an input's place in a case, and the case says what it was before."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from casebook.errors import CaseError, InputError
from casebook.measurement import Measurement, difference, mean, participation, proportion
from casebook.schema.inputs import EXAMPLE_SOURCE
from casebook.views.text import to_text
from tests.measurement.conftest import DECLARATIONS

ORDERS = "customer,spend\n" + "\n".join(f"{number},{40 + number % 21}" for number in range(200)) + "\n,\n"
GIVEN = {"spend": {"value": 50, "low": 20, "high": 90}, "share": "10%", "team": 2_000, "people": 1_000}


@pytest.fixture
def measured(make_case, write):
    """A case with orders to measure; `measured(inputs={…})`."""

    def make(declarations: str = DECLARATIONS, **values):
        write("orders.csv", ORDERS)
        return make_case(declarations, **{"inputs": GIVEN, "data": {"orders": "orders.csv"}, **values})

    return make


def complete(case):
    x = case.inputs
    case.benefit("Sales", kind="margin", annual=x.people * x.share * x.spend)
    case.cost("Team", category="people", annual=x.team)
    return case


def spend_of(case) -> Measurement:
    return mean(case.data["orders"]["spend"], label="order value")


def test_a_measurement_takes_the_place_of_what_was_given(measured):
    case = measured()
    assert case.has_data("orders")
    assert not case.has_data("posts")
    found = spend_of(case)
    case.measure("spend", found, note="all of 2025")
    given = complete(case).parameters.inputs["spend"]
    assert given.value == case.inputs.spend.amount == pytest.approx(found.value, rel=1e-4)
    assert (given.low, given.high) == pytest.approx((found.low, found.high), rel=1e-4)
    assert given.distribution == "pert"
    assert (given.evidence, given.note) == ("measured", "all of 2025")
    assert given.source == "orders (orders.csv): order value, n = 200, mean, studentised bootstrap"
    assert float(case.result.cash_flow.benefits[1]) == pytest.approx(100 * given.value)
    assert list(case.parameters.inputs) == ["people", "spend", "share", "team"]


def test_whether_an_input_is_measured(measured):
    given = {
        "people": {"value": 1_000, "source": "CRM", "evidence": "measured"},
        "spend": {"value": 50, "source": "A study (2020)", "evidence": "benchmark"},
        "share": {"value": "10%", "evidence": "measured", "source": EXAMPLE_SOURCE},
        "team": 2_000,
    }
    case = measured(inputs=given)
    # An example is nobody's figure, whatever it says of itself.
    assert [name for name in given if case.is_measured(name)] == ["people"]
    case.measure("spend", spend_of(case))
    assert case.is_measured("spend")
    with pytest.raises(CaseError, match=r"no input is called 'spent'\n  hint: did you mean 'spend'?"):
        case.is_measured("spent")


def test_a_value_set_over_a_measurement_leaves_the_input_measured(measured):
    case = measured(inputs={**GIVEN, "spend": {"value": 60, "override": True}})
    assert not case.is_measured("spend")
    case.measure("spend", spend_of(case))
    assert case.is_measured("spend")
    assert case.inputs.spend.amount == 60


def test_a_measured_input_need_not_be_given(measured):
    case = measured(inputs={"share": "10%", "team": 2_000, "people": 1_000})
    assert case.inputs.spend.amount is None
    case.measure("spend", spend_of(case))
    assert complete(case).result.cash_flow.benefits[1] > 0
    assert list(case.parameters.inputs) == ["people", "spend", "share", "team"]
    assert "no earlier figure to compare with" in to_text(case.evidence().component)


def test_without_its_data_it_must_be_given(measured):
    with pytest.raises(InputError, match="spend is missing: Spend, currency/people"):
        measured(inputs={"share": "10%", "team": 2_000, "people": 1_000}, data={})


def test_an_optional_input_that_is_measured_switches_its_line_on(measured):
    case = measured()
    case.measure("extra", Measurement(300, 200, 400, 5, "mean", "by hand"))
    case.benefit("Extra", kind="margin", annual=case.inputs.extra, when=[case.inputs.extra])
    assert complete(case).result.cash_flow.benefits[1] == pytest.approx(300 + 100 * 50)


def test_an_interval_without_width_is_a_point(measured):
    case = measured()
    case.measure("spend", Measurement(50, 50, 50, 3, "mean"))
    assert not case.parameters.inputs["spend"].varies


def test_an_interval_ends_at_the_inputs_bounds(measured):
    case = measured()
    case.measure("share", Measurement(0.95, 0.9, 1.04, 20, "by hand"))
    given = case.parameters.inputs["share"]
    assert (given.low, given.high) == (0.9, 1)
    end, bound = map(case.formatter.share, (1.04, 1))
    told = f"The measured range extends to {end}; it is cut at {bound}, the limit of this input."
    assert (given.note, case.study.measured["share"]["caveats"]) == (told, (told,))
    case.measure("spend", Measurement(50, 40, 60, 20, "by hand"))
    assert case.study.measured["spend"]["caveats"] == ()


def test_what_a_figure_rests_on_is_told_beside_it_wherever_it_stands(measured):
    case = measured()
    case.measure("spend", mean([40.0, 50, 45, 62]), note="a first look")
    told = "Based on only 4 rows; below 30, the range itself is uncertain."
    assert case.parameters.inputs["spend"].note == f"a first look\n{told}"
    complete(case)
    for view in (case.measurements(), case.assumptions()):
        assert told in to_text(view.component)
    assert case.record().to_json()["measurements"]["spend"]["caveats"] == [told]


def test_a_level_that_has_changed_is_told_in_the_units_and_words_of_the_document(measured):
    days = pd.date_range("2022-01-01", "2024-12-31", freq="D")
    early = days < "2023-01-01"
    case = measured(locale="de_DE", currency="EUR")
    case.measure("spend", mean(early * 30 + 20.0 + np.tile([1, -1], 548), times=days))
    case.measure("share", proportion(early | (np.arange(1_096) % 5 == 0), times=days))
    spend, share = (case.study.measured[name]["caveats"][-1] for name in ("spend", "share"))
    assert spend.startswith("Das Niveau hat sich verändert: 20\xa0€ (")
    assert "in den letzten 24 Monaten gegenüber 46,7\xa0%" in share


def test_a_value_has_the_digits_that_its_interval_bears_out(measured):
    case = measured()
    case.measure("share", proportion(count=36, n=360))
    given = case.parameters.inputs["share"]
    assert (given.value, given.low, given.high) == (0.1, 0.076902, 0.12907)


def test_no_interval_is_so_wide_that_a_figure_is_lost_in_it(measured):
    case = measured()
    case.measure("spend", Measurement(6_766.31, 1, 3.9e7, 600, "mean"))
    given = case.parameters.inputs["spend"]
    assert (given.value, given.low, given.high) == (6_766.3, 1, 3.9e7)


@pytest.mark.parametrize(
    ("name", "found", "message"),
    [
        ("spent", Measurement(1, 1, 1, 1, ""), "no input is called 'spent'\n  hint: did you mean 'spend'?"),
        ("share", Measurement(8, 7, 9, 9, ""), "share is measured as 8; must be a share between 0 and 1"),
        ("spend", Measurement(8, 7, float("inf"), 9, ""), "has no end"),
        ("spend", Measurement(float("nan"), 7, 8, 9, ""), "not a finite value within its interval"),
        ("spend", 5.0, "spend: must be a Measurement, not a float"),
        (
            "spend",
            difference([30, 31, 33, 35], [True, True, False, False]),
            "give one of its parts: welch, bootstrap, relative, first, second",
        ),
        ("share", participation(counts=[1, 2, 3]), "give one of its parts: top_1_percent, next_9_percent"),
    ],
)
def test_what_can_not_stand_for_an_input_is_said(name, found, message, measured):
    case = measured()
    before = case.parameters
    with pytest.raises(CaseError) as caught:
        case.measure(name, found)
    assert message in str(caught.value)
    assert case.parameters is before
    assert case.study.measured == {}


def test_an_input_by_year_is_not_measured(measured):
    case = measured(inputs={**GIVEN, "spend": [50, 55, 60]})
    with pytest.raises(CaseError, match="spend has a value for each year, and a measurement is one value"):
        case.measure("spend", spend_of(case))


def test_a_measurement_comes_before_what_uses_it(measured):
    case = complete(measured())
    with pytest.raises(CaseError, match="spend is measured after Benefit 'Sales' has used or shown it"):
        case.measure("spend", spend_of(case))
    case.pool("Buyers", size=case.inputs.people * 1)
    case.cash_flow()
    with pytest.raises(CaseError, match="extra is measured after a view has used or shown it"):
        case.measure("extra", Measurement(1, 1, 1, 1, ""))


def test_a_pool_uses_an_input_too(measured):
    case = measured()
    case.pool("Shares", size=case.inputs.share * 1)
    with pytest.raises(CaseError, match="share is measured after pool 'Shares' has used"):
        case.measure("share", proportion(count=1, n=20))


def test_the_view_says_what_was_measured_and_which_rows_were_not_used(measured):
    case = measured()
    case.measure("spend", spend_of(case))
    text = to_text(complete(case).measurements().component)
    for part in (
        "order value",
        "n = 200",
        "201 rows read, 200 used",
        "1 set aside: no value",
        "orders.csv",
        "201",
    ):
        assert part in text
    assert "Nothing is measured" in to_text(complete(measured()).measurements().component)


def test_what_was_known_before_is_what_the_file_alone_gives(measured):
    """Before and after are two cases: each comes out as if the other had never been."""
    case = measured()
    case.measure("spend", spend_of(case))
    complete(case)
    plain = complete(measured())
    before, after = case.study.confidence_before, case.study.analysis.simulation.net_present_value
    assert before.net_present_value == plain.study.analysis.simulation.net_present_value
    assert before.likely == float(plain.result.net_present_value)
    assert before.by_variance == {"measured": 0, "stated": 0, "benchmark": 0, "assumption": 1}
    assert after.p95 - after.p5 < before.net_present_value.p95 - before.net_present_value.p5
    # What was asked of the past has left no trace in the present.
    assert case.inputs.spend.amount == case.parameters.inputs["spend"].value
    assert case.study.analysis.simulation.net_present_value == after


def test_the_evidence_shows_before_and_after(measured):
    case = measured()
    case.measure("spend", spend_of(case))
    case.measure("share", proportion(count=20, n=200))
    text = to_text(complete(case).evidence().component)
    assert "Benefits, before" in text
    assert "Before measuring" in text
    assert "Measuring makes the range" in text and "narrower" in text
    assert "A single point before, as if known exactly: Share that buys." in text


def test_nothing_measured_shows_the_plain_evidence(measured):
    assert "before" not in to_text(complete(measured()).evidence().component).lower()


def test_the_record_holds_it_all(measured):
    case = measured()
    case.measure("spend", spend_of(case))
    record = complete(case).record().to_json()
    assert record["measurements"]["spend"]["set_aside"] == {"no value": 1}
    assert record["measurements"]["spend"]["rows_read"] == 201
    assert record["inputs"]["spend"]["evidence"] == "measured"
    before = record["evidence"]["before"]
    assert before["inputs"]["spend"] == {"value": 50, "low": 20, "high": 90}
    assert before["net_present_value"]["p5"] < record["simulation"]["net_present_value"]["p5"]
    assert len(record["provenance"]["digests"]["data, orders"]) == 64
    assert complete(measured()).record().to_json()["evidence"]["before"] is None


OVERRIDDEN = {**GIVEN, "spend": {"value": 45, "source": "a what-if", "override": True}}


def test_an_override_wins_over_a_measurement_and_the_report_says_so(measured):
    """1,000 people × 10 % × 45: the orders say 50, and 45 was set."""
    case = measured(inputs=OVERRIDDEN)
    found = spend_of(case)
    case.measure("spend", found)
    record = complete(case).record().to_json()
    assert record["lines"][0]["annual"][0] == pytest.approx(4_500)
    assert record["inputs"]["spend"]["override"] and record["inputs"]["spend"]["evidence"] is None
    assert record["measurements"] == {}
    assert record["overridden_measurements"]["spend"]["value"] == pytest.approx(found.value, rel=1e-4)
    told = f"Overridden; measured: {case.formatter.quantity(found.value, 'currency/person/year')}"
    assert told in to_text(case.assumptions().component)
    assert "Overridden: $45 is used instead" in to_text(case.measurements().component)
    assert "Inputs overridden" in to_text(case.provenance().component)
    assert case.study.confidence_before is None


def test_an_override_may_be_by_year_and_have_a_range(measured):
    spend = {"value": [40, 50, 60], "low": [30, 40, 50], "high": [50, 60, 70], "override": True}
    case = measured(inputs={**GIVEN, "spend": spend}, correlations={"spend": {"share": 0.5}})
    case.measure("spend", spend_of(case))
    case.measure("share", proportion(count=20, n=200))
    assert complete(case).record().to_json()["lines"][0]["annual"] == pytest.approx([4_000, 5_000, 6_000])
    assert list(case.study.measured) == ["share"] and case.study.analysis.simulation is not None


def test_an_overridden_point_can_t_be_correlated(measured):
    with pytest.raises(InputError, match="correlation of spend and share: spend has no range"):
        measured(inputs=OVERRIDDEN, correlations={"spend": {"share": 0.5}})


def test_a_scenario_wins_over_a_measurement(measured):
    case = measured(scenarios={"Less": {"spend": 45}})
    case.measure("spend", spend_of(case))
    less = complete(case).study.scenario_results["Less"].result
    assert less.cash_flow.benefits[1] == pytest.approx(4_500)


def test_the_hash_of_the_parameters_is_that_of_the_file(measured):
    case = measured()
    case.measure("spend", spend_of(case))
    digests = complete(case).record().to_json()["provenance"]["digests"]
    plain = complete(measured()).record().to_json()["provenance"]["digests"]
    assert digests["parameters"] == plain["parameters"]


@pytest.mark.parametrize(
    "other",
    [
        {"target_return": "20%"},
        {"scenarios": {"Less": {"spend": 45}}},
        {"review": {"single-point": "Counted twice."}},
        {"story": {"goals": ["More orders"]}},
    ],
    ids=str,
)
def test_whatever_the_report_shows_is_in_the_hash_of_the_parameters(measured, other):
    plain, changed = (
        complete(case).record().to_json()["provenance"]["digests"] for case in (measured(), measured(**other))
    )
    assert changed["parameters"] != plain["parameters"]
    assert changed["template"] == plain["template"]


def test_a_measured_input_can_be_correlated_before_it_is_measured(measured):
    case = measured(correlations={"spend": {"share": 0.5}}, inputs={**GIVEN, "share": "10%"})
    case.measure("spend", spend_of(case))
    case.measure("share", proportion(count=20, n=200))
    assert complete(case).study.analysis.simulation is not None


def test_a_measurement_is_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Measurement(1, 1, 1, 1, "").value = 2


@pytest.mark.parametrize(
    ("locale", "method", "reason"),
    [
        ("de_DE", "Mittelwert, studentisierter Bootstrap", "kein Wert"),
        ("fr_FR", "moyenne, bootstrap studentisé", "pas de valeur"),
    ],
)
def test_method_and_reasons_are_said_in_the_language_of_the_document(measured, locale, method, reason):
    case = measured(locale=locale)
    case.measure("spend", spend_of(case))
    found = complete(case).record().to_json()["measurements"]["spend"]
    assert (found["method"], found["set_aside"]) == (method, {reason: 1})
    text = to_text(case.measurements().component)
    assert method[1:] in text and reason in text
    assert "studentised" not in text and "no value" not in text
