"""The formulas of the workbook say of any cash flow what the model says: which rate is given, or why none."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casebook import Case
from casebook.case.finance import internal_rate_of_return
from casebook.exporters.workbook import irr_check
from casebook.exporters.xlsx import to_workbook
from casebook.record.parsing import parse
from tests.exporters.spreadsheet import needs_libreoffice, recalculated, with_inputs
from tests.exporters.test_xlsx_models import record_of

YEARS = 6
INPUTS = """\
title: Example
inputs:
  setup: {label: Start, unit: currency, bounds: [null, null], example: -100}
  money: {label: Money, unit: currency/year, bounds: [null, null], example: 50}
"""

MONEY = st.one_of(
    st.integers(-300, 300).map(float),
    st.just(0.0),
    st.floats(-1e7, 1e7, allow_subnormal=False).map(lambda x: round(x, 4)),
)
KNOWN = (
    (-100, 230, -132, 0, 0, 0, 0),
    (-100, 230, -60, 0, 0, 0, 0),
    (100, -230, 60, 0, 0, 0, 0),
    (100, -60, -60, 0, 0, 0, 0),
    (-100, 220, -121, 0, 0, 0, 0),
    (-100, 250, -150, 0, 0, 0, 0),
    (-0.3, 0.6, -0.1, -0.2, 0, 0, 0),
    (0, 0, 0, -100, 0, 0, 1e9),
    (0, -1e9, 0, 1e-3, 0, 0, 0),
    (-100, 100, 0, 0, 0, 0, 0),
    (0, 0, 0, 0, 0, 0, 0),
)


@pytest.mark.slow
@needs_libreoffice
def test_any_flow_typed_into_a_workbook_has_the_rate_of_the_model(make_case: Callable[..., Case]) -> None:
    """One workbook: the money of each year is edited, and the formulas find out anew which case holds."""
    case = make_case(INPUTS, years=YEARS, inputs={"setup": -100, "money": [50] * YEARS})
    x = case.inputs
    case.benefit("Money", kind="margin", start=x.setup, annual=x.money)
    workbook, flows = to_workbook(parse(record_of(case))), [*KNOWN]

    @settings(max_examples=40, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(st.tuples(*[MONEY] * (YEARS + 1)))
    def collect(flow: tuple[float, ...]) -> None:
        flows.append(flow)

    collect()
    edited = {
        str(number): with_inputs(workbook, {"setup": flow[0], "money": flow[1:]})
        for number, flow in enumerate(flows)
    }
    states = set()
    for key, sheets in recalculated(edited).items():
        flow = flows[int(key)]
        found = internal_rate_of_return(flow)
        told = sheets.named("internal_rate_of_return")
        states.add((found.state, found.is_borrowing))
        if found.rate is None or found.is_borrowing:
            assert isinstance(told, str), flow
            assert told.split("%")[-1] == irr_check.words(found).split("%")[-1], flow
        else:
            assert told == pytest.approx(found.rate, rel=1e-9, abs=1e-12), flow
        says = sheets.cell(irr_check.SHEET, f"B{irr_check.WORDS_ROW}")
        assert says.split("%")[-1] == irr_check.words(found).split("%")[-1], flow
    assert len(states) > 6, states  # each kind of case came up, of returns and of loans
