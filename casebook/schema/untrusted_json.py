"""JSON that comes from elsewhere (a manifest, a record, a journal): read with care for what a file may be."""

from __future__ import annotations

import codecs
import json
import math
import os
import re
import stat
from pathlib import Path
from typing import Any

from casebook.errors import InputError, Problem
from casebook.schema.wording import display, printable, show

MOST_BYTES = 10_000_000
"""A record has about 100 kB; more than this is none."""
_HALF = re.compile("[\ud800-\udfff]")


def read_json(path: Path, *, most: int = MOST_BYTES, kind: str = "") -> Any:
    """What stands in a JSON file. Raises InputError where it is not a file, too large, or not JSON.

    `kind` is what it should be, where that is not part of a report.
    """
    try:
        # A pipe, a device or a file without end is not waited for.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(descriptor, "rb") as file:
            about = os.fstat(descriptor)
            wrong = "is not a file" if not stat.S_ISREG(about.st_mode) else ""
            wrong = wrong or (f"is over {most // 1_000_000} MB" if about.st_size > most else "")
            data = b"" if wrong else file.read(most + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "no file can have this name"
        raise InputError([Problem(display(path), f"can't be opened: {reason}")]) from None
    hint = None if kind else "make the report again"
    if not wrong and kind and data.startswith(codecs.BOM_UTF8):
        wrong = f"the file is not {kind}: it begins with a byte-order mark"
        hint = "save it as UTF-8 without one"
    if not wrong:
        try:
            return json.loads(data)
        except (ValueError, RecursionError, MemoryError):
            what = f"the file is not {kind}" if kind else "the file is damaged"
            wrong = f"{what}: this is not JSON"
    raise InputError([Problem(display(path), wrong, hint)])


def is_number(value: Any) -> bool:
    """Whether a value is a number that can be computed with."""
    try:
        return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
    except OverflowError:  # a whole number past what a float can hold
        return False


def unusable(value: Any) -> str | None:
    """The first value in JSON, at whatever depth, that can't be written as JSON again; None where all can."""
    waiting: list[tuple[tuple[str | int, ...], Any]] = [((), value)]
    while waiting:
        place, each = waiting.pop()
        if isinstance(each, dict):
            waiting += [((*place, key), one) for key, one in each.items()]
            each = "".join(each)
        elif isinstance(each, list):
            waiting += [((*place, number), one) for number, one in enumerate(each)]
        if isinstance(each, (int, float)) and not isinstance(each, bool) and not is_number(each):
            return f"{where(place)} is {show(each)}; must be a number"
        if isinstance(each, str) and _HALF.search(each):
            return f"{where(place)} contains half of a character"
    return None


def where(place: tuple[str | int, ...]) -> str:
    """The keys that lead to a value, as a message names them."""
    return ".".join(printable(str(step), 40) for step in place) or "it"
