"""What a view shows: components of plain text, which each output sets in its own way.

Nothing in them is markup, so nothing that a client writes can become any. In a notebook they stand as JSON,
which may come from anywhere: `from_json` is the one way back.
"""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar, get_args

Lines = Literal["", "lead", "steps"]
RowStyle = Literal["plain", "heading", "sum", "subtotal", "total", "detail"]
Tone = Literal["info", "warning"]


@dataclass(frozen=True)
class Column:
    """A column of a table: of text, or of figures, which stand right."""

    label: str
    align: Literal["left", "right"] = "left"
    weight: float = 1
    """Its width beside the other columns of text; a column of figures is as wide as they are."""
    lines: Lines = ""
    """How the lines of a cell differ: in `lead` the first stands out, in `steps` the last is the result."""


@dataclass(frozen=True)
class Row:
    """A row of a table; one that is a heading has a single cell that counts."""

    cells: Sequence[str]
    style: RowStyle = "plain"
    link: str | None = None
    """Where its first line leads; see `target`."""

    @property
    def target(self) -> str | None:
        """The file beside this one that the row leads to: never a place on the web or a script.

        >>> Row([], link="../acme/case.html").target, Row([], link="javascript:alert(1)").target
        ('../acme/case.html', None)
        """
        known = re.fullmatch(r"(\.\./)*([\w%~-][\w.%~-]*/)*[\w%~-][\w.%~-]*", self.link or "", re.ASCII)
        return self.link if known else None


@dataclass(frozen=True)
class Table:
    """Rows under columns; a row may have fewer cells, or more, which are not shown."""

    columns: Sequence[Column]
    rows: Sequence[Row]
    caption: str = ""
    note: str = ""
    compact: bool = False
    """A long register, in smaller type."""
    whole: bool = False
    """Read as one, so that it should stand on one page."""


@dataclass(frozen=True)
class Chart:
    """A drawing."""

    svg: str
    alt: str
    """What it shows, in words; never empty."""
    caption: str = ""
    note: str = ""


@dataclass(frozen=True)
class Tile:
    """A figure, and what it rests on."""

    label: str
    value: str
    basis: str = ""


@dataclass(frozen=True)
class Tiles:
    """The figures that come first."""

    items: Sequence[Tile]


@dataclass(frozen=True)
class Callout:
    """A boxed remark; `callout` makes one."""

    title: str
    """With the full stop that divides it from the text."""
    text: str
    tone: Tone = "info"


@dataclass(frozen=True)
class Gap:
    """Why there is nothing to show, for the analyst: documents leave its section out; `gap` makes one."""

    title: str
    text: str
    quiet: bool = False
    """What most cases rightly have not: it is left out without a warning."""


@dataclass(frozen=True)
class Paragraphs:
    """Prose."""

    paragraphs: Sequence[str]


@dataclass(frozen=True)
class List:
    """Items below each other, numbered where they are ordered."""

    items: Sequence[str]
    ordered: bool


@dataclass(frozen=True)
class Group:
    """Several components as one; `group` makes one."""

    items: Sequence[Component]


Component = Table | Chart | Tiles | Callout | Gap | Paragraphs | List | Group

_NAMES: dict[type, str] = {
    Table: "table",
    Chart: "chart",
    Tiles: "tiles",
    Callout: "callout",
    Gap: "gap",
    Paragraphs: "text",
    List: "list",
    Group: "group",
}
"""What each is called in JSON."""


def left(label: str, weight: float = 1, *, lines: Lines = "") -> Column:
    """A column of text."""
    return Column(label, "left", weight, lines)


def right(label: str) -> Column:
    """A column of figures."""
    return Column(label, "right")


def row(*cells: str, style: RowStyle = "plain", link: str | None = None) -> Row:
    """A row of these cells."""
    return Row(cells, style, link)


def callout(title: str, text: str, *, tone: Tone = "info") -> Callout:
    """A remark whose title is set before its text."""
    return Callout(f"{title}.", text, tone)


def gap(title: str, text: str, *, quiet: bool = False) -> Gap:
    """The remark to the analyst that there is nothing to show."""
    return Gap(f"{title}.", text, quiet)


def group(items: Iterable[Component]) -> Component:
    """Several components as one; a single one stands for itself."""
    items = list(items)
    return items[0] if len(items) == 1 else Group(items)


def transform(component: Component, change: Callable[[Component], Component | None]) -> Component | None:
    """Change each component that is not a group; None is left out, and so is a group left empty."""
    if not isinstance(component, Group):
        return change(component)
    kept = [shown for item in component.items if (shown := transform(item, change)) is not None]
    return Group(kept) if kept else None


def to_json(component: Component) -> dict[str, Any]:
    """A component as JSON, without the flags and links that are not set.

    >>> to_json(List(["one"], ordered=True))
    {'view': 'list', 'items': ['one'], 'ordered': True}
    """
    data: dict[str, Any] = _json(component)
    return data


def _json(part: Any) -> Any:
    if isinstance(part, (list, tuple)):
        return [_json(each) for each in part]
    if not dataclasses.is_dataclass(part):
        return part
    data = {"view": _NAMES[type(part)]} if type(part) in _NAMES else {}
    for field in dataclasses.fields(part):
        value = getattr(part, field.name)
        if value is not field.default or value not in (False, None):
            data[field.name] = _json(value)
    return data


def from_json(data: Any) -> Component:
    """The component that JSON stands for. Raises ValueError where it is unknown or damaged.

    >>> from_json({"view": "text", "paragraphs": ["1 < 2"]})
    Paragraphs(paragraphs=['1 < 2'])
    """
    try:
        return _component(data)
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"the view is damaged: {type(error).__name__} {error}") from error


def _component(data: Mapping[str, Any]) -> Component:
    def text(key: str) -> str:
        return _text(data.get(key))

    match data.get("view"):
        case "table":
            columns, rows = _each(_column, data["columns"]), _each(_row, data["rows"])
            compact, whole = bool(data.get("compact")), bool(data.get("whole"))
            return Table(columns, rows, text("caption"), text("note"), compact, whole)
        case "chart":
            alt = text("alt") or text("caption") or "Chart"
            return Chart(_text(data["svg"]), alt, text("caption"), text("note"))
        case "tiles":
            return Tiles(_each(_tile, data["items"]))
        case "callout":
            return Callout(text("title"), text("text"), _one_of(Tone, data.get("tone"), "info"))
        case "gap":
            return Gap(text("title"), text("text"), bool(data.get("quiet")))
        case "text":
            return Paragraphs(_each(_text, data["paragraphs"]))
        case "list":
            return List(_each(_text, data["items"]), bool(data.get("ordered")))
        case "group":
            return Group(_each(_component, data["items"]))
        case unknown:
            raise ValueError(f"no view is called {unknown!r}; known are {', '.join(sorted(_NAMES.values()))}")


def _column(data: Mapping[str, Any]) -> Column:
    weight = float(data.get("weight") or 1)
    if not 0 < weight < math.inf:
        raise ValueError(f"a column's weight is {weight:g}; must be a number above 0")
    align: Literal["left", "right"] = "right" if data.get("align") == "right" else "left"
    return Column(_text(data["label"]), align, weight, _one_of(Lines, data.get("lines"), ""))


def _row(data: Mapping[str, Any]) -> Row:
    style: RowStyle = _one_of(RowStyle, data.get("style"), "plain")
    return Row(_each(_text, data["cells"]), style, _text(data.get("link")) or None)


def _tile(data: Mapping[str, Any]) -> Tile:
    return Tile(_text(data["label"]), _text(data["value"]), _text(data.get("basis")))


_T = TypeVar("_T")


def _each(parse: Callable[[Any], _T], items: Any) -> list[_T]:
    if not isinstance(items, list):
        raise ValueError(f"{items!r} is not a list")
    return [parse(item) for item in items]


def _one_of(choices: Any, value: Any, otherwise: Any) -> Any:
    """A known word; another stands for the usual one, as from a version that knows more of them."""
    return value if value in get_args(choices) else otherwise


def _text(value: Any) -> str:
    if value is None:
        return ""
    if not isinstance(value, (str, int, float)):
        raise ValueError(f"{value!r} is no text")
    return str(value)
