"""What the benefits are made of: groups of lines that an analyst names, beside the costs."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from casebook.case.finance import present_value
from casebook.case.line import LeftOut, Line
from casebook.errors import CaseError
from casebook.schema.keys import find
from casebook.study.study import Study
from casebook.views.colour import accent
from casebook.views.components import Callout, Chart, callout
from casebook.views.style import INK, LOSS, MUTED, PALE, chart

OTHER = "Other benefits"
"""The group of the counted benefits that no group names."""


@dataclass(frozen=True)
class Part:
    """A group of benefits: its label, and the present value of each of its counted lines."""

    label: str
    lines: tuple[tuple[str, float], ...]

    @property
    def worth(self) -> float:
        """The present value of the group."""
        return sum(worth for _, worth in self.lines)


def parts_of(case: Study, groups: Mapping[str, Sequence[str]]) -> list[Part]:
    """The groups that have a counted line, in their order, each line of a group by its worth.

    `groups` maps a label to the keys or names of lines. Lines that are off or stand beside the figure are
    passed over, and counted benefits that no group names come last. Raises CaseError for a name that is no
    line, and for a line that stands in two groups.
    """
    named = _named(case, groups)
    worth = {
        line.name: float(present_value(line.flow(case.years), case.discount_rate))
        for line in case.ledger.of("benefit")
    }
    placed = {name for names in named.values() for name in names}
    rest = [name for name in worth if name not in placed]
    parts = [
        Part(label, tuple(sorted(((n, worth[n]) for n in names if n in worth), key=lambda pair: -pair[1])))
        for label, names in [*named.items(), (case.formatter.say(OTHER), rest)]
    ]
    return [part for part in parts if part.lines]


def _named(case: Study, groups: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """The groups with the names of their lines, whichever way each is referred to."""
    every: list[Line | LeftOut] = [*case.lines, *case.left_out]
    benefits = [line for line in every if line.side == "benefit"]
    named: dict[str, list[str]] = {}
    placed: set[str] = set()
    for label, references in groups.items():
        for reference in references:
            line = find(reference, benefits)
            if line is None:
                known = [name for each in benefits for name in (each.name, each.key)]
                close = difflib.get_close_matches(reference, known, n=1)
                listed = ", ".join(each.name for each in benefits)
                hint = f"did you mean '{close[0]}'?" if close else f"benefits are: {listed}"
                raise CaseError(f"group '{label}' names '{reference}', which is no benefit\n  hint: {hint}")
            if line.name in placed:
                raise CaseError(
                    f"'{line.name}' stands in two groups\n  hint: a benefit belongs to one of them"
                )
            placed.add(line.name)
            named.setdefault(label, []).append(line.name)
    return named


def benefit_chart(case: Study, groups: Mapping[str, Sequence[str]]) -> Callout | Chart:
    """What each group of benefits is worth and which lines it is made of, with the costs as a mark."""
    parts = parts_of(case, groups)
    if not parts:
        say = case.formatter.say
        return callout(say("No benefit is counted"), say("Give the inputs that switch a benefit on."))
    rows = sum(1 + len(part.lines) for part in parts)
    with chart(0.55 + 0.27 * rows + 0.12 * len(parts)) as (_, axes, svg):
        _draw(axes, case, parts)
    to, costs = case.formatter, float(case.result.present_value_of_costs)
    return Chart(
        caption=_caption(case, parts),
        alt=f"{'. '.join(_words(case, part, parts) for part in parts)}. "
        + to.say("Costs: {costs}. All in present value.", costs=to.money_short(costs)),
        svg=svg.getvalue(),
        note=to.say(
            "Present values over {years} at {rate}, and each group's share of all benefits. "
            "The dashed line marks the costs.",
            years=to.years(case.years),
            rate=case.discount_rate,
        ),
    )


def _caption(case: Study, parts: Sequence[Part]) -> str:
    most = max(parts, key=lambda part: part.worth)
    share = _of_all(case, most, parts).removeprefix(" · ")
    say = case.formatter.say
    if not share:
        return say("What the benefits are made of")
    return say("{group}: {share} of all benefits", group=most.label, share=share)


def _draw(axes: Any, case: Study, parts: Sequence[Part]) -> None:
    """A bold bar for each group and a thin one for each of its lines, from the top down."""
    colour = accent(case.parameters.client.colour)
    costs = float(case.result.present_value_of_costs)
    values = [worth for part in parts for worth in (part.worth, *(worth for _, worth in part.lines))]
    low, high = min(0.0, *values), max(0.0, costs, *values)
    reach = high - low or 1.0
    place, ticks = 0.0, []
    for number, part in enumerate(parts):
        # The first group is what the others are held against.
        shade = MUTED if number == 0 and len(parts) > 1 else colour
        text = f"{case.formatter.money_short(part.worth)}{_of_all(case, part, parts)}"
        _bar(axes, place, part.worth, text, gap=reach * 0.012, shade=shade, whole=True)
        ticks.append((place, part.label, True))
        for step, (name, worth) in enumerate(part.lines, start=1):
            text = case.formatter.money_short(worth)
            _bar(axes, place + step, worth, text, gap=reach * 0.012, shade=PALE, whole=False)
            ticks.append((place + step, name, False))
        place += len(part.lines) + 1.45
    axes.axvline(0, color=MUTED, linewidth=0.8, zorder=1)
    axes.plot([costs] * 2, [-0.5, place - 0.8], color=INK, linewidth=1.1, linestyle="--", zorder=1)
    mark = case.formatter.say("costs {money}", money=case.formatter.money_short(costs))
    axes.text(costs, -0.6, mark, ha="center", va="bottom", fontsize=8)
    axes.set_yticks([at for at, _, _ in ticks], [label for _, label, _ in ticks])
    for tick, (_, _, whole) in zip(axes.get_yticklabels(), ticks, strict=True):
        tick.set(color=INK if whole else MUTED, fontweight="bold" if whole else "normal")
        tick.set_fontsize(9 if whole else 8.5)
    axes.set_ylim(place - 0.6, -1.25)
    axes.set_xlim(low * 1.05, high + reach * 0.2)
    axes.xaxis.set_visible(False)
    axes.spines[["left", "bottom"]].set_visible(False)


def _bar(axes: Any, place: float, worth: float, text: str, *, gap: float, shade: str, whole: bool) -> None:
    axes.barh(place, worth, height=0.62 if whole else 0.4, color=shade, zorder=2)
    axes.text(
        max(worth, 0) + gap,
        place,
        text,
        va="center",
        fontsize=9 if whole else 8,
        fontweight="bold" if whole else "normal",
        color=LOSS if worth < 0 else INK if whole else MUTED,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8},
        zorder=3,
    )


def _of_all(case: Study, part: Part, parts: Sequence[Part]) -> str:
    """The group's share of all benefits, where they are all above zero and a share means something."""
    whole = sum(each.worth for each in parts)
    if whole <= 0 or any(each.worth < 0 for each in parts):
        return ""
    return f" · {case.formatter.share(round(part.worth / whole, 2))}"


def _words(case: Study, part: Part, parts: Sequence[Part]) -> str:
    money = case.formatter.money_short
    lines = "; ".join(f"{name} {money(worth)}" for name, worth in part.lines)
    return f"{part.label}: {money(part.worth)}{_of_all(case, part, parts).replace(' · ', ', ')} ({lines})"
