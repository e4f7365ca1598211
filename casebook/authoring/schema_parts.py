"""The parts of a parameter file's JSON Schema that are the same for every template."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from casebook.parameters.actuals import APPROVED_KEYS, TEXT_KEYS
from casebook.parameters.data import SOURCE_KEYS, SUFFIXES
from casebook.parameters.data_options import DECIMALS, ENCODINGS, LOWEST_HEADER
from casebook.parameters.periods import MONTH_PATTERN, PERIOD_PATTERN
from casebook.parameters.sections import (
    CLIENT_KEYS,
    DOCUMENT_KEYS,
    LOGO_SUFFIXES,
    PAPERS,
    STANDINGS,
    STORY_LISTS,
    STORY_TABLES,
    STORY_TEXTS,
)
from casebook.reading.checking import LONGEST_LINE, LONGEST_TEXT, LONGEST_WORD
from casebook.reading.declarations import PARAMETER_NAMES

Schema = dict[str, Any]

_USABLE = r"[^\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]"
_NO_LONG_WORD = rf"(?![\s\S]*\S{{{LONGEST_WORD + 1}}})"

TEXT: Schema = {
    "type": ["string", "number"],
    "pattern": rf"^(?=[\s\S]*\S){_NO_LONG_WORD}{_USABLE}*$",
    "maxLength": LONGEST_TEXT,
}
"""Text that is not blank; a number is taken as it is written."""

LINE: Schema = {
    "type": ["string", "number"],
    "pattern": rf"^\n*(?=.*\S)(?:(?!\n){_USABLE})*\n*$",
    "maxLength": LONGEST_LINE,
}
"""Text on one line."""

_RELATIVE = r"^(?![/~])"
_SOURCE_NAME = "^[a-z][a-z0-9]*(?:_[a-z0-9]+)*$"
_DATE = (
    r"^\n*(?!0000)(?![0-9]{4}-(?:02-3|(?:04|06|09|11)-31))"
    r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])\n*$"
)


def optional_mapping(**rules: Any) -> Schema:
    """A mapping; a heading with nothing under it counts as an empty one."""
    return {"type": ["object", "null"], **rules}


def template_name(name: str) -> Schema:
    """The name of a template, or a relative path that ends in it (or is . or ..)."""
    own = rf"^(?:[^/][^\n]*/)?{re.escape(name)}/*$"
    return {
        "type": ["string", "number"],
        "pattern": rf"^\n*(?:{own[1:-1]}|\.\.?(?:/\.\.?)*/*)\n*$",
        "examples": [name],
    }


def client() -> Schema:
    """Who the case is for."""
    described = {
        "name": LINE,
        "logo": _file(LOGO_SUFFIXES, "A file beside this one"),
        "colour": {"type": "string", "pattern": r"^\n*#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})\n*$"},
    }
    return {
        "type": "object",
        "properties": {key: described.get(key, LINE) for key in CLIENT_KEYS},
        "required": ["name"],
        "additionalProperties": False,
    }


def currency() -> Schema:
    """An ISO 4217 code."""
    from babel.numbers import list_currencies

    return {"enum": sorted(list_currencies()), "description": "ISO 4217 code.", "default": "USD"}


def locale() -> Schema:
    """A locale of a language that Babel knows; which of its countries, the check tells."""
    from babel.core import get_global
    from babel.localedata import locale_identifiers

    known = {name.split("_")[0] for name in locale_identifiers()} | set(get_global("language_aliases"))
    languages = sorted(name for name in known if re.fullmatch("[A-Za-z]{2,3}", name))
    # Babel reads the language in any case: EN_us is en_US.
    spelt = "|".join("".join(f"[{char}{char.upper()}]" for char in name.lower()) for name in languages)
    return {
        "type": "string",
        "pattern": rf"^\n*(?:{spelt})(?:_[A-Za-z0-9]{{2,8}}){{0,3}}\n*$",
        "description": "Language and country, such as en_US.",
        "default": "en_US",
    }


def story() -> Schema:
    """The texts around the figures."""
    properties: Schema = dict.fromkeys(STORY_TEXTS, TEXT)
    properties |= {key: {"type": "array", "items": TEXT} for key in STORY_LISTS}
    for key, columns in STORY_TABLES.items():
        row = {
            "type": "object",
            "properties": {
                column: {"enum": list(STANDINGS)} if column == "standing" else TEXT for column in columns
            },
            "required": [columns[0]],
            "additionalProperties": False,
        }
        properties[key] = {"type": "array", "items": row}
    return optional_mapping(properties=properties, additionalProperties=False)


def month() -> Schema:
    """A month of the calendar."""
    return {"type": "string", "pattern": MONTH_PATTERN, "examples": ["2026-01"]}


def actuals(inputs: Iterable[str], money: Schema) -> Schema:
    """What was measured after approval: which periods fit together, the check tells."""
    sections: Schema = {
        "inputs": {
            "properties": {name: _by_period({"$ref": f"#/$defs/{name}"}) for name in inputs},
            "additionalProperties": False,
        },
        "lines": {"additionalProperties": _by_period(money)},
    }
    given = [
        {"properties": {key: {"type": "object", "minProperties": 1}}, "required": [key]} for key in sections
    ]
    approved = {
        "type": "object",
        "properties": {"record": _file([".json"], "Written by casebook approve"), "sha256": LINE},
        "required": list(APPROVED_KEYS),
        "additionalProperties": False,
    }
    rules: Schema = {
        "properties": {
            "through": month(),
            **{key: optional_mapping(**section) for key, section in sections.items()},
            "approved": approved,
        },
        "additionalProperties": False,
        "if": {"type": "object", "minProperties": 1},
        "then": {"anyOf": [*given, {"required": ["approved"], "not": {"required": ["through"]}}]},
    }
    return optional_mapping(**rules)


def _by_period(value: Schema) -> Schema:
    """A value for each period, and where it comes from."""
    return {
        "type": "object",
        "properties": {"start": value, **dict.fromkeys(TEXT_KEYS, TEXT)},
        "patternProperties": {f"^{PERIOD_PATTERN}$": value},
        "additionalProperties": False,
        "not": {"propertyNames": {"enum": list(TEXT_KEYS)}},
    }


def document() -> Schema:
    """What stands on the cover and how the pages are set."""
    described: Schema = {
        "date": {"type": "string", "pattern": _DATE, "examples": ["2026-03-31"]},
        "paper": {"enum": list(PAPERS)},
        "fonts": {"allOf": [LINE, {"pattern": _RELATIVE}]},
    }
    return optional_mapping(
        properties={key: described.get(key, LINE) for key in DOCUMENT_KEYS}, additionalProperties=False
    )


def data() -> Schema:
    """The client's own data: what a source is, not whether it is there."""
    taken = {"not": {"enum": [*PARAMETER_NAMES, *SOURCE_KEYS]}}
    path = _file(SUFFIXES, "The path starts at this file's folder; * stands for several files")
    source = {
        "if": {"type": "object"},
        "then": {
            "properties": {key: _option(key, path) for key in SOURCE_KEYS},
            "additionalProperties": False,
            "oneOf": [{"required": ["path"]}, {"required": ["url"]}],
        },
        "else": path,
    }
    return optional_mapping(
        propertyNames={"allOf": [{"pattern": _SOURCE_NAME}, taken]}, additionalProperties=source
    )


def _option(key: str, path: Schema) -> Schema:
    texts = {"type": ["object", "null"], "additionalProperties": LINE}
    names: Schema = {"type": ["string", "number", "array", "null"], "items": LINE, "pattern": LINE["pattern"]}
    mark: Schema = {"enum": list(DECIMALS)}
    row: Schema = {"type": "integer", "minimum": 1, "maximum": LOWEST_HEADER}
    encoding = "|".join("".join(_either_case(char) for char in name) for name in ENCODINGS)
    described: Schema = {
        "path": path,
        "url": {"type": "string", "pattern": "://"},
        "columns": texts,
        "dates": {**names, "type": [*names["type"], "object"], "additionalProperties": LINE},
        "id": names,
        "missing": names,
        "query": TEXT,
        "decimal": _one_or_by_column(mark),
        "thousands": _one_or_by_column(mark),
        "header": {
            "if": {"type": "array"},
            "then": {"items": row, "minItems": 1},
            "else": row,
            "description": "The row that holds the names of the columns, counted from 1.",
        },
        "encoding": {"type": "string", "pattern": rf"^\n*(?:{encoding})\n*$"},
    }
    return described.get(key, LINE)


def _one_or_by_column(value: Schema) -> Schema:
    return {"if": {"type": "object"}, "then": {"additionalProperties": value}, "else": value}


def _file(suffixes: Iterable[str], description: str) -> Schema:
    endings = "|".join("".join(_either_case(char) for char in suffix) for suffix in suffixes)
    return {
        "type": "string",
        "description": f"{description}.",
        "allOf": [
            {"pattern": LINE["pattern"]},
            {"pattern": _RELATIVE},
            {"pattern": rf"(?:{endings})\n*$"},
        ],
    }


def _either_case(char: str) -> str:
    return f"[{char}{char.upper()}]" if char.isalpha() else re.escape(char)
