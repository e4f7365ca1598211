"""The values of a case's inputs: the client's own, defaults of inputs.yaml, or examples."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from casebook.errors import InputError
from casebook.reading.checking import GRADES, Checker, Quantity, show_key
from casebook.reading.declarations import PARAMETER_NAMES, InputDeclaration
from casebook.reading.ranges import ESTIMATE_KEYS, RANGE_KEYS, Range, by_year, read_estimate
from casebook.reading.wholes import check_wholes
from casebook.reading.wording import listed
from casebook.reading.yaml_source import REFUSED
from casebook.templates import Template, read_template, template_folders

EXAMPLE_SOURCE = "example of the template, to be replaced"
"""The source of a value that a new parameter file took from the template; it is nobody's figure yet."""

OVERRIDE = "override"
"""The key of an input that stays as it is given, whatever is measured; `--set` writes it."""

_KEYS = (*ESTIMATE_KEYS, "source", "evidence", "note", OVERRIDE)


@dataclass(frozen=True)
class InputValue:
    """An input's value, how far off it may be, and how it is known."""

    value: Quantity
    """The likely value: one number, or a tuple with one a year."""
    source: str | None = None
    evidence: str | None = None
    """measured, stated, benchmark or assumption."""
    note: str | None = None
    origin: str = "client"
    """`client`, `default` (of inputs.yaml) or `example` (of the template, and not replaced yet)."""
    low: Quantity | None = None
    """The 5th percentile, in the shape of the value; None for a single point."""
    high: Quantity | None = None
    """The 95th percentile; there is one where there is a low one."""
    distribution: str | None = None
    """pert, triangular, uniform, normal, lognormal or beta; None for a single point."""
    override: bool = False
    """Whether it stands whatever is measured: set for one report, or so marked in the file."""

    @property
    def varies(self) -> bool:
        """Whether low lies below high, in one year at least.

        >>> InputValue(5).varies, InputValue(5, low=4, high=6).varies, InputValue(5, low=5, high=5).varies
        (False, True, False)
        """
        if self.low is None or self.high is None:
            return False
        return any(low < high for _, (low, high) in by_year(self.low, self.high))


def read_inputs(
    checker: Checker,
    template: Template,
    value: object,
    years: int | None,
    folder: Path,
    *,
    currency: str | None,
    data: Collection[str],
    untouched: bool,
    misplaced: Collection[str],
) -> dict[str, InputValue]:
    """The inputs that have a value, in the order of inputs.yaml.

    `data` are the sources of data that the file names: an input that is measured from one of them need not
    be given. `untouched`: no input was given, and the examples of inputs.yaml serve. `misplaced` inputs were
    given where they don't belong, which has been reported. A default in another currency than the case's
    does not hold: its input has no value until it is given.
    """
    given = checker.mapping(("inputs",), value, None)
    read = {
        name: _input(checker, template.inputs[name], entry, years)
        for name, entry in given.items()
        if name in template.inputs
    }
    unknown = [name for name in given if name not in template.inputs]
    owners = _owners(folder) if unknown else {}
    meant = set(misplaced)
    for name in unknown:
        meant |= _unknown(checker, template, name, owners)
    if not untouched and value == {} and not misplaced and not data:
        _check_not_empty(checker, template)
    found: dict[str, InputValue] = {}
    for name, declaration in template.inputs.items():
        entry = read.get(name)
        if name not in given and name not in meant and value is not REFUSED and isinstance(value, dict):
            here = declaration.in_currency(currency)
            measured = declaration.measured_from in data
            entry = _not_given(checker, here, years, untouched=untouched, measured=measured)
        if entry is not None:
            found[name] = entry
    likely = {name: entry.value for name, entry in found.items()}
    check_wholes(checker, template.inputs, likely, {name: ("inputs", name, "value") for name in given})
    return found


def _input(
    checker: Checker, declaration: InputDeclaration, entry: object, years: int | None
) -> InputValue | None:
    place = ("inputs", declaration.name)
    unit, bounds = declaration.unit, declaration.bounds
    if not isinstance(entry, dict):
        value = checker.quantity(place, entry, unit=unit, bounds=bounds, years=years)
        return None if value is None else InputValue(value)
    entries = checker.mapping(place, entry, _KEYS, required=("value",))
    texts = {key: checker.text((*place, key), entries[key]) for key in ("source", "note") if key in entries}
    evidence = None
    if "evidence" in entries:
        evidence = checker.choice((*place, "evidence"), entries["evidence"], GRADES)
    complete = len(entries) == len(entry)
    value, spread = read_estimate(
        checker, place, entries, unit=unit, bounds=bounds, years=years, complete=complete
    )
    if value is None:
        return None
    source, override = texts.get("source"), checker.flag((*place, OVERRIDE), entries.get(OVERRIDE, False))
    origin = "example" if source == EXAMPLE_SOURCE else "client"
    known = {"source": source, "evidence": evidence, "note": texts.get("note"), "origin": origin}
    return _made(value, spread, **known, override=override)


def _made(value: Quantity, spread: Range | None, **known: Any) -> InputValue:
    if spread is None:
        return InputValue(value, **known)
    return InputValue(value, low=spread.low, high=spread.high, distribution=spread.distribution, **known)


def _not_given(
    checker: Checker, declaration: InputDeclaration, years: int | None, *, untouched: bool, measured: bool
) -> InputValue | None:
    """What stands in for an input that was not given."""
    name = declaration.name
    if declaration.default is not None:
        source, evidence = declaration.source, declaration.evidence
        value, spread, origin = declaration.default, declaration.default_range, "default"
    elif untouched and declaration.example is not None:
        source, evidence = None, None
        value, spread, origin = declaration.example, declaration.example_range, "example"
    else:
        if declaration.presence == "required" and not measured:
            message = f"{name} is missing: {declaration.label}, {declaration.unit}"
            hint = f"add it under inputs:, for example {name}: {declaration.example_text}"
            checker.add(("inputs",), message, hint)
        return None
    if isinstance(value, tuple) and years is not None and len(value) != years:
        message = f"{name} has {origin} values for {len(value)} years only; years is {years}"
        checker.add(("inputs",), message, f"give {name}: one number, or a list of {years}")
        return None
    return _made(value, spread, source=source, evidence=evidence, origin=origin)


def expected(
    template: Template, data: Collection[str], inputs: Mapping[str, InputValue]
) -> dict[str, InputValue]:
    """Stand-ins for the inputs that are still to be measured: with a range, which they will have."""
    return {
        name: InputValue(0.5, low=0.0, high=1.0, evidence="measured")
        for name, declaration in template.inputs.items()
        if declaration.measured_from in data and not (name in inputs and inputs[name].override)
    }


def left_out(template: Template, inputs: Collection[str], given: object) -> set[str]:
    """The optional inputs that the section `given` does without."""
    optional = {name for name, declaration in template.inputs.items() if declaration.optional}
    return optional - {*inputs, *given} if isinstance(given, dict) else set()


def sound(inputs: Mapping[str, InputValue], given: object) -> dict[str, InputValue]:
    """The inputs without those whose range could not be read, which has been reported."""

    def has_range(entry: object) -> bool:
        return isinstance(entry, dict) and not entry.keys().isdisjoint(RANGE_KEYS)

    section = given if isinstance(given, dict) else {}
    return {
        name: value
        for name, value in inputs.items()
        if value.low is not None or not has_range(section.get(name))
    }


def _check_not_empty(checker: Checker, template: Template) -> None:
    # A notebook takes empty inputs for the untouched template and computes on examples; a file that relied
    # on defaults alone would say one thing to `casebook check` and another to the notebook.
    if all(declaration.presence != "required" for declaration in template.inputs.values()):
        hint = f"the inputs of {template.name} are {listed(template.inputs)}"
        checker.add(("inputs",), "no input is given; at least one is needed", hint)


def _unknown(checker: Checker, template: Template, name: str, owners: Mapping[str, str]) -> set[str]:
    """Report a name that is no input; gives the input that was probably meant, so it is not missed too."""
    place = ("inputs", name)
    message = f"no input is called {show_key(name)}"
    match = checker.closest(name, template.inputs)
    if name in PARAMETER_NAMES:
        checker.add(place, message, f"{name} belongs at the top level, not under inputs:")
    elif match is None and name in owners:
        hint = f"{name} is an input of the template {owners[name]}; this file's is {template.name}"
        checker.add(place, message, hint)
    else:
        checker.add(place, message, checker.suggest(name, template.inputs, kind=f"inputs of {template.name}"))
    return {match} if match else set()


def _owners(folder: Path) -> dict[str, str]:
    """Every input of the templates that can be named from here, with a template that has it."""
    owners: dict[str, str] = {}
    for name, path in template_folders(folder).items():
        # What is wrong in another template is its own problem.
        with contextlib.suppress(InputError):
            owners.update(dict.fromkeys(read_template(path).inputs, name))
    return owners
