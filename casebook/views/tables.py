"""The tables of a case: money by year, formulas, the register of inputs, KPIs, and how it was made."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any

import numpy as np

from casebook.model.expression import Expression, Input, Step, as_expression, walk
from casebook.model.finance import present_value
from casebook.model.formula import Formula, explain, explain_step
from casebook.model.line import Line
from casebook.model.operations import Array
from casebook.model.printing import figures
from casebook.model.result import FIGURES
from casebook.model.study import Study
from casebook.views.view import callout, gap, group, left, right, row, table

YEARS_A_TABLE = 6
"""A page has room for so many years side by side; longer cases go on in a further table."""

GRADES = {
    "measured": "measured",
    "stated": "stated",
    "benchmark": "benchmark",
    "assumption": "assumption",
    None: "not stated",
}


def cash_flow(case: Study) -> dict[str, Any]:
    """Costs and benefits by year, each line with its present value; long cases in several tables."""
    flow = case.result.cash_flow
    firsts = range(1, case.years + 1, YEARS_A_TABLE)
    with_start = bool(flow.benefits[0] or flow.costs[0])
    places = case.formatter.places([*flow.benefits, *flow.costs])
    tables = []
    for first in firsts:
        years = list(range(first, min(first + YEARS_A_TABLE, case.years + 1)))
        shown = [0, *years] if with_start and first == 1 else years
        tables.append(_by_year(case, shown, places, last=years[-1] == case.years))
    return tables[0] if len(tables) == 1 else group(tables)


def _by_year(case: Study, shown: list[int], places: int, *, last: bool) -> dict[str, Any]:
    def money(values: Array) -> list[str]:
        cells = [case.formatter.amount(values[year], places) if values[year] else "–" for year in shown]
        present = float(present_value(values, case.discount_rate))
        return [*cells, case.formatter.amount(present, places)] if last else cells

    flow = case.result.cash_flow
    rows = []
    for side, title, total in (("benefit", "Benefits", flow.benefits), ("cost", "Costs", flow.costs)):
        lines = case.ledger.of(side)
        rows += [row(line.id, line.name, *money(line.flow(case.years))) for line in lines]
        rows.append(row("", title, *money(total), style="subtotal"))
    rows.append(row("", "Net", *money(flow.net), style="total"))
    cumulative = [case.formatter.amount(flow.cumulative[year], places) for year in shown]
    rows.append(row("", "Cumulative, undiscounted", *cumulative, *([""] if last else []), style="detail"))
    heads = ["Start" if year == 0 else f"Year {year}" for year in shown]
    columns = [left("", 0.12), left(case.currency), *(right(head) for head in heads)]
    note = (
        f"{case.currency}. Present values at {case.discount_rate}, year-end; the start is not discounted. "
        f"{_aside(case, 'benefit_cost_ratio')} {_aside(case, 'discounted_payback_months')}"
    )
    return table(
        [*columns, right("Present value")] if last else columns,
        rows,
        caption="Costs and benefits by year",
        note=note if last else None,
        whole=True,
    )


def _aside(case: Study, name: str) -> str:
    """A figure of lesser weight, with the one for the risk-adjusted case."""
    base, adjusted = case.result, case.result.risk_adjusted
    assert adjusted is not None
    figure, cautious = str(getattr(base, name)), str(getattr(adjusted, name))
    return f"{FIGURES[name]}: {figure}{'' if figure == cautious else f' (risk-adjusted {cautious})'}."


def formulas(case: Study) -> dict[str, Any]:
    """Each line and named step: the formula in words, in numbers, and its result."""
    rows = []
    for side, title in (("benefit", "Benefits"), ("cost", "Costs")):
        lines = case.ledger.of(side)
        if lines:
            rows.append(row(title, "", "", style="heading"))
        rows += [_line_row(case, line, part) for line in lines for part in case.ledger.shown(line)]
    steps = shown_steps(case)
    if steps:
        rows.append(row("Steps that the lines use", "", "", style="heading"))
        rows += [row("", step.label, _three(explain_step(step, case.frame))) for step in steps]
    return table(
        [
            left("", 0.14),
            left("Line", 0.8, lines="lead"),
            left("In words = in numbers = a year", 2.6, lines="steps"),
        ],
        rows,
        caption="Formulas of all lines",
        note="Several results or values in brackets stand for year 1; year 2; and so on.",
    )


def shown_steps(case: Study) -> list[Step]:
    """The named steps that the formulas shown use, each before those that use it."""
    parts = [part for line in case.ledger.counted for part in case.ledger.shown(line)]
    steps = (node for part in parts for node in walk(part) if isinstance(node, Step))
    return list({step.label: step for step in steps}.values())


def _line_row(case: Study, line: Line, part: Expression) -> dict[str, Any]:
    name = f"{line.name}, at the start" if part is line.start and line.annual is not None else line.name
    described = line.kind or line.category or ""
    return row(line.id, f"{name}\n{described}", _three(explain(part, case.frame)))


def _three(formula: Formula) -> str:
    readings = [formula.words, formula.numbers, formula.result]
    return "\n= ".join(dict.fromkeys(readings))  # a single input is its own result


def explained(case: Study, expressions: Mapping[str, Any], caption: str | None) -> dict[str, Any]:
    """Formulas that are no lines, such as a check, in the same three readings."""
    rows = [
        row(label, _three(explain(as_expression(expression), case.frame)))
        for label, expression in expressions.items()
    ]
    return table(
        [left("Step", 0.8), left("In words = in numbers = result", 2.6, lines="steps")], rows, caption=caption
    )


def assumptions(case: Study) -> dict[str, Any]:
    """Every input with value, unit, grade and source; those that no line rests on come last."""
    used = {name for line in (*case.ledger.counted, *case.ledger.beside) for name in line.inputs}
    groups: dict[str, list[Input]] = {}
    unused = []
    for node in case.inputs:
        if node.given and node.name in used:
            name = case.parameters.template.inputs[node.name].group or "other"
            groups.setdefault(_upper(name), []).append(node)
        elif node.given:
            unused.append(node)
    if unused:
        groups["Not part of a line"] = unused
    rows = []
    for title, nodes in groups.items():
        rows.append(row(title, "", "", "", "", style="heading"))
        rows += [_input_row(case, node) for node in nodes]
    return table(
        [
            left("Input", 1.25, lines="lead"),
            right("Value"),
            right("Low to high"),
            left("Grade", 0.62),
            left("Source and remarks", 2, lines="lead"),
        ],
        rows,
        caption="Every input, its value, its range and how it is known",
        note=(
            "Grades, strongest first: measured, stated by the client, published benchmark, assumption. Low "
            "and high are the 5th and the 95th percentile: one time in ten the value lies outside. Values by "
            "year stand below each other."
        ),
        compact=True,
    )


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _input_row(case: Study, node: Input) -> dict[str, Any]:
    given = case.parameters.inputs[node.name]
    origin = {"default": "default of the template", "example": "example value of the template"}.get(
        given.origin
    )
    if given.origin == "example" and given.source:
        origin = None  # a new parameter file says so in the source already
    remarks = [given.source or "", given.note or "", f"{_upper(origin)}." if origin else ""]
    value = figures(np.atleast_1d(node.amount or 0.0), node.unit, case.formatter, exact=True)
    unit = case.formatter.unit_words(node.unit)
    return row(
        node.label if unit in ("", node.label.lower()) else f"{node.label}\n{unit}",
        value.replace("; ", "\n"),
        _range(case, node),
        _upper(GRADES[given.evidence]),
        "\n".join(part for part in remarks if part) or "–",
    )


def _range(case: Study, node: Input) -> str:
    """The low and the high value, of each year where they differ by year; empty for a single point."""
    given = case.parameters.inputs[node.name]
    if not given.varies:
        return ""
    lows, highs = (
        np.atleast_1d(np.asarray(end, dtype=np.float64)).tolist() for end in (given.low, given.high)
    )
    ends = [
        " to ".join(case.formatter.quantity(end, node.unit, exact=True) for end in pair)
        for pair in zip(lows, highs, strict=True)
    ]
    several = ends[:1] if len(set(ends)) == 1 else ends
    if len(several) > YEARS_A_TABLE:
        several = [*several[:3], "…", several[-1]]
    return "\n".join([*several, *([] if given.distribution == "pert" else [f"({given.distribution})"])])


def not_in_figure(case: Study) -> dict[str, Any]:
    """What might count and does not, and why; costs that are missing come first."""
    rows = []
    for side, title in (("cost", "Costs"), ("benefit", "Benefits")):
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
            row(line.name, f"Not given: {', '.join(_lower(node.label) for node in line.missing)}", "–")
            for line in case.ledger.left_out
            if line.side == side
        ]
        rows += [row(title, "", "", style="heading"), *found] if found else []
    if not rows:
        return callout("Nothing is left out", "Every line of this type of case is in the figure.")
    return table(
        [left("Line", 1.1), left("Why it is not counted", 2), right("A year")],
        rows,
        caption="Lines outside the figure",
    )


def _aside_amount(case: Study, line: Line) -> str:
    """What a line outside the figure would bring a year, and at the start."""
    flow = line.flow(case.years)
    parts = [figures(flow[1:], "currency", case.formatter)] if line.annual is not None else []
    if line.start is not None:
        parts.append(f"{case.formatter.money(flow[0])} at the start")
    return "\n".join(parts)


def _lower(text: str) -> str:
    """The label inside a sentence; an abbreviation keeps its capitals."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def kpis(case: Study) -> dict[str, Any]:
    """The measures that will show whether the case comes true, with today's value and the aim."""
    entries = case.parameters.story.get("kpis", [])
    if not entries:
        return missing("KPIs", "kpis")
    rows = [
        row(*(str(entry.get(key, "–")) for key in ("name", "baseline", "target", "by", "source")))
        for entry in entries
    ]
    return table(
        [left("Measure", 1.5), right("Today"), right("Aim"), left("By", 0.7), left("Measured in", 1.2)],
        rows,
        caption="Measures and aims",
    )


def entries(case: Study, key: str, columns: Sequence[tuple[str, str]], caption: str) -> dict[str, Any]:
    """A table of what the parameter file's story says under `key`."""
    given = case.parameters.story.get(key, [])
    if not given:
        return missing(caption, key)
    rows = [row(*(str(entry.get(field, "–")) for field, _ in columns)) for entry in given]
    weights = (1.6, 0.8, 0.8) if len(columns) == 3 else (1,) * len(columns)
    heads = [left(label, weight) for (_, label), weight in zip(columns, weights, strict=True)]
    return table(heads, rows, caption=caption)


def missing(what: str, key: str) -> dict[str, Any]:
    """What the analyst sees where the parameter file says nothing; a document leaves the section out."""
    return gap(f"{what}: not stated", f"The story in the parameter file says nothing under “{key}”.")


def provenance(case: Study, digests: Mapping[str, str]) -> dict[str, Any]:
    """Template, parameters, their hashes, and the versions that computed the case."""
    rows = [row("Type of case", f"{case.parameters.template.title} ({case.parameters.template.name})")]
    rows += [row(f"SHA-256 of {what}", digest) for what, digest in digests.items()]
    rows += [row(name, text) for name, text in versions().items()]
    return table([left("What", 0.6), left("Value", 2)], rows, caption="Template, parameters and versions")


def versions() -> dict[str, str]:
    """The versions of what computes a figure."""
    names = ("casebook", "numpy", "pint")
    return {name: version(name) for name in names} | {"Python": platform.python_version()}
