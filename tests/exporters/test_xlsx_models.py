"""Random models: what LibreOffice computes at a changed input is what the model in Python computes there."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casebook import Case, constant
from casebook.analysis.analysis import Analysis
from casebook.case.running_totals import has_running_total
from casebook.errors import CaseError
from casebook.exporters.xlsx import to_workbook
from casebook.formatting import Formatter
from casebook.formula.evaluation import evaluate
from casebook.formula.expression import Expression, operation
from casebook.formula.operations import ALONG_YEARS, OPERATIONS, RUNNING_TOTALS, OperationKind
from casebook.record.parsing import parse
from casebook.schema.reader import parse_parameters
from tests.conftest import notebook_file
from tests.exporters.spreadsheet import Sheets, editable, needs_libreoffice, recalculated, with_inputs

CLOSE = 1e-9  # of the largest absolute yearly flow
RATES_CLOSE = 1e-7
YEARS = 4

INPUTS = """\
title: Example
inputs:
  a: {label: A, unit: number, bounds: [null, null], example: 1}
  r1c1: {label: B, unit: number, bounds: [null, null], example: 1}
  by_year: {label: C, unit: number, bounds: [null, null], example: 1}
  part: {label: D, unit: share, example: 1}
  growth: {label: E, unit: number/year, bounds: [null, null], example: 1}
  money: {label: Money, unit: currency/year, bounds: [null, null], example: 1}
  setup: {label: Set-up, unit: currency, example: 1}
"""

Recipe = Any
"""A formula as nested tuples: ("input", name), ("number", x), ("year",) or (operation, …)."""

NUMBERS = st.one_of(
    st.integers(-12, 12).map(float),
    st.floats(-1e3, 1e3, allow_subnormal=False).map(lambda x: round(x, 3)),
)
LISTS = st.lists(NUMBERS, min_size=YEARS, max_size=YEARS).map(tuple)
BINARY = ["+", "-", "*", "/", "**", "minimum", "maximum", "or", "and", "<", "<=", ">", ">=", "==", "!="]
UNARY = ["negative", "not", "abs", "exp", "log", "sqrt", "floor", "ceil"]


def formulas(*, by_year: bool) -> st.SearchStrategy[Recipe]:
    names = ["a", "r1c1", "part", *(["by_year"] if by_year else [])]
    leaves = [st.sampled_from(names).map(lambda name: ("input", name)), NUMBERS.map(lambda x: ("number", x))]
    if by_year:
        leaves += [LISTS.map(lambda xs: ("number", xs)), st.just(("year",))]

    def grown(inner: st.SearchStrategy[Recipe]) -> st.SearchStrategy[Recipe]:
        made = [
            st.tuples(st.sampled_from(BINARY), inner, inner),
            st.tuples(st.sampled_from(UNARY), inner),
            st.tuples(st.just("where"), inner, inner, inner),
            inner.map(lambda formula: ("named", formula)),
        ]
        if by_year:
            made.append(st.tuples(st.sampled_from(ALONG_YEARS), inner, inner))
        return st.one_of(made)

    return st.recursive(st.one_of(leaves), grown, max_leaves=10)


@st.composite
def models(draw: st.DrawFn) -> dict[str, Any]:
    """A case with lines of both sides: starts, ramps, risks, pools that cap."""
    sides = draw(st.lists(st.sampled_from(["benefit", "cost"]), min_size=1, max_size=4))
    share = st.floats(0, 1).map(lambda x: round(x, 2))
    lines = [
        {
            "side": side,
            "annual": draw(st.one_of(st.none(), formulas(by_year=True), formulas(by_year=True))),
            "start": draw(st.one_of(st.none(), formulas(by_year=False))),
            "risk": draw(share),
            "ramp": draw(st.one_of(st.none(), st.lists(share, min_size=YEARS, max_size=YEARS).map(tuple))),
            "claim": draw(st.one_of(st.none(), formulas(by_year=True))),
            "draws_on_both": draw(st.booleans()),
        }
        for side in sides
    ]
    flows = LISTS if draw(st.booleans()) else NUMBERS
    values = {"a": NUMBERS, "r1c1": NUMBERS, "by_year": LISTS, "growth": NUMBERS, "money": flows}
    given = {name: draw(strategy) for name, strategy in values.items()}
    given |= {"part": draw(share), "setup": abs(draw(NUMBERS))}
    others = {"a": NUMBERS, "by_year": LISTS, "part": share, "money": flows}
    changed = {
        name: draw(others[name]) for name in draw(st.sets(st.sampled_from(sorted(others)), min_size=1))
    }
    changed["discount_rate"] = draw(st.floats(0, 1).map(lambda x: round(x, 3)))
    return {"lines": lines, "inputs": given, "changed": changed, "rate": draw(share)}


def expression(recipe: Recipe, case: Case, names: Iterator[int]) -> Expression:
    """A recipe as an expression of the case, without dimension."""
    kind, *parts = recipe
    if kind == "input":
        return getattr(case.inputs, parts[0])  # type: ignore[no-any-return]
    if kind == "number":
        return constant(list(parts[0]) if isinstance(parts[0], tuple) else parts[0])
    if kind == "year":
        return case.year
    inner = [expression(part, case, names) for part in parts]
    if kind == "named":
        return inner[0].named(f"Step {next(names)}")
    if kind in RUNNING_TOTALS:
        return operation(kind, inner[0] * case.inputs.growth, inner[1])
    return operation(kind, *inner)


def case_of(model: Mapping[str, Any], folder: Path, changed: Mapping[str, Any] | None = None) -> Case:
    inputs = {**model["inputs"], **(changed or {})}
    rate = inputs.pop("discount_rate", model["rate"])
    plain = {name: list(value) if isinstance(value, tuple) else value for name, value in inputs.items()}
    given = {"template": "example", "client": {"name": "=cmd|'/c calc'!A1"}, "years": YEARS}
    case = Case(parse_parameters({**given, "inputs": plain, "discount_rate": rate}, folder=folder))
    x, names = case.inputs, iter(range(1000))
    pool, other = case.pool("Pool", size=constant(20.0)), case.pool("Other", size=constant(5.0))
    for number, line in enumerate(model["lines"]):
        annual, start, claim = (
            None if line[part] is None else expression(line[part], case, names)
            for part in ("annual", "start", "claim")
        )
        if annual is None and start is None:
            annual = constant(1.0)
        more: dict[str, Any] = {"risk": line["risk"]}
        more["start"] = None if start is None else start * x.setup
        if line["side"] == "cost":
            more["start"] = None if start is None else abs(start) * x.setup
            more["annual"] = None if annual is None else abs(annual * x.money)
            case.cost(f"Cost {number}", category="other", **more)
            continue
        more["annual"] = None if annual is None else annual * x.money
        if line["ramp"] is not None and annual is not None and not has_running_total(annual):
            more["ramp"] = constant(list(line["ramp"]))
        if claim is not None and annual is not None:
            more["pool"] = {pool: abs(claim)} | ({other: claim**2} if line["draws_on_both"] else {})
        case.benefit(f"Benefit {number}", kind="margin", **more)
    return case


def nudged(name: str, by: float) -> OperationKind:
    kind = OPERATIONS[name]
    return OperationKind(lambda *given: kind.compute(*given) * (1 + by), kind.symbol, kind.precedence)


def is_steady(case: Case) -> bool:
    """Whether all amounts are of a size that money has, and the last bits of the operations leave them alone.

    A spreadsheet takes numbers that differ in the last bits for equal, and rounds 2.9999999999999996 up.
    """
    parts = [
        part for line in case.study.ledger.counted for part in (line.start, line.counted) if part is not None
    ]
    exact = [evaluate(part, YEARS) for part in parts]
    if not all((np.abs(values) < 1e9).all() for values in exact):
        return False
    scale = max(float(np.abs(values).max()) for values in exact)
    for by in (1e-14, -1e-14):
        fuzzy = ("exp", "log", "**", "+", "-", "*", "/", "sqrt")
        with patch.dict(OPERATIONS, {name: nudged(name, by) for name in fuzzy}):
            others = [evaluate(part, YEARS) for part in parts]
        if any((np.abs(one - two) > 1e-10 * scale).any() for one, two in zip(exact, others, strict=True)):
            return False
    return True


def collected(count: int) -> list[dict[str, Any]]:
    """Models as Hypothesis draws them; LibreOffice takes seconds to start, so it gets them all at once."""
    made: list[dict[str, Any]] = []

    @settings(max_examples=count, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(models())
    def collect(model: dict[str, Any]) -> None:
        made.append(model)

    collect()
    return made


@pytest.mark.slow
@needs_libreoffice
def test_random_models_equal_numpy(tmp_path: Path) -> None:
    """Each line by year, each figure, with and without risk, after inputs and the discount rate changed."""
    assert compare(collected(40), tmp_path) >= 10


def record_of(case: Case) -> dict[str, Any]:
    """The record as it comes out of a notebook, without the analysis, of which no formula is made."""
    nothing = Analysis(None, (), None, None, (), {}, ())
    with (
        patch("casebook.study.study.analyse", return_value=nothing),
        patch("casebook.study.study.review", return_value=[]),
    ):
        return json.loads(json.dumps(case.record().to_json()))  # type: ignore[no-any-return]


def compare(made: list[dict[str, Any]], folder: Path) -> int:
    """Compare models at one start of LibreOffice; gives how many of them could be compared."""
    template = folder / "templates" / "example"
    template.mkdir(parents=True)
    (template / "inputs.yaml").write_text(INPUTS, encoding="utf-8")
    notebook_file(template / "template.ipynb", "1")
    workbooks, wanted = {}, {}
    for number, model in enumerate(made):
        try:
            base, changed = case_of(model, folder), case_of(model, folder, model["changed"])
            record, after = record_of(base), record_of(changed)
        except CaseError:  # a figure that is not finite, say: the model refuses it
            continue
        if not (is_steady(base) and is_steady(changed)):
            continue
        workbook = to_workbook(parse(record))
        used = editable(workbook)  # what no line rests on is locked
        edits = {name: value for name, value in model["changed"].items() if name in used}
        workbooks[f"model-{number}"] = with_inputs(workbook, edits)
        wanted[f"model-{number}"] = after
    for key, sheets in recalculated(workbooks).items() if workbooks else ():
        try:
            assert_same(sheets, wanted[key])
        except AssertionError as error:
            raise AssertionError(f"{made[int(key.removeprefix('model-'))]}\n{error}") from error
    return len(workbooks)


def assert_same(sheets: Sheets, record: Mapping[str, Any]) -> None:
    """Assert that a recalculated workbook gives the figures of a record."""
    flows = record["cash_flow"]
    scale = max(1e-9, *(abs(flow) for side in ("benefits", "costs", "net") for flow in flows[side]))
    near = {"abs": CLOSE * scale, "rel": 0}
    width, say = record["years"] + 1, Formatter(record["currency"], record["locale"]).say
    for line in record["lines"]:
        row = sheets.row(say("Lines"), line["id"], width=width)
        assert row == pytest.approx([line["start"], *line["annual"]], **near), line["name"]
    for nth, result in enumerate((record["result"], record["result"]["risk_adjusted"])):
        prefix = "risk_adjusted_" * nth
        if not nth:
            for label, side in (("Benefits", "benefits"), ("Costs", "costs"), ("Net", "net")):
                row = sheets.row(say("Cash flow"), say(label), column="B", width=width)
                assert row == pytest.approx(flows[side], **near)
        net = sheets.named(f"{prefix}net_cash_flow")
        for name in ("net_present_value", "present_value_of_benefits", "present_value_of_costs"):
            assert sheets.named(prefix + name) == pytest.approx(result[name], **near)
        costs = result["present_value_of_costs"]
        for name in ("return_on_investment", "benefit_cost_ratio"):
            value = sheets.named(prefix + name)
            if costs == 0:
                assert value == result["reasons"][name]
            elif costs > 1e-3 * scale:
                assert value == pytest.approx(
                    result[name], rel=CLOSE * scale / costs, abs=CLOSE * scale / costs
                )
        assert_payback(sheets.named(f"{prefix}payback_months"), result, "payback_months", net)
        factors = (1 + sheets.named("discount_rate")) ** -np.arange(float(width))
        discounted = (np.asarray(net) * factors).tolist()
        name = "discounted_payback_months"
        assert_payback(sheets.named(prefix + name), result, name, discounted)
        assert_rate(sheets.named(f"{prefix}internal_rate_of_return"), result, np.asarray(net))


def assert_payback(value: Any, result: Mapping[str, Any], name: str, net: list[float]) -> None:
    scale = max(map(abs, net))
    if any(0 < abs(balance) < 1e-8 * scale for balance in np.cumsum(net)):
        return  # which side of zero it ends on hangs on the last bits
    if result[name] is None:
        assert value == result["reasons"][name]
    else:
        below = np.flatnonzero(np.cumsum(net) < 0)
        flow = net[int(below[-1]) + 1] if below.size and below[-1] + 1 < len(net) else scale
        assert value == pytest.approx(result[name], abs=12 * CLOSE * scale / abs(flow))


def assert_rate(value: Any, result: Mapping[str, Any], net: np.ndarray[Any, Any]) -> None:
    wanted = result["internal_rate_of_return"]
    if wanted is None:
        reason = result["reasons"]["internal_rate_of_return"]
        assert isinstance(value, str)
        assert value[:10] == reason[:10]
        return
    t = np.arange(float(len(net)))
    slope = abs(float((t * net * (1 + wanted) ** -t).sum()))
    if slope < 1e-6 * float((np.abs(net) * (1 + wanted) ** -t).sum()):
        return  # rates this close together hang on the last bits of the flows
    assert value == pytest.approx(wanted, abs=RATES_CLOSE * max(1, 1 + wanted))
