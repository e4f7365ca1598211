"""The README is true: each of its commands is run, as written, in a fresh checkout."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from casebook.cli.program import COMMAND_ORDER
from casebook.schema.data import SOURCE
from casebook.schema.input_declarations import InputDeclaration
from casebook.schema.inputs import KNOWN_BY
from casebook.schema.options import option_keys
from casebook.schema.parameters import KEYS
from casebook.schema.ranges import Estimate
from casebook.schema.reader import parse_parameters
from casebook.schema.review_rules import Answer
from casebook.schema.sections import Key, ListOf, Section, Shorthand, keys_of
from casebook.schema.value_kinds import Yearly
from casebook.schema.yaml_source import read_yaml
from tests.conftest import ROOT

pytestmark = pytest.mark.unversioned

README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = [
    line.strip()
    for block in re.findall(r"^ *```sh\n(.*?)^ *```", README, flags=re.S | re.M)
    for line in block.splitlines()
    if line.strip()
]

BIN = Path(sys.executable).parent


def test_the_readme_has_commands():
    assert {"make report", "make test"} <= set(COMMANDS)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A fresh checkout, so that what a reader makes stays out of this one."""
    folder = tmp_path / "casebook"
    folder.mkdir()
    for name in ("params", "templates"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns(".*", "__pycache__"))
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        shutil.copy2(ROOT / name, folder / name)
    (folder / "output").mkdir()
    (folder / ".venv").mkdir()
    (folder / ".venv/bin").symlink_to(BIN)
    for stamp in ("ready", "lab-ready"):
        (folder / ".venv" / stamp).write_text(f"{folder.resolve()}\n", encoding="utf-8")
    return folder


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
@pytest.mark.skipif(not (BIN / "casebook").exists(), reason="casebook is not installed beside this Python")
def test_every_command_of_the_readme_but_make_test_runs(checkout):
    """In order, as a reader would: later ones use what earlier ones made."""
    before = sorted(path.name for path in (ROOT / "params").iterdir())
    for command in COMMANDS:
        if command == "make test":
            continue
        done = subprocess.run(
            command,
            shell=True,
            cwd=checkout,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=600,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    assert (checkout / "params/acme.yaml").is_file()
    assert sorted(path.name for path in (ROOT / "params").iterdir()) == before


def test_every_command_stands_in_the_readme_with_an_example():
    shown = {found[1] for command in COMMANDS if (found := re.match(r"\S*casebook ([a-z-]+)", command))}
    by_make = {"lab"}  # it opens a browser and stays; `make lab` is named beside `casebook edit`
    assert shown | by_make == {name for names in COMMAND_ORDER.values() for name in names}
    assert "`make lab CLIENT=acme`" in README


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md"])
def test_every_path_that_a_document_names_exists(document):
    text = (ROOT / document).read_text("utf-8")
    for name in re.findall(r"`((?:params|templates|tests|casebook|\.pictures)/[\w./-]*)`", text):
        assert (ROOT / name).exists(), name
    for name in re.findall(r"\]\(([^)]+)\)", text):
        assert (ROOT / name).is_file(), name


def rows(keys: Mapping[str, Key], above: str = "") -> Iterator[str]:
    """The rows of a table of keys, as the declaration has them."""
    inner = {
        "inputs": ("NAME.", Estimate(Yearly(), KNOWN_BY).keys),
        "data": ("NAME.", SOURCE),
        "options": ("KEY.", option_keys({})),
        "review": ("RULE.", keys_of(Answer)),
    }
    for name, key in keys.items():
        kind = None if above and callable(key.kind) else key.kind_after({})
        item = kind.kind if isinstance(kind, ListOf) else None
        item = item.section if isinstance(item, Shorthand) else item
        columns = list(item.keys) if isinstance(item, Section) else []
        said = [f"{key.help.rstrip('.')}{': ' if columns else ''}{', '.join(columns)}." if key.help else ""]
        said += ["Required."] if key.required else []
        said += [f"Without it {key.default}."] if key.default not in (None, {}) else []
        yield f"| `{above}{name}` | {' '.join(filter(None, said))} |"
        parts = {} if isinstance(kind, Estimate) else getattr(kind, "keys", {})
        step, under = inner.get(f"{above}{name}", ("", parts))
        yield from rows(under, f"{above}{name}.{step}")


@pytest.mark.parametrize(
    ("document", "keys"),
    [("README.md", KEYS), ("templates/README.md", keys_of(InputDeclaration))],
    ids=["of a parameter file", "of inputs.yaml"],
)
def test_the_table_of_keys_is_the_declaration_s(document, keys):
    """Whoever adds a key puts the rows that this prints in place of the table's."""
    table = "\n".join(["| key | what it says |", "|---|---|", *rows(keys)])
    assert f"\n\n{table}\n\n" in (ROOT / document).read_text("utf-8"), table


def test_the_options_of_the_readme_are_right_for_the_type_that_they_are_of():
    blocks = re.findall(r"^ *```yaml\n(.*?)^ *```", README, flags=re.S | re.M)
    (block,) = [text for text in blocks if "options:" in text]
    own = read_yaml((ROOT / "params" / "airline-three-years.yaml").read_text("utf-8")).value
    found = parse_parameters({**own, **read_yaml(textwrap.dedent(block)).value}, folder=ROOT / "params")
    assert list(found.options) == ["one-route", "half"] and found.decision.option == "one-route"
    assert found.review["uplift-over-untouched"].covers == 0.4


def test_the_story_of_the_readme_is_right_for_the_type_that_it_is_of():
    blocks = re.findall(r"^ *```yaml\n(.*?)^ *```", README, flags=re.S | re.M)
    (block,) = [text for text in blocks if "story:" in text]
    own = (ROOT / "params" / "airline-three-years.yaml").read_text("utf-8")
    given = read_yaml(own[: own.index("\nstory:")] + "\n" + textwrap.dedent(block)).value
    found = parse_parameters(given, folder=ROOT / "params")
    assert (found.target_return, found.story.kpis[0].watches) == (0.5, "contacts_shifted")
