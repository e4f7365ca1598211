"""A component as plain text, for terminals and for readers of the notebook's source."""

from __future__ import annotations

from casebook.views.components import (
    Callout,
    Chart,
    Component,
    Gap,
    Group,
    List,
    Paragraphs,
    Table,
    Tile,
    Tiles,
)


def to_text(component: Component) -> str:
    """The component as plain text.

    >>> print(to_text(Tiles([Tile("Payback", "14 months")])))
    Payback: 14 months
    """
    match component:
        case Tiles(items):
            return "\n".join(map(_tile, items))
        case Table():
            return _table(component)
        case Chart(_, alt, caption, note):
            return "\n".join(filter(None, (caption, alt, note)))
        case Callout(title, text) | Gap(title, text):
            return " ".join(filter(None, (title, text)))
        case Paragraphs(paragraphs):
            return "\n\n".join(paragraphs)
        case List(items, ordered):
            return "\n".join(f"{n}. {item}" if ordered else f"- {item}" for n, item in enumerate(items, 1))
        case Group(items):
            return "\n\n".join(map(to_text, items))


def _tile(tile: Tile) -> str:
    return f"{tile.label}: {tile.value}" + (f" ({tile.basis})" if tile.basis else "")


def _table(table: Table) -> str:
    count = len(table.columns)
    rows = [[column.label for column in table.columns]]
    rows += [[" ".join(cell.split("\n")) for cell in row.cells] for row in table.rows]
    rows = [(row + [""] * count)[:count] for row in rows]
    widths = [max(len(row[number]) for row in rows) for number in range(count)]
    lines = [
        "  ".join(
            cell.rjust(width) if column.align == "right" else cell.ljust(width)
            for cell, width, column in zip(row, widths, table.columns, strict=True)
        ).rstrip()
        for row in rows
    ]
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(filter(None, (table.caption, *lines, table.note)))
