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

from casebook.parameters.declaration import KEYS
from casebook.parameters.inputs import OVERRIDE
from casebook.reading.checking import Checker
from casebook.reading.declarations import InputDeclaration
from casebook.reading.kinds import Kind, Number, Quantity
from casebook.reading.ranges import RANGE_KEYS
from casebook.reading.sections import Section
from casebook.reading.wording import Place, closest, listed, printable, show
from casebook.reading.yaml_source import REFUSED, Source, read_yaml


def _settable() -> dict[str, tuple[Place, Kind]]:
    """The keys that can be set, each with its place and kind: those that take one line."""
    found: dict[str, tuple[Place, Kind]] = {}
    for name, key in KEYS.items():
        kind = key.kind_after({})
        inner = kind.keys if isinstance(kind, Section) else {}
        every: dict[str, tuple[Place, Kind]] = {name: ((name,), kind)}
        every |= {f"{name}.{each}": ((name, each), inner[each].kind_after({})) for each in inner}
        found |= {dotted: (place, kind) for dotted, (place, kind) in every.items() if kind.is_settable}
    return found


_SETTABLE = _settable()
_NOTHING = Source(None, {}, {}, (), True)


def override_template(checker: Checker, values: dict[str, object], overrides: Mapping[str, str]) -> None:
    """Put another template into the values, before all else: it says what may be set besides."""
    if "template" in overrides:
        where = printable(f"--set template={overrides['template']}", 80)
        _set(checker, values, ("template",), where, overrides["template"], keep_range=False)


def apply_overrides(
    checker: Checker,
    values: dict[str, object],
    overrides: Mapping[str, str],
    inputs: Mapping[str, InputDeclaration] | None,
) -> None:
    """Put each override into the values, and tell the checker where they came from.

    `inputs` are those of the template; None (the template is not known) lets any name pass.
    """
    overrides = {name: text for name, text in overrides.items() if name != "template"}
    places = {name: _place(name.removeprefix("inputs."), inputs) for name in overrides}
    ranged = {str(place[1]) for place in places.values() if place and len(place) == 3}
    # A value comes before the range that is put round it, in whichever order they were typed.
    for name in sorted(overrides, key=lambda name: len(places[name] or ()) == 3):
        place = places[name]
        where = printable(f"--set {name}={overrides[name]}", 80)
        if place is None:
            checker.override(("--set", name), where, _NOTHING)
            hint = _suggest(name.removeprefix("inputs."), inputs)
            checker.add(("--set", name), f"{show(name)} is not a value that can be set", hint)
        elif len(place) == 3:
            _set_range(checker, values, place, where, overrides[name], inputs)
        else:
            _set(checker, values, place, where, overrides[name], keep_range=place[-1] in ranged)
    points = {place[1] for place in places.values() if place and place[0] == "inputs"} - ranged
    if points:
        _drop_correlations(values, points)


def _place(name: str, inputs: Collection[str] | None) -> Place | None:
    if name in _SETTABLE:
        return _SETTABLE[name][0]
    section, _, key = name.partition(".")
    known = inputs is None or section in inputs
    if not key:
        return ("inputs", section) if known else None
    return ("inputs", section, key) if known and key in RANGE_KEYS else None


def _set(
    checker: Checker, values: dict[str, object], place: Place, where: str, text: str, *, keep_range: bool
) -> None:
    target = _open(values, place)
    if target is None:  # what stands there in the file is no mapping, and is reported as such
        return
    given = target.get(place[-1])
    if place[0] == "inputs":
        kept = given if isinstance(given, dict) else {}
        target[place[-1]] = target = {
            key: entry for key, entry in kept.items() if keep_range or key not in RANGE_KEYS
        }
        place = (*place, "value")
        target[OVERRIDE] = True
    target[place[-1]] = _taken(checker, place, where, text)


def _set_range(
    checker: Checker,
    values: dict[str, object],
    place: Place,
    where: str,
    text: str,
    inputs: Mapping[str, InputDeclaration] | None,
) -> None:
    section = _open(values, place[:2])
    if section is None:
        return
    input_place, name = place[:2], str(place[1])
    if name in section:
        entry = section[name]
        if not isinstance(entry, dict):
            checker.move(input_place, (*input_place, "value"))
            entry = {"value": entry}
    else:
        entry = _default(inputs[name]) if inputs else {}
    taken = _taken(checker, place, where, text)
    if not entry and inputs:
        message = f"{name} has no value to put a range round"
        checker.add(place, message, f"set it as well: --set {name}=…")
        return
    section[name] = {**entry, place[2]: taken, OVERRIDE: True}


def _default(declared: InputDeclaration) -> dict[str, object]:
    """An input's default as a parameter file would give it; {} where there is none."""
    if declared.default is None:
        return {}
    entry: dict[str, object] = {"value": _plain(declared.default)}
    if (spread := declared.default_range) is not None:
        entry |= {"low": _plain(spread.low), "high": _plain(spread.high), "distribution": spread.distribution}
    known = {"source": declared.source, "evidence": declared.evidence}
    return entry | {key: text for key, text in known.items() if text is not None}


def _plain(quantity: Quantity) -> object:
    return list(quantity) if isinstance(quantity, tuple) else quantity


def _open(values: dict[str, object], place: Place) -> dict[Any, Any] | None:
    """The mapping in which a place stands, made where the file has none; never the file's own object."""
    if len(place) == 1:
        return values
    section = values.get(str(place[0]))
    if section is not None and not isinstance(section, dict):
        return None
    values[str(place[0])] = copied = dict(section or {})
    return copied


def _taken(checker: Checker, place: Place, where: str, text: str) -> object:
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
        checker.add(place, f"{printable(name)} is set to a mapping; a number or a list is needed")
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
