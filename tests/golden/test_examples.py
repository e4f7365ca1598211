"""The golden test: each example says what it said, but for the texts that renamed.yaml renames."""

from __future__ import annotations

import pytest

from tests.conftest import EXAMPLES
from tests.golden.compare import differences, unused
from tests.golden.examples import KEPT, renames, told, transcript
from tests.golden.transcript import read


@pytest.mark.parametrize("name", EXAMPLES)
def test_no_figure_no_structure_and_no_wording_moved(name, reports):
    found = differences(read(KEPT / f"{name}.txt"), transcript(reports[name]), renames())
    hint = "\n  hint: `make golden` lets it stand; pure renames go into tests/golden/renamed.yaml"
    if found:
        pytest.fail(told(name, found) + hint, pytrace=False)


def test_there_is_a_transcript_of_each_example_and_of_nothing_else():
    assert sorted(path.stem for path in KEPT.iterdir()) == EXAMPLES


def test_each_renamed_text_is_one_that_a_transcript_has():
    assert unused(renames(), (read(KEPT / f"{name}.txt") for name in EXAMPLES)) == set()
