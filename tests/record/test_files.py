"""A record's file is read where it takes no long time to compute from, and refused with the key otherwise."""

from __future__ import annotations

import json

import pytest

from casebook.errors import InputError
from casebook.record.files import LARGEST, MOST_INPUTS, MOST_LINES, MOST_NODES, find_record, read_record
from tests import records
from tests.record.test_parsing import whole

INPUT = {"label": "A", "unit": "number", "value": 1.0}
LONG = {"computed": "A", "of": [{"year": True} for _ in range(MOST_NODES)], "value": 1.0}


@pytest.fixture
def write(tmp_path):
    """Write JSON to a file."""

    def make(data):
        path = tmp_path / "rack.json"
        path.write_text(json.dumps(data), encoding="utf-8")
        return path

    return make


def test_json_of_another_format_is_no_record(write):
    assert find_record(write({"format": "casebook.manifest"})) is None
    with pytest.raises(InputError, match="this is not a case record"):
        read_record(write([1, 2]))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            {"inputs": {f"i{n}": INPUT for n in range(MOST_INPUTS + 1)}},
            "inputs has 301 entries; must be at most 300",
        ),
        ({"lines": [records.line(f"L{n}", None) for n in range(MOST_LINES + 1)]}, "lines has 301 entries"),
        ({"lines": [records.line("L", LONG)]}, "the formulas have more than 3,000 numbers and"),
        (
            {"cash_flow": {**records.record()["cash_flow"], "costs": [2 * LARGEST]}},
            "cash_flow.costs is a",
        ),
        (
            {"inputs": {"a": {**INPUT, "low": -10 * LARGEST}}},
            r"inputs.a.low is -1e\+19; must be a number of at most",
        ),
    ],
)
def test_what_would_take_long_or_could_not_be_shown_is_refused(write, change, said):
    with pytest.raises(InputError, match=f"the record is incomplete: {said}"):
        find_record(write({**whole(), "lines": [], **change}))
