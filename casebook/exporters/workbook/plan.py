"""Where everything stands: names, rows and formulas, settled before anything is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from .formula import Text, Writer
from .naming import Names
from .trees import Evaluator, Tree, key, leaves

FIRST_ROW = 6
"""First row below the heads, on the sheets by year; rows count from 1, as in formulas."""

START, YEAR_1 = 3, 4
"""Columns of the start and of year 1, on the sheets by year; columns count from 0."""

FIGURES = (
    "net_present_value",
    "return_on_investment",
    "payback_months",
    "internal_rate_of_return",
    "present_value_of_benefits",
    "present_value_of_costs",
    "benefit_cost_ratio",
    "discounted_payback_months",
)
"""The figures of a result that have a defined name here; those with risk begin with `risk_adjusted_`."""

_OWN_NAMES = (
    "discount_rate",
    "periods",
    "net_cash_flow",
    "risk_adjusted_net_cash_flow",
    *FIGURES,
    *(f"risk_adjusted_{name}" for name in FIGURES),
)


@dataclass(frozen=True)
class InputRow:
    """One input that was given."""

    key: str
    name: str
    """Its defined name."""
    values: list[float]
    """One, or one a year."""
    record: Mapping[str, Any]
    locked: str | None
    """Why it can't be edited."""

    @property
    def is_by_year(self) -> bool:
        """Whether it has a cell for each year."""
        return len(self.values) > 1


@dataclass
class StepRow:
    """One row of the sheet of steps."""

    number: int
    label: str
    what: str
    """`formula`, `computed` or `given`."""
    values: list[float]
    formula: str | None = None
    first: str | None = None
    """The formula of year 1, where it differs."""
    unit: str = ""
    words: str = ""
    may_fail: bool = False


@dataclass(frozen=True)
class LineRow:
    """One line of the case, with its formulas; None where it has no money at the start, or none a year."""

    record: Mapping[str, Any]
    start: str | None
    annual: str | None
    risk: str
    start_value: float
    values: list[float]
    risk_value: float

    def adjusted(self, value: float) -> float:
        """An amount with its risk taken off a benefit, or put on a cost."""
        sign = -1 if self.record["side"] == "benefit" else 1
        return value * (1 + sign * self.risk_value)


@dataclass(frozen=True)
class Section:
    """Lines of one side under a heading, with their total."""

    title: str
    heading: int
    lines: list[LineRow]
    adjusted: bool

    @property
    def total(self) -> int:
        """Row of the total."""
        return self.heading + len(self.lines) + 1

    @property
    def amounts(self) -> list[float]:
        """The total, start first."""
        rows = [
            [line.start_value, *line.values]
            if not self.adjusted
            else [line.adjusted(value) for value in (line.start_value, *line.values)]
            for line in self.lines
        ]
        return [sum(parts) for parts in zip(*rows, strict=True)]


@dataclass
class Plan:
    """The workbook to be."""

    record: Mapping[str, Any]
    groups: dict[str, list[InputRow]] = field(init=False)
    steps: list[StepRow] = field(default_factory=list)
    sections: list[Section] = field(init=False)
    """Benefits and costs, then both with risk."""
    beside: list[LineRow] = field(init=False)
    """Lines that are shown and not counted."""

    def __post_init__(self) -> None:
        """Settle names, steps and lines, in this order."""
        self.years = int(self.record["years"])
        given = {
            name: entry
            for name, entry in self.record.get("inputs", {}).items()
            if entry.get("value") is not None
        }
        values = {name: _list(entry["value"]) for name, entry in given.items()}
        self.evaluator = Evaluator(self.years, values)
        self.names = Names(_OWN_NAMES)
        self._known = {step["label"]: step for step in self.record.get("steps", [])}
        rows = [self._input(name, entry, values[name]) for name, entry in self._in_order(given)]
        self.groups = _grouped(rows)
        self._cells: dict[str, str] = {}
        self._step_rows: dict[str, StepRow] = {}
        self._owner = ""
        self.writer = Writer({row.key: (row.name, row.is_by_year) for row in rows}, self)
        for step in self.record.get("steps", []):
            self._add_step(step)
        self.beside = [self._line(line) for line in self.record.get("not_in_figure", []) if line.get("trees")]
        self._place([self._line(line) for line in self.record["lines"]])

    @property
    def inputs(self) -> Iterable[InputRow]:
        """All inputs that were given."""
        return (row for rows in self.groups.values() for row in rows)

    # --- what the writer of formulas asks for ---------------------------------------------------------

    def step(self, label: str) -> tuple[str, bool]:
        """The cell of a named step, and whether it may hold an error."""
        row = self._step_rows[label]
        return f"{{s}}{{c}}{row.number}", row.may_fail

    def values(self, tree: Tree) -> str:
        """The cell of a list by year or of a computed value."""
        if "computed" in tree:
            words = "The value at the inputs of the report; a program computed it, so no formula stands here."
            return self._row(tree, label=tree["computed"], what="computed", words=words)
        label = tree.get("label") or f"Numbers by year in '{self._owner}'"
        return self._row(tree, label=label, what="given", words="Stands in the notebook.")

    def running_total(self, tree: Tree, flow: Text, keep: Text) -> str:
        """The cell of a running total."""
        kept = "" if keep.formula == "1" else f"{keep.inside(4)}*"
        formula = f"{kept}{{p}}{{row}}+{flow.inside(3)}"
        label = f"Running total in '{self._owner}'"
        return self._row(tree, label=label, what="formula", formula=formula, first=flow.formula)

    def part(self, tree: Tree, text: Text) -> str:
        """The cell of a part that would make its formula too long."""
        label = f"Part of '{self._owner}'"
        return self._row(tree, text.formula, label=label, what="formula", formula=text.formula)

    def _row(self, tree: Tree, variant: str = "", **row: Any) -> str:
        known = key(tree) + variant
        if known not in self._cells:
            made = StepRow(number=FIRST_ROW + len(self.steps), values=self.evaluator.by_year(tree), **row)
            if made.formula:
                made.formula = made.formula.replace("{row}", str(made.number))
            self.steps.append(made)
            self._cells[known] = f"{{s}}{{c}}{made.number}"
        return self._cells[known]

    # --- inputs ---------------------------------------------------------------------------------------

    def _in_order(self, given: Mapping[str, Any]) -> list[tuple[str, Any]]:
        """Inputs in the order in which the lines use them."""
        lines = [*self.record["lines"], *self.record.get("not_in_figure", [])]
        used = dict.fromkeys(name for line in lines for name in line.get("inputs", []))
        return [(name, given[name]) for name in (*used, *(set(given) - set(used))) if name in given]

    def _input(self, name: str, entry: Mapping[str, Any], values: list[float]) -> InputRow:
        values = values if self.years > 1 else values[:1]
        return InputRow(name, self.names.give(name), values, entry, self._lock(name))

    def _lock(self, name: str) -> str | None:
        if name in self._reached:
            return (
                f"Locked: it goes into '{self._reached[name]}', which a program computed. To change it, "
                "change the parameter file and make the report again."
            )
        return None if name in self._used else "Locked: no line of the case uses it."

    @property
    def _trees(self) -> Iterable[Tree]:
        lines = [*self.record["lines"], *self.record.get("not_in_figure", [])]
        for line in lines:
            if line.get("trees"):
                yield from (tree for tree in line["trees"].values() if tree is not None)
                yield line["risk"]["tree"]
        yield from (step["tree"] for step in self._known.values())

    @cached_property
    def _used(self) -> set[str]:
        found = (leaf for tree in self._trees for leaf in leaves(tree, inside_computed=True))
        return {leaf["input"] for leaf in found if "input" in leaf}

    @cached_property
    def _reached(self) -> dict[str, str]:
        """Inputs that reach a computed value, with its label."""
        found: dict[str, str] = {}
        for tree in self._trees:
            for leaf in leaves(tree):
                if "computed" in leaf:
                    for name in self._below(leaf["of"]):
                        found.setdefault(name, leaf["computed"])
        return found

    def _below(self, trees: Iterable[Tree]) -> set[str]:
        waiting, names, seen = list(trees), set(), set()
        while waiting:
            for leaf in leaves(waiting.pop(), inside_computed=True):
                if "input" in leaf:
                    names.add(leaf["input"])
                elif leaf.get("step") in self._known and leaf["step"] not in seen:
                    seen.add(leaf["step"])
                    waiting.append(self._known[leaf["step"]]["tree"])
        return names

    # --- steps and lines ------------------------------------------------------------------------------

    def _add_step(self, step: Mapping[str, Any]) -> None:
        self._owner = step["label"]
        self.evaluator.steps[step["label"]] = self.evaluator.of(step["tree"])
        written = self.writer.write(step["tree"])
        row = StepRow(
            number=FIRST_ROW + len(self.steps),
            label=step["label"],
            what="formula",
            values=self.evaluator.by_year(step["tree"]),
            formula=written.plain.number.formula,
            unit=step.get("unit", ""),
            words=step.get("words", ""),
            may_fail=written.may_fail,
        )
        self.steps.append(row)
        self._step_rows[row.label] = row

    def _line(self, line: Mapping[str, Any]) -> LineRow:
        self._owner = line["name"]
        start, annual = (line["trees"].get(part) for part in ("start", "annual"))
        risk = line["risk"]["tree"]
        if any(leaf.get("step", None) not in (None, *self._known) for leaf in leaves(risk)):
            risk = {"number": line["risk"]["value"][0]}  # a step that no line's money needs is not recorded
        return LineRow(
            line,
            self._formula(start),
            self._formula(annual),
            self._formula(risk) or "0",
            self.evaluator.by_year(start)[0] if start is not None else 0.0,
            self.evaluator.by_year(annual) if annual is not None else [0.0] * self.years,
            self.evaluator.by_year(risk)[0],
        )

    def _formula(self, tree: Tree | None) -> str | None:
        return None if tree is None else self.writer.write(tree).plain.number.formula

    def _place(self, lines: list[LineRow]) -> None:
        self.sections = []
        row = FIRST_ROW
        for adjusted in (False, True):
            for side, title in (("benefit", "Benefits"), ("cost", "Costs")):
                mine = [line for line in lines if line.record["side"] == side]
                what = {"benefit": "lowered", "cost": "raised"}[side]
                title = f"{title} {what} by their risk" if adjusted else title
                self.sections.append(Section(title, row, mine, adjusted))
                row = self.sections[-1].total + 2


def _list(value: Any) -> list[float]:
    return [float(part) for part in value] if isinstance(value, list) else [float(value)]


def _grouped(rows: Iterable[InputRow]) -> dict[str, list[InputRow]]:
    """By group, in the order of first use; what no line uses comes last."""
    groups: dict[str, list[InputRow]] = {}
    unused = []
    for row in rows:
        if row.locked and "no line" in row.locked:
            unused.append(row)
            continue
        name = str(row.record.get("group") or "other")
        groups.setdefault(name[:1].upper() + name[1:], []).append(row)
    if unused:
        groups["Not part of a line"] = sorted(unused, key=lambda row: row.key)
    return groups
