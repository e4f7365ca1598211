"""What stands in a document besides prose, and how its place in pandoc's tree is marked."""

from __future__ import annotations

from dataclasses import dataclass

from casebook.exporters.pandoc import Node
from casebook.views.components import Component

PLACE = "casebook"
"""The raw format that marks our own places; all raw nodes of the notebook are gone before any is set."""


@dataclass(frozen=True)
class Picture:
    """An image with its bytes: nothing is fetched later."""

    data: bytes
    """The file's content, whose beginning agrees with the media type."""
    media_type: str
    """One of image/png, image/jpeg, image/gif, image/webp, image/svg+xml."""
    alt: str
    """What it shows, in words; never empty."""
    caption: str = ""
    """Printed with it."""
    inline: bool = False
    """Within a line of text, as opposed to standing alone."""


@dataclass(frozen=True)
class Flag:
    """A remark of the exporter on something that could not be shown."""

    text: str
    """Without the brackets around it."""


@dataclass(frozen=True)
class Trusted:
    """HTML of a cell whose author vouches for it: the page takes it as it is."""

    html: str
    """With its scripts."""
    blocks: list[Node]
    """What paper shows of it."""


Embed = Component | Picture | Flag | Trusted


def place(embeds: list[Embed], embed: Embed, *, inline: bool = False) -> Node:
    """Put `embed` on the list and give the node that marks where it stands."""
    embeds.append(embed)
    return {"t": "RawInline" if inline else "RawBlock", "c": [PLACE, str(len(embeds) - 1)]}


def embed_number(node: Node) -> int | None:
    """The number of the embed that `node` marks, or None."""
    if node.get("t") in ("RawInline", "RawBlock") and node["c"][0] == PLACE:
        return int(node["c"][1])
    return None
