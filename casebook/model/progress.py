"""Plan against actual to date: each line's money, and each input that was measured."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from casebook.model.course import Course, Flows, Stretch
from casebook.model.expression import inputs_of
from casebook.model.line import Line
from casebook.model.operations import Array
from casebook.model.sensitivity import Swing
from casebook.model.standing import UNPLANNED, months_late, standing


@dataclass(frozen=True)
class Piece:
    """A line's money at the start, or in some months in which nothing measured changes."""

    stretch: Stretch | None
    """None for the start."""
    source: str
    """What it is known from: booked, measured (inputs), or plan."""
    planned: float
    actual: float


@dataclass(frozen=True)
class Progress:
    """One line to date: nominal money, positive, the start included."""

    line: Line
    pieces: tuple[Piece, ...]
    inputs: tuple[str, ...]
    """The measured inputs in its formula."""
    months_late: float | None
    """For a benefit: by how much the plan had reached the same total earlier; negative where it is ahead."""

    @property
    def planned(self) -> float:
        """Money planned to date."""
        return sum(piece.planned for piece in self.pieces)

    @property
    def actual(self) -> float:
        """Money to date, as planned where nothing is known."""
        return sum(piece.actual for piece in self.pieces)

    @property
    def known(self) -> list[Piece]:
        """What was booked or measured of it."""
        return [piece for piece in self.pieces if piece.source != "plan"]

    @property
    def ratio(self) -> float | None:
        """Actual over plan, as far as something is known; None where nothing is, or nothing was planned."""
        return known_ratio([self])

    @property
    def standing(self) -> str:
        """How it stands against the plan, in words."""
        if self.ratio is None and any(piece.actual for piece in self.known):
            return UNPLANNED
        return standing(self.ratio, more_is_better=self.line.side == "benefit")

    def months(self, source: str) -> int:
        """Months that are known from one source."""
        return sum(p.stretch.end - p.stretch.first for p in self.pieces if p.stretch and p.source == source)


@dataclass(frozen=True)
class Indicator:
    """A measured input beside its plan."""

    name: str
    planned: float
    """Mean over the months in which it was measured."""
    actual: float
    ratio: float | None
    more_is_better: bool | None
    """None where the result does not hang on it."""

    @property
    def standing(self) -> str:
        """How it stands against the plan, in words."""
        ratio = self.ratio if self.more_is_better is not None else None
        return standing(ratio, more_is_better=bool(self.more_is_better))


def known_ratio(lines: Iterable[Progress]) -> float | None:
    """Actual over plan of several lines, as far as something is known of them; None where nothing is."""
    known = [piece for each in lines for piece in each.known]
    planned = sum(piece.planned for piece in known)
    return sum(piece.actual for piece in known) / planned if planned > 0 else None


def by_month(flow: Array) -> Array:
    """Money by year (from the start) as a running total by month: index 0 is the start."""
    return np.concatenate([flow[:1], flow[0] + np.cumsum(np.repeat(flow[1:] / 12, 12))])


def progress_of(course: Course, flows: Flows) -> tuple[Progress, ...]:
    """Every line to date, in the order of the ledger; `flows` is the plan."""
    pieces: dict[str, list[Piece]] = {line.name: [] for line in course.case.ledger.counted}
    started = course.started()
    for line in course.case.ledger.counted:
        planned, actual = float(flows[line.name][0]), float(started[line.name][0])
        if planned or actual or line.start is not None:
            pieces[line.name].append(Piece(None, course.started_from(line), planned, actual))
    for stretch, money in course.by_stretch():
        for line in course.case.ledger.counted:
            planned = float(flows[line.name][stretch.year + 1]) * stretch.share
            source, actual = course.source_of(line, stretch), float(money[line.name])
            pieces[line.name].append(Piece(stretch, source, planned, actual))
    return tuple(
        Progress(line, tuple(pieces[line.name]), _inputs(course, line), _late(course, line, flows, pieces))
        for line in course.case.ledger.counted
    )


def _inputs(course: Course, line: Line) -> tuple[str, ...]:
    names = {name for part in (line.start, line.annual) if part is not None for name in inputs_of(part)}
    return tuple(name for name in course.actuals.inputs if name in names)


def _late(course: Course, line: Line, flows: Flows, pieces: dict[str, list[Piece]]) -> float | None:
    mine = pieces[line.name]
    if line.side == "cost" or all(piece.source == "plan" for piece in mine):
        return None
    actual = sum(piece.actual for piece in mine)
    return months_late(by_month(flows[line.name]), actual, course.actuals.months)


def indicators_of(course: Course, influence: Sequence[Swing]) -> list[Indicator]:
    """The measured inputs; `influence` says of each what more of it does to the result."""
    case = course.case
    better = {
        swing.name: swing.at_high > swing.at_low for swing in influence if swing.at_high != swing.at_low
    }
    found = []
    for name in course.actuals.inputs:
        plan = np.broadcast_to(np.atleast_1d(getattr(case.inputs, name).amount), case.years)
        pairs = [
            (value, float(plan[stretch.year]), stretch.share)
            for stretch in course.stretches
            if (value := course.measured_in(name, stretch)) is not None
        ]
        weight = sum(share for _, _, share in pairs)
        if not weight:
            continue
        actual = sum(value * share for value, _, share in pairs) / weight
        planned = sum(value * share for _, value, share in pairs) / weight
        ratio = actual / planned if planned > 0 else None
        found.append(Indicator(name, planned, actual, ratio, better.get(name)))
    return found
