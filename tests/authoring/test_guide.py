"""The guide to writing a template is true: its steps, taken in order in an empty folder, end in a report."""

from __future__ import annotations

import json
import re
import shlex
import textwrap
from pathlib import Path
from unittest import mock

import pytest

from tests.conftest import ROOT, run

GUIDE = (ROOT / "templates/README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^ *```(sh|sh fails|yaml|python)\n(.*?)^ *```", GUIDE, flags=re.S | re.M)


@pytest.mark.slow
def test_the_guide_s_steps_end_in_a_report(tmp_path: Path):
    (tmp_path / "templates").mkdir()
    racks = tmp_path / "templates/bicycle-racks"
    said = []
    for kind, text in BLOCKS:
        if kind == "yaml":
            (racks / "inputs.yaml").write_text(textwrap.dedent(text), encoding="utf-8")
        elif kind == "python":
            notebook = json.loads((racks / "template.ipynb").read_text("utf-8"))
            notebook["cells"][1]["source"] = textwrap.dedent(text)
            (racks / "template.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
        else:
            for command in textwrap.dedent(text).splitlines():
                program, *arguments = shlex.split(command)
                assert program == "casebook"
                done = run(*arguments, cwd=tmp_path)
                assert (done.returncode == 0) == (kind == "sh"), f"{command}\n{done.stderr}"
                said.append(done.stderr)
    assert "template.ipynb, cell 2: no input is called 'people'" in said[2]
    assert "inputs.yaml:4: riders is declared but never used" in said[2]
    record = json.loads((tmp_path / "output/office/bicycle-racks.json").read_text("utf-8"))
    assert record["cash_flow"]["net"] == [-9000, 25_600, 25_600, 25_600]
    assert (tmp_path / "output/office/bicycle-racks.pdf").stat().st_size > 10_000
    (command,) = re.findall(r"^```sh chapters\ncasebook (.*)\n```", GUIDE, flags=re.M)
    done = run(*shlex.split(command), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "case.tornado()" in (tmp_path / done.stdout.strip()).read_text("utf-8")


DECLARED = """\
title: Amounts
inputs:
  price_of_old_system: {label: Price of the old system, unit: currency, example: 40_000}
  licences_saved:
    {label: Licences saved, unit: currency/year, bounds: [null, null], example: [-10_000, 30_000, 30_000]}
"""


def test_the_example_of_amounts_brings_what_the_guide_says(make_case):
    """40,000 at once; −10,000, 30,000, 30,000 by year, and 20 % of each amount's size less with its risk."""
    (example,) = re.findall(r"^```python example\n(.*?)^```", GUIDE, flags=re.S | re.M)
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

    (example,) = re.findall(r"^```python any_of\n(.*?)^```", GUIDE, flags=re.S | re.M)
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
    (example,) = re.findall(r"^```python chapters\n(.*?)^```", GUIDE, flags=re.S | re.M)
    case = make_case()
    case.cost("Team", category="people", annual=case.inputs.team)
    exec(example, {"case": case})
    shown = capsys.readouterr().out
    assert "# Costs and benefits" in shown and "# What could go wrong" in shown
    assert "## How each figure is computed" not in shown


def test_the_example_of_a_section_between_two_parts_shows_each_part_once(make_case):
    from IPython.display import Markdown

    (example,) = re.findall(r"^```python between\n(.*?)^```", GUIDE, flags=re.S | re.M)
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


def test_every_view_that_the_guide_names_is_there():
    from casebook import Case

    views = (
        " ".join(GUIDE.split()).split("the views are `case.summary()`")[1].split("A section whose view")[0]
    )
    names = re.findall(r"`(\w+)\(.*?\)`", views)
    assert len(names) > 20
    for name in names:
        assert callable(getattr(Case, name)), name
