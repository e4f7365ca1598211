"""What a line is worth when some of the changes have been made and the others not yet."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from casebook.case.finance import present_value
from casebook.comparison.attribution import Coalitions
from casebook.comparison.changes import RATE, YEARS, Pair, Values, is_changed, names_in
from casebook.errors import CaseError
from casebook.formula.evaluation import Plan
from casebook.formula.operations import Array
from casebook.record.formulas import RecordedCase, RecordedLine


class MixedLine:
    """One line of two cases, at any mixture of the two."""

    def __init__(
        self, key: str, pair: Pair, values: Values, cases: tuple[RecordedCase, RecordedCase]
    ) -> None:
        self.key, self.pair, self.values, self.cases = key, pair, values, cases
        self.years = max(case.years for case in cases)

    def players(self, changes: Sequence[str]) -> list[str]:
        """Those changes, of all by their keys, that the line may feel."""
        names = names_in(self.pair)
        yearly = any(line is not None and line.annual is not None for line in self.pair)
        felt = set(names) | ({RATE, YEARS} if yearly else set())
        if is_changed(self.pair):
            felt.add(self.key)
        return [key for key in changes if key in felt]

    def worth(self, players: Sequence[str]) -> Callable[[Coalitions], Array]:
        """The line's part of the net present value, for coalitions of these changes.

        Raises CaseError where a mixture has no finite value.
        """
        place, names = {key: number for number, key in enumerate(players)}, names_in(self.pair)

        def worth(coalitions: Coalitions) -> Array:
            def mixed(key: str, old: Array | float, new: Array | float) -> Array:
                if key not in place:  # the same in both, or not felt by this line
                    return np.asarray(old, dtype=np.float64)
                return np.where(coalitions[:, place[key], None], new, old)

            values = {name: mixed(name, *self.values[name]) for name in names if name in self.values}
            old, new = (self._flow(line, values, len(coalitions)) for line in self.pair)
            flow = mixed(self.key, old, new)
            years = mixed(YEARS, *(float(case.years) for case in self.cases))
            flow = np.where(np.arange(self.years + 1) <= years, flow, 0.0)
            if not np.isfinite(flow).all():
                raise CaseError(self._no_value())
            rate = mixed(RATE, *(case.discount_rate for case in self.cases))
            line = self.pair[0] or self.pair[1]
            assert line is not None
            found = present_value(flow, rate[..., 0] if rate.ndim > 1 else rate)
            return found if line.side == "benefit" else -found

        return worth

    def _flow(self, line: RecordedLine | None, values: dict[str, Array], count: int) -> Array:
        flow = np.zeros((count, self.years + 1))
        if line is None:
            return flow
        parts = [(line.start, slice(0, 1)), (line.annual, slice(1, None))]
        there = [(part, where) for part, where in parts if part is not None]
        plan = Plan([part for part, _ in there], self.years)
        with np.errstate(all="ignore"):
            for (_, where), money in zip(there, plan.values(values), strict=True):
                flow[:, where] = money
        return flow

    def _no_value(self) -> str:
        line = self.pair[0] or self.pair[1]
        assert line is not None
        return (
            f"'{line.name}' has no finite value when only some of the changes are made, so the difference "
            "can't be attributed to them\n  hint: look for a division that two changed inputs bring to zero"
        )
