"""The values of a case's inputs: the client's own, defaults of inputs.yaml, or examples."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from casebook.errors import InputError
from casebook.schema.checker import Checker, show_key
from casebook.schema.input_declarations import InputDeclaration, parameter_names
from casebook.schema.ranges import RANGE_KEYS, Estimate, by_year
from casebook.schema.sections import ByName, Key
from casebook.schema.share_totals import check_share_totals
from casebook.schema.templates import Template, read_template, template_folders
from casebook.schema.value_kinds import GRADES, TEXT, Choice, Flag, Kind, Number, Quantity, Schema, Yearly
from casebook.schema.wording import Place, listed

EXAMPLE_SOURCE = "example of the template, to be replaced"
"""The source of a value that a new parameter file took from the template; it is nobody's figure yet."""

OVERRIDE = "override"
"""The key of an input that stays as it is given, whatever is measured; `--set` writes it."""

KNOWN_BY = {
    "source": Key(TEXT, "Where the figure comes from."),
    "evidence": Key(Choice(GRADES), f"How it is known, the strongest first: {', '.join(GRADES)}."),
    "note": Key(TEXT, "A remark for the reader."),
    OVERRIDE: Key(Flag(), "True keeps the value, whatever is measured from data."),
}
"""How an input is known, beside its value and range."""


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


def yearly(declared: InputDeclaration, years: int | None = None) -> Yearly:
    """The kind of an input's value: one number, or one a year."""
    return Yearly(Number(declared.bounds, declared.unit, defined_as=declared.name), years)


@dataclass(frozen=True)
class InputsSection(Kind):
    """The inputs of the template by name, and what holds where one is not given.

    A default in another currency than the case's does not hold: its input has no value until it is given. An
    input that is measured from one of the case's sources of data need not be given.
    """

    above: Mapping[str, Any]

    def read(self, checker: Checker, place: Place, value: object) -> dict[str, InputValue]:
        template: Template = self.above["template"]
        given = checker.mapping(place, value, None)
        read = {
            name: self._input(checker, template.inputs[name], entry)
            for name, entry in given.items()
            if name in template.inputs
        }
        meant = misplaced = {name for name in checker.values if name in template.inputs}
        unknown = [name for name in given if name not in template.inputs]
        owners = _owners(checker.folder) if unknown else {}
        for name in unknown:
            meant = meant | _unknown(checker, template, name, owners)
        data = data_names(checker)
        # A notebook whose parameters cell is as the template has it: the examples of inputs.yaml serve.
        is_untouched = not checker.is_file and value == {} and not data
        if not is_untouched and value == {} and not misplaced and not data:
            _check_not_empty(checker, template)
        found: dict[str, InputValue] = {}
        for name, declaration in template.inputs.items():
            entry = read.get(name)
            if name not in given and name not in meant and isinstance(value, dict):
                here = declaration.in_currency(self.above["currency"])
                entry = self._not_given(checker, here, is_untouched, declaration.measured_from in data)
            if entry is not None:
                found[name] = entry
        likely = {name: entry.value for name, entry in found.items()}
        check_share_totals(
            checker, template.inputs, likely, {name: ("inputs", name, "value") for name in given}
        )
        return found

    def _input(self, checker: Checker, declaration: InputDeclaration, entry: object) -> InputValue | None:
        kind = Estimate(yearly(declaration, self.above["years"]), KNOWN_BY)
        found = kind.read(checker, ("inputs", declaration.name), entry)
        if found is None:
            return None
        return InputValue(**found, origin="example" if found.get("source") == EXAMPLE_SOURCE else "client")

    def _not_given(
        self, checker: Checker, declaration: InputDeclaration, is_untouched: bool, is_measured: bool
    ) -> InputValue | None:
        """What stands in for an input that was not given."""
        name, years = declaration.name, self.above["years"]
        known: dict[str, Any] = {}
        if declaration.default is not None:
            known = {"source": declaration.source, "evidence": declaration.evidence}
            value, spread, origin = declaration.default, declaration.default_range, "default"
        elif is_untouched and declaration.example is not None:
            value, spread, origin = declaration.example, declaration.example_range, "example"
        else:
            if declaration.presence == "required" and not is_measured:
                message = f"{name} is missing: {declaration.label}, {declaration.unit}"
                hint = f"add it under inputs:, for example {name}: {declaration.example_text}"
                checker.add(("inputs",), message, hint)
            return None
        if isinstance(value, tuple) and years is not None and len(value) != years:
            message = f"{name} has {origin} values for {len(value)} years only; years is {years}"
            checker.add(("inputs",), message, f"give {name}: one number, or a list of {years}")
            return None
        return InputValue(value, origin=origin, **known, **(vars(spread) if spread else {}))

    def json_schema(self) -> Schema:
        declared = self.above["template"].inputs.values()
        return {
            "type": "object",
            "properties": {
                item.name: _described(item) | Estimate(yearly(item), KNOWN_BY).json_schema()
                for item in declared
            },
            "additionalProperties": False,
        }


def by_input(template: Template, kinds: Mapping[str, Kind], hint: str) -> ByName:
    """A mapping from names of the template's inputs to what each takes."""
    return ByName(kinds, "input", f"inputs of {template.name}", hint)


def _described(item: InputDeclaration) -> Schema:
    from casebook.formatting import Formatter

    unit = Formatter().unit_words(item.unit, share="a share").replace("USD", "money") or "a number"
    schema = {"title": item.label, "description": f"{item.label}, {unit}. {item.help or ''}".strip()}
    if item.default is not None:
        schema["default"] = item.default_text
    return schema if item.example is None else {**schema, "examples": [item.example_text]}


def data_names(checker: Checker) -> set[str]:
    """The names of the sources of data, right or wrong."""
    data = checker.values.get("data")
    return set(data) if isinstance(data, dict) else set()


def left_out(checker: Checker, above: Mapping[str, Any]) -> set[str]:
    """The optional inputs that the case does without."""
    template, given = above["template"], checker.values.get("inputs", {})
    optional = {name for name, declaration in template.inputs.items() if declaration.optional}
    if given is not None and not isinstance(given, dict):
        return set()
    return optional - {*above["inputs"], *(given or ()), *_measured(checker, above)}


def ranged(checker: Checker, above: Mapping[str, Any]) -> dict[str, InputValue]:
    """The inputs without those whose range could not be read, which has been reported.

    An input that is still to be measured will have a range.
    """

    def has_range(entry: object) -> bool:
        return isinstance(entry, dict) and not entry.keys().isdisjoint(RANGE_KEYS)

    given = checker.values.get("inputs")
    section = given if isinstance(given, dict) else {}
    sound = {
        name: value
        for name, value in above["inputs"].items()
        if value.low is not None or not has_range(section.get(name))
    }
    return sound | _measured(checker, above)


def _measured(checker: Checker, above: Mapping[str, Any]) -> dict[str, InputValue]:
    """Stand-ins for the inputs that are still to be measured."""
    data, inputs = data_names(checker), above["inputs"]
    return {
        name: InputValue(0.5, low=0.0, high=1.0, evidence="measured")
        for name, declaration in above["template"].inputs.items()
        if declaration.measured_from in data and not (name in inputs and inputs[name].override)
    }


def _check_not_empty(checker: Checker, template: Template) -> None:
    # A notebook takes empty inputs for the untouched template and computes on examples; a file that relied
    # on defaults alone would say one thing to `casebook check` and another to the notebook.
    if all(declaration.presence != "required" for declaration in template.inputs.values()):
        hint = f"the inputs of {template.name} are {listed(template.inputs)}"
        checker.add(("inputs",), "no input is given; at least one is required", hint)


def _unknown(checker: Checker, template: Template, name: str, owners: Mapping[str, str]) -> set[str]:
    """Report a name that is not an input; gives the input probably meant, so that it is not missed too."""
    place = ("inputs", name)
    message = f"no input is called {show_key(name)}"
    match = checker.closest(name, template.inputs)
    if name in parameter_names():
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
