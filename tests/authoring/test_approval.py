"""`casebook approve`: what was approved is kept, and told apart from a better model and what happened."""

from __future__ import annotations

import contextlib
import hashlib
import json
import shutil
from pathlib import Path

import pytest

from casebook.authoring.approval import with_approval
from casebook.authoring.scaffold import parameter_text
from casebook.authoring.static_check import approval_problems
from casebook.errors import InputError
from casebook.schema.reader import read_parameters
from casebook.schema.templates import find_template
from casebook.schema.yaml_source import read_yaml
from tests.command import invoke
from tests.conftest import ROOT, notebook_file, run_template

INPUTS = """\
title: Calls
inputs:
  calls: {label: Calls, unit: contacts/year, example: 1_000}
  cost: {label: Cost, unit: currency/contact, example: 10}
  team: {label: Team, unit: currency/year, example: 2_000}
"""
CASE = "from casebook import Case, cumulative\ncase = Case.from_parameters(globals())\nx = case.inputs\n"
THEN = 'case.benefit("Fewer calls", kind="cash saving", annual=x.calls * x.cost)\n'
NOW = THEN.replace("x.calls *", "0.75 * x.calls *")
TEAM = 'case.cost("Team", category="people", annual=x.team)'
FILE = """\
# Acme, as agreed with Finance.
template: calls
client: {name: Acme}
years: 2
discount_rate: 10%
start: 2026-01
inputs:
  calls: 1_000    # from the telephone system
  cost: {value: 10, low: 8, high: 13}
  team: 2_000
actuals:
  inputs:
    calls: {2026-Q1: 800}
"""
WORTH = 8_000 / 1.1 + 8_000 / 1.21
"""10,000 a year less 2,000 for the team."""


def template(folder: Path, *lines: str) -> None:
    place = folder / "templates/calls"
    place.mkdir(parents=True, exist_ok=True)
    (place / "inputs.yaml").write_text(INPUTS, encoding="utf-8")
    notebook_file(place / "template.ipynb", CASE, *lines, "case.summary()", "case.outlook()")


@pytest.fixture(scope="module")
def approved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a file that was approved, by the command."""
    folder = tmp_path_factory.mktemp("approved")
    template(folder, THEN, TEAM)
    (folder / "params").mkdir()
    (folder / "params/acme.yaml").write_text(FILE, encoding="utf-8")
    done = invoke("approve", "params/acme.yaml", cwd=folder)
    assert (done.returncode, done.stdout) == (0, "params/approved/acme-calls.json\n"), done.stderr
    assert done.stderr == "approved with a net present value of 13,884; params/acme.yaml now refers to it\n"
    return folder


@pytest.fixture
def desk(approved, tmp_path, monkeypatch) -> Path:
    """A copy of it, to change; gives the parameter file."""
    shutil.copytree(approved, tmp_path / "desk")
    monkeypatch.chdir(tmp_path / "desk")
    return Path("params/acme.yaml")


def test_the_file_names_the_record_and_is_otherwise_what_it_was(desk):
    content = (desk.parent / "approved/acme-calls.json").read_bytes()
    entry = "  approved:\n    record: approved/acme-calls.json\n"
    entry += f"    sha256: {hashlib.sha256(content).hexdigest()}\n"
    assert desk.read_text("utf-8") == FILE.replace("actuals:\n", f"actuals:\n{entry}")


def test_the_record_is_that_of_the_plan(desk):
    record = json.loads((desk.parent / "approved/acme-calls.json").read_bytes())
    assert record["result"]["net_present_value"] == pytest.approx(WORTH)
    assert (record["follow_up"], record["parameters"]["text"]) == (None, FILE)


def test_a_case_is_approved_once(desk):
    done = invoke("approve", str(desk), cwd=Path.cwd())
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "params/acme.yaml: the case has already been approved: approved/acme-calls.json\n"
        "  hint: to approve it again, take approved: out of the file and move the old record away\n"
    )
    desk.write_text(FILE, encoding="utf-8")
    done = invoke("approve", str(desk), cwd=Path.cwd())
    assert "already exists\n  hint: move the old record away first" in done.stderr
    assert desk.read_text("utf-8") == FILE


def test_as_long_as_nothing_changes_the_plan_is_what_was_approved(desk):
    case = run_template(read_parameters(desk))
    found = case.record().to_json()["follow_up"]["approved"]
    assert found["net_present_value"] == pytest.approx(WORTH)
    assert found["change_of_model"] == pytest.approx(0, abs=1e-9)
    shown = repr([case.summary(), case.outlook()])
    assert "This page shows the case as approved." in shown and "Change of the model" not in shown


def test_a_better_model_rewrites_nothing_and_is_told_apart_from_what_happened(desk):
    """A quarter of the calls come back, says the model now: 7,500 a year. Actual calls were a fifth fewer."""
    template(Path(), NOW, TEAM)
    case = run_template(read_parameters(desk))
    found = case.record().to_json()["follow_up"]
    plan = 5_500 / 1.1 + 5_500 / 1.21
    happened = -1_500 / 4 / 1.1  # a fifth of 7,500, for a quarter
    assert found["approved"]["net_present_value"] == pytest.approx(WORTH)
    assert found["approved"]["change_of_model"] == pytest.approx(plan - WORTH)
    adds = {"Fewer calls": 10_000 / 1.1 + 10_000 / 1.21, "Team": -2_000 / 1.1 - 2_000 / 1.21}
    assert found["approved"]["adds"] == pytest.approx(adds)
    assert found["outlooks"]["to_plan"]["net_present_value"] == pytest.approx(plan + happened)
    assert sum(found["outlooks"]["to_plan"]["changes"].values()) == pytest.approx(happened)
    line = next(each for each in found["lines"] if each["name"] == "Fewer calls")
    assert (line["planned"], line["actual"]) == pytest.approx((1_875, 1_500))
    shown = repr([case.summary(), case.outlook()])
    assert "This page shows the case as computed today, not as approved." in shown
    assert "What the change of the model does to the approved case" in shown


def test_another_input_in_the_file_is_no_other_plan(desk):
    """Calls are 2,000 in the file now, and cost more; the plan and its ranges are the approved ones."""
    text = desk.read_text("utf-8").replace("calls: 1_000 ", "calls: 2_000 ")
    desk.write_text(text.replace("{value: 10, low: 8, high: 13}", "12"), encoding="utf-8")
    case = run_template(read_parameters(desk))
    found = case.record().to_json()["follow_up"]
    assert case.result.net_present_value == pytest.approx(22_000 / 1.1 + 22_000 / 1.21)
    assert found["approved"]["plan"]["net_present_value"] == pytest.approx(WORTH)
    assert found["inputs"][0]["planned"] == 1_000
    ends = found["outlooks"]["to_plan"]["simulation"]["net_present_value"]
    assert ends["p5"] < WORTH < ends["p95"]


def test_before_anything_was_measured_page_1_says_what_was_approved(desk):
    template(Path(), NOW, TEAM)
    text = desk.read_text("utf-8")
    desk.write_text(
        text[: text.index("  inputs:\n    calls")].replace("start: 2026-01\n", ""), encoding="utf-8"
    )
    case = run_template(read_parameters(desk))
    assert case.record().to_json()["follow_up"] is None
    shown = repr(case.summary())
    assert "with a net present value of $9,545; $13,884 was approved" in shown


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("years: 2", "years: 3", "years is 3, and the case was approved with 2 (approved/acme-calls.json)"),
        (
            "discount_rate: 10%",
            "discount_rate: 10%\ncurrency: EUR",
            "currency is EUR, and the case was approved with USD (approved/acme-calls.json)",
        ),
    ],
)
def test_another_case_is_not_held_to_what_was_approved(desk, old, new, said):
    text = desk.read_text("utf-8").replace(old, new)
    desk.write_text(text, encoding="utf-8")
    line = 1 + text[: text.index("record:")].count("\n")
    assert [str(each) for each in approval_problems(read_parameters(desk))] == [
        f"params/acme.yaml:{line}: {said}\n"
        f"  hint: put {said.split()[0]} back; or take actuals.approved out, and approve the case anew"
    ]


NO_RECORD = "approved/acme-calls.json is not a case record"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[]", f"{NO_RECORD}: its format is not casebook.record"),
        ('{"format": "other"}', f"{NO_RECORD}: its format is not casebook.record"),
        ("{", f"{NO_RECORD}: its format is not casebook.record"),
        ('{"format": "casebook.record", "version": 1}', f"{NO_RECORD}: it has no template"),
        (
            '{"format": "casebook.record", "version": 99, "template": {"name": "calls"}, "currency": "USD", '
            '"years": 2}',
            "approved/acme-calls.json was written by a newer casebook (record version 99; this one reads 1)",
        ),
    ],
)
def test_what_is_no_record_is_said_so(desk, content, said):
    record = desk.parent / "approved/acme-calls.json"
    before = hashlib.sha256(record.read_bytes()).hexdigest()
    record.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match="is not what was approved: its SHA-256 is"):
        read_parameters(desk)
    now = hashlib.sha256(record.read_bytes()).hexdigest()
    desk.write_text(desk.read_text("utf-8").replace(before, now), encoding="utf-8")
    (problem,) = approval_problems(read_parameters(desk))
    assert problem.message == said


def test_a_working_copy_finds_the_record(desk):
    done = invoke("edit", "calls", "--client", "acme", cwd=Path.cwd())
    assert done.returncode == 0, done.stderr
    folder = Path("work/acme/calls")
    with contextlib.chdir(folder):
        case = run_template(None, template=find_template(".", start=Path()))
    assert case.study.approval.net_present_value == pytest.approx(WORTH)


PLAIN = FILE[: FILE.index("actuals:")]
TEXTS = {
    **{path.stem: path.read_text("utf-8") for path in sorted((ROOT / "params").glob("*.yaml"))},
    "new": parameter_text(
        find_template("communities", start=ROOT), ROOT / "params/new.yaml", schema="x.json"
    ),
    "no actuals": PLAIN,
    "no line end": PLAIN.rstrip("\n"),
    "an empty heading": f"{PLAIN}actuals:\nstory: {{note: Hello}}\n",
    "a heading with a remark": f"{PLAIN}actuals:      # nothing yet\n  #lines:\n\nstory:\n  note: Hello\n",
    "the last line": f"{PLAIN}actuals:",
    "null": f"{PLAIN}actuals: null   # nothing yet\n",
    "an empty mapping": f"{PLAIN}actuals: {{}} # nothing yet\nreview: {{}}\n",
    "a flow mapping": f"{PLAIN}actuals: {{through: 2026-03, inputs: {{calls: {{2026-Q1: 800}}}}}}\n",
    "lines of Windows": FILE.replace("\n", "\r\n"),
    "four blanks": FILE.replace("    calls: {", "        calls: {").replace(
        "  inputs:\n     ", "    inputs:\n     "
    ),
    "JSON": json.dumps(read_yaml(FILE).value),
    "JSON without actuals": json.dumps(read_yaml(PLAIN).value),
    "JSON without any": json.dumps({**read_yaml(PLAIN).value, "actuals": {}}, indent=1),
    "JSON with null": json.dumps({**read_yaml(PLAIN).value, "actuals": None, "years": 3}),
}


@pytest.mark.parametrize("name", TEXTS)
def test_any_file_can_name_a_record_and_loses_nothing(name):
    text = TEXTS[name]
    values = read_yaml(text).value
    if (values.get("actuals") or {}).get("approved"):
        kept = [
            line
            for line in text.splitlines(keepends=True)
            if not line.lstrip().startswith(("record:", "sha256:"))
        ]
        text = "".join(kept).replace("  approved:\n", "")
        values = read_yaml(text).value
    found = with_approval(text, "approved/a.json", "6f")
    assert found is not None
    entry = {"record": "approved/a.json", "sha256": "6f"}
    assert read_yaml(found).value == {
        **values,
        "actuals": {**(values.get("actuals") or {}), "approved": entry},
    }
    # Every line that was there still is, in order, but one that said there was nothing.
    left = iter(found.splitlines())
    lost = [line for line in text.splitlines() if not any(line in each for each in left)]
    assert not lost or ("JSON" in name or name in ("null", "an empty mapping", "a flow mapping"))
