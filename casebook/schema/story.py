"""The story of a case: the texts around the figures, and what links them to each other and to the figures.

A goal names the KPIs that show whether it is reached, a KPI the input or line that it watches, and a
competitor's gap the step of the roadmap that closes it. A link is made by key, or by name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, TypeVar

from casebook.schema import sections
from casebook.schema.checker import Checker, show_key
from casebook.schema.kpi_plausibility import STANDINGS, contradiction
from casebook.schema.periods import calendar_period
from casebook.schema.reference_keys import Keyed, find, key_of, new_key
from casebook.schema.scales import Placement, PlacementsSection
from casebook.schema.sections import Key, Lines, ListOf, Section, Shorthand, keys_of
from casebook.schema.text_forms import PeriodName
from casebook.schema.value_kinds import LINE, TEXT, Choice
from casebook.schema.wording import Place, name_of, show

GAPS = ("strategy", "technology", "process", "people")
"""In what a competitor may be ahead."""


@dataclass(frozen=True)
class Goal:
    """What the client wants to reach."""

    goal: str = sections.key(TEXT)
    kpis: tuple[str, ...] = sections.key(Lines(), (), help="The KPIs that show it, by key or name.")


@dataclass(frozen=True)
class Kpi:
    """A measure of progress."""

    name: str = sections.key(TEXT)
    baseline: str | None = sections.key(TEXT, None)
    target: str | None = sections.key(TEXT, None)
    by: str | None = sections.key(TEXT, None)
    source: str | None = sections.key(TEXT, None)
    actual: str | None = sections.key(TEXT, None)
    standing: str | None = sections.key(Choice(STANDINGS), None, example=STANDINGS[1])
    watches: str | None = sections.key(
        LINE, None, help="The input or line whose plan is its target.", is_offered=False
    )
    key: str = sections.key(
        LINE, "", help="What goals call it; made of the name unless given.", is_offered=False
    )


@dataclass(frozen=True)
class Competitor:
    """What a competitor does."""

    name: str = sections.key(TEXT)
    finding: str | None = sections.key(TEXT, None)
    source: str | None = sections.key(TEXT, None)
    gap: str | None = sections.key(
        Choice(GAPS), None, example="process", help=f"In what it is ahead: {', '.join(GAPS)}."
    )
    step: str | None = sections.key(
        LINE, None, help="The next step that closes the gap, by key or name.", is_offered=False
    )


@dataclass(frozen=True)
class NextStep:
    """What is to be done."""

    step: str
    owner: str | None = None
    begins: str | None = None
    """A month, quarter or year of the calendar."""
    by: str | None = None
    key: str = ""

    @property
    def name(self) -> str:
        """What a reader sees."""
        return self.step


_STEP = {
    "step": Key(TEXT, required=True),
    "owner": Key(TEXT),
    "from": Key(PeriodName(), example="2026-Q1"),
    "by": Key(TEXT, example="2026-Q2"),
    "key": Key(LINE, is_offered=False),
}


def _next_step(step: str, **given: Any) -> NextStep:
    return NextStep(step, begins=given.pop("from", None), **given)


@dataclass(frozen=True)
class Story:
    """The texts around the figures."""

    note: str | None = sections.key(TEXT, None, help="What a reader of page 1 has to know before the figures")
    situation: str | None = sections.key(TEXT, None, help="Where the client stands today")
    maturity: str | Sequence[Placement] | None = sections.key(
        PlacementsSection({}),
        None,
        help="How far the client has come: its level on each scale of the template, or a text",
    )
    goals: Sequence[Goal] = sections.key(
        ListOf(Shorthand("goal", Section(keys_of(Goal), Goal))), (), help="What the client wants to reach"
    )
    strategy: Sequence[str] = sections.key(ListOf(TEXT), (), help="How, in the order of the steps")
    kpis: Sequence[Kpi] = sections.key(ListOf(Section(keys_of(Kpi), Kpi)), (), help="Measures of progress")
    next_steps: Sequence[NextStep] = sections.key(
        ListOf(Section(_STEP, _next_step)), (), help="Who does what by when"
    )
    competitors: Sequence[Competitor] = sections.key(
        ListOf(Section(keys_of(Competitor), Competitor)), (), help="What competitors do"
    )

    @property
    def missing(self) -> list[str]:
        """The parts of the document about which it says nothing."""
        return [each.name for each in fields(self) if each.name != "note" and not getattr(self, each.name)]


@dataclass(frozen=True)
class StorySection(Section):
    """The story, its links followed."""

    def read(self, checker: Checker, place: Place, value: object) -> Story:
        if isinstance(value, dict) and "decision" in value:
            at = (*place, "decision")
            checker.add(at, f"{name_of(at)} has no place here", "write decision: at the top of the file")
            value = {name: entry for name, entry in value.items() if name != "decision"}
        story: Story = super().read(checker, place, value)
        kpis = _keyed(checker, (*place, "kpis"), story.kpis, "KPI")
        steps = _keyed(checker, (*place, "next_steps"), story.next_steps, "step")
        for at, kpi in _readable((*place, "kpis"), story.kpis):
            _check_kpi(checker, at, kpi)
        for at, goal in _readable((*place, "goals"), story.goals):
            for name in goal.kpis:
                _check_link(checker, (*at, "kpis"), name, kpis, "KPI")
        for at, competitor in _readable((*place, "competitors"), story.competitors):
            if competitor.step is not None:
                _check_link(checker, (*at, "step"), competitor.step, steps, "step")
        for at, step in _readable((*place, "next_steps"), story.next_steps):
            _check_periods(checker, at, step)
        return replace(story, kpis=tuple(kpis), next_steps=tuple(steps))


def story_section(above: Mapping[str, Any]) -> StorySection:
    """The story of a case, with the scales of its type."""
    scales = above["template"].scales if above else {}
    keys = keys_of(Story)
    keys["maturity"] = replace(keys["maturity"], kind=PlacementsSection(scales))
    return StorySection(keys, Story)


_T = TypeVar("_T")
_Item = TypeVar("_Item", bound=Kpi | NextStep)


def _readable(place: Place, items: Sequence[_T | None] | None) -> Iterator[tuple[Place, _T]]:
    """The items that could be read, each with its place; what is wrong with the others has been reported."""
    yield from (((*place, index), item) for index, item in enumerate(items or ()) if item is not None)


def _keyed(checker: Checker, place: Place, items: Sequence[_Item] | None, noun: str) -> list[_Item]:
    """The items with their keys: as given, or made of their names."""
    kept: list[_Item] = []
    for where, item in _readable(place, items):
        at: Place = (*where, "key")
        taken = {each.key for each in kept}
        if not item.key:
            kept.append(replace(item, key=new_key(None, item.name, taken, noun)))
            continue
        if item.key != key_of(item.key):
            needed = "made of lower-case letters, digits and hyphens"
            checker.refuse(at, item.key, needed, f"write key: {key_of(item.key)}")
        elif item.key in taken:
            message = f"two {noun}s have the key {show_key(item.key)}"
            checker.add(at, message, "give one of them another")
        kept.append(item)
    return kept


def _check_kpi(checker: Checker, place: Place, kpi: Kpi) -> None:
    """What a KPI watches gives its target and its status; and a status must be borne out by its figures."""
    if kpi.watches is not None:
        for name in ("target", "actual", "standing"):
            if getattr(kpi, name) is not None:
                message = f"{name_of((*place, name))} is given, and follows from {show_key(kpi.watches)}"
                checker.add((*place, name), message, "take the line out, or watches:")
    elif against := contradiction(kpi.standing, kpi.baseline, kpi.target, kpi.actual):
        message = f"{name_of((*place, 'standing'))} is {kpi.standing}, but {against}"
        checker.add((*place, "standing"), message, "correct one of standing, baseline, target and actual")


def _check_periods(checker: Checker, place: Place, step: NextStep) -> None:
    """A step that has a beginning needs an end, not before it."""
    if step.begins is None:
        return
    begins, ends = (calendar_period(text) if text else None for text in (step.begins, step.by))
    if ends is None:
        checker.add(
            (*place, "by"),
            f"{name_of((*place, 'by'))} is {show(step.by)}; must be a month, quarter or year beside from",
            "write by: 2026-Q3, or take from: out",
        )
    elif begins is not None and ends.end <= begins.first:
        checker.add(
            (*place, "by"),
            f"{name_of((*place, 'by'))} is {step.by}, before from ({step.begins})",
            "swap them",
        )


def _check_link(checker: Checker, place: Place, name: str, among: Sequence[Keyed], noun: str) -> None:
    if find(name, among) is None:
        known = [each.key for each in among]
        hint = checker.suggest(name, known, kind=f"{noun}s") if known else f"add the {noun}, or take it out"
        checker.add(place, f"no {noun} is called {show_key(name)}", hint)
