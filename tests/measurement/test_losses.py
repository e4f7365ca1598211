"""Rows that drop out of the client's data are told: dates and ids that mislead, totals, an unfair sample."""

from __future__ import annotations

import json

import duckdb
import numpy as np
import pandas as pd
import pytest

from casebook.errors import CaseError
from casebook.measurement import difference, mean, proportion, rate, ratio
from casebook.views.text import to_text
from tests.conftest import notebook_file
from tests.measurement.conftest import DECLARATIONS
from tests.small_cases import report

# Dates

DAYS = [f"2024-{month:02d}-{day:02d}" for month in range(1, 13) for day in range(1, 9)]
"""96 days from January to December 2024: 96 − 1 events in 342 days, 8.45 a month."""
A_MONTH = 95 / (342 / (365 / 12))


def dates_of(read, write, days, **source):
    write("a.csv", "k,day\n" + "".join(f"{number},{day}\n" for number, day in enumerate(days)))
    return read(a={"path": "a.csv", **source})


def as_german(day: str) -> str:
    return ".".join(reversed(day.split("-")))


@pytest.mark.parametrize("short", ["23.03.24", "1.4.24", "31.12.99"])
def test_a_year_of_two_digits_is_none_of_four(short, read, write):
    """%Y takes 24 for the year 24, and 8 events a month became one in 250 months."""
    days = [*map(as_german, DAYS), short]
    sources = dates_of(read, write, days, dates={"day": "%d.%m.%Y"})
    found = rate(sources["a"]["day"])
    assert (found.value, found.set_aside) == (pytest.approx(A_MONTH), {"no time": 1})
    (finding,) = sources.reports[0].findings
    assert finding == f"day: 1 of 97 values are no time, such as '{short}'"


def test_a_year_of_two_digits_is_read_where_the_format_says_so(read, write):
    days = [f"{as_german(day)[:6]}24" for day in DAYS]
    assert rate(dates_of(read, write, days, dates={"day": "%d.%m.%y"})["a"]["day"]).value == pytest.approx(
        A_MONTH
    )
    with pytest.raises(
        CaseError, match=r"column day: no value is a time in that format, such as '01\.01\.24'"
    ):
        dates_of(read, write, days, dates={"day": "%d.%m.%Y"})["a"]


def test_a_date_of_digits_keeps_its_zeros(read, write):
    days = ["".join(reversed(day[2:].split("-"))) for day in DAYS]  # 010224 is the first of February
    found = rate(dates_of(read, write, days, dates={"day": "%d%m%y"})["a"]["day"])
    assert (found.value, found.set_aside) == (pytest.approx(A_MONTH), {})


@pytest.mark.parametrize(
    ("strange", "count"),
    [
        (["9999-12-31"], 1),
        (["9999-12-31"] * 60, 60),
        (["1900-01-01", "1970-01-01", "2099-12-31"], 3),
        (["0001-01-01", "1753-01-01", "1899-12-30"], 3),
        (["2204-03-01"], 1),
        (["2052-03-01"], 1),
        (["0024-03-23"], 1),
        (["9999-12-31", "9998-01-01"], 2),
    ],
)
def test_dates_that_stand_for_none_or_lie_far_off_are_set_aside_and_told(strange, count, read, write):
    sources = dates_of(read, write, [*DAYS, *strange])
    found = rate(sources["a"]["day"])
    assert found.value == pytest.approx(A_MONTH)
    assert sum(found.set_aside.values()) == count
    (finding,) = sources.reports[0].findings
    example = min(strange)
    start = f"day: {count} of {len(DAYS) + count} dates treated as missing, such as {example}: placeholders"
    assert finding.startswith(start)


@pytest.mark.parametrize("form", ["format", "workbook", "parquet", "zone"])
def test_placeholders_are_found_in_every_kind_of_column(form, read, write, tmp_path):
    days = [*DAYS, "1900-01-01", "9999-12-31"]
    if form == "format":
        sources = dates_of(read, write, map(as_german, days), dates={"day": "%d.%m.%Y"})
    elif form == "zone":
        sources = dates_of(read, write, [f"{day}T12:00:00+01:00" for day in days])
    else:
        moments = [np.datetime64(day, "us") for day in days]
        frame = pd.DataFrame({"day": moments})
        if form == "workbook":  # pandas' own times end before the year 9999
            frame["day"] = pd.Series([moment.item() for moment in moments], dtype=object)
            frame.to_excel(tmp_path / "a.xlsx", index=False)
        else:
            duckdb.from_df(frame).write_parquet(str(tmp_path / "a.parquet"))
        sources = read(a="a.xlsx" if form == "workbook" else "a.parquet")
    assert rate(sources["a"]["day"]).value == pytest.approx(A_MONTH)
    assert "2 of 98 dates treated as missing" in sources.reports[0].findings[0]


@pytest.mark.parametrize(
    "days",
    [
        [f"{year}-06-15" for year in range(1938, 2008)],  # dates of birth
        [f"{year}-01-01" for year in range(1965, 1976)],  # 1970 among its neighbours
        ["2005-05-05", *DAYS],  # an early first order, within three times the span of the rest, or ten years
        [f"2015-{month:02d}-01" for month in range(1, 13)] + DAYS,
        [f"{year}-12-31" for year in range(2020, 2060, 5)],  # ends of contracts
        ["1970-01-01"] * 3 + ["1970-01-02"],  # the first day of a machine's clock, and the next
    ],
)
def test_plausible_dates_stay(days, read, write):
    sources = dates_of(read, write, days)
    wanted = [day for day in days if day != "2005-05-05"]
    assert sources["a"]["day"].notna().sum() >= len(wanted)
    assert all("2005" in finding for finding in sources.reports[0].findings)


# Identifiers


@pytest.mark.parametrize(
    "ids",
    [
        ["12345678901234567890", "12345678901234567891", "12345678901234567892"],
        ["570306133677760513", "570306133677760514", "570306133677760515"],
        ["9007199254740993", "9007199254740992", "9007199254740994"],
        ["007", "7", "07"],
        ["A7", "a7", "7"],
        [
            "123456789012345678901234567890123456789012345",
            "123456789012345678901234567890123456789012346",
            "1",
        ],
    ],
)
@pytest.mark.parametrize("kind", ["csv", "xlsx", "jsonl", "parquet", "sqlite"])
def test_ids_are_compared_digit_by_digit(ids, kind, read, write, tmp_path):
    frame = pd.DataFrame({"id": [*ids, ids[0]], "x": [1, 2, 3, 1]})
    path = tmp_path / f"a.{kind}"
    if kind == "csv":
        frame.to_csv(path, index=False)
    elif kind == "xlsx":
        frame.to_excel(path, index=False)
    elif kind == "jsonl":
        rows = [f'{{"id": {json.dumps(each)}, "x": {x}}}' for each, x in frame.itertuples(index=False)]
        numbers = all(each.isdigit() and not each.startswith("0") and len(each) < 39 for each in ids)
        path.write_text(
            "\n".join(
                row.replace('"id": "', '"id": ').replace('", "x"', ', "x"') if numbers else row
                for row in rows
            )
        )
    elif kind == "parquet":
        duckdb.from_df(frame).write_parquet(str(path))
    else:
        import sqlite3

        with sqlite3.connect(path) as connection:
            frame.to_sql("t", connection, index=False)
        connection.close()
    sources = read(a={"path": path.name, "id": "id"})
    assert sources["a"]["x"].tolist() == [1, 2, 3]
    assert sources["a"]["id"].astype(str).tolist() == ids
    assert sources.reports[0].set_aside == {"repeats a row in all its values": 1}


@pytest.mark.parametrize("kind", ["exponent", "workbook", "parquet"])
def test_ids_that_repeat_only_because_they_were_rounded_are_kept_and_told(kind, read, write, tmp_path):
    name = {"exponent": "a.csv", "workbook": "a.xlsx", "parquet": "a.parquet"}[kind]
    if kind == "exponent":
        write(name, "id,x\n5.70306E+17,1\n5.70306E+17,2\n12,3\n12,3\n")
    elif kind == "workbook":
        ids = [570306133677760513, 570306133677760514, 12, 12]  # a workbook holds floats
        pd.DataFrame({"id": ids, "x": [1, 2, 3, 3]}).to_excel(tmp_path / name, index=False)
    else:
        rows = "(570306133677760513::double, 1), (570306133677760514::double, 2), (12, 3), (12, 3)"
        duckdb.sql(f"select * from (values {rows}) t(id, x)").write_parquet(str(tmp_path / name))
    sources = read(a={"path": name, "id": "id"})
    assert sources["a"]["x"].tolist() == [1, 2, 3]
    assert sources.reports[0].set_aside == {"repeats a row in all its values": 1}
    finding = sources.reports[0].findings[-1]
    assert finding.startswith("id: 2 of 4 values were rounded before export, such as 5")
    assert finding.endswith("no row is set aside for repeating one of them (1 do)")


def test_repeats_beyond_one_in_a_hundred_are_a_finding(read, write):
    rows = [f"{number},5\n" for number in range(300)]
    write("a.csv", "id,x\n" + "".join(rows + rows[:2]))
    few = read(a={"path": "a.csv", "id": "id"})
    assert (few["a"]["id"].size, few.reports[0].findings) == (300, ())
    write("b.csv", "id,x\n" + "".join(rows + rows[:9]))
    many = read(b={"path": "b.csv", "id": "id"})
    assert many["b"]["id"].size == 300
    assert many.reports[0].findings == ("9 of 309 rows set aside: repeats a row in all its values",)


# Totals

MONTHS = [120.5, 80.25, 99.0, 310.0, 45.75, 60.0, 71.5, 88.0, 92.25, 100.0, 54.0, 66.75]


@pytest.mark.parametrize(
    "last",
    [
        ["Total", "", "{sum}"],
        ["", "Total", "{sum}"],
        ["TOTAL:", "", "{sum}"],
        ["Grand total", "", "{sum}"],
        ["Summe", "", "{sum}"],
        ["Gesamtsumme 2024", "", "{sum}"],
        ["Gesamtergebnis", "", "{sum}"],
        ["Total général", "", "{sum}"],
        ["", "", "{sum}"],
        ["Total", "", "1999.99"],  # of rows that are not here
        ["Ø", "Summe", "{sum}"],
    ],
)
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_row_that_sums_up_the_others_is_no_row(last, kind, read, write, tmp_path):
    rows = [["x1", f"2024-{month:02d}-01", str(amount)] for month, amount in enumerate(MONTHS, 1)]
    rows.append([cell.format(sum=sum(MONTHS)) for cell in last])
    if kind == "csv":
        write("a.csv", "\n".join(";".join(row) for row in [["k", "day", "amount"], *rows]))
    else:
        frame = pd.DataFrame(rows, columns=["k", "day", "amount"]).replace("", None)
        frame["amount"] = frame["amount"].astype(float)
        frame.to_excel(tmp_path / "a.xlsx", index=False)
    sources = read(a=f"a.{kind}")
    found = mean(sources["a"]["amount"])
    assert (found.value, found.n) == (pytest.approx(sum(MONTHS) / 12), 12)
    assert rate(sources["a"]["day"]).n == 12
    assert sources.reports[0].set_aside == {"sums up other rows": 1}
    assert sources.reports[0].findings == ("1 of 13 rows set aside: sums up other rows",)


def test_subtotals_are_no_rows_either(read, write):
    north, south = "N;a;10\nN;b;20\nTotal N;;30\n", "S;c;5\nS;d;7\nS;e;9\nTotal S;;21\n"
    write("a.csv", f"region;customer;amount\n{north}{south}Grand total;;51\n")
    sources = read(a="a.csv")
    assert sources["a"]["amount"].tolist() == [10, 20, 5, 7, 9]
    assert sources.reports[0].set_aside == {"sums up other rows": 3}


def test_a_total_in_the_notation_of_the_column_is_found(read, write):
    rows = [
        f"{day};{amount:,.2f} €".translate({44: ".", 46: ","})
        for day, amount in zip(DAYS, MONTHS * 8, strict=True)
    ]
    total = f"{sum(MONTHS) * 8:,.2f} €".translate({44: ".", 46: ","})
    write("a.csv", "\n".join(["day;amount", *rows, f";{total}"]))
    found = mean(read(a="a.csv")["a"]["amount"])
    assert (found.n, found.value) == (96, pytest.approx(sum(MONTHS) / 12))


def test_a_total_is_found_beside_text_in_its_column(read, write):
    rows = [f"{number},{day},{number}" for number, day in enumerate(DAYS)]
    rows[3] = f"3,{DAYS[3]},on request"
    write("a.csv", "\n".join(["k,day,amount", *rows, f"Total,,{sum(range(96)) - 3}"]))
    sources = read(a="a.csv")
    found = mean(sources["a"]["amount"])
    assert (found.n, found.value) == (95, pytest.approx((sum(range(96)) - 3) / 95))
    assert sources.reports[0].set_aside == {"sums up other rows": 1}


def test_a_row_that_only_looks_like_a_sum_is_kept_and_told(read, write):
    rows = [f"x{number},{amount}" for number, amount in enumerate(MONTHS)]
    write("a.csv", "\n".join(["customer,amount", *rows, f"big,{sum(MONTHS)}"]))
    sources = read(a="a.csv")
    assert len(sources["a"]) == 13
    assert sources.reports[0].findings == (
        f"1 of 13 rows counted although they may sum up others, such as 'big, {sum(MONTHS)}'",
    )


@pytest.mark.parametrize(
    "content",
    [
        # A customer of that name.
        "customer,day,amount\nTotal,2024-01-01,7\nShell,2024-01-02,5\nTotal,2024-01-03,4\n",
        "k,amount\na,1\nb,2\nc,3\n",  # three is the sum of the others by chance
        "k,amount\n" + "a,0\n" * 20 + "b,5\nc,5\n",
        "day,orders\n2024-01-01,1\n2024-01-02,1\n",
        "text,x\nThe total was wrong,1\nsum it up,2\n",
    ],
)
def test_what_is_no_total_stays(content, read, write):
    write("a.csv", content)
    sources = read(a="a.csv")
    assert len(sources["a"]) == content.count("\n") - 1
    assert sources.reports[0].findings == ()


# Rows that estimators set aside


def orders_of(read, write, rows: list[str], head: str = "k,region,amount"):
    write("a.csv", "\n".join([head, *rows]))
    return read(a="a.csv")["a"]


def without_the_south() -> list[str]:
    """One row in ten is of the region S, and each third of those lacks an amount."""
    return [
        f"{number},{'N' if number % 10 else 'S'},{number % 2 if number % 30 else ''}"
        for number in range(3000)
    ]


def test_rows_written_alike_are_told_however_few_they_are(read, write):
    rows = [f"{number},N,{number % 7}.5" for number in range(2000)]
    for number in range(0, 2000, 300):
        rows[number] = f"{number},N,{number}.5 pcs"
    found = mean(orders_of(read, write, rows)["amount"])
    (reason,) = found.set_aside
    assert reason == "no number, such as '0.5 pcs'; written alike, as '0.5 pcs'"
    assert found.set_aside[reason] == 7


def test_rows_that_differ_in_another_column_are_told(read, write):
    """Amounts that lack for one region only: the mean of the others says nothing about it."""
    found = mean(orders_of(read, write, without_the_south())["amount"])
    assert found.set_aside == {"no value; region is 'S' in 100% of them and in 7% of the rest": 100}


def test_rows_that_differ_in_a_number_or_a_time_are_told(read, write):
    days = pd.date_range("2024-01-01", periods=900).strftime("%Y-%m-%d")
    rows = [
        f"{day},{number % 5},{'' if number > 800 and number % 3 == 0 else 4}"
        for number, day in enumerate(days)
    ]
    found = mean(orders_of(read, write, rows, "day,other,amount")["amount"])
    (reason,) = found.set_aside
    assert reason.startswith("no value; day is 2026-0")
    assert "in their median and 2025-0" in reason


@pytest.mark.parametrize("estimate", ["ratio", "part", "difference", "proportion"])
def test_every_estimator_tells_it(estimate, read, write):
    table = orders_of(read, write, without_the_south())
    if estimate == "ratio":
        found = ratio(table["amount"], table["k"])
    elif estimate == "part":
        found = mean(table[table["k"] < 2000]["amount"])
    elif estimate == "difference":
        found = difference(table["amount"], table["k"] > 1500).welch
    else:
        found = proportion(table["amount"])
    assert any("region is 'S' in 100% of them" in reason for reason in found.set_aside)


@pytest.mark.slow
def test_rows_set_aside_by_chance_are_not_told(read, write):
    random = np.random.default_rng(2016)
    told = 0
    for _ in range(40):
        amounts = np.where(random.random(2000) < 0.02, "", "5")
        rows = [f"{random.integers(99)},{random.choice(['N', 'S'])},{amount}" for amount in amounts]
        reasons = mean(orders_of(read, write, rows)["amount"]).set_aside
        told += any(";" in reason for reason in reasons)
    assert told <= 1


def test_rows_left_out_on_purpose_are_no_finding(read, write):
    from casebook.measurement.set_aside import findings

    table = dates_of(read, write, DAYS)["a"]
    found = rate(table["day"], start="2024-06-01", end="2024-07-01")
    assert sum(found.set_aside.values()) == 88
    assert findings(found.set_aside, found.rows_read) == []
    of_two = difference([1, 2, 3, 4, 9, 9, 9], list("aabbccc"), of="a", against="b").welch
    assert findings(of_two.set_aside, of_two.rows_read) == []


# Run, review and register

LOSSES = (
    "customer,spend\n" + "".join(f"{number},{40 + number % 21}\n" for number in range(95)) + "x,n/a\n" * 5
)
GIVEN = {"spend": {"value": 50, "low": 20, "high": 90}, "share": "10%", "team": 2_000, "people": 1_000}


def case_of(make_case, write, orders: str = LOSSES, **values):
    write("orders.csv", orders)
    given = {"inputs": GIVEN, "data": {"orders": {"path": "orders.csv"}}, **values}
    case = make_case(DECLARATIONS, **given)
    case.measure("spend", mean(case.data["orders"]["spend"], label="order value"))
    x = case.inputs
    case.benefit("Sales", kind="margin", annual=x.people * x.share * x.spend)
    case.cost("Team", category="people", annual=x.team)
    return case


def found_in(case) -> list[tuple[str | None, str]]:
    return [(each.about, each.text) for each in case.study.findings if each.rule == "rows-set-aside"]


def test_rows_set_aside_are_a_finding_of_the_review_and_stand_in_the_register(make_case, write):
    case = case_of(make_case, write)
    sentence = "5 of 100 rows set aside: no number, such as 'n/a'"
    assert found_in(case) == [("spend", f"Spend: {sentence}.")]
    assert sentence in to_text(case.assumptions().component)
    assert sentence in to_text(case.review().component)
    record = case.record().to_json()
    assert record["measurements"]["spend"]["findings"] == [sentence]
    assert [each["severity"] for each in record["review"] if each["rule"] == "rows-set-aside"] == ["medium"]


def test_one_row_in_a_hundred_is_no_finding(make_case, write):
    orders = LOSSES.replace("x,n/a\n" * 4, "7,41\n" * 4)
    case = case_of(make_case, write, orders)
    assert (found_in(case), case.study.measured["spend"]["set_aside"]) == (
        [],
        {"no number, such as 'n/a'": 1},
    )


def test_what_is_found_in_a_source_is_a_finding_as_well(make_case, write):
    orders = "customer,day,spend\n" + "".join(f"c{n % 9},2024-01-{n % 28 + 1:02d},{n}\n" for n in range(50))
    case = case_of(make_case, write, orders + "Total,,1225\nc1,9999-12-31,7\n")
    # It stands in the register as well, at each input that was measured from the source.
    assert "1 of 52 rows set aside: sums up other rows" in to_text(case.assumptions().component)
    assert found_in(case) == [
        (
            None,
            "orders (orders.csv): 1 of 52 rows set aside: sums up other rows; day: 1 of 51 dates treated as "
            "missing, such as 9999-12-31: placeholders, or far from all others.",
        )
    ]


def test_a_finding_in_the_data_can_be_answered(make_case, write):
    case = case_of(make_case, write, review={"rows-set-aside": "They are tests of the shop."})
    assert "Answer: They are tests of the shop." in to_text(case.review().component)


@pytest.mark.parametrize(
    ("locale", "words"),
    [("de_DE", "5 von 100 Zeilen nicht verwendet: keine Zahl"), ("fr_FR", "5 lignes sur 100 écartées")],
)
def test_a_finding_is_said_in_the_language_of_the_document(locale, words, make_case, write):
    case = case_of(make_case, write, locale=locale)
    assert words in found_in(case)[0][1]
    assert words in to_text(case.assumptions().component)


@pytest.fixture
def office(tmp_path):
    """Two clients of one type of case that measures orders and shows no view of measurements."""
    template = tmp_path / "templates" / "orders"
    template.mkdir(parents=True)
    (template / "inputs.yaml").write_text(
        "title: Orders\ninputs:\n"
        "  basket: {label: Basket, unit: currency, measured_from: orders, example: 50}\n"
        "  licence: {label: Licence, unit: currency, example: 10}\n"
    )
    notebook_file(
        template / "template.ipynb",
        "from casebook import Case\nfrom casebook.measurement import mean\n"
        "case = Case.from_parameters(globals())\nx = case.inputs\n"
        "case.measure('basket', mean(case.data['orders']['amount']))\n"
        "case.cost('Licence', category='technology', start=x.licence)\n"
        "case.benefit('Sales', kind='cash saving', start=x.basket)\ncase.summary()",
    )
    (tmp_path / "params").mkdir()

    def write(client: str, orders: str) -> None:
        (tmp_path / "params" / f"{client}.csv").write_text(orders)
        (tmp_path / "params" / f"{client}.yaml").write_text(
            f"template: orders\nclient: {{name: {client}}}\ninputs: {{licence: 10}}\n"
            f"data: {{orders: {client}.csv}}\n"
        )

    return tmp_path, write


@pytest.mark.slow
def test_a_run_tells_what_drops_and_which_client_fails(office):
    folder, write = office
    write("alpha", "k;amount\n1;a\n2;b\n3;c\n")
    write("beta", 'k;amount\n1;"17,000.50"\n2;"120.25"\n3;"450.00"\n')
    write("gamma", "k;amount\n" + "1;5.5\n" * 90 + "2;7 pcs\n" * 10)
    done = report(folder, "--format", "html")
    assert done.returncode == 1
    lines = done.stderr.splitlines()
    failed = next(line for line in lines if "alpha" in line)
    assert failed.startswith("params/alpha.yaml: templates/orders/template.ipynb, cell 2: CaseError: ")
    assert failed.endswith("data.orders (alpha.csv), column amount: mean: no number in any row, such as 'a'")
    told = [line for line in lines if "set aside" in line]
    assert told == [
        "params/gamma.yaml: Basket: 10 of 100 rows set aside: no number, such as '7 pcs'; written alike, as "
        "'7 pcs'; k is 2 in their median and 1 in that of the rest."
    ]
    output = folder / "output"
    records = {
        client: json.loads((output / client / "orders.json").read_text()) for client in ("beta", "gamma")
    }
    assert records["beta"]["measurements"]["basket"]["n"] == 3
    assert records["beta"]["inputs"]["basket"]["value"] == pytest.approx(
        5856.9, abs=500
    )  # to the digits that three rows bear out
    assert records["gamma"]["inputs"]["basket"]["value"] == 5.5
