"""How often the 90% intervals of all estimators hold the truth, over data of many kinds.

Run it with `make bench`, or alone: `python -m tests.bench.coverage`, with a number of repetitions and a part
of the names if wanted. Each row draws so many data sets from a distribution whose truth is known. It gives
how often the interval holds the truth, how often that lies below and above, how often the reader is told
beside the figure that it rests on little, and how often the interval misses the truth without a word. A row
passes where the last is no more than 15%.
"""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from casebook.measurement import (
    Measurement,
    difference,
    mean,
    median,
    participation,
    proportion,
    purchase_history,
    rate,
    ratio,
    time_to_first_answer,
    value_of_action,
)

REPETITIONS = 400
LEAST = 0.85
START = np.datetime64("2022-01-01", "us")
DAY = 86_400_000_000
MONTH = 365 / 12

Rng = np.random.Generator
Found = dict[str, tuple[Measurement, float]]
"""Measurements by what they are, each with its truth."""


@dataclass(frozen=True)
class Scenario:
    """Data of one kind, and what is measured from them."""

    estimator: str
    data: str
    size: str
    draw: Callable[[Rng], Found]
    weight: float = 1.0
    """The share of the repetitions that a slow estimator is given."""

    @property
    def name(self) -> str:
        return f"{self.estimator}: {self.data}, {self.size}"


@dataclass(frozen=True)
class Coverage:
    """How often intervals held the truth."""

    part: str
    repetitions: int
    below: float
    """The share of the intervals that lie above the truth."""
    above: float
    told: float
    """The share of the figures that have a caveat."""
    misled: float
    """The share of the intervals that miss the truth and have no caveat."""

    @property
    def covered(self) -> float:
        return 1 - self.below - self.above

    @property
    def margin(self) -> float:
        """What chance may take off a share of LEAST in so many repetitions (99%)."""
        return 2.33 * math.sqrt(LEAST * (1 - LEAST) / self.repetitions)

    @property
    def passed(self) -> bool:
        return self.misled <= 1 - LEAST + self.margin


def simulate(scenario: Scenario, repetitions: int) -> list[Coverage]:
    """Draw data again and again, and count the intervals that hold the truth."""
    count = max(round(repetitions * scenario.weight), 20)
    tallies: dict[str, list[tuple[bool, bool, bool, bool]]] = {}
    for seed in range(count):
        for part, (found, truth) in scenario.draw(np.random.default_rng(seed)).items():
            below, above, told = truth < found.low, truth > found.high, bool(found.caveats)
            tallies.setdefault(part, []).append((below, above, told, (below or above) and not told))
    return [Coverage(part, len(each), *np.mean(each, axis=0).tolist()) for part, each in tallies.items()]


# Values


SPREADS: dict[str, tuple[Callable[[Rng, int], np.ndarray], float, float]] = {
    "normal": (lambda rng, n: rng.normal(5, 2, n), 5, 5),
    "exponential": (lambda rng, n: rng.exponential(1, n), 1, math.log(2)),
    "lognormal, σ = 1": (lambda rng, n: rng.lognormal(0, 1, n), math.exp(0.5), 1),
    "lognormal, σ = 1.5": (lambda rng, n: rng.lognormal(0, 1.5, n), math.exp(1.125), 1),
    "lognormal, σ = 2": (lambda rng, n: rng.lognormal(0, 2, n), math.exp(2), 1),
    "80% zeros, lognormal": (
        lambda rng, n: (rng.random(n) < 0.2) * rng.lognormal(0, 1, n),
        0.2 * math.exp(0.5),
        0,
    ),
    "Pareto, exponent 3": (lambda rng, n: 1 + rng.pareto(3, n), 1.5, 2 ** (1 / 3)),
    "Pareto, exponent 1.5": (lambda rng, n: 1 + rng.pareto(1.5, n), 3, 2 ** (1 / 1.5)),
}
"""How values spread, their mean and their median."""


def one(found: Measurement, truth: float) -> Found:
    return {"": (found, truth)}


def means() -> Iterator[Scenario]:
    for spread, (draw, truth, _) in SPREADS.items():
        for n in (30, 100, 300, 1_000):
            yield Scenario(
                "mean",
                spread,
                f"{n:,} rows",
                lambda rng, n=n, draw=draw, truth=truth: one(mean(draw(rng, n)), truth),
            )
    for n in (10, 20_000):
        for spread in ("normal", "lognormal, σ = 2"):
            draw, truth, _ = SPREADS[spread]
            yield Scenario(
                "mean",
                spread,
                f"{n:,} rows",
                lambda rng, n=n, draw=draw, truth=truth: one(mean(draw(rng, n)), truth),
            )


def actions() -> Iterator[Scenario]:
    """One action in five brings a purchase; every third purchase came in another way."""

    def like(rng: Rng, n: int) -> Found:
        bought = rng.random(n) < 0.2
        spend = rng.lognormal(0, 1, n)[bought]
        otherwise = rng.random(len(spend)) < 1 / 3
        return one(value_of_action(spend, n, otherwise=otherwise), 0.2 * 2 / 3 * math.exp(0.5))

    for n in (300, 1_000):
        yield Scenario("value_of_action", "a third came otherwise", f"{n:,} actions", partial(like, n=n))


def medians() -> Iterator[Scenario]:
    for spread in ("normal", "exponential", "lognormal, σ = 2", "Pareto, exponent 1.5"):
        draw, _, truth = SPREADS[spread]
        for n in (30, 100, 20_000):
            yield Scenario(
                "median",
                spread,
                f"{n:,} rows",
                lambda rng, n=n, draw=draw, truth=truth: one(median(draw(rng, n)), truth),
                weight=0.5,
            )


# Clusters


def sizes(rng: Rng, people: int, kind: str) -> np.ndarray:
    """Rows of each person: ten of each, or a few of most and many of some."""
    return np.full(people, 10) if kind == "ten rows a person" else 1 + rng.geometric(0.1, people)


def clustered() -> Iterator[Scenario]:
    for people in (30, 100, 300):
        for kind in ("ten rows a person", "1 to 60 rows a person"):

            def share(rng: Rng, people: int = people, kind: str = kind) -> Found:
                own = rng.beta(0.9, 2.1, people)
                who = np.repeat(np.arange(people), sizes(rng, people, kind))
                return one(proportion(rng.random(len(who)) < own[who], by=who), 0.3)

            def average(rng: Rng, people: int = people, kind: str = kind) -> Found:
                own = rng.exponential(10, people)
                who = np.repeat(np.arange(people), sizes(rng, people, kind))
                return one(mean(own[who] * rng.lognormal(-0.125, 0.5, len(who)), by=who), 10)

            def middle(rng: Rng, people: int = people, kind: str = kind) -> Found:
                own = rng.normal(10, 3, people)
                who = np.repeat(np.arange(people), sizes(rng, people, kind))
                return one(median(own[who] + rng.normal(0, 2, len(who)), by=who), 10)

            def cost(rng: Rng, people: int = people, kind: str = kind) -> Found:
                own = rng.lognormal(-0.5, 1, people)
                who = np.repeat(np.arange(people), sizes(rng, people, kind))
                contacts = rng.exponential(10, len(who))
                return one(ratio(3 * contacts * own[who], contacts, by=who), 3)

            for name, draw in (("proportion", share), ("mean", average), ("median", middle), ("ratio", cost)):
                yield Scenario(f"{name}, by=", kind, f"{people} people", draw, weight=0.5)


def shares() -> Iterator[Scenario]:
    for n, p in ((30, 0.3), (100, 0.03), (100, 0.3), (663, 0.62)):
        yield Scenario(
            "proportion",
            f"{p:.0%} are true",
            f"{n} rows",
            lambda rng, n=n, p=p: one(proportion(count=int(rng.binomial(n, p)), n=n), p),
        )


def ratios() -> Iterator[Scenario]:
    def cost(rng: Rng, n: int) -> Found:
        contacts = rng.exponential(10, n)
        return one(ratio(3 * contacts * rng.lognormal(-0.125, 0.5, n), contacts), 3)

    def heavy(rng: Rng, n: int) -> Found:
        contacts = rng.lognormal(0, 2, n)
        return one(ratio(3 * contacts * rng.lognormal(-0.5, 1, n), contacts), 3)

    def of_views(rng: Rng, n: int, sigma: float) -> Found:
        views = rng.lognormal(0, sigma, n)
        return one(ratio(views * (rng.random(n) < 0.6), views), 0.6)

    for n in (5, 10, 30, 100, 1_000):
        yield Scenario("ratio", "cost a contact", f"{n:,} rows", lambda rng, n=n: cost(rng, n))
    for n in (100, 1_000):
        yield Scenario("ratio", "both lognormal, σ = 2", f"{n:,} rows", lambda rng, n=n: heavy(rng, n))
        for sigma in (1, 2):
            yield Scenario(
                "ratio",
                f"a part of lognormals, σ = {sigma}",
                f"{n:,} rows",
                lambda rng, n=n, sigma=sigma: of_views(rng, n, sigma),
            )


# Rates


def stamps(days: np.ndarray) -> np.ndarray:
    return START + (days * DAY).astype("timedelta64[us]")


def by_day(rng: Rng, counts: np.ndarray) -> np.ndarray:
    return np.repeat(np.arange(len(counts)), counts) + rng.random(int(counts.sum()))


def dispersed(rng: Rng, days: int, a_day: float, times: float) -> np.ndarray:
    """Days whose counts vary so many times as a Poisson's."""
    if times == 1:
        return by_day(rng, rng.poisson(a_day, days))
    return by_day(rng, rng.negative_binomial(a_day / (times - 1), 1 / times, days))


def bursts(rng: Rng, days: int, number: float, size: float, lasting: float) -> np.ndarray:
    """Events that set off others in the days after them."""
    each = rng.geometric(1 / size, rng.poisson(number))
    begun = np.repeat(rng.random(len(each)) * (days + 60) - 60, each)
    found = begun + rng.exponential(lasting, len(begun))
    return found[(found >= 0) & (found < days)]


def levels(rng: Rng, days: int, a_day: float, lasting: int) -> np.ndarray:
    """Days whose level stays for some time, then is another one."""
    level = rng.gamma(4, a_day / 4, days // lasting + 2)
    return by_day(
        rng, rng.poisson(level[((np.arange(days) + rng.random() * lasting) // lasting).astype(int)])
    )


def rates() -> Iterator[Scenario]:
    def over(draw: Callable[[Rng], np.ndarray], days: int, a_day: float) -> Callable[[Rng], Found]:
        span = {"start": START, "end": START + np.timedelta64(days, "D")}
        return lambda rng: one(rate(stamps(draw(rng)), **span), a_day * MONTH)

    for expected in (30, 300):
        draw = lambda rng, n=expected: np.sort(rng.random(rng.poisson(n))) * 365  # noqa: E731
        yield Scenario("rate", "even events", f"{expected} in a year", over(draw, 365, expected / 365))
        yield Scenario(
            "rate",
            "even events, observed span",
            f"{expected} in a year",
            lambda rng, draw=draw, n=expected: one(rate(stamps(draw(rng))), n / 12),
        )
    for times in (2, 6, 16):
        for days in (30, 100, 365):
            yield Scenario(
                "rate",
                f"days vary {times} times as Poisson's",
                f"{days * 4} in {days} days",
                over(lambda rng, days=days, times=times: dispersed(rng, days, 4, times), days, 4),
            )
    for number, size, days, lasting in ((30, 4, 365, 1), (100, 10, 365, 1), (100, 10, 730, 10)):
        yield Scenario(
            "rate",
            f"{number} bursts of {size} over {lasting} days",
            f"{number * size} in {days} days",
            over(
                lambda rng, burst=(days, number * (days + 60) / days, size, lasting): bursts(rng, *burst),
                days,
                number * size / days,
            ),
        )
    for lasting in (10, 30, 60, 90):
        yield Scenario(
            "rate",
            f"levels that last {lasting} days",
            "2,190 in 1,095 days",
            over(lambda rng, lasting=lasting: levels(rng, 1_095, 2, lasting), 1_095, 2),
        )

    def of_people(rng: Rng) -> Found:
        each = rng.geometric(0.1, rng.poisson(60))
        days = rng.random(int(each.sum())) * 365
        who = np.repeat(np.arange(len(each)), each)
        span = {"start": START, "end": START + np.timedelta64(365, "D")}
        return one(rate(stamps(days), by=who, **span), 600 / 12)

    yield Scenario("rate, by=", "60 people with 10 events each, spread out", "600 in a year", of_people)

    def counted(rng: Rng) -> Found:
        counts = rng.negative_binomial(4 / 5, 1 / 6, 365)
        return one(rate(counts=counts, days=365), 4 * MONTH)

    yield Scenario("rate(counts=)", "days vary 6 times as Poisson's", "1,460 in 365 days", counted)


# Differences


def differences() -> Iterator[Scenario]:
    truths = {"welch": 2.0, "bootstrap": 2.0, "relative": 0.2}
    groups = {
        "normal": lambda rng, n: (rng.normal(12, 3, n), rng.normal(10, 2, n)),
        "exponential": lambda rng, n: (rng.exponential(12, n), rng.exponential(10, n)),
        "lognormal, σ = 1.5": lambda rng, n: (
            12 * rng.lognormal(-1.125, 1.5, n),
            10 * rng.lognormal(-1.125, 1.5, n),
        ),
    }

    def compared(rng: Rng, draw: Callable[[Rng, int], tuple[np.ndarray, np.ndarray]], n: int) -> Found:
        found = difference(np.concatenate(draw(rng, n)), np.repeat([True, False], n))
        parts = {part: getattr(found, part) for part in truths if part != "welch" or draw is groups["normal"]}
        return {part: (each, truths[part]) for part, each in parts.items() if each is not None}

    for spread, draw in groups.items():
        for n in (30, 100, 300):
            yield Scenario(
                "difference",
                spread,
                f"{n} rows a group",
                lambda rng, draw=draw, n=n: compared(rng, draw, n),
                weight=0.5,
            )

    def of_people(rng: Rng) -> Found:
        """Each of 60 people is in both groups, five times in each."""
        own = np.repeat(rng.normal(10, 3, 60), 10)
        group = np.tile([True, False], 300)
        found = difference(own + 2 * group + rng.normal(0, 2, 600), group, by=np.repeat(np.arange(60), 10))
        return {part: (getattr(found, part), truths[part]) for part in truths}

    yield Scenario("difference, by=", "60 people in both groups", "600 rows", of_people, weight=0.5)


def adjusted() -> Iterator[Scenario]:
    def of(found: object, truth: float) -> Found:
        return {
            part: (getattr(found, part), truth) for part in ("adjusted", "adjusted_of", "adjusted_against")
        }

    def linear(rng: Rng, n: int) -> Found:
        age, country = rng.normal(40, 10, 2 * n), rng.choice(["A", "B", "C"], 2 * n)
        member = rng.random(2 * n) < 1 / (1 + np.exp(-(age - 40) / 10))
        spend = 2 * member + age / 10 + (country == "B") + rng.normal(0, 1 + member)
        return of(difference(spend, member, adjust_for=pd.DataFrame({"age": age, "country": country})), 2)

    def exponential(rng: Rng, n: int) -> Found:
        z = rng.normal(0, 1, 2 * n)
        member = rng.random(2 * n) < 1 / (1 + np.exp(-z))
        spend = 2 * member + np.exp(z) + rng.normal(0, 1, 2 * n)
        return of(difference(spend, member, adjust_for={"z": z}), 2)

    def quadratic(rng: Rng, n: int) -> Found:
        z = rng.normal(0, 1, 2 * n)
        member = rng.random(2 * n) < 1 / (1 + np.exp(-z * z / 2 + 0.5))
        spend = 2 * member + 2 * z * z + rng.normal(0, 1, 2 * n)
        return of(difference(spend, member, adjust_for={"z": z}), 2)

    def strata(rng: Rng, n: int) -> Found:
        a, b = rng.integers(0, 3, 2 * n), rng.integers(0, 2, 2 * n)
        member = rng.random(2 * n) < 0.2 + 0.2 * a + 0.1 * b
        left = rng.random(2 * n) < 0.5 - 0.1 * a - 0.1 * b - 0.1 * member
        table = pd.DataFrame({"a": a.astype(str), "b": b.astype(str)})
        return of(difference(left, member, adjust_for=table), -0.1)

    kinds = {
        "age and country, linear": linear,
        "a confounder acting as exp(z)": exponential,
        "a confounder acting as z²": quadratic,
        "six strata": strata,
    }
    for kind, draw in kinds.items():
        for n in (100, 500):
            yield Scenario(
                "difference, adjusted",
                kind,
                f"{n} rows a group",
                lambda rng, draw=draw, n=n: draw(rng, n),
                weight=0.5,
            )


# Participation


PARTS = ("gini", "top_1_percent", "next_9_percent", "other_90_percent", "top_contributors")


def truths_of(draw: Callable[[Rng, int], np.ndarray], people: int) -> dict[str, float]:
    ordered = np.sort(draw(np.random.default_rng(99), 4_000_000))
    n, sums = len(ordered), np.cumsum(ordered) / ordered.sum()
    curve = {share: float(sums[round(share * n) - 1]) for share in (0.9, 0.99, 1 - 10 / people)}
    rank = np.arange(1, n + 1)
    return {
        "gini": float(2 * (rank * ordered).sum() / (n * ordered.sum()) - 1),
        "top_1_percent": 1 - curve[0.99],
        "next_9_percent": curve[0.99] - curve[0.9],
        "other_90_percent": curve[0.9],
        "top_contributors": 1 - curve[1 - 10 / people],
    }


def participations() -> Iterator[Scenario]:
    spreads = {
        "exponential": lambda rng, n: rng.exponential(1, n),
        "lognormal, σ = 1": lambda rng, n: rng.lognormal(0, 1, n),
        "lognormal, σ = 2": lambda rng, n: rng.lognormal(0, 2, n),
        "Pareto, exponent 1.5": lambda rng, n: 1 + rng.pareto(1.5, n),
        "Pareto, exponent 2.5": lambda rng, n: 1 + rng.pareto(2.5, n),
    }
    known: dict[tuple[str, int], dict[str, float]] = {}

    def shares_of(rng: Rng, spread: str, people: int) -> Found:
        truth = known.setdefault((spread, people), {}) or truths_of(spreads[spread], people)
        known[spread, people] = truth
        found = participation(counts=spreads[spread](rng, people))
        return {part: (getattr(found, part), truth[part]) for part in PARTS}

    for spread in spreads:
        for people in (300, 1_000, 3_000):
            yield Scenario(
                "participation",
                spread,
                f"{people:,} people",
                lambda rng, spread=spread, people=people: shares_of(rng, spread, people),
                weight=0.5,
            )


# Times and purchases


def waits() -> Iterator[Scenario]:
    def answered(rng: Rng, n: int, censored: bool) -> Found:
        wait = rng.exponential(10, n)
        end = START + np.timedelta64(2_000, "D")
        asked = end - ((rng.exponential(15, n) if censored else np.full(n, 1_000.0)) * DAY).astype(
            "timedelta64[us]"
        )
        answer = asked + (wait * DAY).astype("timedelta64[us]")
        answer = np.where(answer > end, np.datetime64("NaT"), answer)
        return one(time_to_first_answer(asked, answer, end=end, unit="days"), 10 * math.log(2))

    for n in (50, 200):
        for censored in (False, True):
            yield Scenario(
                "time to first answer",
                "40% still waiting" if censored else "all answered",
                f"{n} questions",
                lambda rng, n=n, censored=censored: answered(rng, n, censored),
                weight=0.5,
            )


def histories() -> Iterator[Scenario]:
    r, alpha, a, b, p, q, gamma = 0.5, 5.0, 1.2, 3.0, 6.0, 4.0, 15.0

    def bought(rng: Rng, customers: int) -> Found:
        pace, quits = rng.gamma(r, 1 / alpha, customers), rng.beta(a, b, customers)
        unit = rng.gamma(q, 1 / gamma, customers)
        age = rng.uniform(40, 60, customers)
        rows = []
        for number in range(customers):
            when, x, last = 0.0, 0, 0.0
            while True:
                when += rng.exponential(1 / pace[number])
                if when > age[number]:
                    break
                x, last = x + 1, when
                if rng.random() < quits[number]:
                    break
            spend = rng.gamma(p * x, 1 / unit[number]) / x if x else np.nan
            rows.append((x, last, age[number], spend))
        table = pd.DataFrame(rows, columns=["frequency", "recency", "age", "spend"])
        history = purchase_history(counts=table)
        truths = {"r": r, "alpha": alpha, "a": a, "b": b, "p": p, "q": q, "gamma": gamma}
        found = {name: (history.parameters[name], truth) for name, truth in truths.items()}
        found["spend"] = (history.spend(), p * gamma / (q - 1))
        from casebook.measurement import purchase_model

        one_of = np.array([[2.0], [30.0], [40.0]])
        truth = float(purchase_model.ahead(np.array([r, alpha, a, b]), one_of, 39)[0])
        found["purchases of (2, 30, 40)"] = (history.purchases(39, frequency=2, recency=30, age=40), truth)
        new = float(purchase_model.of_new(np.array([r, alpha, a, b]), 52))
        found["purchases of a new customer"] = (history.purchases_of_new(52), new)
        return found

    for customers in (1_000, 2_500):
        yield Scenario(
            "purchase history",
            "BG/NBD and Gamma-Gamma",
            f"{customers:,} customers",
            lambda rng, customers=customers: bought(rng, customers),
            weight=0.2,
        )


def scenarios() -> list[Scenario]:
    """All of them, by estimator."""
    kinds = (
        *(means, actions, medians, shares, ratios, clustered, rates, differences, adjusted, participations),
        *(waits, histories),
    )
    return [scenario for kind in kinds for scenario in kind()]


def main(repetitions: int, part: str) -> int:
    """Print the table; 1 where a row fails."""
    chosen = [scenario for scenario in scenarios() if part in scenario.name]
    print(f"Coverage of 90% intervals; at most {1 - LEAST:.0%} may miss the truth without a word (misled)")
    print(
        f"  {'estimator':22}{'data':52}{'size':22}{'reps':>6} {'covers':>7} {'below':>6} {'above':>6}"
        f" {'told':>5} {'misled':>6}"
    )
    failed, begun = 0, time.process_time()
    for scenario in chosen:
        for found in simulate(scenario, repetitions):
            data = f"{scenario.data}{': ' if found.part else ''}{found.part}"
            failed += not found.passed
            print(
                f"  {scenario.estimator:22}{data:52}{scenario.size:22}{found.repetitions:>6,}"
                f" {found.covered:>7.1%} {found.below:>6.1%} {found.above:>6.1%} {found.told:>5.0%}"
                f" {found.misled:>6.1%}{'' if found.passed else '  fails'}",
                flush=True,
            )
    print(
        f"  {len(chosen)} kinds of data, {time.process_time() - begun:,.0f} processor seconds; {failed} fail"
    )
    return 1 if failed else 0


if __name__ == "__main__":
    count = next((int(word) for word in sys.argv[1:] if word.isdigit()), REPETITIONS)
    sys.exit(main(count, next((word for word in sys.argv[1:] if not word.isdigit()), "")))
