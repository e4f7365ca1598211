"""Texts fitted into a sentence, or out of one."""

from __future__ import annotations


def upper_first(text: str) -> str:
    """The text as a sentence or a cell begins."""
    return text[:1].upper() + text[1:]


def lower_first(text: str, language: str = "en") -> str:
    """The text within a sentence; abbreviations keep their capitals, and so does German: most are nouns.

    >>> lower_first("Return"), lower_first("KPIs"), lower_first("Ertrag", "de")
    ('return', 'KPIs', 'Ertrag')
    """
    return text if language == "de" or text[1:2].isupper() else text[:1].lower() + text[1:]


def short_reason(reason: object) -> str:
    """A reason up to its first colon, where a cell has no room for all of it.

    >>> short_reason("undefined: the case has no costs")
    'Undefined'
    """
    return upper_first(str(reason).split(":")[0].strip())
