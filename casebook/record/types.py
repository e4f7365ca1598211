"""The type of a case record, as its readers may rely on it: what another program wrote is held against it.

Only what a reader computes with is named here; a record has more, which is shown or passed on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal, NotRequired, TypedDict

import numpy as np

from casebook.formula.operations import OPERATIONS
from casebook.formula.trees import Tree, operands
from casebook.schema.declarations import MOST_YEARS
from casebook.schema.foreign import fault, is_number, unusable
from casebook.schema.wording import printable, show

MOST_NODES = 3_000
"""Inputs, numbers and operations of all formulas together; the templates have fewer than 200."""
MOST_INPUTS = 300
MOST_LINES = 300
MOST = 1e18
"""The largest figure, in whatever currency: sums and percentages of more could leave what can be shown."""


def _years(value: int) -> str | None:
    return None if 1 <= value <= MOST_YEARS else f"a whole number from 1 to {MOST_YEARS} is needed"


def _share(value: float) -> str | None:
    return None if 0 <= value <= 1 else "a share between 0 and 1 is needed"


def _bearable(value: float) -> str | None:
    return None if abs(value) <= MOST else f"a number of at most {MOST:.0e} is needed"


def _months(value: float) -> str | None:
    most = 12 * MOST_YEARS
    return None if 0 <= value <= most else f"a number of months from 0 to {most} is needed"


def _currency(value: str) -> str | None:
    from babel.numbers import list_currencies

    return None if value in list_currencies() else "a currency's ISO 4217 code is needed"


def _locale(value: str) -> str | None:
    from babel import Locale, UnknownLocaleError

    try:
        return None if value.replace("_", "").isalnum() and Locale.parse(value) else "a locale is needed"
    except (ValueError, UnknownLocaleError):
        return "a locale is needed"


def _at_most(most: int) -> Any:
    return lambda value: f"at most {most} entries are needed" if len(value) > most else None


Number = Annotated[float, _bearable]
Months = Annotated[float, _months]
Share = Annotated[float, _share]
Amount = Number | Sequence[Number]
"""One number, or one a year."""


class TemplateRecord(TypedDict):
    """The type of case."""

    name: str
    title: NotRequired[str | None]


class ClientRecord(TypedDict):
    """Who the case is for."""

    name: str


class InputRecord(TypedDict):
    """An input with its value and how it is known."""

    label: str
    unit: str
    value: Amount | None
    low: NotRequired[Amount | None]
    high: NotRequired[Amount | None]
    distribution: NotRequired[str | None]
    evidence: NotRequired[str | None]
    source: NotRequired[str | None]
    origin: NotRequired[str | None]


class TreesRecord(TypedDict):
    """The formulas of a line's money."""

    start: Any
    annual: Any


class LineRecord(TypedDict):
    """A counted line."""

    side: Literal["benefit", "cost"]
    name: str
    trees: TreesRecord
    risk: NotRequired[Mapping[str, Any] | None]


class StepRecord(TypedDict):
    """A part of formulas that has a name."""

    label: str
    tree: Any


class FlowRecord(TypedDict):
    """Money from the start on, by year."""

    benefits: Sequence[Number]
    costs: Sequence[Number]


class ResultRecord(TypedDict):
    """The figures of the case; what does not exist is null."""

    net_present_value: Number
    present_value_of_benefits: Number
    present_value_of_costs: Number
    return_on_investment: NotRequired[Number | None]
    payback_months: NotRequired[Months | None]
    discounted_payback_months: NotRequired[Months | None]
    internal_rate_of_return: NotRequired[Number | None]
    benefit_cost_ratio: NotRequired[Number | None]
    probability_of_loss: NotRequired[Share | None]
    reasons: NotRequired[Mapping[str, str] | None]
    notes: NotRequired[Mapping[str, str] | None]


class SpreadRecord(TypedDict):
    """The range of a figure."""

    p5: NotRequired[Number | None]
    p95: NotRequired[Number | None]


class SimulationRecord(TypedDict):
    """What the draws gave."""

    net_present_value: NotRequired[SpreadRecord | None]


class FindingRecord(TypedDict):
    """What the review objects to."""

    rule: str
    severity: str
    answer: Any


class ProvenanceRecord(TypedDict):
    """What the case was computed from."""

    digests: NotRequired[Mapping[str, Any] | None]


class EvidenceRecord(TypedDict):
    """Shares of the benefit by how its inputs are known."""

    by_value: NotRequired[Mapping[str, Number] | None]


class CaseRecord(TypedDict):
    """The record of a case."""

    template: TemplateRecord
    currency: Annotated[str, _currency]
    locale: Annotated[str, _locale]
    years: Annotated[int, _years]
    discount_rate: Share
    client: ClientRecord
    inputs: Annotated[Mapping[str, InputRecord], _at_most(MOST_INPUTS)]
    lines: Annotated[Sequence[LineRecord], _at_most(MOST_LINES)]
    steps: Sequence[StepRecord]
    cash_flow: FlowRecord
    result: ResultRecord
    evidence: NotRequired[EvidenceRecord | None]
    simulation: NotRequired[SimulationRecord | None]
    review: NotRequired[Sequence[FindingRecord] | None]
    provenance: NotRequired[ProvenanceRecord | None]


def fault_of_record(record: Mapping[str, Any]) -> str | None:
    """What is wrong with a record, in one line that names the key; None where nothing is."""
    return (
        unusable(record)
        or fault(record, CaseRecord)
        or next(_wrong_lengths(record), None)
        or next(_wrong_formulas(record), None)
    )


def _wrong_lengths(record: Mapping[str, Any]) -> Iterator[str]:
    years = record["years"]
    for name in ("benefits", "costs"):
        if len(flow := record["cash_flow"][name]) > years + 1:
            yield f"cash_flow.{name} is {show(flow)}; {years + 1} numbers are needed, from the start on"
    for name, given in record["inputs"].items():
        for key in ("value", "low", "high"):
            if isinstance(value := given.get(key), list) and len(value) != years:
                where = f"inputs.{printable(name)}.{key}"
                yield f"{where} is {show(value)}; one number a year is needed, {years} in all"


def _wrong_formulas(record: Mapping[str, Any]) -> Iterator[str]:
    """Formulas that name what is not there, or hold what is no part of one."""
    left = MOST_NODES
    steps: set[str] = set()  # each stands before those that use it
    for place, tree, label in _trees(record):
        for node in _nodes(tree):
            left -= 1
            if left < 0:
                yield f"{place}: the formulas have more than {MOST_NODES:,} numbers and operations"
                return
            if wrong := _fault_of_node(node, record["inputs"], steps, record["years"]):
                yield f"{place} has {wrong}"
                return
        steps |= {label}


def _trees(record: Mapping[str, Any]) -> Iterator[tuple[str, Tree, str]]:
    """All formulas with their places, and with the label of those that are a step."""
    for number, step in enumerate(record["steps"]):
        yield f"steps.{number}.tree", step["tree"], step["label"]
    for number, line in enumerate(record["lines"]):
        parts = {f"trees.{part}": line["trees"][part] for part in ("start", "annual")}
        parts["risk.tree"] = (line.get("risk") or {}).get("tree")
        for part, tree in parts.items():
            if tree is not None:
                yield f"lines.{number}.{part}", tree, ""


def _nodes(tree: Tree) -> Iterator[Tree]:
    """The nodes of a formula, sound or not."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, list) or (isinstance(node, dict) and isinstance(node.get("of"), list)):
            waiting.extend(operands(node, inside_computed=True))


def _fault_of_node(node: Tree, inputs: Mapping[str, Any], steps: set[str], years: int) -> str | None:
    match node:
        case [str(name), *parts]:
            kind = OPERATIONS.get(name)
            if kind is None:
                return f"{show(name)}, which is no operation"
            needed = kind.compute.nin if isinstance(kind.compute, np.ufunc) else None
            if name != "cumulative" and needed not in (None, len(parts)):
                return f"{show(name)} of {len(parts)} operands; {needed} are needed"
        case {"input": str(name)}:
            return None if name in inputs else f"the input {show(name)}, which it does not hold"
        case {"step": str(label)}:
            return None if label in steps else f"the step {show(label)}, which does not stand before it"
        case {"computed": str(), "of": list(), "value": value} | {"number": value}:
            numbers = value if isinstance(value, list) else [value]
            if not all(map(is_number, numbers)) or not 1 <= len(numbers) <= years:
                return f"{show(value)} where a number is needed, or one a year"
        case {"year": True}:
            return None
        case _:
            return f"{show(node)} where a part of a formula is needed"
    return None
