"""Colours as `#rrggbb`, and shades of them that can be read, by the contrast formula of WCAG 2.2."""

from __future__ import annotations

import colorsys
import re

DEFAULT = "#0b5fa5"
"""A blue, where a client has no colour of its own."""

WHITE = "#ffffff"
READABLE = 4.5
"""The contrast that WCAG 2.2 asks of text (success criterion 1.4.3)."""

_HEX = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})\Z")


def parse(text: object) -> str:
    """The colour that is written as #rgb or #rrggbb; the default for anything else.

    >>> parse("#FFF"), parse("red;}")
    ('#ffffff', '#0b5fa5')
    """
    digits = (text if isinstance(text, str) and _HEX.match(text) else DEFAULT)[1:].lower()
    return "#" + (digits if len(digits) == 6 else "".join(2 * digit for digit in digits))


def accent(text: object) -> str:
    """The client's colour as text on white; a blue where there is none.

    >>> accent("#ff0"), accent(None)
    ('#7a7a00', '#0b5fa5')
    """
    return readable(parse(text), WHITE)


def readable(colour: str, on: str) -> str:
    """The nearest shade that can be read as text on `on`: darker on a light ground, lighter on a dark one."""
    hue, light, saturation = colorsys.rgb_to_hls(*_channels(colour))
    step, end = (-0.01, 0.0) if _luminance(on) > 0.18 else (0.01, 1.0)
    while contrast(colour, on) < READABLE and light != end:
        light = min(max(light + step, 0.0), 1.0)
        colour = from_channels(*colorsys.hls_to_rgb(hue, light, saturation))
    return colour


def mix(colour: str, other: str, share: float) -> str:
    """`share` of `other` in `colour`.

    >>> mix("#000000", "#ffffff", 0.5)
    '#808080'
    """
    pairs = zip(_channels(colour), _channels(other), strict=True)
    return from_channels(*(one + (another - one) * share for one, another in pairs))


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2.2, from 1 to 21.

    >>> round(contrast("#000000", "#ffffff"))
    21
    """
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def from_channels(*channels: float) -> str:
    """The colour of red, green and blue, each from 0 to 1."""
    return "#" + "".join(f"{round(channel * 255):02x}" for channel in channels)


def _channels(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    return red, green, blue


def _luminance(colour: str) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in _channels(colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
