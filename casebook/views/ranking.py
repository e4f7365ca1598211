"""Measures, ranked by what the thing they act on costs today: what each saves, and when it is paid back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from casebook.case.finance import payback_months
from casebook.errors import CaseError
from casebook.formatting import Formatter
from casebook.formula.evaluation import evaluate
from casebook.formula.expression import Expression, as_expression
from casebook.formula.operations import Array
from casebook.formula.units import in_unit
from casebook.presentation.result import NO_RISK, not_reached
from casebook.study.study import Study
from casebook.views.colour import accent
from casebook.views.components import Chart, Component, Table, group, left, right, row
from casebook.views.formula_tables import not_given
from casebook.views.style import INK, PALE, chart

UNITS = {"today": "currency/year", "saved": "currency/year", "start": "currency"}
"""What is given of each, and in what unit."""


@dataclass(frozen=True)
class Ranked:
    """A thing that costs money and the measure against it; amounts are positive, at likely values."""

    label: str
    today: float
    """What it costs in year 1 without the measure."""
    saved: Array
    """What the measure saves of it by year, shape (years,)."""
    start: float
    """What the measure costs, once, at the start."""

    @property
    def flows(self) -> Array:
        """The measure's own cash flow, shape (years + 1)."""
        return np.concatenate([[-self.start], self.saved])


def ranked(case: Study, measures: Mapping[str, Mapping[str, Any]]) -> list[Ranked]:
    """The measures whose formulas have all their inputs, the dearest first.

    Each is `{"today": currency/year, "saved": currency/year, "start": currency}`. Raises CaseError where one
    of these is missing or comes out in another unit.
    """
    found = []
    for label, given in measures.items():
        if given.keys() != UNITS.keys():
            raise CaseError(
                f"'{label}' gives {', '.join(given) or 'nothing'}\n  hint: give {', '.join(UNITS)}"
            )
        parts = {key: as_expression(part) for key, part in given.items()}
        if all(part.given for part in parts.values()):
            today, saved, start = (_amounts(case, label, key, parts[key]) for key in UNITS)
            found.append(Ranked(label, float(today[0]), saved, float(start[0])))
    return sorted(found, key=lambda each: -each.today)


def _amounts(case: Study, label: str, key: str, part: Expression) -> Array:
    values = evaluate(in_unit(part, UNITS[key], what=f"{key} of '{label}'"), case.years)
    return np.broadcast_to(values, (case.years,))


def ranking(case: Study, measures: Mapping[str, Mapping[str, Any]], of: str, caption: str) -> Component:
    """A chart and a table of the measures, and of all of them together."""
    found = ranked(case, measures)
    if not found:
        return not_given(case, (part for given in measures.values() for part in given.values()), caption)
    return group([_chart(case, found), _table(case, found, of, caption)])


def _table(case: Study, found: Sequence[Ranked], of: str, caption: str) -> Table:
    to, say = case.formatter, case.formatter.say
    whole = Ranked(
        say("All"),
        sum(each.today for each in found),
        np.sum([each.saved for each in found], axis=0),
        sum(each.start for each in found),
    )
    places = to.places([whole.today, *whole.saved, whole.start])

    def cells(each: Ranked) -> list[str]:
        money = [to.amount(amount, places) for amount in (each.today, each.saved[-1], each.start)]
        return [each.label, *money, _paid_back(each, to)]

    heads = [
        left(f"{of or say('Measure')} ({to.currency})", 1.3),
        right(say("A year today")),
        right(say("Saved in year {year}", year=case.years)),
        right(say("Start")),
        right(say("Paid back")),
    ]
    rows = [row(*cells(each)) for each in found]
    if len(found) > 1:
        rows.append(row(*cells(whole), style="total"))
    note = say(
        "At likely values. Each is paid back out of its own saving, undiscounted; costs that serve several "
        "are left out."
    )
    return Table(heads, rows, caption=caption, note=note, whole=True)


def _paid_back(each: Ranked, to: Formatter) -> str:
    payback = payback_months(each.flows)
    if payback.months is not None:
        return to.months(payback.months)
    if payback.state == "not reached":
        return not_reached(len(each.saved), to)
    return to.say(NO_RISK) if each.saved.any() else "–"  # no measure is meant


def _chart(case: Study, found: Sequence[Ranked]) -> Chart:
    to, say = case.formatter, case.formatter.say
    with chart(0.4 + 0.42 * len(found)) as (_, axes, svg):
        _draw(axes, case, found)
    first = found[0]
    return Chart(
        caption=say(
            "Most costly: {label}, {money} a year", label=first.label, money=to.money_short(first.today)
        ),
        alt=f"{'; '.join(f'{each.label}: {_saved_of(each, to)}' for each in found)}.",
        svg=svg.getvalue(),
        note=say("Whole bars: cost in year 1. In colour: saved in year {year}.", year=case.years),
    )


def _saved_of(each: Ranked, to: Formatter) -> str:
    saved, today = to.money_short(each.saved[-1]), to.money_short(each.today)
    return to.say("{saved} of {today}", saved=saved, today=today)


def _draw(axes: Any, case: Study, found: Sequence[Ranked]) -> None:
    """A pale bar for what each costs, and over it, in colour, what is saved of it; the dearest on top."""
    colour, to = accent(case.parameters.client.colour), case.formatter
    reach = max([each.today for each in found] + [float(each.saved[-1]) for each in found]) or 1.0
    for place, each in enumerate(found):
        axes.barh(place, each.today, height=0.62, color=PALE)
        axes.barh(place, each.saved[-1], height=0.62, color=colour)
        text = _saved_of(each, to)
        axes.text(max(each.today, each.saved[-1]) + reach * 0.012, place, text, va="center", fontsize=8.5)
    axes.set_yticks(range(len(found)), [each.label for each in found])
    axes.tick_params(axis="y", labelcolor=INK)
    axes.invert_yaxis()
    axes.set_xlim(0, reach * 1.3)
    axes.xaxis.set_visible(False)
    axes.spines[["left", "bottom"]].set_visible(False)
