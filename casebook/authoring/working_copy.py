"""A client's working copy of a template: its own folder, with the client's values in the parameters cell.

It is a template like any other, so everything that works on a template works on it: JupyterLab, the check,
and `casebook report` with `--set template=` and the path to it.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from casebook.authoring.chapter_expansion import expand_chapter
from casebook.authoring.new_parameters import write_text
from casebook.errors import InputError, Problem
from casebook.formatting import Formatter
from casebook.schema.notebooks import read_notebook, tags_of
from casebook.schema.parameters import KEYS, Parameters
from casebook.schema.reader import read_parameters
from casebook.schema.sections import with_texts
from casebook.schema.templates import DECLARATIONS, NOTEBOOK, find_template
from casebook.schema.wording import display, listed, printable

WORK = "work"
"""The folder of all working copies, which git leaves out."""

_WIDTH = 100


@dataclass(frozen=True)
class WorkingCopy:
    """A template's copy for one client."""

    notebook: Path
    parameters: Path
    template: str
    """What a parameter file calls it: the path from that file's folder."""
    is_new: bool
    """Whether it was made now; else it was there, and has the file's values of today."""


def prepare(
    client: str, template: str | None = None, *, start: Path, expand: Sequence[str] = ()
) -> WorkingCopy:
    """Make a client's working copy under `work/`, or bring the values of the one that is there up to date.

    `client` is the name of a file in params/, or the path of one. What was changed in the notebook stays. The
    chapters named by `expand` are written out as cells, in the language of the file.
    Raises InputError where the file is wrong, its case is of another type than `template` says, or the
    notebook shows no such chapter.
    """
    path = _file_of(client, start)
    parameters = read_parameters(path)
    kind = parameters.template.name
    if template is not None and find_template(template, start=start).name != kind:
        message = f"the template is {kind}, not {template}"
        raise InputError([Problem(display(path), message, f"casebook edit {kind} --client {client}")])
    folder = start / WORK / path.stem / kind
    is_new = not (folder / NOTEBOOK).exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in (NOTEBOOK, DECLARATIONS):
            if not (folder / name).exists():
                shutil.copyfile(parameters.template.folder / name, folder / name)
    except OSError as error:
        raise InputError([Problem(display(folder), f"can't be written to: {error.strerror}")]) from error
    _rewrite(folder / NOTEBOOK, parameters, path, expand)
    return WorkingCopy(folder / NOTEBOOK, path, _way(path.parent, folder), is_new)


def _file_of(client: str, start: Path) -> Path:
    """The parameter file of a client's name, or of a path."""
    if "/" in client or client.endswith((".yaml", ".yml")):
        return start / client
    path = start / "params" / f"{client}.yaml"
    if not path.is_file():
        names = sorted(file.stem for file in path.parent.glob("*.yaml"))
        hint = f"the files in params/ are {listed(names)}" if names else f"casebook new {display(path)}"
        raise InputError([Problem(display(path), "there is no such file", hint)])
    return path


def _rewrite(notebook: Path, parameters: Parameters, path: Path, expand: Sequence[str]) -> None:
    """Write the file's values into the parameters cell and chapters out; all other cells stay as they are."""
    try:
        content = read_notebook(notebook)
    except InputError:
        hint = "repair it, or delete it and run this again: the template's notebook is then copied afresh"
        raise InputError([Problem(display(notebook), "this is not a notebook", hint)]) from None
    cell = next((cell for cell in content["cells"] if "parameters" in tags_of(cell)), None)
    if cell is None:
        hint = "give its first code cell the tag parameters"
        raise InputError([Problem(display(notebook), "no cell has the tag parameters", hint)])
    cell["source"] = _cell(parameters, path, notebook.parent).splitlines(keepends=True)
    language = Formatter(parameters.currency, parameters.locale).language
    for chapter in expand:
        content["cells"] = expand_chapter(
            content["cells"], chapter, language=language, notebook=display(notebook)
        )
    write_text(notebook, json.dumps(content, ensure_ascii=False, indent=1) + "\n")


def _cell(parameters: Parameters, path: Path, folder: Path) -> str:
    """The parameters cell with the values of a file; paths start at the working copy's folder."""
    way = Path(_way(folder, path.parent))
    moved = {place: (way / name).as_posix() for place, name in parameters.paths.items()}
    values: dict[str, Any] = {
        **{name: key.default for name, key in KEYS.items()},
        **with_texts(parameters.values, moved),
        "template": ".",
    }
    lines = [
        f"# The values of {printable(path.name)}. A report reads them from there, whatever this cell says."
    ]
    lines += [f"{name} = {_python(values[name])}" for name in KEYS]
    return "\n".join(lines)


def _python(value: Any, indent: str = "") -> str:
    """A plain value as one would type it, what is long with an entry a line."""
    short = repr(value)
    if len(indent) + len(short) <= _WIDTH - 20 or not isinstance(value, (dict, list)):
        return short
    deeper = f"{indent}    "
    if isinstance(value, list):
        entries = [_python(entry, deeper) for entry in value]
    else:
        entries = [f"{key!r}: {_python(entry, deeper)}" for key, entry in value.items()]
    begin, end = "[]" if isinstance(value, list) else "{}"
    return "\n".join([begin, *(f"{deeper}{entry}," for entry in entries), f"{indent}{end}"])


def _way(start: Path, to: Path) -> str:
    """The relative path from one folder to another."""
    return Path(os.path.relpath(to.resolve(), start.resolve())).as_posix()
