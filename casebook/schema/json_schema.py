"""A JSON Schema for the parameter files of a template, by which editors complete and check while one types.

It never refuses what `casebook check` takes, as long as a word such as a grade of evidence is written on its
own line. What a schema can't say is left to the check: that a file exists, that a list has as many entries as
the case has years, that low lies below high, that correlations can hold together.
"""

from __future__ import annotations

from dataclasses import replace

from casebook.schema.inputs import yearly
from casebook.schema.parameters import KEYS
from casebook.schema.templates import Template
from casebook.schema.value_kinds import Schema

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema_of(template: Template) -> Schema:
    """The JSON Schema (draft 2020-12) of a template's parameter files."""
    above = {"template": template}
    numbers = {name: yearly(item).number for name, item in template.inputs.items()}
    return {
        "$schema": DIALECT,
        "title": template.title,
        "description": template.description,
        "type": "object",
        "properties": {name: key.json_schema(above) for name, key in KEYS.items()},
        "required": [name for name, key in KEYS.items() if key.required],
        "additionalProperties": False,
        "allOf": [*_required(template), _dated()],
        "$defs": {name: replace(number, defined_as=None).json_schema() for name, number in numbers.items()},
    }


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
