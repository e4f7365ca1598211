"""The rows that a plan consists of."""

from __future__ import annotations

from dataclasses import dataclass

from casebook.record.types import InputRecord, LineRecord


@dataclass(frozen=True)
class InputRow:
    """One input that was given."""

    key: str
    name: str
    """Its defined name."""
    values: list[float]
    """One, or one a year."""
    record: InputRecord
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

    record: LineRecord
    start: str | None
    annual: str | None
    risk: str
    start_value: float
    values: list[float]
    risk_value: float
    hours: str | None
    """The formula of the working time behind it."""
    hour_values: list[float]

    def adjusted(self, value: float) -> float:
        """An amount with its risk taken off a benefit, or put on a cost."""
        part = self.risk_value * abs(value)
        return value - part if self.record.side == "benefit" else value + part


@dataclass(frozen=True)
class Section:
    """Lines of one side under a heading, with their total."""

    title: str
    total_title: str
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
