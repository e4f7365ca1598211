"""A real PostgreSQL: the same figures as from a file, nothing written to it, and its password nowhere.

Runs where CASEBOOK_TEST_POSTGRES_URL names a database that may be written to, with the password in
CASEBOOK_TEST_POSTGRES_PASSWORD; the URL holds its name in place of it, such as
`postgresql+psycopg://casebook:${CASEBOOK_TEST_POSTGRES_PASSWORD}@127.0.0.1:5432/casebook`.
"""

from __future__ import annotations

import os
import re
import shutil
import zlib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pandas as pd
import pytest

from casebook.errors import CaseError
from casebook.measurement import databases
from tests.conftest import run
from tests.measurement.conftest import DATA, ROOT
from tests.measurement.test_sources import figures_of

URL = os.environ.get("CASEBOOK_TEST_POSTGRES_URL", "")
VARIABLE = "CASEBOOK_TEST_POSTGRES_PASSWORD"
PASSWORD = os.environ.get(VARIABLE, "")

SCHEMA = f"casebook_{os.getpid()}"
"""A schema of this process alone: tests may run in several at once."""

pytestmark = pytest.mark.skipif(
    not URL or not PASSWORD, reason="no PostgreSQL: CASEBOOK_TEST_POSTGRES_URL is not set"
)


@pytest.fixture(scope="module")
def engine() -> Iterator[object]:
    import sqlalchemy

    engine = sqlalchemy.create_engine(URL.replace(f"${{{VARIABLE}}}", quote(PASSWORD, safe="")))
    table = pd.read_csv(DATA / "facebook_posts.csv")
    table.columns = [name[:63] for name in table.columns]  # no longer name fits into PostgreSQL
    with engine.begin() as connection:
        connection.execute(sqlalchemy.text(f"create schema {SCHEMA}"))
        table.to_sql("posts", connection, schema=SCHEMA, index=False)
        for statement in (
            f"create sequence {SCHEMA}.numbers",
            f'create table {SCHEMA}."Orders"'
            " (id int, at timestamptz, amount numeric(9, 2), paid bool, note text)",
            f"""insert into {SCHEMA}."Orders" values (1, '2025-07-01 12:00+02', 9.50, true, 'a:b'),"""
            " (2, '2025-07-01 12:00Z', null, null, null)",
        ):
            connection.execute(sqlalchemy.text(statement.replace(":", "\\:")))
    yield engine
    with engine.begin() as connection:
        connection.execute(sqlalchemy.text(f"drop schema {SCHEMA} cascade"))
    engine.dispose()


def test_a_server_gives_the_same_figures_as_a_file(engine, read):
    found = read(posts={"url": URL, "table": f"{SCHEMA}.posts"})
    assert figures_of(found) == figures_of(read(DATA, posts="facebook_posts.csv"))
    assert found.reports[0].rows_read == 500


def test_types_of_a_server_come_as_those_of_a_file(engine, read):
    orders = read(orders={"url": URL, "table": f"{SCHEMA}.Orders"})["orders"]
    assert [str(time) for time in orders["at"]] == ["2025-07-01 10:00:00", "2025-07-01 12:00:00"]
    assert orders["amount"].isna().tolist() == [False, True]
    assert orders["amount"][0] == 9.5
    assert bool(orders["paid"][0]) is True


def test_a_query_runs_on_the_server(engine, read):
    query = f"""select note, amount::float as amount from {SCHEMA}."Orders" where note = 'a:b'"""
    source = {"url": URL.replace(f":${{{VARIABLE}}}", ""), "query": query, "password_from": VARIABLE}
    assert read(orders=source)["orders"].to_dict("records") == [{"note": "a:b", "amount": 9.5}]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"table": f"{SCHEMA}.post"}, ".post'\n  hint: did you mean 'posts'?"),
        ({"table": "none.post"}, "has no table 'none.post'\n  hint: its tables are none"),
        ({"query": f"delete from {SCHEMA}.posts"}, "query must be one SELECT, and nothing else"),
        ({"query": "select 1; commit; drop table x"}, "query must be one SELECT, and nothing else"),
        ({"query": "select 1; select 2"}, "query must be one SELECT, and nothing else"),
        ({"query": "commit"}, "query must be one SELECT, and nothing else"),
        ({"query": "copy (select 1) to program 'true'"}, "query must be one SELECT, and nothing else"),
        ({"query": "do $$ begin null; end $$"}, "query must be one SELECT, and nothing else"),
        (
            {"query": f"with gone as (delete from {SCHEMA}.posts returning 1) select * from gone"},
            "must not contain data-modifying statements",
        ),
        ({"query": f"select nextval('{SCHEMA}.numbers')"}, "in a read-only transaction"),
        ({"query": f"select nothing from {SCHEMA}.posts"}, 'column "nothing" does not exist'),
    ],
)
def test_what_a_server_refuses_is_said(options, message, engine, read):
    with pytest.raises(CaseError) as caught:
        read(posts={"url": URL, **options})["posts"]
    assert message in str(caught.value)
    assert PASSWORD not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("password", ["wrong:p@ss/%?&#", "x y"])
def test_a_wrong_password_is_not_repeated(password, engine, read, monkeypatch):
    monkeypatch.setenv(VARIABLE, password)
    with pytest.raises(CaseError, match="password authentication failed") as caught:
        read(posts={"url": URL, "table": f"{SCHEMA}.posts"})["posts"]
    assert password not in str(caught.value)
    nowhere = re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:1", URL)
    with pytest.raises(CaseError, match="refused") as caught:
        read(posts={"url": nowhere, "table": f"{SCHEMA}.posts"})["posts"]
    assert password not in str(caught.value)


def test_a_query_without_end_ends(engine, read, monkeypatch):
    monkeypatch.setattr(databases, "SECONDS_TO_ANSWER", 1)
    with pytest.raises(CaseError, match="no answer to the query within 1 seconds"):
        read(posts={"url": URL, "query": "select pg_sleep(600)"})["posts"]


def test_what_a_query_sets_holds_nothing_open(engine, read):
    query = "select set_config('transaction_read_only', 'off', false)"
    with pytest.raises(CaseError, match="transaction read-write mode must be set before any query"):
        read(posts={"url": URL, "query": query})["posts"]


# A whole report


@pytest.fixture(scope="module")
def client(tmp_path_factory) -> Path:
    """The cosmetics client of the examples, with its posts on the server instead of in a file."""
    folder = tmp_path_factory.mktemp("client")
    shutil.copytree(ROOT / "templates", folder / "templates")
    (folder / "params").mkdir()
    text = (ROOT / "params" / "cosmetics.yaml").read_text("utf-8")
    given = "posts: data/facebook_posts.csv"
    assert given in text
    path = folder / "params" / "acme.yaml"
    path.write_text(text.replace(given, f'posts: {{url: "{URL}", table: {SCHEMA}.posts}}'), encoding="utf-8")
    return path


def test_a_report_from_a_server_holds_no_password(engine, client):
    done = run("report", str(client), "--output", str(client.parent / "output"))
    assert done.returncode == 0, done.stderr
    files = [path for path in (client.parent / "output").rglob("*") if path.is_file()]
    assert {path.suffix for path in files} >= {".pdf", ".html", ".ipynb", ".json", ".xlsx"}
    assert holding(files, done.stdout + done.stderr) == []
    assert "n = 360" in (client.parent / "output" / "acme" / "fan-value.html").read_text("utf-8")


def test_a_report_that_fails_holds_no_password(engine, client, monkeypatch):
    wrong = client.with_name("wrong.yaml")
    text = client.read_text("utf-8").replace(f"table: {SCHEMA}.posts", "table: nothing")
    wrong.write_text(text, encoding="utf-8")
    done = run("report", str(wrong), "--output", str(client.parent / "failed"))
    assert done.returncode == 1
    assert "has no table 'nothing'" in done.stderr
    files = [path for path in (client.parent / "failed").rglob("*") if path.is_file()]
    assert files, "the executed copy is kept"
    assert holding(files, done.stdout + done.stderr) == []
    monkeypatch.setenv(VARIABLE, "")
    assert "needs the environment variable" in run("check", str(client)).stderr


def holding(files: list[Path], said: str) -> list[str]:
    """The files that hold the password in any form, packed streams of PDF and workbook looked into."""
    forms = {PASSWORD, quote(PASSWORD, safe=""), quote(PASSWORD), PASSWORD.replace("&", "&amp;")}
    found = ["output"] if any(form in said for form in forms) else []
    for path in files:
        content = unpacked(path.read_bytes())
        if any(form.encode() in content for form in forms):
            found.append(path.name)
    return found


def unpacked(content: bytes) -> bytes:
    """A file's bytes and, behind them, whatever deflated streams stand in it."""
    parts = [content]
    for start in ("stream\n", "stream\r\n"):
        for piece in content.split(start.encode())[1:]:
            try:
                parts.append(zlib.decompressobj().decompress(piece))
            except zlib.error:
                continue
    if content.startswith(b"PK"):
        import io
        import zipfile

        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts += [archive.read(name) for name in archive.namelist()]
    return b"\n".join(parts)
