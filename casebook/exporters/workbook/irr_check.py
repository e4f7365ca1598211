"""The sheet that tells by formula whether one internal rate can be meant, and which: the model's own rule."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from casebook.case.finance import HALVINGS, LEAST_GROWTH, InternalRate, narrowing_growth, sign_changes
from casebook.exporters.workbook.cash_flow import FIGURE_WORDS, Block, RateCells, blocks
from casebook.exporters.workbook.cash_flow import SHEET as CASH_FLOW
from casebook.exporters.workbook.context import HEAD_ROW, Context
from casebook.exporters.workbook.formula import quoted, spliced
from casebook.exporters.workbook.page import Page, column
from casebook.exporters.workbook.sheet_plan import START
from casebook.i18n import Phrase
from casebook.presentation.result import BORROWING, NO_RATE, NOT_UNIQUE, ONLY_ABOVE_ZERO

SHEET = "IRR check"

ABOUT = (
    "A cash flow that changes sign once has one internal rate of return. One that changes sign more often "
    "has one above zero where its running total changes sign once and does not end at zero (Norstrøm). "
    "Otherwise there may be several, or none."
)
FACTS = (
    "Changes of sign: net",
    "Changes of sign: running total",
    "Running total at the end",
    "Sign of the first amount",
    "Last period with money",
    "One rate (1: in all, 2: above zero, 0: neither)",
    "The rate",
    "The spreadsheet's own IRR, started there",
    "In words",
)
SIGNS = ("Period", "Net: sign so far", "Risk-adjusted", "Balance: sign so far", "Risk-adjusted")
STEPS = ("Step", "1 + rate, at most", "Risk-adjusted", "Divided by, while it stays above the rate")
ONLY = "the only rate: the cash flow changes sign once"
PER_CENT = "{number}%"

_FACTS = HEAD_ROW + 1
_SIGNS = _FACTS + len(FACTS) + 2
"""The row of the start; the years follow."""
_CHANGES, _CHANGES_OF_TOTAL, _END, _FIRST, _LAST, _ONE, _RATE, _OWN, _WORDS = range(len(FACTS))
WORDS_ROW = _FACTS + _WORDS
_NONE = "–"


def cells(context: Context) -> tuple[RateCells, RateCells]:
    """What the sheet of cash flow shows of the base case and of the risk-adjusted one."""
    base, adjusted = blocks(context)
    return _cells(context, "B", base.internal_rate), _cells(context, "C", adjusted.internal_rate)


def _cells(context: Context, letter: str, internal: InternalRate) -> RateCells:
    one, first, rate, said = (
        f"{context.ref(SHEET)}${letter}${_FACTS + place}" for place in (_ONE, _FIRST, _RATE, _WORDS)
    )
    text = context.formatter.translate(words(internal))
    definition = context.say(FIGURE_WORDS["internal_rate_of_return"][1])
    return RateCells(
        figure=(
            f"IF({one}*{first}<0,{rate},{said})",
            text if internal.rate is None or internal.is_borrowing else internal.rate,
        ),
        note=(
            f'IF({one}=2,UPPER(LEFT({said},1))&MID({said},2,999)&".",{quoted(definition)})',
            f"{text[:1].upper()}{text[1:]}." if internal.state == "one rate above zero" else definition,
        ),
    )


def words(internal: InternalRate) -> Phrase:
    """What is said beside a rate, or in its place."""
    if internal.rate is None:
        return Phrase(NOT_UNIQUE, count=internal.changes) if internal.changes else Phrase(NO_RATE)
    if internal.is_borrowing:
        size = abs(internal.rate)
        places = 0 if size >= 1 else 1 if size >= 0.01 else 2
        return Phrase(BORROWING, rate=Phrase(PER_CENT, number=round(100 * internal.rate, places)))
    return Phrase(ONLY) if internal.changes == 1 else Phrase(ONLY_ABOVE_ZERO, count=internal.changes)


def write(context: Context) -> None:
    """Write the sheet."""
    say = context.say
    page = context.page(SHEET, say("Internal rate of return: is there one?"), "")
    page.widths(44, 34, 34, 34, 22)
    page.wide(2, 0, 4, say(ABOUT), context.styles.get("subtitle", text_wrap=True))
    page.printing(context.setup)
    page.sheet.print_area(0, 0, _steps(context) - 3, 4)
    page.heads(HEAD_ROW, ["", say("Base case"), say("Risk-adjusted")], right_from=1, right_to=2)
    page.heads(_SIGNS - 1, [say(head) for head in SIGNS], right_from=1, right_to=4)
    page.heads(_steps(context) - 1, [say(head) for head in STEPS], right_from=1, right_to=3)
    small, labels = context.styles.get("row", "left", number="0"), context.styles.get("row")
    page.height(_FACTS + _WORDS, 60)
    for place, label in enumerate(FACTS):
        page.text(_FACTS + place, 0, say(label), labels)
    for period in range(context.years + 1):
        page.number(_SIGNS + period, 0, period, small)
    for step in range(len(HALVINGS) + 1):
        page.number(_steps(context) + step, 0, step, small)
    for step, power in enumerate(HALVINGS, start=1):
        divisor = context.styles.get("row", number="General")
        page.formula(_steps(context) + step, 3, f"2^(2^{power})", 2.0**2.0**power, divisor)
    for col, block in enumerate(blocks(context), start=1):
        _facts(context, page, col, block)
        _signs(context, page, col, block.top + 3, block.net)
        _signs(context, page, col + 2, block.top + 4, block.balance)
        _narrowing(context, page, col, block)


def _steps(context: Context) -> int:
    """The row in which the bounds of the rate begin."""
    return _SIGNS + context.years + 3


def _facts(context: Context, page: Page, col: int, block: Block) -> None:
    letter, internal = column(col), block.internal_rate
    fact = [f"{letter}${_FACTS + place}" for place in range(len(FACTS))]
    last = _SIGNS + context.years
    end = f"{context.ref(CASH_FLOW)}{column(context.last)}{block.top + 4}"
    one = {"one rate": 1, "one rate above zero": 2}.get(internal.state, 0)
    used = np.flatnonzero(block.net)
    sign = 0 if not used.size else 1 if internal.is_borrowing else -1
    flow = f"{block.prefix}net_cash_flow"
    rows: Sequence[tuple[str, float | str, str]] = (
        (_changes(letter, last), internal.changes, "0"),
        (_changes(column(col + 2), last), sign_changes(block.balance), "0"),
        (end, block.balance[-1], context.formats.money([block.balance[-1]], zero="")),
        (f"{letter}{last}*(-1)^{fact[_CHANGES]}", sign, "0"),
        (f"SUMPRODUCT(MAX(({flow}<>0)*periods))", int(used[-1]) if used.size else 0, "0"),
        (
            f"IF({fact[_CHANGES]}<2,{fact[_CHANGES]},"
            f"IF(AND({fact[_CHANGES_OF_TOTAL]}=1,{fact[_END]}<>0),2,0))",
            one,
            "0",
        ),
        (
            f'IF({fact[_ONE]}=0,"{_NONE}",{letter}{_steps(context) + len(HALVINGS)}-1)',
            _NONE if internal.rate is None else internal.rate,
            context.formats.return_,
        ),
        (
            f'IFERROR(IRR({flow},{fact[_RATE]}),"{_NONE}")',
            _NONE if internal.rate is None else internal.rate,
            context.formats.return_,
        ),
        (_in_words(context, fact), context.formatter.translate(words(internal)), ""),
    )
    for place, (formula, value, number) in enumerate(rows):
        page.formula(_FACTS + place, col, formula, value, context.styles.get("row", "right", number=number))


def _changes(letter: str, last: int) -> str:
    return f"SUMPRODUCT(({letter}{_SIGNS}:{letter}{last - 1}*{letter}{_SIGNS + 1}:{letter}{last}<0)*1)"


def _in_words(context: Context, fact: list[str]) -> str:
    say = context.say
    # As `Formatter.share` shows it to the reader of the report.
    places = f"IF(ABS({fact[_RATE]})>=1,0,IF(ABS({fact[_RATE]})>=0.01,1,2))"
    per_cent = spliced(say(PER_CENT), number=f"ROUND(100*{fact[_RATE]},{places})")
    not_unique, above = (spliced(say(text), count=fact[_CHANGES]) for text in (NOT_UNIQUE, ONLY_ABOVE_ZERO))
    single = f"IF({fact[_ONE]}=1,{quoted(say(ONLY))},{above})"
    single = f"IF({fact[_FIRST]}>0,{spliced(say(BORROWING), rate=per_cent)},{single})"
    none = f"IF({fact[_CHANGES]}=0,{quoted(say(NO_RATE))},{not_unique})"
    return f"IF({fact[_ONE]}=0,{none},{single})"


def _signs(context: Context, page: Page, col: int, row: int, amounts: list[float]) -> None:
    """The sign of each amount of a row of the cash flow, or of the one before where it is 0."""
    style, sign = context.styles.get("row", number="0"), 0.0
    for period, money in enumerate(amounts):
        sign = float(np.sign(money)) or sign
        amount = f"{context.ref(CASH_FLOW)}{column(START + period)}{row}"
        before = f"{column(col)}{_SIGNS + period - 1}" if period else "0"
        page.formula(_SIGNS + period, col, f"IF({amount}=0,{before},SIGN({amount}))", sign, style)


def _narrowing(context: Context, page: Page, col: int, block: Block) -> None:
    """The upper bound of 1 + rate after each step."""
    letter, top, internal = column(col), _steps(context), block.internal_rate
    first, last, one = (f"{letter}${_FACTS + place}" for place in (_FIRST, _LAST, _ONE))
    path: Sequence[float | str] = [_NONE] * (len(HALVINGS) + 1)
    if internal.rate is not None:
        path = narrowing_growth(block.net, LEAST_GROWTH if internal.changes == 1 else 1.0)
    for step, value in enumerate(path):
        above = f"{letter}{top + step - 1}"
        growth, flow = f"({above}/$D{top + step})", f"{block.prefix}net_cash_flow"
        # The largest of the weights is 1, so that no amount of many years overflows; where a weight is too
        # small for a number, EXP gives 0 and ^ an error.
        exponent = f"((periods-IF({growth}<1,{last},0))*({flow}<>0))"
        worth = f"{first}*SUMPRODUCT({flow},EXP(-LN{growth}*{exponent}))"
        formula = f"IF({worth}>=0,{growth},{above})" if step else f"IF({one}=1,2^-53,1)*2^512"
        style = context.styles.get("row", "right", number="General")
        page.formula(top + step, col, f'IF({one}=0,"{_NONE}",{formula})', value, style)
