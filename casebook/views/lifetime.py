"""What a customer is worth over a lifetime: how long, how much, how it grows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from casebook.errors import CaseError
from casebook.formatting import Formatter
from casebook.formula.evaluation import evaluate
from casebook.formula.expression import Constant, Expression, as_expression
from casebook.formula.lifetime import lifetime_value
from casebook.formula.units import unit_of
from casebook.presentation.formulas import figures
from casebook.schema.wording import closest, listed
from casebook.study.study import Study
from casebook.views.components import Component, Row, Table, gap, left, right, row

KEYS = ("margin", "retention", "growth", "acquisition_cost")

Customer = Mapping[str, Expression]


def lifetime(case: Study, customers: Mapping[str, Mapping[str, Any]]) -> Component:
    """The lifetime value of each kind of customer, over the horizon and without one, existing and new."""
    say = case.formatter.say
    read = {label: _customer(label, given) for label, given in customers.items()}
    known = {label: each for label, each in read.items() if all(part.given for part in each.values())}
    if not known:
        return gap(say("Lifetime value"), say("None of its inputs has a value."))
    rows = [*_rows(case, list(known.values()))]
    heads = [left(say("What a customer brings"), 1.6), *map(right, known)]
    note = say(
        "Each year's margin counts at its end, discounted at {rate}; a new customer brings a margin at once "
        "besides. Margin of the next year = margin × retention × (1 + growth).",
        rate=case.discount_rate,
    )
    return Table(heads, rows, caption=_caption(case, known), note=note, whole=True)


def _customer(label: str, given: Mapping[str, Any]) -> Customer:
    for key in given:
        if key not in KEYS:
            match = closest(key, KEYS)
            hint = f"did you mean '{match}'?" if match else f"the keys are {listed(KEYS)}"
            raise CaseError(f"lifetime value of '{label}' has no key {key!r}\n  hint: {hint}")
    for key in KEYS[:2]:
        if key not in given:
            raise CaseError(f"lifetime value of '{label}' has no {key}\n  hint: give margin and retention")
    read = {key: as_expression(value) for key, value in given.items() if value is not None}
    return {key: each for key, each in read.items() if key in KEYS[:2] or each.given}


def _rows(case: Study, customers: list[Customer]) -> list[Row]:
    to, say = case.formatter, case.formatter.say
    rows = [
        _row(case, say("Stays from one year to the next"), customers, lambda each: each["retention"]),
        _row(case, say("Years it stays, on average"), customers, _years),
        _row(case, say("Margin a year"), customers, lambda each: each["margin"]),
    ]
    if any("growth" in each for each in customers):
        growth = lambda each: each.get("growth", as_expression(0))  # noqa: E731
        rows.append(_row(case, say("Growth of the margin a year"), customers, growth))
    spans = {say("over {time}", time=to.years(case.years)): case.years, say("without a horizon"): None}
    kinds = {say("An existing customer"): False, say("A new customer"): True}
    for kind, is_new in kinds.items():
        rows.append(row(kind, *("" for _ in customers), style="heading"))
        for span, years in spans.items():
            rows.append(_row(case, span, customers, _worth(case, years, is_new)))
    if any("acquisition_cost" in each for each in customers):
        title = say("A new customer, less the cost of winning one")
        rows.append(row(title, *("" for _ in customers), style="heading"))
        cost = lambda each: each.get("acquisition_cost")  # noqa: E731
        rows.append(_row(case, say("Cost of winning a customer"), customers, cost))
        for span, years in spans.items():
            rows.append(_row(case, span, customers, _after_cost(case, years)))
    return rows


def _years(customer: Customer) -> Expression:
    """How long a customer stays on average, where each year the same share leaves."""
    return 1 / (1 - customer["retention"])


def _worth(case: Study, years: int | None, is_new: bool) -> Callable[[Customer], Expression | None]:
    rate = Constant(float(case.discount_rate))

    def worth(customer: Customer) -> Expression | None:
        try:
            return lifetime_value(
                customer["margin"],
                customer["retention"],
                growth=customer.get("growth", 0),
                discount_rate=rate,
                years=years,
                is_new=is_new,
            )
        except CaseError:
            if years is not None:
                raise
            return None  # it has no limit

    return worth


def _after_cost(case: Study, years: int | None) -> Callable[[Customer], Expression | None]:
    def left_over(customer: Customer) -> Expression | None:
        worth, cost = _worth(case, years, True)(customer), customer.get("acquisition_cost")
        return None if worth is None or cost is None else worth - cost

    return left_over


def _row(
    case: Study, label: str, customers: list[Customer], figure: Callable[[Customer], Expression | None]
) -> Row:
    return row(label, *(_cell(case.formatter, case.years, figure(customer)) for customer in customers))


def _cell(to: Formatter, years: int, found: Expression | None) -> str:
    if found is None:
        return "–"
    return figures(evaluate(found, years), unit_of(found), to)


def _caption(case: Study, customers: Mapping[str, Customer]) -> str:
    """What a customer is worth, or by how much more from the first kind to the last."""
    to, labels = case.formatter, list(customers)
    worths = [_worth(case, case.years, False)(customer) for customer in customers.values()]
    first, last = (
        float(evaluate(each, case.years).flat[0]) for each in (worths[0], worths[-1]) if each is not None
    )
    time = to.years(case.years)
    if len(labels) == 1:
        return to.say("An existing customer is worth {money} over {time}", money=to.money(first), time=time)
    return to.say(
        "An existing customer is worth {first} over {time}, {last} where “{label}” holds",
        first=to.money(first),
        last=to.money(last),
        time=time,
        label=labels[-1],
    )
