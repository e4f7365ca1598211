"""Template folders: how they are found, and what is wrong in an inputs.yaml."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from casebook.errors import InputError
from casebook.schema.templates import Range, find_template, list_templates
from casebook.schema.wording import display
from tests.conftest import ROOT

TINY = Path(__file__).parent / "templates" / "tiny"


@pytest.fixture
def tiny(tmp_path):
    """A copy of the template that a test may change."""
    return Path(shutil.copytree(TINY, tmp_path / "templates" / "tiny"))


def problems(folder: Path) -> str:
    with pytest.raises(InputError) as caught:
        find_template(".", start=folder)
    return str(caught.value)


def test_a_template_is_found_by_name_from_below_and_by_path(tiny, tmp_path):
    below = tmp_path / "params" / "north"
    below.mkdir(parents=True)
    for name, start in [("tiny", below), ("tiny", tiny), ("../../templates/tiny", below), (".", tiny)]:
        template = find_template(name, start=start)
        assert template.name == "tiny"
        assert template.folder.samefile(tiny)
        assert template.notebook.is_file()
        assert template.title == "Shorter calls"


def test_the_nearest_templates_folder_counts(tiny, tmp_path):
    (tmp_path / "inner" / "templates").mkdir(parents=True)
    with pytest.raises(InputError, match="no template is called 'tiny'"):
        find_template("tiny", start=tmp_path / "inner")


@pytest.mark.parametrize("place", ["casebook/templates", "templates"])
def test_an_installed_package_has_templates_of_its_own(tiny, tmp_path, place):
    """A wheel has them in casebook/templates, as data beside its modules; a checkout beside casebook/."""
    site = tmp_path / "site"
    package = Path(find_template.__code__.co_filename).parents[1]
    shutil.copytree(package, site / "casebook", ignore=shutil.ignore_patterns("__pycache__", "assets"))
    shutil.copytree(tiny, site / place / "carried")
    code = "from pathlib import Path; from casebook.schema.templates import list_templates;"
    code += "print([template.name for template in list_templates(Path())])"
    ran = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": str(site)},
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
    )
    assert ran.stdout.strip() == "['carried', 'tiny']"


def test_what_came_with_the_installation_is_found_from_anywhere(tmp_path):
    """Also where a templates/ above has others; one of the same name that is nearer comes first."""
    ours = ROOT / "templates" / "social-care"
    assert find_template("social-care", start=tmp_path).folder.samefile(ours)
    nearer = tmp_path / "templates"
    nearer.mkdir()
    assert find_template("social-care", start=tmp_path).folder.samefile(ours)
    shutil.copytree(ours, nearer / "social-care")
    assert find_template("social-care", start=tmp_path).folder.samefile(nearer / "social-care")


def test_inputs_keep_the_order_of_the_file_and_know_their_presence():
    template = find_template("tiny", start=TINY)
    assert {name: declared.presence for name, declared in template.inputs.items()} == {
        "calls": "required",
        "minutes_saved": "required",
        "minute_cost": "default",
        "adoption": "default",
        "training_cost": "optional",
        "repeat_calls": "optional",
    }
    assert template.inputs["calls"].bounds == (0, 1e9)
    assert template.inputs["minutes_saved"].bounds == (0, None)
    assert template.inputs["minutes_saved"].example == (0.5, 1, 1)
    assert template.inputs["adoption"].bounds == (0, 1)
    assert template.inputs["adoption"].default == 1
    assert template.inputs["minute_cost"].source == "Industry survey, 2025"
    assert template.inputs["adoption"].example_text == "100%"
    assert template.inputs["adoption"].default_range is None


def test_a_default_and_an_example_may_have_a_range(tiny):
    text = (tiny / "inputs.yaml").read_text()
    text = text.replace("default: 0.8", "default: {value: 0.8, low: 0.6, high: 1.2, distribution: lognormal}")
    text = text.replace(
        "example: [0.5, 1, 1]", "example: {value: [0.5, 1, 1], low: [0, 0, 0.5], high: [1, 2, 2]}"
    )
    (tiny / "inputs.yaml").write_text(text.replace("default: 100%", "default: {value: 100%}"))
    inputs = find_template(".", start=tiny).inputs
    assert (inputs["minute_cost"].default, inputs["minute_cost"].presence) == (0.8, "default")
    assert inputs["minute_cost"].default_range == Range(0.6, 1.2, "lognormal")
    assert inputs["minutes_saved"].example_range == Range((0, 0, 0.5), (1, 2, 2), "pert")
    assert inputs["minutes_saved"].example_text == "[0.5, 1, 1]"
    assert (inputs["adoption"].default, inputs["adoption"].default_range) == (1, None)


@pytest.mark.usefixtures("no_installed_templates")
def test_an_unknown_name_gets_the_nearest_one_and_all(tiny, tmp_path):
    shutil.copytree(tiny, tiny.with_name("other"))
    with pytest.raises(InputError) as caught:
        find_template("tinny", start=tmp_path)
    assert str(caught.value) == (
        "no template is called 'tinny'\n  hint: did you mean 'tiny'? the templates are other, tiny, in "
        f"{display(tmp_path / 'templates')}"
    )
    with pytest.raises(InputError, match=r"no templates/ with one (in|at or above)"):
        find_template("tinny", start=Path("/"))


@pytest.mark.parametrize(
    "name", ["./nothing", "../" * 60 + "x", "./" + "x" * 5000, "./a\x00b", "/", "a" * 5000]
)
def test_a_path_that_leads_nowhere_is_an_input_error(name, tiny):
    with pytest.raises(InputError):
        find_template(name, start=tiny)


@pytest.mark.usefixtures("no_installed_templates")
def test_all_templates_are_listed_and_all_their_problems(tiny, tmp_path):
    (tiny.parent / "no-template").mkdir()
    assert [template.name for template in list_templates(tmp_path)] == ["tiny"]
    for name in ("one", "two"):
        shutil.copytree(tiny, tiny.with_name(name))
        (tiny.with_name(name) / "inputs.yaml").write_text("title: One\n")
    with pytest.raises(InputError) as caught:
        list_templates(tmp_path)
    assert [problem.message for problem in caught.value.problems] == ["the file has no inputs"] * 2


def test_the_digest_says_what_the_template_says(tiny):
    template = find_template(".", start=tiny)
    digest = template.digest()
    notebook = json.loads(template.notebook.read_text())
    code = notebook["cells"][1]
    code["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "ran"}]
    code["execution_count"] = 3
    code["metadata"]["collapsed"] = True
    code["source"] = "".join(code["source"])
    notebook["metadata"]["language_info"]["version"] = "3.14"
    template.notebook.write_text(json.dumps(notebook))
    assert template.digest() == digest
    code["source"] += "\n"
    template.notebook.write_text(json.dumps(notebook))
    changed = template.digest()
    assert changed != digest
    code["metadata"]["tags"] = ["hide-input"]
    template.notebook.write_text(json.dumps(notebook))
    assert template.digest() != changed
    with (tiny / "inputs.yaml").open("a") as file:
        file.write("# more\n")
    assert template.digest() not in (digest, changed)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '{"cells": [{}]}', '{"cells": 3}', "[" * 100_000, "\xff"]
)
def test_a_broken_notebook_is_an_input_error(text, tiny):
    (tiny / "template.ipynb").write_text(text, encoding="latin-1")
    with pytest.raises(InputError, match=r"template\.ipynb: the file is not a notebook"):
        find_template(".", start=tiny).digest()


def test_a_folder_without_its_files_says_which(tiny):
    (tiny / "template.ipynb").unlink()
    assert "the template has no template.ipynb" in problems(tiny)


def test_files_are_named_as_one_would_type_them(tiny, tmp_path, monkeypatch):
    (tiny / "inputs.yaml").write_text("titel: One\ninputs: {}\n")
    monkeypatch.chdir(tmp_path)
    assert problems(tiny) == (
        "templates/tiny/inputs.yaml:1: the file has no key 'titel'\n  hint: did you mean 'title'?\n"
        "templates/tiny/inputs.yaml:2: inputs is empty; at least one input is required"
    )


MISTAKES = [
    # what stands in the right file, what stands there instead, what is said
    ("unit: calls/year", "unti: calls/year", "6: calls has no key 'unti'\n  hint: did you mean 'unit'?"),
    ("    unit: calls/year\n", "", "4: calls has no unit\n  hint: add unit:"),
    ("    label: Calls a year\n", "", "4: calls has no label\n  hint: add label:"),
    ("label: Calls a year", "label: ''", "5: label of calls is empty; must be text"),
    ("title: Shorter calls", "title: [a]", "1: title is a list of 1; must be text"),
    (
        "default: 0.8",
        "default: 0.8\n    bounds: [1, 2]",
        "22: default of minute_cost is 0.8; must be a number between 1 and 2",
    ),
    ("default: 100%", "default: 8", "29: default of adoption is 8; must be a share between 0 and 1"),
    ("default: 0.8", "default: 0.8 EUR", "22: default of minute_cost is '0.8 EUR'; must be a number"),
    ("default: 0.8", "default: {value: 0.8, low: 0.6}", "22: default of minute_cost has low but no high"),
    (
        "default: 0.8",
        "default: {low: 0.6, high: 1}",
        "22: default of minute_cost has no value\n  hint: add value:",
    ),
    (
        "default: 0.8",
        "default: {value: 0.8, low: 0.9, high: 1}",
        "22: low of default of minute_cost is 0.9; must be at most 0.8, the likely one",
    ),
    (
        "default: 0.8",
        "default: {value: 0.8, source: a study}",
        "22: default of minute_cost has no key 'source'\n  hint: the keys are value, low, high, distribution",
    ),
    (
        "default: 100%",
        "default: {value: 100%, low: 90%, high: 110%}",
        "29: high of default of adoption is 110%; must be a share between 0 and 1",
    ),
    (
        "example: [0.5, 1, 1]",
        "example: {value: [0.5, 1, 1], low: [0, 0], high: [1, 1]}",
        "14: low of example of minutes_saved has 2 entries, its value has 3; both must have one a year",
    ),
    (
        "example: [0.5, 1, 1]",
        "example: {value: [0.5, 1, 1], low: 0, high: 1}",
        "14: low of example of minutes_saved is one number; must be a list of 3, one a year",
    ),
    ("default: 0.8", "default: 0.8\n    optional: true", "23: minute_cost has a default and is optional"),
    ("    source: Industry survey, 2025\n", "", "21: default of minute_cost has no source"),
    (
        "evidence: benchmark",
        "evidence: benchmrk",
        "21: evidence of minute_cost is 'benchmrk'; must be one of measured",
    ),
    (
        "    currency: USD\n",
        "",
        "22: default of minute_cost is money without its currency\n"
        "  hint: add currency: with its code, such as USD; a case in another one then gives its own",
    ),
    (
        "currency: USD",
        "currency: dollar",
        "23: currency of minute_cost is 'dollar'; must be an ISO 4217 currency code",
    ),
    (
        "default: 100%",
        "default: 100%\n    currency: USD",
        "30: adoption has a currency, but its unit, share, is not money\n  hint: take the line out",
    ),
    (
        "    example: 120_000\n",
        "    example: 120_000\n    whole: calls\n",
        "6: calls is a share of 'calls'; its unit is calls/year\n  hint: write unit: share",
    ),
    ("    example: 120_000\n", "", "4: calls is required and has no example"),
    ("example: 120_000", "example: -1", "9: example of calls is -1; must be a number between 0 and 1e9"),
    ("example: [0.5, 1, 1]", "example: [0.5, x, 1]", "14: example of minutes_saved in year 2 is 'x'"),
    (
        "[0, 1_000_000_000]",
        "[9, 0]",
        "7: bounds of calls is [9, 0]; must be two different numbers, the lower one first",
    ),
    ("[0, 1_000_000_000]", "[0, 1, 2]", "7: bounds of calls is a list of 3; must be [low, high]"),
    ("[0, 1_000_000_000]", "[0, lots]", "7: bounds of calls is 'lots'; must be a number"),
    ("[0, 1_000_000_000]", "9", "7: bounds of calls is 9; must be [low, high]"),
    (
        "optional: true\n    example",
        "optional: perhaps\n    example",
        "33: optional of training_cost is 'perhaps'",
    ),
    ("  calls:\n", "  Calls:\n", "4: an input can't be called 'Calls'"),
    ("  calls:\n", "  call count:\n", "4: an input can't be called 'call count'"),
    ("  calls:\n", "  class:\n", "4: an input can't be called 'class'"),
    ("  calls:\n", "  years:\n", "4: an input can't be called 'years': the parameters cell has that name"),
    ("  calls:\n", "  note:\n", "4: an input can't be called 'note': a scenario's note has that name"),
    ("  calls:\n", "  calls: 3\n  others:\n", "4: calls is 3; must be a mapping with label and unit"),
    ("  minutes_saved:\n", "  calls:\n", "10: the key calls is given twice, first in line 4"),
    ("group: traditional", "group: no", "8: group of calls is no, which can be read as"),
    ("inputs:\n", "inputs: &all\n", "3: the anchor &all is not allowed"),
    (
        "title: Shorter calls\n",
        "title: Shorter: calls\n",
        "1: this is not YAML: mapping values are not allowed",
    ),
]


@pytest.mark.parametrize(("right", "wrong", "expected"), MISTAKES)
def test_a_mistake_in_inputs_yaml_is_reported_with_its_line(right, wrong, expected, tiny, monkeypatch):
    monkeypatch.chdir(tiny)
    text = (tiny / "inputs.yaml").read_text()
    assert text.count(right) == 1
    (tiny / "inputs.yaml").write_text(text.replace(right, wrong))
    assert problems(tiny).startswith(f"inputs.yaml:{expected}")


SHARES = """\
  fast: {label: Fast, unit: share, whole: all answers, example: 70%}
  late: {label: Late, unit: share, whole: all answers, default: 20%, evidence: assumption}
"""


@pytest.mark.parametrize(
    ("right", "wrong", "expected"),
    [
        ("default: 20%", "default: 30%", ""),
        (
            "default: 20%",
            "default: 40%",
            "39: fast is 70%; with late 40% that is 110% of all answers\n"
            "  hint: shares of one whole must add up to 100% at most\n"
            "inputs.yaml:40: late is 40%; with fast 70% that is 110% of all answers\n"
            "  hint: shares of one whole must add up to 100% at most",
        ),
        (
            "whole: all answers, default",
            "whole: al answers, default",
            "39: fast is the only share of 'all answers'; at least two are required\n"
            "  hint: did you mean 'al answers'?",
        ),
        (
            "whole: all answers, default",
            "default",
            "39: fast is the only share of 'all answers'; at least two are required\n"
            "  hint: give the other shares the same whole:",
        ),
    ],
)
def test_shares_of_one_whole_fit_together(right, wrong, expected, tiny, monkeypatch):
    monkeypatch.chdir(tiny)
    assert SHARES.count(right) == 1
    inputs, scales = Path("inputs.yaml").read_text("utf-8").split("\nscales:")
    text = f"{inputs}{SHARES.replace(right, wrong)}\nscales:{scales}"
    Path("inputs.yaml").write_text(text, encoding="utf-8")
    if expected:
        assert problems(tiny).startswith(f"inputs.yaml:{expected}")
    else:
        assert find_template(".", start=tiny).inputs["late"].whole == "all answers"


def test_a_default_of_nothing_is_the_same_in_every_currency(tiny):
    text = (tiny / "inputs.yaml").read_text()
    (tiny / "inputs.yaml").write_text(text.replace("default: 0.8\n    currency: USD", "default: 0"))
    assert find_template(".", start=tiny).inputs["minute_cost"].default == 0


def test_everything_wrong_in_inputs_yaml_is_reported_at_once(tiny):
    text = (tiny / "inputs.yaml").read_text()
    (tiny / "inputs.yaml").write_text(
        text.replace("unit: calls/year", "unti: x")
        .replace("100%", "200%")
        .replace("default: 0.8", "default: no")
    )
    lines = [line.split(":")[1] for line in problems(tiny).splitlines() if "inputs.yaml:" in line]
    assert lines == ["6", "22", "29"]
