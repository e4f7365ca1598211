"""What stands under data: is checked before a kernel starts, all of it at once, and no password is shown."""

from __future__ import annotations

import pytest

from casebook.errors import InputError
from casebook.schema.checker import Checker
from casebook.schema.data import DataSection
from casebook.schema.reader import parse_parameters, read_parameters
from tests.conftest import notebook_file
from tests.measurement.conftest import DECLARATIONS

SERVER = "postgresql://reader:${CASEBOOK_PASSWORD}@db.example.org:5432/shop"


def problems(folder, **data) -> list[str]:
    checker = Checker("params", folder=folder)
    DataSection().read(checker, ("data",), data)
    return [str(problem) for problem in checker.problems]


@pytest.fixture(autouse=True)
def files(tmp_path, monkeypatch):
    (tmp_path / "posts.csv").write_text("x\n1\n")
    (tmp_path / "part-1.csv").write_text("x\n1\n")
    (tmp_path / "part-2.csv").write_text("x\n1\n")
    (tmp_path / "folder.csv").mkdir()
    monkeypatch.setenv("CASEBOOK_PASSWORD", "hunter2")


@pytest.mark.parametrize(
    "source",
    [
        "posts.csv",
        "part-*.csv",
        {"path": "posts.csv", "id": "x", "dates": ["x"], "columns": {"y": "x"}, "missing": "-"},
        {"path": "posts.csv", "decimal": ",", "header": 3, "encoding": "Windows-1252"},
        {"path": "posts.csv", "thousands": {"x": "."}, "decimal": {"y": "."}, "header": [2, 3]},
        {"path": "posts.csv", "thousands": ".", "decimal": ","},
        {"path": "posts.csv", "dates": {"x": "%d.%m.%Y"}, "timezone": "Europe/Berlin", "id": ["x", "y"]},
        {"url": SERVER, "table": "orders"},
        {"url": "postgresql://reader@db/shop", "query": "select 1", "password_from": "CASEBOOK_PASSWORD"},
        {"url": "mysql://reader:${CASEBOOK_PASSWORD}@[::1]:3306/shop", "table": "orders"},
    ],
)
def test_what_is_right_is_taken(source, tmp_path):
    assert problems(tmp_path, posts=source) == []


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("post.csv", "data.s is 'post.csv', which does not exist\n  hint: did you mean 'posts.csv'?"),
        (
            "none/x.csv",
            "data.s is 'none/x.csv', which does not exist\n  hint: paths are relative to this file's",
        ),
        ("folder.csv", "data.s is 'folder.csv', which is a folder"),
        ("none-*.csv", "data.s is 'none-*.csv', and no file matches it"),
        ("posts.xls", "data.s is 'posts.xls'; must be a name that ends in .csv, .csv.gz,"),
        ("posts", "data.s is 'posts'; must be a name that ends in"),
        ("/etc/posts.csv", "data.s is '/etc/posts.csv'; must be a path relative to this file's folder"),
        (3, "data.s is 3; must be a name that ends in"),
        (None, "data.s is empty; must be text"),
        ({}, "data.s has neither path nor url; one of the two is required"),
        ({"path": "posts.csv", "url": SERVER}, "data.s has both path and url"),
        ({"pth": "posts.csv"}, "data.s has no key 'pth'\n  hint: did you mean 'path'?"),
        ({"path": "posts.csv", "sheet": "A"}, "data.s.sheet applies to excel only; this source is csv"),
        (
            {"path": "posts.csv", "timezone": "Berlin"},
            "data.s.timezone is 'Berlin'; must be a time zone",
        ),
        ({"path": "posts.csv", "decimal": "x"}, "data.s.decimal is 'x'; must be '.' or ','"),
        ({"path": "posts.csv", "decimal": {"x": 1}}, "data.s.decimal.x is 1; must be '.' or ','"),
        ({"path": "posts.csv", "decimal": None}, "data.s.decimal is empty; must be text"),
        (
            {"path": "posts.csv", "thousands": "'"},
            "data.s.thousands is \"'\"; must be '.' or ','\n  hint: spaces and apostrophes between",
        ),
        (
            {"path": "posts.csv", "thousands": ",", "decimal": ","},
            "data.s.thousands is ',', and so is decimal; they must differ",
        ),
        (
            {"path": "posts.csv", "thousands": {"x": "."}, "decimal": {"x": "."}},
            "data.s.thousands.x is '.', and so is decimal; they must differ",
        ),
        (
            {"path": "posts.csv", "header": 0},
            "data.s.header is 0; must be the number of a row\n  hint: write",
        ),
        ({"path": "posts.csv", "header": "x"}, "data.s.header is 'x'; must be the number of a row"),
        ({"path": "posts.csv", "header": True}, "data.s.header is true; must be the number of a row"),
        ({"path": "posts.csv", "header": 2.5}, "data.s.header is 2.5; must be the number of a row"),
        (
            {"path": "posts.csv", "header": [3, 5]},
            "data.s.header is a list of 2; must be the number of a row",
        ),
        ({"path": "posts.csv", "header": []}, "data.s.header is an empty list; must be the number of a row"),
        ({"path": "posts.csv", "header": 9_999}, "data.s.header is 9999; must be the number of a row"),
        ({"path": "posts.csv", "header": None}, "data.s.header is empty; must be the number of a row"),
        (
            {"url": SERVER, "table": "a", "header": 2},
            "data.s.header applies to csv, tsv, excel only; this source is server\n  hint: take it out",
        ),
        (
            {"path": "posts.csv", "encoding": "cp37"},
            "data.s.encoding is 'cp37'; must be one of utf-8",
        ),
        ({"path": "posts.csv", "columns": ["a"]}, "data.s.columns is a list of 1; must be a mapping"),
        ({"url": SERVER}, "data.s has neither table nor query"),
        ({"url": SERVER, "table": "a", "query": "b"}, "data.s has both table and query"),
        ({"url": "orcle://db/x", "table": "a"}, "data.s.url begins with 'orcle', which is not a known"),
        ({"url": "sqlite:///x.db", "table": "a"}, "data.s.url is a SQLite file\n  hint: write path:"),
        ({"url": "db.example.org", "table": "a"}, "data.s.url is not a URL"),
        (
            {"url": "postgresql://me:${CASEBOOK_NOT_SET}@db/x", "table": "a"},
            "data.s needs the environment variable CASEBOOK_NOT_SET, which is not set",
        ),
    ],
)
def test_what_is_wrong_is_said(source, message, tmp_path):
    found = problems(tmp_path, s=source)
    assert len(found) == 1
    assert found[0].startswith(f"params: {message}")


@pytest.mark.parametrize(
    "source",
    [
        {"url": "postgresql://reader:hunter2@db/shop", "table": "a"},
        {"url": "postgresql://reader:hunter2?x@db/shop", "table": "a"},
        {"url": "postgresql://reader:hunter2/x@db/shop", "table": "a"},
        {"url": "postgresql://reader:${A}hunter2@db/shop", "table": "a"},
        {"url": "postgresql://db/shop?password=hunter2", "table": "a"},
        {"url": "postgresql://db/shop?user=a&PASSWORD%3Dhunter2", "table": "a"},
        {"url": "mssql://db/shop;PWD=hunter2", "table": "a"},
        {"url": "postgresql://reader@db/shop", "table": "a", "password_from": "hunter2!"},
        {"url": ["postgresql://reader:hunter2@db/shop"], "table": "a"},
        "postgresql://reader:hunter2@db/shop",
        {"url": "hunter2", "table": "a"},
        {"url": "postgresql://reader:${hunter2}@db/shop", "table": "a"},
        {"url": "postgresql://reader@db/shop", "table": "a", "password_from": "hunter2"},
    ],
)
def test_a_password_is_refused_in_words_that_do_not_repeat_it(source, tmp_path):
    found = problems(tmp_path, s=source)
    assert found
    assert "hunter2" not in "".join(found)


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("postgresql://${AWS_SECRET_ACCESS_KEY}@db/shop", "takes something other than the password"),
        ("postgresql://reader@${CASEBOOK_PASSWORD}/shop", "takes something other than the password"),
        ("postgresql://reader@db:${CASEBOOK_PASSWORD}/shop", "contains a password"),
        ("postgresql://reader@db/${HOME}", "takes something other than the password"),
        ("postgresql://reader@db/shop?application_name=${HOME}", "takes something other than the password"),
        ("postgresql://reader:${AWS_SECRET_ACCESS_KEY}@db/shop", "takes its password from a variable whose"),
        ("postgresql://reader@db/shop?service=home", "has settings that are not allowed"),
        ("postgresql://reader@db/shop?host=/tmp", "has settings that are not allowed"),
        ("mysql://reader@db/shop?read_default_file=.my.cnf", "has settings that are not allowed"),
        ("mysql://reader@db/shop?local_infile=1", "has settings that are not allowed"),
        (
            "postgresql+psycopg2://reader@db/shop",
            "names a driver; postgresql+psycopg is",
        ),
    ],
)
def test_a_url_says_where_data_lie_and_asks_for_nothing_but_a_password(url, message, tmp_path):
    (found,) = problems(tmp_path, s={"url": url, "table": "a"})
    assert found.startswith(f"params: data.s.url {message}")


def test_a_query_is_for_a_server_that_can_hold_it_to_reading(tmp_path):
    (found,) = problems(tmp_path, s={"url": "mysql://reader@db/shop", "query": "select 1"})
    assert found.startswith("params: data.s.query is for PostgreSQL, which can restrict it to reading")


@pytest.mark.parametrize(
    "line",
    [
        "data: {s: {path: 'postgresql://u:hunter2@h/db', table: x}}",
        "data: {s: 'postgresql://u:hunter2@h/db'}",
        "data: {s: {path: a.sqlite, query: 'postgresql://u:hunter2@h/db'}}",
        "client: {name: Example, logo: 'postgresql://u:hunter2@h/db.png'}",
        "story: {situation: 'see mysql://u:hunter2@h/db, as agreed'}",
        "review: {'postgresql://u:hunter2@h/db': checked}",
        "template: https://u:hunter2@a.example/x",
        "years: redis://:hunter2@h",
        "  # postgresql://u:hunter2@h/db",
        "note: |\n  one\n  postgresql://u:hunter2@h/db?x=1",
        "postgresql://u:hunter2@h/db: 1",
        'story: {situation: "postgresql://u\\x3ahunter2@h/db"}',
        "data: {s: {url: [postgresql://db/shop?password=hunter2], table: a}}",
    ],
)
def test_a_password_in_a_url_is_refused_under_every_key_and_not_repeated(line, tmp_path):
    path = tmp_path / "acme.yaml"
    path.write_text(f"{line}\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_parameters(path)
    assert "contains a password, which a parameter file must not" in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_a_notebook_with_a_password_in_its_parameters_is_refused_too(tmp_path):
    for values in ({"story": {"situation": "mysql://u:hunter2@h/db"}}, {"mysql://u:hunter2@h/db": 1}):
        with pytest.raises(InputError) as caught:
            parse_parameters({"template": "x", **values}, folder=tmp_path)
        assert "contains a password" in str(caught.value)
        assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("name", ["Posts", "1st", "a-b", "inputs", ""])
def test_a_source_is_called_as_a_table_can_be(name, tmp_path):
    assert "can't be called" in problems(tmp_path, **{name: "posts.csv"})[0]


def test_a_source_without_a_name_is_called_one(tmp_path):
    found = problems(tmp_path, url="postgresql://reader:hunter2@db/shop", password_from="hunter2!")
    assert found[0].startswith("params: data has 'url', a key of a source, where a source's name belongs")
    assert "hunter2" not in "".join(found)


def test_all_that_is_wrong_in_a_file_is_said_with_its_line(tmp_path, monkeypatch):
    folder = tmp_path / "templates" / "example"
    folder.mkdir(parents=True)
    (folder / "inputs.yaml").write_text(DECLARATIONS)
    notebook_file(folder / "template.ipynb", "1")
    path = tmp_path / "acme.yaml"
    path.write_text(
        "template: example\nclient: {name: Example}\ninputs: {people: 10, team: 5}\n"
        "data:\n  orders: order.csv\n"
        "  shop:\n    url: postgresql://reader:hunter2@db/shop\n    tble: orders\n"
    )
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError) as caught:
        read_parameters(path)
    lines = [line for line in str(caught.value).splitlines() if not line.startswith("  hint")]
    assert lines == [
        "acme.yaml:5: data.orders is 'order.csv', which does not exist",
        "acme.yaml:7: data.shop.url contains a password, which a parameter file must not",
        "acme.yaml:8: data.shop has no key 'tble'",
    ]
