"""Sections that have nothing to show: a document leaves them out, and says so to whoever makes it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from casebook.exporters.embeds import Embed, ViewEmbed, placed
from casebook.exporters.pandoc import Node

LEFT_OUT = "sections with nothing to show are left out"
"""How the warning about them begins."""


def without_gaps(blocks: Sequence[Node], embeds: Sequence[Embed], warn: Callable[[str], None]) -> list[Node]:
    """The blocks without the places of gaps, and without the sections that hold nothing else.

    A section runs from one heading to the next. Prose that introduces a gap goes with it; a heading stays
    where a section below it does. The gaps that are not quiet are told to `warn`, at once.
    """
    sections = list(_sections(blocks))
    kept: list[list[Node]] = []
    below = 0  # the level of the shallowest heading kept since the last shallower one
    for section in reversed(sections):
        shown = [node for node in section if not _is_gap(node, embeds)]
        level = shown[0]["c"][0] if shown and shown[0]["t"] == "Header" else 0
        holds = below > level > 0
        if len(shown) < len(section) and not any(placed(node) is not None for node in shown):
            shown = shown[:1] if holds else []
        elif level and len(shown) == 1 and not holds and _had_below(sections, section):
            shown = []
        if shown and level:
            below = level
        kept.append(shown)
    views = [_view_of(node, embeds) for node in blocks if _is_gap(node, embeds)]
    told = [f"{view['title']} {view['text']}" for view in views if not view.get("quiet")]
    if told:
        warn(f"{LEFT_OUT}: {' '.join(told)}")
    return [node for section in reversed(kept) for node in section]


def _sections(blocks: Iterable[Node]) -> Iterable[list[Node]]:
    section: list[Node] = []
    for node in blocks:
        if node["t"] == "Header":
            yield section
            section = []
        section.append(node)
    yield section


def _is_gap(node: Node, embeds: Sequence[Embed]) -> bool:
    return _view_of(node, embeds).get("view") == "gap"


def _view_of(node: Node, embeds: Sequence[Embed]) -> Mapping[str, Any]:
    number = placed(node)
    embed = embeds[number] if number is not None else None
    return embed.view if isinstance(embed, ViewEmbed) else {}


def _had_below(sections: Sequence[Sequence[Node]], section: Sequence[Node]) -> bool:
    """Whether a deeper heading follows the section: then what it headed has been left out."""
    after = next(n for n, each in enumerate(sections) if each is section) + 1
    return after < len(sections) and sections[after][0]["c"][0] > section[0]["c"][0]
