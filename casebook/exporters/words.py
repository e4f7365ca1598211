"""The few words that a document has of itself, for the languages that we can vouch for; else in English."""

from __future__ import annotations

_WORDS = {
    "de": ("Inhalt", "Zum Inhalt springen", "Abbildung", "Tabelle", "Abbildungen und Tabellen"),
    "en": ("Contents", "Skip to content", "Figure", "Table", "Figures and tables"),
    "es": ("Contenido", "Ir al contenido", "Figura", "Tabla", "Figuras y tablas"),
    "fr": ("Sommaire", "Aller au contenu", "Figure", "Tableau", "Figures et tableaux"),
    "it": ("Indice", "Vai al contenuto", "Figura", "Tabella", "Figure e tabelle"),
    "nl": ("Inhoud", "Naar de inhoud", "Figuur", "Tabel", "Figuren en tabellen"),
    "pt": ("Conteúdo", "Ir para o conteúdo", "Figura", "Tabela", "Figuras e tabelas"),
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


def figure(language: str) -> str:
    """What a chart is called in front of its number."""
    return _WORDS.get(language, _WORDS["en"])[2]


def table(language: str) -> str:
    """What a table is called in front of its number.

    >>> figure("de"), table("de")
    ('Abbildung', 'Tabelle')
    """
    return _WORDS.get(language, _WORDS["en"])[3]


def exhibits(language: str) -> str:
    """The heading of the list of figures and tables."""
    return _WORDS.get(language, _WORDS["en"])[4]
