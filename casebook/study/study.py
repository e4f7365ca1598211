"""A case and all that is found out about it: ranges, scenarios, objections."""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

import numpy as np

from casebook.analysis.analysis import Analysis, analyse
from casebook.analysis.uncertainty import Value
from casebook.case.case import Case
from casebook.case.result import Result, result_of
from casebook.errors import CaseError
from casebook.follow_up.approval import Approval, approval_of
from casebook.follow_up.follow_up import FollowUp, follow_up
from casebook.formula.expression import Input
from casebook.formula.figure import Figure
from casebook.review.review import Finding, review
from casebook.study.measured import Standing, standing_before


@dataclass(frozen=True)
class Scenario:
    """The result with some inputs at other values."""

    changes: tuple[tuple[Input, Value], ...]
    note: str | None
    result: Result


class Study(Case):
    """A case with its analysis. Everything is computed when it is first asked for, and then kept."""

    @functools.cached_property
    def result(self) -> Result:
        """The figures of the case, its chance of loss among them where inputs have ranges."""
        result = result_of(self.ledger, rate=self.discount_rate, formatter=self.formatter)
        simulation = self.analysis.simulation
        if simulation is None:
            return result
        chance = simulation.probability_of_loss
        return replace(result, probability_of_loss=Figure(chance, self.chance(chance)))

    @functools.cached_property
    def analysis(self) -> Analysis:
        """Simulation, tornado, break-even and the value of measuring."""
        return analyse(self)

    @functools.cached_property
    def scenario_results(self) -> dict[str, Scenario]:
        """The scenarios of the parameter file by name."""
        return {name: self._scenario(name) for name in self.parameters.scenarios}

    @functools.cached_property
    def findings(self) -> list[Finding]:
        """What a sceptical reader would object to, the strongest first."""
        return review(self, self.analysis)

    @functools.cached_property
    def approval(self) -> Approval | None:
        """The case as it was approved; None where no record of it is kept."""
        return approval_of(self.parameters)

    @functools.cached_property
    def followed_up(self) -> FollowUp | None:
        """Plan against actual, and where the case is heading; None without actuals."""
        return follow_up(self, self.analysis.influence)

    @functools.cached_property
    def before_measuring(self) -> Standing | None:
        """How well the case was known before inputs were measured; None where nothing stood for them."""
        return standing_before(self)

    def chance(self, share: float) -> str:
        """A simulated share in whole per cent; near its ends, that it is not quite none or all."""
        to = self.formatter.share
        if 0 < share < 0.005:
            return self.formatter.say("under {share}", share=to(0.01))
        if 0.995 <= share < 1:
            return self.formatter.say("over {share}", share=to(0.99))
        return to(Decimal(str(share)).quantize(Decimal("0.01"), ROUND_HALF_UP))

    def _scenario(self, name: str) -> Scenario:
        given = self.parameters.scenarios[name]
        nodes = {node.name: node for node in self.inputs}
        used = self.ledger.inputs(risks=True)
        unused = [nodes[key].label for key in given.values if key not in used]
        if unused:
            raise CaseError(
                f"scenario '{name}' changes {', '.join(unused)}, which no counted line rests on\n"
                "  hint: take it out, or give the inputs that switch its line on"
            )
        values = {key: np.atleast_1d(np.asarray(value, float)) for key, value in given.values.items()}
        result = result_of(self.ledger, rate=self.discount_rate, formatter=self.formatter, values=values)
        return Scenario(tuple((nodes[key], value) for key, value in given.values.items()), given.note, result)
