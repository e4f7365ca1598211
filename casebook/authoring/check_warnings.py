"""What a parameter file may well say and does not: sources, ranges, examples that were not replaced.

And what it asks for: a password of the environment, and the host that is to have it.

None of it stops a report; the review of the report says the same with the money that rests on it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from casebook.errors import Problem
from casebook.schema.inputs import EXAMPLE_SOURCE, InputValue
from casebook.schema.options import STANDARD
from casebook.schema.parameters import Parameters
from casebook.schema.servers import host_of
from casebook.schema.wording import Place, display, listed

_DOTTED = re.compile(r"(?<![\w.])[1-9]\d{0,2}\.\d\d0(?![\w.%])")
"""A number that may mean thousands, as one writes them in German or Italian: 420.000."""


def check_warnings(parameters: Parameters) -> list[Problem]:
    """Remarks on a right parameter file, in words of the check; each names the line of its first input."""
    assert parameters.path is not None and parameters.text is not None
    name, lines = display(parameters.path), parameters.lines
    given = {key: value for key, value in parameters.inputs.items() if value.origin != "default"}
    examples = [key for key, value in given.items() if _is_example(parameters, key, value)]
    changed = [key for key, value in given.items() if value.origin == "example" and key not in examples]
    own = {key: value for key, value in given.items() if key not in examples}
    bare = [key for key, value in own.items() if not value.source and value.evidence != "assumption"]
    points = [key for key, value in own.items() if not value.varies]
    dotted = [key for key, value in given.items() if _is_dotted(parameters.text, lines, key, value)]
    found = [
        (
            dotted,
            "written with a point before three digits, which is not a thousands separator",
            "420.000 is 420; write 420_000",
        ),
        (examples, "still on the template's example value", "write the client's figure, and its source"),
        (changed, f"changed, but the source still says '{EXAMPLE_SOURCE}'", "write where the figure is from"),
        (bare, "without a source", "add source:, or evidence: assumption"),
        (points, "without a range", "add low: and high:, the 5th and the 95th percentile"),
    ]
    return (
        [
            Problem(f"{name}:{_first(lines, keys)}", f"{_counted(keys)} {what}: {listed(keys)}", hint)
            for keys, what, hint in found
            if keys
        ]
        + [
            Problem(
                f"{name}:{lines.get(('data', source.name), 1)}",
                f"data.{source.name} sends the password in {listed(source.variables)} "
                f"to {host_of(source.url)}",
                "make sure that this is the host the password is for",
            )
            for source in parameters.data.values()
            if source.url and source.variables
        ]
        + [
            Problem(f"{name}:{lines.get(('story',), 1)}", f"the story {message}", hint)
            for message, hint in _story_gaps(parameters)
        ]
        + [
            Problem(f"{name}:{lines.get(('decision',), 1)}", message, hint)
            for message, hint in _decision_gaps(parameters)
        ]
    )


def _story_gaps(parameters: Parameters) -> Iterator[tuple[str, str]]:
    """What the story does not say, and the report therefore leaves out."""
    story, scales = parameters.story, parameters.template.scales
    if story.missing:
        yield f"says nothing under {listed(story.missing)}", "its sections are left out of the report"
    placed = {each.scale.key for each in story.maturity} if isinstance(story.maturity, tuple) else set()
    if placed and (left := [key for key in scales if key not in placed]):
        hint = f"under maturity:, write {left[0]}: with one of {listed(scales[left[0]].level_keys)}"
        yield f"does not place the client on {listed(left)}", hint
    if silent := [each.name for each in story.competitors if not each.finding]:
        yield f"has no finding on {listed(silent)}", "write finding:; until then they are left out"
    if aimless := [kpi.name for kpi in story.kpis if not (kpi.target or kpi.watches)]:
        yield f"has no target for {listed(aimless)}", "write target:, or watches: with an input or a line"


def _decision_gaps(parameters: Parameters) -> Iterator[tuple[str, str]]:
    """A decision that is not written, or whose words name another option than its key."""
    decision = parameters.decision
    if decision.text is None:
        yield (
            "no decision is written",
            "write decision: with one sentence; until then an option's name stands",
        )
    elif decision.option is not None:
        names = {**STANDARD, **{key: each.name for key, each in parameters.options.items() if each.name}}
        named = [key for key, name in names.items() if _names(decision.text, name)]
        if named and decision.option not in named:
            message = f"the decision's text names {listed(names[key] for key in named)}"
            yield f"{message}; its option is {decision.option}", "correct one of the two"


def _names(text: str, name: str) -> bool:
    """Whether a text has a name in it, as whole words."""
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE) is not None


def _is_example(parameters: Parameters, name: str, value: InputValue) -> bool:
    """Whether an input that calls itself an example is the template's one still."""
    return value.origin == "example" and value.value == parameters.template.inputs[name].example


def _is_dotted(text: str, lines: Mapping[Place, int], name: str, value: InputValue) -> bool:
    """Whether a number of an input looks like thousands: a point and three digits, the last a 0."""
    numbers = {
        number
        for quantity in (value.value, value.low, value.high)
        for number in (quantity if isinstance(quantity, tuple) else (quantity,))
    }
    rows = text.splitlines()
    at = {line for place, line in lines.items() if place[:2] == ("inputs", name) and line <= len(rows)}
    return any(float(match[0]) in numbers for line in at for match in _DOTTED.finditer(rows[line - 1]))


def _counted(keys: list[str]) -> str:
    return "1 input is" if len(keys) == 1 else f"{len(keys)} inputs are"


def _first(lines: Mapping[Place, int], keys: Iterable[str]) -> int:
    return min((lines[place] for key in keys if (place := ("inputs", key)) in lines), default=1)
