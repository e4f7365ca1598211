"""When each option is judged, by which figure and by whom; in a case under way, where the gates stand."""

from __future__ import annotations

from casebook.analysis.options import OptionResult
from casebook.follow_up.follow_up import FollowUp
from casebook.follow_up.gates import GateStatus
from casebook.schema.gates import Gate
from casebook.study.option_records import gate_figure
from casebook.study.study import Study
from casebook.views.components import Row, Table, left, right, row

SHAPES = {"met": "●", "missed": "○", "not due yet": "–", "due, not measured": "–"}
"""A gate by its state."""

JUDGED = (
    "A gate is due once all months before its own are over, and is judged by what was last measured of its "
    "figure until then; one on another figure than an input is judged by its owner."
)


def is_judged(found: OptionResult) -> bool:
    """Whether there is something to say of when an option is judged, or of what stops it."""
    return found.option.gate is not None or found.option.stop is not None


def gates_table(case: Study) -> Table:
    """When each option is judged, by which figure, by whom, and what stops it."""
    say = case.formatter.say
    heads = [left(say("Option")), left(say("Judged in")), left(say("By"), 1.5)]
    heads += [left(say("Owner")), left(say("What stops it"), 2)]
    rows = [_gate_row(case, each) for each in case.options.by_key.values() if is_judged(each)]
    return Table(heads, rows, caption=say("When each option is judged, and what stops it"))


def gate_status_table(case: Study, tracking: FollowUp) -> Table:
    """Each gate with what was last measured of its figure, and whether it was met."""
    say = case.formatter.say
    heads = [left(say("Gate of")), left(say("Judged in")), left(say("By"), 1.5)]
    heads += [right(say("Last measured")), left(say("Status"))]
    due = [each for each in tracking.gates if each.state != "not due yet"]
    found = say("No gate is due yet")
    if due:
        met = sum(each.state == "met" for each in due)
        found = say("Gates due so far: {due}; met: {met}", due=len(due), met=met)
    rows = [_status_row(case, each) for each in tracking.gates]
    return Table(heads, rows, caption=found, note=say(JUDGED))


def _gate_row(case: Study, found: OptionResult) -> Row:
    gate, to = found.option.gate, case.formatter
    name, stop = case.option_name(found.key), found.option.stop or "–"
    if gate is None:
        return row(name, "–", "–", "–", stop)
    return row(name, to.month(gate.by.year, gate.by.month), _judged_by(case, gate), gate.owner or "–", stop)


def _status_row(case: Study, each: GateStatus) -> Row:
    gate, to = each.gate, case.formatter
    measured = "–" if each.actual is None else _target(case, gate, each.actual)
    judged = [_judged_by(case, gate), *([gate.owner] if gate.owner else [])]
    return row(
        case.option_name(each.option),
        to.month(gate.by.year, gate.by.month),
        "\n".join(judged),
        measured,
        f"{SHAPES[each.state]} {to.say(each.state)}",
    )


def _judged_by(case: Study, gate: Gate) -> str:
    say, figure = case.formatter.say, gate_figure(case, gate)
    if figure is None:
        return "–"
    if gate.at_least is not None:
        return say("{figure}: at least {target}", figure=figure, target=_target(case, gate, gate.at_least))
    if gate.at_most is not None:
        return say("{figure}: at most {target}", figure=figure, target=_target(case, gate, gate.at_most))
    return figure


def _target(case: Study, gate: Gate, target: float | str) -> str:
    """An amount of what the gate judges, in the unit of its input."""
    if isinstance(target, str):
        return target
    return case.formatter.quantity(target, case.parameters.template.inputs[str(gate.figure)].unit, exact=True)
