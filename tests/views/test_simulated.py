"""Formulas over the simulated draws, whatever the type of case."""

from __future__ import annotations

import numpy as np
import pytest

from casebook import CaseError, constant
from casebook.analysis.analysis import sample_of
from casebook.analysis.simulation import DRAWS
from tests.views.conftest import by_first


def a_customer(amount: float):
    return constant(amount, "currency/customer/year", currency="USD")


def share(text: str) -> float:
    return float(text.replace("%", "")) / 100


def test_a_formula_stands_with_its_average_and_nine_of_ten_draws(ranged):
    """Spend is normal around 50, between 45 and 55 in nine of ten draws; half of it lies below 50."""
    x = ranged.inputs
    shown = ranged.simulated(
        {"Spend": x.spend, "Enough": x.spend >= a_customer(50), "Seats": x.seats}, caption="Chances"
    )
    rows = by_first(shown)
    spend = sample_of(ranged.study).values(0, DRAWS)["spend"]
    assert rows["Spend"][0] == "$50"
    low, high = np.percentile(spend, [5, 95])
    assert rows["Spend"][1:] == [f"${spend.mean():.2f}", f"${low:.2f} to ${high:.2f}"]
    assert (spend.mean(), low, high) == pytest.approx((50, 45, 55), abs=0.2)
    assert rows["Enough"][0] == "yes"
    assert share(rows["Enough"][1]) == pytest.approx((spend >= 50).mean(), abs=0.005)
    assert share(rows["Enough"][1]) == pytest.approx(0.5, abs=0.02)
    assert "Seats" not in rows
    assert shown.component.caption == "Chances"


def test_a_condition_in_a_named_step_is_a_condition_as_well(ranged):
    x = ranged.inputs
    dear = (x.spend > a_customer(1_000)).named("Dear")
    assert by_first(ranged.simulated({"Dear": dear, "Not": ~dear}))["Dear"] == ["no", "0%", ""]


def test_a_formula_by_year_is_shown_for_the_last_one(ranged):
    [row] = ranged.simulated({"Adoption": ranged.inputs.adoption}).component.rows
    assert list(row.cells)[:2] == ["Adoption (year 3)", "100%"]


def test_without_ranges_there_is_nothing_to_show(points):
    component = points.simulated({"Spend": points.inputs.spend}, caption="Chances").component
    assert (component.title, component.text) == ("Chances.", "No input has a low and a high value.")


def test_where_nothing_is_given_the_view_says_what_is_missing(ranged):
    assert ranged.simulated({"Seats": ranged.inputs.seats}).component.text == "Not given: seats"


def test_a_draw_without_a_finite_value_is_refused(ranged):
    x = ranged.inputs
    with pytest.raises(CaseError, match="'Per nothing' has no finite value in some draws"):
        ranged.simulated({"Per nothing": x.spend / np.maximum(x.margin - 1, 0)})
