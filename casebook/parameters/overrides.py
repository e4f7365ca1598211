"""Values given on the command line (`--set name=value`) in place of those in a parameter file."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, cast

from casebook.parameters.sections import CLIENT_KEYS, DOCUMENT_KEYS
from casebook.reading.checking import Checker
from casebook.reading.wording import Place, closest, listed, printable, show
from casebook.reading.yaml_source import REFUSED, Source, read_yaml

_NUMBERS = ("years", "discount_rate")
_TEXTS = ("currency", "locale")
_SECTIONS = {"client": CLIENT_KEYS, "document": DOCUMENT_KEYS}
_DOTTED = tuple(f"{section}.{key}" for section, keys in _SECTIONS.items() for key in keys)


def apply_overrides(
    checker: Checker,
    values: dict[str, object],
    overrides: Mapping[str, str],
    inputs: Collection[str] | None,
) -> None:
    """Put each override into the values, and tell the checker where they came from.

    `inputs` are the names of the template's inputs; None (the template is not known) lets any name pass. An
    override of an input that is given as a mapping replaces its value and keeps its source and note.
    """
    for name, text in overrides.items():
        where = printable(f"--set {name}={text}", 80)
        place = _place(name.removeprefix("inputs."), inputs)
        if place is None:
            checker.override(("--set", name), where, _NOTHING)
            checker.add(
                ("--set", name), f"{show(name)} is not a value that can be set", _suggest(name, inputs)
            )
            continue
        target = _open(values, place)
        if target is None:  # what stands there in the file is no mapping, and is reported as such
            continue
        last = place[-1]
        if place[0] == "inputs" and isinstance(target.get(last), dict):
            place = (*place, "value")
            target = cast(dict[Any, object], target[last])
        source = _read(place, text)
        checker.override(place, where, source)
        target[place[-1]] = source.value
        if isinstance(source.value, dict):
            checker.add(place, f"{printable(name)} is set to a mapping; a number or a list is needed")
            target[place[-1]] = REFUSED


_NOTHING = Source(None, {}, {}, (), True)


def _place(name: str, inputs: Collection[str] | None) -> Place | None:
    if name in (*_NUMBERS, *_TEXTS):
        return (name,)
    section, _, key = name.partition(".")
    if key:
        return (section, key) if key in _SECTIONS.get(section, ()) else None
    if inputs is None or name in inputs:
        return ("inputs", name)
    return None


def _open(values: dict[str, object], place: Place) -> dict[Place | object, object] | None:
    """The mapping in which a place stands, made where the file has none; never the file's own object."""
    if len(place) == 1:
        return values  # type: ignore[return-value]
    section = values.get(str(place[0]))
    if section is not None and not isinstance(section, dict):
        return None
    values[str(place[0])] = copied = dict(section or {})
    if isinstance(copied.get(place[1]), dict):
        copied[place[1]] = dict(copied[place[1]])
    return copied


def _read(place: Place, text: str) -> Source:
    """An override's value: a number or a list as in a file, but text (a colour, a name) just as given."""
    if place[0] == "inputs" or place[0] in _NUMBERS:
        source = read_yaml(text, at=place)
        if source.complete:
            return source
        return Source(REFUSED, source.lines, source.written, source.findings, False)
    return Source(text, {}, {}, (), True)


def _suggest(name: str, inputs: Collection[str] | None) -> str:
    known = (*(inputs or ()), *_NUMBERS, *_TEXTS, *_DOTTED)
    match = closest(name, known)
    return f"did you mean '{match}'?" if match else f"what can be set: {listed(known)}"
