"""Formulas on inputs: what can be written, what it gives, and what is said about the rest."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casebook import (
    CaseError,
    ceil,
    compound,
    computed,
    constant,
    cumulative,
    exp,
    floor,
    log,
    maximum,
    minimum,
    previous,
    sqrt,
    where,
)
from casebook.formatting import Formatter
from casebook.formula.evaluation import evaluate
from casebook.formula.expression import Frame, Input, Year
from casebook.formula.printing import words
from casebook.presentation.formulas import Shown, explain

TO = Formatter("USD", "en_US")
FRAME = Frame(3, "USD", Shown(TO, 3))


def make(name: str, amount, unit: str = "number") -> Input:
    return Input(name, label=name, unit=unit, amount=amount, frame=FRAME)


A, B = make("a", 4.0), make("b", 3.0)
BY_YEAR = make("by_year", (1.0, 2.0, 4.0))
YEAR = Year(FRAME)


def figures(expression) -> list[float]:
    return evaluate(expression, FRAME.years).tolist()


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (A + B, [7]),
        (A - B, [1]),
        (10 - B, [7]),
        (A * B, [12]),
        (A / B, [4 / 3]),
        (12 / B, [4]),
        (A**2, [16]),
        (2**B, [8]),
        (-A, [-4]),
        (+A, [4]),
        (abs(B - A), [1]),
        (math.floor(A / B), [1]),
        (math.ceil(A / B), [2]),
        (floor(A / B), [1]),
        (ceil(A / B), [2]),
        (exp(A - A), [1]),
        (log(A / A), [0]),
        (sqrt(A), [2]),
        (minimum(A, B, 1), [1]),
        (maximum(A, B, 9), [9]),
        (where(A > B, 1, 2), [1]),
        (where((A < B) | (A == 4) & ~(B >= 4), 1, 2), [1]),
        (where(YEAR >= 2, A, 0), [0, 4, 4]),
        (A * [1, 2, 3], [4, 8, 12]),
        ([1, 2, 3] * A, [4, 8, 12]),
        (YEAR, [1, 2, 3]),
        (cumulative(BY_YEAR), [0.5, 2, 5]),
        (cumulative(BY_YEAR, keep=0.5), [0.5, 1.5, 3.25]),
        (cumulative(BY_YEAR, arrives="at the start"), [1, 3, 7]),
        (cumulative(BY_YEAR, keep=0.5, arrives="at the start"), [1, 2.5, 5.25]),
        (cumulative(A), [2, 6, 10]),
        (compound(A, BY_YEAR / 10), [4, 4.8, 6.72]),
        (compound(BY_YEAR, 1), [1, 2, 4]),
        (previous(BY_YEAR, first=9), [9, 1, 2]),
        (previous(A, first=BY_YEAR), [1, 4, 4]),
        (sum([A, B, BY_YEAR]), [8, 9, 11]),
        (np.minimum(A, B), [3]),
        (np.maximum(A, B), [4]),
        (np.where(A > B, A, B), [4]),
        (np.clip(BY_YEAR, 1.5, 3), [1.5, 2, 3]),
        (np.cumsum(BY_YEAR), [1, 3, 7]),
        (np.sqrt(A), [2]),
        (np.exp(A - A), [1]),
        (np.float64(2) * A, [8]),
        (np.array([1.0, 2.0, 3.0]) * A, [4, 8, 12]),
    ],
)
def test_a_formula_gives_what_python_would_give(expression, expected):
    assert figures(expression) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("mistake", "instead"),
    [
        (lambda: 1 if A > 3 else 2, "where(condition, a, b)"),
        (lambda: min(A, B), "minimum(a, b)"),
        (lambda: max(A, B), "maximum(a, b)"),
        (lambda: A > 1 and B > 1, "&, |, ~"),
        (lambda: round(A), "ceil"),
        (lambda: float(A), ".value"),
        (lambda: int(A), ".value"),
        (lambda: math.sqrt(A), "sqrt"),
        (lambda: cumulative(A, arrives="soon"), "'through the year', 'at the start'"),
        (lambda: A // 2, "floor(a / b)"),
        (lambda: A % 2, "floor(a / b)"),
        (lambda: A[0], "where(case.year == 2"),
        (lambda: list(A), ".value"),
        (lambda: np.sin(A), "@computed"),
        (lambda: np.sum([1, 2]) + np.sum(A), "Python's sum"),
        (lambda: np.round(A), "where they are shown"),
        (lambda: np.asarray(A), ".value"),
        (lambda: np.add.reduce(A), "operators"),
        (lambda: A + "1", "a number, a list by year or an input"),
        (lambda: A + None, "a number, a list by year or an input"),
        (lambda: A * True, "a number, a list by year or an input"),
        (lambda: A * float("nan"), "finite"),
        (lambda: A * [1, 2], "one number for each year"),
        (lambda: A * [B, 1, 2], "where(case.year == 1"),
    ],
)
def test_what_cannot_be_traced_says_what_to_write_instead(mistake, instead):
    with pytest.raises(CaseError) as caught:
        mistake()
    assert instead in str(caught.value)


def test_an_input_that_is_not_given_names_itself():
    with pytest.raises(CaseError, match="training_cost"):
        figures(make("training_cost", None) * 2)


def test_a_python_function_stands_as_a_computed_step():
    @computed("Twice", unit="number")
    def twice(value):
        return 2 * value

    assert twice(3) == 6
    assert figures(twice(BY_YEAR)) == [2, 4, 8]
    assert words(twice(A) + 1) == "Twice (computed) + 1"


def test_a_computed_step_that_fails_names_its_arguments():
    @computed("Inverse")
    def inverse(value):
        return 1 / value

    with pytest.raises(CaseError, match=r"Inverse can't be computed from \(0\)"):
        figures(inverse(A - 4))


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        (A - (B - A), "a − (b − a)"),
        ((A - B) - A, "a − b − a"),
        (A / (B * A), "a ÷ (b × a)"),
        (A / B * A, "a ÷ b × a"),
        (A * (B + A), "a × (b + a)"),
        (A * (B * A), "a × b × a"),
        ((A**B) ** A, "(a ^ b) ^ a"),
        (-(A + B), "−(a + b)"),
        ((-A) ** 2, "(−a) ^ 2"),
        (-(A**2), "−a ^ 2"),
        (A * -B, "a × −b"),
        (where(A > B, A, 0), "(a if a > b, otherwise 0)"),
        (minimum(A, B), "smaller of (a; b)"),
        (sum([A, B]), "a + b"),
        ((A * B).named("area") + 1, "area + 1"),
        (A * [0.5, 1, 1], "a × (0.5; 1; 1)"),
        (A * constant(12, label="months a year"), "a × 12 months a year"),
        (np.cumsum(A), "running total of (a)"),
        (cumulative(A, keep=B, arrives="at the start"), "running total of (a; kept each year: b)"),
        (cumulative(A), "running total of (a; half in its first year)"),
        (cumulative(A, keep=B), "running total of (a; half in its first year; kept each year: b)"),
        (compound(A, B) + 1, "(a, growing each year by b) + 1"),
        (previous(A, first=0) * B, "last year's (a; in year 1: 0) × b"),
    ],
)
def test_words_keep_the_order_written_and_the_brackets_that_matter(expression, text):
    assert words(expression) == text


def test_a_cell_shows_words_numbers_and_result():
    bundle = (make("price", 12.5, "currency") * make("share", 0.1, "share"))._repr_mimebundle_()
    assert bundle["text/html"].replace("\xa0", " ") == "price × share<br>= $12.50 × 10%<br>= $1.25"
    assert bundle["text/plain"] == "$1.25"


def test_value_prints_in_the_clients_currency_and_is_still_a_number():
    value = (make("price", 12.5, "currency") * 100).value
    assert (str(value), value * 2) == ("$1,250", 2500)
    assert [str(part) for part in (BY_YEAR * 2).value] == ["2", "4", "8"]


NUMBERS = st.floats(-50, 50).filter(lambda value: abs(value) > 1e-3)


@st.composite
def trees(draw, depth=4):
    """A random formula, together with the Python text that computes the same from plain floats."""
    if depth == 0 or draw(st.booleans()):
        if draw(st.booleans()):
            return draw(st.sampled_from([(A, "4.0"), (B, "3.0")]))
        number = draw(NUMBERS)
        return constant(number), repr(number)
    (left, left_text), (right, right_text) = draw(trees(depth=depth - 1)), draw(trees(depth=depth - 1))
    symbol = draw(st.sampled_from("+-*/"))
    built = {"+": left + right, "-": left - right, "*": left * right, "/": left / right}[symbol]
    return built, f"({left_text} {symbol} {right_text})"


@settings(max_examples=200)
@given(trees())
def test_a_traced_formula_equals_plain_python(tree):
    expression, text = tree
    try:
        expected = eval(text)
    except ZeroDivisionError:
        return
    assert figures(expression)[0] == pytest.approx(expected, rel=1e-12, abs=1e-12)


@settings(max_examples=200)
@given(trees())
def test_the_words_of_a_formula_compute_to_the_same_value(tree):
    """Read the printed words back as arithmetic: the brackets left out must not change the value."""
    expression, _ = tree
    printed = words(expression).replace("×", "*").replace("÷", "/").replace("−", "-").replace(",", "")
    try:
        read_back = eval(printed, {"a": 4.0, "b": 3.0})
    except ZeroDivisionError:
        return
    value = figures(expression)[0]
    if math.isfinite(value):
        assert read_back == pytest.approx(value, rel=1e-6, abs=1e-6)


def test_a_long_list_by_year_is_shortened_and_equal_years_are_said_once():
    frame = Frame(10, "USD")
    ten = Input("x", label="x", unit="number", amount=tuple(float(n) for n in range(10)), frame=frame)
    assert explain(ten * 1, TO, 10).result == "0; 1; 2; …; 9"
    assert explain(ten * 0 + 5, TO, 10).result == "5"


def test_a_sum_of_a_thousand_terms_is_written_down():
    assert words(sum([A] * 1000)).count("+") == 999


def test_a_step_without_a_finite_value_is_refused_by_name():
    step = (A / (B - B)).named("Hollow")
    with pytest.raises(CaseError, match="'Hollow' has no finite value"):
        explain(step + 1, TO, 3)
