"""Patterns for numbers as text: what they take and refuse is what reading the number says."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from casebook.schema.number_pattern import NUMBER, at_least, at_most
from casebook.schema.number_text import NumberError, read_number

DIGITS = st.text("0123456789_", max_size=6)
TEXTS = st.builds(
    "{}{}{}{}{}".format,
    st.sampled_from(["", "-", "+"]),
    DIGITS,
    st.sampled_from(["", "."]),
    DIGITS,
    st.sampled_from(["", "%", " %", "e3", "E-2", "e1%"]),
)
BOUNDS = st.one_of(
    st.integers(-2_000, 2_000).map(float),
    st.decimals(-30, 30, places=3).map(float),
    st.sampled_from([0.0, 1.0, 0.05, 1e-3, 1e9, 1e18, -1e18]),
)


def number(text: str) -> float | None:
    try:
        return read_number(text)
    except NumberError:
        return None


@settings(max_examples=500)
@given(TEXTS)
def test_every_number_that_is_read_fits_the_pattern_and_nothing_else(text):
    too_small = re.fullmatch(r"[^1-9]*[1-9].*", text) and number(text) is None
    if number(text) is not None or not too_small:
        assert bool(re.search(NUMBER, text)) == (number(text) is not None)


@pytest.mark.slow
@settings(max_examples=500)
@given(TEXTS.filter(lambda text: "e" not in text.lower() and number(text) is not None), BOUNDS)
@example("-0", 0.0)
@example("-.0%", 0.0)
@example("0.07%", 0.0007)
@example("100%", 1.0)
@example("100.000_1%", 1.0)
@example("1_000", 1000.0)
@example("999.9", 1000.0)
def test_bounds_are_kept_as_the_number_itself_keeps_them(text, bound):
    value = number(text)
    assert bool(re.search(at_least(bound), text)) == (value >= bound)
    assert bool(re.search(at_most(bound), text)) == (value <= bound)
    assert bool(re.search(at_least(bound, strict=True), text)) == (value > bound)
    assert bool(re.search(at_most(bound, strict=True), text)) == (value < bound)


@pytest.mark.slow
@settings(max_examples=500)
@given(TEXTS.filter(lambda text: "e" in text.lower() and number(text) is not None), BOUNDS)
def test_an_exponent_is_left_to_the_reader(text, bound):
    assert re.search(at_least(bound), text)
    assert re.search(at_most(bound), text)
