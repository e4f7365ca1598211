"""Inputs that one observes together with their ramp: where that is declared wrongly, or can't be."""

from __future__ import annotations

from pathlib import Path

import pytest

from casebook.authoring.static_check import lines_of, unobservable_actuals
from casebook.errors import CaseError, InputError
from casebook.schema.reader import read_parameters
from casebook.schema.templates import find_template
from tests.conftest import notebook_file, run, run_template

INPUTS = """\
title: Calls
inputs:
  calls: {label: Calls, unit: contacts/year, scaled_by: adoption, example: 1_000}
  chats: {label: Chats, unit: contacts/year, optional: true, scaled_by: adoption}
  cost: {label: Cost, unit: currency/contact, example: 10}
  adoption: {label: Adoption, unit: share, role: ramp, example: 50%}
  rollout: {label: Roll-out, unit: share, role: ramp, example: 80%}
  reward: {label: Reward, unit: currency/contact, example: 1}
"""
CASE = "from casebook import Case\ncase = Case.from_parameters(globals())\nx = case.inputs\n"
FEWER = 'case.benefit("Fewer calls", kind="cash saving", annual=x.calls * x.cost, ramp=x.adoption)\n'
FILE = """\
template: calls
client: {name: A}
start: 2026-01
inputs: {calls: 1_000, cost: 10, adoption: [0%, 50%, 80%], rollout: 80%, reward: 1}
actuals:
  inputs:
    calls: {2027-Q1: 400}
"""


@pytest.fixture
def place(tmp_path, monkeypatch):
    """Write a template with these lines, and a parameter file that measures calls; gives the file."""
    monkeypatch.chdir(tmp_path)

    def write(lines: str = "", *, inputs: str = INPUTS, file: str = FILE) -> Path:
        folder = Path("templates/calls")
        folder.mkdir(parents=True)
        (folder / "inputs.yaml").write_text(inputs, encoding="utf-8")
        notebook_file(folder / "template.ipynb", CASE, FEWER, lines or "1")
        Path("acme.yaml").write_text(file, encoding="utf-8")
        return Path("acme.yaml")

    return write


@pytest.mark.parametrize("wrong", ["adopton", "cost", "calls"])
def test_what_scales_an_input_is_a_ramp(place, wrong):
    place(inputs=INPUTS.replace("scaled_by: adoption, example", f"scaled_by: {wrong}, example"))
    with pytest.raises(InputError) as caught:
        find_template("calls", start=Path())
    assert str(caught.value) == (
        f"templates/calls/inputs.yaml:3: scaled_by of calls is '{wrong}', which is not a ramp\n"
        "  hint: the ramps are adoption, rollout"
    )


def test_a_ramp_is_not_scaled_by_another(place):
    place(inputs=INPUTS.replace("role: ramp, example: 80%", "role: ramp, scaled_by: adoption, example: 80%"))
    with pytest.raises(InputError, match="rollout is a ramp and can't be scaled by another"):
        find_template("calls", start=Path())


REFUSED = {
    "under another ramp": (
        'case.benefit("Again", kind="cash saving", annual=x.calls * x.reward, ramp=x.rollout)',
        "under rollout in “Again”",
    ),
    "under two": (
        'case.benefit("Again", kind="cash saving", annual=x.calls * x.reward * x.adoption, ramp=x.rollout)',
        "under adoption and rollout in “Again”",
    ),
    "under none": (
        'case.cost("Again", category="other", annual=x.calls * x.reward)',
        "under no ramp in “Again”",
    ),
    "under a list": (
        'case.benefit("Again", kind="cash saving", annual=x.calls * x.reward, ramp=[0.1, 0.2, 0.3])',
        "under a ramp of its own in “Again”",
    ),
    "by way of a name": (
        'paid = x.calls * x.reward\ncase.cost("Again", category="other", annual=paid)',
        "under no ramp in “Again”",
    ),
}


@pytest.mark.parametrize("lines", REFUSED)
def test_an_input_that_stands_elsewhere_too_is_not_observed(place, lines):
    """The check says so with file and line, and so does a run."""
    source, where = REFUSED[lines]
    path = place(source)
    said = f"calls is scaled by adoption, and stands {where}"
    hint = "give what was booked on “Fewer calls”, “Again” under actuals.lines instead"
    parameters = read_parameters(path)
    assert [str(each) for each in unobservable_actuals(parameters, lines_of(parameters))] == [
        f"acme.yaml:7: {said}\n  hint: {hint}"
    ]
    case = run_template(read_parameters(path))
    with pytest.raises(CaseError) as caught:
        _ = case.study.followed_up
    assert str(caught.value) == f"actuals.inputs measures what can't be observed: {said}\n  hint: {hint}"


ALLOWED = {
    "nowhere else": "",
    "as a factor": 'case.cost("Again", category="other", annual=x.calls * x.reward * x.adoption)',
    "in a line beside the figure": (
        'case.benefit("Again", kind="margin", annual=x.calls * x.reward, not_in_figure="A cross-check.")'
    ),
    "in a line that is off": (
        'case.cost("Again", category="other", annual=(x.calls + x.chats) * x.reward, when=[x.chats])'
    ),
}


@pytest.mark.parametrize("lines", ALLOWED)
def test_an_input_under_its_ramp_alone_is_observed(place, lines):
    path = place(ALLOWED[lines])
    parameters = read_parameters(path)
    assert unobservable_actuals(parameters, lines_of(parameters)) == []
    case = run_template(read_parameters(path))
    assert case.study.followed_up.indicators[0].planned == 500


def test_an_actual_without_a_plan_is_refused(place):
    """The ramp is 0 in year 1; an actual of 0 is what was planned."""
    path = place(file=FILE.replace("2027-Q1: 400", "2026-Q4: 30, 2026-Q3: 0"))
    with pytest.raises(InputError) as caught:
        read_parameters(path)
    assert str(caught.value) == (
        "acme.yaml:7: actuals.inputs.calls.2026-Q4 is 30, while adoption, which scales it, is 0\n"
        "  hint: book the line under actuals.lines, or correct adoption"
    )


def test_two_inputs_that_a_ramp_scales_are_not_multiplied(place):
    path = place('case.cost("Both", category="other", annual=x.calls * x.chats / x.calls * x.reward)')
    path.write_text(FILE.replace("calls: 1_000,", "calls: 1_000, chats: 5,"))
    with pytest.raises(CaseError) as caught:
        run_template(read_parameters(path))
    assert str(caught.value) == (
        "Cost 'Both' multiplies inputs that a ramp scales: calls, chats\n"
        "  hint: in inputs.yaml, leave scaled_by to the one that is counted, such as the volume"
    )


def test_two_of_them_may_be_added(place):
    path = place('case.cost("Both", category="other", annual=(x.calls + x.chats) * x.adoption * x.reward)')
    path.write_text(FILE.replace("calls: 1_000,", "calls: 1_000, chats: 500,"))
    found = run_template(read_parameters(path)).study.followed_up
    both = next(each for each in found.lines if each.line.name == "Both")
    assert both.actual == pytest.approx(0 + (400 + 250) / 4)  # nothing in year 1, then a quarter of year 2


def test_the_command_refuses_it(place):
    place(REFUSED["under none"][0])
    done = run("check", "acme.yaml", cwd=Path.cwd())
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(
        "acme.yaml:7: calls is scaled by adoption, and stands under no ramp in “Again”"
    )
