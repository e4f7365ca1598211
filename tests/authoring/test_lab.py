"""A client's working copy, and what JupyterLab may save of a template."""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
from pathlib import Path

import pytest

from casebook.authoring.chapter_expansion import expand_chapter
from casebook.authoring.lab import lab_options, without_outputs
from casebook.authoring.working_copy import prepare
from casebook.errors import InputError
from casebook.schema.reader import parse_parameters, read_parameters
from tests.command import invoke
from tests.conftest import ROOT, run


@pytest.fixture
def desk(tmp_path, monkeypatch) -> Path:
    shutil.copytree(ROOT / "templates", tmp_path / "templates")
    shutil.copytree(ROOT / "params", tmp_path / "params")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def cells(notebook: Path) -> list[dict]:
    return json.loads(notebook.read_text("utf-8"))["cells"]


def values(notebook: Path) -> dict:
    """The names of the parameters cell, as Python sets them."""
    found: dict = {}
    exec("".join(cells(notebook)[0]["source"]), found)
    found.pop("__builtins__")
    return found


@pytest.mark.parametrize("client", ["airline-three-years", "beer-community"])
def test_a_working_copy_stands_for_the_same_case_as_the_file(desk, client):
    """Its paths lead to the client's files, and everything computed from its cell is the file's."""
    copy = prepare(client, start=Path())
    of_file = read_parameters(Path(f"params/{client}.yaml"))
    of_copy = parse_parameters(values(copy.notebook), folder=copy.notebook.parent)
    assert of_copy.inputs == of_file.inputs
    assert of_copy.scenarios == of_file.scenarios
    assert of_copy.story == of_file.story
    assert of_copy.client.name == of_file.client.name
    assert of_copy.template.inputs == of_file.template.inputs
    for name, source in of_file.data.items():
        assert [path.resolve() for path in of_copy.data[name].paths] == [
            path.resolve() for path in source.paths
        ]


@pytest.mark.slow
def test_a_report_can_be_made_with_it_beside_the_plain_one(desk):
    done = invoke("edit", "social-care", "--client", "airline", "--expand", "situation", cwd=desk)
    assert (done.returncode, done.stdout) == (0, "work/airline/social-care/template.ipynb\n")
    command = re.search(r"report with it: casebook (.+)", done.stderr)[1]
    notebook = desk / "work/airline/social-care/template.ipynb"
    changed = notebook.read_text("utf-8").replace("# Where the client stands", "# Where things stand")
    assert "# Where things stand" in changed
    notebook.write_text(changed, encoding="utf-8")
    made = run(*command.split(), "--format", "html", cwd=desk)
    assert made.returncode == 0, made.stderr
    assert "Where things stand" in (desk / "output/airline-what-if/social-care.html").read_text("utf-8")
    record = json.loads((desk / "output/airline-what-if/social-care.json").read_text("utf-8"))
    assert round(record["result"]["return_on_investment"], 2) == 19.0


def test_a_chapter_written_out_as_cells_makes_the_same_document(desk):
    """In the place of its cell: prose as Markdown, each view in a cell of its own, in their order."""
    copy = prepare("airline", start=Path(), expand=["risks", "appendix"])
    after = ["".join(cell["source"]) for cell in cells(copy.notebook)]
    begin = next(n for n, source in enumerate(after) if source.startswith("# What could go wrong"))
    assert after[begin + 1 : begin + 6] == [
        "case.range_chart()",
        "## What moves the result",
        "case.tornado()",
        "## Scenarios",
        "case.scenarios()",
    ]
    assert 'case.chapter("risks")' not in after and 'case.chapter("review")' in after
    (method,) = (source for source in after if source.startswith("## Method"))
    assert "at {eval}`case.discount_rate`; the return" in method
    ids = [cell["id"] for cell in cells(copy.notebook)]
    assert len(ids) == len(set(ids))


def test_a_chapter_that_stands_in_several_places_is_written_out_in_each(desk):
    """What else stands in its cell stays in place, and what was left out stays out."""
    copy = prepare("beer-community", start=Path(), expand=["situation"])
    after = ["".join(cell["source"]) for cell in cells(copy.notebook)]
    assert [source for source in after[1:] if "situation" in source] == ["case.situation()"]
    assert after.index("case.situation()") < after.index("case.forum(forum)") < after.index("case.maturity()")

    source = 'a = "é"; case.chapter("goals", without=["opening"]); b = 1\ncase.chapter("risks")\n'
    cell = {"cell_type": "code", "id": "mine", "metadata": {}, "outputs": [], "source": source}
    made = expand_chapter([cell], "goals", language="de", notebook="")
    assert ["".join(each["source"]) for each in made] == [
        'a = "é"',
        "## Ziele",
        "case.goals()",
        "## Strategie",
        "case.strategy()",
        'b = 1\ncase.chapter("risks")\n',
    ]


def test_a_chapter_that_no_cell_shows_is_an_error_with_a_hint(desk):
    with pytest.raises(InputError) as caught:
        prepare("airline", start=Path(), expand=["risk"])
    assert str(caught.value) == (
        "work/airline/social-care/template.ipynb: no cell shows the chapter 'risk'\n"
        "  hint: did you mean 'risks'?"
    )


def test_preparing_again_keeps_changes_and_takes_the_file_s_values_of_today(desk):
    copy = prepare("airline", start=Path())
    assert copy.is_new
    mine = copy.notebook.read_text("utf-8").replace("## What drives the result", "# Mine")
    copy.notebook.write_text(mine, encoding="utf-8")
    path = desk / "params/airline.yaml"
    path.write_text(path.read_text("utf-8").replace("22_000_000", "23_000_000"), encoding="utf-8")
    again = prepare("airline", start=Path())
    assert not again.is_new
    assert "# Mine" in again.notebook.read_text("utf-8")
    given = parse_parameters(values(again.notebook), folder=again.notebook.parent)
    assert given.inputs["customers"].value == 23_000_000


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["social-care"], "which client?"),
        (["social-care", "--client", "nobody"], "the files in params/ are airline, "),
        (["communities", "--client", "airline"], "the template is social-care, not communities"),
        (["nothing", "--client", "airline"], "no template is called 'nothing'"),
        (["social-care", "--client", "params/none.yaml"], "there is no such file"),
    ],
)
def test_misuse_is_told_and_writes_nothing(desk, arguments, message):
    done = invoke("edit", *arguments, cwd=desk)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert not (desk / "work").exists()


def test_a_template_that_is_not_there_is_told_for_a_report(desk):
    done = invoke("report", "params/airline.yaml", "--set", "template=../work/none", cwd=desk)
    assert done.returncode == 2
    assert "--set template=../work/none: template is '../work/none'" in done.stderr


def executed() -> dict:
    code = {
        "cell_type": "code",
        "metadata": {"tags": ["x"]},
        "outputs": [{"name": "o"}],
        "execution_count": 3,
    }
    prose = {"cell_type": "markdown", "metadata": {"user_expressions": [1], "trusted": True}, "source": "#"}
    return {"type": "notebook", "content": {"cells": [code, prose]}}


def test_a_template_is_saved_without_outputs_and_figures():
    model = executed()
    without_outputs(model=model, path="templates/communities/template.ipynb", contents_manager=None)
    code, prose = model["content"]["cells"]
    assert (code["outputs"], code["execution_count"], code["metadata"]) == ([], None, {"tags": ["x"]})
    assert prose["metadata"] == {}


@pytest.mark.parametrize(
    "model",
    [{"type": "file", "content": "text"}, {"type": "directory", "content": None}, {"type": "notebook"}],
)
def test_what_is_no_notebook_is_saved_as_it_is(model):
    before = json.dumps(model)
    without_outputs(model=model, path="templates/communities/template.ipynb")
    assert json.dumps(model) == before


def test_another_notebook_keeps_its_outputs():
    model = executed()
    without_outputs(model=model, path="notes.ipynb")
    assert model == executed()


def test_jupyterlab_opens_here_on_the_path_with_the_hook(desk):
    options = lab_options(Path("templates"))
    assert "--LabApp.default_url=/lab/tree/templates" in options
    hook = next(option for option in options if "pre_save_hook" in option).split("=")[1]
    module, _, name = hook.rpartition(".")
    assert getattr(importlib.import_module(module), name) is without_outputs


def test_jupyterlab_is_asked_for_where_it_is_missing(desk):
    if importlib.util.find_spec("jupyterlab") is not None:
        pytest.skip("JupyterLab is installed")
    done = invoke("lab", cwd=desk)
    assert done.returncode == 2
    assert "hint: pip install 'casebook[lab]'" in done.stderr


def test_a_copy_without_a_parameters_cell_is_told(desk):
    copy = prepare("airline", start=Path())
    text = copy.notebook.read_text("utf-8").replace('"parameters"', '"other"')
    copy.notebook.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="no cell has the tag parameters"):
        prepare("airline", start=Path())


@pytest.mark.parametrize("text", ["{", "[]", '{"cells": [7]}'])
def test_a_copy_that_is_no_notebook_any_more_is_told_and_left_as_it_is(desk, text):
    notebook = prepare("airline", start=Path()).notebook
    notebook.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"template\.ipynb: this is not a notebook\n  hint: repair it"):
        prepare("airline", start=Path())
    assert notebook.read_text("utf-8") == text


def test_a_file_s_name_is_no_code(desk):
    name = "a\nraise SystemExit  # "
    Path(f"params/{name}.yaml").write_bytes(Path("params/airline.yaml").read_bytes())
    copy = prepare(f"params/{name}.yaml", start=Path())
    assert values(copy.notebook)["years"]


def test_what_cannot_be_written_leaves_the_copy_as_it_was(desk, monkeypatch):
    notebook = prepare("airline", start=Path()).notebook
    before = notebook.read_bytes()

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(InputError, match="can't be written: No space left on device"):
        prepare("airline", start=Path())
    assert notebook.read_bytes() == before
    assert [path.name for path in notebook.parent.iterdir() if path.name.endswith(".part")] == []


def test_jupyterlab_takes_no_two_amounts_for_mathematics(make_case):
    """It sets what stands between dollar signs as a formula, except within this class."""
    case = make_case()
    case.cost("Team", category="people", annual=case.inputs.team)
    html = case.formulas()._repr_mimebundle_()["text/html"]
    assert "$" in html
    assert '</style><div class="mathjax_ignore"><' in html


def test_a_short_figure_shows_without_quotes_and_escapes(make_case):
    from IPython.lib.pretty import pretty

    case = make_case()
    case.cost("Team", category="people", annual=case.inputs.team * 1000)
    short = case.result.present_value_of_costs.short
    assert "\u00a0" in short
    assert pretty(short) == str(short)
