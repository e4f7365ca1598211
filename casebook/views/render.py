"""A view, which is data, as HTML and as plain text. Every string in it is text, and arrives as text."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

View = Mapping[str, Any]

_ASSETS = Path(__file__).parent.parent / "assets"

# HTML can't carry these, not even escaped.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")


def to_html(view: View, *, standalone: bool = False) -> str:
    """The view as an HTML fragment; `standalone` puts its style before it, for JupyterLab.

    Raises ValueError for a kind of view that this version does not know.

    >>> to_html({"view": "text", "paragraphs": ["1 < 2"]})
    '<div class="cb cb-text"><p>1 &lt; 2</p></div>'
    """
    html = _kind(view, _HTML)(view)
    # JupyterLab would set what stands between two dollar signs as mathematics.
    return f'<style>{view_style()}</style><div class="mathjax_ignore">{html}</div>' if standalone else html


def to_text(view: View) -> str:
    """The view as plain text, for terminals and for readers of the notebook's source.

    >>> print(to_text({"view": "tiles", "items": [{"label": "Payback", "value": "14 months"}]}))
    Payback: 14 months
    """
    return _kind(view, _TEXT)(view)


@cache
def view_style() -> str:
    """The style sheet of the views alone; it takes the colours of the theme that it stands in."""
    return (_ASSETS / "views.css").read_text(encoding="utf-8")


def _kind(view: View, renderers: Mapping[str, Callable[[View], str]]) -> Callable[[View], str]:
    name = str(view.get("view"))
    if name not in renderers:
        raise ValueError(f"no view is called {name!r}; known are {', '.join(sorted(renderers))}")
    return renderers[name]


def _plain(text: object) -> str:
    return escape(_UNPRINTABLE.sub("", str(text)), quote=True)


def _lines(text: object) -> str:
    return _plain(text).replace("\n", "<br>")


def _note(view: View) -> str:
    return f'<p class="cb-note">{_lines(view["note"])}</p>' if view.get("note") else ""


def _tiles(view: View) -> str:
    tiles = "".join(
        f'<div class="cb-tile"><dt>{_lines(tile["label"])}</dt>'
        f'<dd class="cb-value">{_lines(tile["value"])}</dd>'
        + (f'<dd class="cb-basis">{_lines(tile["basis"])}</dd>' if tile.get("basis") else "")
        + "</div>"
        for tile in view["items"]
    )
    return f'<div class="cb cb-tiles" style="--count:{min(len(view["items"]), 5)}"><dl>{tiles}</dl></div>'


def _is_right(column: Mapping[str, Any]) -> bool:
    return column.get("align") == "right"


def _columns(view: View) -> str:
    """Left columns share the width by their weights; right ones are as wide as their figures."""
    total = sum(float(c.get("weight") or 1) for c in view["columns"] if not _is_right(c)) or 1
    return "".join(
        '<col class="cb-right">'
        if _is_right(column)
        else f'<col style="width:{100 * float(column.get("weight") or 1) / total:.0f}%">'
        for column in view["columns"]
    )


def _narrowest(view: View) -> float:
    """The width in rem under which a table scrolls instead of breaking its words into a ribbon."""
    width = 0.0
    for number, column in enumerate(view["columns"]):
        cells = [str(row["cells"][number]) for row in view["rows"] if number < len(row["cells"])]
        longest = max((len(text) for text in [str(column["label"]), *cells]), default=0)
        width += longest * 0.5 + 1 if _is_right(column) else 14 if longest > 60 else 9 if longest > 20 else 5
    return width


def _cell(text: object, column: Mapping[str, Any]) -> str:
    """A cell's text; in the columns that say so, its first line or its last one stands out."""
    first, *rest = str(text).split("\n")
    kind = column.get("lines")
    if not rest or kind not in ("lead", "steps"):
        return _lines(text)
    last = f"<br><strong>{_plain(rest.pop())}</strong>" if kind == "steps" else ""
    quiet = "<br>".join(_plain(line) for line in rest)
    return _plain(first) + (f'<br><span class="cb-quiet">{quiet}</span>' if quiet else "") + last


def _naming(columns: Sequence[Mapping[str, Any]]) -> int:
    """The column whose cells say what their rows are about: the first of text, after one of bare numbers."""
    of_text = [number for number, column in enumerate(columns) if not _is_right(column)]
    return next((number for number in of_text if columns[number]["label"]), of_text[0] if of_text else -1)


def _linked(html: str, row: Mapping[str, Any]) -> str:
    """The first line of a cell as a link, where its row leads anywhere."""
    link, (first, line_break, rest) = relative_link(row), html.partition("<br>")
    return f'<a href="{_plain(link)}">{first}</a>{line_break}{rest}' if link else html


def relative_link(row: Mapping[str, Any]) -> str | None:
    """The file beside this one that a row leads to, if it has one: never a place on the web or a script.

    >>> relative_link({"link": "../acme/case.html"}), relative_link({"link": "javascript:alert(1)"})
    ('../acme/case.html', None)
    """
    link = str(row.get("link") or "")
    return link if re.fullmatch(r"(\.\./)*([\w%~-][\w.%~-]*/)*[\w%~-][\w.%~-]*", link, re.ASCII) else None


def _row(row: Mapping[str, Any], columns: Sequence[Mapping[str, Any]]) -> str:
    style = row.get("style", "plain")
    cells = list(row["cells"])
    if style == "heading":
        text = _lines(cells[0] if cells else "")
        return f'<tr class="cb-heading"><th scope="rowgroup" colspan="{len(columns)}">{text}</th></tr>'
    out = []
    cells = (cells + [""] * len(columns))[: len(columns)]
    naming = _naming(columns)
    for number, (column, cell) in enumerate(zip(columns, cells, strict=True)):
        kind = ' class="cb-right"' if _is_right(column) else ""
        if number == naming and cell:
            out.append(f'<th scope="row">{_linked(_cell(cell, column), row)}</th>')
        else:
            out.append(f"<td{kind}>{_cell(cell, column)}</td>")
    known = style if style in ("subtotal", "total", "detail") else "plain"
    return f'<tr class="cb-{known}">{"".join(out)}</tr>'


def _table(view: View) -> str:
    columns = view["columns"]
    caption = f"<caption>{_lines(view['caption'])}</caption>" if view.get("caption") else ""
    heads = "".join(
        f'<th scope="col"{" class=cb-right" if _is_right(column) else ""}>{_lines(column["label"])}</th>'
        if column["label"]
        else "<td></td>"  # a head without words heads nothing
        for column in columns
    )
    rows = "".join(_row(row, columns) for row in view["rows"])
    label = _plain(view.get("caption") or "Table")
    wide = " cb-wide" if len(columns) > 8 or view.get("compact") else ""
    return (
        f'<div class="cb cb-table{wide}">'
        f'<div class="cb-scroll" role="group" tabindex="0" aria-label="{label}">'
        f'<table style="min-width:{_narrowest(view):.0f}rem">{caption}<colgroup>{_columns(view)}</colgroup>'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>{_note(view)}</div>"
    )


def _chart(view: View) -> str:
    # As an image, the drawing can neither run a script nor fetch anything, whatever stands in it.
    data = base64.b64encode(str(view["svg"]).encode("utf-8", "replace")).decode()
    alt = _plain(view.get("alt") or view.get("caption") or "Chart")
    caption = f"<figcaption>{_lines(view['caption'])}</figcaption>" if view.get("caption") else ""
    label = _plain(view.get("caption") or "Chart")
    image = (
        f'<div class="cb-scroll" role="group" tabindex="0" aria-label="{label}">'
        f'<img alt="{alt}" src="data:image/svg+xml;base64,{data}"></div>'
    )
    return f'<figure class="cb cb-chart">{caption}{image}{_note(view)}</figure>'


def _callout(view: View) -> str:
    tone = "warning" if view.get("tone") == "warning" else "info"
    title = f"<strong>{_lines(view['title'])}</strong> " if view.get("title") else ""
    text = f"<p>{title}{_lines(view.get('text', ''))}</p>"
    return f'<div class="cb cb-callout cb-{tone}" role="note">{text}</div>'


def _paragraphs(view: View) -> str:
    text = "".join(f"<p>{_lines(paragraph)}</p>" for paragraph in view["paragraphs"])
    return f'<div class="cb cb-text">{text}</div>'


def _list(view: View) -> str:
    tag = "ol" if view.get("ordered") else "ul"
    items = "".join(f"<li>{_lines(item)}</li>" for item in view["items"])
    return f'<{tag} class="cb cb-list">{items}</{tag}>'


def _group(view: View) -> str:
    return f'<div class="cb cb-group">{"".join(to_html(item) for item in view["items"])}</div>'


def _tiles_text(view: View) -> str:
    return "\n".join(
        f"{tile['label']}: {tile['value']}" + (f" ({tile['basis']})" if tile.get("basis") else "")
        for tile in view["items"]
    )


def _table_text(view: View) -> str:
    rows = [[str(column["label"]) for column in view["columns"]]]
    rows += [[" ".join(str(cell).split("\n")) for cell in row["cells"]] for row in view["rows"]]
    count = len(view["columns"])
    rows = [(row + [""] * count)[:count] for row in rows]
    widths = [max(len(row[number]) for row in rows) for number in range(count)]
    lines = [
        "  ".join(
            cell.rjust(width) if _is_right(column) else cell.ljust(width)
            for cell, width, column in zip(row, widths, view["columns"], strict=True)
        ).rstrip()
        for row in rows
    ]
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join([*_given(view.get("caption")), *lines, *_given(view.get("note"))])


def _given(text: object) -> list[str]:
    return [str(text)] if text else []


def _chart_text(view: View) -> str:
    return "\n".join(_given(view.get("caption")) + _given(view.get("alt")) + _given(view.get("note")))


def _callout_text(view: View) -> str:
    return " ".join(_given(view.get("title")) + _given(view.get("text")))


def _list_text(view: View) -> str:
    marks = (f"{number}." if view.get("ordered") else "-" for number in range(1, len(view["items"]) + 1))
    return "\n".join(f"{mark} {item}" for mark, item in zip(marks, view["items"], strict=True))


_HTML: dict[str, Callable[[View], str]] = {
    "tiles": _tiles,
    "table": _table,
    "chart": _chart,
    "callout": _callout,
    "gap": _callout,
    "text": _paragraphs,
    "list": _list,
    "group": _group,
}

_TEXT: dict[str, Callable[[View], str]] = {
    "tiles": _tiles_text,
    "table": _table_text,
    "chart": _chart_text,
    "callout": _callout_text,
    "gap": _callout_text,
    "text": lambda view: "\n\n".join(str(paragraph) for paragraph in view["paragraphs"]),
    "list": _list_text,
    "group": lambda view: "\n\n".join(to_text(item) for item in view["items"]),
}
