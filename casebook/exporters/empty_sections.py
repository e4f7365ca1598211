"""Sections that have nothing to show: a document leaves them out, and says so to whoever makes it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from casebook.exporters.embeds import Embed, embed_number
from casebook.exporters.pandoc import Node
from casebook.views.components import Gap

LEFT_OUT = "sections with nothing to show are left out"
"""How the warning about them begins."""


def without_gaps(blocks: Sequence[Node], embeds: Sequence[Embed], warn: Callable[[str], None]) -> list[Node]:
    """The blocks without the places of gaps, and without the sections that hold nothing else.

    A section runs from one heading to the next. Prose that introduces a gap goes with it; a heading stays
    where a section below it does. The gaps that are not quiet are reported to `warn`, all at once.
    """
    sections = list(_sections(blocks))
    kept: list[list[Node]] = []
    below = 0  # the level of the shallowest heading kept since the last shallower one
    for section in reversed(sections):
        shown = [node for node in section if not _gap_of(node, embeds)]
        level = shown[0]["c"][0] if shown and shown[0]["t"] == "Header" else 0
        holds = below > level > 0
        if len(shown) < len(section) and not any(embed_number(node) is not None for node in shown):
            shown = shown[:1] if holds else []
        elif level and len(shown) == 1 and not holds and _had_below(sections, section):
            shown = []
        if shown and level:
            below = level
        kept.append(shown)
    gaps = [gap for node in blocks if (gap := _gap_of(node, embeds))]
    texts = [f"{gap.title} {gap.text}" for gap in gaps if not gap.quiet]
    if texts:
        warn(f"{LEFT_OUT}: {' '.join(texts)}")
    return [node for section in reversed(kept) for node in section]


def _sections(blocks: Iterable[Node]) -> Iterable[list[Node]]:
    section: list[Node] = []
    for node in blocks:
        if node["t"] == "Header":
            yield section
            section = []
        section.append(node)
    yield section


def _gap_of(node: Node, embeds: Sequence[Embed]) -> Gap | None:
    number = embed_number(node)
    embed = embeds[number] if number is not None else None
    return embed if isinstance(embed, Gap) else None


def _had_below(sections: Sequence[Sequence[Node]], section: Sequence[Node]) -> bool:
    """Whether a deeper heading follows the section: then what it headed has been left out."""
    after = next(n for n, each in enumerate(sections) if each is section) + 1
    return after < len(sections) and sections[after][0]["c"][0] > section[0]["c"][0]
