"""What lists ask of Typst beyond pandoc's own markup."""

from __future__ import annotations

from collections.abc import Sequence

from casebook.exporters.pandoc import Node


def is_task(item: Sequence[Node]) -> bool:
    """Whether a list item, its text already turned into calls, began with a box to tick."""
    first = item[0]["c"][:1] if item and item[0]["t"] in ("Plain", "Para") else []
    return bool(first) and first[0].get("task", False)


def from_one(blocks: Sequence[Node]) -> list[Node]:
    """Lists in a list count from one again; Typst would have them start where the outer one does."""
    out: list[Node] = []
    for node in blocks:
        if node["t"] == "OrderedList" and node["c"][0][0] == 1:
            out += [_raw("#cb-from-one["), node, _raw("]")]
        elif node["t"] in ("BulletList", "BlockQuote"):
            bullets = node["t"] == "BulletList"
            inner = [from_one(item) for item in node["c"]] if bullets else from_one(node["c"])
            out.append({**node, "c": inner})
        else:
            out.append(node)
    return out


def _raw(code: str) -> Node:
    return {"t": "RawBlock", "c": ["typst", code]}
