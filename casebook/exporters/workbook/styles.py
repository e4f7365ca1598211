"""Formats of cells: by unit, by currency, and by what a cell is for."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook

from casebook.formatting import Formatter
from casebook.views import colour

_GREY, _RULE, _PAPER = "#5f6670", "#c9ced6", "#ffffff"
_EDITABLE, _EDITABLE_RULE, _EDITABLE_INK = "#fff7dc", "#d8b95c", "#1f3fbf"
_COMPUTED = "#eeeeee"


class Styles:
    """The formats of one workbook, each made once."""

    def __init__(self, book: Workbook, client_colour: object) -> None:
        self._book = book
        self._made: dict[str, Format] = {}
        self.accent = colour.accent(client_colour)
        tint = colour.mix(self.accent, colour.WHITE, 0.92)
        self._parts: dict[str, dict[str, Any]] = {
            "title": {"bold": True, "font_size": 18, "font_color": self.accent, "text_wrap": False},
            "subtitle": {"font_size": 11, "font_color": _GREY, "text_wrap": False},
            "lead": {"font_size": 12, "bold": True},
            "small": {"font_size": 9, "font_color": _GREY},
            "plain": {},
            "head": {"bold": True, "font_color": _PAPER, "bg_color": self.accent, "valign": "vcenter"},
            "period": {"font_size": 8, "font_color": _GREY, "align": "right"},
            "section": {"bold": True, "font_color": self.accent, "bottom": 1, "bottom_color": self.accent},
            "row": {"bottom": 4, "bottom_color": _RULE},
            "total": {"bold": True, "bg_color": tint, "top": 1, "top_color": self.accent},
            "detail": {"font_color": _GREY, "italic": True},
            "edit": {
                "locked": False,
                "bg_color": _EDITABLE,
                "font_color": _EDITABLE_INK,
                "border": 1,
                "border_color": _EDITABLE_RULE,
            },
            "computed": {"bg_color": _COMPUTED, "italic": True},
            "tile": {
                "bg_color": tint,
                "font_color": _GREY,
                "font_size": 9,
                "top": 5,
                "top_color": self.accent,
            },
            "tile figure": {"bg_color": tint, "bold": True, "font_size": 16, "font_color": self.accent},
            "tile note": {"bg_color": tint, "font_color": _GREY, "font_size": 8},
            "notice": {"bg_color": "#fff1e0", "left": 5, "left_color": "#d9822b", "indent": 1},
            "link": {"font_color": self.accent, "underline": 1},
            "error": {"font_color": _RULE},
            "right": {"align": "right"},
            "left": {"align": "left"},
            "beside": {"align": "left", "indent": 1},
            "centre": {"align": "center"},
        }

    def get(self, *names: str, number: str = "", **more: Any) -> Format:
        """The format made of the named parts, later ones above earlier ones."""
        known = repr((names, number, sorted(more.items())))
        if known not in self._made:
            looks: dict[str, Any] = {
                "font_name": "Arial",
                "font_size": 10,
                "valign": "vcenter",
                "text_wrap": True,
            }
            for name in names:
                looks |= self._parts[name]
            if number:
                looks |= {"num_format": number, "text_wrap": False}
            self._made[known] = self._book.add_format(looks | more)
        return self._made[known]


class NumberFormats:
    """Number formats of one currency and locale; the separators are the reader's own spreadsheet's.

    >>> formats = NumberFormats("USD", "en_US")
    >>> formats.given("share", [0.1]), formats.given("customers", [0.125])
    ('0.0#%', '#,##0.0##')
    """

    ratio = "0.00"
    factor = "0.0000"
    integer = "0"

    def __init__(self, currency: str, locale: str) -> None:
        self._formatter = Formatter(currency, locale)
        space = self._formatter.share(0.05).replace("%", "").replace("5", "")
        self._per_cent = f'"{space}"%' if space.isspace() else "%"
        self.share = f"0.0#{self._per_cent}"
        self.return_ = f"[>=10]#,##0{self._per_cent};[<0]-{self.share};{self.share}"
        before, after = self._formatter.money(1).split("1")
        self._before, self._after = (
            f'"{part.replace(chr(34), "")}"' if part else "" for part in (before, after)
        )
        self._usual = self._formatter.places([0.25])
        less, one, many = (self._formatter.months(count) for count in (0.5, 1, 7))
        self.months = f'[<1]"{less}";[<1.5]0"{one.removeprefix("1")}";0"{many.removeprefix("7")}"'

    def money(self, values: Iterable[float] = (), *, zero: str = '"–"') -> str:
        """Amounts of a table: decimals only where all of them are small."""
        finite = [value for value in values if abs(value) < 1e15]
        return self._signed("#,##0" + _decimals(self._formatter.places(finite))) + (
            f";{zero}" if zero else ""
        )

    def given(self, unit: str, values: Iterable[float]) -> str:
        """An input or a step of a unit, with the decimals that it was given with."""
        base = unit.split("/", 1)[0].strip()
        places = max((_places(value * 100 if base == "share" else value) for value in values), default=0)
        if base == "share":
            return f"0.0{'#' * max(1, min(places, 8) - 1)}{self._per_cent}"
        if base == "currency":
            usual = _decimals(self._usual)
            if places:
                return self._signed(f"#,##0{usual or '.'}{'#' * (min(places, 8) - self._usual)}")
            small = self._around(f"#,##0{usual}")
            return f"[>=1000]{self._around('#,##0')};[<0]-{small};{small}"
        if places:
            return f"#,##0.0{'#' * (min(places, 8) - 1)}"
        return "[>=1000]#,##0;[<0]-General;General"

    def result(self, unit: str, values: Iterable[float]) -> str:
        """What a formula gives, of a unit: never more decimals than can be read."""
        base = unit.split("/", 1)[0].strip()
        if base == "share":
            return self.share
        if base == "currency":
            return self.money(values)
        small = all(abs(value) < 1000 for value in values)
        return "#,##0.0##" if small and any(_places(value) for value in values) else "#,##0"

    def solved(self, unit: str, value: float) -> str:
        """A value that was solved for, to five digits."""
        base = unit.split("/", 1)[0].strip()
        shown = abs(100 * value if base == "share" else value) or 1.0
        digits = "#,##0" + _decimals(min(10, max(0, 4 - math.floor(math.log10(shown)))))
        if base == "share":
            return digits + self._per_cent
        return self._signed(digits) if base == "currency" else digits

    def chance(self, share: float) -> str:
        """A simulated share in whole per cent; near its ends, that it is not quite none or all."""
        to = self._formatter
        if 0 < share < 0.005:
            return f'"{to.say("under {share}", share=to.share(0.01))}"'
        if 0.995 <= share < 1:
            return f'"{to.say("over {share}", share=to.share(0.99))}"'
        return f"0{self._per_cent}"

    def _around(self, digits: str) -> str:
        return f"{self._before}{digits}{self._after}"

    def _signed(self, digits: str) -> str:
        return f"{self._around(digits)};-{self._around(digits)}"


def _decimals(places: int) -> str:
    return f".{'0' * places}" if places else ""


def _places(value: float) -> int:
    """Decimals of a number as it is written down, up to 12 significant digits."""
    text = f"{value:.12g}"
    if "e" in text:
        return 8 if "e-" in text else 0
    return len(text.partition(".")[2])
