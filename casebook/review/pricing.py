"""The prices of findings, worked out from the formulas of the case itself.

Every price is in the measure of the headline. For the expected value that is the mean over the same draws as
the case's own, so that a price is a difference between two cases and not between two samples.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from casebook.analysis.analysis import Analysis, BreakEven, break_even_of, sample_of
from casebook.analysis.headline import headline_of
from casebook.analysis.simulation import DRAWS, present_values
from casebook.case.case import Case
from casebook.case.monthly import by_year
from casebook.case.returns import CashFlow, Returns
from casebook.follow_up.forecast import SO_FAR, forecast_of
from casebook.formatting import Formatter
from casebook.formula.operations import Array
from casebook.presentation.case_formatter import formatter_of
from casebook.review import price as basis
from casebook.review.change import Change
from casebook.review.finding import Finding
from casebook.review.price import Basis, Price

NOTHING = Change()

GAINS_WITHOUT = "gains even without it"
LOSES_WITH = "loses even with all of it"


@dataclass(frozen=True)
class Pricing:
    """Works out what findings on one case are worth. Draws are made once, and only where one is needed."""

    case: Case
    analysis: Analysis

    @cached_property
    def base(self) -> float:
        """The net present value that leads."""
        return self.net_present_value(NOTHING)

    def net_present_value(self, change: Change) -> float:
        """That of the case with a change, in the measure of the headline; NaN where it has none."""
        measure = headline_of(self.case)
        case = change.applied(self.case)
        draws = self._draws_of(case) if measure == "expected" else {}
        values = {**draws, **_certain(change)}
        benefits, costs = case.ledger.totals(values, risk_adjusted=measure == "risk-adjusted")
        net = np.reshape(benefits - costs, (-1, case.years + 1)).mean(axis=0)
        worth = _worth(net, case.discount_rate, change.years)
        return worth + self._behind(case, change) if change.as_so_far else worth

    def returns(self, change: Change) -> Returns:
        """What the case with a change returns at likely values, and with risk taken off."""
        case, values = change.applied(self.case), _certain(change)
        end = (case.years if change.years is None else change.years) + 1
        likely, adjusted = (
            CashFlow(*(side[..., :end] for side in case.ledger.totals(values, risk_adjusted=risk)))
            for risk in (False, True)
        )
        return Returns(likely, case.discount_rate, Returns(adjusted, case.discount_rate))

    def price(self, wanted: Basis, stake: float) -> Price:
        """The price of a finding on its basis; `stake` is the money that rests on it."""
        match wanted:
            case Change():
                return self._if_right(wanted, stake)
            case basis.AtWorst(name):
                return self._at_worst(name, stake)
            case basis.InputBreaksEven(name):
                return self._input_breaks_even(name)
            case basis.ShareBreaksEven():
                return self._share_breaks_even(wanted, stake)
            case basis.CostBreaksEven():
                return self._cost_breaks_even()
            case basis.InTheFigure(taken):
                change = self.net_present_value(taken) - self.base if isinstance(taken, Change) else taken
                return Price("in the figure", self._to.say("already in the figure"), max(change, 0.0))
            case basis.AtExpected():
                return self._at_expected()
        return self._rests(stake)

    @cached_property
    def _to(self) -> Formatter:
        return formatter_of(self.case)

    @cached_property
    def _draws(self) -> dict[str, Array]:
        sample = sample_of(self.case)
        return {} if sample is None else sample.values(0, DRAWS)

    def _draws_of(self, case: Case) -> dict[str, Array]:
        """The draws of the case as it is, with those of inputs that only the changed one rests on."""
        if case is self.case or case.ledger.inputs() <= self.case.ledger.inputs():
            return self._draws
        sample = sample_of(case)
        return self._draws if sample is None else {**sample.values(0, DRAWS), **self._draws}

    def _behind(self, case: Case, change: Change) -> float:
        """What going on as so far takes off the plan, at likely values."""
        forecast, values = forecast_of(case), _certain(change)
        if forecast is None:
            return 0.0
        benefits, costs = case.ledger.totals(values)
        so_far = by_year(forecast.net(forecast.outlooks(values)[SO_FAR]))
        rates = (forecast.discount_rate, case.discount_rate)
        there, planned = (
            _worth(np.reshape(flow, -1), rate, change.years)
            for flow, rate in zip((so_far, benefits - costs), rates, strict=True)
        )
        return there - planned

    def _if_right(self, change: Change, stake: float) -> Price:
        worth = self.net_present_value(change)
        if not np.isfinite(worth):
            return self._rests(stake)
        return Price("if right", self._signed(worth - self.base), worth - self.base, worth)

    def _rests(self, stake: float) -> Price:
        words = self._to.say("rests on {money}", money=self._to.money_about(stake))
        return Price("rests", words if stake else "–", stake)

    def _at_worst(self, name: str, stake: float) -> Price:
        """The worse end of an input's range; a single point breaks even somewhere."""
        given = self.case.parameters.inputs.get(name)
        if given is None or not given.varies or given.low is None or given.high is None:
            return self._input_breaks_even(name)
        values = {"low": given.low, "high": given.high}
        ends = {end: Change(inputs={name: value}) for end, value in values.items()}
        worths = {end: self.net_present_value(change) for end, change in ends.items()}
        end = min(worths, key=lambda each: worths[each])
        if not np.isfinite(worths[end]):
            return self._rests(stake)
        value, unit = ends[end].inputs[name], getattr(self.case.inputs, name).unit
        to = self._to
        at = to.quantity(value, unit, exact=True)
        if isinstance(value, tuple):
            at = to.say("its low values") if end == "low" else to.say("its high values")
        change = worths[end] - self.base
        words = to.say("{money} at {value}", money=self._signed(change), value=at)
        return Price("adverse", words, change, worths[end], value, unit)

    def _at_expected(self) -> Price:
        simulation = self.analysis.simulation
        assert simulation is not None
        expected = simulation.net_present_value.mean
        if headline_of(self.case) == "expected":  # which has come down from the plan
            taken = max(self.case.returns.net_present_value - expected, 0.0)
            return Price("in the figure", self._to.say("already in the figure"), taken)
        return Price("if right", self._signed(expected - self.base), expected - self.base, expected)

    def _input_breaks_even(self, name: str) -> Price:
        known = {item.name: item for item in self.analysis.break_even}
        item = known[name] if name in known else break_even_of(self.case, name)
        unit = getattr(self.case.inputs, name).unit
        if item is None or item.value is None:
            return Price("break-even", self._to.say("breaks even nowhere within its bounds"), unit=unit)
        words = self._to.say(
            basis.SHARE_OF_IT if item.is_factor else basis.SHARE, value=self._even(item, unit)
        )
        return Price("break-even", words, value=item.value, unit="share" if item.is_factor else unit)

    def _even(self, item: BreakEven, unit: str) -> str:
        assert item.value is not None
        if item.is_factor:
            return self._to.share(item.value)
        if unit == "share":
            return self._to.share(item.value)
        # Where inputs are ranges, more digits than three would claim what nobody knows.
        digits = 5 if self.analysis.simulation is None else 3
        return self._to.quantity(float(f"{item.value:.{digits}g}"), unit, exact=True)

    def _share_breaks_even(self, wanted: basis.ShareBreaksEven, stake: float) -> Price:
        brought = self.base - self.net_present_value(Change(without=wanted.lines))
        if not np.isfinite(brought) or brought <= 0:
            return self._rests(stake)
        share = 1 - self.base / brought
        if not 0 <= share <= 1:
            words = self._to.say(GAINS_WITHOUT if share < 0 else LOSES_WITH)
            return Price("break-even", words, unit="share")
        words = self._to.say(wanted.phrase, value=self._to.share(share))
        return Price("break-even", words, value=share, unit="share")

    def _cost_breaks_even(self) -> Price:
        room = max(self.base, 0.0)
        if not room:
            return Price("break-even", self._to.say("leaves no room for it"), 0.0)
        words = self._to.say(basis.SHARE, value=self._to.money_about(room))
        return Price("break-even", words, room)

    def _signed(self, change: float) -> str:
        return signed(change, self._to)


def signed(change: float, to: Formatter) -> str:
    """A change of the net present value as a reader meets it, with its sign.

    >>> to = Formatter()
    >>> signed(-4_612_000, to), signed(250, to), signed(0.0001, to)
    ('−$4.61 million', '+$250', '$0')
    """
    money = to.money_about(change)
    return f"+{money}" if change > 0 and any(digit in money for digit in "123456789") else money


def words_of(finding: Finding, to: Formatter) -> str:
    """A finding's price in few words; where it is answered in part, what is open of it first."""
    price, left = finding.price, finding.open_amount
    if price.kind in ("if right", "adverse") and left is not None and 0 < finding.open_share < 1:
        return to.say("{left} open of {price}", left=signed(left, to), price=price.words)
    return price.words


def _certain(change: Change) -> dict[str, Array]:
    """The inputs that a change sets, as the formulas take them."""
    return {name: np.atleast_1d(np.asarray(value, float)) for name, value in change.inputs.items()}


def _worth(flow: Array, rate: float, years: int | None) -> float:
    """The present value of a flow by year from the start, up to the end of a year."""
    return float(present_values(flow[: len(flow) if years is None else years + 1], rate))
