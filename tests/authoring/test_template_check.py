"""`casebook check` on a template: each fault is found and named with its cell, and nothing else."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from casebook.authoring.new_template import new_template
from casebook.authoring.template_check import check_template
from casebook.errors import InputError
from tests.command import invoke
from tests.conftest import ROOT


@pytest.fixture
def racks(tmp_path, monkeypatch) -> Path:
    """A new template, and the current folder around it."""
    monkeypatch.chdir(tmp_path)
    return new_template("racks", start=Path())


def change(folder: Path, cell: int | None, old: str, new: str) -> None:
    """Replace a text in a cell (from 1), or in inputs.yaml where there is none."""
    if cell is None:
        path = folder / "inputs.yaml"
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")
        return
    path = folder / "template.ipynb"
    notebook = json.loads(path.read_text("utf-8"))
    source = "".join(notebook["cells"][cell - 1]["source"])
    assert old in source
    notebook["cells"][cell - 1]["source"] = source.replace(old, new)
    path.write_text(json.dumps(notebook), encoding="utf-8")


def told(folder: Path) -> list[str]:
    return [str(problem) for problem in check_template(folder)]


def test_a_new_template_has_nothing_wrong(racks):
    assert told(racks) == []


PICTURE = (
    "from IPython.display import SVG, display\n"
    'picture = SVG(\'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>\')\n'
)

FAULTS = {
    "declared and unused": (
        [(None, "inputs:\n", "inputs:\n  idle: {label: Idle, unit: people, example: 1}\n")],
        ["templates/racks/inputs.yaml:7: idle is declared but never used\n"],
    ),
    "used and undeclared": (
        [(2, "x.people * x.licence", "x.people * x.license")],
        [
            "templates/racks/template.ipynb, cell 2: no input is called 'license'\n",
            "templates/racks/inputs.yaml:27: licence is declared but never used\n",
        ],
    ),
    "a default out of bounds": (
        [(None, "default: 100%", "default: 120%")],
        ["templates/racks/inputs.yaml:39: default of adoption is 120%; must be a share between 0 and 1"],
    ),
    "two views that fail": (
        [(5, "case.cash_flow_chart()", "case.cash_flow_chart(1, 2, 3)"), (9, "chapter(", "chapters(")],
        [
            "templates/racks/template.ipynb, cell 5: TypeError: ",
            "templates/racks/template.ipynb, cell 9: AttributeError: ",
        ],
    ),
    "a picture without words": (
        [(5, "case.cash_flow_chart()", PICTURE + "picture")],
        ["templates/racks/template.ipynb, cell 5: a picture has no alternative text\n"],
    ),
    "a picture in prose without words": (
        [(3, "It costs", "![](plan.png) It costs")],
        ["templates/racks/template.ipynb, cell 3: a picture has no alternative text\n"],
    ),
    "a figure in prose that fails": (
        [(3, "case.horizon", "case.horizons")],
        ["templates/racks/template.ipynb, cell 3: {eval}`case.horizons` fails: AttributeError: "],
    ),
    "no summary": (
        [(4, "case.summary()", "pass")],
        ["templates/racks/template.ipynb: no cell shows the summary\n"],
    ),
    "a name missing among the parameters": (
        [(1, "review = {}\n", ""), (1, "story = {}\n", "")],
        ["templates/racks/template.ipynb, cell 1: the parameters cell does not set review, story\n"],
    ),
    "the parameters of another template": (
        [(1, '"racks"', '"shelves"')],
        [
            "templates/racks/template.ipynb, cell 1: the parameters cell does not name this template, rack",
            "templates/racks/template.ipynb, cell 2: InputError: parameters: no template is called 'shelves'",
        ],
    ),
    "a unit that does not come out as money": (
        [(2, "x.people * x.licence", "x.people + 0 * x.licence")],
        ["templates/racks/template.ipynb, cell 2: CaseError: "],
    ),
}


QUICK = ("used and undeclared", "a default out of bounds")
"""The others run the whole notebook."""


@pytest.mark.parametrize(
    "fault", [pytest.param(fault, marks=() if fault in QUICK else pytest.mark.slow) for fault in FAULTS]
)
def test_each_fault_is_told_with_its_place_and_nothing_else(racks, fault):
    changes, expected = FAULTS[fault]
    for cell, old, new in changes:
        change(racks, cell, old, new)
    found = told(racks)
    assert len(found) == len(expected), found
    for problem, beginning in zip(found, expected, strict=True):
        assert f"{problem}\n".startswith(beginning), problem


@pytest.mark.slow
def test_a_picture_with_words_is_right(racks):
    words = "display(picture, metadata={'image/svg+xml': {'alt': 'A square'}})"
    change(racks, 5, "case.cash_flow_chart()", PICTURE + words)
    assert told(racks) == []


def test_without_the_tag_nothing_is_run(racks):
    path = racks / "template.ipynb"
    path.write_text(path.read_text("utf-8").replace('"parameters"', '"parameter"'), encoding="utf-8")
    assert told(racks) == [
        "templates/racks/template.ipynb: no cell has the tag parameters\n"
        "  hint: give the first code cell the tag parameters, and in it template, client, currency, locale, "
        "years, start, discount_rate, target_return, inputs, "
        "scenarios, correlations, options and 6 more"
    ]


@pytest.mark.parametrize("content", ["", "{}", "[1]", '{"cells": [{}]}'])
def test_a_file_that_is_no_notebook_is_told(racks, content):
    (racks / "template.ipynb").write_text(content, encoding="utf-8")
    assert told(racks)[0].startswith("templates/racks/template.ipynb: ") or content == "{}"
    assert len(told(racks)) == 1


@pytest.mark.slow
def test_the_command_exits_2_with_what_is_wrong_and_0_without(racks):
    good = invoke("check", "templates/racks", cwd=Path.cwd())
    assert (good.returncode, good.stdout) == (0, "templates/racks: ok\n")
    change(racks, 4, "case.summary()", "pass")
    bad = invoke("check", "templates/racks", cwd=Path.cwd())
    assert (bad.returncode, bad.stdout) == (2, "")
    assert "no cell shows the summary" in bad.stderr


@pytest.mark.parametrize("name", ["Racks", "bi racks", "../up", "9lives", "racks", ""])
def test_a_new_template_needs_a_good_name_that_is_free(racks, name):
    with pytest.raises(InputError):
        new_template(name, start=Path())


def test_a_new_template_lies_in_the_nearest_folder_of_templates(racks):
    deep = Path("params/deep")
    deep.mkdir(parents=True)
    assert new_template("shelves", start=deep).resolve() == racks.resolve().with_name("shelves")


@pytest.mark.slow
def test_the_templates_that_come_along_have_nothing_wrong(monkeypatch):
    monkeypatch.chdir(ROOT)
    for folder in sorted(path for path in (ROOT / "templates").iterdir() if path.is_dir()):
        assert told(folder) == []


def test_half_a_template_is_told(racks):
    shutil.copytree(racks, racks.with_name("half"))
    (racks.with_name("half") / "template.ipynb").unlink()
    assert told(racks.with_name("half")) == [
        "templates/half: the template has no template.ipynb\n  hint: add template.ipynb"
    ]
