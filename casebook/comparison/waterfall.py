"""The waterfall: from one net present value to the other, change by change."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import Any

from casebook.comparison.comparison import Comparison
from casebook.comparison.wording import Wording
from casebook.views.colour import accent
from casebook.views.components import Callout, Chart, callout
from casebook.views.style import INK, LOSS, MUTED, RULE, chart

MOST_BARS = 12
_LETTERS = 36

_NEAR = 0.25
"""Where the levels differ by less than this share of their height, the axis does not start at zero."""


@dataclass(frozen=True)
class Bar:
    """One bar, from a level to a level; a whole one stands on zero."""

    label: str
    begin: float
    end: float
    whole: bool = False


def bars(comparison: Comparison, words: Wording) -> list[Bar]:
    """The first value, each contribution, the second value; the least contributions together."""
    moved = [(words.label(change), part) for change, part in comparison.contributions if part]
    if len(moved) > MOST_BARS:
        rest = moved[MOST_BARS - 1 :]
        moved = [*moved[: MOST_BARS - 1], (f"{len(rest)} smaller changes", sum(part for _, part in rest))]
    names, level = words.names(), comparison.before.net_present_value
    found = [Bar(names[0], 0.0, level, whole=True)]
    for label, part in moved:
        found.append(Bar(label, level, level + part))
        level += part
    return [*found, Bar(names[1], 0.0, comparison.after.net_present_value, whole=True)]


def waterfall(comparison: Comparison, words: Wording) -> Callout | Chart:
    """The chart; a remark where there is nothing to draw."""
    drawn = bars(comparison, words)
    if len(drawn) == 2:
        return callout("No waterfall", "No change moves the net present value.")
    foot = _foot(drawn)
    labels = ["\n".join(textwrap.wrap(bar.label, _LETTERS)) for bar in drawn]
    with chart(0.5 + sum(0.2 + 0.14 * (1 + label.count("\n")) for label in labels)) as (_, axes, svg):
        _draw(axes, drawn, words, foot)
        axes.set_yticks(range(len(drawn)), labels)
        axes.invert_yaxis()
        for tick, bar in zip(axes.get_yticklabels(), drawn, strict=True):
            tick.set(color=INK, fontweight="bold" if bar.whole else "normal")
    note = f"Net present value, {words.to.currency}. Blue raises it, red lowers it; the sign says the same."
    if foot:
        note += " The axis does not start at zero."
    steps = "; ".join(f"{bar.label} {words.signed(bar.end - bar.begin, short=True)}" for bar in drawn[1:-1])
    first, last = (words.to.money_short(bar.end) for bar in (drawn[0], drawn[-1]))
    return Chart(
        caption=f"From {drawn[0].label} to {drawn[-1].label}",
        alt=f"From {first} ({drawn[0].label}) to {last} ({drawn[-1].label}): {steps}.",
        svg=svg.getvalue(),
        note=note,
    )


def _foot(drawn: list[Bar]) -> float:
    """Where the whole bars start: at zero, or near the levels where zero is far below or above them."""
    levels = [bar.end for bar in drawn]
    low, high = min(levels), max(levels)
    if low > 0 and high - low < _NEAR * high:
        return low - 0.4 * (high - low)
    if high < 0 and high - low < _NEAR * -low:
        return high + 0.4 * (high - low)
    return 0.0


def _draw(axes: Any, drawn: list[Bar], words: Wording, foot: float) -> None:
    blue = accent(None)
    ends = [level for bar in drawn for level in (foot if bar.whole else bar.begin, bar.end)]
    low, high = min(*ends, foot), max(*ends, foot)
    reach = high - low or 1.0
    for place, bar in enumerate(drawn):
        begin = foot if bar.whole else bar.begin
        rises = bar.end >= bar.begin
        shade = INK if bar.whole else blue if rises else LOSS
        axes.barh(place, bar.end - begin, left=begin, height=0.62, color=shade, zorder=2)
        text = words.to.money_short(bar.end) if bar.whole else words.signed(bar.end - bar.begin, short=True)
        axes.text(
            max(begin, bar.end) + reach * 0.012,
            place,
            text,
            va="center",
            fontsize=8.5,
            color=shade,
            fontweight="bold",
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8},
            zorder=3,
        )
        if place + 1 < len(drawn):
            axes.plot([bar.end] * 2, [place, place + 1], color=RULE, linewidth=0.9, zorder=1)
    if not foot:
        axes.axvline(0, color=MUTED, linewidth=0.8, zorder=1)
    axes.set_xlim(low - reach * 0.02, high + reach * 0.2)
    axes.set_ylim(-0.6, len(drawn) - 0.4)
    axes.xaxis.set_visible(False)
    axes.spines[["left", "bottom"]].set_visible(False)
