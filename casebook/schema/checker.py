"""Collects everything that is wrong in a mapping of values, with the line where each value stands."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TypeVar

from casebook.errors import InputError, Problem
from casebook.schema.wording import Place, closest, listed, name_of, printable, show
from casebook.schema.yaml_source import REFUSED, Source

T = TypeVar("T")

_ENOUGH_PROBLEMS = 200
_MOST_PROBLEMS = 50
"""Problems of one file that are told; whoever has mended them asks again."""


class Checker:
    """The problems of one file, or of one mapping that has no file."""

    def __init__(self, name: str, source: Source | None = None, *, folder: Path = Path()) -> None:
        """Begin with what the reading of a file found; `name` is the file's, as a message shows it.

        `folder` is where the paths in it start.
        """
        self._name = name
        self.folder = folder
        self.values: dict[str, object] = {}
        """All that is to be read, as it stands in the file."""
        self.texts: dict[Place, str] = {}
        """The texts that were read, by their places: `2025` where YAML has a number."""
        self.paths: dict[Place, str] = {}
        """Those of them that are paths of other files."""
        self._lines: dict[Place, int] = dict(source.lines) if source else {}
        self._written: dict[Place, str] = dict(source.written) if source else {}
        self.is_file = source is not None
        """Whether the values come from a file, and not from a notebook."""
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
        return self._note(0, 1, f"{self._name}:1" if self.is_file else self._name, message, hint)

    def refuse(self, place: Place, value: object, needed: str, hint: str | None = None) -> None:
        """Note that a value is not what it must be."""
        self.add(place, f"{name_of(place)} is {self.shown(place, value)}; must be {needed}", hint)

    def override(self, place: Place, where: str, source: Source) -> None:
        """From now on the value at a place comes from elsewhere, such as an option of a command."""
        order = len(self._elsewhere)
        self._written = {at: text for at, text in self._written.items() if at[: len(place)] != place}
        self._lines = {at: line for at, line in self._lines.items() if at[: len(place)] != place}
        self._written.update(source.written)
        self._elsewhere[place] = (order, where)
        for finding in source.findings:
            self._note(1, order, where, finding.message, finding.hint)

    def is_overridden(self, place: Place) -> bool:
        """Whether the value at a place, or one around it, comes from elsewhere."""
        return any(place[:length] in self._elsewhere for length in range(len(place) + 1))

    def move(self, place: Place, to: Place) -> None:
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

    def shown(self, place: Place, value: object) -> str:
        """A value for a message, as it was written where that is known."""
        return printable(self._written.get(place) or show(value), 80)

    def as_written(self, place: Place, value: T) -> str | T:
        """A number's own text, where that is known."""
        return self._written.get(place, value)

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
            self.refuse(place, value, f"a mapping{keys}", hint)
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
        self.refuse(place, value, "a list", hint)
        return []


def is_scalar(value: object) -> bool:
    """Whether a value is a single one: text, a number, true, false or nothing."""
    return value is None or isinstance(value, (str, int, float))


def show_key(key: str) -> str:
    """A key in a message, always in quotes."""
    return repr(key if len(key) <= 60 else key[:60] + "…")
