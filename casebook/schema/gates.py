"""A gate: the month in which an option is judged, by which figure, and by whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from casebook.schema.checker import Checker
from casebook.schema.periods import Month
from casebook.schema.sections import Key, Section
from casebook.schema.text_forms import MonthName
from casebook.schema.value_kinds import LINE, Kind, Number, Schema
from casebook.schema.wording import Place, name_of

TARGETS = ("at_least", "at_most")


@dataclass(frozen=True)
class Gate:
    """What decides whether an option goes on."""

    by: Month
    """What is spent before this month is what is approved now."""
    figure: str | None = None
    """An input or the key of a KPI, or a text."""
    at_least: float | str | None = None
    """A number in the input's unit where `figure` is an input, else a text."""
    at_most: float | str | None = None
    owner: str | None = None


@dataclass(frozen=True)
class GateSection(Kind):
    """A gate within the years of the case, whose months count from `start`.

    With other years for one run, a gate after the last of them is never met, and holds back nothing.
    """

    above: Mapping[str, Any]

    def read(self, checker: Checker, place: Place, value: object) -> Gate | None:
        figure = value.get("figure") if isinstance(value, dict) else None
        gate: Gate | None = Section(_keys(self._target(figure)), Gate).read(checker, place, value)
        if gate is None:
            return None
        if gate.at_least is not None and gate.at_most is not None:
            checker.add(place, f"{name_of(place)} has both {' and '.join(TARGETS)}", "take one of them out")
        if gate.figure is None and (gate.at_least is not None or gate.at_most is not None):
            checker.add(place, f"{name_of(place)} has a target but no figure", "add figure:")
        start, years, at = self.above["start"], self.above["years"], (*place, "by")
        if "start" not in checker.values:
            hint = "add start: with the first month of year 1, such as start: 2026-01, at the top of the file"
            checker.add(at, f"{name_of(at)} needs start, which is missing", hint)
        elif start is not None and years is not None and not _is_what_if(checker):
            last = Month(start.number + 12 * years - 1)
            if not start <= gate.by <= last:
                checker.refuse(at, str(gate.by), f"a month of the case, {start} to {last}")
        return gate

    def _target(self, figure: object) -> Kind:
        """A number in the unit of an input, or a text about anything else."""
        declared = self.above["template"].inputs.get(figure) if isinstance(figure, str) else None
        return LINE if declared is None else Number(declared.bounds, declared.unit)

    def json_schema(self) -> Schema:
        return {
            **Section(_keys(LINE)).json_schema(),
            "dependentRequired": {name: ["figure"] for name in TARGETS},
            "not": {"required": list(TARGETS)},
        }


def _is_what_if(checker: Checker) -> bool:
    """Whether the months of the case are others for this run, or come from a notebook that may be in one."""
    return not checker.is_file or any(checker.is_overridden((name,)) for name in ("years", "start"))


def _keys(target: Kind) -> dict[str, Key]:
    return {
        "by": Key(MonthName(), "The month.", required=True, example="2026-06"),
        "figure": Key(LINE, "What is judged: an input, a KPI by its key, or a text."),
        "at_least": Key(target, "The figure below which it stops."),
        "at_most": Key(target, "The figure above which it stops."),
        "owner": Key(LINE, "Who judges it."),
    }
