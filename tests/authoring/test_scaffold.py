"""A new parameter file: it checks and reports untouched, and says what is still an example."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from casebook.authoring.scaffold import client_name, parameter_text
from casebook.schema.inputs import EXAMPLE_SOURCE
from casebook.schema.reader import read_parameters
from casebook.schema.templates import find_template
from tests.authoring.test_schema import TEMPLATES
from tests.command import invoke
from tests.conftest import ROOT, run


@pytest.fixture(scope="module")
def desk(tmp_path_factory) -> Path:
    """A folder with the templates and, of each, an untouched new parameter file."""
    folder = tmp_path_factory.mktemp("desk")
    shutil.copytree(ROOT / "templates", folder / "templates")
    for name in TEMPLATES:
        done = invoke("new", f"params/my-{name}.yaml", "--template", name, cwd=folder)
        assert done.returncode == 0, done.stderr
    return folder


@pytest.mark.slow
def test_an_untouched_file_reports_and_its_review_says_that_it_is_an_example(desk):
    files = [f"params/my-{name}.yaml" for name in TEMPLATES]
    checked = invoke("check", *files, cwd=desk)
    assert checked.returncode == 0, checked.stderr
    done = run("report", *files, "--format", "html", cwd=desk)
    assert done.returncode == 0, done.stderr
    for name in TEMPLATES:
        record = json.loads((desk / f"output/my-{name}/{name}.json").read_text("utf-8"))
        rules = {finding["rule"] for finding in record["review"]}
        assert "still-an-example" in rules
        assert "no-source" not in rules
        assert record["result"]["present_value_of_benefits"] > 0


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_input_stands_in_it_with_its_label_and_help(desk, name):
    text = (desk / f"params/my-{name}.yaml").read_text("utf-8")
    flat = " ".join(text.replace("#", " ").split())
    for item in find_template(name, start=desk).inputs.values():
        assert len(re.findall(rf"^  #?{item.name}:$", text, re.M)) == 1, item.name
        assert item.label in flat
        assert " ".join((item.help or "").split()) in flat


@pytest.mark.parametrize("name", TEMPLATES)
def test_required_inputs_are_on_and_marked_and_defaults_are_off(desk, name):
    parameters = read_parameters(desk / f"params/my-{name}.yaml")
    given = parameters.values["inputs"]
    for item in parameters.template.inputs.values():
        if item.presence == "required":
            assert given[item.name]["source"] == EXAMPLE_SOURCE
            assert parameters.inputs[item.name].value == item.example
            assert parameters.inputs[item.name].origin == "example"
        if item.presence == "default":
            assert item.name not in given


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_line_is_switched_on_by_taking_its_mark_away(desk, name):
    """All of them at once, but for those that have no example to offer."""
    text = (desk / f"params/my-{name}.yaml").read_text("utf-8")
    on = re.sub(r"^(\s*)#(?=\S)", r"\1", text, flags=re.M)
    on = re.sub(r"^  \w+:\n    value:\n(?:    .*\n)*", "", on, flags=re.M)
    for line in ("  logo: .*", r"data:.*(?:\n  \w+: .*)*"):
        on = re.sub(rf"^{line}\n", "", on, flags=re.M)
    path = desk / "params" / f"all-{name}.yaml"
    path.write_text(on, encoding="utf-8")
    parameters = read_parameters(path)
    assert parameters.scenarios
    assert parameters.story.kpis
    assert parameters.document["paper"] == "a4"
    assert parameters.review


def test_the_file_names_its_schema_for_editors(desk):
    first = (desk / "params/my-communities.yaml").read_text("utf-8").splitlines()[0]
    path = re.fullmatch(r"# yaml-language-server: \$schema=(.+)", first)[1]
    schema = json.loads((desk / "params" / path).read_text("utf-8"))
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["title"] == "Customer community"


def test_one_of_two_alternatives_says_which_other_it_never_counts_beside(desk):
    text = (desk / "params/my-communities.yaml").read_text("utf-8")
    assert "# Alternative: only one of the two counts, this line or “Paid clicks avoided”." in text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["my-communities.yaml", "--template", "communities"], "already exists"),
        (["a.yaml"], "add --template with one of advocacy, communities, "),
        (["a.yaml", "--template", "comunities"], "did you mean 'communities'?"),
        (["a.yaml", "--template", "../nowhere"], "must be a folder with template.ipynb and inputs.yaml"),
        (["a.txt", "--template", "communities"], "for example a.yaml"),
        (["my-communities.yaml/a.yaml", "--template", "communities"], "can't be written"),
        ([], "FILE"),
    ],
)
def test_misuse_is_told_and_writes_nothing(desk, arguments, message):
    before = {path: path.stat().st_mtime_ns for path in (desk / "params").rglob("*") if path.is_file()}
    done = invoke("new", *arguments, cwd=desk / "params")
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert before == {
        path: path.stat().st_mtime_ns for path in (desk / "params").rglob("*") if path.is_file()
    }


def test_a_template_by_path_is_named_by_the_way_to_it(desk):
    shutil.copytree(ROOT / "tests/templates/tiny", desk / "elsewhere/tiny")
    done = invoke("new", "deep/er/acme.yaml", "--template", "./elsewhere/tiny", cwd=desk)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["deep/er/acme.yaml", "deep/er/.schema/tiny.json"]
    assert 'template: "../../elsewhere/tiny"' in (desk / "deep/er/acme.yaml").read_text("utf-8")
    assert invoke("check", "deep/er/acme.yaml", cwd=desk).returncode == 0


@pytest.mark.parametrize("stem", ["no", "123", 'o\'neill & "sons"', "中国"])
def test_a_client_s_name_is_the_file_s_whatever_it_is(tmp_path, stem):
    path = tmp_path / f"{stem}.yaml"
    template = find_template("tiny", start=ROOT / "tests")
    path.write_text(parameter_text(template, path, schema="x.json"), encoding="utf-8")
    assert read_parameters(path).client.name == client_name(path)


def test_a_schema_is_printed_or_written(desk):
    printed = invoke("schema", "communities", cwd=desk)
    assert json.loads(printed.stdout)["properties"]["template"]["examples"] == ["communities"]
    written = invoke("schema", "communities", "--output", "some/where.json", cwd=desk)
    assert written.stdout == "some/where.json\n"
    assert (desk / "some/where.json").read_text("utf-8") == printed.stdout
    unknown = invoke("schema", "comunities", cwd=desk)
    assert (unknown.returncode, unknown.stdout) == (2, "")
    assert "did you mean 'communities'?" in unknown.stderr
