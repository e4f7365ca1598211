"""Rank correlations between inputs that have a range, and whether they can all hold at once."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from casebook.schema.checker import Checker
from casebook.schema.inputs import InputValue, by_input, left_out, ranged
from casebook.schema.number_text import write_number
from casebook.schema.templates import Template
from casebook.schema.value_kinds import Kind, Number, Schema
from casebook.schema.wording import Place, listed, name_of

Correlations = dict[tuple[str, str], float]

_NUMBER = Number((-1, 1), rule="a rank correlation between -1 and 1")
_HINT = "write one_input: {another_input: 0.5}"
_TOLERANCE = 1e-11


@dataclass(frozen=True)
class CorrelationsSection(Kind):
    """Rank correlations of inputs that have a range, each pair once."""

    above: Mapping[str, Any]

    def read(self, checker: Checker, place: Place, value: object) -> Correlations:
        out, inputs = left_out(checker, self.above), ranged(checker, self.above)
        correlations: Correlations = {}
        first: dict[frozenset[str], tuple[str, str]] = {}
        template: Template = self.above["template"]
        others = by_input(template, dict.fromkeys(template.inputs, _NUMBER), _HINT)
        given = by_input(template, dict.fromkeys(template.inputs, others), _HINT).read(checker, place, value)
        for name, other, number in (
            (one, other, each[other]) for one, each in given.items() for other in each
        ):
            at = (*place, name, other)
            earlier = first.setdefault(frozenset((name, other)), (name, other))
            if name == other:
                message = f"{name} is correlated with itself; another input is required"
                checker.add(at, message, "take the line out")
            elif earlier != (name, other):
                message = f"{name_of(at)} is given twice, first as {earlier[0]}: {earlier[1]}"
                checker.add(at, message, "keep one of the two")
            else:
                vary = [_varies(checker, at, each, inputs, out) for each in (name, other)]
                if number is not None and all(vary):
                    correlations[name, other] = number
        _check_together(checker, correlations)
        return correlations

    def json_schema(self) -> Schema:
        names = list(self.above["template"].inputs)
        others = {
            "type": "object",
            "propertyNames": {"enum": names},
            "additionalProperties": _NUMBER.json_schema(),
        }
        return {
            "type": "object",
            "properties": {name: {**others, "properties": {name: False}} for name in names},
            "additionalProperties": False,
        }


def _varies(
    checker: Checker, place: Place, name: str, inputs: Mapping[str, InputValue], left_out: Collection[str]
) -> bool:
    """Whether an input has a range to be drawn from, so that something can move with it."""
    if name in left_out:
        checker.add(place, f"{name_of(place)}: {name} is not given", f"give {name} with low and high")
        return False
    if name not in inputs or inputs[name].varies:
        return name in inputs
    if inputs[name].low is None:
        message = f"{name_of(place)}: {name} has no range; low and high are required"
    else:
        message = f"{name_of(place)}: low and high of {name} are equal; give it a range"
    hint = f"write {name}: {{value: …, low: …, high: …}} under inputs:, or take the correlation out"
    checker.add(place, message, hint)
    return False


def _check_together(checker: Checker, correlations: Correlations) -> None:
    """Report correlations that no draws can have, such as 0.9, 0.9 and -0.9 among three inputs.

    Ranks are drawn by normal scores, whose correlation is 2·sin(π·ρ/6) (Kruskal, 1958). Where theirs can
    hold, so can the ranks'; the other way round there are a few that only just can't be drawn.
    """
    scores = {pair: 2 * math.sin(math.pi * rank / 6) for pair, rank in correlations.items()}
    for group in _groups(correlations):
        if is_semidefinite(matrix_of(scores, group)):
            continue
        # What is left when no further input can go without the rest becoming possible is the contradiction.
        for name in list(group):
            without = [other for other in group if other != name]
            if not is_semidefinite(matrix_of(scores, without)):
                group = without
        pairs = [pair for pair in correlations if set(pair) <= set(group)]
        shown = listed(f"{one} and {other} {write_number(correlations[one, other])}" for one, other in pairs)
        hint = "bring them closer to 0; a pair that is not given counts as 0"
        checker.add(("correlations", *pairs[-1]), f"the correlations {shown} can't hold together", hint)


def _groups(correlations: Correlations) -> list[list[str]]:
    """The inputs that hang together by correlations, each group in the order of the file."""
    groups: list[list[str]] = []
    for pair in correlations:
        touched = [group for group in groups if not {*pair}.isdisjoint(group)]
        groups = [group for group in groups if group not in touched]
        groups.append(list(dict.fromkeys([*(name for group in touched for name in group), *pair])))
    return groups


def matrix_of(correlations: Mapping[tuple[str, str], float], names: Sequence[str]) -> list[list[float]]:
    """The correlation matrix of some inputs; a pair that is not given is 0.

    >>> matrix_of({("a", "b"): 0.5}, ["b", "a", "c"])
    [[1.0, 0.5, 0.0], [0.5, 1.0, 0.0], [0.0, 0.0, 1.0]]
    """
    return [
        [
            1.0 if one == other else correlations.get((one, other), correlations.get((other, one), 0.0))
            for other in names
        ]
        for one in names
    ]


def is_semidefinite(matrix: Sequence[Sequence[float]]) -> bool:
    """Whether a symmetric matrix has no negative eigenvalue.

    >>> is_semidefinite([[1, 1], [1, 1]]), is_semidefinite([[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1]])
    (True, False)
    """
    import numpy as np

    return bool(np.linalg.eigvalsh(np.array(matrix))[0] >= -_TOLERANCE)
