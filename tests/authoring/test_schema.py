"""The JSON Schema of a template: it takes what the check takes, and knows wrong names, types and bounds."""

from __future__ import annotations

import copy
import json
import subprocess
from functools import lru_cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casebook.authoring.scaffold import parameter_text
from casebook.errors import InputError
from casebook.schema.json_schema import schema_of
from casebook.schema.reader import read_parameters
from casebook.schema.templates import find_template
from casebook.schema.yaml_source import REFUSED, read_yaml
from tests.conftest import ROOT

INVALID = ROOT / "tests" / "invalid"
BROKEN = sorted(INVALID.glob("[0-9]*.yaml"))
TEMPLATES = sorted(path.parent.name for path in (ROOT / "templates").glob("*/inputs.yaml"))

YAML = "the mistake is in the YAML: an editor reads it otherwise or not at all"
FILES = "it takes a look at the files"
SEVERAL_PLACES = "it follows from several places of the file"
BEYOND_THE_SCHEMA = {
    "what a link leads to, and what follows from it": {281, 282, 284, 285, 286, 287, 288, 289},
    YAML: [*range(1, 25), 27, 77, 112, 190, 279],
    FILES: [30, 40, 106, 107, 114, 232, 234, *range(273, 278), 280],
    SEVERAL_PLACES: [
        *(85, 124, 138),  # as many entries as the case has years
        *(118, 119, 120, 121),  # low, value and high in order
        *(140, 142, 155, 156, 157, 158, 159),  # scenarios and correlations beside the inputs
        *(298, 300, 303, 309, 311, 312, 313, 317, 318, 320, 323, 325),  # options beside the case
        *(183, 184, 186, 191, 192, 193, 194),  # periods beside each other, the start and the years
    ],
}
LEFT_TO_THE_CHECK = {number for numbers in BEYOND_THE_SCHEMA.values() for number in numbers}


@lru_cache
def validator(template: str, start: Path = ROOT / "tests") -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(
        json.loads(json.dumps(schema_of(find_template(template, start=start))))
    )


def without_refused(value: Any) -> Any:
    """What an editor sees in place of what the check refused to read: something of no use."""
    if isinstance(value, dict):
        return {key: without_refused(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [without_refused(entry) for entry in value]
    return None if value is REFUSED else value


TINY = validator("tiny")


def tracked(pattern: str) -> list[Path]:
    listed = subprocess.run(["git", "ls-files", pattern], cwd=ROOT, capture_output=True, text=True).stdout
    return [ROOT / line for line in listed.splitlines()] or sorted(ROOT.glob(pattern))


@pytest.mark.parametrize(
    "name", ["tiny", *(pytest.param(name, marks=pytest.mark.slow) for name in TEMPLATES)]
)
def test_the_schema_is_a_json_schema(name):
    """The schema of schemas looks at each input anew, which takes seconds for one template."""
    jsonschema.Draft202012Validator.check_schema(
        validator(name, ROOT / "tests" if name == "tiny" else ROOT).schema
    )


def test_the_schema_takes_each_example():
    for path in tracked("params/*.yaml"):
        values = read_yaml(path.read_bytes()).value
        found = validator(values["template"], ROOT).iter_errors(values)
        assert [f"{path.name}, {error.json_path}: {error.message}" for error in found] == []


@pytest.mark.parametrize("name", ["valid", "valid-ranges", "valid-actuals"])
def test_the_schema_takes_the_valid_files(name):
    values = read_yaml((INVALID / f"{name}.yaml").read_bytes()).value
    assert [f"{error.json_path}: {error.message}" for error in TINY.iter_errors(values)] == []


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_the_schema_catches_what_is_a_schema_s_business(path):
    """And what is said to be beyond it is: nobody is told that a thing is caught which is not."""
    is_caught = not TINY.is_valid(without_refused(read_yaml(path.read_bytes()).value))
    number = int(path.stem.split("-")[0])
    if number in BEYOND_THE_SCHEMA[YAML]:
        return
    assert is_caught == (number not in LEFT_TO_THE_CHECK)


@pytest.mark.parametrize("name", TEMPLATES)
def test_the_schema_takes_a_new_file(name):
    template = find_template(name, start=ROOT)
    text = parameter_text(template, ROOT / "params" / "acme.yaml", schema="x.json")
    found = validator(name, ROOT).iter_errors(read_yaml(text).value)
    assert [f"{error.json_path}: {error.message}" for error in found] == []


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 60),
    st.floats(-2, 2).map(lambda number: round(number, 3)),
    st.sampled_from(
        ["10%", "1_000", "", " ", "x", "a\nb", "2026-01-15", "EUR", "de_DE", "#0b5", "beta", "a4"]
    ),
    st.just([]),
    st.just({}),
    st.lists(st.sampled_from([0.5, 1, "1", "x", None]), max_size=3),
    st.dictionaries(
        st.sampled_from(["value", "low", "high", "distribution", "source", "evidence", "note", "calls"]),
        st.sampled_from([0, 0.5, 1, "1", "beta", "lognormal", "stated", [1, 1, 1]]),
        max_size=4,
    ),
)
SOUND = read_yaml((INVALID / "valid-ranges.yaml").read_bytes()).value
WHOLE = read_yaml((INVALID / "valid.yaml").read_bytes()).value
FOLLOWED = read_yaml((INVALID / "valid-actuals.yaml").read_bytes()).value


def places(value: Any, place: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place, *(deeper for key, entry in steps for deeper in places(entry, (*place, key)))]


@pytest.mark.slow
@settings(max_examples=600, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_the_schema_never_refuses_what_the_check_takes(tmp_path, data):
    """One place of a right file is set to something else, or taken away."""
    values = copy.deepcopy(data.draw(st.sampled_from([SOUND, WHOLE, FOLLOWED])))
    *steps, last = data.draw(st.sampled_from(places(values)[1:]))
    target = values
    for step in steps:
        target = target[step]
    if data.draw(st.booleans()):
        target[last] = data.draw(VALUES)
    else:
        del target[last]
    path = INVALID / "unwritten.yaml"
    # JSON is YAML, and keeps each value as it is.
    text = json.dumps(values, ensure_ascii=False)
    read = read_yaml(text)
    try:
        check(text, path)
    except InputError:
        return
    assert [f"{error.json_path}: {error.message}" for error in TINY.iter_errors(read.value)] == []


def check(text: str, path: Path) -> None:
    """`read_parameters` of a text as if it stood at a path."""
    from unittest import mock

    with mock.patch("casebook.schema.reader.read_limited", return_value=text.encode()):
        read_parameters(path)
