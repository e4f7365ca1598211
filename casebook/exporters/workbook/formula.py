"""A tree as a spreadsheet formula, for Excel and LibreOffice alike.

What differs from Python: a minus sign binds tighter than `^`, comparisons give TRUE and not 1, a division
by zero is an error and not infinity, and 0^0 is an error in Excel. IF, AND and IFERROR keep the record's
meaning where that matters; `limit` below is a text in which a division by zero counts as beyond all amounts,
as it does in the record, for the places where a comparison, a minimum or a maximum looks at it.

Texts are templates: `{c}` stands for the column of the year, `{p}` for that of the year before, `{s}` for
the sheet of steps where it is another one.
"""

from __future__ import annotations

import string
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from casebook.formula.operations import ALONG_YEARS
from casebook.formula.trees import Tree, fold, operands

YEAR_ROW = 5
"""On each sheet by year, the row with the numbers of the years."""

_LONGEST = 1500  # of 8,192; a text that nobody reads at one go is taken apart
_DEEPEST = 16  # of 64 levels of functions

_LOOSE, _COMPARISON, _SUM, _PRODUCT, _POWER, _ATOM = range(6)
_SYMBOLS = {"==": "=", "!=": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_FUNCTIONS = {"abs": "ABS", "exp": "EXP", "sqrt": "SQRT", "floor": "INT"}
_MAY_FAIL = ("sqrt", "log", "**", "exp")
_BEYOND = "1E+200"
_FOUND_BEYOND = "1E+199"


@dataclass(frozen=True)
class Text:
    """A formula and how tightly its outermost operation binds."""

    formula: str
    binds: int = _ATOM
    is_logical: bool = False

    @property
    def number(self) -> Text:
        """The same as a number: 1 for true, 0 for false."""
        return Text(f"IF({self.formula},1,0)") if self.is_logical else self

    def inside(self, needed: int) -> str:
        """In brackets, unless it binds at least as tightly as needed."""
        text = self.number
        return text.formula if text.binds >= needed else f"({text.formula})"


@dataclass(frozen=True)
class Written:
    """A tree written down."""

    plain: Text
    limit: Text
    """The same with what is divided by zero as an amount beyond all others."""
    may_fail: bool = False
    depth: int = 0

    @property
    def condition(self) -> str:
        """Whether it is not 0; what can't be computed is not 0 either, as in the record."""
        text = self.limit
        if text.is_logical:
            return text.formula
        return f"IFERROR({text.inside(_SUM)}<>0,TRUE)" if self.may_fail else f"{text.inside(_SUM)}<>0"


def _same(formula: str, binds: int = _ATOM, *, may_fail: bool = False, depth: int = 0) -> Written:
    text = Text(formula, binds)
    return Written(text, text, may_fail, depth)


class Rows(Protocol):
    """The sheet of steps, as the writer of formulas needs it."""

    def step(self, label: str) -> tuple[str, bool]:
        """The cell of a named step, and whether it may hold an error."""

    def values(self, tree: Tree) -> str:
        """The cell of a list by year or of a computed value."""

    def along_years(self, tree: Tree, first: Text, later: str) -> str:
        """The cell of a row that looks back: `first` in year 1, then `later`, whose own row is `{row}`."""

    def part(self, tree: Tree, text: Text) -> str:
        """The cell of a part that would make its formula too long."""


class Writer:
    """Writes trees; `names` gives each input's defined name and whether it has a value a year."""

    def __init__(self, names: Mapping[str, tuple[str, bool]], rows: Rows) -> None:
        self.names = names
        self.rows = rows

    def write(self, tree: Tree) -> Written:
        """The tree as a formula without the equals sign."""
        return fold(tree, operands, self._node)

    def _node(self, node: Tree, parts: list[Written]) -> Written:
        if not isinstance(node, list):
            return self._leaf(node)
        if node[0] in ALONG_YEARS:
            return self._along_years(node, parts)
        written = _operation(node, parts)
        if len(written.plain.formula) <= _LONGEST and written.depth <= _DEEPEST:
            return written
        plain = Text(self.rows.part(node, written.plain.number))
        same = written.limit == written.plain
        limit = plain if same else Text(self.rows.part(node, written.limit.number))
        return Written(plain, limit, written.may_fail)

    def _along_years(self, node: Tree, parts: list[Written]) -> Written:
        one, other = (part.plain.number for part in parts)
        may_fail = any(part.may_fail for part in parts)
        if node[0] == "previous":
            last_year = one.formula.replace("{c}", "{p}")
            return _same(self.rows.along_years(node, other, last_year), may_fail=may_fail)
        if node[0] == "compound":
            grown = f"{{p}}{{row}}*(1+{other.inside(_SUM)})"
            return _same(self.rows.along_years(node, one, grown), may_fail=may_fail)
        kept = "" if other.formula == "1" else f"{other.inside(_POWER)}*"
        later = f"{kept}{{p}}{{row}}+{one.inside(_PRODUCT)}"
        total = self.rows.along_years(["cumulative", *node[1:]], one, later)
        if node[0] == "cumulative":
            return _same(total, may_fail=may_fail)
        return _same(f"{total}-{one.inside(_PRODUCT)}/2", _SUM, may_fail=may_fail)

    def _leaf(self, node: Tree) -> Written:
        if "input" in node:
            name, by_year = self.names[node["input"]]
            return _same(f"INDEX({name},1,{{c}}${YEAR_ROW})" if by_year else name)
        if "step" in node:
            cell, may_fail = self.rows.step(node["step"])
            return _same(cell, may_fail=may_fail)
        if "year" in node:
            return _same(f"{{c}}${YEAR_ROW}")
        if "number" in node and not isinstance(node["number"], list):
            return _same(literal(node["number"]), _ATOM if node["number"] >= 0 else _LOOSE)
        return _same(self.rows.values(node))


def literal(number: float) -> str:
    """A number as formulas write it.

    >>> literal(12.0), literal(-0.05), literal(1e-7), literal(2.5e22)
    ('12', '-0.05', '1E-07', '2.5E+22')
    """
    value = float(number)
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value).upper()


def quoted(text: str) -> str:
    """A text as formulas write it.

    >>> print(quoted('the "true" rate'))
    "the ""true"" rate"
    """
    return '"' + text.replace('"', '""') + '"'


def spliced(phrase: str, **parts: str) -> str:
    """A phrase whose parts are formulas, as one formula that joins them.

    >>> spliced("from {low} to {high}", low="A1", high="ROUND(B1,2)")
    '"from "&A1&" to "&ROUND(B1,2)'
    """
    pieces = []
    for text, name, _, _ in string.Formatter().parse(phrase):
        pieces += [quoted(text)] * bool(text) + ([parts[name]] if name else [])
    return "&".join(pieces)


def _operation(node: Tree, parts: list[Written]) -> Written:
    name = node[0]
    depth = 1 + max(part.depth for part in parts)
    may_fail = any(part.may_fail for part in parts)
    if name in _SYMBOLS:
        left, right = (part.limit.inside(_SUM) for part in parts)
        compared = f"{left}{_SYMBOLS[name]}{right}"
        if may_fail:  # as with Python's nan, nothing is equal to what can't be computed
            compared = f"IFERROR({compared},{'TRUE' if name == '!=' else 'FALSE'})"
        text = Text(compared, _ATOM if may_fail else _COMPARISON, is_logical=True)
        return Written(text, text, depth=depth)
    if name in ("and", "or", "not"):
        text = Text(f"{name.upper()}({','.join(part.condition for part in parts)})", is_logical=True)
        return Written(text, text, depth=depth)
    if name == "where":
        condition, *branches = parts
        plain, limit = (
            Text(f"IF({condition.condition},{yes.number.formula},{no.number.formula})")
            for yes, no in ([b.plain for b in branches], [b.limit for b in branches])
        )
        return Written(plain, limit, any(b.may_fail for b in branches), depth)
    if name in ("minimum", "maximum"):
        return _extreme(name, parts, may_fail, depth)
    if name == "/":
        return _quotient(node[2], *parts, depth=depth)
    plain = _plain(name, [part.limit if name == "exp" else part.plain for part in parts])
    limit = _plain(name, [part.limit for part in parts])
    if name == "log":
        x = parts[0].limit.number.formula
        limit = Text(f"IF({parts[0].limit.inside(_SUM)}=0,-{_BEYOND},LN({x}))")
    harmless = name == "**" and _is_count(node[2])
    return Written(plain, limit, may_fail or (name in _MAY_FAIL and not harmless), depth)


def _plain(name: str, parts: list[Text]) -> Text:
    """Operations that mean the same in a spreadsheet, once brackets are right."""
    if name in ("+", "-"):
        return Text(f"{parts[0].inside(_SUM)}{name}{parts[1].inside(_PRODUCT)}", _SUM)
    if name == "*":
        return Text(f"{parts[0].inside(_PRODUCT)}*{parts[1].inside(_POWER)}", _PRODUCT)
    if name == "negative":
        return Text(f"-{parts[0].inside(_ATOM)}", _LOOSE)
    if name == "ceil":
        return Text(f"-INT(-{parts[0].inside(_ATOM)})", _LOOSE)
    if name == "log":
        return Text(f"LN({parts[0].number.formula})")
    if name == "**":
        base, exponent = (part.inside(_ATOM) for part in parts)
        if exponent.replace(".", "").isdigit() and float(exponent) > 0:
            return Text(f"{base}^{exponent}", _POWER)
        return Text(f"IF({exponent}=0,1,{base}^{exponent})")
    return Text(f"{_FUNCTIONS[name]}({parts[0].number.formula})")


def _quotient(divisor: Tree, above: Written, below: Written, *, depth: int) -> Written:
    plain = Text(f"{above.plain.inside(_PRODUCT)}/{below.limit.inside(_POWER)}", _PRODUCT)
    if _is_never_zero(divisor):
        limit = Text(f"{above.limit.inside(_PRODUCT)}/{below.plain.inside(_POWER)}", _PRODUCT)
        return Written(plain, limit, above.may_fail or below.may_fail, depth)
    a, b = above.limit, below.limit
    beyond = f"SIGN({a.number.formula})*{_BEYOND}"
    divided = f"{a.inside(_PRODUCT)}/{b.inside(_POWER)}"
    limit = Text(f"IF(AND({b.inside(_SUM)}=0,{a.inside(_SUM)}<>0),{beyond},{divided})")
    return Written(plain, limit, True, depth + 1)


def _is_never_zero(tree: Tree) -> bool:
    """Whether it is a number, or the larger of one above 0 and something else, as the sum of shares is."""
    if isinstance(tree, list):
        return tree[0] == "maximum" and any(_literal(part) > 0 for part in tree[1:])
    return _literal(tree) != 0


def _extreme(name: str, parts: list[Written], may_fail: bool, depth: int) -> Written:
    function = "MIN" if name == "minimum" else "MAX"
    found = f"{function}({','.join(part.limit.number.formula for part in parts)})"
    limit = Text(found)
    if all(part.limit == part.plain for part in parts):
        return Written(limit, limit, may_fail, depth)
    # An amount beyond all others may be passed over, but it must not come out.
    beyond = f"<=-{_FOUND_BEYOND}" if name == "minimum" else f">={_FOUND_BEYOND}"
    return Written(Text(f"IF({found}{beyond},NA(),{found})"), limit, True, depth + 1)


def _is_count(tree: Tree) -> bool:
    number = _literal(tree)
    return number > 0 and float(number).is_integer()


def _literal(tree: Tree) -> float:
    """The number that a tree is; 0 for any other."""
    number = tree.get("number") if isinstance(tree, dict) else None
    return number if isinstance(number, (int, float)) else 0.0
