"""Parameters: what a file, an option or a notebook's cell gives, and what is said where it is wrong."""

import dataclasses
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from casebook.errors import InputError
from casebook.schema.inputs import InputValue
from casebook.schema.parameters import KEYS, Client
from casebook.schema.reader import parse_parameters, read_parameters
from casebook.schema.story import Story

HERE = Path(__file__).parent
INVALID = HERE / "invalid"
VALID = INVALID / "valid.yaml"
GIVEN = {"template": "../templates/tiny", "client": {"name": "Example Air"}}


@pytest.fixture
def file(tmp_path):
    """A place for a parameter file, beside copies of what the valid one refers to."""
    shutil.copytree(HERE / "templates", tmp_path / "templates")
    (tmp_path / "params").mkdir()
    shutil.copy(INVALID / "logo.svg", tmp_path / "params")
    return tmp_path / "params" / "acme.yaml"


def error(path: Path, **overrides: str) -> str:
    with pytest.raises(InputError) as caught:
        read_parameters(path, overrides={name.replace("__", "."): text for name, text in overrides.items()})
    assert caught.value.exit_code == 2
    return str(caught.value)


def cell_error(**values: object) -> str:
    with pytest.raises(InputError) as caught:
        parse_parameters({**GIVEN, **values}, folder=INVALID)
    return str(caught.value)


# Files


def test_the_valid_file_gives_all_parameters():
    found = read_parameters(VALID)
    assert found.client == Client("Example Air", INVALID / "logo.svg", "#0a5")
    assert (found.currency, found.locale, found.years, found.discount_rate) == ("EUR", "de_DE", 3, 0.08)
    assert found.inputs == {
        "calls": InputValue(1.2e6, "Call report 2025, p. 4", "measured", "without sales calls"),
        "minutes_saved": InputValue((0.5, 1, 1.25)),
        "minute_cost": InputValue(0.9),
        "adoption": InputValue(1, None, "assumption", None, "default"),
        "repeat_calls": InputValue(0.125),
    }
    assert list(found.inputs) == ["calls", "minutes_saved", "minute_cost", "adoption", "repeat_calls"]
    assert dataclasses.asdict(found.story.kpis[0]) == {
        **dict.fromkeys(("actual", "standing", "watches")),
        "key": "minutes-a-call",
        "name": "Minutes a call",
        "baseline": "9",
        "target": "8.50",
        "by": "2026-12-31",
        "source": "call report",
    }
    assert found.document["date"] == "2026-01-15"
    assert found.text == VALID.read_text()
    assert found.path == VALID
    assert set(found.values) < set(KEYS)


def test_what_is_injected_gives_the_same_parameters_again():
    found = read_parameters(VALID)
    again = parse_parameters(found.values, folder=INVALID)
    assert again.values == found.values
    for name in ("client", "currency", "locale", "years", "discount_rate", "inputs", "story", "document"):
        assert getattr(again, name) == getattr(found, name)


def test_papermill_carries_the_values_unchanged(file):
    from papermill.translators import PythonTranslator

    text = VALID.read_text().replace("Example Air", "'\\\"><script>{0}\\n%s $@ `#panic(1)`{=typst} אבג'")
    file.write_text(text)
    values = read_parameters(file).values
    namespace: dict[str, object] = {}
    exec(PythonTranslator.codify(values), namespace)  # what a kernel does with the injected cell
    assert {name: namespace[name] for name in values} == values


def test_plain_papermill_reads_the_same_figures():
    from papermill.iorw import read_yaml_file

    found = read_parameters(VALID)
    read = parse_parameters(read_yaml_file(str(VALID)), folder=INVALID)
    assert (read.inputs, read.discount_rate, read.years) == (found.inputs, found.discount_rate, found.years)


def test_no_message_shows_a_machine_path(monkeypatch):
    monkeypatch.chdir(INVALID)
    assert error((INVALID / "057-discount-8.yaml").resolve()).startswith("057-discount-8.yaml:10: ")


def test_a_file_that_is_not_there_or_no_file(tmp_path):
    assert error(tmp_path / "none.yaml").endswith("none.yaml: there is no such file")
    assert "folder" in error(tmp_path)
    assert error(Path("a\x00b")).endswith("the file can't be opened")


def test_a_logo_must_be_a_file_of_bearable_size(file):
    file.write_text(VALID.read_text())
    logo = file.with_name("logo.svg")
    logo.write_bytes(b"x" * 1_200_000)
    assert "client.logo is 'logo.svg' with 1.2 MB; must be at most 1 MB" in error(file)
    logo.unlink()
    logo.mkdir()
    assert "client.logo is 'logo.svg', which is a folder" in error(file)


def test_a_heading_with_nothing_under_it_is_an_empty_section(file):
    text = VALID.read_text()
    file.write_text(text[: text.index("story:")] + "story:\n  # note:\ndocument:\nscenarios:\nreview: {}\n")
    found = read_parameters(file)
    assert (found.story, found.document) == (Story(), {})
    assert found.values["scenarios"] == found.values["story"] == {}


def test_a_name_that_another_template_has(file):
    shutil.copytree(file.parent.parent / "templates" / "tiny", file.parent.parent / "templates" / "letters")
    declarations = file.parent.parent / "templates" / "letters" / "inputs.yaml"
    declarations.write_text(declarations.read_text().replace("  adoption:", "  postage:"))
    file.write_text(VALID.read_text().replace("minute_cost: 0.90", "postage: 0.90"))
    assert "hint: postage is an input of the template letters; this file's is tiny" in error(file)


def test_a_broken_template_is_reported_with_the_file(file):
    declarations = file.parent.parent / "templates" / "tiny" / "inputs.yaml"
    declarations.write_text(declarations.read_text().replace("unit: share", "unti: share", 1))
    file.write_text(VALID.read_text().replace("years: 3", "years: 0"))
    found = error(file).splitlines()
    assert "inputs.yaml:26: adoption has no key 'unti'" in found[0]
    assert found[2].endswith("acme.yaml:9: years is 0; must be a whole number between 1 and 50")


def test_a_file_must_give_an_input_even_where_all_have_defaults(file):
    """Empty inputs make the notebook compute on examples, which no client's report may do."""
    declarations = file.parent.parent / "templates" / "tiny" / "inputs.yaml"
    text = declarations.read_text()
    declarations.write_text(
        text.replace("example: 120_000", "optional: true").replace("example: [", "default: [", 1)
    )
    declarations.write_text(declarations.read_text().replace("default: [0.5, 1, 1]", "optional: true"))
    file.write_text("template: tiny\nclient: {name: A}\ninputs: {}\n")
    assert "acme.yaml:3: no input is given; at least one is required" in error(file)
    assert read_parameters(file, overrides={"calls": "5"}).inputs["calls"].value == 5


def test_a_default_by_year_needs_as_many_years(file):
    declarations = file.parent.parent / "templates" / "tiny" / "inputs.yaml"
    declarations.write_text(declarations.read_text().replace("default: 100%", "default: [50%, 100%]"))
    file.write_text(VALID.read_text())
    assert "adoption has default values for 2 years only; years is 3" in error(file)


# --set


def test_an_override_replaces_a_value_and_keeps_its_source():
    overrides = {
        "calls": "5",
        "minutes_saved": "[1, 2]",
        "training_cost": "1e4",
        "years": "2",
        "discount_rate": "12%",
        "currency": "CHF",
        "client.name": "Smith: & #1 Sons",
        "client.colour": "#abc",
        "document.paper": "us-letter",
    }
    found = read_parameters(VALID, overrides=overrides)
    assert found.inputs["calls"] == InputValue(
        *(5, "Call report 2025, p. 4", "measured", "without sales calls"), override=True
    )
    assert found.inputs["minutes_saved"].value == (1, 2)
    assert found.inputs["training_cost"].value == 1e4
    assert (found.years, found.discount_rate, found.currency) == (2, 0.12, "CHF")
    assert found.client == Client("Smith: & #1 Sons", INVALID / "logo.svg", "#abc")
    assert found.values["inputs"]["calls"]["value"] == 5
    assert [name for name, given in found.inputs.items() if given.override] == [
        *("calls", "minutes_saved", "training_cost")
    ]
    assert found.values["document"]["paper"] == "us-letter"
    assert parse_parameters(found.values, folder=INVALID).inputs == found.inputs
    assert read_parameters(VALID).inputs["calls"].value == 1.2e6


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("cals", "5", "'cals' is not a value that can be set\n  hint: did you mean 'calls'?"),
        (
            "client.nam",
            "x",
            "'client.nam' is not a value that can be set\n  hint: did you mean 'client.name'?",
        ),
        ("story.note", "x", "'story.note' is not a value that can be set\n  hint: what can be set: calls"),
        ("template", "x", "no template is called 'x'"),
        ("", "x", "'' is not a value that can be set"),
        ("repeat_calls", "8", "repeat_calls is 8; must be a share between 0 and 1\n  hint: write 8% or 0.08"),
        ("inputs.repeat_calls", "8", "repeat_calls is 8; must be a share between 0 and 1"),
        ("minutes_saved", "[1, 2]", "minutes_saved has 2 entries; must have 3, one a year"),
        ("minutes_saved", "1,2,3", "minutes_saved is '1,2,3'; must be a number"),
        ("calls", "{value: 3}", "calls is set to a mapping; must be a number or a list"),
        ("calls", "", "calls is empty"),
        ("calls", "012", "calls is 012, which can be read as the number 12 or as the number 10"),
        ("calls", "[1", "this is not YAML"),
        ("calls", "a: b: c", "this is not YAML"),
        ("years", "&x 2", "the anchor &x is not allowed"),
        ("years", "9" * 5000, "years is 9999999999"),
        (
            "currency",
            "usd",
            "currency is 'usd'; must be an ISO 4217 currency code\n  hint: did you mean USD?",
        ),
        ("client.name", " ", "client.name is empty; must be text"),
        ("client.name", "\ud800", "client.name contains the invisible character U+D800"),
        ("client.logo", "none.png", "client.logo is 'none.png', which does not exist"),
        ("document.paper", "a5", "document.paper is 'a5'; must be one of a4, us-letter"),
    ],
)
def test_a_wrong_override_says_which_it_is(name, text, expected):
    with pytest.raises(InputError) as caught:
        read_parameters(VALID, overrides={name: text})
    (problem,) = caught.value.problems
    assert problem.where.startswith(f"--set {name}=")
    assert len(problem.where) < 100
    assert expected in str(problem)


def test_problems_of_overrides_follow_those_of_the_file():
    found = error(
        INVALID / "111-several-values.yaml", calls="x", document__paper="b5", discount_rate="9%"
    ).splitlines()
    places = [line.split(": ")[0].rpartition("invalid/")[2] for line in found if not line.startswith("  ")]
    assert places == [f"111-several-values.yaml:{line}" for line in (9, 11, 13)] + [
        "--set calls=x",
        "--set document.paper=b5",
    ]


# A notebook's cell


def test_the_untouched_template_stands_on_examples():
    found = parse_parameters({**GIVEN, "inputs": {}}, folder=INVALID)
    assert {name: (value.value, value.origin) for name, value in found.inputs.items()} == {
        "calls": (120_000, "example"),
        "minutes_saved": ((0.5, 1, 1), "example"),
        "minute_cost": (0.8, "default"),
        "adoption": (1, "default"),
        "training_cost": (25_000, "example"),
    }
    assert (found.text, found.path, found.years, found.discount_rate) == (None, None, 3, 0.1)


def test_a_notebook_that_gives_an_input_must_give_all_that_are_required():
    assert cell_error(inputs={"calls": 5}) == (
        "parameters: minutes_saved is missing: Minutes saved on a call, minutes/call\n"
        "  hint: add it under inputs:, for example minutes_saved: [0.5, 1, 1]"
    )


def test_numbers_of_any_kind_are_taken():
    import numpy as np

    inputs = {"calls": np.int64(5), "minutes_saved": (np.float64(1), "2", 3)}
    found = parse_parameters({**GIVEN, "inputs": inputs, "years": np.int8(3)}, folder=INVALID)
    assert found.inputs["minutes_saved"].value == (1, 2, 3)
    assert type(found.values["inputs"]["calls"]) is int
    assert type(found.values["years"]) is int


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (
            {"discount_rate": 8},
            "discount_rate is 8; must be a share between 0 and 1\n  hint: write 8% or 0.08",
        ),
        ({"discount_rate": -1}, "discount_rate is -1; must be a share between 0 and 1"),
        ({"years": True}, "years is true; must be a whole number between 1 and 50"),
        ({"years": 10**400}, "years is a number of more than 60 digits; must be a whole number"),
        ({"discount_rate": float("nan")}, "discount_rate is nan; must be a share between 0 and 1"),
        ({"client": "A"}, "client is 'A'; must be a mapping with name"),
        ({"client": {"name": "a\nb"}}, "client.name has a line break; must be one line"),
        ({"client": {1: 2}}, "client has the key 1; a key is text"),
        ({"story": {"goals": {"a"}}}, "story.goals is a set; must be text, a number, a list or a mapping"),
        (
            {"story": {"kpis": [{"nme": "x"}]}},
            "story.kpis, item 1 has no key 'nme'\n  hint: did you mean 'name'?",
        ),
        ({"story": {"note": "\x07"}}, "story.note contains the control character U+0007"),
        ({"document": {"date": 3}}, "document.date is 3; must be a date"),
        ({"inputs": [1]}, "inputs is a list of 1; must be a mapping"),
        (
            {"actuals": {"a": 1}},
            "actuals has no key 'a'\n  hint: the keys are through, inputs, lines, approved",
        ),
        (
            {"start": "2026-01", "actuals": {"through": "2026-03"}},
            "actuals names neither inputs nor lines\n  hint: add inputs: or",
        ),
        ({"start": 2026}, "start is 2026; must be a month\n  hint: write YYYY-MM"),
        (
            {"start": "2026-01", "actuals": {"lines": {"A": {2026: 1}}}},
            "actuals.lines.A has the key 2026; a key",
        ),
        (
            {"story": {"kpis": [{"name": "x", "standing": "late"}]}},
            "story.kpis, item 1: standing is 'late'; must be one of ahead, on plan, behind, well behind",
        ),
        ({"yeras": 3}, "no parameter is called 'yeras'\n  hint: did you mean 'years'?"),
        ({"template": None}, "template is empty; must be text"),
    ],
)
def test_a_wrong_value_in_a_cell_is_reported(values, expected):
    assert cell_error(**values).startswith(f"parameters: {expected}")


def test_checking_needs_no_slow_import():
    code = (
        "import sys; from pathlib import Path; from casebook.schema.reader import read_parameters;"
        f"read_parameters(Path({str(VALID)!r}));"
        "slow = {'pydantic', 'papermill', 'numpy', 'nbformat', 'matplotlib'};"
        "print(sorted(slow & set(sys.modules)))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=HERE.parent
    )
    assert ran.stdout.strip() == "[]"


def test_a_default_in_dollars_is_no_default_in_euros():
    from tests.conftest import ROOT

    text = (ROOT / "params/airline.yaml").read_text(encoding="utf-8")
    parameters = {currency: read_parameters_of(text, currency) for currency in ("USD", "EUR")}
    assert parameters["USD"].inputs["cost_from"].value == 8.01
    assert "cost_from" not in parameters["EUR"].inputs


def read_parameters_of(text: str, currency: str):
    from ruamel.yaml import YAML

    from casebook.schema.reader import parse_parameters
    from tests.conftest import ROOT

    values = YAML(typ="safe").load(text)
    return parse_parameters({**values, "currency": currency}, folder=ROOT / "params")


@pytest.mark.parametrize(("currency", "left"), [("USD", None), ("EUR", "--set minute_cost.low=0.6")])
def test_no_range_is_put_round_a_default_of_another_currency(currency, left, file):
    """0.8 dollars a minute are no euros, neither by themselves nor with a range of their own."""
    text = f"template: tiny\nclient: {{name: A}}\ncurrency: {currency}\n"
    file.write_text(text + "inputs: {calls: 5, minutes_saved: 1}\n")
    overrides = {"minute_cost.low": "0.6", "minute_cost.high": "0.9"}
    if left is None:
        assert read_parameters(file, overrides=overrides).inputs["minute_cost"].low == 0.6
    else:
        message = f"{left}: minute_cost has no value to put a range around"
        assert message in error(file, **{name.replace(".", "__"): text for name, text in overrides.items()})


def test_shares_of_one_whole_are_held_together_on_the_command_line():
    found = error(INVALID / "valid-wholes.yaml", share_answered_fast="70%", share_answered_same_hour="60%")
    for name, other in (("fast is 70%", "same_hour 60%"), ("same_hour is 60%", "fast 70%")):
        assert f"share_answered_{name}; with share_answered_{other} that is 130% of all answers" in found
    assert "--set share_answered_fast=70%: " in found


def test_a_report_reads_its_file_once_and_again_only_where_it_changed(file, monkeypatch):
    from casebook import report

    file.write_text(VALID.read_text())
    checked = report.check(file, {})
    with monkeypatch.context() as patch:
        patch.setattr(report, "read_parameters", None)
        assert report.sources_of(file, {}, checked)[0] is checked.parameters
    file.write_text(VALID.read_text().replace("discount_rate: 8%", "discount_rate: 7%"))
    parameters, sources = report.sources_of(file, {}, checked)
    assert parameters.discount_rate == 0.07
    assert sources.parameters != checked.file
