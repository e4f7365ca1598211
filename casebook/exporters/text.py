"""Characters that no document can carry are taken out before anything else sees a text."""

from __future__ import annotations

import re
from dataclasses import is_dataclass, replace
from typing import Any

_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\^_]|[()][0-9A-Za-z])")
# C0 and C1 controls (not tab and line feed), the byte order mark, and halves of surrogate pairs.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff]")
_LONE_SURROGATES = re.compile("[\ud800-\udfff]")


def printable(text: str) -> str:
    r"""`text` without control characters; line ends are line feeds.

    >>> printable("a\x00b\r\nc\u009b")
    'ab\nc'
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    return _LONE_SURROGATES.sub("\ufffd", _CONTROLS.sub("", text))


def printable_data(data: Any) -> Any:
    """The same for every text in JSON data or in the fields of a dataclass, keys left as they are."""
    if isinstance(data, str):
        return printable(data)
    if isinstance(data, dict):
        return {key: printable_data(value) for key, value in data.items()}
    if isinstance(data, (list, tuple)):
        return type(data)([printable_data(value) for value in data])
    if is_dataclass(data) and not isinstance(data, type):
        return replace(data, **{name: printable_data(value) for name, value in vars(data).items()})
    return data


def terminal_text(text: str) -> str:
    r"""What a terminal shows at the end: no colours, and a line that was written over shows its last state.

    >>> terminal_text("\x1b[31mred\x1b[0m\n10%\r20%")
    'red\n20%'
    """
    text = _ESCAPES.sub("", text).replace("\r\n", "\n")
    lines = (line.rstrip("\r").rsplit("\r", 1)[-1] for line in text.split("\n"))
    return printable("\n".join(lines).expandtabs(8)).strip("\n")
