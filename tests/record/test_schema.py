"""The JSON Schema of records: it takes what casebook writes, and not what casebook would refuse."""

from __future__ import annotations

import json

import jsonschema
import pytest

from casebook.record.schema import record_schema
from tests.command import invoke
from tests.conftest import EXAMPLES, ROOT
from tests.record.test_parsing import whole


@pytest.fixture(scope="module")
def validator():
    schema = record_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize("client", EXAMPLES)
def test_each_example_is_valid(client, reports, validator):
    (path,) = (path for path in reports[client].glob("*.json") if ".manifest." not in path.name)
    validator.validate(json.loads(path.read_text("utf-8")))


def test_an_approved_record_is_valid(validator):
    path = ROOT / "params/approved/airline-followed-up-social-care.json"
    validator.validate(json.loads(path.read_text("utf-8")))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("format", "casebook.manifest"),
        ("version", 0),
        ("years", 0),
        ("years", 2.5),
        ("discount_rate", 2),
        ("client", "Acme"),
        ("lines", [{"side": "benefit", "name": "Sales"}]),
        ("result", {"net_present_value": "much"}),
        ("inputs", {"a": {"label": "A", "unit": "number", "value": "3"}}),
    ],
)
def test_a_record_with_a_wrong_value_is_not(validator, key, value):
    assert validator.is_valid(whole())
    assert not validator.is_valid({**whole(), key: value})


@pytest.mark.parametrize("key", ["template", "currency", "lines", "result"])
def test_a_record_that_lacks_a_key_is_not(validator, key):
    data = whole()
    del data[key]
    assert not validator.is_valid(data)


def test_it_says_what_a_key_means(validator):
    parts = validator.schema["$defs"]
    assert parts["LineRecord"]["description"] == "A line with money, positive for costs as for benefits."
    assert parts["InputRecord"]["properties"]["low"]["description"] == "The 5th percentile."


def test_the_command_prints_it_and_needs_no_type_of_case():
    done = invoke("schema", "--record", cwd=ROOT)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == record_schema()
