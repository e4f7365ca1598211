"""A chapter written out as cells, for an author who wants to change its words."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from casebook.errors import InputError, Problem
from casebook.schema.notebooks import source_of
from casebook.schema.wording import closest, listed
from casebook.views.chapters import parts_of

_RATE = "{eval}`case.discount_rate`"

Cell = dict[str, Any]


@dataclass(frozen=True)
class _Call:
    """`case.chapter("risks", without=[…])` as a statement of a cell."""

    case: str
    """The name of the case."""
    chapter: str
    without: Sequence[str]
    before: str
    """The cell's source up to it."""
    after: str
    """And behind it."""


def expand_chapter(cells: Sequence[Cell], chapter: str, *, language: str, notebook: str) -> list[Cell]:
    """The cells, with a chapter's prose as Markdown cells and its views as code cells where it is shown.

    Raises InputError, which names the `notebook`, where no cell shows the chapter.
    """
    expanded: list[Cell] = []
    shown: set[str] = set()
    for cell in cells:
        shown |= {call.chapter for call in _calls(cell)}
        expanded += _expand(cell, chapter, language)
    if chapter not in shown:
        match = closest(chapter, shown)
        known = f"it shows {listed(sorted(shown))}" if shown else "a cell shows one with case.chapter(…)"
        hint = f"did you mean '{match}'?" if match else known
        raise InputError([Problem(notebook, f"no cell shows the chapter '{chapter}'", hint)])
    return _with_own_ids(expanded)


def _expand(cell: Cell, chapter: str, language: str) -> Iterator[Cell]:
    call = next((call for call in _calls(cell) if call.chapter == chapter), None)
    if call is None:
        yield cell
        return
    if call.before:
        yield {**cell, "source": _lines(call.before)}
    for part in parts_of(chapter, call.without):
        if prose := part.prose(language, discount_rate=_RATE):
            yield _cell("markdown", f"{chapter}-{part.name}-prose", prose)
        if part.has_view:
            yield _cell("code", f"{chapter}-{part.name}", f"{call.case}.{part.name}()")
    if call.after:
        yield from _expand({**cell, "source": _lines(call.after)}, chapter, language)


def _calls(cell: Mapping[str, Any]) -> Iterator[_Call]:
    """The chapters that a cell shows, in order."""
    source = source_of(cell)
    try:
        statements = ast.parse(source).body if cell["cell_type"] == "code" else []
    except SyntaxError:  # a cell of magics, or one that is not finished
        return
    for statement in statements:
        match statement:
            case ast.Expr(
                value=ast.Call(
                    func=ast.Attribute(attr="chapter", value=case), args=[ast.Constant(value=str(name))]
                ) as call
            ):
                without = next((each.value for each in call.keywords if each.arg == "without"), ast.List([]))
                content = source.encode()
                begin, end = _place(content, statement)
                yield _Call(
                    case=ast.unparse(case),
                    chapter=name,
                    without=ast.literal_eval(without),
                    before=content[:begin].decode().rstrip("; \n"),
                    after=content[end:].decode().lstrip("; \n"),
                )


def _place(content: bytes, statement: ast.stmt) -> tuple[int, int]:
    """Where a statement begins and ends, in bytes as its columns are."""
    lines = content.splitlines(keepends=True)
    end_line, end_column = statement.end_lineno or 0, statement.end_col_offset or 0
    return (
        sum(map(len, lines[: statement.lineno - 1])) + statement.col_offset,
        sum(map(len, lines[: end_line - 1])) + end_column,
    )


def _cell(kind: str, name: str, source: str) -> Cell:
    code: Cell = {"execution_count": None, "outputs": []} if kind == "code" else {}
    return {"cell_type": kind, "id": name, "metadata": {}, "source": _lines(source), **code}


def _with_own_ids(cells: Sequence[Cell]) -> list[Cell]:
    """The cells, each with an id that no other has."""
    taken: set[str] = set()
    named: list[Cell] = []
    for cell in cells:
        name, number = str(cell.get("id", "cell")), 1
        while name in taken:
            number += 1
            name = f"{cell.get('id', 'cell')}-{number}"
        taken.add(name)
        named.append({**cell, "id": name})
    return named


def _lines(source: str) -> list[str]:
    return source.splitlines(keepends=True)
