"""How a cell of a table is marked by its author: the few properties of a style that a document keeps."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import tinycss2.color3

from casebook.views import colour

Part = tuple[str, float, float]
"""A colour as #rrggbb, and where it begins and ends, as shares of the cell's width."""

_DECLARATION = re.compile(r"([a-z-]+)\s*:\s*([^;]+)", re.IGNORECASE)
_STOP = re.compile(r"((?:rgba?|hsla?)\([^)]*\)|#\w+|[a-z]+)\s+(-?[\d.]+)%", re.IGNORECASE)
_INKS = (colour.WHITE, "#14213d")


@dataclass(frozen=True)
class CellStyle:
    """What a style says that both formats can show; what else it says is left out."""

    fill: str = ""
    """Colour of the ground as #rrggbb; empty if the style says nothing of colours."""
    ink: str = ""
    """Colour of the text, likewise: neither comes without the other, so that the text can be read."""
    bold: bool = False
    italic: bool = False
    align: str = ""
    """left, center, right, or empty."""
    bar: tuple[Part, ...] = ()
    """Coloured parts of the ground, from left to right, as a bar in a cell has them."""

    @property
    def css(self) -> str:
        """The style that says the same, made of nothing but what was understood.

        >>> parse_style("color:red; position:fixed; background:url(https://a.example)").css
        'background-color:#ffffff;color:#ff0000'
        """
        declarations = (
            self.fill and f"background-color:{self.fill}",
            self.bar and f"background-image:{_gradient(self.bar)}",
            self.ink and f"color:{self.ink}",
            self.bold and "font-weight:bold",
            self.italic and "font-style:italic",
            self.align and f"text-align:{self.align}",
        )
        return ";".join(part for part in declarations if part)


@lru_cache(maxsize=4096)
def parse_style(style: str) -> CellStyle:
    """Read a style attribute; later declarations win, as in CSS.

    >>> parse_style("background-color: #0b5fa5; width: 10em")
    CellStyle(fill='#0b5fa5', ink='#ffffff', bold=False, italic=False, align='', bar=())
    """
    given = {name.lower(): value.strip().lower() for name, value in _DECLARATION.findall(style)}
    ground = given.get("background", "")
    gradient = next((v for v in (given.get("background-image", ""), ground) if "linear-gradient" in v), "")
    fill, bar = _hex(given.get("background-color", ground)), _bar(gradient)
    ink = _hex(given.get("color", ""))
    if (bar or ink) and not fill:  # they are meant for white paper, also on a dark screen
        fill = colour.WHITE
    if fill and not ink:
        ink = max(_INKS, key=lambda ink: colour.contrast(ink, fill))
    weight = given.get("font-weight", "")
    align = given.get("text-align", "")
    return CellStyle(
        fill,
        ink,
        weight in ("bold", "bolder") or (weight.isdigit() and int(weight) >= 600),
        given.get("font-style", "") in ("italic", "oblique"),
        align if align in ("left", "center", "right") else "",
        bar,
    )


def _hex(value: str) -> str:
    """A colour of CSS as #rrggbb on white; empty for one that can't be seen or read."""
    found = tinycss2.color3.parse_color(value) if value else None
    if found is None or isinstance(found, str) or not found.alpha:
        return ""
    solid = colour.from_channels(found.red, found.green, found.blue)
    return colour.mix(colour.WHITE, solid, found.alpha)


def _bar(gradient: str) -> tuple[Part, ...]:
    parts: list[Part] = []
    before, start = None, 0.0
    for name, percent in _STOP.findall(gradient):
        end = min(max(float(percent) / 100, 0.0), 1.0)
        if (before is None or name == before) and end > start and (shown := _hex(name)):
            parts.append((shown, start, end))
        before, start = name, end
    return tuple(parts)


def _gradient(bar: tuple[Part, ...]) -> str:
    stops, at = [], 0.0
    for shown, start, end in bar:
        if start > at:
            stops += [f"transparent {at:.1%}", f"transparent {start:.1%}"]
        stops += [f"{shown} {start:.1%}", f"{shown} {end:.1%}"]
        at = end
    return f"linear-gradient(90deg,{','.join([*stops, f'transparent {at:.1%}'])})"
