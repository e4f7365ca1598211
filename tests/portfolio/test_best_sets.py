"""The choice under a budget, against every set that there is."""

from __future__ import annotations

import itertools
import json
import math
import subprocess
import sys
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casebook.portfolio.best_sets import best_choices
from tests.conftest import ROOT


def cents(amounts):
    """A sum of amounts to the cent, without a rounding."""
    return sum(round(100 * amount) for amount in amounts)


def every_set(values, costs, budget, groups=None):
    """The values of all sets of worthy candidates that keep the budget and the alternatives, best first."""
    worthy = [n for n, value in enumerate(values) if value > 0]
    found = []
    for size in range(len(worthy) + 1):
        for chosen in itertools.combinations(worthy, size):
            names = [groups[n] for n in chosen] if groups else []
            if cents(costs[n] for n in chosen) <= cents([budget]) and len(set(names)) == len(names):
                found.append(math.fsum(values[n] for n in chosen))
    return sorted(found, reverse=True)


money = st.one_of(st.integers(-50, 200).map(float), st.floats(-1e6, 1e6).map(lambda v: round(v, 2)))
cases = st.lists(st.tuples(money, money.map(abs), st.integers(0, 3)), max_size=8)


@given(cases, st.floats(0, 1.2))
def test_the_choice_and_the_runner_up_are_those_of_brute_force(drawn, share):
    values, costs, groups = ([each[n] for each in drawn] for n in range(3))
    budget = round(sum(costs) * share, 2)
    for alternatives in (None, groups):
        best = every_set(values, costs, budget, alternatives)
        found = best_choices(values, costs, budget, groups=alternatives)
        assert [choice.value for choice in found] == pytest.approx(best[:2], rel=1e-9, abs=1e-6)
        assert len({choice.chosen for choice in found}) == len(found)
        for choice in found:
            assert choice.proven
            assert choice.cost == math.fsum(costs[n] for n in choice.chosen)
            assert cents(costs[n] for n in choice.chosen) <= cents([budget])
            assert choice.value == math.fsum(values[n] for n in choice.chosen)


@pytest.mark.parametrize("seed", range(20))
def test_larger_choices_are_those_of_dynamic_programming(seed):
    """Whole costs allow a table over all budgets: another exact way, of which HiGHS knows nothing."""
    rng = np.random.default_rng(seed)
    count = int(rng.integers(20, 45))
    costs = rng.integers(0, 200, count)
    # Values close to the costs are the hard ones: no case is clearly better than another.
    values = costs + rng.integers(-5, 15, count) if seed % 2 else rng.integers(-50, 300, count)
    groups, budget = rng.integers(0, count, count).tolist(), int(costs.sum() * rng.uniform(0.1, 0.9))
    best = np.zeros(budget + 1)
    for group in set(groups):
        with_one = best.copy()
        for n in np.flatnonzero((np.array(groups) == group) & (values > 0) & (costs <= budget)):
            with_one[costs[n] :] = np.maximum(with_one[costs[n] :], best[: budget + 1 - costs[n]] + values[n])
        best = with_one
    found = best_choices(values.astype(float), costs.astype(float), float(budget), groups=groups, count=1)[0]
    assert (found.value, found.proven) == (best[budget], True)


def test_a_budget_is_kept_to_the_cent():
    assert best_choices([10.0, 9.0], [1_000_000.01, 1_000_000.00], 1_000_000)[0].chosen == (1,)


@pytest.mark.parametrize("costs", [[0.1, 0.2], [0.1] * 3, [1.1, 2.2], [1e9 + 0.1, 0.2]])
def test_costs_that_sum_up_to_the_budget_keep_it(costs):
    """In floats 0.1 + 0.2 is more than 0.3."""
    budget = float(sum(map(Decimal, map(str, costs))))
    assert best_choices([1.0] * len(costs), costs, budget)[0].chosen == tuple(range(len(costs)))


def test_of_alternatives_only_one_is_chosen():
    free = best_choices([5.0, 4.0, 3.0], [1.0, 1.0, 1.0], 2)[0]
    bound = best_choices([5.0, 4.0, 3.0], [1.0, 1.0, 1.0], 2, groups=["a", "a", "b"])[0]
    assert (free.chosen, bound.chosen) == ((0, 1), (0, 2))


def test_what_loses_money_is_never_funded():
    assert [choice.chosen for choice in best_choices([-1.0, 0.0], [1.0, 1.0], 10)] == [()]


def test_the_solver_says_nothing_on_stdout():
    """On some instances HiGHS prints remarks of its own; `--json` would be no JSON any more."""
    code = (
        "import json, numpy as np\n"
        "from casebook.portfolio.best_sets import best_choices\n"
        "rng = np.random.default_rng(0)\n"
        "for n in (10, 100, 1000):\n"
        "    values, costs = rng.lognormal(12, 1.5, n) - 1e5, rng.lognormal(12, 1.2, n)\n"
        "    best_choices(values, costs, costs.sum() * 0.3)\n"
        "print(json.dumps('done'))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert json.loads(done.stdout) == "done", done.stderr
