"""The bytes of a YAML file as text: UTF-8, of a bearable size, with nothing in it that can't be shown."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

from casebook.schema.wording import unusable_character

MAX_BYTES = 1_000_000
_MOST_FINDINGS = 20


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong in a text, by line (from 1)."""

    line: int
    message: str
    hint: str | None = None


def decode(data: bytes | str) -> tuple[str | None, list[Finding]]:
    """The text, without a byte order mark; or None and what stands in the way.

    >>> decode(b"years: 3")
    ('years: 3', [])
    >>> decode(b"a: 1\\nb: \\xff")[1][0].message
    'the byte 0xff is not UTF-8'
    """
    if len(data) > MAX_BYTES:
        return None, [Finding(1, "the file is over 1 MB; must be at most 1 MB")]
    if isinstance(data, bytes):
        try:
            data = data.decode("utf-8")
        except UnicodeDecodeError as error:
            return None, [_not_utf8(error.object, error.start)]
    text = data.removeprefix("\ufeff")
    findings: list[Finding] = []
    for number, line in enumerate(text.split("\n"), start=1):
        # A carriage return before the line feed is a line end of Windows.
        if fault := unusable_character(line.removesuffix("\r")):
            findings.append(Finding(number, f"the line contains {fault}", "take the character out"))
        if len(findings) >= _MOST_FINDINGS:  # no text file after all
            break
    return (None if findings else text), findings


def _not_utf8(data: bytes, position: int) -> Finding:
    hint = "save the file as UTF-8"
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return Finding(1, "the file is in UTF-16; must be UTF-8", hint)
    line = data.count(b"\n", 0, position) + 1
    return Finding(line, f"the byte 0x{data[position]:02x} is not UTF-8", hint)
