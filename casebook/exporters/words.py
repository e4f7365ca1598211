"""The few words that a document has of itself, for the languages that we can vouch for; else in English."""

from __future__ import annotations

_WORDS = {
    "de": ("Inhalt", "Zum Inhalt springen"),
    "en": ("Contents", "Skip to content"),
    "es": ("Contenido", "Ir al contenido"),
    "fr": ("Sommaire", "Aller au contenu"),
    "it": ("Indice", "Vai al contenuto"),
    "nl": ("Inhoud", "Naar de inhoud"),
    "pt": ("Conteúdo", "Ir para o conteúdo"),
}


def contents(language: str) -> str:
    """The heading of the contents.

    >>> contents("fr"), contents("xx")
    ('Sommaire', 'Contents')
    """
    return _WORDS.get(language, _WORDS["en"])[0]


def skip(language: str) -> str:
    """The link for those who read with a keyboard."""
    return _WORDS.get(language, _WORDS["en"])[1]
