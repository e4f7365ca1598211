"""The bubble chart: what each case costs, what it is worth, and how far its outcomes spread."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from casebook.formatting import Formatter
from casebook.portfolio.entry import Entry
from casebook.views.colour import accent
from casebook.views.components import Chart
from casebook.views.style import INK, LOSS, MUTED, chart

MOST_LABELS = 30
_GREATEST, _LEAST = 900.0, 14.0  # areas in square points
_WIDE = 12.0
"""Where the largest figure is more than so many times the median, an axis grows tenfold from mark to mark."""


def bubble_chart(entries: Sequence[Entry], to: Formatter) -> Chart:
    """Present value of costs across, net present value up; area by the width of the range of outcomes."""
    costs = np.array([entry.costs for entry in entries])
    values = np.array([entry.net_present_value for entry in entries])
    colours = [LOSS if value < 0 else accent(None) for value in values]
    ranged = np.array([entry.low is not None for entry in entries])
    with chart(4.3) as (figure, axes, svg):
        wide = [_scale(axes, "x", costs), _scale(axes, "y", values)]
        axes.axhline(0, color=MUTED, linewidth=0.9, zorder=1)
        areas = _areas(entries)
        fill = [f"{colour}8c" if has else "white" for colour, has in zip(colours, ranged, strict=True)]
        axes.scatter(costs, values, s=areas, c=fill, edgecolors=colours, linewidths=1.1, zorder=2)
        axes.set_xlabel(f"Costs, present value ({to.currency})")
        axes.set_ylabel(f"Net present value ({to.currency})")
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(lambda value, _: to.money_short(float(f"{value:.6g}")))
        axes.grid(color="#e6e9ef", linewidth=0.7, zorder=0)
        shown = _label(figure, axes, entries, areas)
    first, last = entries[0], entries[-1]
    return Chart(
        caption=f"What each case costs and what it is worth ({to.currency})",
        alt=(
            f"{to.number(len(entries))} cases by costs and net present value; "
            f"{int((values < 0).sum())} below zero. The highest is {_words(first, to)}; the lowest is "
            f"{_words(last, to)}. The table of all cases has the figures."
        ),
        svg=svg.getvalue(),
        note=_note(any(wide), bool(ranged.any()), not ranged.all(), shown, len(entries)),
    )


def _note(wide: bool, ranged: bool, single: bool, shown: int, count: int) -> str:
    parts = ["Blue above zero, red below."]
    if ranged:
        parts.append("The larger a bubble, the wider the range in which nine of ten outcomes lie.")
    if single:
        parts.append("Hollow: no ranges are given." if ranged else "Hollow, as no ranges are given.")
    if wide:
        parts.append("An axis that spreads far grows tenfold from mark to mark.")
    if shown < count:
        parts.append(f"Named: {shown} of {count:,}, the furthest from zero first, as far as there is room.")
    return " ".join(parts)


def _words(entry: Entry, to: Formatter) -> str:
    return f"{entry.label} with {to.money_short(entry.net_present_value)} for {to.money_short(entry.costs)}"


def _areas(entries: Sequence[Entry]) -> Any:
    """By the width of the range; less for many cases, so that they don't hide each other."""
    widths = np.array([(e.high or 0.0) - (e.low or 0.0) if e.low is not None else 0.0 for e in entries])
    greatest = _GREATEST / max(1.0, len(entries) / 25) ** 0.75
    areas = _LEAST + (greatest - _LEAST) * widths / (widths.max() or 1.0)
    return np.where([entry.low is None for entry in entries], 3 * _LEAST, areas)


def _scale(axes: Any, axis: str, figures: Any) -> bool:
    """A scale on which most cases can be told apart; gives whether it is one of powers of ten."""
    sizes = np.abs(figures[figures != 0])
    if sizes.size < 2 or sizes.max() < _WIDE * np.median(sizes):
        axes.margins(0.12)
        return False
    first, last = (int(np.floor(np.log10(size))) for size in (np.percentile(sizes, 10), sizes.max()))
    getattr(axes, f"set_{axis}scale")("symlog", linthresh=10.0**first, linscale=0.6)
    low = 3 * min(figures.min(), 0.0) - 10.0**first * 0.3
    high = 3 * max(figures.max(), 0.0) + 10.0**first * 0.3
    # Few marks, none so near to zero that their words would touch.
    nearest, stride = first - (last - first < 3), math.ceil((last - first + 1) / 4)
    powers = [10.0**power for power in range(last, nearest, -stride)]
    marks = [0.0, *powers, *(-power for power in powers)]
    getattr(axes, f"set_{axis}ticks")([mark for mark in marks if low <= mark <= high])
    getattr(axes, f"set_{axis}ticks")([], minor=True)
    getattr(axes, f"set_{axis}lim")(low, high)
    return True


def _label(figure: Any, axes: Any, entries: Sequence[Entry], areas: Any) -> int:
    """Name as many bubbles as fit without touching a label or a bubble; gives how many are named."""
    figure.draw_without_rendering()
    points = figure.dpi / 72
    places = axes.transData.transform([(entry.costs, entry.net_present_value) for entry in entries])
    radii = np.sqrt(areas / np.pi) * points
    frame = axes.get_window_extent()
    discs = np.column_stack([places - radii[:, None] * 0.8, places + radii[:, None] * 0.8])
    taken = discs.copy()
    shown = 0
    for number in np.argsort([-abs(entry.net_present_value) for entry in entries], kind="stable"):
        if shown == MOST_LABELS:
            break
        text = axes.text(0, 0, _short(entries[number].label), fontsize=7.5, color=INK, zorder=4)
        text.set_in_layout(False)
        box = text.get_window_extent()
        spot = _free_spot(places[number], radii[number], box, frame, np.delete(taken, number, axis=0))
        if spot is None:
            text.remove()
            continue
        text.set_position(axes.transData.inverted().transform(spot))
        text.set_verticalalignment("bottom")
        taken = np.vstack([taken, [*spot, spot[0] + box.width, spot[1] + box.height]])
        shown += 1
    return shown


def _free_spot(place: Any, radius: float, box: Any, frame: Any, taken: Any) -> tuple[float, float] | None:
    """Where a label may stand beside its bubble: its lower left corner, or None where nothing is free."""
    gap, middle = radius + 3.0, place[1] - box.height / 2
    centred = place[0] - box.width / 2
    slant = radius * 0.71 + 2.0
    for left, bottom in (
        (place[0] + gap, middle),
        (place[0] - gap - box.width, middle),
        (centred, place[1] + gap),
        (centred, place[1] - gap - box.height),
        (place[0] + slant, place[1] + slant),
        (place[0] + slant, place[1] - slant - box.height),
        (place[0] - slant - box.width, place[1] + slant),
        (place[0] - slant - box.width, place[1] - slant - box.height),
    ):
        right, top = left + box.width, bottom + box.height
        if left < frame.x0 or right > frame.x1 or bottom < frame.y0 or top > frame.y1:
            continue
        apart = (taken[:, 2] < left) | (taken[:, 0] > right) | (taken[:, 3] < bottom) | (taken[:, 1] > top)
        if apart.all():
            return left, bottom
    return None


def _short(label: str) -> str:
    return label if len(label) <= 40 else f"{label[:39].rstrip()}…"
