"""Sources of all kinds give the same figures; dirty ones give an answer; none opens another file."""

from __future__ import annotations

import gzip
import json
import sqlite3
import subprocess
import sys

import duckdb
import pandas as pd
import pytest

from casebook.errors import CaseError
from casebook.measurement import mean, median, participation, rate
from tests.measurement.conftest import DATA

CSV = (
    "id,when,amount,kind\n1,2025-01-01T10:00:00,1.5,a\n2,2025-01-02T11:30:00,,b\n3,2025-01-04T09:00:00,4.5,\n"
)


def posts_as(kind: str, folder) -> dict[str, str]:
    """Write the posts of the example in another form, and give its declaration."""
    table = pd.read_csv(DATA / "facebook_posts.csv")
    name = f"posts.{kind}"
    path = folder / name
    if kind == "csv":
        path.write_bytes((DATA / "facebook_posts.csv").read_bytes())
    elif kind == "csv.gz":
        path.write_bytes(gzip.compress((DATA / "facebook_posts.csv").read_bytes()))
    elif kind == "tsv":
        table.to_csv(path, sep="\t", index=False)
    elif kind == "parquet":
        duckdb.from_df(table).write_parquet(str(path))
    elif kind == "xlsx":
        table.to_excel(path, index=False)
    elif kind == "jsonl":
        table.to_json(path, orient="records", lines=True)
    elif kind == "sqlite":
        with sqlite3.connect(path) as connection:
            table.to_sql("posts", connection, index=False)
        connection.close()
    elif kind == "glob":
        for number, start in enumerate(range(0, 500, 200)):
            table[start : start + 200].to_csv(folder / f"part-{number}.csv", index=False)
        return {"path": "part-*.csv"}
    return {"path": name}


@pytest.mark.parametrize("kind", ["csv", "csv.gz", "tsv", "parquet", "xlsx", "jsonl", "sqlite", "glob"])
def test_a_source_gives_the_same_figures_in_every_form(kind, read, tmp_path):
    sources = read(posts=posts_as(kind, tmp_path))
    assert figures_of(sources) == figures_of(read(DATA, posts="facebook_posts.csv"))
    assert (sources.reports[0].rows_read, sources.reports[0].set_aside) == (500, {})


def figures_of(sources) -> list[object]:
    posts = sources["posts"]
    unpaid = posts[posts["Paid"] == 0]
    reach = unpaid["Lifetime Post Total Reach"] / unpaid["Page total likes"]
    by_sql = sources.sql(
        'select sum("like") as likes, count("like") as n, count(*) as rows, avg("Lifetime Post Total Reach"'
        ' / "Page total likes") as reach from posts where "Paid" = 0 and "Type" = \'Photo\''
    )
    return [mean(reach), median(reach), *by_sql.iloc[0].astype(float).round(9)]


def test_a_table_is_read_once(read, write):
    write("a.csv", CSV)
    sources = read(a="a.csv")
    assert sources["a"] is sources["a"]
    assert list(sources) == ["a"]
    assert repr(sources) == "data: a"


def test_columns_get_the_names_of_the_notebook(read, write):
    write("a.csv", CSV)
    sources = read(a={"path": "a.csv", "columns": {"spend": "amount", "joined": "when"}})
    assert list(sources["a"].columns) == ["id", "joined", "spend", "kind"]
    assert sources.sql("select sum(spend) as s from a")["s"][0] == 6


def test_texts_that_stand_for_no_value_are_none(read, write):
    write("a.csv", "x\n1\nn/a\n-\n4\n")
    column = read(a={"path": "a.csv", "missing": ["n/a", "-"]})["a"]["x"]
    assert (column.isna().sum(), column.sum()) == (2, 5)


def test_a_decimal_comma_and_a_delimiter_are_taken(read, write):
    write("a.csv", "x;y\n1,5;a\n2,5;b\n")
    table = read(a={"path": "a.csv", "delimiter": ";", "decimal": ","})["a"]
    assert table["x"].tolist() == [1.5, 2.5]


# Times


def test_iso_times_are_read_as_times_and_others_are_left(read, write):
    write(
        "a.csv",
        "iso,day,other,text\n2015-02-24 11:35:52 -0800,2015-02-24,31.12.2015,x\n"
        "2015-02-24T20:35:52.5+01:00,2015-02-25,01.02.2016,y\n",
    )
    table = read(a="a.csv")["a"]
    assert table["iso"].tolist() == [pd.Timestamp(f"2015-02-24 19:35:{second}") for second in ("52", "52.5")]
    assert table["day"].dtype.kind == "M"
    assert table["other"].tolist() == ["31.12.2015", "01.02.2016"]


def test_a_format_is_taken_and_what_does_not_fit_is_remarked(read, write):
    write("a.csv", "joined\n31.12.2015\n01.02.2016\nsoon\n30.02.2016\n")
    sources = read(a={"path": "a.csv", "dates": {"joined": "%d.%m.%Y"}})
    assert sources["a"]["joined"].notna().tolist() == [True, True, False, False]
    assert sources.reports[0].remarks == ("joined: 2 of 4 values are no time, such as '30.02.2016'",)


def test_a_format_with_an_offset(read, write):
    write("a.csv", "t\n24/02/2015 11:35 -0800\n24/02/2015 20:35 +0100\n")
    column = read(a={"path": "a.csv", "dates": {"t": "%d/%m/%Y %H:%M %z"}})["a"]["t"]
    assert column.nunique() == 1


def test_times_of_a_zone_are_moved_to_utc(read, write):
    write("a.csv", "t\n2025-07-01 12:00\n2025-01-01 12:00\n2025-07-01T12:00Z\n")
    column = read(a={"path": "a.csv", "timezone": "Europe/Berlin"})["a"]["t"]
    assert column.dt.hour.tolist() == [10, 11, 12]


def test_times_with_and_without_offset_can_not_be_compared(read, write):
    write("a.csv", "t\n2025-07-01 12:00\n2025-07-01T12:00Z\n")
    with pytest.raises(CaseError, match="column t: 1 times have an offset like -0800, 1 have none"):
        read(a={"path": "a.csv", "dates": ["t"]})["a"]
    table = read(a="a.csv")["a"]
    with pytest.raises(CaseError, match="1 times have an offset such as -0800 and 1 have none"):
        rate(table["t"])


def test_a_wrong_format_is_said_with_an_example(read, write):
    write("a.csv", "t\n31.12.2015\n01.02.2016\n")
    with pytest.raises(CaseError) as caught:
        read(a={"path": "a.csv", "dates": {"t": "%Y-%m-%d"}})["a"]
    assert str(caught.value).splitlines() == [
        "data.a (a.csv), column t: no value is a time in that format, such as '01.02.2016'",
        "  hint: write its format: dates: {t: '%d.%m.%Y %H:%M'}",
    ]


def test_times_are_alike_from_a_workbook_and_a_text_file(read, write, tmp_path):
    write("a.csv", CSV)
    table = pd.read_csv(tmp_path / "a.csv", parse_dates=["when"])
    table.to_excel(tmp_path / "a.xlsx", index=False)
    frames = [read(a=name)["a"] for name in ("a.csv", "a.xlsx")]
    assert frames[0]["when"].tolist() == frames[1]["when"].tolist()
    assert frames[0]["amount"].fillna(0).tolist() == frames[1]["amount"].fillna(0).tolist()


# Rows


def test_repeated_ids_are_set_aside_and_counted(read, write):
    write("a.csv", "id,x,place\n1,5,a\n2,6,a\n1,5,a\n2,7,a\n,8,a\n3,9,a\n")
    sources = read(a={"path": "a.csv", "id": "id"})
    assert sources["a"]["x"].tolist() == [5, 6, 9]
    assert list(sources["a"].columns) == ["id", "x", "place"]
    report = sources.reports[0]
    assert report.rows_read == 6
    assert report.set_aside == {
        "no id": 1,
        "repeats a row in all its values": 1,
        "repeats the id of another row with other values (the first is kept)": 1,
    }
    assert sources.sql("select count(*) as n from a")["n"][0] == 3


@pytest.mark.parametrize(
    ("content", "options", "message"),
    [
        ("", {}, "data.a (a.csv): a.csv is empty"),
        ("x\n1,000\n", {}, "line 2 has 2 values, and the first line names 1 column\n"),
        ("x,y\n", {}, "data.a (a.csv) has no rows, only the columns x, y"),
        (
            "x,y\n1,2\n",
            {"columns": {"z": "w"}},
            "data.a (a.csv) has no column 'w'\n  hint: its columns are x, y",
        ),
        (
            "spend,y\n1,2\n",
            {"id": "spent"},
            "has no column 'spent'\n  hint: did you mean 'spend'? Its columns",
        ),
        ("x,y\n1,2\n", {"dates": ["t"]}, "data.a (a.csv) has no column 't'"),
        ("x,y\n1,2\n", {"columns": {"x": "y"}}, "two columns would be called x"),
        (
            "x,y\n1,2\n3,4,5\n6\n",
            {},
            "a.csv, line 3 has 3 values, and the first line names 2 columns\n  hint",
        ),
        ("x,y\n1,2\n6\n", {}, "data.a (a.csv): a.csv, line 3 has 1 value, and the first line names 2"),
        ('x,y\n1,2\n3,"4\n5,6\n', {}, "a.csv, from line 3 on: a quote is opened and never closed"),
    ],
)
def test_a_source_that_is_not_right_is_said(content, options, message, read, write, tmp_path):
    write("a.csv", content)
    sources = read(a={"path": "a.csv", **options})
    for work in (lambda: sources["a"], lambda: sources.sql("select * from a")):
        with pytest.raises(CaseError) as caught:
            work()
        assert message in str(caught.value)
        assert str(tmp_path) not in str(caught.value)


def test_a_missing_column_names_the_file_and_its_columns(read, write):
    write("a.csv", CSV)
    table = read(a="a.csv")["a"]
    with pytest.raises(CaseError) as caught:
        table[table["id"] > 1]["Amont"]
    first, hint = str(caught.value).splitlines()
    assert first == "data.a (a.csv) has no column 'Amont'"
    assert hint == "  hint: did you mean 'amount'? Its columns are id, when, amount, kind"


def test_files_of_a_glob_have_the_same_columns_in_any_order(read, write):
    write("p1.csv", "x,y\n1,a\n")
    write("p2.csv", "y,x\nb,2\n")
    assert read(a="p*.csv")["a"]["x"].tolist() == [1, 2]
    write("p3.csv", "x,z\n3,c\n")
    with pytest.raises(
        CaseError, match=r"columns of p3\.csv differ from those of p1\.csv: it lacks y; it has z as well"
    ):
        read(a="p*.csv")["a"]


def test_a_workbook_with_several_sheets_needs_one_named(read, tmp_path):
    with pd.ExcelWriter(tmp_path / "a.xlsx") as book:
        for name in ("First", "Second"):
            pd.DataFrame({"x": [name]}).to_excel(book, sheet_name=name, index=False)
    assert read(a={"path": "a.xlsx", "sheet": "Second"})["a"]["x"].tolist() == ["Second"]
    with pytest.raises(CaseError, match="has 2 sheets\n  hint: write sheet: with one of First, Second"):
        read(a="a.xlsx")["a"]
    with pytest.raises(CaseError, match="has no sheet 'Secnd'\n  hint: did you mean 'Second'"):
        read(a={"path": "a.xlsx", "sheet": "Secnd"})["a"]


@pytest.mark.parametrize("name", ["a.xlsx", "a.sqlite", "a.parquet", "a.jsonl"])
def test_a_file_that_is_not_what_its_name_says(name, read, write):
    write(name, "this is text, " * 400)
    with pytest.raises(CaseError, match=r"^data.a \(a"):
        read(a=name)["a"]


def test_mixed_cells_of_a_workbook_become_text_and_are_set_aside(read, tmp_path):
    pd.DataFrame({"x": [1, 2, "n/a", None, 5]}, dtype=object).to_excel(tmp_path / "a.xlsx", index=False)
    found = mean(read(a="a.xlsx")["a"]["x"])
    assert found.n == 3
    assert found.set_aside == {"no value": 1, "no number, such as 'n/a'": 1}


def test_large_whole_numbers_keep_their_digits(read, write):
    write("a.csv", "id,x\n570306133677760513,1\n,2\n")
    sources = read(a="a.csv")
    assert int(sources["a"]["id"][0]) == 570306133677760513


# Queries


def test_sql_reaches_all_sources_and_joins_them(read, write, tmp_path):
    write("a.csv", CSV)
    pd.DataFrame({"kind": ["a", "b"], "name": ["first", "second"]}).to_excel(
        tmp_path / "kinds.xlsx", index=False
    )
    found = read(a="a.csv", kinds="kinds.xlsx").sql("select name, amount from a join kinds using (kind)")
    assert found["name"].tolist() == ["first", "second"]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("select * from nothing", "Table with name nothing does not exist"),
        ("select nothing from a", "the tables are a (id, when, amount, kind)"),
        ("selct 1", "sql: Parser Error"),
        ("", "sql: must be one SELECT"),
        ("select 1; select 2", "sql: must be one SELECT"),
        ("drop view a", "sql: must be one SELECT"),
        ("copy a to 'a.csv'", "sql: must be one SELECT"),
        ("attach 'x.db'", "sql: must be one SELECT"),
        ("set enable_external_access = true", "sql: must be one SELECT"),
        ("install httpfs", "sql: must be one SELECT"),
        (
            "select * from read_csv('/etc/passwd')",
            "a query can read the sources under data: and no other file",
        ),
        (
            "select * from read_text('secret.txt')",
            "a query can read the sources under data: and no other file",
        ),
        ("select * from 'secret.txt'", "does not exist"),
        ("select * from glob('*')", "a query can read the sources under data: and no other file"),
        ("select * from read_csv('https://example.org/x.csv')", "sql: "),
    ],
)
def test_a_query_can_do_nothing_but_read_the_sources(query, message, read, write, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    write("a.csv", CSV)
    write("secret.txt", "secret")
    sources = read(a="a.csv")
    assert len(sources["a"]) == 3
    with pytest.raises(CaseError) as caught:
        sources.sql(query)
    assert message in str(caught.value)
    assert str(tmp_path) not in str(caught.value)
    assert (tmp_path / "a.csv").read_text() == CSV


def test_a_query_does_not_see_the_notebooks_variables(read, write):
    write("a.csv", CSV)
    frame = pd.DataFrame({"x": [1]})
    with pytest.raises(CaseError, match="frame does not exist"):
        read(a="a.csv").sql("select * from frame")
    assert len(frame) == 1


def test_an_unknown_source_is_said(read, write):
    write("posts.csv", CSV)
    with pytest.raises(CaseError, match=r"no source of data is called 'post'\n  hint: did you mean 'posts'"):
        read(posts="posts.csv")["post"]


def test_a_sqlite_file_is_not_changed(read, tmp_path):
    posts_as("sqlite", tmp_path)
    before = (tmp_path / "posts.sqlite").read_bytes()
    with pytest.raises(CaseError):
        read(posts={"path": "posts.sqlite", "query": "delete from posts"})["posts"]
    with pytest.raises(CaseError, match="has no table 'post'\n  hint: did you mean 'posts'"):
        read(posts={"path": "posts.sqlite", "table": "post"})["posts"]
    assert (tmp_path / "posts.sqlite").read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["posts.sqlite"]


def test_large_files_are_counted_where_they_lie(read, tmp_path):
    duckdb.sql("select range % 700 as person, range as event from range(200000)").write_parquet(
        str(tmp_path / "e.parquet")
    )
    sources = read(events="e.parquet")
    people = sources.sql("select person, count(*) as events from events group by person")
    found = participation(counts=people["events"])
    assert (found.contributors, found.contributions) == (700, 200_000)
    assert sources._frames == {}


def test_nested_json_lines_are_read(read, write):
    lines = [{"x": 1, "when": "2025-01-01T00:00:00Z"}, {"x": 2, "when": "2025-01-02T00:00:00Z"}]
    write("a.jsonl", "\n".join(json.dumps(line) for line in lines))
    assert read(a="a.jsonl")["a"]["when"].dtype.kind == "M"


def test_a_source_may_be_called_like_what_is_made_on_the_way(read, write, tmp_path):
    write("a.csv", "x\n1\n1\n")
    pd.DataFrame({"x": [3]}).to_excel(tmp_path / "b.xlsx", index=False)
    sources = read(read={"path": "a.csv", "id": "x"}, frame="b.xlsx", raw="a.csv")
    assert sources.sql("select * from frame, read")["x"].tolist() == [3]
    assert [len(sources[name]) for name in ("read", "frame", "raw")] == [1, 1, 2]


def test_nothing_heavy_is_imported_before_data_are_read():
    code = "import sys, casebook.cli, casebook.notebook as made; print({*sys.modules} & {*sys.argv[1:]})"
    done = subprocess.run(
        [sys.executable, "-c", code, "pandas", "duckdb", "sqlalchemy"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "set()\n"
