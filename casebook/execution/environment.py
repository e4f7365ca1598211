"""The environment variables of processes that run cells."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def cell_environment() -> dict[str, str]:
    """The variables of this process, where `python` and `pip` are those of the Python that runs casebook.

    Whoever starts casebook by its path has not activated its environment: PATH leads elsewhere, or nowhere.
    """
    programs = str(Path(sys.executable).parent)
    places = [place for place in os.environ.get("PATH", os.defpath).split(os.pathsep) if place != programs]
    return {**os.environ, "PATH": os.pathsep.join([programs, *places])}
