"""Colours that stay legible, after the contrast formula of WCAG 2.2."""

from __future__ import annotations

import colorsys

LEAST_CONTRAST = 4.5


def readable(colour: str, *, contrast: float = LEAST_CONTRAST) -> str:
    """The colour, darkened as far as it takes to be read as text on white.

    >>> readable("#0b5fa5"), readable("#ff0")
    ('#0b5fa5', '#7a7a00')
    """
    red, green, blue = _channels(colour)
    hue, light, saturation = colorsys.rgb_to_hls(red, green, blue)
    while 1.05 / (luminance(red, green, blue) + 0.05) < contrast and light > 0:
        light -= 0.01
        red, green, blue = (
            round(channel * 255) / 255 for channel in colorsys.hls_to_rgb(hue, max(light, 0), saturation)
        )
    return "#" + "".join(f"{round(channel * 255):02x}" for channel in (red, green, blue))


def _channels(colour: str) -> tuple[float, float, float]:
    digits = colour.lstrip("#")
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    red, green, blue = (int(digits[start : start + 2], 16) / 255 for start in (0, 2, 4))
    return red, green, blue


def luminance(*channels: float) -> float:
    """The relative luminance of red, green and blue, each from 0 to 1."""
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
