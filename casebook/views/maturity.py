"""Where the client stands on the scales of its type of case, and what the next step takes."""

from __future__ import annotations

import textwrap

from casebook.schema.scales import Placement
from casebook.study.study import Study
from casebook.views.colour import WHITE, accent
from casebook.views.components import Chart, Component, Table, group, left, row
from casebook.views.story import missing, paragraphs
from casebook.views.style import INK, PALE, chart


def maturity(case: Study) -> Component:
    """The client's level on each scale, its reason, and the next step; or the text that the story has."""
    found = case.parameters.story.maturity
    if not found:
        return missing(case, "Maturity", "maturity")
    if isinstance(found, str):
        return paragraphs(found)
    return group(part for each in found for part in (_picture(case, each), _table(case, each)))


def _picture(case: Study, placed: Placement) -> Chart:
    """The levels side by side, the client's in its colour."""
    say, client = case.formatter.say, case.parameters.client
    levels, colour = placed.scale.levels, accent(client.colour)
    with chart(0.55) as (_, axes, svg):
        for place, level in enumerate(levels):
            is_here = level is placed.level
            axes.barh(0, 0.98, left=place, height=1, color=colour if is_here else PALE)
            axes.text(
                place + 0.49,
                0,
                "\n".join(textwrap.wrap(level.name, max(12, 84 // len(levels)))),
                ha="center",
                va="center",
                fontweight="bold" if is_here else "normal",
                color=WHITE if is_here else INK,
            )
        axes.set_xlim(0, len(levels))
        axes.set_ylim(-0.5, 0.5)
        axes.set_axis_off()
    names = [level.name for level in levels]
    finding = say("{client}: {level}", client=client.name, level=placed.level.name)
    alt = say(
        "{scale}, from the lowest level to the highest: {levels}. {finding}.",
        scale=placed.scale.title,
        levels=", ".join(names),
        finding=finding,
    )
    return Chart(svg.getvalue(), alt, caption=f"{placed.scale.title}. {finding}")


def _table(case: Study, placed: Placement) -> Table:
    """What marks the client's level, why it is there, and what the next one takes."""
    say, above = case.formatter.say, placed.scale.after(placed.level)
    rows = [row(f"{placed.level.name}", placed.level.rule)]
    rows += [row(say("Why this level"), placed.reason)] if placed.reason else []
    if above is not None:
        rows.append(row(say("Next: {level}", level=above.name), above.rule))
        rows.append(row(say("What the step takes"), placed.level.next or "–"))
    return Table([left(say("Level"), 0.7, lines="lead"), left(say("What marks it"), 2.3)], rows)
