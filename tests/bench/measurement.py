"""Participation and a rate over 10,000,000 events in Parquet: time and peak memory, beside pandas.

Run it with `make bench`. Each way runs in a process of its own, so that its peak is its own: what the
operating system saw at most, the interpreter and its libraries included. Both give the same figures, which is
checked.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROWS, PEOPLE, DAYS = 10_000_000, 500_000, 730
AIM_GIGABYTES = 2


def generate(path: Path) -> None:
    """Events with a person, a kind and a time: most of them from few people, some from none."""
    import duckdb

    connection = duckdb.connect(config={"threads": "2"})
    connection.execute("select setseed(0.2016)")
    person = f"case when random() < 0.01 then null else ({PEOPLE} * power(random(), 3))::bigint end"
    kind = "case when random() < 0.1 then 'question' else 'answer' end"
    moment = f"timestamp '2024-01-01' + to_microseconds((random() * {DAYS} * 86400e6)::bigint)"
    query = f"select {person} as person, {kind} as kind, {moment} as moment from range({ROWS})"
    connection.execute(f"copy ({query}) to '{path}' (format parquet)")


def with_sources(path: Path) -> dict[str, float]:
    """As a notebook does: count in SQL where the rows lie, estimate from the counts."""
    from casebook.measurement import participation, rate
    from casebook.measurement.sources import Sources
    from casebook.schema.data import DataSource

    sources = Sources({"events": DataSource("events", "parquet", path.name, (path,))})
    people = sources.sql("select person, count(*) as n from events where person is not null group by person")
    spans = sources.sql(
        "select kind, count(*) as n, date_diff('microsecond', min(moment), max(moment)) / 86400e6 as days"
        " from events group by kind order by kind"
    )
    found = participation(counts=people["n"])
    rates = [rate(count=row.n, days=row.days) for row in spans.itertuples()]
    return figures(found, rates)


def with_pandas(path: Path) -> dict[str, float]:
    """The same with the whole table in memory."""
    import duckdb
    import pandas as pd

    from casebook.measurement import participation, rate

    try:
        table = pd.read_parquet(path)
    except ImportError:  # no library that reads Parquet for pandas: DuckDB hands the table over
        table = duckdb.sql(f"select * from '{path}'").df()
    people = table.groupby("person").size()
    found = participation(counts=people)
    rates = []
    for _, rows in sorted(table.groupby("kind")):
        days = (rows["moment"].max() - rows["moment"].min()) / pd.Timedelta(days=1)
        rates.append(rate(count=len(rows), days=days))
    return figures(found, rates)


def figures(found: Any, rates: list[Any]) -> dict[str, float]:
    """What is compared between the two."""
    parts = (found.top_1_percent, found.next_9_percent, found.gini, *rates)
    return {f"{number}": round(part.value, 6) for number, part in enumerate(parts)}


def alone(way: str, path: Path) -> None:
    """Run one way in this process and print its time and peak."""
    start, begun = time.perf_counter(), time.process_time()
    found = {"sources": with_sources, "pandas": with_pandas}[way](path)
    seconds, worked = time.perf_counter() - start, time.process_time() - begun
    scale = 1 if sys.platform == "darwin" else 1024  # bytes there, kilobytes elsewhere
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * scale / 1e9
    print(json.dumps({"seconds": seconds, "worked": worked, "gigabytes": peak, "figures": found}))


def main() -> int:
    """Compare both ways; 1 where an aim is missed."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "events.parquet"
        generate(path)
        megabytes = path.stat().st_size / 1e6
        print(f"Participation and rates over {ROWS:,} events, {megabytes:,.0f} MB of Parquet")
        results = {}
        for way in ("sources", "pandas"):
            command = [sys.executable, "-m", "tests.bench.measurement", way, str(path)]
            done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
            results[way] = json.loads(done.stdout)
            name = "case.sql and estimators" if way == "sources" else "pandas and estimators"
            seconds, worked = results[way]["seconds"], results[way]["worked"]
            gigabytes = f"{results[way]['gigabytes']:6.2f} GB"
            print(f"  {name:24} {seconds:6.1f} s, {worked:5.1f} processor s {gigabytes}")
    same = results["sources"]["figures"] == results["pandas"]["figures"]
    faster = results["sources"]["worked"] < results["pandas"]["worked"]
    small = results["sources"]["gigabytes"] < AIM_GIGABYTES
    print(f"  same figures: {same}; faster: {faster}; under {AIM_GIGABYTES} GB: {small}")
    return 0 if same and faster and small else 1


if __name__ == "__main__":
    if sys.argv[1:]:
        alone(sys.argv[1], Path(sys.argv[2]))
    else:
        sys.exit(main())
