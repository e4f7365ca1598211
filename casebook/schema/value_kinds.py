"""The kinds of single values that a file may hold: how each is checked, and described to an editor."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, ClassVar

from casebook.schema.checker import Checker
from casebook.schema.number_pattern import NUMBER, at_least, at_most
from casebook.schema.number_text import EXAMPLES, LARGEST, NumberError, read_number, write_number
from casebook.schema.wording import Place, closest, listed, name_of, show, unusable_character
from casebook.schema.yaml_scalars import quoted
from casebook.schema.yaml_source import REFUSED

Schema = dict[str, Any]
Bounds = tuple[float | None, float | None]
Quantity = float | tuple[float, ...]
"""One number, or one a year."""

GRADES = ("measured", "stated", "benchmark", "assumption")
"""Grades of evidence, the strongest first."""

LONGEST_TEXT, LONGEST_LINE, LONGEST_WORD = 10_000, 1_000, 1_000
"""Characters of a text, of one that stands in a line, and of a word: more can't be set on a page."""
_LONG_WORD = re.compile(rf"\S{{{LONGEST_WORD + 1},}}")
_USABLE = r"[^\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]"


class Kind:
    """What a value has to be."""

    is_settable: ClassVar[bool] = False
    """Whether `--set name=value` may give it: what fits on one line."""

    def read(self, checker: Checker, place: Place, value: object) -> Any:
        """The value in the type that is computed with; None, with the problem noted, where it is wrong.

        A value that was refused before (`REFUSED`) is passed over.
        """
        raise NotImplementedError

    def json_schema(self) -> Schema:
        """What an editor is given; it never refuses what `read` accepts."""
        raise NotImplementedError


@dataclass(frozen=True)
class Text(Kind):
    """Text that is not blank, without line breaks around it; a number is taken as it was written."""

    longest: ClassVar[int] = LONGEST_TEXT
    one_line: ClassVar[bool] = False
    pattern: ClassVar[str] = rf"^(?=[\s\S]*\S)(?![\s\S]*\S{{{LONGEST_WORD + 1}}}){_USABLE}*$"

    def read(self, checker: Checker, place: Place, value: object) -> str | None:
        name, text = name_of(place), value
        if value is REFUSED:
            return None
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            text = checker.as_written(place, show(value))
        if text is None or (isinstance(text, str) and not text.strip()):
            checker.add(place, f"{name} is empty; must be text", "write it, or take the line out")
        elif not isinstance(text, str):
            hint = f"quote it: {quoted(checker.shown(place, value))}" if isinstance(value, bool) else None
            checker.refuse(place, value, "text", hint)
        elif fault := unusable_character(text):
            checker.add(place, f"{name} contains {fault}", "take the character out")
        elif self.one_line and "\n" in text.strip("\n"):
            checker.add(place, f"{name} has a line break; must be one line")
        elif len(text) > self.longest:
            checker.add(place, f"{name} has {len(text):,} characters; at most {self.longest:,} are allowed")
        elif len(text) > LONGEST_WORD and (word := _LONG_WORD.search(text)):
            what = f"{name} has a word of {len(word[0]):,} characters"
            checker.add(place, f"{what}; at most {LONGEST_WORD:,} are allowed", "put a space into it")
        else:
            checker.texts[place] = text.strip("\n")
            return text.strip("\n")
        return None

    def json_schema(self) -> Schema:
        return {"type": ["string", "number"], "pattern": self.pattern, "maxLength": self.longest}


@dataclass(frozen=True)
class Line(Text):
    """Text on one line."""

    is_settable = True
    longest = LONGEST_LINE
    one_line = True
    pattern = rf"^\n*(?=.*\S)(?:(?!\n){_USABLE})*\n*$"


TEXT = Text()
LINE = Line()


@dataclass(frozen=True)
class Form(Kind):
    """One line of text in a form that a regular expression describes."""

    pattern: str
    needed: str
    """What a value must be, in words."""
    hint: str | None = None
    is_settable = True

    def read(self, checker: Checker, place: Place, value: object) -> Any:
        text = LINE.read(checker, place, value)
        parsed = self.parse(text) if text is not None and re.fullmatch(self.pattern, text) else None
        if text is not None and parsed is None:
            checker.refuse(place, text, self.needed, self.hint_at(text))
        return parsed

    def parse(self, text: str) -> Any:
        """What a text of this form stands for; None where it stands for nothing."""
        return text

    def hint_at(self, text: str) -> str | None:
        """What to write instead of a text that is not of this form."""
        return self.hint

    def json_schema(self) -> Schema:
        return {"type": "string", "pattern": rf"^\n*(?:{self.pattern})\n*$"}


@dataclass(frozen=True)
class Choice(Kind):
    """One of some words."""

    choices: Collection[str]
    any_case: bool = False
    is_settable = True

    def read(self, checker: Checker, place: Place, value: object) -> str | None:
        text = TEXT.read(checker, place, value)
        if text is None or (text.lower() if self.any_case else text) in self.choices:
            return text
        match = closest(text, self.choices)
        hint = f"did you mean '{match}'?" if match else None
        checker.refuse(place, text, f"one of {listed(self.choices)}", hint)
        return None

    def json_schema(self) -> Schema:
        if not self.any_case:
            return {"enum": list(self.choices)}
        return {"type": "string", "pattern": rf"^\n*(?:{case_insensitive(self.choices)})\n*$"}


def case_insensitive(words: Collection[str]) -> str:
    """A regular expression for words in capital or small letters; a JSON Schema has no flag for it."""

    def either(char: str) -> str:
        return f"[{char.lower()}{char.upper()}]" if char.isalpha() else re.escape(char)

    return "|".join("".join(map(either, word)) for word in words)


@dataclass(frozen=True)
class Flag(Kind):
    """True or false; what is neither gives False."""

    def read(self, checker: Checker, place: Place, value: object) -> bool:
        if value is not REFUSED and not isinstance(value, bool):
            checker.refuse(place, value, "true or false")
        return value is True

    def json_schema(self) -> Schema:
        return {"type": "boolean"}


@dataclass(frozen=True)
class Number(Kind):
    """A number within its bounds; text such as 10% or 22_000_000 counts as one."""

    bounds: Bounds | None = None
    unit: str = ""
    rule: str | None = None
    """What the number must be, in words, where the bounds themselves would not say it well."""
    is_whole: bool = False
    defined_as: str | None = None
    """The name under which the JSON Schema defines it once for all its places."""
    is_settable = True

    def read(self, checker: Checker, place: Place, value: object) -> Any:
        if value is REFUSED:
            return None
        try:
            number = read_number(value if isinstance(value, bool) else checker.as_written(place, value))
        except NumberError as error:
            hint = "write the number, or take the line out" if value is None else error.hint
            checker.refuse(
                place, value, self.rule or error.rule, None if self.rule and hint == EXAMPLES else hint
            )
            return None
        broken = out_of_bounds(number, self.unit, self.bounds)
        if broken or (self.is_whole and number != int(number)):
            needed = self.rule or broken or "a whole number"
            checker.refuse(place, value, needed, self._share_meant(number, value))
            return None
        return int(number) if self.is_whole else number

    def _share_meant(self, number: float, value: object) -> str | None:
        """A hint at the percentage that a number such as 8 was probably meant as."""
        # Not for 110%, which was written as a share, nor for a correlation, which nobody means as one.
        is_share = self.bounds is not None and self.bounds[1] == 1 and self.bounds[0] != -1
        if not is_share or not 1 < number <= 100 or "%" in str(value):
            return None
        return f"write {write_number(number)}% or {write_number(read_number(f'{number!r}%'))}"

    def json_schema(self) -> Schema:
        if self.defined_as:
            return {"$ref": f"#/$defs/{self.defined_as}"}
        low, high = self.bounds or (None, None)
        least, most = (-LARGEST if low is None else low), (LARGEST if high is None else high)
        patterns = [NUMBER, at_least(least), at_most(most)]
        patterns += [r"^\s*\+?[0-9_]+(?:\.0*)?\s*$|[eE%]"] if self.is_whole else []
        return {
            "type": ["number", "string"],
            "minimum": least,
            "maximum": most,
            "allOf": [{"pattern": pattern} for pattern in patterns],
            **({"multipleOf": 1} if self.is_whole else {}),
        }


@dataclass(frozen=True)
class Yearly(Kind):
    """One number for all years, or a list with one a year."""

    number: Number = Number()
    years: int | None = None
    """How many; None where a list may be of any length."""

    def read(self, checker: Checker, place: Place, value: object) -> Quantity | None:
        if not isinstance(value, list):
            number: float | None = self.number.read(checker, place, value)
            return number
        entries = [self.number.read(checker, (*place, index), entry) for index, entry in enumerate(value)]
        if value and self.years in (None, len(value)):
            return None if None in entries else tuple(entries)
        given = "1 entry" if len(value) == 1 else f"{len(value)} entries"
        rule = f"{self.years}, one a year" if self.years else "one a year"
        hint = None
        is_value = place[0] == "inputs" and place[-1] not in ("low", "high")
        if is_value and checker.is_overridden(("years",)) and not checker.is_overridden(place):
            list_text = "[" + ", ".join(["…"] * min(self.years or 1, 5)) + "]"
            hint = f"set it as well: --set '{name_of(place)}={list_text}', or one number for all years"
        checker.add(place, f"{name_of(place)} has {given}; must have {rule}", hint)
        return None

    def json_schema(self) -> Schema:
        number = self.number.json_schema()
        return {"if": {"type": "array"}, "then": {"minItems": 1, "items": number}, "else": number}


def out_of_bounds(number: float, unit: str, bounds: Bounds | None) -> str | None:
    """What a number that is out of bounds must be instead; None when it is within.

    >>> out_of_bounds(8, "share", (0, 1)), out_of_bounds(-1, "people", (0, None)), out_of_bounds(1, "", None)
    ('a share between 0 and 1', 'a number of at least 0', None)
    """
    low, high = bounds or (None, None)
    if (low is None or number >= low) and (high is None or number <= high):
        return None
    noun = "share" if unit == "share" else "number"
    if low is not None and high is not None:
        return f"a {noun} between {write_number(low)} and {write_number(high)}"
    if low is not None:
        return f"a {noun} of at least {write_number(low)}"
    return f"a {noun} of at most {write_number(high or 0)}"
