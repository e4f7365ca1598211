"""The lines as they count: of alternatives only one, and claims on a pool never more than the pool.

Both are settled here, on the expression trees, before any figure is computed: the figures, the workbook and
the page all evaluate the trees that come out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from casebook.errors import CaseError
from casebook.model.evaluation import evaluate
from casebook.model.expression import Expression, Step, inputs_of, operation
from casebook.model.functions import where
from casebook.model.line import LeftOut, Line, Pool
from casebook.model.operations import Array


@dataclass(frozen=True)
class PoolUse:
    """What counted benefits claim of a pool, at likely values, in the pool's unit."""

    pool: Pool
    lines: tuple[str, ...]
    """Names of the lines that claim."""
    claimed: Expression
    """The sum of the claims, each times its line's ramp and causal share."""
    share: Step
    """What every claim is multiplied by: 1 where the pool is large enough, otherwise size ÷ claimed."""

    def is_capped(self, years: int) -> bool:
        """Whether the claims exceed the pool in any year, at likely values."""
        return bool((evaluate(self.share, years) < 1).any())


@dataclass(frozen=True)
class Ledger:
    """All lines of a case, sorted by whether they count."""

    years: int
    counted: tuple[Line, ...]
    beside: tuple[Line, ...]
    """Computed and shown, but not in the figure: for a reason of their own, or as the alternative of a line
    that counts."""
    left_out: tuple[LeftOut, ...]
    """Off, for want of optional inputs."""
    pools: tuple[PoolUse, ...]

    def of(self, side: str) -> tuple[Line, ...]:
        """The counted lines of one side, benefit or cost."""
        return tuple(line for line in self.counted if line.side == side)

    def totals(
        self, values: Mapping[str, Array] | None = None, *, risk_adjusted: bool = False
    ) -> tuple[Array, Array]:
        """Benefits and costs, positive, each with shape (..., years + 1): the start, then each year's end.

        `values` replaces inputs by name, with shape (..., 1) or (..., years); its leading axes are draws.
        """
        known: dict[int, Array] = {}
        totals = []
        for side in ("benefit", "cost"):
            start: Array = np.zeros(1)
            annual: Array = np.zeros(self.years)
            for line in self.of(side):
                factor = line.risk_factor(self.years, values, known) if risk_adjusted else None
                if line.start is not None:
                    start = start + _times(evaluate(line.start, self.years, values, known), factor)
                if line.counted is not None:
                    annual = annual + _times(evaluate(line.counted, self.years, values, known), factor)
            shape = np.broadcast_shapes(start.shape[:-1], annual.shape[:-1])
            total = np.empty((*shape, self.years + 1))
            total[..., :1], total[..., 1:] = start, annual
            totals.append(total)
        return totals[0], totals[1]

    def shown(self, line: Line) -> tuple[Expression, ...]:
        """The formulas of a line's money as a reader meets them, start first.

        The share of its pool stands in them only where it lowers the line.
        """
        capped = {name for use in self.pools if use.is_capped(self.years) for name in use.lines}
        annual = line.counted if line.name in capped else line.annual
        return tuple(part for part in (line.start, annual) if part is not None)

    def inputs(self, *, risks: bool = False) -> set[str]:
        """Names of the inputs that the figure rests on; with `risks` those of the risk-adjusted one too."""
        parts = [part for line in self.counted for part in (line.start, line.counted) if part is not None]
        parts += [line.risk for line in self.counted] if risks else []
        return {name for part in parts for name in inputs_of(part)}

    def steps(self) -> list[Step]:
        """The named steps of all lines, each once, before those that use them.

        Raises CaseError where one name stands for two formulas.
        """
        found: dict[str, Step] = {}
        for line in (*self.counted, *self.beside):
            for step in line.steps:
                known = found.setdefault(step.label, step)
                if known.expression is not step.expression and known is not step:
                    raise CaseError(
                        f"two steps are named '{step.label}'\n  hint: give each formula a name of its own"
                    )
        return list(found.values())


def _times(values: Array, factor: Array | None) -> Array:
    return values if factor is None else values * factor


def settle(lines: Sequence[Line], left_out: Sequence[LeftOut], years: int) -> Ledger:
    """The ledger for the lines that a notebook defines; numbers the counted ones B1, B2, … and C1, C2, …"""
    names = {line.name for line in lines} | {line.name for line in left_out}
    counted: list[Line] = []
    beside: list[Line] = []
    for line in lines:
        other = line.alternative_to
        if other is not None and other not in names:
            raise CaseError(
                f"{line.label} is an alternative to '{other}', and there is no such line\n"
                "  hint: write the other line's name as it is written there, and define it first"
            )
        if line.not_in_figure:
            beside.append(line)
        elif any(kept.name == other for kept in counted):
            beside.append(replace(line, not_in_figure=f"An alternative to '{other}', which counts."))
        else:
            number = 1 + sum(kept.side == line.side for kept in counted)
            counted.append(replace(line, id=f"{line.side[0].upper()}{number}"))
    pools = tuple(_uses(counted))
    shares = {use.pool.name: use.share for use in pools}
    capped = tuple(
        replace(line, counted=operation("*", line.annual, shares[line.pool.name]))
        if line.pool is not None and line.annual is not None
        else replace(line, counted=line.annual)
        for line in counted
    )
    beside = [replace(line, counted=line.annual) for line in beside]
    return Ledger(years, capped, tuple(beside), tuple(left_out), pools)


def _uses(counted: Sequence[Line]) -> list[PoolUse]:
    claims: dict[str, list[Line]] = {}
    for line in counted:
        if line.pool is not None and line.annual is not None:
            claims.setdefault(line.pool.name, []).append(line)
    uses = []
    for name, lines in claims.items():
        pool = next(line.pool for line in lines if line.pool is not None)
        claimed = sum(_effective_claim(line) for line in lines)
        assert isinstance(claimed, Expression)
        share = where(claimed > pool.size, pool.size / claimed, 1).named(f"Share of '{name}' that counts")
        uses.append(PoolUse(pool, tuple(line.name for line in lines), claimed, share))
    return uses


def _effective_claim(line: Line) -> Expression:
    """What a line takes of its pool once ramp and causal share have made it smaller."""
    assert line.claim is not None
    claim = line.claim
    for factor in (line.ramp, line.causal_share):
        claim = claim if factor is None else operation("*", claim, factor)
    return claim
