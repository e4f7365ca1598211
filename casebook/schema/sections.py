"""Keys and sections: what a mapping of a file may hold, declared once.

A key is declared with its kind, whether it is required, and a line of help. From that come the check of a
file, its JSON Schema, a new file and the tables of the documentation:

    >>> from casebook.schema.value_kinds import LINE, Number, Kind
    >>> desk = Section({"owner": Key(LINE, required=True), "drawers": Key(Number((0, 9), is_whole=True))})
    >>> checker = Checker("desk.yaml")
    >>> desk.read(checker, (), {"owner": "Ada", "drawers": "3"})
    {'owner': 'Ada', 'drawers': 3}
    >>> desk.json_schema()["required"]
    ['owner']
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from casebook.schema.checker import Checker, show_key
from casebook.schema.value_kinds import LINE, Kind, Schema
from casebook.schema.wording import Place


@dataclass(frozen=True)
class Key:
    """One key of a mapping."""

    kind: Kind | Callable[[Mapping[str, Any]], Kind]
    """A function of the keys above it where it depends on them."""
    help: str = ""
    example: str = ""
    """What a new file shows where it has no value of its own to show."""
    required: bool = False
    default: Any = None
    """What holds where the key is missing, as one would write it; where it is {}, the key may stand alone."""
    hint: str | None = None
    """What to write where a required one is missing."""
    is_offered: bool = True
    """Whether a new file shows it."""

    def kind_after(self, above: Mapping[str, Any]) -> Kind:
        """Its kind, given what was read of the keys above it."""
        return self.kind(above) if callable(self.kind) else self.kind

    def read(self, checker: Checker, place: Place, value: object, above: Mapping[str, Any]) -> Any:
        value = {} if value is None and self.default == {} else value
        return self.kind_after(above).read(checker, place, value)

    def json_schema(self, above: Mapping[str, Any]) -> Schema:
        """The schema of its kind, with its help, default and example."""
        schema = self.kind_after(above).json_schema()
        nothing = {"type": [schema["type"], "null"]} if self.default == {} and "type" in schema else {}
        said = {"description": self.help, "default": self.default}
        shown = {"examples": [self.example]} if self.example else {}
        return {**schema, **nothing, **shown, **{name: text for name, text in said.items() if text}}


def key(kind: Kind | Callable[[Mapping[str, Any]], Kind], *missing: Any, help: str = "", **more: Any) -> Any:
    """A field of a dataclass whose fields are the keys of a section.

    `missing` is the field's value where the key is missing. The key is required where neither that is given
    nor a `default`, which is read as if it stood in the file.
    """
    declared = Key(kind, help, required=not missing and "default" not in more, **more)
    default = missing[0] if missing else dataclasses.MISSING
    return dataclasses.field(default=default, metadata={"key": declared})


def keys_of(made: Any) -> dict[str, Key]:
    """The keys that the fields of a dataclass declare, in their order."""
    return {each.name: each.metadata["key"] for each in dataclasses.fields(made) if each.metadata}


@dataclass(frozen=True)
class Section(Kind):
    """A mapping whose keys are known."""

    keys: Mapping[str, Key]
    make: Callable[..., Any] | None = None
    """What is made of the values by name, where no required one is missing; without it they stay a dict."""

    def read(self, checker: Checker, place: Place, value: object) -> Any:
        required = [name for name, each in self.keys.items() if each.required]
        entries = checker.mapping(place, value, self.keys, required=required)
        found: dict[str, Any] = {}
        for name in (name for name in self.keys if name in entries):
            found[name] = self.keys[name].read(checker, (*place, name), entries[name], found)
        if self.make is None:
            return {name: found[name] for name in entries}
        return None if any(found.get(name) is None for name in required) else self.make(**found)

    def json_schema(self) -> Schema:
        required = [name for name, each in self.keys.items() if each.required]
        return {
            "type": "object",
            "properties": {name: each.json_schema({}) for name, each in self.keys.items()},
            **({"required": required} if required else {}),
            "additionalProperties": False,
        }


@dataclass(frozen=True)
class Shorthand(Kind):
    """A section that may be written as the value of one of its keys alone."""

    name: str
    section: Section

    def read(self, checker: Checker, place: Place, value: object) -> Any:
        if isinstance(value, dict):
            return self.section.read(checker, place, value)
        read = self.section.keys[self.name].read(checker, place, value, {})
        made = self.section.make or dict
        return None if read is None else made(**{self.name: read})

    def json_schema(self) -> Schema:
        return {
            "anyOf": [self.section.keys[self.name].kind_after({}).json_schema(), self.section.json_schema()]
        }


@dataclass(frozen=True)
class ListOf(Kind):
    """A list of values of one kind."""

    kind: Kind

    def read(self, checker: Checker, place: Place, value: object) -> list[Any]:
        entries = enumerate(checker.items(place, value))
        return [self.kind.read(checker, (*place, index), entry) for index, entry in entries]

    def json_schema(self) -> Schema:
        return {"type": "array", "items": self.kind.json_schema()}


@dataclass(frozen=True)
class Lines(Kind):
    """One line of text, or a list of them."""

    def read(self, checker: Checker, place: Place, value: object) -> tuple[str, ...]:
        if value is None:
            return ()
        given = enumerate(value) if isinstance(value, list) else None
        texts = [LINE.read(checker, (*place, index), entry) for index, entry in given or ()]
        return tuple(filter(None, texts if given else [LINE.read(checker, place, value)]))

    def json_schema(self) -> Schema:
        kinds = ["string", "number", "array", "null"]
        return {"type": kinds, "items": LINE.json_schema(), "pattern": LINE.pattern}


@dataclass(frozen=True)
class MappingOf(Kind):
    """A mapping from any names to values of one kind."""

    kind: Kind
    hint: str
    """What to write where it is no mapping."""

    def read(self, checker: Checker, place: Place, value: object) -> dict[str, Any]:
        entries = checker.mapping(place, value, None, hint=self.hint)
        found = {name: self.kind.read(checker, (*place, name), entry) for name, entry in entries.items()}
        return {name: each for name, each in found.items() if each is not None}

    def json_schema(self) -> Schema:
        return {"type": "object", "additionalProperties": self.kind.json_schema()}


@dataclass(frozen=True)
class ByName(Kind):
    """A mapping whose keys are names of something, such as inputs, each with a value of its own kind."""

    kinds: Mapping[str, Kind]
    noun: str
    """What a name stands for."""
    plural: str
    hint: str
    """What to write where it is no mapping."""

    def read(self, checker: Checker, place: Place, value: object) -> dict[str, Any]:
        found = {}
        for name, entry in checker.mapping(place, value, None, hint=self.hint).items():
            if name in self.kinds:
                found[name] = self.kinds[name].read(checker, (*place, name), entry)
            else:
                hint = checker.suggest(name, self.kinds, kind=self.plural)
                checker.add((*place, name), f"no {self.noun} is called {show_key(name)}", hint)
        return found

    def json_schema(self) -> Schema:
        return {
            "type": "object",
            "properties": {name: kind.json_schema() for name, kind in self.kinds.items()},
            "additionalProperties": False,
        }


@dataclass(frozen=True)
class OrNothing(Kind):
    """A value of a kind, or an empty line."""

    kind: Kind
    is_settable = True

    def read(self, checker: Checker, place: Place, value: object) -> Any:
        return None if value is None else self.kind.read(checker, place, value)

    def json_schema(self) -> Schema:
        return {"anyOf": [{"type": "null"}, self.kind.json_schema()]}


def with_texts(value: Any, texts: Mapping[Place, str], place: Place = ()) -> Any:
    """A copy of nested values in which each text that was read stands in place of what YAML took it for.

    >>> with_texts({"note": 2025, "years": 3}, {("note",): "2025"})
    {'note': '2025', 'years': 3}
    """
    if place in texts:
        return texts[place]
    if isinstance(value, dict):
        return {name: with_texts(entry, texts, (*place, name)) for name, entry in value.items()}
    if isinstance(value, list):
        return [with_texts(entry, texts, (*place, index)) for index, entry in enumerate(value)]
    return value
