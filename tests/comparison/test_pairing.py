"""Which records a path stands for, and which can't be compared."""

from __future__ import annotations

import json

import pytest

from casebook.comparison import pair
from casebook.errors import InputError
from casebook.record.types import VERSION


@pytest.fixture
def write(make_case, tmp_path):
    """Write a record, changed where wanted, and give its folder."""
    case = make_case()
    case.benefit(
        "Sales", kind="margin", annual=case.inputs.customers * case.inputs.spend * case.inputs.margin
    )
    case.cost("Team", category="people", annual=case.inputs.team)
    record = case.record().to_json()

    def make(folder, kind="example", **changes):
        path = tmp_path / folder
        path.mkdir(exist_ok=True)
        told = {**record, "template": {"name": kind, "title": kind}, **changes}
        (path / f"{kind}.json").write_text(json.dumps(told), encoding="utf-8")
        return path

    return make


def refused(before, after):
    with pytest.raises(InputError) as caught:
        pair(before, after)
    return str(caught.value)


def test_folders_and_files_mean_the_same(write):
    a, b = write("a"), write("b")
    by_folder, by_file = pair(a, b), pair(a / "example.json", b / "example.json")
    assert [side.name for side in by_folder] == [side.name for side in by_file] == ["a", "b"]
    assert [side.path for side in by_folder] == [side.path for side in by_file]


def test_folders_with_several_types_are_paired_by_the_one_in_common(write):
    a, b = write("a", "one"), write("b", "two")
    write("a", "two")
    one, other = pair(a, b)
    assert (one.kind, other.kind) == ("two", "two")


def test_several_types_in_common_are_asked_about(write):
    for folder in ("a", "b"):
        for kind in ("one", "two"):
            path = write(folder, kind)
    told = refused(path.parent / "a", path)
    assert "both have the types one, two; name one" in told
    assert "one.json" in told


def test_different_types_are_refused(write):
    assert "different types of case (one and two)" in refused(write("a", "one"), write("b", "two"))


def test_different_currencies_are_refused_with_both_figures(write):
    told = refused(write("a"), write("b", currency="EUR"))
    assert "one is in USD, the other in EUR" in told
    assert "$" in told
    assert "€" in told


def test_a_record_of_a_newer_version_is_refused(write):
    told = refused(write("a"), write("b", version=VERSION + 1))
    assert f"written by a newer casebook (record version {VERSION + 1}; this one reads {VERSION})" in told


def test_a_folder_without_a_record_is_refused(write, tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "example.manifest.json").write_text("{}", encoding="utf-8")
    assert "there is not a case record in this folder" in refused(write("a"), tmp_path / "empty")


def test_a_path_that_is_not_there_is_refused(write, tmp_path):
    assert "can't be opened: No such file" in refused(write("a"), tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "the file is damaged"),
        ("[" * 200_000, "the file is damaged"),
        ("[1, 2]", "this is not a case record"),
        ('{"format": "casebook.record", "version": 1}', "the record is incomplete: it has no template"),
        ('{"format": "casebook.record", "version": "x"}', "the record is incomplete"),
    ],
)
def test_a_file_that_is_no_whole_record_is_refused(write, tmp_path, text, said):
    (tmp_path / "odd.json").write_text(text, encoding="utf-8")
    assert said in refused(write("a"), tmp_path / "odd.json")


def test_manifests_and_other_json_beside_a_record_are_passed_over(write):
    a, b = write("a"), write("b")
    (a / "example.manifest.json").write_text("{}", encoding="utf-8")
    (a / "notes.json").write_text("[]", encoding="utf-8")
    assert [side.path.name for side in pair(a, b)] == ["example.json"] * 2
