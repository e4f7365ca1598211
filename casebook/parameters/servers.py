"""A database server's URL, as a parameter file may give it: without a password in it."""

from __future__ import annotations

import re
from typing import Any

from casebook.reading.checking import Checker
from casebook.reading.wording import Place, name_of, show
from casebook.reading.yaml_source import REFUSED
from casebook.words import Phrase

DRIVERS = {
    "postgresql": "postgresql+psycopg",
    "postgres": "postgresql+psycopg",
    "mysql": "mysql+pymysql",
    "mariadb": "mariadb+pymysql",
    "mssql": "mssql+pyodbc",
    "oracle": "oracle+oracledb",
}
"""The servers that are known, with the driver that is meant where the URL names none."""

PLACEHOLDER = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
"""`${NAME}`: the variable NAME of the environment."""

_URL = re.compile(r"([a-z][a-z0-9]*(?:\+[a-z0-9]+)?)://(.*)")
_HOST = re.compile(r"(?:\[[0-9a-fA-F:.]+\]|[^:@\[\]]*)(?::(?:\d+|\$\{\w+\}))?")
_SECRET = re.compile(r"(?i)(?:password|passwd|pwd|passfile|sslkey|secret|token)[a-z_]*\s*(?:=|%3d)")


def read_server(checker: Checker, place: Place, value: object) -> dict[str, Any] | None:
    """The kind, the words for it and the URL of a server; None where it can't be taken.

    No message repeats the URL: it may hold what nobody is to read.
    """
    name = name_of(place)
    if value is REFUSED:
        return None
    match = _URL.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        hint = "such as postgresql+psycopg://reader:${PGPASSWORD}@db.example.org/shop"
        checker.add(place, f"{name} is not a URL; dialect://user@host/database is needed", hint)
        return None
    scheme, rest = match.groups()
    dialect = scheme.partition("+")[0]
    if dialect == "sqlite":
        checker.add(place, f"{name} is a SQLite file", "write path: with the file instead of url:")
    elif dialect not in DRIVERS:
        hint = checker.suggest(dialect, DRIVERS, kind="servers")
        checker.add(place, f"{name} begins with {show(dialect)}, which is no server that is known", hint)
    elif _holds_password(rest):
        hint = "write ${NAME} in its place, and put it into the environment as NAME"
        checker.add(place, f"{name} holds a password, and a parameter file must hold none", hint)
    else:
        driver = scheme if "+" in scheme else DRIVERS[dialect]
        return {
            "kind": "server",
            "shown": Phrase("{database} server", database=dialect),
            "url": f"{driver}://{rest}",
        }
    return None


def _holds_password(rest: str) -> bool:
    """Whether something that is or may be a password stands in what follows `dialect://`.

    >>> [_holds_password(rest) for rest in ("me@db/shop", "me:${PW}@db:5432/shop", "db/shop?sslmode=require")]
    [False, False, False]
    >>> [_holds_password(rest) for rest in ("me:x@db", "me:x${PW}@db", "me:a?b@db", "db/s?password=x")]
    [True, True, True, True]
    """
    user, at, place = rest.rpartition("@")
    _, colon, password = user.partition(":")
    if at and colon and not PLACEHOLDER.fullmatch(password):
        return True
    host = re.split("[/?]", place, maxsplit=1)[0]
    return "@" in user or not _HOST.fullmatch(host) or bool(_SECRET.search(rest))
