"""A query reads, and nothing else: SQLite itself holds it to one SELECT on the file that is named."""

from __future__ import annotations

import socket
import sqlite3
import threading

import pytest

from casebook.errors import CaseError
from casebook.measurement import databases


@pytest.fixture
def shop(tmp_path):
    """A SQLite file with a table, a view and a full-text index."""
    path = tmp_path / "data" / "shop.sqlite"
    path.parent.mkdir()
    with sqlite3.connect(path) as connection:
        connection.executescript(
            "create table orders (id, amount); insert into orders values (1, 9.5), (2, 3);"
            "create view large as select * from orders where amount > 5;"
            "create virtual table notes using fts5(text); insert into notes values ('late again');"
        )
    connection.close()
    return path


def ask(read, query: str):
    return read(orders={"path": "data/shop.sqlite", "query": query})["orders"]


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("select sum(amount) as total from orders", [{"total": 12.5}]),
        ("select id from large;", [{"id": 1}]),
        ("-- why\nselect count(*) as n from orders", [{"n": 2}]),
        ("select text from notes where notes match 'again'", [{"text": "late again"}]),
        ("select value from json_each('[7]')", [{"value": 7}]),
        (
            "with recursive n(x) as (select 1 union select x + 1 from n where x < 3) select max(x) x from n",
            [{"x": 3}],
        ),
        ("values (1)", [{"column1": 1}]),
    ],
)
def test_a_query_that_reads_is_answered(query, rows, read, shop):
    assert ask(read, query).to_dict("records") == rows


@pytest.mark.parametrize(
    "query",
    [
        "vacuum into '{new}'",
        "vacuum",
        "attach '{new}' as other",
        "attach ':memory:' as other",
        "detach main",
        "delete from orders",
        "insert into orders values (3, 1)",
        "with x as (select 1) insert into orders select 3, 1",
        "update orders set amount = 0",
        "create table other (x)",
        "create temp table other as select * from orders",
        "drop table orders",
        "select 1; delete from orders",
        "select 1; select 2",
        "begin; select 1",
        "commit",
        "pragma query_only = 0",
        "pragma journal_mode = delete",
        "select * from pragma_database_list",
        "select * from pragma_table_list",
        "select load_extension('evil')",
        "reindex",
        "analyze",
        "savepoint x",
        "-- nothing",
    ],
)
def test_a_query_that_would_do_more_is_refused_and_leaves_nothing(query, read, shop, tmp_path):
    before = shop.read_bytes()
    with pytest.raises(CaseError) as caught:
        ask(read, query.replace("{new}", str(tmp_path / "data" / "new.sqlite")))
    assert str(caught.value).startswith("data.orders (data/shop.sqlite): shop.sqlite: ")
    assert str(tmp_path) not in str(caught.value)
    assert shop.read_bytes() == before
    assert [path.name for path in shop.parent.iterdir()] == ["shop.sqlite"]


def test_a_query_without_end_ends(read, shop, monkeypatch):
    monkeypatch.setattr(databases, "SECONDS_TO_ANSWER", 0)
    endless = "with recursive n(x) as (select 1 union all select x + 1 from n) select count(*) from n"
    with pytest.raises(CaseError, match="no answer to the query within 0 seconds"):
        ask(read, endless)


def test_a_file_with_a_write_ahead_log_is_read_and_no_file_appears_beside_it(read, shop):
    with sqlite3.connect(shop) as connection:
        connection.execute("pragma journal_mode = wal")
    connection.close()
    assert ask(read, "select count(*) as n from orders")["n"].tolist() == [2]
    assert [path.name for path in shop.parent.iterdir()] == ["shop.sqlite"]
    writing = sqlite3.connect(shop)
    writing.execute("insert into orders values (3, 1)")
    writing.commit()
    assert ask(read, "select count(*) as n from orders")["n"].tolist() == [3], "what is in the log counts"
    writing.close()


@pytest.mark.parametrize(
    "content", [b"", b"SQLite format 3\x00" + b"\xff" * 4096, b"no database at all" * 99]
)
def test_a_damaged_file_is_named(content, read, shop):
    shop.write_bytes(content)
    with pytest.raises(CaseError, match=r"^data\.orders \(data/shop\.sqlite\): shop\.sqlite"):
        ask(read, "select * from orders")


def listening() -> tuple[int, list[bytes]]:
    """A server that asks for a password in clear; gives its port, and what it will have been told."""
    server = socket.create_server(("127.0.0.1", 0))
    told: list[bytes] = []

    def serve() -> None:
        line, _ = server.accept()
        with server, line:
            line.settimeout(20)
            start = line.recv(4096)
            while start[4:8] in (b"\x04\xd2\x16\x2f", b"\x04\xd2\x16\x30"):  # encryption is asked for
                line.sendall(b"N")
                start = line.recv(4096)
            told.append(start)
            line.sendall(b"R\x00\x00\x00\x08\x00\x00\x00\x03")
            told.append(line.recv(4096))

    threading.Thread(target=serve, daemon=True).start()
    return server.getsockname()[1], told


@pytest.mark.parametrize("given", ["", ":${CASEBOOK_SHOP_PASSWORD}"])
def test_a_host_that_a_parameter_file_names_is_told_no_other_secret(given, read, monkeypatch):
    """The driver by itself would send PGPASSWORD to any host."""
    monkeypatch.setenv("PGPASSWORD", "hunter2")
    monkeypatch.setenv("PGUSER", "hunter2")
    monkeypatch.setenv("CASEBOOK_SHOP_PASSWORD", "for the shop")
    port, told = listening()
    with pytest.raises(CaseError):
        read(orders={"url": f"postgresql://reader{given}@127.0.0.1:{port}/shop", "table": "x"})["orders"]
    assert b"reader" in told[0]
    assert b"hunter2" not in b"".join(told)
    assert (b"for the shop" in b"".join(told)) == bool(given)
