"""The client's colour, made fit to be read."""

from __future__ import annotations

import re

from casebook.views import colour as views_colour

DEFAULT = "#0b5fa5"
"""The blue of the charts, where a client has no colour of its own."""

_HEX = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})\Z")
_READABLE = 4.5
"""The contrast that WCAG 2 asks of text (success criterion 1.4.3)."""

Colour = tuple[int, int, int]


def parse(text: object) -> Colour:
    """The colour written as #rgb or #rrggbb; the default for anything else.

    >>> parse("#fff"), parse("red;}")
    ((255, 255, 255), (11, 95, 165))
    """
    digits = (text if isinstance(text, str) and _HEX.match(text) else DEFAULT)[1:]
    if len(digits) == 3:
        digits = "".join(2 * digit for digit in digits)
    return (int(digits[0:2], 16), int(digits[2:4], 16), int(digits[4:6], 16))


def hex_of(colour: Colour) -> str:
    """The colour as #rrggbb."""
    return "#{:02x}{:02x}{:02x}".format(*colour)


def mix(colour: Colour, other: Colour, share: float) -> Colour:
    """`share` of `other` in `colour`.

    >>> mix((0, 0, 0), (255, 255, 255), 0.5)
    (128, 128, 128)
    """
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(colour, other, strict=True))
    return (red, green, blue)


def _luminance(colour: Colour) -> float:
    return views_colour.luminance(*(channel / 255 for channel in colour))


def contrast(one: Colour, other: Colour) -> float:
    """The contrast ratio of WCAG 2, from 1 to 21.

    >>> round(contrast((0, 0, 0), (255, 255, 255)))
    21
    """
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def accent(text: object) -> Colour:
    """The colour as text on white, the same shade as in the charts.

    >>> hex_of(accent("#ff0")), hex_of(accent(None))
    ('#7a7a00', '#0b5fa5')
    """
    return parse(views_colour.readable(hex_of(parse(text))))


def readable(colour: Colour, on: Colour) -> Colour:
    """The nearest shade of `colour` that can be read as text on `on`: darker on light, lighter on dark."""
    towards: Colour = (0, 0, 0) if _luminance(on) > 0.18 else (255, 255, 255)
    for step in range(51):
        shade = mix(colour, towards, step / 50)
        if contrast(shade, on) >= _READABLE:
            return shade
    return towards
