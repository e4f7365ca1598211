"""What a type of case checks of itself, as objections: a surplus that is paid for, or a shortfall."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from casebook.case.case import Case, Check
from casebook.formula.evaluation import evaluate
from casebook.formula.operations import Array
from casebook.formula.printing import words
from casebook.formula.units import unit_of
from casebook.presentation.case_formatter import formatter_of
from casebook.review.change import Change
from casebook.review.objection import Objection
from casebook.review.pricing import Pricing
from casebook.schema.value_kinds import Quantity


def check_findings(pricing: Pricing) -> Iterator[tuple[str, Objection]]:
    """The id of each check whose plan is not what is needed, with its objection."""
    case = pricing.case
    for check in case.checks:
        planned, needed = (
            np.broadcast_to(evaluate(part, case.years), case.years) for part in (check.planned, check.needed)
        )
        off = planned - needed
        year = int(np.argmax(np.abs(off)))
        if abs(off[year]) > check.tolerance * abs(needed[year]):
            change = Change(inputs=_as_needed(case, check))
            worth = pricing.net_present_value(change) - pricing.base
            text = _text(case, check, planned, needed, year)
            text += " " + _consequence(pricing, float(off[year]), worth)
            if check.note:
                text += f" {check.note}"
            yield check.key, Objection(None, text, abs(worth), change)


def _as_needed(case: Case, check: Check) -> dict[str, Quantity]:
    """The inputs as they would be with only what is needed, within their bounds."""
    found: dict[str, Quantity] = {}
    for name, expression in check.inputs.items():
        low, high = case.parameters.template.inputs[name].bounds or (None, None)
        values = np.clip(evaluate(expression, case.years), low, high).tolist()
        found[name] = values[0] if len(set(values)) == 1 else tuple(values)
    return found


def _text(case: Case, check: Check, planned: Array, needed: Array, year: int) -> str:
    """What is planned and needed, in the year in which they differ most unless all are alike."""
    to, unit = formatter_of(case), unit_of(check.planned)
    plan, need = to.compared(planned[year], needed[year], unit)
    parts = {
        "what": to.translate(getattr(check.planned, "label", None) or words(check.planned)),
        "planned": plan,
        "needed": need,
        "difference": to.quantity(float(f"{abs(planned[year] - needed[year]):.2g}"), unit),
    }
    is_alike = len(set((planned - needed).tolist())) == 1
    if not is_alike:
        parts["what"] = to.say("{what} in year {year}", what=parts["what"], year=year + 1)
    if planned[year] > needed[year]:
        return to.say("{what}: {planned} planned and {needed} needed, a surplus of {difference}.", **parts)
    return to.say("{what}: {planned} planned and {needed} needed, a shortfall of {difference}.", **parts)


def _consequence(pricing: Pricing, off: float, worth: float) -> str:
    """What it is worth to plan only what is needed, or what the rest costs."""
    to = formatter_of(pricing.case)
    money = to.money_about(abs(worth))
    if off > 0 and worth > 0:
        return to.say("Paying only for what is needed adds {money} to the net present value.", money=money)
    if off < 0 and worth < 0:
        return to.say("What is missing takes {money} off the net present value.", money=money)
    return to.say("With what is needed, the net present value changes by {money}.", money=money)
