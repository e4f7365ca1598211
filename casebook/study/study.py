"""A case and all that is found out about it: ranges, options, scenarios, objections."""

from __future__ import annotations

import functools
from dataclasses import dataclass, fields, replace
from decimal import ROUND_HALF_UP, Decimal

import numpy as np

from casebook.analysis.analysis import Analysis, analyse
from casebook.analysis.distributions import Value
from casebook.analysis.freed_capacity import FreedCapacity, freed_capacity_of
from casebook.analysis.headline import headline_of
from casebook.analysis.options import Options, options_of
from casebook.case.case import Case
from casebook.case.returns import returns_of
from casebook.errors import CaseError
from casebook.follow_up.approval import Approval, approval_of
from casebook.follow_up.follow_up import FollowUp, follow_up
from casebook.formatting import Formatter
from casebook.formula.expression import Input
from casebook.presentation.case_formatter import formatter_of
from casebook.presentation.figure import Figure
from casebook.presentation.result import Result, result_of
from casebook.record.types import KpiRecord
from casebook.review.change import Change
from casebook.review.finding import Finding
from casebook.review.joint import Joint, joint_price, strongest_change
from casebook.review.pricing import Pricing
from casebook.review.review import review
from casebook.schema.headlines import Headline
from casebook.schema.options import NOTHING, STANDARD
from casebook.study.confidence import Confidence, confidence_in
from casebook.study.kpi_status import kpis_of


@dataclass(frozen=True)
class Scenario:
    """The result with some inputs at other values."""

    changes: tuple[tuple[Input, Value], ...]
    note: str | None
    result: Result


@dataclass(frozen=True)
class Objected:
    """The result if an objection is right."""

    finding: Finding
    result: Result


@dataclass(frozen=True, eq=False)
class Study(Case):
    """A case with its analysis. Everything is computed when it is first asked for, and then kept."""

    @classmethod
    def of(cls, case: Case) -> Study:
        """The study of a case."""
        return cls(**{each.name: getattr(case, each.name) for each in fields(case)})

    @functools.cached_property
    def formatter(self) -> Formatter:
        """How its figures and fixed words are written."""
        return formatter_of(self)

    @property
    def discount_rate(self) -> Figure:
        """A share a year, shown as one."""
        rate = self.parameters.discount_rate
        return Figure(rate, self.formatter.share(rate, exact=True))

    @functools.cached_property
    def result(self) -> Result:
        """The figures of the case, those of the simulation among them where inputs have ranges."""
        result = result_of(self.returns, self.formatter)
        simulation = self.analysis.simulation
        if simulation is None:
            return result
        chance, mean = simulation.probability_of_loss, simulation.net_present_value.mean
        to = self.formatter
        return replace(
            result,
            expected_net_present_value=Figure(mean, to.money_about(mean)),
            probability_of_loss=Figure(chance, self.chance(chance)),
        )

    @functools.cached_property
    def freed_capacity(self) -> FreedCapacity | None:
        """The time that its benefits free; None where none is of that kind."""
        return freed_capacity_of(self)

    @functools.cached_property
    def headline(self) -> Headline:
        """The net present value that leads."""
        return headline_of(self)

    @functools.cached_property
    def analysis(self) -> Analysis:
        """Simulation, tornado, break-even and the value of measuring."""
        return analyse(self)

    @functools.cached_property
    def options(self) -> Options:
        """The ways to go, what each is worth, and which one is recommended and asked for."""
        return options_of(self, self.analysis)

    def option_name(self, key: str) -> str:
        """What a reader calls an option: as the file does, else in the document's own words."""
        given = self.parameters.options.get(key)
        return given.name if given and given.name else self.formatter.say(STANDARD[key])

    @property
    def decision(self) -> str:
        """The sentence that says what is to be decided; made of the option that is asked for without one."""
        say = self.formatter.say
        if text := self.parameters.decision.text:
            return text
        if not self.ledger.counted:
            return say(
                "{title} for {client}",
                title=self.parameters.template.title,
                client=self.parameters.client.name,
            )
        if self.options.decided == NOTHING:
            return say("Approve nothing")
        return say("Approve: {option}", option=self.option_name(self.options.decided))

    @functools.cached_property
    def scenario_results(self) -> dict[str, Scenario]:
        """The scenarios of the parameter file by name."""
        return {name: self._scenario(name) for name in self.parameters.scenarios}

    @functools.cached_property
    def findings(self) -> list[Finding]:
        """What a sceptical reader would object to, the strongest first, each with what it is worth."""
        return review(self._pricing)

    @functools.cached_property
    def joint_price(self) -> Joint | None:
        """What the open objections that change the figure come to together; None for fewer than two."""
        return joint_price(self._pricing, self.findings)

    @functools.cached_property
    def objection(self) -> Objected | None:
        """The case as it is if the strongest objection that changes the figure is right; None without one."""
        finding = strongest_change(self.findings)
        if finding is None or not isinstance(finding.basis, Change):
            return None
        return Objected(finding, result_of(self._pricing.returns(finding.basis), self.formatter))

    @functools.cached_property
    def _pricing(self) -> Pricing:
        return Pricing(self, self.analysis)

    @functools.cached_property
    def approval(self) -> Approval | None:
        """The case as it was approved; None where no record of it is kept."""
        return approval_of(self.parameters)

    @functools.cached_property
    def followed_up(self) -> FollowUp | None:
        """Plan against actual, and where the case is heading; None without actuals."""
        return follow_up(self, self.analysis.influence)

    @property
    def under_way(self) -> FollowUp | None:
        """The follow-up, once a month of the case is over."""
        return self.followed_up if self.followed_up and self.followed_up.months else None

    @functools.cached_property
    def kpis(self) -> list[KpiRecord]:
        """The KPIs of the story: what they watch gives them target, actual and status."""
        return kpis_of(self)

    @functools.cached_property
    def confidence(self) -> Confidence:
        """How well the case is known."""
        return confidence_in(self, self.analysis)

    @functools.cached_property
    def confidence_before(self) -> Confidence | None:
        """The same with the values that measured ones replaced; None where no input had one.

        An input that had no value before keeps its measured one here.
        """
        before = {name: value for name, value in self.before.items() if value is not None}
        return self.at(before).confidence if before else None

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
        unused = [key for key in given.values if key not in used]
        if unused:
            labels = ", ".join(nodes[key].label for key in unused)
            raise CaseError(
                f"scenario '{name}' changes {labels}, which no counted line rests on\n"
                f"  hint: take it out, or {self._how_to_count(unused)}"
            )
        values = {key: np.atleast_1d(np.asarray(value, float)) for key, value in given.values.items()}
        returns = returns_of(self.ledger, discount_rate=self.discount_rate, values=values)
        result = result_of(returns, self.formatter)
        return Scenario(tuple((nodes[key], value) for key, value in given.values.items()), given.note, result)

    def _how_to_count(self, unused: list[str]) -> str:
        """What would bring inputs into the figure, as a hint: the reason why their line is not counted."""
        for line in self.ledger.beside:
            if line.not_in_figure and not line.inputs.keys().isdisjoint(unused):
                return f"see why the line '{line.name}' is not in the figure: {line.not_in_figure}"
        return "give the inputs that switch its line on"
