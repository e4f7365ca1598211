"""The fixed words of a document in its reader's language.

A phrase is called by its English words. What a language says for it stands in `assets/words/<language>.po`,
the format of gettext, which Poedit and every translation service edit; a phrase that is missing there comes
out in English. The words of templates and parameter files are their authors' own, and stay as they are.
"""

from __future__ import annotations

import functools
import gettext
import io
from collections.abc import Mapping
from importlib.resources import files

TIMES = {
    "year": "a year",
    "month": "a month",
    "week": "a week",
    "day": "a day",
    "hour": "an hour",
    "minute": "a minute",
}
"""Units of time, and how one of them is said behind another unit."""


def say(language: str, phrase: str, /, **parts: str) -> str:
    """The phrase in a language, its `{parts}` filled in.

    >>> say("de", "Contents"), say("en", "Year {year}", year="2"), say("xx", "Contents")
    ('Inhalt', 'Year 2', 'Contents')
    """
    words = _catalogue(language).gettext(phrase) if phrase else ""
    return words.format(**parts) if parts else words


def say_count(language: str, one: str, many: str, number: int, /, **parts: str) -> str:
    """The phrase for one or for many, after the language's rule for the number.

    >>> say_count("de", "{count} year", "{count} years", 1, count="1")
    '1 Jahr'
    """
    return _catalogue(language).ngettext(one, many, number).format(**parts)


class Phrase(str):
    """A text in English that can still be said in another language: made where no reader is known yet.

    Its parts are numbers, texts, or phrases themselves; `Formatter.translate` says it as its reader does.

    >>> waiting = Phrase("{count} unanswered counted as waiting", count=1200)
    >>> waiting, waiting.phrase, waiting.parts
    ('1,200 unanswered counted as waiting', '{count} unanswered counted as waiting', {'count': 1200})
    """

    phrase: str
    parts: Mapping[str, str | float]

    def __new__(cls, phrase: str, /, **parts: str | float) -> Phrase:
        """The English text, with what it was made of."""
        words = {name: _in_english(part) for name, part in parts.items()}
        phrase_text = super().__new__(cls, phrase.format(**words) if parts else phrase)
        phrase_text.phrase, phrase_text.parts = phrase, parts
        return phrase_text


def _in_english(part: str | float) -> str:
    return part if isinstance(part, str) else f"{part:,}" if isinstance(part, int) else f"{part:.15g}"


@functools.cache
def _catalogue(language: str) -> gettext.NullTranslations:
    path = files("casebook").joinpath("assets", "words", f"{language}.po")
    if not language.isalpha() or not path.is_file():
        return gettext.NullTranslations()
    # Babel's reader, so that no compiled twin of the file can be out of date.
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    compiled = io.BytesIO()
    write_mo(compiled, read_po(io.BytesIO(path.read_bytes()), locale=language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
