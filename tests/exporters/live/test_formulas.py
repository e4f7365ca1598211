"""Any formula, any flow: the panel's figures are those of NumPy and of the model."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from casebook.case.finance import discounted_payback_months, internal_rate_of_return, payback_months
from casebook.exporters.sliders import sliders
from casebook.formatting import Formatter
from casebook.formula.evaluation import evaluate
from casebook.formula.expression import Constant, Expression, Frame, Input, Step, Year, operation
from casebook.formula.operations import ALONG_YEARS, OPERATIONS, OperationKind
from casebook.formula.printing import words
from casebook.presentation.figure import Absent
from casebook.presentation.result import internal_rate
from casebook.record.parsing import parse
from tests import records
from tests.exporters.browser import Page
from tests.exporters.live.panels import CLOSE, FRAME, amount, bare_page, move, moves, synthetic

RATES_CLOSE = 1e-7

# An example is a page with many formulas; to shrink it would take minutes, so the message names the formula.
PATIENT: dict[str, Any] = {
    "deadline": None,
    "suppress_health_check": list(HealthCheck),
    "phases": (Phase.explicit, Phase.reuse, Phase.generate),
}

NUMBERS = st.one_of(
    st.integers(-20, 20).map(float), st.floats(-1e4, 1e4, allow_subnormal=False).map(lambda x: round(x, 3))
)
INPUTS = [amount("a", 3.5), amount("b", -0.25), amount("c", (1.0, 0.0, 2.5, -4.0)), amount("d", 8.0)]
LIKELY = {node.name: node.amount for node in INPUTS}
BINARY = ["+", "-", "*", "/", "**", "minimum", "maximum", "or", "and", "<", "<=", ">", ">=", "==", "!="]
UNARY = ["negative", "not", "abs", "exp", "log", "sqrt", "floor", "ceil"]


def formulas() -> st.SearchStrategy[Expression]:
    leaves = st.one_of(
        st.sampled_from(INPUTS),
        st.sampled_from(INPUTS),
        NUMBERS.map(Constant),
        st.lists(NUMBERS, min_size=4, max_size=4).map(lambda values: Constant(tuple(values))),
        st.just(Year(FRAME)),
    )

    def grown(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
        return st.one_of(
            st.builds(operation, st.sampled_from(BINARY), inner, inner),
            st.builds(operation, st.sampled_from(UNARY), inner),
            st.builds(operation, st.just("where"), inner, inner, inner),
            st.builds(operation, st.sampled_from(ALONG_YEARS), inner, inner),
            inner.map(lambda formula: Step(f"Step {id(formula)}", formula)),
        )

    return st.recursive(leaves, grown, max_leaves=12)


def values_of(formula: Expression, values: Mapping[str, Any]) -> Any:
    arrays = {name: np.atleast_1d(np.asarray(value, dtype=np.float64)) for name, value in values.items()}
    return np.broadcast_to(evaluate(formula, 4, arrays), (4,))


def nudged(name: str, by: float) -> OperationKind:
    kind = OPERATIONS[name]
    return OperationKind(lambda *given: kind.compute(*given) * (1 + by), kind.symbol, kind.precedence)


def is_steady(formula: Expression, values: Mapping[str, Any]) -> bool:
    """Whether the last bits of exp, log and power, which libraries round differently, hardly matter."""
    exact = values_of(formula, values)
    finite = np.isfinite(exact)
    scale = np.abs(exact[finite]).max(initial=0)
    for by in (4e-15, -4e-15):
        with patch.dict(OPERATIONS, {name: nudged(name, by) for name in ("exp", "log", "**")}):
            other = values_of(formula, values)
        if (np.isfinite(other) != finite).any():
            return False
        if np.abs(exact[finite] - other[finite]).max(initial=0) > 1e-10 * scale:
            return False
    return True


def is_line(formula: Expression) -> bool:
    """Whether the model takes it: finite at likely values, and small enough that a sum keeps all of it."""
    return bool((np.abs(values_of(formula, LIKELY)) < 1e9).all())


@settings(max_examples=12, **PATIENT)
@given(st.lists(formulas(), min_size=40, max_size=40), st.lists(NUMBERS, min_size=3, max_size=3))
def test_random_formulas_equal_numpy(
    chromium: Page, tmp_path_factory: pytest.TempPathFactory, made: list[Expression], moved: list[float]
) -> None:
    """Many trees a page: at likely values and at others, each year of each line is NumPy's."""
    checked = [formula for formula in made if is_line(formula) and is_steady(formula, LIKELY)]
    # One line rests on all inputs, so that each has a slider; 1.7 of one is not undone by other lines.
    parts = [operation("*", node, 1.7) for node in INPUTS]
    checked.append(operation("+", operation("+", parts[0], parts[1]), operation("+", parts[2], parts[3])))
    record = synthetic(checked, INPUTS)
    chromium.open(bare_page(tmp_path_factory.mktemp("trees"), record))
    place = {slider.name: index for index, slider in enumerate(sliders(parse(record)))}
    # The way out of the page loses the sign of −0: none is typed, and no factor of 0 makes one.
    typed = {"a": moved[0] + 0.0, "b": moved[1] + 0.0, "c": abs(moved[2]) / 100 or 0.5}
    first = chromium.state()
    entries = {place[name]: f"{value:.12f}" for name, value in typed.items() if name in place}
    second = move(chromium, {}, entries)
    for state in (first, second):
        for formula, line in zip(checked, state["lines"], strict=True):
            if not is_steady(formula, state["inputs"]):
                continue
            expected = values_of(formula, state["inputs"])
            scale = np.abs(expected[np.isfinite(expected)]).max(initial=0)
            for wanted, found in zip(expected.tolist(), line["annual"], strict=True):
                if np.isfinite(wanted):
                    assert found is not None and abs(found - wanted) <= CLOSE * scale, words(formula)
                else:
                    assert found is None, words(formula)
    assert chromium.complaints == []


LENGTH = 7  # a start and six years
MONEY = st.one_of(
    st.integers(-300, 300).map(float),
    st.floats(-1e7, 1e7, allow_subnormal=False),
    st.sampled_from([1e-9, -1e-12, 1e12, -3e15, 0.1, 0.2, -0.3]),
)
FLOWS = st.one_of(
    st.lists(MONEY, min_size=2, max_size=LENGTH),
    st.sampled_from(
        [
            [-100.0, 230.0, -132.0],
            [1.0, -2.0, 1.0],
            [-1.0, 3.0, -2.0],
            [0.0, 0.0, 0.0],
            [-1.0, 6.0, -11.0, 6.0],
            [100.0, -60.0, -60.0],
            [-100.0, 220.0, -121.0],
            [-100.0, 230.0, -60.0],
            [100.0, -230.0, 60.0],
            [-100.0, 250.0, -150.0],
        ]
    ),
)


@settings(max_examples=4, **PATIENT)
@given(st.lists(FLOWS, min_size=25, max_size=25))
def test_rates_and_paybacks_of_any_flow_equal_the_model(
    chromium: Page, tmp_path_factory: pytest.TempPathFactory, flows: list[list[float]]
) -> None:
    """The money of each year is typed into a box of its own; what a flow lacks is 0."""
    chromium.open(flow_page(tmp_path_factory.mktemp("flows")))
    money = [[*flow, *[0.0] * (LENGTH - len(flow))] for flow in flows]
    typed = [{index: f"{one:.15f}" for index, one in enumerate(each)} for each in money]
    remarks_of = "document.getElementById('cb-live-reasons').textContent"
    for state, remarks in moves(chromium, [({}, each) for each in typed], also=remarks_of):
        net = [state["inputs"][f"y{year}"] for year in range(LENGTH)]
        rate = internal_rate(internal_rate_of_return(net), Formatter())
        found, reasons = state["result"]["internal_rate_of_return"], state["result"]["reasons"]
        if isinstance(rate, Absent):
            assert reasons["internal_rate_of_return"] == str(rate)
        else:
            assert found == pytest.approx(float(rate), rel=RATES_CLOSE, abs=RATES_CLOSE)
            assert ("Internal rate of return: " in remarks) == bool(rate.note) and rate.note in remarks
        for name, back in (
            ("payback_months", payback_months(net)),
            ("discounted_payback_months", discounted_payback_months(net, 0.1)),
        ):
            if back.months is None:
                assert reasons[name].startswith(back.state)
            else:
                assert state["result"][name] == pytest.approx(back.months, rel=CLOSE)
    assert chromium.complaints == []


def flow_page(folder: Path) -> Path:
    """A page on which each year's money, and the start, is an input of its own."""
    years = LENGTH - 1
    frame = Frame(years, Formatter())
    inputs = [
        Input(f"y{year}", label=f"Y{year}", unit="number", amount=100.0 - year, frame=frame)
        for year in range(LENGTH)
    ]
    annual: Expression = Constant(0.0)
    for year in range(1, LENGTH):
        only = Constant(tuple(float(year == one) for one in range(1, LENGTH)))
        annual = operation("+", annual, operation("*", inputs[year], only))
    record = synthetic([annual], inputs, years=years)
    record["lines"][0]["trees"]["start"] = {"input": "y0"}
    # In the order of the tornado, so that slider 0 is the start.
    record["simulation"] = records.simulation([node.name for node in inputs])
    return bare_page(folder, record)
