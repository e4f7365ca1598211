"""Collects everything that is wrong in a mapping of values, with the line where each value stands.

A `Checker` reads values by their place: each of its methods gives the value in the type that was asked for,
or notes a problem and gives None. A place that was already refused (`REFUSED`) is passed over.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from casebook.errors import InputError, Problem
from casebook.reading.number_text import EXAMPLES, NumberError, read_number, write_number
from casebook.reading.wording import Place, closest, listed, name_of, printable, show, unusable_character
from casebook.reading.yaml_scalars import quoted
from casebook.reading.yaml_source import REFUSED, Source

Bounds = tuple[float | None, float | None]
Quantity = float | tuple[float, ...]
"""One number, or one a year."""

GRADES = ("measured", "stated", "benchmark", "assumption")
"""Grades of evidence, the strongest first."""

_ENOUGH_PROBLEMS = 200
_MOST_PROBLEMS = 50
"""Problems of one file that are told; whoever has mended them asks again."""

LONGEST_TEXT, LONGEST_LINE, LONGEST_WORD = 10_000, 1_000, 1_000
"""Characters of a text, of one that stands in a line, and of a word: more can't be set on a page."""
_LONG_WORD = re.compile(rf"\S{{{LONGEST_WORD + 1},}}")


class Checker:
    """The problems of one file, or of one mapping that has no file."""

    def __init__(self, name: str, source: Source | None = None) -> None:
        """Begin with what the reading of a file found; `name` is the file's, as a message shows it."""
        self._name = name
        self._lines: dict[Place, int] = dict(source.lines) if source else {}
        self._written: dict[Place, str] = dict(source.written) if source else {}
        self._has_lines = source is not None
        self._elsewhere: dict[Place, tuple[int, str]] = {}
        self._problems: list[tuple[int, int, Problem]] = []
        for finding in source.findings if source else ():
            self._note(0, finding.line, f"{name}:{finding.line}", finding.message, finding.hint)

    def _note(self, group: int, order: int, where: str, message: str, hint: str | None) -> None:
        self._problems.append((group, order, Problem(where, message, hint)))

    def add(self, place: Place, message: str, hint: str | None = None) -> None:
        """Note a problem at a place, or at the nearest place around it that has a line."""
        for length in range(len(place), -1, -1):
            prefix = place[:length]
            if prefix in self._elsewhere:
                order, where = self._elsewhere[prefix]
                return self._note(1, order, where, message, hint)
            if prefix in self._lines and prefix:
                line = self._lines[prefix]
                return self._note(0, line, f"{self._name}:{line}", message, hint)
        return self._note(0, 1, f"{self._name}:1" if self._has_lines else self._name, message, hint)

    def override(self, place: Place, where: str, source: Source) -> None:
        """From now on the value at a place comes from elsewhere, such as an option of a command."""
        order = len(self._elsewhere)
        self._written = {at: text for at, text in self._written.items() if at[: len(place)] != place}
        self._lines = {at: line for at, line in self._lines.items() if at[: len(place)] != place}
        self._written.update(source.written)
        self._elsewhere[place] = (order, where)
        for finding in source.findings:
            self._note(1, order, where, finding.message, finding.hint)

    def overridden(self, place: Place) -> bool:
        """Whether the value at a place, or one around it, comes from elsewhere."""
        return any(place[:length] in self._elsewhere for length in range(len(place) + 1))

    def moved(self, place: Place, to: Place) -> None:
        """From now on the value at a place, with its line, counts as the one at another."""
        steps = len(place)
        self._lines |= {(*to, *at[steps:]): line for at, line in self._lines.items() if at[:steps] == place}
        self._written |= {
            (*to, *at[steps:]): text for at, text in self._written.items() if at[:steps] == place
        }

    def add_problems(self, problems: Collection[Problem], *, first: bool = False) -> None:
        """Take over problems that were found elsewhere, after those of this file or before them."""
        self._problems.extend((-1 if first else 2, 0, problem) for problem in problems)

    @property
    def problems(self) -> list[Problem]:
        """The problems in the order of the file, up to as many as anybody reads."""
        found = [problem for _, _, problem in sorted(self._problems, key=lambda noted: noted[:2])]
        more = len(found) - _MOST_PROBLEMS
        if more <= 0:
            return found
        return [*found[:_MOST_PROBLEMS], Problem(self._name, f"and {more:,} more problems")]

    def raise_problems(self) -> None:
        """Raise InputError where there is a problem."""
        if self._problems:
            raise InputError(self.problems)

    def closest(self, name: str, known: Collection[str]) -> str | None:
        """The known name that a misspelt one probably stands for."""
        # The search takes time, and a file with hundreds of problems is no slip of the pen.
        return closest(name, known) if len(self._problems) < _ENOUGH_PROBLEMS else None

    def suggest(self, name: str, known: Collection[str], *, kind: str = "names") -> str:
        """A hint for a name that is not known."""
        match = self.closest(name, known)
        return f"did you mean '{match}'?" if match else f"the {kind} are {listed(known)}"

    # Readers

    def shown(self, place: Place, value: object) -> str:
        """A value for a message, as it was written where that is known."""
        return printable(self._written.get(place) or show(value), 80)

    def text(self, place: Place, value: object, *, one_line: bool = False) -> str | None:
        """A text that is not blank, without line breaks around it; a number is taken as it was written."""
        name = name_of(place)
        if value is REFUSED:
            return None
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            value = self._written.get(place) or show(value)
        if value is None or (isinstance(value, str) and not value.strip()):
            self.add(place, f"{name} is empty; text is needed", "write it, or take the line out")
        elif not isinstance(value, str):
            hint = f"quote it: {quoted(self.shown(place, value))}" if isinstance(value, bool) else None
            self.add(place, f"{name} is {self.shown(place, value)}; text is needed", hint)
        elif fault := unusable_character(value):
            self.add(place, f"{name} contains {fault}", "take the character out")
        elif one_line and "\n" in value.strip("\n"):
            self.add(place, f"{name} has a line break; one line is needed")
        elif len(value) > (most := LONGEST_LINE if one_line else LONGEST_TEXT):
            self.add(place, f"{name} has {len(value):,} characters; at most {most:,} are allowed")
        elif len(value) > LONGEST_WORD and (word := _LONG_WORD.search(value)):
            what = f"{name} has a word of {len(word[0]):,} characters"
            self.add(place, f"{what}; at most {LONGEST_WORD:,} are allowed", "put a space into it")
        else:
            return value.strip("\n")
        return None

    def flag(self, place: Place, value: object) -> bool:
        """Whether a value is true; what is neither true nor false is reported, and gives False."""
        if isinstance(value, bool):
            return value
        if value is not REFUSED:
            self.add(place, f"{name_of(place)} is {self.shown(place, value)}; true or false is needed")
        return False

    def mapping(
        self,
        place: Place,
        value: object,
        known: Collection[str] | None,
        *,
        required: Collection[str] = (),
        hint: str | None = None,
    ) -> dict[str, object]:
        """The entries of a mapping whose keys are known; {} where it is none, which `hint` helps to mend."""
        name = name_of(place)
        if value is REFUSED:
            return {}
        if not isinstance(value, dict):
            keys = f" with {' and '.join(required) or listed(known)}" if known else ""
            if hint is None and len(required) == 1 and is_scalar(value) and value is not None:
                hint = f"write {next(iter(required))}: {self.shown(place, value)}"
            self.add(place, f"{name} is {self.shown(place, value)}; a mapping{keys} is needed", hint)
            return {}
        meant: set[str | None] = set()
        for key in value:
            if known is not None and key not in known:
                hint = self.suggest(key, known, kind="keys")
                self.add((*place, key), f"{name} has no key {show_key(key)}", hint)
                # What was misspelt is not missed as well.
                meant.add(self.closest(key, known))
        for key in required:
            if key not in value and key not in meant:
                self.add(place, f"{name} has no {key}", f"add {key}:")
        return {key: entry for key, entry in value.items() if known is None or key in known}

    def items(self, place: Place, value: object) -> list[object]:
        """The items of a list; [] where it is none."""
        if value is REFUSED:
            return []
        if isinstance(value, list):
            return value
        hint = "write one line for each, with - before it" if is_scalar(value) and value is not None else None
        self.add(place, f"{name_of(place)} is {self.shown(place, value)}; a list is needed", hint)
        return []

    def choice(self, place: Place, value: object, choices: Collection[str]) -> str | None:
        """One of some words."""
        text = self.text(place, value)
        if text is None or text in choices:
            return text
        match = closest(text, choices)
        hint = f"did you mean '{match}'?" if match else None
        self.add(place, f"{name_of(place)} is {show(text)}; one of {listed(choices)} is needed", hint)
        return None

    def currency(self, place: Place, value: object) -> str | None:
        """A currency's ISO 4217 code."""
        from babel.numbers import list_currencies

        code = self.text(place, value, one_line=True)
        known = list_currencies()
        if code is None or code in known:
            return code
        signs = {"$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR"}
        match = signs.get(code) or closest(code, known)
        hint = f"did you mean {match}?" if match else "for example USD, EUR or GBP"
        self.add(place, f"{name_of(place)} is {show(code)}; a currency's ISO 4217 code is needed", hint)
        return None

    def number(
        self,
        place: Place,
        value: object,
        *,
        unit: str = "",
        bounds: Bounds | None = None,
        rule: str | None = None,
    ) -> float | None:
        """A number within its bounds; text such as 10% or 22_000_000 counts as one.

        `rule` is what is needed, in words, where the bounds themselves would not say it well.
        """
        if value is REFUSED:
            return None
        try:
            number = read_number(self._written.get(place, value) if not isinstance(value, bool) else value)
        except NumberError as error:
            hint = "write the number, or take the line out" if value is None else error.hint
            if rule and hint == EXAMPLES:
                hint = None
            needed = f"{rule} is needed" if rule else error.rule
            self.add(place, f"{name_of(place)} is {self.shown(place, value)}; {needed}", hint)
            return None
        broken = out_of_bounds(number, unit, bounds)
        if broken is None:
            return number
        hint = None
        # Not for 110%, which was written as a share, nor for a correlation, which nobody means as one.
        is_share = bounds is not None and bounds[1] == 1 and bounds[0] != -1
        if is_share and 1 < number <= 100 and "%" not in str(value):
            hint = f"write {write_number(number)}% or {write_number(read_number(f'{number!r}%'))}"
        self.add(place, f"{name_of(place)} is {self.shown(place, value)}; {rule or broken} is needed", hint)
        return None

    def quantity(
        self, place: Place, value: object, *, unit: str, bounds: Bounds | None, years: int | None
    ) -> Quantity | None:
        """A number, or a list with one number a year; with `years` None a list of any length."""
        if not isinstance(value, list):
            return self.number(place, value, unit=unit, bounds=bounds)
        entries = [
            self.number((*place, index), entry, unit=unit, bounds=bounds) for index, entry in enumerate(value)
        ]
        if not value or (years is not None and len(value) != years):
            needed = "1 entry is" if years == 1 else f"{years} entries are" if years else "entries are"
            hint = None
            is_value = place[0] == "inputs" and place[-1] not in ("low", "high")
            if is_value and self.overridden(("years",)) and not self.overridden(place):
                entries_text = "[" + ", ".join(["…"] * min(years or 1, 5)) + "]"
                hint = f"set it as well: --set '{name_of(place)}={entries_text}', or one number for all years"
            self.add(place, f"{name_of(place)}: {needed} needed, one a year; {len(value)} given", hint)
            return None
        numbers = tuple(number for number in entries if number is not None)
        return numbers if len(numbers) == len(entries) else None


def out_of_bounds(number: float, unit: str, bounds: Bounds | None) -> str | None:
    """What is needed instead of a number that is out of bounds; None when it is within.

    >>> out_of_bounds(8, "share", (0, 1)), out_of_bounds(-1, "people", (0, None)), out_of_bounds(1, "", None)
    ('a share from 0 to 1', 'a number of at least 0', None)
    """
    low, high = bounds or (None, None)
    if (low is None or number >= low) and (high is None or number <= high):
        return None
    noun = "share" if unit == "share" else "number"
    if low is not None and high is not None:
        return f"a {noun} from {write_number(low)} to {write_number(high)}"
    return (
        f"a {noun} of at least {write_number(low)}"
        if low is not None
        else f"a {noun} of at most {write_number(high or 0)}"
    )


def is_scalar(value: object) -> bool:
    """Whether a value is a single one: text, a number, true, false or nothing."""
    return value is None or isinstance(value, (str, int, float))


def show_key(key: str) -> str:
    """A key in a message, always in quotes."""
    return repr(key if len(key) <= 60 else key[:60] + "…")
