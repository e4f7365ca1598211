"""How the inputs of a case are known, and what share of the benefit rests on each grade."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from casebook.case.case import Case
from casebook.case.finance import present_value
from casebook.case.line import Line

GRADES = ("measured", "stated", "benchmark", "assumption")
"""From the strongest to the weakest: computed from the client's data, the client's own figure with a
document, published with a source, assumed."""


def grade_of(case: Case, name: str) -> str:
    """The grade of an input; one that says nothing of itself, or stands on an example, is an assumption."""
    given = case.parameters.inputs.get(name)
    if given is None or given.origin == "example" or given.evidence is None:
        return "assumption"
    return given.evidence


def line_grade(case: Case, line: Line) -> str:
    """A line is known as well as the weakest of its inputs."""
    grades = [grade_of(case, name) for name in line.inputs]
    return max(grades, key=GRADES.index, default="assumption")


def by_value(case: Case) -> dict[str, float]:
    """The share of the present value of benefits that rests on each grade, by the line's weakest input."""
    return _shares(
        (line_grade(case, line), float(present_value(line.flow(case.years), case.discount_rate)))
        for line in case.ledger.of("benefit")
    )


def by_variance(case: Case, shares: Mapping[str, float]) -> dict[str, float]:
    """The share of the variance of the result that comes from inputs of each grade."""
    return _shares((grade_of(case, name), share) for name, share in shares.items())


def _shares(amounts: Iterable[tuple[str, float]]) -> dict[str, float]:
    totals = dict.fromkeys(GRADES, 0.0)
    for grade, amount in amounts:
        totals[grade] += max(amount, 0.0)
    whole = sum(totals.values())
    return {grade: total / whole if whole else 0.0 for grade, total in totals.items()}
