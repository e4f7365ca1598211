"""Plan against actual to date: each line's money, and each input that was measured."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from casebook.analysis.sensitivity import Swing
from casebook.case.line import Line
from casebook.case.monthly import Flows
from casebook.follow_up.forecast import Forecast, MonthSpan
from casebook.follow_up.status import UNPLANNED, months_late, relative, status_of


@dataclass(frozen=True)
class Piece:
    """A line's money at the start, or in some months in which nothing measured changes."""

    span: MonthSpan | None
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
        """Actual as a multiple of plan, as far as something is known; None where nothing is."""
        return known_ratio([self])

    @property
    def standing(self) -> str:
        """How it stands against the plan, in words."""
        if self.ratio is None and any(piece.actual for piece in self.known):
            return UNPLANNED
        is_benefit = self.line.side == "benefit"
        return status_of(self.ratio, more_is_better=is_benefit, months_late=self.months_late)

    def months(self, source: str) -> int:
        """Months that are known from one source."""
        return sum(p.span.end - p.span.first for p in self.pieces if p.span and p.source == source)


@dataclass(frozen=True)
class Indicator:
    """A measured input beside its plan."""

    name: str
    planned: float
    """Mean over the months in which it was measured; times the ramp, where one scales it."""
    actual: float
    ratio: float | None
    more_is_better: bool | None
    """None where the result does not depend on it."""

    @property
    def standing(self) -> str:
        """How it stands against the plan, in words."""
        ratio = self.ratio if self.more_is_better is not None else None
        return status_of(ratio, more_is_better=bool(self.more_is_better))


def known_ratio(lines: Iterable[Progress]) -> float | None:
    """Actual as a multiple of plan of several lines, as far as something is known; None where nothing is."""
    known = [piece for each in lines for piece in each.known]
    if not known:
        return None
    return relative(sum(piece.actual for piece in known), sum(piece.planned for piece in known))


def progress_of(forecast: Forecast, flows: Flows) -> tuple[Progress, ...]:
    """Every line to date, in the order of the ledger; `flows` are those of an outlook."""
    return tuple(_progress(forecast, line, flows) for line in forecast.case.ledger.counted)


def side_status(forecast: Forecast, lines: Iterable[Progress]) -> str:
    """How the lines of one side stand together."""
    lines = list(lines)
    is_benefit = any(each.line.side == "benefit" for each in lines)
    late = _late(forecast, lines) if is_benefit else None
    return status_of(known_ratio(lines), more_is_better=is_benefit, months_late=late)


def _progress(forecast: Forecast, line: Line, flows: Flows) -> Progress:
    plan, actual, pieces = forecast.plan[line.name], flows[line.name], []
    if plan[0] or actual[0] or line.start is not None:
        pieces.append(Piece(None, forecast.started_from(line), float(plan[0]), float(actual[0])))
    for span in forecast.spans:
        planned, money = (float(each[span.indices].sum()) for each in (plan, actual))
        pieces.append(Piece(span, forecast.source_of(line, span), planned, money))
    inputs = tuple(name for name in forecast.actuals.inputs if name in line.inputs)
    found = Progress(line, tuple(pieces), inputs, None)
    return found if line.side == "cost" else replace(found, months_late=_late(forecast, [found]))


def _late(forecast: Forecast, lines: Iterable[Progress]) -> float | None:
    """By how much the plan of some lines had reached the same total earlier; None where nothing is known."""
    known = [each for each in lines if each.known]
    if not known:
        return None
    planned = sum(np.cumsum(forecast.plan[each.line.name]) for each in known)
    return months_late(np.asarray(planned), sum(each.actual for each in known), forecast.actuals.months)


def indicators_of(forecast: Forecast, influence: Sequence[Swing]) -> list[Indicator]:
    """The measured inputs; `influence` says of each what more of it does to the result."""
    better = {
        swing.name: swing.at_high > swing.at_low for swing in influence if swing.at_high != swing.at_low
    }
    indicators = []
    for name, measured in forecast.measured.items():
        known = ~np.isnan(measured)
        if known.any():
            planned, actual = (float(each[known].mean()) for each in (forecast.planned_input(name), measured))
            indicators.append(Indicator(name, planned, actual, relative(actual, planned), better.get(name)))
    return indicators
