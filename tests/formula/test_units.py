"""Units: what goes together, what is converted in sight of the reader, and what is refused."""

from __future__ import annotations

import pytest

from casebook import CaseError, compound, constant, cumulative, exp, maximum, minimum, previous, where
from casebook.formula.evaluation import evaluate
from casebook.formula.expression import Frame, Input, Year
from casebook.formula.printing import words
from casebook.formula.units import in_unit, parse_unit, unit_of

FRAME = Frame(2, "USD")


def make(name: str, amount: float, unit: str) -> Input:
    return Input(name, label=name, unit=unit, amount=amount, frame=FRAME)


customers = make("customers", 100, "customers")
spend = make("spend", 50, "currency/customer/year")
share = make("share", 0.1, "share")
contacts = make("contacts", 1000, "contacts/month")
price = make("price", 8, "currency/contact")
minutes = make("minutes", 6, "minutes/contact")
wage = make("wage", 30, "currency/hour")
weekly = make("weekly", 10, "currency/week")
daily = make("daily", 1, "currency/day")
monthly = make("monthly", 0.01, "share/month")
won = make("won", 20, "customers/year")


@pytest.mark.parametrize(
    ("expression", "amount", "text"),
    [
        (customers * spend * share, 500, "customers × spend × share"),
        (contacts * price, 96_000, "contacts × price × 12 months a year"),
        (
            contacts * minutes * wage,
            36_000,
            "contacts × minutes × wage ÷ 60 minutes an hour × 12 months a year",
        ),
        (daily, 365, "daily × 365 days a year"),
        (weekly * 7, 10 * 365, "weekly × 7 × 52.142857143 weeks a year"),
        (customers * spend + contacts * price, 101_000, None),
        (contacts * price + customers * spend, 101_000, None),
        (maximum(0, customers * spend - contacts * price), 0, None),
        (where(share > 0.05, customers * spend, 0), 5000, None),
        (minimum(contacts * price, customers * spend), 5000, None),
        (cumulative(won) * spend, [500, 1500], None),
        (cumulative(won, arrives="at the start") * spend, [1000, 2000], None),
        (previous(customers, first=0) * spend, [0, 5000], None),
        (compound(customers, 0.1) * spend, [5000, 5500], None),
        (
            compound(customers, monthly) * spend,
            [5000, 5600],
            "(customers, growing each year by monthly × 12 months a year) × spend",
        ),
        (Year(FRAME) * customers * spend, [5000, 10_000], None),
        (customers * spend * (1 + share) ** Year(FRAME), [5500, 6050], None),
        (spend * constant(3, "customers"), 150, None),
    ],
)
def test_a_line_comes_out_in_money_a_year(expression, amount, text):
    line = in_unit(expression, "currency/year", what="Benefit 'X'")
    assert evaluate(line, 2).tolist() == pytest.approx(amount if isinstance(amount, list) else [amount])
    assert unit_of(line) == "currency/year"
    if text:
        assert words(line) == text


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        (lambda: customers * share, "Benefit 'X' comes out as customer; must be currency/year"),
        (lambda: customers + contacts, "customer and contact/month do not go together"),
        (lambda: customers + 1, "constant(1, 'agents')"),
        (lambda: customers**share, "to a power that is not a plain number"),
        (lambda: exp(customers), "has the unit customer; must be a figure without one"),
        (lambda: where(customers > contacts, spend, 0), "do not go together"),
        (lambda: cumulative(won, keep=customers), "must be a figure without one"),
        (lambda: compound(spend * customers, customers), "must be a figure without one"),
        (lambda: previous(customers, first=spend), "do not go together"),
        (lambda: spend, "multiply by something in customer"),
        (lambda: customers * customers * spend, "divide by something in customer"),
    ],
)
def test_what_is_not_money_a_year_names_line_units_and_remedy(expression, message):
    with pytest.raises(CaseError) as caught:
        in_unit(expression(), "currency/year", what="Benefit 'X'")
    assert message in str(caught.value)
    assert "Benefit 'X'" in str(caught.value)


def test_singular_and_plural_are_one_unit():
    for one, many in (("customer", "customers"), ("person", "people"), ("reply", "replies"), ("day", "days")):
        assert parse_unit(one) == parse_unit(many)


@pytest.mark.parametrize("text", ["", "a b", "currency//year", "/year", "1", "x**2", "__import__('os')"])
def test_a_unit_that_cannot_be_read_is_refused(text):
    with pytest.raises(CaseError, match="can't be read"):
        parse_unit(text)


def test_a_sum_of_a_thousand_terms_has_a_unit_and_a_value():
    total = sum([customers * spend] * 1000)
    assert evaluate(in_unit(total, "currency/year", what="Benefit 'X'"), 2).tolist() == [5_000_000]
