"""Erlang C in the social-care template, against a published example and against its closed form."""

from __future__ import annotations

from math import exp, factorial

import nbformat
import pytest

from tests.conftest import ROOT


@pytest.fixture(scope="module")
def agents_needed():
    notebook = nbformat.read(ROOT / "templates/social-care/template.ipynb", as_version=4)
    (cell,) = (cell for cell in notebook.cells if "def agents_needed" in cell.source)
    names = {}
    exec("from casebook import computed\n" + cell.source, names)
    return names["agents_needed"]


def service_level(agents: int, traffic: float, within: float, handle: float) -> float:
    """The closed form: P(wait) from the sums of Aᵏ ÷ k!, without the recursion that the template uses."""
    top = traffic**agents / factorial(agents) * agents / (agents - traffic)
    waits = top / (sum(traffic**k / factorial(k) for k in range(agents)) + top)
    return 1 - waits * exp(-(agents - traffic) * within / handle)


def test_the_textbook_call_centre_needs_14_agents(agents_needed):
    """200 calls an hour of 3 minutes are 10 erlangs; 80 % within 20 seconds take 14 agents (88.8 %)."""
    assert agents_needed(200, 3, 20 / 60, 0.8, 1) == 14
    assert service_level(14, 10, 20, 180) == pytest.approx(0.888, abs=5e-4)
    assert service_level(13, 10, 20, 180) < 0.8


@pytest.mark.parametrize("arrivals", [0, 0.5, 7, 60, 400])
@pytest.mark.parametrize("wanted", [0.5, 0.8, 0.95])
def test_it_is_the_fewest_that_reach_the_service_level(agents_needed, arrivals, wanted):
    number = agents_needed(arrivals, 6, 1, wanted, 1)
    traffic = arrivals * 6 / 60
    assert service_level(number, traffic, 1, 6) >= wanted
    if number > 1 and number - 1 > traffic:
        assert service_level(number - 1, traffic, 1, 6) < wanted


@pytest.mark.parametrize(("at_once", "speed"), [(1, 1), (2, 1.7), (3, 2.5), (4, 2.9), (5, 3.5), (2.5, 2.1)])
def test_conversations_at_once_shorten_the_handling_time(agents_needed, at_once, speed):
    assert agents_needed(300, 6, 1, 0.8, at_once) == agents_needed(300, 6 / speed, 1, 0.8, 1)
