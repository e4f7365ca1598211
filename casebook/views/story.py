"""What the story of the parameter file says: situation, goals, strategy, KPIs, competitors.

What it does not say is left out: a column that nobody filled in, and a section of which nothing is known.
"""

from __future__ import annotations

from collections.abc import Sequence

from casebook.record.types import KpiRecord
from casebook.schema.reference_keys import find
from casebook.study.study import Study
from casebook.views.components import Column, Component, Gap, List, Paragraphs, Table, gap, left, right, row

GAPS = {"strategy": "Strategy", "technology": "Technology", "process": "Process", "people": "People"}


Columns = Sequence[tuple[Column, Sequence[str | None]]]


def situation(case: Study) -> Component:
    """Where the client stands, in the parameter file's words."""
    text = case.parameters.story.situation
    return paragraphs(text) if text else missing(case, "Where the client stands", "situation")


def goals(case: Study) -> Component:
    """What the client wants to reach, and the KPIs that show it where a goal names some."""
    given, say = case.parameters.story.goals, case.formatter.say
    if not given:
        return missing(case, "Goals", "goals")
    if not any(goal.kpis for goal in given):
        return List([goal.goal for goal in given], ordered=False)
    rows = [row(goal.goal, "\n".join(_kpi_name(case, key) for key in goal.kpis) or "–") for goal in given]
    return Table([left(say("Goal"), 1.3), left(say("Shown by"))], rows, caption=say("Goals and their KPIs"))


def _kpi_name(case: Study, key: str) -> str:
    kpi = find(key, case.parameters.story.kpis)
    return kpi.name if kpi else key


def strategy(case: Study) -> Component:
    """How the client means to reach its goals."""
    steps = case.parameters.story.strategy
    return List(steps, ordered=True) if steps else missing(case, "Strategy", "strategy")


def kpis(case: Study) -> Gap | Table:
    """The measures that will show whether the case comes true, with today's value and the aim."""
    say, found = case.formatter.say, case.kpis
    if not found:
        return missing(case, "KPIs", "kpis")
    is_followed = any(kpi.actual for kpi in found)
    columns: Columns = [
        (left(say("Measure"), 1.6, lines="lead"), [_kpi_label(case, kpi) for kpi in found]),
        (right(say("Before") if is_followed else say("Today")), [kpi.baseline for kpi in found]),
        (right(say("Aim")), [kpi.target for kpi in found]),
        (right(say("Actual")), [kpi.actual for kpi in found]),
        (left(say("By"), 0.7), [kpi.by for kpi in found]),
        (left(say("Measured in"), 1.2), [kpi.source for kpi in found]),
    ]
    return filled(columns, caption=say("Measures and aims"))


def _kpi_label(case: Study, kpi: KpiRecord) -> str:
    """Its name, and what it watches where that is called otherwise."""
    if kpi.watches is None or kpi.watches == kpi.name:
        return kpi.name
    return f"{kpi.name}\n{case.formatter.say('Tracks: {what}', what=kpi.watches)}"


def competitors(case: Study) -> Gap | Table:
    """What named competitors do better, and the step that closes the gap; those of whom nothing is known are
    left out."""
    say, story = case.formatter.say, case.parameters.story
    known = [each for each in story.competitors if each.finding]
    if story.competitors and not known:
        nothing = say("No competitor has a finding: in the parameter file.")
        return gap(say("{what}: not stated", what=say("Named competitors")), nothing)
    if not known:
        return missing(case, "Named competitors", "competitors")
    steps = [find(each.step, story.next_steps) if each.step else None for each in known]
    columns: Columns = [
        (left(say("Competitor"), 0.9), [each.name for each in known]),
        (left(say("What they do"), 1.4), [each.finding for each in known]),
        (left(say("Ahead in"), 0.7), [say(GAPS[each.gap]) if each.gap else None for each in known]),
        (left(say("Closed by"), 1.1), [step.step if step else None for step in steps]),
        (left(say("Source"), 1.2), [each.source for each in known]),
    ]
    return filled(columns, caption=say("Named competitors"))


def filled(columns: Columns, caption: str) -> Table:
    """A table of these columns but those that are empty; an empty cell has a dash."""
    kept = [(column, cells) for column, cells in columns if any(cells)]
    rows = [row(*(cell or "–" for cell in cells)) for cells in zip(*(each for _, each in kept), strict=True)]
    return Table([column for column, _ in kept], rows, caption=caption)


def paragraphs(text: str) -> Paragraphs:
    """A text of the parameter file; an empty line begins a paragraph."""
    return Paragraphs([part.strip() for part in text.split("\n\n") if part.strip()])


def missing(case: Study, what: str, key: str) -> Gap:
    """What the analyst sees where the parameter file says nothing; a document leaves the section out."""
    say = case.formatter.say
    nothing = say("The story in the parameter file says nothing under “{key}”.", key=key)
    return gap(say("{what}: not stated", what=say(what)), nothing)
