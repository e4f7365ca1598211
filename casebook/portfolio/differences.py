"""In what the cases differ that makes their figures hard to compare."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass

from casebook.formatting import Formatter
from casebook.portfolio.entry import Entry

_MOST_NAMES = 6


@dataclass(frozen=True)
class Difference:
    """Something that not all cases share, and which case has what: the commonest first."""

    what: str
    groups: tuple[tuple[str, tuple[str, ...]], ...]
    why: str
    """What it means for a reader who compares."""


def differences(entries: Sequence[Entry], to: Formatter) -> list[Difference]:
    """All that keeps the cases from being compared as they stand; empty where nothing does."""
    found = [
        _by("Currency", entries, lambda e: e.currency, "Amounts in different currencies are not added up."),
        _by(
            "Horizon",
            entries,
            lambda e: f"{e.years} {'year' if e.years == 1 else 'years'}",
            "A longer horizon counts more benefits and more costs.",
        ),
        _by(
            "Discount rate",
            entries,
            lambda e: to.share(e.discount_rate, exact=True),
            "A lower rate makes the same money worth more.",
        ),
        _by(
            "Gains",
            entries,
            lambda e: "at revenue" if e.at_revenue else "at margin",
            "Gains at revenue ignore the cost of earning them.",
        ),
        _by(
            "Ranges",
            entries,
            lambda e: "without ranges" if e.probability_of_loss is None else "with ranges",
            "Without ranges no chance of loss is known.",
        ),
        *_versions(entries),
        *_alternatives(entries),
    ]
    return [each for each in found if len(each.groups) > 1]


def _by(what: str, entries: Iterable[Entry], group_of: Callable[[Entry], str], why: str) -> Difference:
    groups: dict[str, list[str]] = defaultdict(list)
    for entry in entries:
        groups[group_of(entry)].append(entry.label)
    ordered = sorted(groups.items(), key=lambda pair: -len(pair[1]))
    return Difference(what, tuple((value, tuple(names)) for value, names in ordered), why)


def _versions(entries: Sequence[Entry]) -> Iterable[Difference]:
    """Types of case of which several versions of the template have computed reports."""
    for kind in sorted({entry.kind for entry in entries}):
        same = [entry for entry in entries if entry.kind == kind and entry.template]
        title = same[0].kind_title if same else kind
        why = "Another version may define a line or a default in another way; report them again."
        yield _by(f"Template of “{title}”", same, lambda e: f"version {e.template[:8]}", why)


def _alternatives(entries: Sequence[Entry]) -> Iterable[Difference]:
    """Cases of one type for one client: they are alternatives, and at most one of them can come true."""
    counts: Counter[Hashable] = Counter(entry.alternatives for entry in entries)
    for group, count in counts.items():
        if count > 1:
            same = [entry for entry in entries if entry.alternatives == group]
            why = "One type of case for one client: alternatives, of which at most one is counted in a total."
            yield _by(f"Cases of {same[0].client}", same, lambda e: e.folder, why)


def named(names: Sequence[str]) -> str:
    """Names in a row; of many only the first."""
    if len(names) <= _MOST_NAMES:
        return ", ".join(names)
    return f"{', '.join(names[: _MOST_NAMES - 1])} and {len(names) - _MOST_NAMES + 1} more"


def counted(entries: Sequence[Entry]) -> list[Entry]:
    """The cases that a total counts: of alternatives the one with the highest net present value."""
    best: dict[Hashable, Entry] = {}
    for entry in entries:
        held = best.setdefault(entry.alternatives, entry)
        if entry.net_present_value > held.net_present_value:
            best[entry.alternatives] = entry
    kept = {id(entry) for entry in best.values()}
    return [entry for entry in entries if id(entry) in kept]
