"""The lines as they count: of alternatives only one, and claims on a pool never more than the pool.

A line that draws on several pools counts at the smallest share that one of them leaves it.

Both are settled here, on the expression trees, before any figure is computed: the figures, the workbook and
the page all evaluate the trees that come out.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from casebook.case.line import LeftOut, Line, Pool
from casebook.errors import CaseError
from casebook.formula.evaluation import Plan, evaluate
from casebook.formula.expression import Expression, Step, Whole, inputs_of, operation, walk
from casebook.formula.functions import minimum, where
from casebook.formula.operations import Array
from casebook.formula.printing import words
from casebook.formula.units import in_unit
from casebook.i18n import Phrase
from casebook.schema.reference_keys import find


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

    @property
    def is_risky(self) -> bool:
        """Whether a counted line carries a risk, at likely values."""
        return any(line.is_risky(self.years) for line in self.counted)

    def totals(
        self, values: Mapping[str, Array] | None = None, *, risk_adjusted: bool = False
    ) -> tuple[Array, Array]:
        """Benefits and costs, positive, each with shape (..., years + 1): the start, then each year's end.

        `values` replaces inputs by name, with shape (..., 1) or (..., years); its leading axes are draws.
        Figures that are not finite are left for the caller to judge.
        """
        sums: dict[tuple[str, bool], Array] = {}
        with np.errstate(all="ignore"):
            for (line, at_start), amount in zip(self._amounts, self._plan.values(values), strict=True):
                if risk_adjusted:
                    amount = line.risk_adjusted(amount, self.years, values)
                key = line.side, at_start
                sums[key] = sums[key] + amount if key in sums else amount
        return self._by_year(sums, "benefit"), self._by_year(sums, "cost")

    def amounts(
        self, values: Mapping[str, Array] | None = None, *, by_month: bool = False
    ) -> Iterator[tuple[Line, bool, Array]]:
        """Each counted amount by line: the line, whether it falls at the start, and its money.

        Shape (..., 1) or (..., years), as `evaluate` has it; `values` is as for `totals`. `by_month` gives
        money a year as it is in each month, (..., 1) or (..., 12 × years); see `casebook.formula.months`.
        """
        with np.errstate(all="ignore"):
            found = list(self._plan.values(values, by_month=by_month))
        for (line, at_start), amount in zip(self._amounts, found, strict=True):
            yield line, at_start, amount

    def _by_year(self, sums: Mapping[tuple[str, bool], Array], side: str) -> Array:
        start = sums.get((side, True), np.zeros(1))
        annual = sums.get((side, False), np.zeros(self.years))
        total = np.empty((*np.broadcast_shapes(start.shape[:-1], annual.shape[:-1]), self.years + 1))
        total[..., :1], total[..., 1:] = start, annual
        return total

    @functools.cached_property
    def _amounts(self) -> list[tuple[Line, bool]]:
        """Each amount that counts, in the order of the plan: its line, and whether it falls at the start."""
        return [
            (line, part is line.start)
            for line in self.counted
            for part in (line.start, line.counted)
            if part is not None
        ]

    @functools.cached_property
    def _parts(self) -> list[Expression]:
        """The formula of each amount that counts."""
        parts = (line.start if at_start else line.counted for line, at_start in self._amounts)
        return [part for part in parts if part is not None]

    @functools.cached_property
    def _plan(self) -> Plan:
        return Plan(self._parts, self.years)

    def shown(self, line: Line) -> tuple[Expression, ...]:
        """The formulas of a line's money as a reader meets them, start first.

        The share of a pool stands in them only where it lowers the line.
        """
        annual = _within(line.annual, line, [use for use in self.pools if use.is_capped(self.years)])
        return tuple(part for part in (line.start, annual) if part is not None)

    def inputs(self, *, risks: bool = False) -> set[str]:
        """Names of the inputs that the figure rests on; with `risks` those of the risk-adjusted one too."""
        parts = self._parts + ([line.risk for line in self.counted] if risks else [])
        return {name for part in parts for name in inputs_of(part)}

    @functools.cached_property
    def wholes(self) -> list[Whole]:
        """What inputs that the figure rests on are shares of."""
        nodes = (node for part in self._parts for node in inputs_of(part).values())
        return list(dict.fromkeys(node.whole for node in nodes if node.whole))

    def steps(self) -> list[Step]:
        """The named steps of all lines, each once, before those that use them.

        Raises CaseError where one name stands for two formulas.
        """
        found: dict[str, Step] = {}
        for line in (*self.counted, *self.beside):
            for step in line.steps:
                known = found.setdefault(step.label, step)
                if not _same_formula(known, step):
                    raise CaseError(
                        f"two steps are named '{step.label}'\n  hint: give each formula a name of its own"
                    )
        return list(found.values())


def _same_formula(one: Step, other: Step) -> bool:
    """Whether two steps say the same: one that holds a conversion of units is a new node in each line."""
    return one is other or _structure(one) == _structure(other)


def _structure(expression: Expression) -> list[object]:
    """All nodes of a tree and what each works on: equal lists are equal formulas."""
    place: dict[int, int] = {}
    nodes: list[object] = []
    for node in walk(expression):
        place[id(node)] = len(nodes)
        operands = [place[id(operand)] for operand in node.operands]
        own = [getattr(node, name, None) for name in ("name", "label", "amount", "unit", "function")]
        nodes.append((type(node), own, operands))
    return nodes


def build_ledger(lines: Sequence[Line], left_out: Sequence[LeftOut], years: int) -> Ledger:
    """The ledger for the lines that a notebook defines; numbers the counted ones B1, B2, … and C1, C2, …"""
    known: list[Line | LeftOut] = [*lines, *left_out]
    counted: list[Line] = []
    beside: list[Line] = []
    for line in lines:
        other = line.alternative_to
        if other is not None and ((found := find(other, known)) is None or found is line):
            raise CaseError(
                f"{line.label} is an alternative to '{other}', but no other line is called that\n"
                "  hint: write the other line's key or name, exactly as declared"
            )
        # Which of the two names the other makes no difference: the first of them counts.
        rivals = [
            kept.name
            for kept in counted
            if other in (kept.key, kept.name) or kept.alternative_to in (line.key, line.name)
        ]
        if line.not_in_figure:
            beside.append(line)
        elif rivals:
            beside.append(replace(line, not_in_figure=f"An alternative to “{rivals[0]}”, which counts."))
        else:
            number = 1 + sum(kept.side == line.side for kept in counted)
            counted.append(replace(line, id=f"{line.side[0].upper()}{number}"))
    pools = tuple(_uses(counted))
    for use in pools:
        _check_is_finite(use, years)
    capped = tuple(
        replace(line, counted=_within(line.annual, line, pools), hours=_within(line.hours, line, pools))
        for line in counted
    )
    beside = [replace(line, counted=line.annual) for line in beside]
    return Ledger(years, capped, tuple(beside), tuple(left_out), pools)


def _within(amount: Expression | None, line: Line, pools: Iterable[PoolUse]) -> Expression | None:
    """A line's money or hours a year at the smallest share that one of these pools leaves it."""
    shares = [use.share for use in pools if line.name in use.lines]
    return operation("*", amount, minimum(*shares)) if shares and amount is not None else amount


def _uses(counted: Sequence[Line]) -> Iterator[PoolUse]:
    claims: dict[Pool, dict[str, Expression]] = {}
    for line in counted:
        for pool, claim in line.claims if line.annual is not None else ():
            claims.setdefault(pool, {})[line.name] = _effective(claim, line)
    for pool, by_line in claims.items():
        claimed = sum(by_line.values())
        assert isinstance(claimed, Expression)
        label = Phrase("Share of “{pool}” that counts", pool=pool.name)
        share = where(claimed > pool.size, pool.size / claimed, 1).named(label)
        yield PoolUse(pool, tuple(by_line), claimed, share)


def _check_is_finite(use: PoolUse, years: int) -> None:
    for what, expression in (("size", use.pool.size), ("claims", use.claimed)):
        if not np.isfinite(evaluate(expression, years)).all():
            raise CaseError(
                f"pool '{use.pool.name}': no finite value of its {what}: '{words(expression)}'\n"
                "  hint: look for a division by zero or a power that grows without end"
            )


def _effective(claim: Expression, line: Line) -> Expression:
    """What a line takes of a pool once ramp and causal share have made it smaller."""
    for factor in (line.ramp, line.causal_share):
        if factor is not None:
            claim = operation("*", claim, in_unit(factor, "share", what=line.label))
    return claim
