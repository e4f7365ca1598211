"""Values given on the command line (`--set name=value`) in place of those in a parameter file.

What can be set: an input (`calls=5`, `calls=[1, 2]`), its range (`calls.low=4`, `calls.high=9`,
`calls.distribution=normal`), and each key that takes one line (`years=5`, `client.name=Acme`).

An input that is set by its name alone becomes a single point: the file's range was drawn round another value.
Its low, high and distribution go for that run, and with them the correlations that it takes part in; its
source and note stay. Where a part of the range is set as well, the rest of it stays. Either way the input is
marked `override: true`, so that no measurement takes its place.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from casebook.schema.checker import Checker
from casebook.schema.input_declarations import InputDeclaration
from casebook.schema.inputs import EXAMPLE_SOURCE, OVERRIDE
from casebook.schema.parameters import KEYS
from casebook.schema.ranges import RANGE_KEYS
from casebook.schema.sections import Section
from casebook.schema.value_kinds import Kind, Number
from casebook.schema.wording import Place, closest, listed, printable, show
from casebook.schema.yaml_source import REFUSED, Source, read_yaml


def _settable() -> dict[str, tuple[Place, Kind]]:
    """The keys that can be set, each with its place and kind: those that take one line."""
    places: list[tuple[Place, Kind]] = []
    for name, key in KEYS.items():
        kind = key.kind_after({})
        inner = kind.keys if isinstance(kind, Section) else {}
        places += [((name,), kind), *(((name, each), inner[each].kind_after({})) for each in inner)]
    return {".".join(map(str, place)): (place, kind) for place, kind in places if kind.is_settable}


_SETTABLE = _settable()


def override_template(checker: Checker, values: dict[str, object], overrides: Mapping[str, str]) -> None:
    """Put another template into the values, before all else: it says what may be set besides."""
    if "template" in overrides:
        where = _where("template", overrides)
        values["template"] = _value(checker, ("template",), where, overrides["template"])


def apply_overrides(
    checker: Checker,
    values: dict[str, object],
    overrides: Mapping[str, str],
    inputs: Mapping[str, InputDeclaration] | None,
) -> None:
    """Put each override into the values, and tell the checker where they came from.

    `inputs` are those of the template; None (the template is not known) lets any name pass.
    """
    given = [name for name in overrides if name != "template"]
    places = {name: _place(name.removeprefix("inputs."), inputs) for name in given}
    ranged = {place[1] for place in places.values() if place and len(place) == 3}
    # A value comes before the range that is put round it, in whichever order they were typed.
    for name in sorted(given, key=lambda name: len(places[name] or ()) == 3):
        place, where, text = places[name], _where(name, overrides), overrides[name]
        if place is None:
            checker.override(("--set", name), where, Source(None, {}, {}, (), True))
            hint = _suggest(name.removeprefix("inputs."), inputs)
            checker.add(("--set", name), f"{show(name)} is not a value that can be set", hint)
        elif place[0] == "inputs":
            _set_input(checker, values, place, where, text, inputs, keeps_range=place[1] in ranged)
        elif (section := _section(values, place)) is not None:
            section[place[-1]] = _value(checker, place, where, text)
    points = {place[1] for place in places.values() if place and place[0] == "inputs"} - ranged
    if points:
        _drop_correlations(values, points)


def _where(name: str, overrides: Mapping[str, str]) -> str:
    return printable(f"--set {name}={overrides[name]}", 80)


def _place(name: str, inputs: Collection[str] | None) -> Place | None:
    if name in _SETTABLE:
        return _SETTABLE[name][0]
    section, _, key = name.partition(".")
    known = inputs is None or section in inputs
    if not key:
        return ("inputs", section) if known else None
    return ("inputs", section, key) if known and key in RANGE_KEYS else None


def _set_input(
    checker: Checker,
    values: dict[str, object],
    place: Place,
    where: str,
    text: str,
    inputs: Mapping[str, InputDeclaration] | None,
    *,
    keeps_range: bool,
) -> None:
    """Set an input's value, or a part of its range, which its default has where the file has no value."""
    section = _section(values, place)
    if section is None:
        return
    name, at = str(place[1]), place[:2]
    part = str(place[2]) if len(place) == 3 else "value"
    entry = section.get(name)
    if name not in section:
        entry = _default(inputs[name]) if inputs and part != "value" else {}
    elif not isinstance(entry, dict):
        checker.move(at, (*at, "value"))
        entry = {"value": entry}
    value = _value(checker, (*at, part), where, text)
    if part != "value" and inputs and not entry:
        hint = f"set it as well: --set {name}=…"
        checker.add((*at, part), f"{name} has no value to put a range around", hint)
        return
    dropped = RANGE_KEYS if part == "value" and not keeps_range else ()
    kept = {key: each for key, each in entry.items() if key not in dropped}
    if part == "value" and kept.get("source") == EXAMPLE_SOURCE:
        kept.pop("source")
    section[name] = {**kept, part: value, OVERRIDE: True}


def _default(declared: InputDeclaration) -> dict[str, object]:
    """An input's default as a parameter file would give it; {} where there is none."""
    if declared.default is None:
        return {}
    spread = vars(declared.default_range) if declared.default_range else {}
    entry = {"value": declared.default, **spread, "source": declared.source, "evidence": declared.evidence}
    plain = {key: list(each) if isinstance(each, tuple) else each for key, each in entry.items()}
    return {key: each for key, each in plain.items() if each is not None}


def _section(values: dict[str, object], place: Place) -> dict[Any, Any] | None:
    """The mapping in which a place stands, made where the file has none; never the file's own object.

    None where what stands there is no mapping, which the check reports.
    """
    if len(place) == 1:
        return values
    section = values.get(str(place[0]))
    if section is not None and not isinstance(section, dict):
        return None
    values[str(place[0])] = copied = dict(section or {})
    return copied


def _value(checker: Checker, place: Place, where: str, text: str) -> object:
    """An override's value: a number or a list as in a file, but text (a colour, a name) just as given."""
    source = Source(text, {}, {}, (), True)
    is_number = isinstance(_SETTABLE.get(str(place[0]), (place, None))[1], Number)
    if is_number or (place[0] == "inputs" and place[-1] != "distribution"):
        source = read_yaml(text, at=place)
    checker.override(place, where, source)
    if not source.complete:
        return REFUSED
    if isinstance(source.value, dict):
        name = ".".join(str(step) for step in place if step not in ("inputs", "value"))
        checker.add(place, f"{printable(name)} is set to a mapping; must be a number or a list")
        return REFUSED
    return source.value


def _drop_correlations(values: dict[str, object], points: Collection[object]) -> None:
    given = values.get("correlations")
    if not isinstance(given, dict):
        return
    kept: dict[str, object] = {}
    for name, others in given.items():
        if not isinstance(others, dict):
            kept[name] = others
        elif name not in points and (left := {key: others[key] for key in others if key not in points}):
            kept[name] = left
    values["correlations"] = kept


def _suggest(name: str, inputs: Collection[str] | None) -> str:
    base = name.partition(".")[0]
    if inputs and base in inputs:
        return f"what can be set: {listed([base, *(f'{base}.{key}' for key in RANGE_KEYS)])}"
    known = (*(inputs or ()), *_SETTABLE)
    match = closest(name, known)
    return f"did you mean '{match}'?" if match else f"what can be set: {listed(known)}"
