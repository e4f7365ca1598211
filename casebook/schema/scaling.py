"""What is observed of an input that a ramp scales (`scaled_by` in inputs.yaml), and where nothing can be.

    adoption: {label: Adoption, unit: share, role: ramp, …}
    riders: {label: People who cycle, unit: riders, scaled_by: adoption, …}

At an adoption of 50 % one counts 20 of the 40 riders: what is observed is input × ramp, so that is
its plan in a period, and an actual replaces the product. It can do so only where every line that rests on the
input has it under this one ramp.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from casebook.schema.wording import listed

OWN_RAMP = "a ramp of its own"
"""A ramp that is no input."""


@dataclass(frozen=True)
class LineInputs:
    """What a line's money rests on."""

    line: str
    inputs: Collection[str]
    """Names, the ramps among them."""
    ramps: frozenset[str]
    """Names, or `OWN_RAMP`."""


def conflict(name: str, ramp: str, lines: Sequence[LineInputs]) -> tuple[str, str] | None:
    """Why an input that a ramp scales can't be observed, and what to do instead; None where it can.

    >>> under = LineInputs("Fewer calls", ["calls", "adoption"], frozenset({"adoption"}))
    >>> conflict("calls", "adoption", [under]) is None
    True
    >>> conflict("calls", "adoption", [under, LineInputs("Rewards", ["calls"], frozenset())])[0]
    'calls is scaled by adoption, and stands under no ramp in “Rewards”'
    """
    mine = [each for each in lines if name in each.inputs]
    others = [
        f"under {' and '.join(sorted(each.ramps)) or 'no ramp'} in “{each.line}”"
        for each in mine
        if each.ramps != {ramp}
    ]
    if not others:
        return None
    booked = listed(dict.fromkeys(f"“{each.line}”" for each in mine))
    hint = f"give what was booked on {booked} under actuals.lines instead"
    return f"{name} is scaled by {ramp}, and stands {' and '.join(others)}", hint
