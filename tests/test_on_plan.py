"""What is observed exactly on plan reads on plan and leaves the plan as it is: any input of any example."""

from __future__ import annotations

import functools
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casebook import compound, cumulative, maximum, minimum, previous
from casebook.follow_up.follow_up import FollowUp, follow_up
from casebook.follow_up.forecast import Forecast
from casebook.formula.months import along_months, averages
from casebook.formula.operations import ALONG_YEARS, OPERATIONS, Array
from casebook.schema.actuals import Actuals
from casebook.schema.periods import Month
from casebook.schema.reader import parse_parameters, read_parameters
from casebook.study.study import Study
from tests.conftest import ROOT, run_template

EXAMPLES = sorted((ROOT / "params").glob("*.yaml"))
PERIODS = {"months": 12, "quarters": 4, "years": 1}
START = {"months": "2026-04", "quarters": "2026-04", "years": "2026-01"}
"""A year of the calendar is one of the case only where that begins in January."""


@functools.cache
def example(path: Path) -> Study:
    study = run_template(read_parameters(path)).study
    return replace(study, parameters=replace(study.parameters, path=path))


def planned(case: Study, name: str) -> Array:
    """What is planned of an input by year, worked out here: times the ramp that scales it."""
    ramp = case.parameters.template.inputs[name].scaled_by
    parts = [getattr(case.inputs, each).amount for each in (name, ramp) if each]
    return np.prod([np.broadcast_to(part, case.years) for part in parts], axis=0)


def on_plan(values: Array, kind: str, first: int, count: int) -> dict[str, float]:
    """Observations of some periods, from one of the case on, which begins as in `START`."""
    number, opening = PERIODS[kind], int(START[kind][-2:]) - 1
    found = {}
    for place in range(first, min(first + count, number * len(values))):
        month = opening + place * 12 // number
        year, month = 2026 + month // 12, month % 12
        part = {"months": f"-{month + 1:02d}", "quarters": f"-Q{month // 3 + 1}", "years": ""}[kind]
        found[f"{year}{part}"] = float(values[place // number])
    return found


def observed(case: Study, actuals: dict[str, Any], *, start: str) -> FollowUp:
    """A case with its plan and these actuals alone."""
    plain = case.parameters
    folder = plain.path.parent if plain.path else plain.template.folder.parent.parent
    read = parse_parameters({**plain.values, "start": start, "actuals": actuals}, folder=folder)
    changed = replace(plain, actuals=read.actuals, start=read.start, approved=None)
    found = follow_up(replace(case, parameters=changed), case.analysis.influence)
    assert found is not None
    return found


def check(case: Study, found: FollowUp) -> None:
    """Everything that is known of is on plan, and both outlooks are the plan."""
    worth = float(case.result.net_present_value)
    for each in found.indicators:
        assert each.ratio == pytest.approx(1, rel=1e-12)
        assert each.standing == ("on plan" if each.more_is_better is not None else "not known yet")
    for each in found.lines:
        if each.known:
            assert (each.ratio, each.standing) == (pytest.approx(1, rel=1e-9), "on plan"), each.line.name
        assert each.months_late in (None, 0)
        assert each.actual == pytest.approx(each.planned, rel=1e-9, abs=1e-6)
    for each in found.outlooks.values():
        assert each.net_present_value == pytest.approx(worth, rel=1e-9, abs=1e-6)


@st.composite
def observations(draw: st.DrawFn, case: Study) -> tuple[str, dict[str, Any]]:
    """The first month of a case, and on-plan observations of up to three of its inputs."""
    kind = draw(st.sampled_from(list(PERIODS)))
    names = [node.name for node in case.inputs if node.given]
    last = PERIODS[kind] * case.years
    inputs = {
        name: on_plan(planned(case, name), kind, draw(st.integers(0, last - 1)), draw(st.integers(1, last)))
        for name in draw(st.lists(st.sampled_from(names), min_size=1, max_size=3, unique=True))
    }
    return START[kind], {"inputs": inputs}


@pytest.mark.slow
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_input_of_an_example_observed_on_plan_is_on_plan(path):
    case = example(path)

    @settings(max_examples=10)
    @given(observations(case))
    def holds(given: tuple[str, dict[str, Any]]) -> None:
        start, actuals = given
        check(case, observed(case, actuals, start=start))

    holds()


@pytest.mark.slow
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_line_of_an_example_booked_on_plan_is_on_plan(path):
    case = example(path)
    lines = {line.name: on_plan(line.flow(case.years)[1:], "years", 0, 2) for line in case.ledger.counted}
    check(case, observed(case, {"lines": lines}, start="2026-01"))


DECLARED = """\
title: All that looks back along the years, and what is no straight line of it
inputs:
  won: {label: Won, unit: customers/year, scaled_by: adoption, example: 36_000}
  adoption: {label: Adoption, unit: share, role: ramp, example: [0%, 50%, 80%, 100%]}
  leaving: {label: Leaving, unit: share, example: [5%, 15%, 10%, 20%]}
  margin: {label: Margin, unit: currency/customer/year, example: {value: 10, low: 8, high: 13}}
  most: {label: Most, unit: customers, example: 40_000}
  growth: {label: Growth, unit: share, bounds: [null, null], example: [0%, 5%, -3%, 4%]}
  fee: {label: Fee, unit: currency/year, example: 70_000}
"""


@pytest.fixture
def crooked(make_case) -> Study:
    case = make_case(DECLARED, years=4)
    x = case.inputs
    kept = cumulative(x.won * x.adoption, keep=1 - x.leaving)
    case.benefit("Kept, up to a limit", kind="margin", annual=minimum(kept, x.most) * x.margin)
    case.benefit("Kept beyond it", kind="margin", annual=maximum(kept - x.most, 0) * x.margin)
    case.benefit("As last year", kind="margin", annual=previous(kept, first=0 * x.most) * x.margin)
    won = cumulative(x.won * x.adoption, keep=1 - x.leaving, arrives="at the start")
    case.benefit("Won at the start", kind="margin", annual=won**2 / x.most * x.margin)
    case.cost("Fee", category="other", annual=compound(x.fee, x.growth))
    return case.study


def test_an_input_of_any_formula_observed_on_plan_is_on_plan(crooked):
    @settings(max_examples=20)
    @given(observations(crooked))
    def holds(given: tuple[str, dict[str, Any]]) -> None:
        start, actuals = given
        check(crooked, observed(crooked, actuals, start=start))

    holds()


def test_twelve_months_of_a_line_come_to_its_year(crooked):
    course = Forecast(crooked, Actuals(Month(0), 0))
    for line in crooked.ledger.counted:
        by_year = course.plan[line.name][1:].reshape(4, 12).sum(axis=1)
        assert by_year == pytest.approx(line.flow(4)[1:], rel=1e-12)


def test_what_passes_a_limit_in_some_months_alone_is_planned_by_the_year(crooked):
    """Year 3 holds 30,600 on average, under the limit of 40,000, and ends above it: nothing is planned."""
    assert crooked.ledger.counted[1].flow(4)[3] == 0
    assert (Forecast(crooked, Actuals(Month(0), 0)).plan["Kept beyond it"][25:37] == 0).all()


def test_what_was_not_planned_and_is_there_counts(crooked):
    """60,000 won in year 2: in its last four months 42,500, 47,500, 52,500 and 57,500 are there."""
    found = observed(crooked, {"inputs": {"won": {"2027": 60_000}}}, start="2026-01")
    beyond = found.lines[1]
    assert (beyond.planned, beyond.actual) == pytest.approx((0, (2_500 + 7_500 + 12_500 + 17_500) * 10 / 12))
    assert beyond.standing == "not planned"


shares = st.lists(st.floats(-2, 2), min_size=8, max_size=8)


@given(name=st.sampled_from(sorted(ALONG_YEARS)), first=shares, second=shares)
def test_twelve_months_average_to_the_year(name, first, second):
    """With operands that are flat within each year."""
    operands = [np.array(first), np.array(second)]
    months = along_months(name, [np.repeat(each, 12) for each in operands])
    assert averages(months) == pytest.approx(OPERATIONS[name].compute(*operands), rel=1e-9, abs=1e-9)
