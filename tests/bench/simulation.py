"""How long a simulation takes and what memory it needs; run it with `make bench`.

First the simulation of a case of 40 lines over 5 years stands against the same arithmetic written by hand
in NumPy, on the same 10,000 draws. Then it runs alone, on up to 1,000,000 draws that it makes itself, each
number of draws in a process of its own: memory is the process's peak above what it was before.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from casebook import Case
from casebook.analysis.distributions import Uncertain
from casebook.analysis.sampling import Sample
from casebook.analysis.simulation import Simulation, simulate
from casebook.case.finance import present_value
from casebook.formula.operations import Array
from casebook.schema.reader import parse_parameters

ROOT = Path(__file__).parents[2]
YEARS, RATE = 5, 0.1
BENEFITS, COSTS = 30, 10
COMPARED = 10_000
ALONE = (100_000, 1_000_000)
AIM_RATIO, AIM_MEGABYTES = 1.5, 300

# Two roundings of a sum of 40 products.
TOLERANCE = 1e-9


def build(folder: Path) -> Case:
    """A case of 30 benefits and 10 costs on 85 uncertain inputs, two of them by year."""
    declared = ["title: Bench", "inputs:"]
    given: dict[str, Any] = {}

    def add(name: str, unit: str, value: Any) -> None:
        declared.append(f"  {name}: {{label: {name}, unit: {unit}, bounds: [0, null], example: 1}}")
        low, high = ([part * factor for part in np.atleast_1d(value).tolist()] for factor in (0.8, 1.25))
        alone = np.ndim(value) == 0
        given[name] = {
            "value": value,
            "low": low[0] if alone else low,
            "high": high[0] if alone else high,
        }

    add("margin", "share", 0.3)
    add("caused", "share", 0.6)
    add("adoption", "share", [0.3, 0.5, 0.7, 0.8, 0.8])
    add("wages", "share", [1.0, 1.03, 1.06, 1.09, 1.12])
    add("overhead", "share", 1.1)
    for index in range(BENEFITS):
        add(f"volume_{index}", "customers", 1000.0 + 40 * index)
        add(f"spend_{index}", "currency/customer/year", 80.0 + index)
    for index in range(COSTS):
        add(f"heads_{index}", "agents", 2.0 + index)
        add(f"salary_{index}", "currency/agent/year", 40_000.0)
    kind = folder / "templates" / "bench"
    kind.mkdir(parents=True)
    (kind / "inputs.yaml").write_text("\n".join(declared), encoding="utf-8")
    (kind / "template.ipynb").write_text(_NOTEBOOK, encoding="utf-8")
    values = {"template": "bench", "client": {"name": "Bench"}, "years": YEARS, "inputs": given}
    case = Case(parse_parameters(values, folder=folder))
    x = case.inputs
    for index in range(BENEFITS):
        bought = getattr(x, f"volume_{index}") * getattr(x, f"spend_{index}")
        case.benefit(
            f"Benefit {index}",
            kind="margin",
            annual=bought * x.margin,
            ramp=x.adoption,
            causal_share=x.caused,
        )
    for index in range(COSTS):
        paid = getattr(x, f"heads_{index}") * getattr(x, f"salary_{index}")
        case.cost(f"Cost {index}", category="people", annual=paid * x.wages * x.overhead)
    return case


_NOTEBOOK = json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def sample_of(case: Case) -> Sample:
    """The draws of all inputs of the case."""
    given = case.parameters.inputs
    return Sample(
        tuple(
            Uncertain(name, each.value, each.low, each.high, each.distribution, (0, None))  # type: ignore[arg-type]
            for name, each in given.items()
        ),
        seed=1,
    )


@dataclass(frozen=True)
class Drawn:
    """Draws made beforehand, handed out as a `Sample` does."""

    values: dict[str, Array]
    seed: int = 1

    def chunks(self, draws: int, size: int) -> Iterator[dict[str, Array]]:
        """Give the draws, at most `size` at a time."""
        for start in range(0, draws, size):
            yield {name: column[start : start + size] for name, column in self.values.items()}


@dataclass(frozen=True)
class ByHand:
    """The figures of `Simulation`, as an analyst gets them without casebook."""

    outcomes: Array
    spreads: tuple[Array, ...]
    fan: Array
    histogram: Array


def by_hand(v: dict[str, Array]) -> ByHand:
    """The same lines and the same figures, each an array of all draws by all years."""
    benefits, costs = np.zeros((COMPARED, YEARS)), np.zeros((COMPARED, YEARS))
    for index in range(BENEFITS):
        bought = v[f"volume_{index}"] * v[f"spend_{index}"]
        benefits += bought * v["margin"] * v["adoption"] * v["caused"]
    for index in range(COSTS):
        costs += v[f"heads_{index}"] * v[f"salary_{index}"] * v["wages"] * v["overhead"]
    discount = (1 + RATE) ** -np.arange(1.0, YEARS + 1)
    net = benefits - costs
    outcomes = net @ discount
    returns = outcomes / (costs @ discount)
    cumulative = np.cumsum(np.hstack([np.zeros((COMPARED, 1)), net]), axis=1)
    below = cumulative < 0
    last = YEARS - np.argmax(below[:, ::-1], axis=1)
    rows, after = np.arange(COMPARED), np.minimum(last + 1, YEARS)
    with np.errstate(divide="ignore", invalid="ignore"):
        rise = cumulative[rows, after] - cumulative[rows, last]
        months = 12 * (last - cumulative[rows, last] / rise)
    months = np.where(last == YEARS, np.inf, months)
    months = np.where(below.any(axis=1), months, 0.0)
    spreads = tuple(np.percentile(each, [5, 50, 95]) for each in (outcomes, returns))
    payback = np.sort(months)[[COMPARED // 20, COMPARED // 2, COMPARED * 19 // 20]]
    fan = np.percentile(cumulative, [5, 50, 95], axis=0)
    histogram = np.histogram(outcomes, 40, tuple(np.percentile(outcomes, [0.1, 99.9])))[0]
    return ByHand(outcomes, (*spreads, payback), fan, histogram)


def seconds(*runs: Callable[[], object], times: int = 60) -> list[float]:
    """The least time of each of some runs, taken in turn: what else the machine does only adds to a time."""
    least = [float("inf")] * len(runs)
    for _ in range(times):
        for place, run in enumerate(runs):
            start = time.perf_counter()
            run()
            least[place] = min(least[place], time.perf_counter() - start)
    return least


def megabytes(run: Callable[[], object]) -> float:
    """The peak of what a run allocates."""
    tracemalloc.start()
    run()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / 1e6


def compare(case: Case) -> bool:
    """Print casebook's time and memory beside NumPy's by hand; gives whether figures and aim agree."""
    drawn = Drawn(sample_of(case).values(0, COMPARED))

    def casebook() -> Simulation:
        return simulate(case.study.ledger, drawn, RATE, COMPARED)  # type: ignore[arg-type]

    def flows() -> Array:
        benefits, costs = case.study.ledger.totals(drawn.values)
        return present_value(benefits - costs, RATE)

    ours, theirs = casebook(), by_hand(drawn.values)
    apart = float(np.max(np.abs(ours.outcomes - theirs.outcomes)) / np.max(np.abs(theirs.outcomes)))
    assert np.allclose(ours.cumulative, theirs.fan, rtol=TOLERANCE, atol=1e-3)
    assert apart <= TOLERANCE, f"the net present values differ by {apart:.2g}"
    assert np.array_equal(flows(), ours.outcomes)
    mine, hand = seconds(casebook, lambda: by_hand(drawn.values))
    print(f"{COMPARED:,} draws × {YEARS} years × {BENEFITS + COSTS} lines, on the same draws")
    print(f"  casebook       {mine * 1e3:8.1f} ms {megabytes(casebook):8.1f} MB")
    print(f"  NumPy by hand  {hand * 1e3:8.1f} ms {megabytes(lambda: by_hand(drawn.values)):8.1f} MB")
    print(f"  ratio          {mine / hand:8.2f}    aim: under {AIM_RATIO}")
    print(f"  largest difference of a net present value: {apart:.1g} of the largest")
    return mine / hand < AIM_RATIO


def alone(draws: int) -> None:
    """Simulate so many draws in this process; print time and memory as JSON."""
    with tempfile.TemporaryDirectory() as folder:
        case = build(Path(folder))
    sample = sample_of(case)
    simulate(case.study.ledger, sample, RATE, 5_000)
    base = resident("VmRSS")
    start = time.process_time()
    simulate(case.study.ledger, sample, RATE, draws)
    taken = time.process_time() - start
    print(json.dumps({"seconds": taken, "megabytes": resident("VmHWM") - base}))


def resident(what: str) -> float:
    """This process's memory in megabytes: now (VmRSS), or at its greatest (VmHWM)."""
    status = Path("/proc/self/status")
    if not status.exists():  # no Linux: only the greatest is known, and it may be that of the parent
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    line = next(line for line in status.read_text().splitlines() if line.startswith(what))
    return int(line.split()[1]) * 1024 / 1e6


def grow() -> bool:
    """Print time and memory of ever more draws, the drawing included; gives whether the aim is met."""
    print("\nsimulation with its own drawing, each in a process of its own")
    found = []
    for draws in ALONE:
        command = [sys.executable, "-m", "tests.bench.simulation", str(draws)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        found.append(json.loads(done.stdout))
        taken, memory = found[-1]["seconds"], found[-1]["megabytes"]
        print(f"  {draws:9,} draws {taken:8.2f} s of processor time {memory:8.1f} MB over the base")
    less, more = found
    factor = more["seconds"] / less["seconds"] / (ALONE[1] / ALONE[0])
    print(f"  time a draw, of the more against the less: {factor:.2f} (1 is linear)")
    print(f"  aim: under {AIM_MEGABYTES} MB")
    return bool(more["megabytes"] < AIM_MEGABYTES)


def main() -> int:
    """Run all; 1 where an aim is missed."""
    if len(sys.argv) > 1:
        alone(int(sys.argv[1]))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        met = compare(build(Path(folder)))
    return 0 if grow() and met else 1


if __name__ == "__main__":
    sys.exit(main())
