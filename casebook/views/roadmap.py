"""What is to be done, by whom and by when: a picture by quarter, and a table of what has no date in it."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from casebook.presentation.periods import period_words
from casebook.schema.periods import calendar_period
from casebook.schema.story import NextStep
from casebook.study.study import Study
from casebook.views.colour import accent
from casebook.views.components import Chart, Component, Gap, Table, group, left
from casebook.views.story import Columns, filled, missing
from casebook.views.style import INK, MUTED, RULE, chart

QUARTER = 3
_MOST_TICKS = 9
_LABEL, _OWNER = 38, 32
"""Characters in a line of a step's name, and of its owner."""


@dataclass(frozen=True)
class Bar:
    """A step in time; months are counted since the year 0."""

    step: NextStep
    first: int
    end: int


def next_steps(case: Study) -> Component:
    """The steps with their owners: those with dates drawn by quarter, the others in a table."""
    steps = case.parameters.story.next_steps
    if not steps:
        return missing(case, "Who does what by when", "next_steps")
    bars = bars_of(steps)
    others = [step for step in steps if all(step is not bar.step for bar in bars)]
    parts: list[Component] = [_picture(case, bars)] if bars else []
    return group([*parts, *([_table(case, others)] if others else [])])


def bars_of(steps: Sequence[NextStep]) -> list[Bar]:
    """The steps whose end is a period of the calendar, the first to begin first; without a beginning, a step
    lies in the period in which it ends."""
    found = []
    for step in steps:
        ends = calendar_period(step.by) if step.by else None
        begins = calendar_period(step.begins) if step.begins else ends
        if ends is not None and begins is not None:
            found.append(Bar(step, begins.first, ends.end))
    return sorted(found, key=lambda bar: (bar.first, bar.end))


def _table(case: Study, steps: Sequence[NextStep]) -> Table | Gap:
    say = case.formatter.say
    columns: Columns = [
        (left(say("Step"), 1.6), [step.step for step in steps]),
        (left(say("Who"), 0.8), [step.owner for step in steps]),
        (
            left(say("By"), 0.8),
            [period_words(case.formatter, step.by) if step.by else None for step in steps],
        ),
    ]
    return filled(columns, caption=say("Who does what by when"))


def _picture(case: Study, bars: Sequence[Bar]) -> Chart:
    say = case.formatter.say
    labels = [textwrap.wrap(bar.step.step, _LABEL) or [""] for bar in bars]
    lines = [max(len(label), 1) for label in labels]
    with chart(0.5 + 0.19 * sum(lines) + 0.13 * len(bars)) as (_, axes, svg):
        _draw(axes, case, bars, labels)
    said = "; ".join(
        say("{step} ({owner}), {begins} to {ends}", **_words(case, bar))
        if bar.step.owner
        else say("{step}, {begins} to {ends}", **_words(case, bar))
        for bar in bars
    )
    return Chart(svg.getvalue(), f"{said}.", caption=say("Who does what by when"))


def _words(case: Study, bar: Bar) -> dict[str, str]:
    return {
        "step": bar.step.step,
        "owner": bar.step.owner or "",
        "begins": _month(case, bar.first),
        "ends": _month(case, bar.end - 1),
    }


def _month(case: Study, number: int) -> str:
    return case.formatter.month(number // 12, number % 12 + 1)


def _draw(axes: Any, case: Study, bars: Sequence[Bar], labels: Sequence[Sequence[str]]) -> None:
    """A bar for each step below each other, as high as its name needs; its owner stands beside it."""
    colour, first = accent(case.parameters.client.colour), min(bar.first for bar in bars)
    start = case.parameters.start
    first = QUARTER * (min(first, start.number if start else first) // QUARTER)
    last = max(bar.end for bar in bars)
    last = QUARTER * -(-last // QUARTER)
    height, ticks = 0.0, []
    for bar, label in zip(bars, labels, strict=True):
        room = 0.19 * len(label) + 0.13
        middle = height + room / 2
        axes.barh(middle, bar.end - bar.first, left=bar.first, height=0.17, color=colour)
        if bar.step.owner:
            _owner(axes, bar, middle, (first, last))
        ticks.append(middle)
        height += room
    axes.set_yticks(ticks, ["\n".join(label) for label in labels], ha="right", color=INK)
    axes.set_ylim(height, 0)
    axes.set_xlim(first, last)
    quarters = range(first, last + 1, QUARTER)
    step = QUARTER * max(1, -(-(last - first) // QUARTER // _MOST_TICKS))
    for month in quarters:
        axes.axvline(month, color=RULE, linewidth=0.6, zorder=0)
    shown = list(range(first, last, step))
    names = [case.formatter.quarter(month // 12, month % 12 // QUARTER + 1) for month in shown]
    axes.set_xticks([month + QUARTER / 2 for month in shown], [name.replace(" ", "\n") for name in names])
    axes.xaxis.tick_top()
    axes.spines[["left", "bottom"]].set_visible(False)


def _owner(axes: Any, bar: Bar, middle: float, span: tuple[int, int]) -> None:
    """The owner's name right of the bar, or left of it where there is more room."""
    name = textwrap.shorten(bar.step.owner or "", _OWNER, placeholder="…")
    is_right = span[1] - bar.end >= bar.first - span[0]
    place, side = (bar.end, "left") if is_right else (bar.first, "right")
    box = {"facecolor": "white", "edgecolor": "none", "pad": 1.2}
    gap = 0.012 * (span[1] - span[0]) * (1 if is_right else -1)
    axes.text(place + gap, middle, name, ha=side, va="center", fontsize=8, color=MUTED, bbox=box)
