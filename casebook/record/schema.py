"""The JSON Schema of case records, made of the dataclasses that they are parsed as."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import types
from collections.abc import Iterator, Mapping
from itertools import pairwise
from textwrap import dedent
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from casebook.record.types import Record
from casebook.schema.typed_json import keys_of

_TYPES = {str: "string", bool: "boolean", int: "integer", float: "number", types.NoneType: "null"}

Schema = dict[str, Any]


def record_schema() -> Schema:
    """The schema that all records of this version validate against; it admits keys that it does not know."""
    definitions: dict[str, Schema] = {}
    _schema(Record, definitions)
    top = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "casebook record"}
    return {**top, **definitions.pop(Record.__name__), "$defs": dict(sorted(definitions.items()))}


def _schema(kind: Any, definitions: dict[str, Schema]) -> Schema:
    """The schema of a type; those of the dataclasses in it are added to the definitions."""
    origin, arguments = get_origin(kind), get_args(kind)
    if kind is Any:
        return {}
    if origin is Annotated:
        ruled = _schema(arguments[0], definitions)
        for rule in arguments[1:]:
            ruled |= getattr(rule, "schema", {})
        return ruled
    if origin is Literal:
        return {"enum": list(arguments)}
    if dataclasses.is_dataclass(kind):
        name = str(getattr(kind, "__name__", ""))
        if name not in definitions:
            definitions[name] = {}  # taken, in case the dataclass holds itself
            definitions[name] |= _object(kind, definitions)
        return {"$ref": f"#/$defs/{name}"}
    if kind in _TYPES:
        return {"type": _TYPES[kind]}
    inner = [_schema(each, definitions) for each in arguments if each is not ...]
    if origin in (Union, types.UnionType):
        return {"anyOf": inner}
    if issubclass(origin, Mapping):
        return {"type": "object", "additionalProperties": inner[1]}
    if ... in arguments:
        return {"type": "array", "items": inner[0]}
    return {"type": "array", "prefixItems": inner, "minItems": len(inner), "maxItems": len(inner)}


def _object(kind: Any, definitions: dict[str, Schema]) -> Schema:
    texts = dict(_docstrings(kind))
    return {
        "type": "object",
        "description": inspect.getdoc(kind),
        "properties": {
            key.name: _schema(key.kind, definitions)
            | ({"description": texts[key.name]} if key.name in texts else {})
            for key in keys_of(kind)
        },
        "required": [key.name for key in keys_of(kind) if key.absent == "refused"],
    }


def _docstrings(kind: type) -> Iterator[tuple[str, str]]:
    """The texts under the fields of a dataclass, those of its bases first."""
    for each in filter(dataclasses.is_dataclass, reversed(kind.__mro__)):
        (definition,) = ast.parse(dedent(inspect.getsource(each))).body
        assert isinstance(definition, ast.ClassDef)
        for field, text in pairwise(definition.body):
            match field, text:
                case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(words))):
                    yield name, inspect.cleandoc(words)
