"""A template: a folder with template.ipynb, what is computed, and inputs.yaml, what is asked for.

A template is named by its folder, looked up in `templates/` of the nearest folder at or above the parameter
file or notebook that has one, then among those that came with the installation; or it is given by a path.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from casebook.errors import InputError, Problem
from casebook.schema.checker import Checker
from casebook.schema.checks import CheckDeclaration
from casebook.schema.input_declarations import MOST_YEARS, InputDeclaration, read_declarations
from casebook.schema.notebooks import read_notebook, source_of, tags_of
from casebook.schema.ranges import Range
from casebook.schema.scales import Scale
from casebook.schema.wording import Place, closest, display, listed, show
from casebook.schema.yaml_source import Source, read_yaml
from casebook.schema.yaml_text import MAX_BYTES

__all__ = [
    "MOST_YEARS",
    "InputDeclaration",
    "Range",
    "Template",
    "find_template",
    "installed_templates",
    "is_template",
    "list_templates",
    "template_folders",
]

NOTEBOOK = "template.ipynb"
DECLARATIONS = "inputs.yaml"


@dataclass(frozen=True)
class Template:
    """A template folder with its inputs.yaml read and checked."""

    name: str
    """The name of the folder."""
    folder: Path
    title: str
    description: str
    inputs: dict[str, InputDeclaration]
    """In the order of inputs.yaml."""
    scales: Mapping[str, Scale]
    """Of maturity, on which a parameter file places the client."""
    checks: Mapping[str, CheckDeclaration]
    """What the type of case checks of itself, for the review."""
    lines: Mapping[Place, int]
    """The line of each key of inputs.yaml, for messages."""

    @property
    def notebook(self) -> Path:
        """The notebook that computes the case."""
        return self.folder / NOTEBOOK

    def digest(self) -> str:
        """SHA-256 (hex) over what the template says: inputs.yaml, and the notebook's sources and tags.

        Outputs, execution counts and kernel metadata do not count: running a template leaves it the same.
        Raises InputError where the notebook can't be read.
        """
        content = hashlib.sha256()
        declarations = (self.folder / DECLARATIONS).read_bytes().replace(b"\r\n", b"\n")
        content.update(len(declarations).to_bytes(8, "big") + declarations)
        content.update(json.dumps(list(self._cells()), ensure_ascii=False).encode("utf-8", "replace"))
        return content.hexdigest()

    def _cells(self) -> Iterator[tuple[str, str, list[str]]]:
        for cell in read_notebook(self.notebook)["cells"]:
            yield cell["cell_type"], source_of(cell), tags_of(cell)


def find_template(name: str, *, start: Path) -> Template:
    """The template of a name, as seen from a folder; a name with `/` or a leading `.` is a path from there.

    Raises InputError when there is none, or with everything that is wrong in its inputs.yaml.
    """
    return read_template(locate_template(name, start=start))


def list_templates(start: Path) -> list[Template]:
    """All templates that can be named from a folder, sorted by name; raises InputError as find_template."""
    templates: list[Template] = []
    problems: list[Problem] = []
    for folder in template_folders(start).values():
        try:
            templates.append(read_template(folder))
        except InputError as error:
            problems.extend(error.problems)
    if problems:
        raise InputError(problems)
    return templates


def template_folders(start: Path) -> dict[str, Path]:
    """The folder of each template that can be named from a folder, sorted by name; none of them is read."""
    return _folders_in(_template_roots(start))


def installed_templates() -> dict[str, Path]:
    """The folder of each template that came with the installation, sorted by name; none of them is read."""
    return _folders_in([_installed()])


def _folders_in(roots: Iterable[Path]) -> dict[str, Path]:
    folders: dict[str, Path] = {}
    for root in roots:
        for folder in root.iterdir():
            if is_template(folder):
                folders.setdefault(folder.name, folder)
    return dict(sorted(folders.items()))


def locate_template(name: str, *, start: Path) -> Path:
    """The folder of a template. Raises InputError, with no place in its problem, when there is none."""
    if "/" in name or name.startswith("."):
        folder = start.resolve() / name
        if not is_template(folder):
            message = f"template is {show(name)}; must be a folder with {NOTEBOOK} and {DECLARATIONS}"
            raise InputError(
                [Problem("", message, "paths are relative to the folder of the file that names them")]
            )
        return folder
    folders = template_folders(start)
    if name not in folders:
        match = closest(name, folders)
        roots = [_shown(root) for root in _template_roots(start)]
        if folders:
            known = f"the templates are {listed(folders)}, in {' and '.join(roots)}"
        else:
            looked = f"in {' and '.join(roots)}" if roots else f"at or above {display(start)}"
            known = f"there is no templates/ with one {looked}"
        hint = f"did you mean '{match}'? {known}" if match else known
        raise InputError([Problem("", f"no template is called {show(name)}", hint)])
    return folders[name]


def read_template(folder: Path) -> Template:
    """The template of a folder. Raises InputError with everything that is wrong in its inputs.yaml."""
    path = folder / DECLARATIONS
    shown = display(path)
    problems = [
        Problem(display(folder), f"the template has no {name}", f"add {name}")
        for name in (NOTEBOOK, DECLARATIONS)
        if not (folder / name).is_file()
    ]
    if not path.is_file():
        raise InputError(problems)
    source = _parsed(read_limited(path))
    checker = Checker(shown, source)
    declarations = read_declarations(checker, source.value) if source.complete else None
    checker.add_problems(problems, first=True)
    if declarations is None or problems:
        raise InputError(checker.problems)
    # The folder itself may be a link; its name is taken where the path does not say it.
    name = folder.name if folder.name not in ("", "..") else folder.resolve().name
    return Template(name, folder, **vars(declarations), lines=source.lines)


@lru_cache(maxsize=64)
def _parsed(text: bytes) -> Source:
    """A file's content by what it says: a report asks for its own more than once, a wrong name for all."""
    return read_yaml(text)


def read_limited(path: Path) -> bytes:
    """A file's bytes, one more than can be read at most. Raises InputError when it can't be opened."""
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        found: dict[type[Exception], str] = {
            FileNotFoundError: "there is no such file",
            IsADirectoryError: "this is a folder, not a file",
        }
        reason = found.get(type(error), "the file can't be opened")
        raise InputError([Problem(display(path), reason, _meant(path))]) from None


def _meant(path: Path) -> str | None:
    """What somebody may have meant by a file that can't be read: those in the folder, or one beside it."""
    try:
        if path.is_dir():
            return f"name the files in it: {display(path)}/*.yaml"
        match = closest(path.name, sorted(other.name for other in path.parent.iterdir()))
    except (OSError, ValueError):
        return None
    return f"did you mean {display(path.with_name(match))}?" if match else None


def _template_roots(start: Path) -> Iterator[Path]:
    """The folders that hold templates: the nearest one above, then the installation's own."""
    absolute, own = start.resolve(), _installed()
    above = (folder / "templates" for folder in (absolute, *absolute.parents))
    nearest = next((root for root in above if root.is_dir()), own)
    yield from dict.fromkeys(root for root in (nearest, own) if root.is_dir())


def _installed() -> Path:
    """The installation's own folder of templates: inside the package in a wheel, beside it in a checkout."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "templates"
    return inside if inside.is_dir() else package.with_name("templates")


def _shown(root: Path) -> str:
    return "casebook's own folder" if root == _installed() else display(root)


def is_template(folder: Path) -> bool:
    """Whether a folder holds a template, or half of one."""
    try:
        return (folder / DECLARATIONS).is_file() or (folder / NOTEBOOK).is_file()
    except (OSError, ValueError):  # a name too long for the file system, or with a NUL
        return False
