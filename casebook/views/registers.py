"""The tables of a case: formulas, the register of inputs, what is not counted, and how it was made."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from importlib.metadata import version

import numpy as np

from casebook.case.line import Line
from casebook.formatting import Formatter
from casebook.formatting.sentences import upper_first
from casebook.formula.expression import Expression, Input, Step, walk
from casebook.presentation.formulas import explain, explain_step, figures
from casebook.study.study import Study
from casebook.views.cash_flow import SIDES, YEARS_A_TABLE
from casebook.views.components import Callout, Row, Table, callout, left, right, row
from casebook.views.formula_tables import labels_of, three_readings

GRADES = {
    "measured": "measured",
    "stated": "stated",
    "benchmark": "benchmark",
    "assumption": "assumption",
    None: "not stated",
}
"""How an input is known, in a reader's words."""

ORIGINS = {"default": "Default of the template.", "example": "Example value of the template."}


def formulas(case: Study) -> Table:
    """Each line and named step: the formula in words, in numbers, and its result."""
    rows, say = [], case.formatter.say
    for side in ("benefit", "cost"):
        lines = case.ledger.of(side)
        if lines:
            rows.append(row(say(SIDES[side]), "", "", style="heading"))
        rows += [_line_row(case, line, part) for line in lines for part in case.ledger.shown(line)]
    steps = shown_steps(case)
    if steps:
        rows.append(row(say("Steps that the lines use"), "", "", style="heading"))
        rows += [
            row("", step.label, three_readings(explain_step(step, case.formatter, case.years)))
            for step in steps
        ]
    return Table(
        [
            left("", 0.14),
            left(say("Line"), 0.8, lines="lead"),
            left(say("Calculation"), 2.6, lines="steps"),
        ],
        rows,
        caption=say("Formulas of all lines"),
        note=say("Several results or values in brackets stand for year 1; year 2; and so on."),
    )


def shown_steps(case: Study) -> list[Step]:
    """The named steps that the formulas shown use, each before those that use it."""
    parts = [part for line in case.ledger.counted for part in case.ledger.shown(line)]
    steps = (node for part in parts for node in walk(part) if isinstance(node, Step))
    return list({step.label: step for step in steps}.values())


def _line_row(case: Study, line: Line, part: Expression) -> Row:
    say, name = case.formatter.say, line.name
    if part is line.start and line.annual is not None:
        name = say("{line}, at the start", line=name)
    described = say(line.kind or line.category or "")
    return row(line.id, f"{name}\n{described}", three_readings(explain(part, case.formatter, case.years)))


def assumptions(case: Study) -> Table:
    """Every input with value, unit, grade and source; those that no line rests on come last."""
    # What a pool holds is part of the lines that take from it.
    used = case.ledger.inputs() | {name for line in case.ledger.beside for name in line.inputs}
    groups: dict[str, list[Input]] = {}
    unused, say = [], case.formatter.say
    for node in case.inputs:
        if node.given and node.name in used:
            name = case.parameters.template.inputs[node.name].group or "other"
            groups.setdefault(upper_first(say(name)), []).append(node)
        elif node.given:
            unused.append(node)
    if unused:
        groups[say("Not part of a line")] = unused
    rows = []
    for title, nodes in groups.items():
        rows.append(row(title, "", "", "", "", style="heading"))
        rows += [_input_row(case, node) for node in nodes]
    return Table(
        [
            left(say("Input"), 1.25, lines="lead"),
            right(say("Value")),
            right(say("Low to high")),
            left(say("Grade"), 0.62),
            left(say("Source and remarks"), 2, lines="lead"),
        ],
        rows,
        caption=say("Every input, its value, its range and how it is known"),
        note=say(
            "Grades, strongest first: measured, stated by the client, published benchmark, assumption. Low "
            "and high are the 5th and the 95th percentile: one time in ten the value lies outside. Values by "
            "year stand below each other."
        ),
        compact=True,
    )


def _input_row(case: Study, node: Input) -> Row:
    given = case.parameters.inputs[node.name]
    say, from_example = case.formatter.say, given.origin == "example" and given.source
    # A new parameter file says in the source already that a value is an example.
    origin = say(ORIGINS[given.origin]) if given.origin in ORIGINS and not from_example else ""
    about = case.measured.get(node.name, {})
    known = [*about.get("findings", []), *case.data_findings.get(about.get("source", ""), [])]
    whole = share_of(case.formatter, case.parameters.template.inputs[node.name].whole)
    overridden = _overridden(case, node)
    remarks = [given.source or "", *map(upper_first, known), given.note or "", origin, overridden, whole]
    unit = case.formatter.unit_words(node.unit)
    return row(
        node.label if unit in ("", node.label.lower()) else f"{node.label}\n{unit}",
        value_of(case, node).replace("; ", "\n"),
        _range(case, node),
        upper_first(say(GRADES[given.evidence])),
        "\n".join(part for part in remarks if part) or "–",
    )


def value_of(case: Study, node: Input) -> str:
    """The likely value of an input, or its values by year."""
    return figures(np.atleast_1d(node.amount or 0.0), node.unit, case.formatter, exact=True)


def _overridden(case: Study, node: Input) -> str:
    """That an input was set whatever the file or the data say, and what was measured; empty otherwise."""
    if not case.parameters.inputs[node.name].override:
        return ""
    measured, say = case.overridden.get(node.name), case.formatter.say
    if measured is None:
        return say("Overridden.")
    ends = {key: figures([measured[key]], node.unit, case.formatter) for key in ("value", "low", "high")}
    return say("Overridden; measured: {value} ({low} to {high}).", **ends)


def share_of(to: Formatter, whole: str | None) -> str:
    """What is said of an input that is a share of a whole; empty for any other."""
    rule = "A share of “{whole}”: shares that come to more than {all} are scaled to it."
    return to.say(rule, whole=whole, all=to.share(1)) if whole else ""


def _range(case: Study, node: Input) -> str:
    """The low and the high value, of each year where they differ by year; empty for a single point."""
    given = case.parameters.inputs[node.name]
    if not given.varies:
        return ""
    lows, highs = (
        np.atleast_1d(np.asarray(end, dtype=np.float64)).tolist() for end in (given.low, given.high)
    )
    to = case.formatter
    ends = [
        to.say(
            "{low} to {high}",
            low=to.quantity(low, node.unit, exact=True),
            high=to.quantity(high, node.unit, exact=True),
        )
        for low, high in zip(lows, highs, strict=True)
    ]
    several = ends[:1] if len(set(ends)) == 1 else ends
    if len(several) > YEARS_A_TABLE:
        several = [*several[:3], "…", several[-1]]
    shape = given.distribution
    return "\n".join([*several, *([] if shape in ("pert", None) else [f"({to.say(shape)})"])])


def not_in_figure(case: Study) -> Callout | Table:
    """What might count and does not, and why; costs that are missing come first."""
    rows, say = [], case.formatter.say
    for side in ("cost", "benefit"):
        found = [
            row(
                line.name,
                line.not_in_figure or "",
                _aside_amount(case, line),
            )
            for line in case.ledger.beside
            if line.side == side
        ]
        found += [
            row(line.name, say("Not given: {inputs}", inputs=labels_of(case, line.missing)), "–")
            for line in case.ledger.left_out
            if line.side == side
        ]
        rows += [row(say(SIDES[side]), "", "", style="heading"), *found] if found else []
    if not rows:
        everything = say("Every line of this type of case is in the figure.")
        return callout(say("Nothing is left out"), everything)
    return Table(
        [left(say("Line"), 1.1), left(say("Why it is not counted"), 2), right(say("A year"))],
        rows,
        caption=say("Lines outside the figure"),
    )


def _aside_amount(case: Study, line: Line) -> str:
    """What a line outside the figure would bring a year, and at the start."""
    flow = line.flow(case.years)
    parts = [figures(flow[1:], "currency", case.formatter)] if line.annual is not None else []
    if line.start is not None:
        parts.append(case.formatter.say("{money} at the start", money=case.formatter.money(flow[0])))
    return "\n".join(parts)


def provenance(case: Study, digests: Mapping[str, str]) -> Table:
    """Template, parameters, their hashes, and the versions that computed the case."""
    say, template = case.formatter.say, case.parameters.template
    rows = [row(say("Type of case"), f"{template.title} ({template.name})")]
    overridden = [node for node in case.inputs if node.given and case.parameters.inputs[node.name].override]
    told = "\n".join(f"{node.label}: {value_of(case, node)}" for node in overridden)
    rows += [row(say("Inputs overridden"), told)] if told else []
    rows += [row(say("SHA-256 of {what}", what=say(what)), digest) for what, digest in digests.items()]
    rows += [row(name, text) for name, text in versions().items()]
    heads = [left(say("What"), 0.6), left(say("Value"), 2)]
    return Table(heads, rows, caption=say("Template, parameters and versions"))


def versions() -> dict[str, str]:
    """The versions of what computes a figure."""
    names = ("casebook", "numpy", "pint")
    return {name: version(name) for name in names} | {"Python": platform.python_version()}
