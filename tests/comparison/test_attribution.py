"""Shapley values: what defines them, and published examples."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casebook.comparison import attribution
from casebook.comparison.attribution import attribute


def game(worths):
    """A game in which each coalition has the worth of its number in `worths`."""
    table = np.asarray(worths, dtype=np.float64)

    def worth(made):
        return table[(made * (1 << np.arange(made.shape[1]))).sum(axis=1)]

    return worth


def by_all_orders(worth, changes):
    """The definition itself: what each change adds, in every order."""
    totals = np.zeros(changes)
    orders = list(itertools.permutations(range(changes)))
    for order in orders:
        made = np.zeros((1, changes), dtype=bool)
        for change in order:
            before = worth(made)[0]
            made[0, change] = True
            totals[change] += worth(made)[0] - before
    return totals / len(orders)


amounts = st.floats(-1e6, 1e6)
games = st.integers(1, 4).flatmap(lambda n: st.lists(amounts, min_size=2**n, max_size=2**n))


@given(games)
def test_the_contributions_are_the_average_over_all_orders(worths):
    changes = len(worths).bit_length() - 1
    found = attribute(game(worths), changes)
    assert found.exact
    assert found.contributions == pytest.approx(by_all_orders(game(worths), changes), abs=1e-8)


@given(games)
def test_the_contributions_add_up_to_the_difference(worths):
    changes = len(worths).bit_length() - 1
    found = attribute(game(worths), changes).contributions.sum()
    assert found == pytest.approx(worths[-1] - worths[0], rel=1e-9, abs=1e-8)


@given(st.lists(amounts, min_size=4, max_size=4))
def test_a_change_that_makes_no_difference_gets_nothing(worths):
    doubled = [*worths, *worths]  # the third change leaves everything as it is
    assert attribute(game(doubled), 3).contributions[2] == 0


@given(amounts, amounts, amounts)
def test_two_changes_that_do_the_same_get_the_same(none, one, both):
    first, second = attribute(game([none, one, one, both]), 2).contributions
    assert first == pytest.approx(second, abs=1e-9)


def test_the_airport_game_comes_out_as_published():
    """Littlechild and Owen (1973): each stretch of a runway is shared by those who need it."""
    costs = np.array([8.0, 11.0, 13.0, 18.0])

    def worth(made):
        return np.max(np.where(made, costs, 0.0), axis=1)

    assert attribute(worth, 4).contributions == pytest.approx([2, 3, 4, 9])


def test_drawn_orders_still_add_up_and_come_near_the_exact_values(monkeypatch):
    rng = np.random.default_rng(7)
    worths = rng.normal(size=2**8)
    exact = attribute(game(worths), 8)
    monkeypatch.setattr(attribution, "MOST_EXACT", 4)
    drawn = attribute(game(worths), 8)
    assert not drawn.exact
    assert drawn.contributions.sum() == pytest.approx(worths[-1] - worths[0], rel=1e-12)
    assert (np.abs(drawn.contributions - exact.contributions) < 5 * drawn.standard_error).all()
    assert (drawn.standard_error > 0).all()
    again = attribute(game(worths), 8)
    assert (again.contributions == drawn.contributions).all(), "the seed is fixed"


def test_a_sum_of_twenty_changes_is_attributed_by_drawn_orders_without_error():
    parts = np.arange(1.0, 21.0)
    found = attribute(lambda made: made @ parts, 20)
    assert found.contributions == pytest.approx(parts)
    assert found.standard_error == pytest.approx(0, abs=1e-12)
