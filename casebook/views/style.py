"""One look for all charts: the shipped typeface, quiet axes, the client's colour."""

from __future__ import annotations

import functools
import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from typing import Any

INK = "#14213d"
MUTED = "#5b6475"
RULE = "#c9cfda"
LOSS = "#a8443c"
PALE = "#c9d3e0"
WIDTH = 6.9  # inches: the text width of a page, so that type in charts has the size it says


@functools.cache
def _font_family() -> str:
    from matplotlib import font_manager

    for font in files("casebook").joinpath("assets/fonts").iterdir():
        if font.name.endswith(".ttf"):
            font_manager.fontManager.addfont(str(font))
    # Inter is shipped in two weights; that the nearest one is taken is no news to an analyst.
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
    return "Inter"


def prepare() -> None:
    """Read the typeface, for the charts that are drawn later in this process or in forks of it."""
    from matplotlib import font_manager

    for family in (_font_family(), "DejaVu Sans"):
        font_manager.get_font(font_manager.findfont(family))


@contextmanager
def chart(height: float) -> Iterator[tuple[Any, Any, io.StringIO]]:
    """A figure and axes in casebook's style, and a buffer that holds the SVG once the block ends."""
    import matplotlib
    from matplotlib.figure import Figure

    style: dict[Any, Any] = {
        # DejaVu Sans comes with matplotlib and has the letters that Inter lacks.
        "font.family": [_font_family(), "DejaVu Sans"],
        "font.size": 9,
        "text.color": INK,
        "axes.labelcolor": MUTED,
        "axes.edgecolor": RULE,
        "axes.linewidth": 0.8,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.unicode_minus": True,
        "xtick.color": MUTED,
        "ytick.color": MUTED,
        "xtick.major.size": 0,
        "ytick.major.size": 0,
        # Letters as outlines look the same in every reader; the salt keeps the bytes the same.
        "svg.fonttype": "path",
        "svg.hashsalt": "casebook",
        # A client's name may hold a dollar sign; it is no formula.
        "text.parse_math": False,
    }
    buffer = io.StringIO()
    with matplotlib.rc_context(style):
        # Figure without pyplot: no backend, no global state, nothing shown twice.
        figure = Figure(figsize=(WIDTH, height), layout="constrained")
        axes = figure.add_subplot()
        yield figure, axes, buffer
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
