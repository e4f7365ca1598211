"""JupyterLab on templates: where it opens, and what it may save."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from typing import Any, NoReturn

from casebook.errors import InputError, Problem
from casebook.schema.templates import NOTEBOOK

_HOOK = "casebook.authoring.lab.without_outputs"
_LEFT_OUT = ("user_expressions", "execution", "trusted")


def open_lab(path: Path, *options: str) -> NoReturn:
    """Become JupyterLab, open on a file or folder at or below this one.

    Raises InputError where JupyterLab is not installed, or there is nothing at the path.
    """
    if importlib.util.find_spec("jupyterlab") is None:
        raise InputError([Problem("", "JupyterLab is not installed", "pip install 'casebook[lab]'")])
    if not path.exists():
        hint = "name a template's folder, or a client: casebook lab --client acme"
        raise InputError([Problem(str(path), "there is no such file or folder", hint)])
    os.execv(sys.executable, [sys.executable, "-m", "jupyterlab", *lab_options(path), *options])


def lab_options(path: Path) -> list[str]:
    """What JupyterLab is started with: this folder as its root, the path open, and our hook."""
    where = path.resolve().relative_to(Path.cwd().resolve()).as_posix()
    return [
        f"--ServerApp.root_dir={Path.cwd()}",
        f"--LabApp.default_url=/lab/tree/{where}",
        f"--ContentsManager.pre_save_hook={_HOOK}",
    ]


def without_outputs(*, model: dict[str, Any], path: str, **_: Any) -> None:
    """Jupyter's hook before a file is saved: a template goes to disk without outputs and figures of a client.

    On the screen they stay. Other notebooks are saved as they are.
    """
    if model.get("type") != "notebook" or Path(path).name != NOTEBOOK or model.get("content") is None:
        return
    for cell in model["content"]["cells"]:
        for key in _LEFT_OUT:
            cell["metadata"].pop(key, None)
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
