"""What a first step teaches: an input, and how closely the step measures it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from casebook.schema.checker import Checker, show_key
from casebook.schema.inputs import InputValue, left_out, ranged
from casebook.schema.sections import Key, Section
from casebook.schema.value_kinds import LINE, Kind, Number, Schema
from casebook.schema.wording import Place, name_of

_INPUT = Key(LINE, "The input that it measures.", required=True)
_WITHIN = "The half-width that holds nine times in ten, in the input's unit: points for a share."


@dataclass(frozen=True)
class Lesson:
    """An input that is measured, in year 1 where it is given by year."""

    input: str
    within: float
    """Nine times in ten the measurement is no farther than this from the truth."""


@dataclass(frozen=True)
class LessonSection(Kind):
    """What is measured and how closely; an input that has no range has nothing to teach."""

    above: Mapping[str, Any]

    def read(self, checker: Checker, place: Place, value: object) -> Lesson | None:
        declared = self.above["template"].inputs
        name = value.get("input") if isinstance(value, dict) else None
        unit = declared[name].unit if isinstance(name, str) and name in declared else ""
        keys = {"input": _INPUT, "within": Key(Number((0, None), unit), required=True)}
        lesson: Lesson | None = Section(keys, Lesson).read(checker, place, value)
        if lesson is None:
            return None
        name, at = lesson.input, (*place, "input")
        if name not in declared:
            hint = checker.suggest(name, declared, kind=f"inputs of {self.above['template'].name}")
            checker.add(at, f"no input is called {show_key(name)}", hint)
        elif name in left_out(checker, self.above):
            checker.add(
                at, f"{name_of(at)} is {name}, which the case leaves out", f"give {name} under inputs:"
            )
        elif not _has_range(checker, name, ranged(checker, self.above).get(name)):
            message = f"{name_of(at)} is {name}, which has no range in year 1: nothing is left to learn"
            checker.add(at, message, f"give {name} low: and high:, the 5th and the 95th percentile")
        return lesson

    def json_schema(self) -> Schema:
        keys = {"input": _INPUT, "within": Key(Number((0, None)), _WITHIN, required=True)}
        return Section(keys).json_schema()


def _has_range(checker: Checker, name: str, given: InputValue | None) -> bool:
    """Whether its value in year 1 is uncertain; one whose range could not be read was reported.

    One that was set for this run alone has lost its range, and its step then teaches nothing; a notebook is
    given such values as if they were its own.
    """
    if given is None or not checker.is_file or checker.is_overridden(("inputs", name, "value")):
        return True
    low, high = ((each[0] if isinstance(each, tuple) else each) for each in (given.low, given.high))
    return low is not None and high is not None and low < high
