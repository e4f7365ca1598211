"""A JSON Schema for the parameter files of a template, by which editors complete and check while one types.

It never refuses what `casebook check` takes, as long as a word such as a grade of evidence is written on its
own line. What a schema can't say is left to the check: that a file exists, that a list has as many entries as
the case has years, that low lies below high, that correlations can hold together.
"""

from __future__ import annotations

from typing import Any

from casebook.authoring.number_pattern import NUMBER, at_least, at_most
from casebook.authoring.schema_parts import (
    TEXT,
    actuals,
    client,
    currency,
    data,
    document,
    locale,
    month,
    optional_mapping,
    story,
    template_name,
)
from casebook.formatting import Formatter
from casebook.parameters import DEFAULT_DISCOUNT_RATE, DEFAULT_YEARS
from casebook.parameters.inputs import OVERRIDE
from casebook.parameters.rules import RULE_IDS
from casebook.parameters.scenarios import LONGEST_NAME, MOST_SCENARIOS, NOTE
from casebook.reading.checking import GRADES, Bounds
from casebook.reading.declarations import MOST_YEARS, InputDeclaration
from casebook.reading.number_text import LARGEST, write_number
from casebook.reading.ranges import DISTRIBUTIONS
from casebook.templates import Template

DIALECT = "https://json-schema.org/draft/2020-12/schema"

Schema = dict[str, Any]


def schema_of(template: Template) -> Schema:
    """The JSON Schema (draft 2020-12) of a template's parameter files."""
    return {
        "$schema": DIALECT,
        "title": template.title,
        "description": template.description,
        "type": "object",
        "properties": {
            "template": template_name(template.name),
            "client": client(),
            "currency": currency(),
            "locale": locale(),
            "years": _years(),
            "start": {**month(), "type": ["string", "null"], "description": "The first month of year 1."},
            "discount_rate": {
                **_number((0, 1)),
                "description": "A share a year, such as 10%.",
                "default": write_number(DEFAULT_DISCOUNT_RATE, "share"),
            },
            "inputs": optional_mapping(
                properties={name: _input(item) for name, item in template.inputs.items()},
                additionalProperties=False,
            ),
            "scenarios": _scenarios(template),
            "correlations": _correlations(template),
            "data": data(),
            "actuals": actuals(template.inputs, _number(None)),
            "review": optional_mapping(properties=dict.fromkeys(RULE_IDS, TEXT), additionalProperties=False),
            "story": story(),
            "document": document(),
        },
        "required": ["template", "client"],
        "additionalProperties": False,
        "allOf": [*_required(template), _dated()],
        "$defs": {name: _number(item.bounds) for name, item in template.inputs.items()},
    }


def _years() -> Schema:
    whole = {"pattern": r"^\s*\+?[0-9_]+(?:\.0*)?\s*$|[eE%]"}
    years = _number((1, MOST_YEARS))
    return {**years, "allOf": [*years["allOf"], whole], "multipleOf": 1, "default": DEFAULT_YEARS}


def _number(bounds: Bounds | None) -> Schema:
    """A number within its bounds, also as text such as 10%."""
    low, high = bounds or (None, None)
    least, most = (-LARGEST if low is None else low), (LARGEST if high is None else high)
    patterns = [NUMBER, at_least(least), at_most(most)]
    return {
        "type": ["number", "string"],
        "minimum": least,
        "maximum": most,
        "allOf": [{"pattern": pattern} for pattern in patterns],
    }


def _input(item: InputDeclaration) -> Schema:
    unit = Formatter().unit_words(item.unit, share="a share").replace("USD", "money") or "a number"
    described: Schema = {
        "title": item.label,
        "description": f"{item.label}, {unit}. {item.help or ''}".strip(),
    }
    if item.default is not None:
        described["default"] = item.default_text
    if item.example is not None:
        described["examples"] = [item.example_text]
    return {**described, **_quantity(item.name, "if"), "then": _estimate(item.name)}


def _quantity(name: str, condition: str | None = None) -> Schema:
    """One number or one a year; with a condition, where it is no mapping."""
    number = {"$ref": f"#/$defs/{name}"}
    plain = {"if": {"type": "array"}, "then": {"minItems": 1, "items": number}, "else": number}
    return {"if": {"type": "object"}, "else": plain} if condition else plain


def _estimate(name: str) -> Schema:
    """A mapping with a value, its range, and how it is known."""
    is_list, is_single = {"type": "array"}, {"not": {"type": "array"}}
    return {
        "properties": {
            "value": _quantity(name),
            "low": {**_quantity(name), "description": "The 5th percentile."},
            "high": {**_quantity(name), "description": "The 95th percentile."},
            "distribution": {"enum": list(DISTRIBUTIONS), "default": DISTRIBUTIONS[0]},
            "source": TEXT,
            "evidence": {"enum": list(GRADES), "description": "How it is known, the strongest first."},
            "note": TEXT,
            OVERRIDE: {"type": "boolean", "description": "Whether it stands whatever is measured from data."},
        },
        "required": ["value"],
        "dependentRequired": {"low": ["high"], "high": ["low"], "distribution": ["low", "high"]},
        "additionalProperties": False,
        "if": {"properties": {"value": is_list}},
        "then": {"properties": {"low": is_list, "high": is_list}},
        "else": {"properties": {"low": is_single, "high": is_single}},
        "allOf": [
            _within_support(["lognormal", "beta"], "high", "low", 0),
            _within_support(["beta"], "low", "high", 1),
        ],
    }


def _within_support(distributions: list[str], other: str, key: str, end: int) -> Schema:
    """Low above 0, or high below 1, unless both ends are the same, which is no range."""
    inside = {
        0: {"exclusiveMinimum": 0, "pattern": at_least(0, strict=True)},
        1: {"exclusiveMaximum": 1, "pattern": at_most(1, strict=True)},
    }[end]
    named = {"properties": {"distribution": {"enum": distributions}}, "required": ["distribution"]}
    ranged = {"properties": {other: {"type": ["number", "string"], **inside}}, "required": [other]}
    return {"if": {"allOf": [named, ranged]}, "then": {"properties": {key: inside}}}


def _required(template: Template) -> list[Schema]:
    """The inputs that a file has to give; one that is measured, where its source of data is not named."""
    items = [item for item in template.inputs.values() if item.presence == "required"]
    if not items:
        something = {"type": "object", "minProperties": 1}
        return [{"anyOf": [_has(name, something) for name in ("inputs", "data")]}]

    def given(names: list[str]) -> Schema:
        return _has("inputs", {"type": "object", "required": names})

    always = [item.name for item in items if not item.measured_from]
    rules = [given(always)] if always else []
    for source in dict.fromkeys(item.measured_from for item in items if item.measured_from):
        measured = [item.name for item in items if item.measured_from == source]
        named = _has("data", {"type": "object", "required": [source]})
        rules.append({"if": named, "else": given(measured)})
    return rules


def _dated() -> Schema:
    """Whoever gives actuals names the first month."""
    some = {"type": "object", "minProperties": 1}
    measured = {
        "type": "object",
        "anyOf": [{"required": ["through"]}, *(_has(key, some) for key in ("inputs", "lines"))],
    }
    return {"if": _has("actuals", measured), "then": _has("start", {"type": "string"})}


def _has(key: str, value: Schema) -> Schema:
    return {"required": [key], "properties": {key: value}}


def _scenarios(template: Template) -> Schema:
    inputs = {name: _quantity(name) for name in template.inputs}
    scenario = {
        "type": "object",
        "properties": {**inputs, NOTE: TEXT},
        "additionalProperties": False,
        "minProperties": 1,
        "not": {"required": [NOTE], "maxProperties": 1},
    }
    names = rf"^\s*(?=\S)[^\n\t]{{1,{LONGEST_NAME}}}?\s*$"
    return optional_mapping(
        maxProperties=MOST_SCENARIOS, propertyNames={"pattern": names}, additionalProperties=scenario
    )


def _correlations(template: Template) -> Schema:
    others = {
        "type": "object",
        "propertyNames": {"enum": list(template.inputs)},
        "additionalProperties": _number((-1, 1)),
    }
    return optional_mapping(
        properties={name: {**others, "properties": {name: False}} for name in template.inputs},
        additionalProperties=False,
    )
