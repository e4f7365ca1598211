"""Passwords in URLs: a parameter file may hold none, under whatever key, and no message repeats one."""

from __future__ import annotations

import re

PLACEHOLDER = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
"""`${NAME}`: the variable NAME of the environment."""

REFUSAL = "contains a password, which a parameter file must not"
HINT = (
    "take it out; a database's password is written ${CASEBOOK_…}, and set in the environment under that name"
)

# What follows the user's colon up to the last @ of the word. In a web page's address a slash ends the host,
# so that a port and an @ further on are none.
_WITH_USER = re.compile(
    r"(?i:https?)://[^\s:/@]*:(?P<page>[^\s/@]+)@|(?!(?i:https?):)\b[A-Za-z][\w+.-]*://[^\s:/]*:(?P<other>\S+)@"
)
_IN_QUERY = re.compile(
    r"(?!(?i:https?):)\b[A-Za-z][\w+.-]*://\S*[?&;/](?i:password|passwd|pwd)[a-z_]*(?:=|%3[dD])[^\s&;$]"
)


def holds_password(text: str) -> bool:
    """Whether a text has a URL with a password in it; the name of a variable, `${NAME}`, is none.

    >>> [holds_password(f"see {it} there") for it in ("postgresql://me:x@db/shop", "https://me:x@a.org")]
    [True, True]
    >>> safe = ("postgresql://me:${PW}@db", "postgresql://me@db:5432/shop", "https://a.org:443/@me", "a:b@c")
    >>> any(map(holds_password, safe))
    False
    """
    if "://" not in text:
        return False
    passwords = (match["page"] or match["other"] for match in _WITH_USER.finditer(text))
    return any(not PLACEHOLDER.fullmatch(each) for each in passwords) or bool(_IN_QUERY.search(text))
