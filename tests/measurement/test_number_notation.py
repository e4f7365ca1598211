"""Numbers as people write them are read by the notation of their column, or refused with what to write."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casebook.errors import CaseError
from casebook.measurement import mean, rate
from casebook.measurement.number_notation import read as read_texts
from tests.measurement.conftest import DATA

NBSP, NARROW, THIN = "\u00a0", "\u202f", "\u2009"

COLUMNS = {
    "point, comma between thousands": (["17,000.50", "120.25", "1,234,567"], [17000.5, 120.25, 1234567]),
    "comma, point between thousands": (["17.000,50", "120,25", "1.234.567"], [17000.5, 120.25, 1234567]),
    "a thousand beside decimals": (["1,234", "12.50"], [1234, 12.5]),
    "thousandths beside decimals": (["1,234", "12,50"], [1.234, 12.5]),
    "a zero before the mark": (["0,125", "1,250"], [0.125, 1.25]),
    "no thousands of four digits": (["1234,567", "1,250"], [1234.567, 1.25]),
    "dollars": (["$12.50", "$1,000.00", "-$3.10", "($4.00)"], [12.5, 1000, -3.1, -4]),
    "euros": (["12,50 €", "1.200,00 €", f"-3,10{NBSP}€"], [12.5, 1200, -3.1]),
    "a currency's code": (["USD 12.50", "7.25 USD", "1,000 USD", "3.00"], [12.5, 7.25, 1000, 3]),
    "Swiss francs": (["Fr. 12.50", "17'000.50", "17’000.50"], [12.5, 17000.5, 17000.5]),
    "another dollar": (["US$ 1,250.00", "US$12.50"], [1250, 12.5]),
    "per cent": (["12%", "5.5 %", "(1%)", "100%"], [0.12, 0.055, -0.01, 1]),
    "per cent with a comma": (["12,5%", f"5{NBSP}%"], [0.125, 0.05]),
    "brackets": (["(20.00)", "35.10", "( 1,000.25 )"], [-20, 35.1, -1000.25]),
    "a minus behind": (["20,00-", "35,10", "1.000,25-"], [-20, 35.1, -1000.25]),
    "a true minus": (["−20.00", "–3.5", "+35.10"], [-20, -3.5, 35.1]),
    "exponents": (["1.2e3", "1.5E-2", "2E+03", "7"], [1200, 0.015, 2000, 7]),
    "exponents with a comma": (["1,2E+03", "1,5e−2"], [1200, 0.015]),
    "spaces": (["17 000,50", "1 234 567", "120,25"], [17000.5, 1234567, 120.25]),
    "narrow spaces": ([f"17{NARROW}000,50", f"1{THIN}234{THIN}567", "120,25"], [17000.5, 1234567, 120.25]),
    "no-break spaces": ([f"17{NBSP}000.50", "120.25"], [17000.5, 120.25]),
    "lakhs": (["1,00,000.50", "12,34,567", "120.25"], [100000.5, 1234567, 120.25]),
    "prices without cents": (["12,-", "49,50", "1.250,–"], [12, 49.5, 1250]),
    "blanks around": (["  12,50", "7,25 ", f"{NBSP}3,00"], [12.5, 7.25, 3]),
    "no zero before the mark": ([".5", "-.25", "3.0"], [0.5, -0.25, 3]),
}


def written(values: list[str]) -> str:
    return "k;amount\n" + "".join(f'{number};"{value}"\n' for number, value in enumerate(values))


@pytest.mark.parametrize(("values", "numbers"), COLUMNS.values(), ids=COLUMNS)
def test_a_column_is_read_as_it_is_written(values, numbers, read, write):
    write("a.csv", written(values))
    sources = read(a="a.csv")
    assert sources["a"]["amount"].tolist() == pytest.approx(numbers, rel=1e-12)
    assert sources.sql("select sum(amount) as s from a")["s"][0] == pytest.approx(sum(numbers))
    # A list of texts, and a column with something else in it, are read alike.
    assert read_texts(pd.Series(values), pd.Series(values), "amount", None) == pytest.approx(numbers)
    write("b.csv", written([*values, "n/a"]))
    found = mean(read(b="b.csv")["b"]["amount"])
    assert found.value == pytest.approx(sum(numbers) / len(numbers))
    assert found.set_aside == {"no number, such as 'n/a'": 1}


@pytest.mark.parametrize("kind", ["xlsx", "tsv", "csv in two files", "jsonl"])
def test_texts_are_read_in_every_kind_of_file(kind, read, write, tmp_path):
    table = pd.DataFrame({"amount": ["17.000,50 €", "120,25 €", "1.000,00 €"]})
    name = f"a.{kind.partition(' ')[0]}"
    if kind == "xlsx":
        table.to_excel(tmp_path / name, index=False)
    elif kind == "jsonl":
        table.to_json(tmp_path / name, orient="records", lines=True)
    elif kind == "tsv":
        table.to_csv(tmp_path / name, sep="\t", index=False)
    else:
        write("a1.csv", 'amount\n"17.000,50 €"\n"120,25 €"\n')
        write("a2.csv", "amount\n1000\n")
        name = "a*.csv"
    assert mean(read(a=name)["a"]["amount"]).value == pytest.approx((17000.5 + 120.25 + 1000) / 3)


AMBIGUOUS = {
    "a comma": ["1,234", "2,345", "17"],
    "a point": ["1.234", "2.345", "17"],
    "a currency": ["$1,234", "$12,500"],
    "negative": ["-1.234", "(2.345)"],
    "a single clear value among many": ["1,234"] * 200 + ["12.50"],
    "a point and integers of four digits": ["1500", "2.125", "3.375"],
}


@pytest.mark.parametrize("values", AMBIGUOUS.values(), ids=AMBIGUOUS)
def test_what_can_be_read_in_two_ways_is_refused_with_the_line_to_write(values, read, write):
    write("a.csv", written(values))
    sources = read(a={"path": "a.csv", "columns": {"betrag": "amount"}})
    for work in (
        lambda: mean(sources["a"]["betrag"], label="order value"),
        lambda: sources.sql("select sum(betrag) from a"),
        lambda: mean(sources["a"][sources["a"]["k"] >= 0]["betrag"]),
    ):
        with pytest.raises(CaseError) as caught:
            work()
        first, hint = str(caught.value).splitlines()
        assert first.startswith("data.a (a.csv), column betrag")
        assert "can be read in two ways: " in first
        mark = "," if "," in values[0] else "."
        assert hint.startswith(f"  hint: write thousands: {{betrag: '{mark}'}} for ")
        assert f"or decimal: {{betrag: '{mark}'}} for " in hint
    # What is never used as a number does no harm.
    assert len(sources.sql("select k from a")) == len(values)


@pytest.mark.parametrize(
    ("option", "expected"),
    [
        ({"thousands": ","}, [1234, 2345]),
        ({"decimal": "."}, [1234, 2345]),
        ({"decimal": ","}, [1.234, 2.345]),
        ({"thousands": "."}, [1.234, 2.345]),
        ({"decimal": {"amount": ","}}, [1.234, 2.345]),
        ({"decimal": {"amount": ","}, "thousands": {"other": ","}}, [1.234, 2.345]),
        ({"thousands": {"amount": ","}, "decimal": "."}, [1234, 2345]),
    ],
)
def test_the_line_that_is_written_decides(option, expected, read, write):
    write("a.csv", 'other;amount\n1;"1,234"\n2;"2,345"\n')
    assert read(a={"path": "a.csv", **option})["a"]["amount"].tolist() == expected


def test_a_point_between_thousands_is_no_decimal_point(read, write):
    """What a reader of CSV takes for 17.0 without a word."""
    write("a.csv", "amount\n450\n17.000\n1.200\n80\n")
    assert read(a={"path": "a.csv", "thousands": "."})["a"]["amount"].tolist() == [450, 17000, 1200, 80]
    assert read(a={"path": "a.csv", "decimal": "."})["a"]["amount"].tolist() == [450, 17, 1.2, 80]
    write("b.csv", "amount\n450\n17.000\n1.2\n")
    assert read(b="b.csv")["b"]["amount"].tolist() == [450, 17, 1.2]


def test_what_is_blank_at_first_is_read_as_well(read, write):
    write("a.csv", "k;amount\n" + "1;\n" * 2000 + "1;12,50\n1;1.000,00\n")
    assert read(a="a.csv")["a"]["amount"].sum() == 1012.5


def test_a_late_value_still_decides(read, write):
    """No sample stands for the column: the first two thousand values tell nothing, or the wrong thing."""
    write("a.csv", "amount\n" + "450\n" * 2000 + "17.000\n" * 30)
    with pytest.raises(CaseError, match=r"values such as '17\.000' can be read in two ways"):
        mean(read(a="a.csv")["a"]["amount"])
    write("b.csv", written(["12,50"] * 2000 + ["1.000,25"]))
    assert read(b="b.csv")["b"]["amount"].sum() == 12.5 * 2000 + 1000.25
    write("c.csv", written(["12,50"] * 2000 + ["n/a"]))
    assert mean(read(c="c.csv")["c"]["amount"]).set_aside == {"no number, such as 'n/a'": 1}


CONTRADICTIONS = {
    "two decimal marks": (
        ["12.50", "7.25", "12,50"],
        "2 of 3 values have a decimal point, such as '12.50', and 1 a decimal comma, such as '12,50'",
    ),
    "two marks with thousands": (
        ["1,200.50", "1.200,50"],
        "1 of 2 values have a decimal point, such as '1,200.50', and 1 a decimal comma",
    ),
    "two currencies": (["$12.50", "12.50 €"], "its values are in several currencies: $ (1), € (1)"),
    "two dollars": (["US$12.50", "C$12.50"], "several currencies: C$ (1), US$ (1)"),
    "per cent and none": (
        ["12%", "0.5", "0.6"],
        "1 of 3 values have a percent sign, such as '12%', and 2 have none, such as '0.5'",
    ),
}


@pytest.mark.parametrize(("values", "message"), CONTRADICTIONS.values(), ids=CONTRADICTIONS)
def test_a_column_that_contradicts_itself_is_refused(values, message, read, write):
    write("a.csv", written(values))
    sources = read(a="a.csv")
    for work in (lambda: mean(sources["a"]["amount"]), lambda: sources.sql("select max(amount) from a")):
        with pytest.raises(CaseError) as caught:
            work()
        assert str(caught.value).startswith("data.a (a.csv), column amount")
        assert message in str(caught.value)
        assert "\n  hint: " in str(caught.value)


def test_a_part_that_does_not_contradict_itself_can_be_measured(read, write):
    write("a.csv", 'where;amount\nUS;"$12.50"\nUS;"$7.50"\nDE;"12,00 €"\nDE;"8,00 €"\n')
    table = read(a="a.csv")["a"]
    assert mean(table[table["where"] == "US"]["amount"]).value == 10
    assert mean(table[table["where"] == "DE"]["amount"]).value == 10


def test_a_part_is_read_as_the_whole_column_is(read, write):
    write("a.csv", 'kind;amount\nx;"1,234"\nx;"2,345"\n' + 'y;"12.50"\n' * 3 + "z;n/a\n")
    table = read(a="a.csv")["a"]
    assert mean(table[table["kind"] == "x"]["amount"]).value == (1234 + 2345) / 2


def test_one_stray_value_among_many_is_set_aside_and_no_reason_to_refuse(read, write):
    write("a.csv", written(["12,50"] * 300 + ["12.50", "$3,00"]))
    found = mean(read(a="a.csv")["a"]["amount"])
    assert (found.value, found.n, sum(found.set_aside.values())) == (12.5, 300, 2)


@pytest.mark.parametrize(
    "values",
    [
        ["2024-01-05", "2024-01-06"],
        ["10.0.0.1", "10.0.0.2"],
        ["+49 30 1234", "+49 30 5678"],
        ["01067", "10115"],
        ["A12", "12"],
        ["12 pcs", "7 pcs"],
        ["10:30", "11:45"],
        ["05.01.2024", "06.01.2024"],
    ],
)
def test_what_is_no_number_is_left_as_it_is(values, read, write):
    write("a.csv", written(values))
    column = read(a={"path": "a.csv", "dates": []})["a"]["amount"]
    assert not pd.api.types.is_numeric_dtype(column.dtype)


def test_texts_of_digits_stay_texts_where_a_file_tells_numbers_from_texts(read, tmp_path):
    pd.DataFrame({"zip": ["10115", "80331"], "x": [1, 2]}).to_excel(tmp_path / "a.xlsx", index=False)
    assert read(a="a.xlsx")["a"]["zip"].tolist() == ["10115", "80331"]


MARKS = st.sampled_from([(".", ","), (",", "."), (".", "'"), (",", NARROW), (".", "")])
AFFIXES = st.sampled_from(["{}", "${}", "{} €", "CHF {}", "{}%"])


@settings(max_examples=60)
@given(st.lists(st.decimals(-(10**9), 10**9, places=2), min_size=1, max_size=30), MARKS, AFFIXES)
def test_whatever_is_written_with_two_decimals_is_read_back(amounts, marks, affix):
    decimal, thousands = marks
    swap = str.maketrans({",": thousands, ".": decimal})
    texts = pd.Series([affix.format(f"{amount:,.2f}".translate(swap)) for amount in amounts])
    scale = 100 if "%" in affix else 1
    expected = [float(amount) / scale for amount in amounts]
    assert read_texts(texts, texts, "x", None).tolist() == pytest.approx(expected, rel=1e-12, abs=1e-12)


def test_the_files_of_the_examples_are_read_as_before(read):
    table = read(DATA, posts="facebook_posts.csv")["posts"]
    plain = pd.read_csv(DATA / "facebook_posts.csv")
    for name in plain.select_dtypes("number"):
        assert table[name].astype("float64").tolist() == pytest.approx(
            plain[name].astype("float64").tolist(), nan_ok=True
        )


LARGE_ONES = [17_000.5, 11_000.5, 37_000.5, 36_000.5, 18_000.5]


def test_large_amounts_with_separators_count(read, write):
    """They were set aside in silence, all the large ones, and a mean of thousands became one of hundreds."""
    small = [120.25, 35.5, 450.0, 80.0, 999.0] * 4
    amounts = LARGE_ONES + small
    for name, swap in (("us", {}), ("de", {ord(","): ".", ord("."): ","})):
        lines = [
            f'2024-01-{day:02d};"{amount:,.2f}"'.translate(swap) for day, amount in enumerate(amounts, 1)
        ]
        write(f"{name}.csv", "day;amount\n" + "\n".join(lines))
        found = mean(read(orders=f"{name}.csv")["orders"]["amount"])
        assert found.value == pytest.approx(sum(amounts) / len(amounts))
        assert (found.n, found.set_aside) == (25, {})
        assert rate(read(orders=f"{name}.csv")["orders"]["day"]).n == 25
