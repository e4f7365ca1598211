"""Files as programs export them: names not in the first row, other encodings, a wrong or damaged file."""

from __future__ import annotations

import gzip
from datetime import datetime

import duckdb
import openpyxl
import pandas as pd
import pytest

from casebook.errors import CaseError
from casebook.measurement import mean
from tests.measurement.conftest import DATA

ROWS = "1;2024-01-05;12,50;Müller\n2;2024-02-10;1.234,00;Größe AG\n3;2024-03-01;99,90;Café\n"
AMOUNTS = [12.5, 1234, 99.9]
NAMES = {"date": "Datum", "amount": "Betrag"}

PREAMBLES = {
    "a title": "Report from ERP\n",
    "a title as wide as the table": "Report from ERP;;;\nCreated 2024-06-01;;;\n;;;\n",
    "a title with commas": "Orders, returns, and refunds, all of them\n\n",
    "what separates the values": "sep=;\r\n",
    "what separates them, and a title": "sep=;\nReport\n",
    "blank lines": "\n\n",
    "a longer row": "a;b;c;d;e;f;g\n",
    "a quoted text of two lines": '"Report\nof orders";;;\n',
    "names like those, not all": "Datum;Filter: alle;;\n",
    "a mark of the encoding": "\ufeffsep=;\n",
}


@pytest.mark.parametrize("preamble", PREAMBLES.values(), ids=PREAMBLES)
def test_the_names_are_found_below_other_rows(preamble, read, write):
    write("a.csv", f"{preamble}id;Datum;Betrag;Kunde\n{ROWS}")
    sources = read(a={"path": "a.csv", "columns": NAMES})
    table = sources["a"]
    assert list(table.columns) == ["id", "date", "amount", "Kunde"]
    assert table["amount"].tolist() == AMOUNTS
    assert table["date"].dtype.kind == "M"
    assert sources.reports[0].rows_read == 3


@pytest.mark.parametrize(
    ("content", "header", "names"),
    [
        ("Report\nid;Datum;Betrag;Kunde\n", 2, ["id", "Datum", "Betrag", "Kunde"]),
        ("\n;;;\nid;Datum;Betrag;Kunde\n", 3, ["id", "Datum", "Betrag", "Kunde"]),
        ("Order;;Money;\nid;Datum;Betrag;Kunde\n", 2, ["id", "Datum", "Betrag", "Kunde"]),
        (
            "Order;;Money;\nid;Datum;Betrag;Kunde\n",
            [1, 2],
            ["Order id", "Order Datum", "Money Betrag", "Money Kunde"],
        ),
        (
            "x\nid;Datum;Betrag;Kunde\n;JJJJ-MM-TT;EUR;\n",
            [2, 3],
            ["id", "Datum JJJJ-MM-TT", "Betrag EUR", "Kunde"],
        ),
        ("id;Datum;Betrag;Betrag\n", 1, ["id", "Datum", "Betrag (1)", "Betrag (2)"]),
        ("id; Datum ;;\n", 1, ["id", "Datum", "column 3", "column 4"]),
        ("Id;id;ID;x\n", 1, ["Id (1)", "id (2)", "ID (3)", "x"]),
    ],
)
def test_the_row_of_the_names_can_be_given(content, header, names, read, write, tmp_path):
    write("a.csv", content + ROWS)
    table = read(a={"path": "a.csv", "header": header})["a"]
    assert list(table.columns) == names
    assert table.iloc[:, 2].tolist() == AMOUNTS
    rows = [(line.split(";") + [""] * 4)[:4] for line in (content + ROWS).splitlines()]
    pd.DataFrame(rows).to_excel(tmp_path / "a.xlsx", header=False, index=False)
    sheet = read(a={"path": "a.xlsx", "header": header})["a"]
    assert list(sheet.columns) == names
    assert sheet.iloc[:, 2].tolist() == AMOUNTS


def test_a_sheet_with_a_title_over_its_names(read, tmp_path):
    sheet = openpyxl.Workbook()
    for row in (["Auswertung 2024"], [], ["id", "Datum", "Betrag"]):
        sheet.active.append(row)
    for number, amount in enumerate((5, 7.5), start=1):
        sheet.active.append([number, datetime(2024, 1, number), amount])
    sheet.active.merge_cells("A1:C1")
    sheet.save(tmp_path / "a.xlsx")
    table = read(a={"path": "a.xlsx", "columns": NAMES})["a"]
    assert table["amount"].tolist() == [5, 7.5]
    assert table["date"].dtype.kind == "M"
    with pytest.raises(CaseError) as caught:
        read(a="a.xlsx")["a"]["Betrag"]
    assert "has no column 'Betrag'" in str(caught.value)
    assert "if the names stand in another row, write header: with its number" in str(caught.value)


def test_two_columns_of_one_name_are_told_apart(read, write, tmp_path):
    write("a.csv", "id,Betrag,Betrag\n1,5,50\n2,7,70\n")
    table = read(a={"path": "a.csv", "columns": {"net": "Betrag (1)", "gross": "Betrag (2)"}})["a"]
    assert (table["net"].sum(), table["gross"].sum()) == (12, 120)
    pd.DataFrame([[1, 5, 50]], columns=["id", "Betrag", "Betrag"]).to_excel(tmp_path / "b.xlsx", index=False)
    write("c.csv", "id,BETRAG,betrag\n1,5,50\n")
    for name, path in (("a", "a.csv"), ("b", "b.xlsx"), ("c", "c.csv")):
        for source in (path, {"path": path, "columns": {"amount": "Betrag"}}):
            with pytest.raises(CaseError) as caught:
                read(**{name: source})[name]["Betrag"]
            first, hint = str(caught.value).splitlines()
            assert first == f"data.{name} ({path}) has no column 'Betrag'"
            assert "(1)" in hint and "(2)" in hint


def test_columns_of_a_query_with_one_name_are_told_apart(read, tmp_path):
    import sqlite3

    with sqlite3.connect(tmp_path / "a.sqlite") as connection:
        connection.execute("create table t as select 1 as x, 2 as y")
    connection.close()
    table = read(a={"path": "a.sqlite", "query": "select x as n, y as n from t"})["a"]
    assert list(table.columns) == ["n (1)", "n (2)"]


@pytest.mark.parametrize(
    ("encoding", "option"),
    [
        ("cp1252", "windows-1252"),
        ("cp1252", "cp1252"),
        ("cp1252", "Windows-1252"),
        ("cp1252", "latin-1"),
        ("latin-1", "latin-1"),
        ("utf-16", None),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16"),
        ("utf-8-sig", None),
        ("utf-8", "utf-8"),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_encodings_are_read(encoding, option, packed, read, tmp_path):
    text = f"id;Datum;Betrag;Größe\n{ROWS}"
    # Latin-1 itself has no euro, no dash and no curly quotes.
    text += "4;2024-03-02;5,00;x\n" if encoding == "latin-1" else "4;2024-03-02;5,00 €;€ – „x“\n"
    content = text.encode(encoding)
    name = "a.csv.gz" if packed else "a.csv"
    (tmp_path / name).write_bytes(gzip.compress(content) if packed else content)
    source = {"path": name} | ({"encoding": option} if option else {})
    table = read(a=source)["a"]
    assert table["Betrag"].tolist() == [*AMOUNTS, 5]
    assert table["Größe"].tolist()[1] == "Größe AG"
    assert table["Größe"].tolist()[3] == ("x" if encoding == "latin-1" else "€ – „x“")


def test_a_file_of_another_encoding_says_which_to_write(read, tmp_path):
    (tmp_path / "a.csv").write_bytes("x;k\n1;Müller – €\n".encode("cp1252"))
    with pytest.raises(CaseError) as caught:
        read(a="a.csv")["a"]
    assert str(caught.value).splitlines() == [
        "data.a (a.csv): a.csv, the file is not in utf-8",
        "  hint: write encoding: windows-1252 if it comes from Excel on Windows, or save it as UTF-8",
    ]
    (tmp_path / "b.csv").write_bytes("x;k\n1;Ágnes\n".encode())
    with pytest.raises(CaseError, match=r"not in windows-1252\n  hint: write encoding: utf-8 if that"):
        read(b={"path": "b.csv", "encoding": "windows-1252"})["b"]


def test_a_query_reads_no_file_beside_the_copies(read, tmp_path, monkeypatch):
    (tmp_path / "a.csv").write_bytes("x;k\n1;Müller\n".encode("cp1252"))
    (tmp_path / "secret.csv").write_text("x\n1\n")
    monkeypatch.chdir(tmp_path)
    sources = read(a={"path": "a.csv", "encoding": "windows-1252"})
    assert sources.sql("select k from a")["k"][0] == "Müller"
    with pytest.raises(CaseError, match="a query can read the sources under data: and no other file"):
        sources.sql("select * from read_csv('secret.csv')")


def test_a_file_without_rows_says_nothing_about_the_others(read, write):
    write("p1.csv", "day,x\n2024-01-01,5\n")
    write("p2.csv", "day,x\n")
    assert read(p="p*.csv")["p"]["x"].tolist() == [5]


@pytest.mark.parametrize("rows", [1, 200_000])
def test_lines_may_end_in_two_ways(rows, read, tmp_path):
    content = b"id;k\r\n" + b"1;a\r\n" * rows + b'2;"b\nc"\n'
    (tmp_path / "a.csv").write_bytes(content)
    table = read(a="a.csv")["a"]
    assert (len(table), table["id"].sum(), table["k"].iloc[-1]) == (rows + 1, rows + 2, "b\nc")


def test_files_of_a_glob_may_begin_in_different_rows(read, write):
    write("p1.csv", f"id;Datum;Betrag;Kunde\n{ROWS}")
    write("p2.csv", "Report\nsecond page\nKunde;id;Datum;Betrag\nx;4;2024-04-01;5\n")
    table = read(p={"path": "p*.csv", "columns": NAMES})["p"]
    assert table["amount"].tolist() == [*AMOUNTS, 5]
    assert table["Kunde"].tolist() == ["Müller", "Größe AG", "Café", "x"]


def table_as(kind: str, path) -> None:
    frame = pd.DataFrame({"x": [1, 2]})
    if kind == "workbook":
        frame.to_excel(path.with_suffix(".xlsx"), index=False)
        path.with_suffix(".xlsx").rename(path)
    elif kind == "parquet":
        duckdb.from_df(frame).write_parquet(str(path))
    else:
        contents = {
            "web page": b"<!DOCTYPE html>\n<html>Please log in</html>",
            "gzip": gzip.compress(b"x\n1\n2\n"),
            "pdf": b"%PDF-1.7\n",
            "old workbook": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
            "sqlite": b"SQLite format 3\x00" + bytes(100),
            "text": b"x,y\n1,2\n",
            "zeros": b"x\n\x00\x00\n",
            "json list": b'[{"x": 1}]',
            "torn gzip": gzip.compress(b"x\n" + b"1\n" * 9999)[:-30],
            "spoilt gzip": gzip.compress(b"x\n1\n2\n")[:-6] + b"\x00" * 6,
        }
        path.write_bytes(contents[kind])


@pytest.mark.parametrize(
    ("kind", "name", "message"),
    [
        (
            "workbook",
            "a.csv",
            "a.csv is a workbook or a zip archive, not a text file\n  hint: if it is a work",
        ),
        (
            "parquet",
            "a.csv",
            "a.csv is a Parquet file, not a text file\n  hint: let its name end in .parquet",
        ),
        ("web page", "a.csv", "a.csv is a web page or XML, not a text file\n  hint: export the table itself"),
        ("web page", "a.xlsx", "a.xlsx is a web page or XML, not a workbook\n  hint"),
        ("gzip", "a.csv", "a.csv is compressed, not a text file\n  hint: let its name end in .gz"),
        ("pdf", "a.tsv", "a.tsv is a PDF, not a text file"),
        (
            "old workbook",
            "a.xlsx",
            "a.xlsx is an old or a protected Office file, not a workbook\n  hint: save it",
        ),
        ("sqlite", "a.csv", "a.csv is a SQLite file, not a text file\n  hint: let its name end in .sqlite"),
        (
            "text",
            "a.xlsx",
            "a.xlsx is not a workbook; it begins with 'x,y\\n1,2\\n'\n  hint: export it again",
        ),
        ("text", "a.parquet", "a.parquet is not a Parquet file; it begins with"),
        ("text", "a.sqlite", "a.sqlite is not a SQLite file; it begins with"),
        ("workbook", "a.parquet", "a.parquet is a workbook or a zip archive, not a Parquet file"),
        (
            "zeros",
            "a.csv",
            "a.csv holds zero bytes, which no text has\n  hint: if it is UTF-16, write encoding",
        ),
        ("json list", "a.jsonl", "a.jsonl is one list\n  hint: write one object a line (JSON Lines)"),
        (
            "text",
            "a.csv.gz",
            "a.csv.gz is not compressed with gzip\n  hint: export it or copy it again",
        ),
        ("torn gzip", "a.csv.gz", "a.csv.gz is cut off: it was not copied completely\n  hint"),
        ("spoilt gzip", "a.csv.gz", "a.csv.gz is damaged: its checksum is wrong\n  hint"),
        ("torn gzip", "a.jsonl.gz", "a.jsonl.gz is cut off"),
    ],
)
def test_a_wrong_or_a_damaged_file_is_said_to_be_one(kind, name, message, read, tmp_path):
    table_as(kind, tmp_path / name)
    with pytest.raises(CaseError) as caught:
        read(orders=name)["orders"]
    assert str(caught.value).startswith(f"data.orders ({name}): {message}")
    assert str(tmp_path) not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "options", "message"),
    [
        (" \n\n", {}, "a.csv: it has no row with the names of its columns"),
        ("x;y\n1;2\n", {"header": 9}, "a.csv: it has 2 rows, and header: names row 9"),
        ("Report\nx;y\n1;2\n3\n", {"header": 2}, "line 4 has 1 value, and row 2 names 2 columns\n  hint"),
        ("x;y\n1;2\nEnd of report\n", {"delimiter": ";"}, "line 3 has 1 value, and the first line names 2"),
        ('sep=;\nx;y\n1;2\n3;"4\n', {}, "from line 4 on: a quote is opened and never closed"),
        ("Report\nx;y\n", {"header": 2}, "data.a (a.csv) has no rows, only the columns x, y"),
    ],
)
def test_what_is_wrong_below_other_rows_is_said_with_its_line(content, options, message, read, write):
    write("a.csv", content)
    with pytest.raises(CaseError) as caught:
        read(a={"path": "a.csv", **options})["a"]
    assert message in str(caught.value)


@pytest.mark.parametrize(
    "query",
    [
        "select sum(amount) from a",
        "select avg(amount) from a group by kind",
        "select amount / 2 as half from a",
        "select sum(amount::double) from a",
        'select max("amount" * 1.0) from a',
    ],
)
def test_text_in_a_column_of_numbers_is_blamed_by_source_column_and_value(query, read, write):
    write("a.csv", "kind,amount\nx,12.5\ny,n/a\nz,4\n")
    with pytest.raises(CaseError) as caught:
        read(a="a.csv").sql(query)
    assert str(caught.value).splitlines() == [
        "data.a (a.csv), column amount: 1 of 3 values are not numbers, such as 'n/a'",
        "  hint: if that stands for no value, write missing: ['n/a']",
    ]
    assert read(a={"path": "a.csv", "missing": ["n/a"]}).sql("select sum(amount) as s from a")["s"][0] == 16.5


def test_an_estimator_blames_source_column_and_value(read, write):
    write("a.csv", "kind,Betrag (EUR)\nx,a\ny,b\n")
    table = read(a={"path": "a.csv", "columns": {"amount": "Betrag (EUR)"}})["a"]
    with pytest.raises(CaseError) as caught:
        mean(table["amount"], label="order value")
    assert str(caught.value).splitlines() == [
        "data.a (a.csv), column amount ('Betrag (EUR)' there): mean (order value): no number in any row, "
        "such as 'a'",
        "  hint: name a column of numbers; or list the texts that stand for no value under missing:",
    ]
    with pytest.raises(CaseError, match=r"^data\.a \(a\.csv\), column amount .*: mean: there are no rows"):
        mean(table[table["kind"] == "none"]["amount"])
    with pytest.raises(CaseError, match=r"^the result of the query on data\.a \(a\.csv\), column kind: "):
        mean(read(a="a.csv").sql("select kind from a")["kind"])


def test_what_is_said_of_wide_data_is_short(read, write):
    names = [f"column_of_the_export_{number}" for number in range(500)]
    write("a.csv", ",".join(names) + "\n" + ",".join("1" for _ in names) + "\n")
    sources = read(a="a.csv")
    for work in (
        lambda: sources.sql("select nothing from a"),
        lambda: sources["a"]["nothing"],
        lambda: read(a={"path": "a.csv", "id": "nothing"})["a"],
    ):
        with pytest.raises(CaseError) as caught:
            work()
        assert len(str(caught.value)) < 600
        assert "and 488 more" in str(caught.value)


def test_the_examples_are_read_as_they_lie(read):
    assert len(read(DATA, posts="community_beer.csv")["posts"]) == len(
        pd.read_csv(DATA / "community_beer.csv")
    )
