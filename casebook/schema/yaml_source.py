"""YAML text as plain Python values, with the line of every key and item.

The reader takes the part of YAML that a parameter file needs and that all readers agree on: mappings with
text keys, lists, text, numbers, true, false and nothing. Anchors, aliases, merge keys, tags, directives and
further documents are refused, so no file can grow while it is read. Problems are collected, not raised; a
value that was refused is `REFUSED`, so that later checks can pass over it in silence.

    >>> source = read_yaml("years: 3\\ninputs:\\n  customers: 22_000_000\\n")
    >>> source.value
    {'years': 3, 'inputs': {'customers': '22_000_000'}}
    >>> source.lines["inputs", "customers"], source.findings
    (3, ())
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import events

from casebook.schema.passwords import HINT, REFUSAL, holds_password
from casebook.schema.wording import Place, name_of, printable, unusable_character
from casebook.schema.yaml_events import YAMLSyntaxError, parse_events
from casebook.schema.yaml_scalars import Plain, ScalarError, quoted, read_plain
from casebook.schema.yaml_text import Finding, decode

MAX_DEPTH = 20
MAX_VALUES = 20_000


class Refused(enum.Enum):
    """Stands where a value was refused and the refusal has been reported."""

    REFUSED = "refused"


REFUSED = Refused.REFUSED


@dataclass(frozen=True)
class Source:
    """What a YAML text holds."""

    value: object
    """dict, list, str, int, float, bool, None, or REFUSED; strings are exactly as written."""

    lines: dict[Place, int]
    """The line (from 1) of each key and each item, by the keys and positions that lead to it."""

    written: dict[Place, str]
    """The text of each plain number and truth value, as it stands in the file."""

    findings: tuple[Finding, ...]
    """Everything wrong, in the order of the text."""

    complete: bool
    """False when reading stopped early, so that what seems to be missing may stand further down."""


def read_yaml(data: bytes | str, *, at: Place = ()) -> Source:
    """Read a YAML text that holds one value; `at` is the place of that value, for messages."""
    composer = _Composer(at)
    text, findings = decode(data)
    if text is None:
        composer.findings.extend(findings)
        return composer.source(complete=False)
    return composer.source(complete=composer.compose(text))


@dataclass
class _Frame:
    """A mapping or list that is still open; `place` is None inside a value that is thrown away."""

    value: dict[str, object] | list[object]
    place: Place | None
    key: str | None = None
    awaits_value: bool = False
    next_place: Place | None = None


@dataclass
class _Composer:
    """Builds values from parser events with a stack of its own: hostile nesting can't exhaust Python's."""

    at: Place
    root: object = None
    empty: bool = True
    count: int = 0
    lines: dict[Place, int] = field(default_factory=dict)
    written: dict[Place, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    stack: list[_Frame] = field(default_factory=list)

    def source(self, *, complete: bool) -> Source:
        value = REFUSED if self.empty else self.root
        ordered = sorted(self.findings, key=lambda finding: finding.line)
        return Source(value, self.lines, self.written, tuple(ordered), complete)

    def find(self, line: int, message: str, hint: str | None = None) -> None:
        self.findings.append(Finding(line, message, hint))

    def compose(self, text: str) -> bool:
        """Read the events; False when reading stopped early."""
        try:
            for event in parse_events(text):
                if not self._take(event):
                    return False
        except YAMLSyntaxError as fault:
            self.find(fault.line, f"this is not YAML: {fault.problem}", fault.hint)
            return False
        if self.empty:
            self.find(1, f"{name_of(self.at)} is empty")
        if not any(REFUSAL in finding.message for finding in self.findings):
            # In a comment: the file's text is published with the report.
            for number, line in enumerate(text.splitlines() if holds_password(text) else (), start=1):
                if holds_password(line):
                    self.find(number, f"the line {REFUSAL}", HINT)
        return True

    def _take(self, event: Any) -> bool:
        line = event.start_mark.line + 1
        if isinstance(event, events.DocumentStartEvent):
            return self._start_document(event, line)
        if isinstance(event, (events.MappingEndEvent, events.SequenceEndEvent)):
            frame = self.stack.pop()
            self._place(frame.value)
        elif isinstance(event, events.AliasEvent):
            self.find(line, f"the alias *{printable(event.anchor)} is not allowed", "write the value out")
            self._begin(line, REFUSED)
            self._place(REFUSED)
        elif isinstance(event, events.ScalarEvent):
            return self._scalar(event, line)
        elif isinstance(event, (events.MappingStartEvent, events.SequenceStartEvent)):
            return self._open(event, line)
        return True

    def _start_document(self, event: Any, line: int) -> bool:
        if event.version or event.tags:
            self.find(line, "a YAML directive is not allowed", "take out the lines that start with %")
        if self.empty:
            return True
        self.find(line, "a second document starts here; a file holds one", "take out the line ---")
        return False

    def _open(self, event: Any, line: int) -> bool:
        if len(self.stack) >= MAX_DEPTH:
            self.find(line, f"values are nested deeper than {MAX_DEPTH} levels")
            return False
        self._plain_node(event, line)
        value: dict[str, object] | list[object] = {} if isinstance(event, events.MappingStartEvent) else []
        place = self.at if not self.stack else None
        if self._begin(line, value) and self.stack:
            place = self.stack[-1].next_place
        # Where a mapping or list stands as a key, it is read to its end and then forgotten.
        self.stack.append(_Frame(value, place))
        return self._within_limits(line)

    def _within_limits(self, line: int) -> bool:
        self.count += 1
        if self.count <= MAX_VALUES:
            return True
        self.find(line, f"the file holds more than {MAX_VALUES:,} values")
        return False

    def _plain_node(self, event: Any, line: int) -> bool:
        """Whether a value carries neither anchor nor tag."""
        if event.anchor is not None:
            self.find(line, f"the anchor &{printable(event.anchor)} is not allowed", "take it out")
        if event.ctag is not None:
            tag = str(event.ctag).replace("tag:yaml.org,2002:", "!!")
            self.find(line, f"the tag {printable(tag)} is not allowed", "take it out")
        return event.anchor is None and event.ctag is None

    def _scalar(self, event: Any, line: int) -> bool:
        frame = self.stack[-1] if self.stack else None
        if frame is not None and isinstance(frame.value, dict) and not frame.awaits_value:
            self._key(frame, event, line)
            return self._within_limits(line)
        self._begin(line, None)
        place = frame.next_place if frame else self.at
        plain = event.style is None and event.implicit[0]
        value: object = REFUSED
        if self._plain_node(event, line):
            value = self._value(event.value, plain, place, line)
        if place is not None and plain and isinstance(value, (bool, int, float)):
            self.written[place] = event.value
        self._place(value)
        return self._within_limits(line)

    def _value(self, text: str, plain: bool, place: Place | None, line: int) -> Plain | Refused:
        name = name_of(place) if place is not None else "a value"
        if fault := unusable_character(text):
            self.find(line, f"{name} contains {fault}", "take the character out")
            return REFUSED
        if holds_password(text):
            self.find(line, f"{name} {REFUSAL}", HINT)
            return REFUSED
        if not plain:
            return text
        try:
            return read_plain(text)
        except ScalarError as error:
            self.find(line, f"{name} is {printable(text)}, {error.rule}", error.hint)
            return REFUSED

    def _key(self, frame: _Frame, event: Any, line: int) -> None:
        """Take a scalar as the key of the mapping that is open."""
        text = event.value
        plain = event.style is None and event.implicit[0]
        frame.awaits_value, frame.key, frame.next_place = True, None, None
        self._plain_node(event, line)
        assert isinstance(frame.value, dict)
        if holds_password(text):
            self.find(line, f"a key {REFUSAL}", HINT)
            return
        if plain and text == "<<":
            self.find(line, "the merge key << is not allowed", "write the values out")
            return
        try:
            key = read_plain(text) if plain else text
        except ScalarError as error:
            self.find(line, f"the key {printable(text)} is one {error.rule}", f"quote it: {quoted(text)}")
            return
        if not isinstance(key, str):
            shown = printable(text) or "(empty)"
            self.find(line, f"the key {shown} is not text", f"quote it: {quoted(text)}")
        elif fault := unusable_character(key):
            self.find(line, f"the key {printable(key)} contains {fault}", "take the character out")
        elif key in frame.value:
            first = f", first in line {self.lines[*frame.place, key]}" if frame.place is not None else ""
            self.find(line, f"the key {printable(key)} is given twice{first}", "keep one of the two")
        else:
            frame.value[key] = REFUSED
            frame.key = key
            if frame.place is not None:
                frame.next_place = (*frame.place, key)
                self.lines[frame.next_place] = line

    def _begin(self, line: int, value: object) -> bool:
        """Note the place of the value that starts here; False when it stands where a key should."""
        if not self.stack:
            self.lines[self.at] = line
            return True
        frame = self.stack[-1]
        if isinstance(frame.value, list):
            frame.next_place = None if frame.place is None else (*frame.place, len(frame.value))
            if frame.next_place is not None:
                self.lines[frame.next_place] = line
        elif not frame.awaits_value:
            frame.key, frame.next_place = None, None
            if value is not REFUSED:
                kind = "list" if isinstance(value, list) else "mapping"
                self.find(line, f"a {kind} is used as a key; a key must be text", "put quotes round the key")
            return False
        return True

    def _place(self, value: object) -> None:
        """Put a finished value where it belongs."""
        if not self.stack:
            self.root, self.empty = value, False
            return
        frame = self.stack[-1]
        if isinstance(frame.value, list):
            frame.value.append(value)
        elif not frame.awaits_value:
            frame.awaits_value, frame.key = True, None
        else:
            if frame.key is not None:
                frame.value[frame.key] = value
            frame.awaits_value = False
