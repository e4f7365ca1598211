"""A case as it was approved: what its record says, beside which today's model and all that happened stand.

The plan of a follow-up is today's model at the inputs that were approved. So what a better formula does to
the figures is told apart from what happened, and a change of the parameter file is neither.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from casebook.case.case import Case
from casebook.case.finance import present_value
from casebook.errors import CaseError
from casebook.formula.operations import Array
from casebook.record.formulas import keyed
from casebook.record.parsing import NewerVersionError, parse
from casebook.record.types import InputRecord, LineRecord, Record
from casebook.schema.actuals import Approved
from casebook.schema.inputs import InputValue
from casebook.schema.parameters import Parameters


@dataclass(frozen=True)
class Approval:
    """The record of an approved case."""

    file: Approved
    record: Record

    @property
    def net_present_value(self) -> float:
        """At likely values, as it was approved."""
        return self.record.result.net_present_value

    @property
    def discount_rate(self) -> float:
        """The one that it was approved at."""
        return self.record.discount_rate

    @cached_property
    def lines(self) -> dict[str, LineRecord]:
        """The approved lines by key."""
        return keyed(self.record.lines)

    def adds(self, line: LineRecord) -> float:
        """What a line added to the net present value: a cost less than nothing."""
        worth = float(present_value([line.start, *line.annual], self.discount_rate))
        return worth if line.side == "benefit" else -worth

    def inputs(self, case: Case) -> dict[str, InputValue]:
        """The inputs of today's case with value and range as approved, where they had one then."""
        recorded = self.record.inputs
        return {name: _approved(recorded.get(name), now) for name, now in case.parameters.inputs.items()}

    def values(self, case: Case) -> dict[str, Array]:
        """The approved values of the inputs that have another one in today's case."""
        today = case.parameters.inputs
        return {
            name: np.atleast_1d(np.asarray(each.value, dtype=np.float64))
            for name, each in self.inputs(case).items()
            if each.value != today[name].value
        }


def _approved(recorded: InputRecord | None, today: InputValue) -> InputValue:
    if recorded is None or recorded.value is None:
        return today
    low, high, distribution = recorded.low, recorded.high, recorded.distribution
    return InputValue(recorded.value, low=low, high=high, distribution=distribution)


def _json(content: bytes) -> object:
    """What stands in a file; None where it is not JSON."""
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


def approval_of(parameters: Parameters) -> Approval | None:
    """What was approved; None where no record is kept.

    Raises CaseError where the file is not a record, or belongs to another case.
    """
    file = parameters.approved
    if file is None:
        return None
    try:
        record = parse(_json(file.content))
    except NewerVersionError as error:
        raise CaseError(f"{file.record} was {error}\n  hint: bring casebook up to date") from None
    except ValueError as error:
        message = f"{file.record} is not a case record: {error}\n  hint: casebook approve writes one"
        raise CaseError(message) from None
    then = record.template.name, record.currency, record.years
    now = parameters.template.name, parameters.currency, parameters.years
    for what, old, new in zip(("template", "currency", "years"), then, now, strict=True):
        if old != new:
            raise CaseError(
                f"{what} is {new}, and the case was approved with {old} ({file.record})\n"
                f"  hint: put {what} back; or take actuals.approved out, and approve the case anew"
            )
    return Approval(file, record)
