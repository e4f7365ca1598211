"""Inputs at other values than the case has, as scenarios and options give them: one point each, no range."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from casebook.schema.checker import Checker, show_key
from casebook.schema.input_declarations import parameter_names
from casebook.schema.inputs import left_out, yearly
from casebook.schema.share_totals import check_share_totals
from casebook.schema.templates import Template
from casebook.schema.value_kinds import Quantity, Schema
from casebook.schema.wording import Place, name_of


def read_changes(
    checker: Checker, above: Mapping[str, Any], place: Place, entries: Mapping[str, object], *, rule: str
) -> dict[str, Quantity]:
    """The values that could be read, by input; shares of one whole are checked with the likely ones.

    They can't bring back an optional input that the case does without: the lines that rest on it are not in
    the figure. `rule` says why no range may be given.
    """
    template: Template = above["template"]
    values: dict[str, Quantity] = {}
    for name, amount in entries.items():
        at = (*place, name)
        if name not in template.inputs:
            _unknown(checker, template, at, name)
        elif name in left_out(checker, above):
            message = f"{name_of(at[:2])} sets {name}, which the case leaves out"
            checker.add(at, message, f"give {name} under inputs: as well")
        elif isinstance(amount, dict):
            checker.refuse(at, amount, "a number or a list", rule)
        else:
            quantity = yearly(template.inputs[name], above["years"]).read(checker, at, amount)
            if quantity is not None:
                values[name] = quantity
    likely = {name: each.value for name, each in above["inputs"].items()}
    places = {name: (*place, name) for name in values}
    check_share_totals(checker, template.inputs, {**likely, **values}, places)
    return values


def changes_schema(template: Template) -> Schema:
    """What an editor is given of each input that may be set."""
    return {item.name: yearly(item).json_schema() for item in template.inputs.values()}


def _unknown(checker: Checker, template: Template, place: Place, name: str) -> None:
    if name in parameter_names():
        hint = f"try another value with --set {name}=…" if name in ("years", "discount_rate") else None
        message = f"{name_of(place[:2])} sets {name}, which is not an input"
        checker.add(place, message, hint or checker.suggest(name, template.inputs, kind="inputs"))
    else:
        hint = checker.suggest(name, template.inputs, kind=f"inputs of {template.name}")
        checker.add(place, f"no input is called {show_key(name)}", hint)
