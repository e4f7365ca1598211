"""A pattern finds what the file system's own would, and is no walk over the disk."""

from __future__ import annotations

import pytest

from casebook.errors import InputError
from casebook.schema import patterns
from casebook.schema.checker import Checker
from casebook.schema.data import DataSection
from casebook.schema.patterns import TooManyError, matching


@pytest.fixture
def tree(tmp_path):
    for name in (
        "a.csv",
        "b.csv",
        "B.CSV",
        "x/a.csv",
        "x/y/a.csv",
        "x/y/z.txt",
        ".hidden.csv",
        "part[1].csv",
    ):
        (tmp_path / "tree" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "tree" / name).write_text("1", encoding="utf-8")
    (tmp_path / "tree/round").symlink_to(tmp_path / "tree")
    return tmp_path / "tree"


@pytest.mark.parametrize(
    "pattern", ["*.csv", "**/*.csv", "x/*", "*/a.csv", "?.csv", "[ab].csv", "../tree/*.csv", "none*", "x/*/*"]
)
def test_a_pattern_finds_what_a_shell_would(tree, pattern):
    inside = [path for path in tree.glob(pattern) if "round" not in path.relative_to(tree).parts]
    found = [path for path in matching(tree, pattern) if "round" not in path.relative_to(tree).parts]
    assert found == sorted(inside)


@pytest.mark.parametrize("pattern", ["", ".", "/", "**", "**x/[", "[", "../..", "a" * 5000])
def test_a_strange_pattern_fails_nothing(tree, pattern):
    assert [path for path in matching(tree, pattern) if path.suffix == ".csv"] in ([], sorted([]))


def test_a_pattern_that_would_walk_the_disk_is_refused(tree, monkeypatch):
    monkeypatch.setattr(patterns, "MOST_NAMES", 3)
    with pytest.raises(TooManyError):
        matching(tree, "**/*")
    assert matching(tree, "x/y/*") == [tree / "x/y/a.csv", tree / "x/y/z.txt"]


def test_the_check_tells_it(tree, monkeypatch):
    monkeypatch.setattr(patterns, "MOST_NAMES", 3)
    checker = Checker("params", folder=tree)
    DataSection().read(checker, ("data",), {"posts": "**/*.csv"})
    with pytest.raises(InputError, match=r"data\.posts is '\*\*/\*\.csv', for which more than 3 names"):
        checker.raise_problems()
