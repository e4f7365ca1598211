"""Scales of maturity: the levels that a type of case offers, and how one tells which one a client is on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from casebook.schema.checking import Checker, show_key
from casebook.schema.kinds import LINE, TEXT, Choice, Kind, Schema
from casebook.schema.sections import Key, ListOf, Section, Shorthand
from casebook.schema.wording import Place


@dataclass(frozen=True)
class Level:
    """A place on a scale."""

    key: str
    name: str
    rule: str
    """How one tells that a client is here."""
    next: str | None = None
    """What the step to the next level takes; None on the highest."""


@dataclass(frozen=True)
class Scale:
    """A scale of maturity, the lowest level first."""

    key: str
    title: str
    levels: Sequence[Level]

    @property
    def level_keys(self) -> list[str]:
        """What a parameter file may write."""
        return [level.key for level in self.levels]

    def after(self, level: Level) -> Level | None:
        """The next level up; None from the highest."""
        above = list(self.levels)[list(self.levels).index(level) + 1 :]
        return above[0] if above else None


@dataclass(frozen=True)
class Placement:
    """Where a client stands on a scale, and why."""

    scale: Scale
    level: Level
    reason: str | None = None


_LEVEL = Section(
    {
        "key": Key(LINE, "What a parameter file calls it.", required=True),
        "name": Key(LINE, "What a reader sees.", required=True),
        "rule": Key(TEXT, "How one tells that a client is here.", required=True),
        "next": Key(TEXT, "What the step to the next level takes."),
    },
)
_SCALE = Section(
    {
        "title": Key(LINE, "The caption of its picture.", required=True),
        "levels": Key(ListOf(_LEVEL), "The levels, the lowest first.", required=True),
    }
)


@dataclass(frozen=True)
class ScalesSection(Kind):
    """The scales that a type of case offers, by key."""

    def read(self, checker: Checker, place: Place, value: object) -> dict[str, Scale]:
        given = checker.mapping(place, value, None)
        read = {key: _SCALE.read(checker, (*place, key), entry) for key, entry in given.items()}
        found = {key: self._scale(checker, (*place, key), key, entry) for key, entry in read.items()}
        return {key: scale for key, scale in found.items() if scale is not None}

    def json_schema(self) -> Schema:
        return {"type": "object", "additionalProperties": _SCALE.json_schema()}

    def _scale(self, checker: Checker, place: Place, key: str, entry: Mapping[str, Any]) -> Scale | None:
        levels = entry.get("levels") or []
        wanted = {"key", "name", "rule"}
        if any(not wanted <= {name for name, text in each.items() if text} for each in levels):
            return None  # which has been reported
        if len(levels) < 2:
            checker.add((*place, "levels"), f"scale {show_key(key)} has fewer than two levels", "add levels")
        keys = [each["key"] for each in levels]
        for index, each in enumerate(levels):
            at, is_last = (*place, "levels", index), index == len(levels) - 1
            if each["key"] in keys[:index]:
                checker.add((*at, "key"), f"two levels have the key {show_key(each['key'])}", "rename one")
            if is_last and "next" in each:
                checker.add((*at, "next"), "the highest level has no next", "take the line out")
            if not is_last and "next" not in each:
                checker.add(at, f"level {show_key(each['key'])} has no next", "add what the step up takes")
        return Scale(key, entry.get("title") or key, tuple(Level(**each) for each in levels))


@dataclass(frozen=True)
class PlacementsSection(Kind):
    """Where the client stands: a text, or a level on scales of the type of case."""

    scales: Mapping[str, Scale]

    def read(self, checker: Checker, place: Place, value: object) -> str | tuple[Placement, ...] | None:
        if not isinstance(value, dict):
            return TEXT.read(checker, place, value)
        found = [self._placement(checker, (*place, key), key, entry) for key, entry in value.items()]
        return tuple(each for each in found if each is not None)

    def json_schema(self) -> Schema:
        scales = {key: self._entry(scale).json_schema() for key, scale in self.scales.items()}
        placed = {"type": "object", "properties": scales, "additionalProperties": False}
        return {"anyOf": [TEXT.json_schema(), placed]}

    def _entry(self, scale: Scale) -> Shorthand:
        levels = Choice(scale.level_keys)
        keys = {"level": Key(levels, "The level.", required=True), "reason": Key(TEXT, "Why.")}
        return Shorthand("level", Section(keys))

    def _placement(self, checker: Checker, place: Place, key: str, entry: object) -> Placement | None:
        scale = self.scales.get(key)
        if scale is None:
            hint = checker.suggest(key, self.scales, kind="scales") if self.scales else "write it as text"
            checker.add(place, f"the type of case has no scale {show_key(key)}", hint)
            return None
        read = self._entry(scale).read(checker, place, entry)
        if not (read and read.get("level")):
            return None
        level = next(level for level in scale.levels if level.key == read["level"])
        return Placement(scale, level, read.get("reason"))
