"""Where everything stands: names, rows and formulas, settled before anything is written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from casebook.exporters.locked_inputs import UNUSED, Dependencies
from casebook.exporters.workbook.formula import Text, Writer
from casebook.exporters.workbook.naming import Names
from casebook.exporters.workbook.rows import InputRow, LineRow, Section, StepRow
from casebook.formula.trees import Tree, key
from casebook.i18n import Phrase
from casebook.record.formulas import Formulas
from casebook.record.types import InputRecord, LineRecord, Record, StepRecord

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


_SIDES = (
    ("benefit", Phrase("Benefits"), Phrase("Benefits lowered by their risk")),
    ("cost", Phrase("Costs"), Phrase("Costs raised by their risk")),
)


@dataclass
class Plan:
    """The workbook to be."""

    record: Record
    groups: dict[str, list[InputRow]] = field(init=False)
    steps: list[StepRow] = field(default_factory=list)
    sections: list[Section] = field(init=False)
    """Benefits and costs, then both with risk."""
    beside: list[LineRow] = field(init=False)
    """Lines that are shown and not counted."""

    def __post_init__(self) -> None:
        """Settle names, steps and lines, in this order."""
        self.years = self.record.years
        self._formulas = Formulas(self.record)
        self._dependencies = Dependencies(self.record)
        self.names = Names(_OWN_NAMES)
        rows = [self._input(name, self.record.inputs[name]) for name in self._in_order()]
        self.groups = _grouped(rows)
        self._cells: dict[str, str] = {}
        self._step_rows: dict[str, StepRow] = {}
        self._owner = ""
        self.writer = Writer({row.key: (row.name, row.is_by_year) for row in rows}, self)
        for step in self.record.steps:
            self._add_step(step)
        self.beside = [self._line(line) for line in self.record.beside]
        self._place([self._line(line) for line in self.record.lines])

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
            words = Phrase(
                "The value at the inputs of the report, computed by a program: there is no formula to show."
            )
            return self._row(tree, label=tree["computed"], what="computed", words=words)
        label = tree.get("label") or Phrase("Numbers by year in '{line}'", line=self._owner)
        return self._row(tree, label=label, what="given", words=Phrase("Defined in the notebook."))

    def along_years(self, tree: Tree, first: Text, later: str) -> str:
        """The cell of a row that looks back: `first` in year 1, then `later`, whose own row is `{row}`."""
        labels = {
            "cumulative": Phrase("Running total at the year's end in '{line}'", line=self._owner),
            "compound": Phrase("Growing amount in '{line}'", line=self._owner),
            "previous": Phrase("Last year's value in '{line}'", line=self._owner),
        }
        return self._row(tree, label=labels[tree[0]], what="formula", formula=later, first=first.formula)

    def part(self, tree: Tree, text: Text) -> str:
        """The cell of a part that would make its formula too long."""
        label = Phrase("Part of '{line}'", line=self._owner)
        return self._row(tree, text.formula, label=label, what="formula", formula=text.formula)

    def _row(self, tree: Tree, variant: str = "", **row: Any) -> str:
        known = key(tree) + variant
        if known not in self._cells:
            step = StepRow(number=FIRST_ROW + len(self.steps), values=self._by_year(tree), **row)
            if step.formula:
                step.formula = step.formula.replace("{row}", str(step.number))
            self.steps.append(step)
            self._cells[known] = f"{{s}}{{c}}{step.number}"
        return self._cells[known]

    # --- inputs ---------------------------------------------------------------------------------------

    def _in_order(self) -> list[str]:
        """Inputs that were given, in the order in which the lines use them."""
        given = [name for name, entry in self.record.inputs.items() if entry.value is not None]
        used = [name for line in (*self.record.lines, *self.record.beside) for name in line.inputs]
        return [name for name in dict.fromkeys((*used, *given)) if name in given]

    def _input(self, name: str, entry: InputRecord) -> InputRow:
        values = [float(value) for value in np.atleast_1d(np.asarray(entry.value))]
        values = values if self.years > 1 else values[:1]
        return InputRow(name, self.names.give(name), values, entry, self._dependencies.lock(name))

    # --- steps and lines ------------------------------------------------------------------------------

    def _add_step(self, step: StepRecord) -> None:
        self._owner = step.label
        written = self.writer.write(step.tree)
        last = self.steps[-1] if self.steps else None
        if last and written.plain.formula == f"{{s}}{{c}}{last.number}" and last.label not in self._step_rows:
            # The step is a running total or a computed value as a whole: one row, under its own name.
            last.label, last.unit, last.may_fail = step.label, step.unit, written.may_fail
            last.words = step.words or last.words
            self._step_rows[last.label] = last
            return
        row = StepRow(
            number=FIRST_ROW + len(self.steps),
            label=step.label,
            what="formula",
            values=self._by_year(step.tree),
            formula=written.plain.number.formula,
            unit=step.unit,
            words=step.words,
            may_fail=written.may_fail,
        )
        self.steps.append(row)
        self._step_rows[row.label] = row

    def _line(self, line: LineRecord) -> LineRow:
        self._owner = line.name
        start, annual, risk = line.trees.start, line.trees.annual, line.risk.tree
        hours = line.hours.tree if line.hours else None
        return LineRow(
            line,
            self._formula(start),
            self._formula(annual),
            self._formula(risk) or "0",
            self._by_year(start)[0] if start is not None else 0.0,
            self._by_year(annual) if annual is not None else [0.0] * self.years,
            self._by_year(risk)[0],
            self._formula(hours),
            self._by_year(hours) if hours is not None else [],
        )

    def with_role(self, role: str) -> tuple[str, str, list[float]] | None:
        """The first given input of a role: its formula, its unit and its values by year."""
        for name, entry in self.record.inputs.items():
            if entry.role == role and entry.value is not None:
                tree = {"input": name}
                return self._formula(tree) or "", entry.unit, self._by_year(tree)
        return None

    def _formula(self, tree: Tree | None) -> str | None:
        return None if tree is None else self.writer.write(tree).plain.number.formula

    def _by_year(self, tree: Tree) -> list[float]:
        """The value of a tree in each year, at the inputs of the report."""
        by_year: list[float] = np.broadcast_to(self._formulas.value(tree), (self.years,)).tolist()
        return by_year

    def _place(self, lines: list[LineRow]) -> None:
        self.sections = []
        row = FIRST_ROW
        for adjusted in (False, True):
            for side, title, with_risk in _SIDES:
                mine = [line for line in lines if line.record.side == side]
                self.sections.append(Section(with_risk if adjusted else title, title, row, mine, adjusted))
                row = self.sections[-1].total + 2


def _grouped(rows: Iterable[InputRow]) -> dict[str, list[InputRow]]:
    """By group, in the order of first use; what no line uses comes last, and has none."""
    groups: dict[str, list[InputRow]] = {}
    unused = []
    for row in rows:
        if row.locked == UNUSED:
            unused.append(row)
            continue
        groups.setdefault(row.record.group or "other", []).append(row)
    if unused:
        groups[""] = sorted(unused, key=lambda row: row.key)
    return groups
