"""The house rules that no other tool checks: what lies where, what knows what, what git carries."""

from __future__ import annotations

import ast
import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.unversioned

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "casebook"

TOP_LEVEL = {
    "pyproject.toml",
    "README.md",
    "CONTRIBUTING.md",
    "Makefile",
    "CHANGELOG.md",
    "LICENSE",
    "constraints.txt",
    "templates",
    "casebook",
    "params",
    "output",
    "tests",
}

# From the ground up. A room imports from those below it and from itself, never from its neighbour.
FLOORS = (
    {"errors", "signals", "i18n"},
    {"formatting"},
    {"schema"},
    {"storage"},
    {"formula"},
    {"case"},
    {"presentation", "record"},
    {"analysis"},
    {"follow_up"},
    {"review"},
    {"study"},
    {"measurement"},
    {"views"},
    {"execution", "exporters", "notebook"},
    {"pages"},
    {"publishing"},
    {"report"},
    {"batch", "cluster"},
    {"comparison", "authoring", "portfolio"},
    {"cli"},
)
FLOOR_OF = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}


def tracked() -> list[str]:
    """Paths that git carries or would take, without those it is told to ignore."""
    # A checkout that belongs to another user, as in a container, is read all the same.
    git = ["git", "-c", f"safe.directory={ROOT}"]
    listing, top = (
        [*git, "ls-files", "-z", "-co", "--exclude-standard"],
        [*git, "rev-parse", "--show-toplevel"],
    )
    try:
        paths, folder = (
            subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout
            for command in (listing, top)
        )
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout")
    if Path(folder.strip()).resolve() != ROOT:
        pytest.skip("not a git checkout of its own")
    return [path for path in paths.split("\0") if path and (ROOT / path).exists()]


def package_files() -> list[Path]:
    return sorted(path for path in PACKAGE.rglob("*") if path.is_file() and "__pycache__" not in path.parts)


def room_of(module: str) -> str:
    """Name the room of a dotted module: casebook.case.case lies in case."""
    return [*module.split("."), ""][1]


def imported(tree: ast.AST, inside: str) -> Iterator[str]:
    """Give each module of the package that a file imports, wherever in the file it does."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names if name.name.split(".")[0] == "casebook")
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                base = ".".join([*inside.split(".")[: -node.level], *filter(None, [node.module])])
            if base == "casebook":
                yield from (f"casebook.{name.name}" for name in node.names)
            elif base.startswith("casebook."):
                yield base


def test_the_top_level_holds_only_what_belongs_there():
    names = {path.split("/")[0] for path in tracked()}
    strangers = {name for name in names if not name.startswith(".")} - TOP_LEVEL
    assert not strangers, "a new name at the top level is agreed first"


def test_notebooks_carry_no_outputs():
    notebooks = [ROOT / path for path in tracked() if path.endswith(".ipynb")]
    for path in notebooks:
        for number, cell in enumerate(json.loads(path.read_text("utf-8"))["cells"], start=1):
            where = f"{path.relative_to(ROOT)}, cell {number}"
            assert not cell.get("outputs"), f"{where} has outputs; clear them before they reach git"
            assert cell.get("execution_count") is None, f"{where} has an execution count"
            assert "user_expressions" not in cell["metadata"], f"{where} has evaluated expressions"


def test_the_package_knows_no_case_type():
    names = [folder.name for folder in (ROOT / "templates").iterdir() if folder.is_dir()]
    spellings = {name.replace("-", between) for name in names for between in ("-", "_", " ", "")}
    for path in package_files():
        if path.suffix in {".ttf", ".woff2", ".png"} or path.name == "OFL.txt":
            continue  # letters and pictures, and a licence that is not ours to word
        text = path.read_text("utf-8").lower()
        for spelling in spellings:
            # As a word of its own: "reviews" as a template would be no "previews".
            found = re.search(rf"(?<![a-z]){re.escape(spelling.lower())}(?![a-z])", text)
            assert not found, f"{path.relative_to(ROOT)} knows the template {spelling}"


def test_constraints_are_exact_versions_and_nothing_else():
    """One version of each package, or one for each of several kinds of machine; no address among them."""
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    for pin in pins:
        assert re.fullmatch(r"[a-z0-9-]+==[0-9][0-9a-z.+!]*( ; [a-zA-Z_]+ [!<>=]+ '[^/#]+)?", pin), pin
    names = [pin.split("==")[0] for pin in pins]
    assert names == sorted(names)
    assert not [pin for pin in pins if ";" not in pin and names.count(pin.split("==")[0]) > 1]
    assert not {"pip", "setuptools", "casebook"} & set(names)


def test_imports_point_down():
    wrong = []
    for path in package_files():
        if path.suffix != ".py" or path == PACKAGE / "__init__.py":
            continue  # the public names are gathered in __init__ from every floor
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        here = room_of(module)
        if here == "__main__":
            continue
        for target in imported(ast.parse(path.read_text("utf-8")), module):
            there = room_of(target)
            unknown = {here, there} - FLOOR_OF.keys()
            if unknown:
                wrong.append(f"{module} imports {target}: {', '.join(unknown)} has no floor in FLOORS")
            elif here != there and FLOOR_OF[there] >= FLOOR_OF[here]:
                wrong.append(f"{module} imports {target}, which does not lie below it")
    assert not wrong, "\n".join(wrong)


def test_every_file_of_the_package_has_a_floor():
    rooms = {
        path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        for path in package_files()
        if path.suffix == ".py"
    }
    assert rooms - FLOOR_OF.keys() - {"__init__", "__main__"} == set()


def test_the_readme_names_the_rooms_floor_by_floor():
    paragraph = re.search(
        r"^The rooms of the package.*?\n\n", (ROOT / "README.md").read_text("utf-8"), re.M | re.S
    )
    assert paragraph
    told = [set(re.findall(r"`(\w+)`", part)) for part in paragraph[0].split(";")]
    assert [rooms for rooms in told if rooms] == list(reversed(FLOORS))
