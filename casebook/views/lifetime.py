"""What a customer is worth over a lifetime: how long, how much, how it grows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from casebook.errors import CaseError
from casebook.formatting import Formatter
from casebook.formula.evaluation import evaluate
from casebook.formula.expression import Expression, as_expression
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
        "Each year's margin counts at its end, discounted at {rate}; a new customer also brings a margin "
        "at once. Margin of the next year = margin × retention × (1 + growth).",
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
    say = case.formatter.say
    rows = [
        _row(case, say("Stays from one year to the next"), [each["retention"] for each in customers]),
        # Each year the same share leaves.
        _row(case, say("Years it stays, on average"), [1 / (1 - each["retention"]) for each in customers]),
        _row(case, say("Margin a year"), [each["margin"] for each in customers]),
    ]
    if any("growth" in each for each in customers):
        growth = [each.get("growth", as_expression(0)) for each in customers]
        rows.append(_row(case, say("Growth of the margin a year"), growth))
    spans = {
        say("over {time}", time=case.formatter.years(case.years)): case.years,
        say("without a horizon"): None,
    }
    for kind, is_new in ((say("An existing customer"), False), (say("A new customer"), True)):
        rows.append(row(kind, *("" for _ in customers), style="heading"))
        for span, years in spans.items():
            rows.append(_row(case, span, [_worth(case, each, years, is_new) for each in customers]))
    costs = [each.get("acquisition_cost") for each in customers]
    if any(cost is not None for cost in costs):
        title = say("A new customer, less the cost of winning one")
        rows.append(row(title, *("" for _ in customers), style="heading"))
        rows.append(_row(case, say("Cost of winning a customer"), costs))
        for span, years in spans.items():
            worths = [_worth(case, each, years, True) for each in customers]
            pairs = zip(worths, costs, strict=True)
            left_over = [None if worth is None or cost is None else worth - cost for worth, cost in pairs]
            rows.append(_row(case, span, left_over))
    return rows


def _worth(case: Study, customer: Customer, years: int | None, is_new: bool) -> Expression | None:
    """What a customer is worth; None where that has no limit."""
    try:
        return lifetime_value(
            customer["margin"],
            customer["retention"],
            growth=customer.get("growth", 0),
            discount_rate=float(case.discount_rate),
            years=years,
            is_new=is_new,
        )
    except CaseError:
        if years is not None:
            raise
        return None


def _row(case: Study, label: str, figures_of: Sequence[Expression | None]) -> Row:
    return row(label, *(_cell(case.formatter, case.years, each) for each in figures_of))


def _cell(to: Formatter, years: int, figure: Expression | None) -> str:
    """A figure; a dash where there is none, as for how long a customer stays who never leaves."""
    values = None if figure is None else evaluate(figure, years)
    if figure is None or values is None or not np.isfinite(values).all():
        return "–"
    return figures(values, unit_of(figure), to)


def _caption(case: Study, customers: Mapping[str, Customer]) -> str:
    """What an existing customer of each kind is worth over the horizon."""
    to = case.formatter
    worths = {label: _worth(case, each, case.years, False) for label, each in customers.items()}
    amounts = {
        label: to.money(evaluate(each, case.years).flat[0])
        for label, each in worths.items()
        if each is not None
    }
    named = [amount if len(amounts) == 1 else f"{amount} ({label})" for label, amount in amounts.items()]
    return to.say(
        "An existing customer is worth {amounts} over {time}",
        amounts=", ".join(named),
        time=to.years(case.years),
    )
