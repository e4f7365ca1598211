"""The sheet that finds out how many internal rates there are; `rates.py` explains how."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ...model.result import BORROWING, SEVERAL_RATES, TOUCHING
from .context import Context
from .formula import quoted, spliced
from .page import Page, column
from .rates import BOTH, GRID, HALVINGS, NOISE, NONE, ONE, PER_CENT, SPAN, UNVERIFIED, Search

SHEET = "IRR check"

ABOUT = (
    "A cash flow may have no internal rate of return, one, or several. With u = ln(1 + rate), the present "
    "value is computed on a grid between the bounds that no rate can leave; each change of sign is a rate."
)
FACTS = (
    "Changes of sign in the cash flow: at most so many rates",
    "Lowest u that a rate can have",
    "Highest u",
    "Step of the grid",
    "A turn below this needs a look",
    "Crossings on the grid",
    "Turns near zero",
    "Step of the first crossing",
    "Step of the last crossing",
    "Step of the turn",
    "Present value at the turn ÷ its amounts",
    "Rates at the turn",
    "The spreadsheet's own IRR, started at the first crossing",
    "Number of rates (−1: not verified)",
    "The rate, where there is one",
    "Lowest rate",
    "Highest rate",
    "In words, where there is not exactly one",
    "Money goes out first and comes back (1: yes)",
)
GRID_HEADS = ("Step", "u", "Rate", "Present value ÷ amounts", "Slope", "Crossing", "Turn near zero")
HALVING_HEADS = ("Halving", "Width", "First crossing: u", "Last crossing: u", "Turn: u")

_TOP = 6
_FACTS = 20
"""Rows for the facts of one case above the grid."""
_GRID_TOP = _TOP + _FACTS + 2
_NO_RATE = "–"
_WIDE = 7
"""Columns of one case."""


@dataclass(frozen=True)
class Cells:
    """Where the answer for one case stands on this sheet."""

    count: str
    rate: str
    words: str
    is_return: str


@dataclass(frozen=True)
class _Layout:
    """Rows and columns of one case; columns count from 0."""

    left: int
    signs: int
    """First of the three rows by period."""
    flow: str
    """Name of its net cash flow."""

    def fact(self, place: int) -> str:
        """The cell of a fact."""
        return f"${column(self.left + 1)}${_TOP + place}"

    def grid(self, place: int) -> str:
        """A column of the grid, whole."""
        letter = column(self.left + place)
        return f"${letter}${_GRID_TOP + 1}:${letter}${_GRID_TOP + 1 + GRID}"


def cells(context: Context) -> tuple[Cells, Cells]:
    """Where the answers for the base case and for the risk-adjusted one will stand."""
    places = (13, 14, 17, 18)
    return tuple(  # type: ignore[return-value]
        Cells(*(context.ref(SHEET) + layout.fact(place) for place in places)) for layout in _layouts()
    )


def _layouts() -> tuple[_Layout, _Layout]:
    below = _GRID_TOP + GRID + HALVINGS + 8
    return (
        _Layout(0, below, "net_cash_flow"),
        _Layout(_WIDE + 1, below + 6, "risk_adjusted_net_cash_flow"),
    )


def write(context: Context, searches: tuple[Search, Search]) -> None:
    """Write the sheet."""
    say = context.say
    page = context.page(SHEET, say("Internal rate of return: how many are there?"), say(ABOUT))
    page.widths(*([34, *[15] * 6, 3] * 2))
    page.printing(context.setup)
    page.sheet.print_area(0, 0, _GRID_TOP - 2, 2 * _WIDE)
    page.sheet.freeze_panes(_TOP - 1, 0)
    titles = (say("Base case"), say("Risk-adjusted"))
    for layout, found, title in zip(_layouts(), searches, titles, strict=True):
        style = context.styles.get("section", text_wrap=False)
        page.blank(_TOP - 1, layout.left, layout.left + _WIDE - 1, style)
        page.text(_TOP - 1, layout.left, title, style)
        _by_period(context, page, layout, found, title)
        _facts(context, page, layout, found)
        _grid(context, page, layout, found)
        _halvings(context, page, layout, found)


def _by_period(context: Context, page: Page, layout: _Layout, found: Search, title: str) -> None:
    """Signs, and the first and last amounts that are not zero; on the rows below everything else."""
    row, styles = layout.signs, context.styles
    say = context.say
    labels = (
        say("{title}: sign so far", title=title),
        say("Changes of sign"),
        say("First amount that is not 0"),
        say("Last so far"),
    )
    for offset, label in enumerate(labels):
        page.text(row + offset, 0, label, styles.get("small", text_wrap=False))
    number = styles.get("small", number="General")
    first = last = 0.0
    for period, flow in enumerate(found.flows.tolist()):
        here, before = column(1 + period), column(period)
        amount = f"INDEX({layout.flow},1,{period + 1})"
        sign_before = f"{before}{row}" if period else "0"
        first_before, last_before = (f"{before}{row + n}" if period else "0" for n in (2, 3))
        changed = period > 0 and found.signs[period] * found.signs[period - 1] < 0
        first, last = first or flow, flow or last
        cells_of_period: list[tuple[str, float]] = [
            (f"IF({amount}=0,{sign_before},SIGN({amount}))", found.signs[period]),
            (f"IF({here}{row}*{sign_before}<0,1,0)", int(changed)),
            (f"IF({first_before}=0,{amount},{first_before})", first),
            (f"IF({amount}=0,{last_before},{amount})", last),
        ]
        for offset, (formula, value) in enumerate(cells_of_period):
            page.formula(row + offset, 1 + period, formula, value, number)


def _facts(context: Context, page: Page, layout: _Layout, found: Search) -> None:
    styles, f, flow = context.styles, layout.fact, layout.flow
    end = column(1 + context.years)
    first, last = (f"${end}${layout.signs + n}" for n in (2, 3))
    most = f"SUMPRODUCT(MAX(ABS({flow})))"
    step = (found.high - found.low) / GRID
    near = context.years**2 * step**2 / 8 * float(np.exp(min(context.years * step, 50.0)))
    index = [int(np.flatnonzero(marks)[place]) if marks.any() else 0
             for marks, place in ((found.crosses, 0), (found.crosses, -1), (found.turns, 0))]  # fmt: skip
    ends = [f"${column(layout.left + 2 + n)}${_GRID_TOP + GRID + HALVINGS + 5}" for n in range(3)]
    own = found.lowest if found.crosses.any() else 0.0
    lowest, highest = (found.lowest, found.highest) if found.count > 0 else (_NO_RATE, _NO_RATE)
    noise = f"{NOISE:g}".upper()
    rows: list[tuple[str, Any, str]] = [
        (
         f"SUM($B${layout.signs + 1}:${end}${layout.signs + 1})", found.changes, "0"),
        ( f"IF({f(0)}=0,-1,-LN(1+{most}/ABS({last})))", found.low, ""),
        ( f"IF({f(0)}=0,1,LN(1+{most}/ABS({first})))", found.high, ""),
        ( f"({f(2)}-{f(1)})/{GRID}", step, ""),
        (
         f"{context.years}^2*{f(3)}^2/8*EXP(MIN(50,{context.years}*{f(3)}))", near, ""),
        ( f"SUM({layout.grid(5)})", int(found.crosses.sum()), "0"),
        ( f"SUM({layout.grid(6)})", int(found.turns.sum()), "0"),
        ( f"IF({f(5)}=0,0,MATCH(1,{layout.grid(5)},0)-1)", index[0], "0"),
        ( f"SUMPRODUCT(MAX({layout.grid(5)}*{layout.grid(0)}))", index[1], "0"),
        ( f"IF({f(6)}=0,0,MATCH(1,{layout.grid(6)},0)-1)", index[2], "0"),
        ( _rounded(_present(flow, ends[2], context), noise),
         found.at_turn, ""),
        (
         f"IF(OR({f(0)}={f(5)},{f(6)}<>1),0,IF({f(10)}=0,1,"
         f"IF(SIGN({f(10)})=SIGN(INDEX({layout.grid(3)},{f(9)})),0,2)))", found.touching, "0"),
        (
         f"IF({f(5)}=0,0,IFERROR(IRR({flow},EXP({ends[0]})-1),EXP({ends[0]})-1))", own, ""),
        (
         f"IF(OR({f(0)}=0,{f(0)}={f(5)}),{f(0)},IF({f(6)}>1,-1,{f(5)}+{f(11)}))", found.count, "0"),
        (
         _if_any(f"IF({f(5)}=0,EXP({ends[2]})-1,IF(ABS({f(12)}-{f(15)})<=1E-7*(1+{f(15)}),"
                 f"{f(12)},{f(15)}))", f), lowest, ""),
        ( _if_any(_extreme("MIN", 0, ends, f), f), lowest, ""),
        ( _if_any(_extreme("MAX", 1, ends, f), f), highest, ""),
        ( _words(context, f, first, last), context.formatter.tell(found.words), "words"),
        ( f"IF({first}<0,IF({last}>0,1,0),0)", int(found.ends[0] < 0 < found.ends[1]), "0"),
    ]  # fmt: skip
    for place, (label, (formula, value, kind)) in enumerate(zip(FACTS, rows, strict=True)):
        page.text(
            _TOP + place, layout.left, context.say(label), styles.get("row", text_wrap=False, shrink=True)
        )
        shown = styles.get("row", text_wrap=False) if kind == "words" else styles.get(
            "row", number=kind or "0.000000")  # fmt: skip
        page.formula(_TOP + place, layout.left + 1, formula, value, shown)


def _if_any(formula: str, f: Any) -> str:
    return f"IF({f(13)}<1,{quoted(_NO_RATE)},{formula})"


def _extreme(function: str, which: int, ends: list[str], f: Any) -> str:
    crossing, turn = f"EXP({ends[which]})-1", f"EXP({ends[2]})-1"
    return f"IF({f(5)}=0,{turn},IF({f(11)}>0,{function}({crossing},{turn}),{crossing}))"


def _words(context: Context, f: Any, first: str, last: str) -> str:
    say = context.say
    low, high = (spliced(say(PER_CENT), number=f"ROUND(100*{f(place)},2)") for place in (15, 16))
    both, span = spliced(say(BOTH), first=low, last=high), spliced(say(SPAN), low=low, high=high)
    several = spliced(say(SEVERAL_RATES), count=f(13), rates=f"IF({f(13)}=2,{both},{span})")
    none, one, unverified = (quoted(say(words)) for words in (NONE, ONE, UNVERIFIED))
    borrowing, touching = (spliced(say(words), rate=low) for words in (BORROWING, TOUCHING))
    single = f"IF({f(18)}=1,{one},IF({first}>0,IF({last}<0,{borrowing},{touching}),{touching}))"
    return f"IF({f(13)}=0,{none},IF({f(13)}<2,IF({f(13)}<0,{unverified},{single}),{several}))"


def _weights(at: str, context: Context) -> str:
    # The largest power is 1, so that no flow of many years overflows.
    return f"EXP(-{at}*periods-MAX(0,-{at}*{context.years}))"


def _present(flow: str, at: str, context: Context) -> str:
    weights = _weights(at, context)
    return f"SUMPRODUCT({flow},{weights})/MAX(1E-300,SUMPRODUCT(ABS({flow}),{weights}))"


def _slope(flow: str, at: str, context: Context) -> str:
    weights = _weights(at, context)
    return f"-SUMPRODUCT({flow},periods,{weights})/MAX(1E-300,SUMPRODUCT(ABS({flow}),{weights}))"


def _rounded(formula: str, noise: str) -> str:
    return f"IF(ABS({formula})<={noise},0,{formula})"


def _grid(context: Context, page: Page, layout: _Layout, found: Search) -> None:
    styles, f, left = context.styles, layout.fact, layout.left
    for place, label in enumerate(GRID_HEADS):
        page.text(
            _GRID_TOP, left + place, context.say(label), styles.get("head", "right" if place else "left")
        )
    plain, exact = styles.get("small", "left", number="0"), styles.get("small", number="0.000000")
    flag = styles.get("small", number='0;-0;"·"')
    u, present, slope = (column(left + place) for place in (1, 3, 4))
    noise = f"{NOISE:g}".upper()
    for step in range(GRID + 1):
        row = _GRID_TOP + 1 + step
        at = f"${u}{row}"
        page.number(row, left, step, plain)
        page.formula(row, left + 1, f"{f(1)}+{f(3)}*{column(left)}{row}", float(found.points[step]), exact)
        page.formula(row, left + 2, f"EXP({at})-1", float(np.exp(found.points[step]) - 1), exact)
        value = _rounded(_present(layout.flow, at, context), noise)
        page.formula(row, left + 3, value, float(found.present[step]), exact)
        page.formula(row, left + 4, _slope(layout.flow, at, context), float(found.slope[step]), exact)
        if step == 0:
            page.number(row, left + 5, 0, flag)
            page.number(row, left + 6, 0, flag)
            continue
        here, before = f"{present}{row}", f"{present}{row - 1}"
        crossing = f"IF({here}=0,IF({before}=0,0,1),IF({here}*{before}<0,1,0))"
        page.formula(row, left + 5, crossing, int(found.crosses[step]), flag)
        turn = (
            f"IF(AND({here}*{before}>0,{slope}{row - 1}*{before}<0,{slope}{row}*{here}>=0,"
            f"MIN(ABS({here}),ABS({before}))<{f(4)}),1,0)"
        )
        page.formula(row, left + 6, turn, int(found.turns[step]), flag)


def _halvings(context: Context, page: Page, layout: _Layout, found: Search) -> None:
    """Three bisections, one a column: the first crossing, the last one, the turn."""
    styles, f, left = context.styles, layout.fact, layout.left
    top = _GRID_TOP + GRID + 3
    for place, label in enumerate(HALVING_HEADS):
        page.text(top, left + place, context.say(label), styles.get("head", "right" if place else "left"))
    plain, exact = styles.get("small", "left", number="0"), styles.get("small", number="0.000000")
    signs = top + 1
    page.text(signs, left, context.say("Sign before it"), styles.get("small"))
    for which in range(3):
        grid = layout.grid(4 if which == 2 else 3)
        index = f(7 + which)
        page.formula(
            signs,
            left + 2 + which,
            f"IF({index}=0,0,SIGN(INDEX({grid},{index})))",
            found.signs_there[which],
            plain,
        )
    step = (found.high - found.low) / GRID
    for halving in range(HALVINGS + 1):
        row = top + 2 + halving
        page.number(row, left, halving, plain)
        page.formula(row, left + 1, f"{f(3)}/2^{column(left)}{row}", step / 2**halving, exact)
        for which, function in enumerate((_present, _present, _slope)):
            letter, width = column(left + 2 + which), f"${column(left + 1)}{row}"
            index, value = f(7 + which), found.paths[which][halving]
            if halving == 0:
                formula = f"IF({index}=0,{f(1)},INDEX({layout.grid(1)},{index}))"
            else:
                above = f"{letter}{row - 1}"
                there = function(layout.flow, f"({above}+{width})", context)
                formula = f"{above}+IF(SIGN({there})={letter}${signs},{width},0)"
            page.formula(row, left + 2 + which, formula, value, exact)
