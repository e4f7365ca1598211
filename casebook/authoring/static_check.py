"""What a run would stop at, found without one: lines given in part, what can't be observed, and the like.

It goes by the notebook's source, so it finds what is written out there and no more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from casebook.authoring.notebook_source import DeclaredLine, declared_lines, read_cells
from casebook.errors import CaseError, Problem
from casebook.schema.input_declarations import RAMP, InputDeclaration
from casebook.schema.parameters import Parameters
from casebook.schema.scaling import OWN_RAMP, LineInputs, conflict
from casebook.schema.wording import Place, display, listed


def lines_of(parameters: Parameters) -> list[DeclaredLine]:
    """The lines that the template's notebook declares. Raises InputError where it is not a notebook."""
    return declared_lines(read_cells(parameters.template.notebook))


def static_problems(parameters: Parameters, lines: Sequence[DeclaredLine]) -> list[Problem]:
    """All that a run would stop at and that the check can know."""
    return [
        *incomplete_lines(parameters, lines),
        *unobservable_actuals(parameters, lines),
        *approval_problems(parameters),
    ]


def incomplete_lines(parameters: Parameters, lines: Sequence[DeclaredLine]) -> list[Problem]:
    """The lines of the case for which some of the optional inputs are given and others are not."""
    found = []
    for line in lines:
        given, missing = _switches(line, parameters)
        if line.is_plain and given and missing:
            message = f"“{line.name}” has {listed(given)} but lacks {listed(missing)}"
            hint = "give all of them, or none"
            for item in (parameters.template.inputs[name] for name in missing):
                if item.default is not None:
                    hint += f"; the default of {item.name}, {item.default_text}, is in {item.currency}"
            found.append(Problem(_place(parameters, given), message, hint))
    return found


def unobservable_actuals(parameters: Parameters, lines: Sequence[DeclaredLine]) -> list[Problem]:
    """The actuals of inputs that a ramp scales in one line and not in another."""
    declared = parameters.template.inputs
    measured = parameters.actuals.inputs if parameters.actuals else {}
    scaled = {name: ramp for name in measured if (ramp := declared[name].scaled_by)}
    if not scaled:
        return []
    ramps = {name for name, each in declared.items() if each.role == RAMP}
    known = [
        LineInputs(line.name, line.money, (line.money & ramps) | _own(line, declared))
        for line in lines
        if line.money is not None and not _switches(line, parameters)[1]
    ]
    return [
        Problem(_place_of(parameters, ("actuals", "inputs", name)), *found)
        for name, ramp in scaled.items()
        if (found := conflict(name, ramp, known))
    ]


def _own(line: DeclaredLine, declared: Mapping[str, InputDeclaration]) -> frozenset[str]:
    """The inputs in a line's `ramp`, whatever their role."""
    return frozenset() if line.ramp is None else (line.ramp & declared.keys()) or frozenset([OWN_RAMP])


def approval_problems(parameters: Parameters) -> list[Problem]:
    """That the record of the approved case is not a record, or belongs to another case."""
    if parameters.approved is None:
        return []
    from casebook.follow_up.approval import approval_of

    try:
        approval_of(parameters)
    except CaseError as error:
        message, _, hint = str(error).partition("\n  hint: ")
        return [Problem(_place_of(parameters, ("actuals", "approved", "record")), message, hint)]
    return []


def defaults_in_another_currency(parameters: Parameters, lines: Sequence[DeclaredLine]) -> list[Problem]:
    """The defaults that do not hold in the case's currency, where a line that is on may rest on them."""
    found = []
    for name, declared in parameters.template.inputs.items():
        if name in parameters.inputs or declared.default is None or declared.measured_from in parameters.data:
            continue
        resting = [line for line in lines if name in line.needs]
        on = [line.name for line in resting if not (line.is_plain and _switches(line, parameters)[1])]
        if on or not resting:
            message = f"{name} has no value: its default, {declared.default_text}, is in {declared.currency}"
            rest = f"; “{on[0]}” rests on it" if on else ""
            hint = f"give {name} in {parameters.currency}{rest}"
            found.append(Problem(_place(parameters, [], "currency"), message, hint))
    return found


def _switches(line: DeclaredLine, parameters: Parameters) -> tuple[list[str], list[str]]:
    """The inputs that a line asks for: the optional ones that are given, and those that are not."""
    declared = parameters.template.inputs
    optional = [name for name in line.switches if name in declared]
    missing = [
        name
        for name in optional
        if name not in parameters.inputs and declared[name].measured_from not in parameters.data
    ]
    return [name for name in optional if declared[name].optional and name not in missing], missing


def _place_of(parameters: Parameters, place: Place) -> str:
    """File and line of a place."""
    assert parameters.path is not None
    return f"{display(parameters.path)}:{parameters.lines.get(place, 1)}"


def _place(parameters: Parameters, names: list[str], key: str = "inputs") -> str:
    """File and line of the first of these inputs, or of a key."""
    given = [place for name in names if (place := ("inputs", name)) in parameters.lines]
    return _place_of(parameters, min(given, key=lambda place: parameters.lines[place], default=(key,)))
