"""The guide to writing a template is true: its walks, taken in order in an empty folder, end in a report."""

from __future__ import annotations

import csv
import inspect
import json
import re
import shlex
import subprocess
import sys
import textwrap
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from statistics import mean
from unittest import mock

import numpy as np
import pytest

import casebook
from casebook import Case, constant, measurement
from casebook.formula.evaluation import evaluate
from casebook.formula.expression import as_expression
from casebook.review import claim_rules, line_rules, result_rules
from casebook.schema.input_declarations import RAMP
from casebook.schema.reader import parse_parameters
from tests.conftest import ROOT, run

pytestmark = pytest.mark.unversioned

GUIDE = (ROOT / "templates/README.md").read_text(encoding="utf-8")


def blocks(*kinds: str) -> Iterator[tuple[str, str]]:
    """The blocks of these kinds in order: what stands behind the fence, and the text."""
    for kind, text in re.findall(r"^ *```(\w[^\n]*)\n(.*?)^ *```", GUIDE, flags=re.S | re.M):
        if kind in kinds:
            yield kind, textwrap.dedent(text)


def block(kind: str) -> str:
    """The only block of a kind."""
    ((_, text),) = blocks(kind)
    return text


def in_second_cell(notebook: Path, source: str) -> None:
    """Put code into the second cell of a notebook."""
    content = json.loads(notebook.read_text("utf-8"))
    content["cells"][1]["source"] = source
    notebook.write_text(json.dumps(content), encoding="utf-8")


def run_commands(text: str, folder: Path, *, fails: bool = False) -> list[str]:
    """Run the commands of a block; gives what each wrote to the terminal."""
    told = []
    for command in text.splitlines():
        program, *arguments = shlex.split(command)
        if program == "python":
            subprocess.run([sys.executable, *arguments], cwd=folder, check=True, timeout=60)
            continue
        assert program == "casebook"
        done = run(*arguments, cwd=folder)
        assert (done.returncode != 0) == fails, f"{command}\n{done.stdout}\n{done.stderr}"
        told.append(done.stdout + done.stderr)
    return told


@pytest.mark.slow
def test_the_first_walk_ends_in_a_report(tmp_path: Path):
    (tmp_path / "templates").mkdir()
    racks = tmp_path / "templates/bicycle-racks"
    said = []
    for kind, text in blocks("sh", "sh fails", "yaml", "python"):
        if kind == "yaml":
            (racks / "inputs.yaml").write_text(text, encoding="utf-8")
        elif kind == "python":
            in_second_cell(racks / "template.ipynb", text)
        else:
            said += run_commands(text, tmp_path, fails=kind == "sh fails")
    assert "template.ipynb, cell 2: no input is called 'people'" in said[2]
    assert "inputs.yaml:4: riders is declared but never used" in said[2]
    record = json.loads((tmp_path / "output/office/bicycle-racks.json").read_text("utf-8"))
    assert record["cash_flow"]["net"] == [-9000, 25_600, 25_600, 25_600]
    assert (tmp_path / "output/office/bicycle-racks.pdf").stat().st_size > 10_000
    done = run(*shlex.split(block("sh chapters"))[1:], cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "case.tornado()" in (tmp_path / done.stdout.strip()).read_text("utf-8")


@pytest.mark.slow
def test_the_second_walk_measures_what_a_count_by_hand_gives(tmp_path: Path):
    """Without casebook: events over the months between the first and the last, shares, means within kinds."""
    desk, notebook = "templates/help-desk/inputs.yaml", "templates/help-desk/template.ipynb"
    said = []
    for kind, text in blocks(
        "python make_tickets.py", f"yaml {desk}", f"python {notebook}", "yaml data", "sh help-desk"
    ):
        if kind == "yaml data":
            params = tmp_path / "params/desk.yaml"
            new = params.read_text("utf-8")
            assert "  #tickets: data/tickets.csv\n" in new
            params.write_text(new.replace("  #tickets: data", "  tickets: data"), encoding="utf-8")
            assert "  tickets: data/tickets.csv " in text
        elif kind == "sh help-desk":
            said += run_commands(text, tmp_path)
        elif kind.startswith("python templates"):
            in_second_cell(tmp_path / notebook, text)
        else:
            (tmp_path / kind.split()[1]).write_text(text, encoding="utf-8")
    record = json.loads((tmp_path / "output/desk/help-desk.json").read_text("utf-8"))
    tickets, saved, reopened = (record["inputs"][name] for name in ("tickets", "minutes_saved", "reopened"))
    with (tmp_path / "params/data/tickets.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    by_hand = counted(rows)
    assert (tickets["value"], saved["value"], reopened["value"]) == pytest.approx(by_hand[:3], rel=2e-3)
    year = by_hand[0] * 12 * (1 - by_hand[2]) * by_hand[1] / 60 * 36
    assert record["cash_flow"]["benefits"][1] == pytest.approx(year, rel=5e-3)
    prose = " ".join(GUIDE.split())
    assert f"handled with it took {by_hand[3]:.1f} minutes less" in prose
    assert f"the difference is {by_hand[1]:.1f} minutes, and that is what" in prose
    span = f"{saved['value']:.1f} minutes, between {saved['low']:.1f} and {saved['high']:.1f}"
    assert f"{tickets['value']:.0f} tickets a month; {span}, on 1,185 of 1,200 rows" in prose
    assert any("15 of 1,200 rows set aside: no value" in text for text in said)
    what_if = json.loads((tmp_path / "output/desk-what-if/help-desk.json").read_text("utf-8"))
    assert what_if["inputs"]["minutes_saved"]["value"] == 2


def counted(rows: list[dict[str, str]]) -> tuple[float, float, float, float]:
    """Tickets a month, minutes saved within kinds, share reopened with the tool, minutes saved in all."""
    times = sorted(datetime.fromisoformat(row["opened"]) for row in rows)
    months = (times[-1] - times[0]).total_seconds() / 86_400 / (365 / 12)
    by_kind: dict[tuple[str, str], list[float]] = defaultdict(list)
    for row in rows:
        if row["minutes"]:
            by_kind[row["kind"], row["handled"]].append(float(row["minutes"]))
    kinds = {kind for kind, _ in by_kind}
    size = {kind: len(by_kind[kind, "by hand"]) + len(by_kind[kind, "with tool"]) for kind in kinds}
    within = sum(
        size[kind] * (mean(by_kind[kind, "by hand"]) - mean(by_kind[kind, "with tool"])) for kind in kinds
    ) / sum(size.values())
    plain = [
        mean(minutes for kind in kinds for minutes in by_kind[kind, way]) for way in ("by hand", "with tool")
    ]
    reopened = mean(int(row["reopened"]) for row in rows if row["handled"] == "with tool")
    return (len(rows) - 1) / months, within, reopened, plain[0] - plain[1]


DECLARED = """\
title: Amounts
inputs:
  price_of_old_system: {label: Price of the old system, unit: currency, example: 40_000}
  licences_saved:
    {label: Licences saved, unit: currency/year, bounds: [null, null], example: [-10_000, 30_000, 30_000]}
"""


def test_the_example_of_amounts_brings_what_the_guide_says(make_case):
    """40,000 at once; −10,000, 30,000, 30,000 by year, and 20 % of each amount's size less with its risk."""
    example = block("python example")
    case = make_case(DECLARED, years=3)
    exec(example, {"case": case, "x": case.inputs})
    assert case.result.cash_flow.benefits.tolist() == [40_000, -10_000, 30_000, 30_000]
    assert case.result.risk_adjusted.cash_flow.benefits.tolist() == [40_000, -12_000, 24_000, 24_000]
    assert [finding.about for finding in case.study.findings if finding.rule == "negative-benefit"] == [
        "Licences saved"
    ]


MEMBERS = """\
title: Members
inputs:
  members: {label: Members, unit: members, example: 100}
  uplift: {label: Uplift, unit: share, optional: true}
  spend_of_a_member: {label: Spend, unit: currency/member/year, optional: true}
  orders_of_a_member: {label: Orders, unit: orders/member/year, optional: true}
  order_value: {label: Order value, unit: currency/order, optional: true}
"""


@pytest.mark.parametrize(
    ("given", "benefit", "missing"),
    [
        ({"spend_of_a_member": 50, "uplift": "10%"}, 500, None),
        ({"orders_of_a_member": 4, "order_value": 20, "uplift": "10%"}, 800, None),
        ({"spend_of_a_member": 50, "orders_of_a_member": 4, "order_value": 20, "uplift": "10%"}, 500, None),
        ({"spend_of_a_member": 50}, None, "lacks uplift"),
        ({}, None, ["spend_of_a_member", "uplift"]),
    ],
)
def test_the_example_of_a_figure_known_in_several_ways_counts_as_the_guide_says(
    make_case, given, benefit, missing
):
    from casebook import CaseError, any_of

    example = block("python any_of")
    case = make_case(MEMBERS, inputs={"members": 100, **given})
    names = {"case": case, "x": case.inputs, "any_of": any_of}
    if isinstance(missing, str):
        with pytest.raises(CaseError, match=missing):
            exec(example, names)
        return
    exec(example, names)
    if benefit is None:
        assert [node.name for node in case.build().left_out[0].missing] == missing
    else:
        assert case.result.cash_flow.benefits[1] == pytest.approx(benefit)


def test_the_example_of_chapters_shows_them(make_case, capsys):
    example = block("python chapters")
    case = make_case()
    case.cost("Team", category="people", annual=case.inputs.team)
    exec(example, {"case": case})
    shown = capsys.readouterr().out
    assert "# Costs and benefits" in shown and "# What could go wrong" in shown
    assert "## How each figure is computed" not in shown


def test_the_example_of_a_section_between_two_parts_shows_each_part_once(make_case):
    from IPython.display import Markdown

    example = block("python between")
    case = make_case(story={"situation": "Few cycle.", "maturity": "At the start."})
    case.cost("Team", category="people", annual=case.inputs.team)
    with mock.patch("IPython.display.display") as shown:
        exec(example, {"case": case, "display": shown, "Markdown": Markdown})
    texts = [getattr(call.args[0], "data", None) or repr(call.args[0]) for call in shown.call_args_list]
    assert [text.splitlines()[0] for text in texts[:5]] == [
        "# Where the client stands",
        "Few cycle.",
        "## The parking lot",
        "## Maturity",
        "At the start.",
    ]


def test_the_guide_names_each_chapter_with_its_parts():
    from casebook.views.chapters import CHAPTERS

    rows = re.findall(r"^\| `([\w-]+)` \| (`opening`.*?) \|", GUIDE, flags=re.M)
    named = {chapter: re.findall(r"`(\w+)`", parts) for chapter, parts in rows}
    assert named == {chapter: [part.name for part in parts] for chapter, parts in CHAPTERS.items()}


FUNCTIONS = """\
title: Functions
inputs:
  given: {label: Given, unit: number, example: 10}
  not_given: {label: Not given, unit: number, optional: true}
"""


def test_each_function_gives_what_the_guide_says_of_it(make_case):
    """Each formula of a row has the values in its second column, in the order in which they stand."""
    case = make_case(FUNCTIONS, years=3, inputs={"given": 10})
    names = {name: getattr(casebook, name) for name in casebook.__all__}
    names |= {"np": np, "case": case, "x": case.inputs, "won": constant(100, "fans/year")}
    rows = re.findall(r"^\| (`.*`) \| ([\d,.; ]+) \|", GUIDE, flags=re.M)
    assert len(rows) > 10
    for formulas, said in rows:
        found = [evaluate(as_expression(eval(code, names)), 3) for code in re.findall(r"`(.+?)`", formulas)]
        numbers = [float(number) for number in re.findall(r"\d+(?:\.\d+)?", said)]
        assert np.concatenate(found).tolist() == pytest.approx(numbers), formulas


def named(name: str) -> bool:
    """Whether the guide has a name in code, alone or within a call or a list of names."""
    return any(re.search(rf"\b{name}\b", code) for code in CODE)


PROSE = re.sub(r"^ *```.*?^ *```|``.+?``", "", GUIDE, flags=re.S | re.M)
CODE = re.findall(r"`([^`]+)`", PROSE)


def test_the_guide_names_every_public_name():
    assert [name for name in [*casebook.__all__, *measurement.__all__] if not named(name)] == []


@pytest.mark.parametrize("call", ["cost", "benefit", "pool", "measure", "chapter"])
def test_the_guide_names_every_keyword(call):
    keywords = inspect.signature(getattr(Case, call)).parameters.values()
    assert [each.name for each in keywords if each.kind is each.KEYWORD_ONLY and not named(each.name)] == []


def test_the_guide_names_every_option_of_an_estimator_that_measures_one_thing():
    for estimator in (measurement.mean, measurement.proportion, measurement.rate, measurement.difference):
        options = inspect.signature(estimator).parameters.keys() - {"values", "group", "seed"}
        assert [name for name in options if not named(name)] == [], estimator.__name__


def test_the_guide_names_every_part_of_an_estimate_that_has_several():
    parts = [*fields(measurement.Difference), *fields(measurement.Participation), *fields(measurement.Forum)]
    assert [part.name for part in parts if "Measurement" in str(part.type) and not named(part.name)] == []
    for name in ("purchases", "purchases_of_new", "alive", "spend", "revenue"):
        assert hasattr(measurement.PurchaseHistory, name)
        assert named(name)


def test_the_guide_has_each_role_that_is_read_or_used_and_no_other():
    sources = "".join(inspect.getsource(module) for module in (claim_rules, line_rules, result_rules))
    roles = {RAMP, *re.findall(r'with_role\([^"]*"([\w ]+)"\)', sources)}
    for path in (ROOT / "templates").glob("*/inputs.yaml"):
        roles |= set(re.findall(r"\brole: ([\w ]+?)\s*(?:$|[,#}])", path.read_text("utf-8"), flags=re.M))
    table = GUIDE.split("| role | who reads it |")[1].split("\n\n")[0]
    rows = re.findall(r"^\| (`.*?) \|", table, flags=re.M)
    assert {role for row in rows for role in re.findall(r"`([\w ]+)`", row)} == roles


def test_each_rule_that_the_guide_names_is_one():
    from casebook.schema.review_rules import RULE_IDS

    table = GUIDE.split("| role | who reads it |")[1].split("\n\n")[0]
    assert set(re.findall(r"`([a-z]+(?:-[a-z]+)+)`", table)) <= {*RULE_IDS}


def test_the_guide_s_table_has_every_view():
    table = GUIDE.split("| view | what it shows | when it appears |")[1].split("\n\n")[0]
    shown = {name for row in table.splitlines() for name in re.findall(r"`(\w+)\(", row.partition(" | ")[0])}
    views = {
        name
        for name, method in inspect.getmembers(Case, inspect.isfunction)
        if inspect.signature(method).return_annotation == "View" and not name.startswith("_")
    }
    assert shown == views


def test_the_guide_s_check_is_a_finding(tmp_path):
    """300 calls of 6 minutes at 75 % are 40 agents, and 45 are planned."""
    (declared,), (code,) = ([text for _, text in blocks(kind)] for kind in ("yaml checks", "python check"))
    folder = tmp_path / "templates" / "desks"
    folder.mkdir(parents=True)
    units = {"calls_an_hour": "number", "minutes": "number", "occupancy": "share", "agents": "number"}
    inputs = "".join(
        f"  {name}: {{label: {name}, unit: {unit}, example: 1}}\n" for name, unit in units.items()
    )
    cost = "  salary: {label: Salary, unit: currency/year, example: 1}\n"
    (folder / "inputs.yaml").write_text(f"title: Desks\ninputs:\n{inputs}{cost}{declared}", encoding="utf-8")
    (folder / "template.ipynb").write_text("{}")
    values = {"calls_an_hour": 300, "minutes": 6, "occupancy": 0.75, "agents": 45, "salary": 1_000}
    given = {"template": "desks", "client": {"name": "A"}, "inputs": values, "years": 1}
    case = Case(parse_parameters(given, folder=tmp_path))
    x = case.inputs
    case.cost("Agents", category="people", annual=x.agents * x.salary)
    exec(code, {"case": case, "x": x})
    (finding,) = (each for each in case.study.findings if each.rule == "team-size")
    assert "agents: 45 planned and 40 needed, a surplus of 5." in finding.text
    assert finding.price.amount == pytest.approx(5 * 1_000 / 1.1)


def test_the_guide_s_scale_places_a_client(tmp_path):
    (scale,) = [text for _, text in blocks("yaml scales")]
    folder = tmp_path / "templates" / "desks"
    folder.mkdir(parents=True)
    text = "title: Desks\ninputs:\n  desks: {label: Desks, unit: desks, example: 1}\n"
    (folder / "inputs.yaml").write_text(text + scale, encoding="utf-8")
    (folder / "template.ipynb").write_text("{}")
    given = {"template": "desks", "client": {"name": "A"}, "inputs": {"desks": 2}}
    for placed in ("ad-hoc", {"level": "ad-hoc", "reason": "why"}):
        found = parse_parameters({**given, "story": {"maturity": {"care": placed}}}, folder=tmp_path)
        (place,) = found.story.maturity
        assert place.scale.after(place.level).name == "Managed"
