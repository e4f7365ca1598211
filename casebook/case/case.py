"""A case as its notebook defines it: inputs, lines and what follows from them. Nothing in it changes."""

from __future__ import annotations

import difflib
import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self

from casebook.case.ledger import Ledger, build_ledger
from casebook.case.line import LeftOut, Line, Pool
from casebook.case.returns import Returns, returns_of
from casebook.errors import CaseError
from casebook.formula.expression import Expression, Frame, Input, Whole, substitute
from casebook.schema.inputs import InputValue
from casebook.schema.parameters import Parameters
from casebook.schema.share_totals import shares_by_whole


@dataclass(frozen=True, eq=False)
class Check:
    """What a type of case plans of something, beside what it works out to be needed."""

    key: str
    """Declared under `checks` of its inputs.yaml, which has its title."""
    planned: Expression
    needed: Expression
    inputs: Mapping[str, Expression]
    """The inputs that would differ if only what is needed were planned, at what they would then be."""
    tolerance: float
    """A difference of no more than this share of what is needed is none."""
    note: str | None = None


class Inputs:
    """The inputs of a case by name: `inputs.customers`. An optional input that was not given has no value."""

    def __init__(self, nodes: dict[str, Input]) -> None:
        self._nodes = nodes

    @classmethod
    def of(cls, parameters: Parameters, frame: Frame) -> Inputs:
        """All inputs that the template declares, at the values of the parameters."""
        declared = parameters.template.inputs
        given = {name: value.value for name, value in parameters.inputs.items()}
        nodes = {
            name: Input(name, label=each.label, unit=each.unit, amount=given.get(name), frame=frame)
            for name, each in declared.items()
        }
        for name, names in shares_by_whole(declared).items():
            whole = Whole(name, tuple(nodes[each] for each in names))
            for node in whole.inputs:
                node.whole = whole
        return cls(nodes)

    def __getattr__(self, name: str) -> Input:
        try:
            return self.__dict__["_nodes"][name]  # type: ignore[no-any-return]
        except KeyError:
            if name.startswith("__"):
                raise AttributeError(name) from None
            close = difflib.get_close_matches(name, self._nodes, n=1)
            hint = f"did you mean '{close[0]}'?" if close else f"declared are: {', '.join(self._nodes)}."
            raise CaseError(
                f"no input is called '{name}'\n  hint: {hint} Inputs are declared in inputs.yaml"
            ) from None

    def __dir__(self) -> list[str]:
        return list(self._nodes)

    def __iter__(self) -> Iterator[Input]:
        return iter(self._nodes.values())


@dataclass(frozen=True, eq=False)  # its formulas compare by making a formula
class Case:
    """A business case: checked parameters, the lines of its notebook, and the figures that follow."""

    parameters: Parameters
    """Measured values stand in place of those that were given."""
    inputs: Inputs
    lines: tuple[Line, ...]
    """In the order of the notebook, whether they count or not."""
    left_out: tuple[LeftOut, ...]
    """Lines that are off, for want of optional inputs."""
    pools: tuple[Pool, ...]
    before: Mapping[str, InputValue | None]
    """What stood for each input that was measured; None where it had no value."""
    measured: Mapping[str, Mapping[str, Any]]
    """How each measured input was measured, for the record."""
    overridden: Mapping[str, Mapping[str, Any]]
    """The same of inputs that were measured and stand as they were set."""
    checks: tuple[Check, ...] = ()
    """What the type of case checks of itself."""
    data_findings: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """What a reader must know of each source of data that was read."""

    @property
    def years(self) -> int:
        """The horizon."""
        return self.parameters.years

    @property
    def currency(self) -> str:
        """ISO 4217 code."""
        return self.parameters.currency

    @property
    def locale(self) -> str:
        """Known to Babel."""
        return self.parameters.locale

    @property
    def discount_rate(self) -> float:
        """A share a year: 0.1 is 10%."""
        return self.parameters.discount_rate

    @functools.cached_property
    def ledger(self) -> Ledger:
        """The lines as they count: alternatives resolved, claims kept within their pools."""
        return build_ledger(self.lines, self.left_out, self.years)

    @functools.cached_property
    def returns(self) -> Returns:
        """What the case returns at its likely values, and with risk taken off."""
        return returns_of(self.ledger, discount_rate=self.discount_rate)

    def at(self, values: Mapping[str, InputValue]) -> Self:
        """The same case with other values and ranges of some inputs."""
        parameters = replace(self.parameters, inputs={**self.parameters.inputs, **values})
        inputs = Inputs.of(parameters, Frame(self.years, self.currency))
        nodes = {node.name: node for node in inputs}
        known: dict[int, Expression] = {}
        pools = {pool: replace(pool, size=substitute(pool.size, nodes, known)) for pool in self.pools}

        def moved(part: Expression | None) -> Expression | None:
            return None if part is None else substitute(part, nodes, known)

        lines = tuple(
            replace(
                line,
                start=moved(line.start),
                annual=moved(line.annual),
                risk=substitute(line.risk, nodes, known),
                ramp=moved(line.ramp),
                causal_share=moved(line.causal_share),
                touched=moved(line.touched),
                hours=moved(line.hours),
                claims=tuple((pools[pool], substitute(claim, nodes, known)) for pool, claim in line.claims),
            )
            for line in self.lines
        )
        checks = tuple(
            replace(
                check,
                planned=substitute(check.planned, nodes, known),
                needed=substitute(check.needed, nodes, known),
                inputs={name: substitute(part, nodes, known) for name, part in check.inputs.items()},
            )
            for check in self.checks
        )
        return replace(
            self,
            parameters=parameters,
            inputs=inputs,
            lines=lines,
            pools=tuple(pools.values()),
            checks=checks,
        )

    def has_range(self, name: str) -> bool:
        """Whether an input is uncertain: given with a low and a high value that differ."""
        given = self.parameters.inputs.get(name)
        return given is not None and given.varies
