"""A database server's URL, as a parameter file may give it: without a password in it.

A parameter file comes from elsewhere. It may say where data lie, and that a password is needed; which of the
environment's variables it may ask for, the person says who sets them: those whose names begin with CASEBOOK_.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from casebook.i18n import Phrase
from casebook.schema.checker import Checker
from casebook.schema.passwords import PLACEHOLDER, REFUSAL
from casebook.schema.value_kinds import Kind, Line, Schema
from casebook.schema.wording import Place, listed, name_of, show
from casebook.schema.yaml_source import REFUSED

__all__ = ["PLACEHOLDER", "ServerURL", "Variable", "host_of", "takes_query"]

DRIVERS = {
    "postgresql": "postgresql+psycopg",
    "postgres": "postgresql+psycopg",
    "mysql": "mysql+pymysql",
    "mariadb": "mariadb+pymysql",
    "mssql": "mssql+pyodbc",
    "oracle": "oracle+oracledb",
}
"""The servers that are known, each with the driver that reads it."""

ALLOWED = "CASEBOOK_"
"""How the name of a variable begins that a parameter file may ask for."""

# What else a driver takes from a URL could name files to read, or lend the user's own secrets to any host.
_SETTINGS = (
    *("sslmode", "sslrootcert", "application_name", "target_session_attrs", "client_encoding", "charset"),
    *("service_name", "driver", "encrypt", "trustservercertificate"),
)
_URL = re.compile(r"([a-z][a-z0-9]*(?:\+[a-z0-9]+)?)://(.*)")
_HOST = re.compile(r"(?:\[[0-9a-fA-F:.]+\]|[\w.-]*)(?::\d+)?")
_SECRET = re.compile(r"(?i)(?:password|passwd|pwd|passfile|sslkey|secret|token)[a-z_]*\s*(?:=|%3d)")


@dataclass(frozen=True)
class ServerURL(Kind):
    """A database server's URL. No message repeats it: it may hold what nobody is to read."""

    def read(self, checker: Checker, place: Place, value: object) -> dict[str, Any] | None:
        name = name_of(place)
        if value is REFUSED:
            return None
        match = _URL.fullmatch(value.strip()) if isinstance(value, str) else None
        if match is None:
            hint = "such as postgresql://reader:${CASEBOOK_PASSWORD}@db.example.org/shop"
            checker.add(place, f"{name} is not a URL; must be dialect://user@host/database", hint)
            return None
        scheme, rest = match.groups()
        dialect = scheme.partition("+")[0]
        if dialect == "sqlite":
            checker.add(place, f"{name} is a SQLite file", "write path: with the file instead of url:")
        elif dialect not in DRIVERS:
            hint = checker.suggest(dialect, DRIVERS, kind="servers")
            checker.add(
                place, f"{name} begins with {show(dialect)}, which is not a known kind of server", hint
            )
        elif scheme not in (dialect, DRIVERS[dialect]):
            checker.add(place, f"{name} names a driver; {DRIVERS[dialect]} is the one in use", "leave it out")
        elif fault := _fault(rest):
            checker.add(place, f"{name} {fault[0]}", fault[1])
        else:
            shown = Phrase("{database} server", database=dialect)
            return {"kind": "server", "shown": shown, "url": f"{DRIVERS[dialect]}://{rest}"}
        return None

    def json_schema(self) -> Schema:
        return {"type": "string", "pattern": "://"}


@dataclass(frozen=True)
class Variable(Line):
    """The name of a variable of the environment that a parameter file may ask for."""

    def read(self, checker: Checker, place: Place, value: object) -> str | None:
        text = super().read(checker, place, value)
        if text is None or re.fullmatch(f"{ALLOWED}[A-Za-z0-9_]+", text):
            return text
        # It may be the password itself, so it is not repeated.
        message = f"{name_of(place)} is not the name of a variable that begins with {ALLOWED}"
        checker.add(place, message, f"such as {ALLOWED}SHOP_PASSWORD, with the password as its value")
        return None


def takes_query(url: str) -> bool:
    """Whether the server itself can hold a query to reading; of others a whole table is taken.

    >>> takes_query("postgresql+psycopg://db/shop"), takes_query("mysql+pymysql://db/shop")
    (True, False)
    """
    return url.startswith(DRIVERS["postgresql"])


def host_of(url: str) -> str:
    """The host and port that a URL leads to.

    >>> host_of("postgresql+psycopg://reader:${CASEBOOK_PASSWORD}@db.example.org:5432/shop")
    'db.example.org:5432'
    """
    return re.split("[/?]", url.partition("://")[2].rpartition("@")[2], maxsplit=1)[0] or "this machine"


def _fault(rest: str) -> tuple[str, str] | None:
    """What is wrong with what follows `dialect://`, and how to fix it.

    >>> [_fault(rest) for rest in ("me@db/shop", "me:${CASEBOOK_PW}@db:5432/shop", "db/shop?sslmode=require")]
    [None, None, None]
    >>> {_fault(rest)[0] for rest in ("me:x@db", "me:x${CASEBOOK_PW}@db", "me:a?b@db", "db/s?password=x")}
    {'contains a password, which a parameter file must not'}
    """
    user, at, place = rest.rpartition("@")
    user, colon, password = user.partition(":")
    taken = PLACEHOLDER.fullmatch(password)
    host, _, query = place.partition("?")
    inside = host.partition("/")[0]
    if (at and colon and not taken) or "@" in user or (":" in inside and not _HOST.fullmatch(inside)):
        return REFUSAL, f"write ${{{ALLOWED}…}} in its place, and set the variable of that name"
    if _SECRET.search(rest):
        return REFUSAL, f"write it as reader:${{{ALLOWED}…}}@host, and set the variable of that name"
    if "$" in user or "$" in place:
        what = "takes something other than the password from the environment"
        return what, f"write it out; ${{{ALLOWED}…}} stands for a password alone"
    if taken and not taken[1].startswith(ALLOWED):
        what = f"takes its password from a variable whose name does not begin with {ALLOWED}"
        return what, f"name it {ALLOWED}…, which is how you allow a parameter file to send it"
    if not _HOST.fullmatch(inside):
        return "has no host's name where one belongs", "such as reader@db.example.org:5432/shop"
    unknown = [key for key, _ in parse_qsl(query, keep_blank_values=True) if key.lower() not in _SETTINGS]
    if unknown:
        return "has settings that are not allowed", f"the settings are {listed(_SETTINGS)}"
    return None
