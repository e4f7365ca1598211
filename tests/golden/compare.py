"""What moved between two transcripts, each thing once: figures first, then structure, wording last."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from enum import IntEnum

from tests.golden.transcript import EXACT, Entry

CLOSE = 1e-9
"""How far numbers may lie apart, as a share of the larger: more than versions of NumPy make them."""
_INFORMATION = ("pages",)
_HEADS = ("table", "sheet")  # an entry of this kind has the rows after it
_ROWS = ("head", "row", "rows", "formula", "holds")
_NOWHERE = (
    "about",
    "anchor",
    "attachment",
    "captions",
    "link",
    "name",
    "outline",
    "running",
    "sheet",
    "value",
)


class Rank(IntEnum):
    """What kind of thing moved, in the order in which it is told."""

    FIGURE = 0
    STRUCTURE = 1
    WORDING = 2


@dataclass(frozen=True, order=True)
class Difference:
    """One thing that moved: where, and from what to what."""

    rank: Rank
    output: str
    where: str
    text: str

    def __str__(self) -> str:
        return ", ".join(filter(None, [self.output, self.where])) + f": {self.text}"


def _short(text: str, most: int = 160) -> str:
    return text if len(text) <= most else f"{text[: most // 2]} … {text[-most // 2 :]}"


def _same(before: str, after: str, exact: bool) -> bool:
    if before == after or exact:
        return before == after
    try:
        return math.isclose(float(before), float(after), rel_tol=CLOSE)
    except ValueError:
        return False


def _moved(before: Entry, after: Entry, exact: bool) -> str | None:
    """Each figure that moved, behind the words that lead to it."""
    leads, told, name, last = after.words.split("#"), [], "", ""
    for index, (lead, old, new) in enumerate(zip(leads, before.figures, after.figures, strict=False)):
        name = (re.findall(r"\w+=", lead) or [name])[-1]
        if _same(old, new, exact):
            continue
        if not told and index:
            told.append(_short(leads[0], 60))
        shown = lead if not index or "=" in lead or name == last else f"{name}[… {lead.lstrip(', ')}"
        told.append(f"{_short(shown, 60)}[{old} → {new}]")
        last = name
    return f"{after.kind} " + " … ".join(told) if told else None


@dataclass
class _Comparison:
    """The two lists of entries of one output, and what was found so far."""

    output: str
    before: Sequence[Entry]
    after: Sequence[Entry]
    found: list[Difference] = field(default_factory=list)
    lost: list[int] = field(default_factory=list)
    new: list[int] = field(default_factory=list)

    @property
    def exact(self) -> bool:
        return self.output in EXACT

    def where(self, entries: Sequence[Entry], index: int) -> str:
        """The heading and the table, or the sheet, below which an entry stands."""
        if entries[index].kind in _NOWHERE:
            return ""
        row, head, heading = entries[index].kind in _ROWS, "", ""
        for each in reversed(entries[:index]):
            row = row and each.kind in (*_ROWS, *_HEADS)
            if row and each.kind in _HEADS:
                head, row = f"{each.kind} “{_short(each.filled(), 60)}”", False
            elif each.kind.startswith("heading"):
                heading = f"“{_short(each.filled(), 60)}”"
                break
        return ", ".join(filter(None, [heading, head]))

    def tell(self, rank: Rank, text: str, *, after: int) -> None:
        self.found.append(Difference(rank, self.output, self.where(self.after, after), text))

    def pair(self, i: int, k: int) -> None:
        """Hold an entry against what stands in its place."""
        old, new = self.before[i], self.after[k]
        if old.words == new.words or len(old.figures) == len(new.figures):
            if moved := _moved(old, new, self.exact):
                self.tell(Rank.FIGURE, moved, after=k)
            old = Entry(old.kind, old.words, new.figures)
        if old.kind != new.kind:
            self.tell(Rank.STRUCTURE, f"“{_short(new.filled())}” was {old.kind}, is {new.kind}", after=k)
        if old.words != new.words:
            rank = Rank.STRUCTURE if new.kind == "formula" else Rank.WORDING
            if len(old.figures) != len(new.figures):
                rank = Rank.FIGURE
            said = f"{new.kind} was “{_short(old.filled(), 400)}”, is “{_short(new.filled(), 400)}”"
            self.tell(rank, said, after=k)

    def gap(self, i: int, j: int, k: int, m: int) -> None:
        """Compare a stretch that isn't equal: first what has the same words, then what has a like place."""
        keys = [each.key for each in self.before[i:j]], [each.key for each in self.after[k:m]]
        for _, a, b, c, d in SequenceMatcher(None, *keys, autojunk=False).get_opcodes():
            old, new = list(range(i + a, i + b)), list(range(k + c, k + d))
            if keys[0][a:b] == keys[1][c:d]:
                for one, other in zip(old, new, strict=True):
                    self.pair(one, other)
                continue
            for one in list(old):
                other = self.mate(one, old, new)
                if other is not None:
                    self.pair(one, other)
                    old.remove(one)
                    new.remove(other)
            self.lost += old
            self.new += new

    def mate(self, one: int, old: Sequence[int], new: Sequence[int]) -> int | None:
        """What an entry became: the one with its words, with most of them, or the only one of its kind."""
        was = self.before[one]
        for other in new:
            now = self.after[other]
            levels = was.kind.startswith("heading") and now.kind.startswith("heading")
            if was.words == now.words and (levels or {was.kind, now.kind} == {"head", "row"}):
                return other
            elsewhere = was in self.after or now in self.before
            same = SequenceMatcher(None, was.words.split(), now.words.split())
            if was.kind == now.kind and not elsewhere and same.ratio() > 0.5:
                return other
        alike = [other for other in new if self.after[other].kind == was.kind]
        only = [each for each in old if self.before[each].kind == was.kind] == [one]
        return alike[0] if only and len(alike) == 1 else None

    def run(self) -> list[Difference]:
        matcher = SequenceMatcher(None, self.before, self.after, autojunk=False)
        for same, *stretch in matcher.get_opcodes():
            if same != "equal":
                self.gap(*stretch)
        self.elsewhere()
        self.whole(Rank.STRUCTURE, "is lost", self.before, self.lost)
        self.whole(Rank.STRUCTURE, "is new", self.after, self.new)
        return self.found

    def elsewhere(self) -> None:
        """What is lost in one place and new in another has moved, with what stands below it."""
        moved: list[int] = []
        for i in list(self.lost):
            k = next((k for k in self.new if self.after[k].key == self.before[i].key), None)
            if k is not None:
                self.lost.remove(i)
                self.new.remove(k)
                moved.append(k)
                if told := _moved(self.before[i], self.after[k], self.exact):
                    self.tell(Rank.FIGURE, told, after=k)
        self.whole(Rank.STRUCTURE, "stands in another place", self.after, sorted(moved))

    def whole(self, rank: Rank, what: str, entries: Sequence[Entry], indexes: list[int]) -> None:
        """Tell a table or a sheet with its rows once, anything else by itself."""
        rest = sorted(indexes)
        while rest:
            index = rest.pop(0)
            entry, below = entries[index], 0
            while entry.kind in _HEADS and rest and rest[0] == index + below + 1:
                if entries[rest[0]].kind not in _ROWS:
                    break
                rest.pop(0)
                below += 1
            having = f" with {below} rows below it" if below else ""
            text = f"{entry.kind} “{_short(entry.filled())}”{having} {what}"
            self.found.append(Difference(rank, self.output, self.where(entries, index), text))


def renamed(entries: Sequence[Entry], renames: Mapping[str, str]) -> list[Entry]:
    """The entries with each old text as the new one, wherever it stands as words of its own."""
    if not renames:
        return list(entries)
    longest_first = sorted(renames, key=len, reverse=True)
    pattern = re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, longest_first)) + r")(?!\w)")
    return [
        Entry(each.kind, pattern.sub(lambda found: renames[found[0]], each.words), each.figures)
        for each in entries
    ]


def differences(
    before: Mapping[str, Sequence[Entry]],
    after: Mapping[str, Sequence[Entry]],
    renames: Mapping[str, str] | None = None,
) -> list[Difference]:
    """What moved; what page and PDF share is told of both at once."""
    found: dict[tuple[Rank, str, str], list[str]] = {}
    for output in after:
        old = [each for each in renamed(before[output], renames or {}) if each.kind not in _INFORMATION]
        new = [each for each in after[output] if each.kind not in _INFORMATION]
        for each in _Comparison(output, old, new).run():
            found.setdefault((each.rank, each.where, each.text), []).append(each.output)
    merged = [Difference(rank, " and ".join(outputs), *told) for (rank, *told), outputs in found.items()]
    return sorted(merged, key=lambda each: each.rank)


def unused(renames: Mapping[str, str], transcripts: Iterator[Mapping[str, Sequence[Entry]]]) -> set[str]:
    """Old texts that no transcript has: their entries in the map have had their day."""
    words = {each.words for outputs in transcripts for entries in outputs.values() for each in entries}
    return {old for old in renames if not any(old in each for each in words)}
