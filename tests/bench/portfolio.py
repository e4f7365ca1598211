"""How long a portfolio of 1,000 records takes and what memory it needs; run it with `make bench`.

The records are those of one example, each with other figures: as large as real ones. Reading and choosing are
measured in a process of their own, and the whole command, page and PDF included, in another.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from tests.bench.simulation import ROOT, resident

RECORDS = 1_000
AIM_SECONDS, AIM_MEGABYTES = 20.0, 150.0


def example() -> dict[str, Any]:
    """The record of an example client with ranges."""
    from casebook.schema.reader import read_parameters
    from tests.conftest import run_template

    return run_template(read_parameters(ROOT / "params/airline-three-years.yaml")).record().to_json()


def generate(folder: Path, count: int = RECORDS, seed: int = 1) -> int:
    """Write so many client folders, each with a record and a report; gives the bytes of a record."""
    record, rng, size = example(), np.random.default_rng(seed), 0
    flow, result = record["cash_flow"], record["result"]
    benefits, costs = (result[f"present_value_of_{side}"] for side in ("benefits", "costs"))
    years = {side: list(flow[side]) for side in ("benefits", "costs")}
    spread = record["simulation"]["net_present_value"]
    for number in range(count):
        more, dearer = rng.lognormal(0, 1), rng.lognormal(0, 1)
        flow["benefits"] = [value * more for value in years["benefits"]]
        flow["costs"] = [value * dearer for value in years["costs"]]
        value = benefits * more - costs * dearer
        result |= {
            "present_value_of_benefits": benefits * more,
            "present_value_of_costs": costs * dearer,
            "net_present_value": value,
            "return_on_investment": value / (costs * dearer),
            "payback_months": float(rng.uniform(3, 36)) if value > 0 else None,
            "probability_of_loss": float(rng.uniform(0, 1)),
        }
        spread |= {"p5": value - abs(value) * 0.4, "p95": value + abs(value) * 0.6}
        record["client"]["name"] = f"Client {number + 1:04d}"
        place = folder / f"client-{number + 1:04d}"
        place.mkdir(parents=True)
        text = json.dumps(record, ensure_ascii=False, indent=1)
        kind = record["template"]["name"]
        (place / f"{kind}.json").write_text(text, encoding="utf-8")
        (place / f"{kind}.html").write_text("<!DOCTYPE html><title>Report</title>", encoding="utf-8")
        size = len(text.encode())
    return size


def read(folder: Path) -> None:
    """Read all records and choose under a budget, in this process; print time and memory as JSON."""
    from casebook.portfolio import fund, read_portfolio

    base, start = resident("VmRSS"), time.perf_counter()
    portfolio = read_portfolio(folder)
    reading, memory = time.perf_counter() - start, resident("VmHWM") - base
    start = time.perf_counter()
    budget = sum(entry.costs for entry in portfolio.entries) * 0.3
    funding = fund(portfolio, f"{budget:.2f}")
    told = {
        "records": len(portfolio.entries),
        "reading": reading,
        "megabytes": memory,
        "choosing": time.perf_counter() - start,
        "proven": all(choice.proven for choice in funding.choices),
    }
    print(json.dumps(told))


def main() -> int:
    """Print all; 1 where an aim is missed."""
    if len(sys.argv) > 1:
        read(Path(sys.argv[1]))
        return 0
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch, "output")
        size = generate(folder)
        command = [sys.executable, "-m", "tests.bench.portfolio", str(folder)]
        found = json.loads(
            subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
        )
        print(f"\nportfolio of {found['records']:,} records of {size / 1e3:.0f} kB each")
        print(f"  reading   {found['reading']:6.2f} s, {found['megabytes']:.0f} MB over the base")
        print(f"  choosing  {found['choosing']:6.2f} s, {'proven' if found['proven'] else 'not proven'}")
        command = [sys.executable, "-m", "casebook", "portfolio", str(folder), "--budget", "1_000_000_000"]
        start = time.perf_counter()
        subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
        whole = time.perf_counter() - start
        files = sorted((folder / "portfolio").iterdir())
        sizes = ", ".join(f"{file.suffix[1:]} {file.stat().st_size / 1e6:.1f} MB" for file in files)
        print(f"  with HTML and PDF {whole:6.1f} s ({sizes})")
    print(f"  aims: reading under {AIM_SECONDS:g} s, {AIM_MEGABYTES:g} MB")
    return 0 if found["reading"] < AIM_SECONDS and found["megabytes"] < AIM_MEGABYTES else 1


if __name__ == "__main__":
    sys.exit(main())
