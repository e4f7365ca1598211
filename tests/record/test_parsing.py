"""A record is read as it was written, and what is wrong with one is said in a line that names the key."""

from __future__ import annotations

import copy
import json

import pytest

from casebook.record.parsing import NewerVersionError, parse
from casebook.record.types import VERSION, LeftOutRecord, LineRecord
from tests import records
from tests.conftest import EXAMPLES, ROOT


@pytest.mark.parametrize("client", EXAMPLES)
def test_a_record_is_written_as_it_was_read(client, reports):
    (path,) = (path for path in reports[client].glob("*.json") if ".manifest." not in path.name)
    data = json.loads(path.read_text("utf-8"))
    assert parse(data).to_json() == data


def test_a_record_from_before_some_of_its_keys_is_read():
    path = ROOT / "params/approved/airline-followed-up-social-care.json"
    record = parse(json.loads(path.read_text("utf-8")))
    assert record.risk_adjusted_cash_flow is None
    assert record.wholes == ()
    assert not record.inputs["adoption"].override


def test_keys_that_are_not_known_are_passed_over():
    data = records.record(later="x")
    data["client"]["later"] = {"a": 1}
    assert parse(data) == parse(records.record())


def test_lines_that_are_off_are_told_from_those_beside_the_figure():
    off = {"side": "cost", "name": "Off", "missing": ["a"]}
    record = parse(records.record(not_in_figure=[records.line("Beside", {"year": True}), off]))
    assert [type(line) for line in record.not_in_figure] == [LineRecord, LeftOutRecord]


def test_a_newer_version_is_not_read():
    with pytest.raises(NewerVersionError, match=f"record version {VERSION + 1}; this one reads {VERSION}"):
        parse(records.record(version=VERSION + 1))


WRONG = [
    (("client", "name"), 3, "client.name is 3; must be text"),
    (("result", "net_present_value"), None, "result.net_present_value is empty; must be a number"),
    (
        ("result", "payback_months"),
        -1,
        "result.payback_months is -1; must be a number of months between 0 and 600",
    ),
    (("currency",), "EURO", "currency is 'EURO'; must be an ISO 4217 currency code"),
    (("years",), 51, "years is 51; must be a whole number between 1 and 50"),
    (("lines", 0, "side"), "gain", "lines.0.side is 'gain'; must be one of benefit, cost"),
    (("lines", 0, "risk"), None, "lines.0.risk is empty; must be a mapping"),
    (
        ("lines", 0, "trees", "annual"),
        {"input": "b"},
        "lines.0.trees.annual has the input 'b', which it",
    ),
    (("lines", 0, "trees", "annual"), ["sum"], "lines.0.trees.annual has 'sum', which is not an operation"),
    (("lines", 0, "risk", "tree"), {"step": "s"}, "lines.0.risk.tree has the step 's', which does not stand"),
    (("inputs", "a", "bounds"), [1], "inputs.a.bounds is a list of 1; must be a list of 2"),
    (
        ("inputs", "a", "value"),
        [1, 2],
        "inputs.a.value is a list of 2; must be one number a year",
    ),
    (("inputs", "a", "value"), float("nan"), "inputs.a.value is nan; must be a number"),
    (("cash_flow", "costs"), [1, 2, 3], "cash_flow.costs is a list of 3; must be 2 numbers, from the"),
    (("story",), {"goals": "\ud800"}, "story.goals contains half of a character"),
]


@pytest.mark.parametrize(("place", "value", "said"), WRONG)
def test_what_is_wrong_is_said_with_its_key(place, value, said):
    data = whole()
    *way, last = place
    part = data
    for key in way:
        part = part[key]
    part[last] = value
    with pytest.raises(ValueError) as caught:
        parse(data)
    assert str(caught.value).startswith(said)


@pytest.mark.parametrize("key", ["template", "currency", "inputs", "lines", "steps", "cash_flow", "result"])
def test_a_key_that_is_missing_is_named(key):
    data = whole()
    del data[key]
    with pytest.raises(ValueError, match=f"^it has no {key}$"):
        parse(data)


def whole():
    """A record with an input and a line."""
    line = records.line("Sales", ["*", {"input": "a"}, {"number": 2.0}])
    given = {"label": "A", "unit": "number", "value": 3.0, "bounds": [0, None]}
    return copy.deepcopy(records.record(inputs={"a": given}, lines=[line]))
