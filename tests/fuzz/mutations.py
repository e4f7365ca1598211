"""Ways to spoil a file: values of JSON in other places and of other types, bytes cut, added and changed."""

from __future__ import annotations

import copy
import json
import os
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

ALL = os.environ.get("HOSTILE") == "all"
COUNTS = [200, pytest.param(5_000 if ALL else 400, marks=pytest.mark.slow)]
"""Examples of what is tried in process; 5,000 with HOSTILE=all in the environment."""
KERNEL_COUNTS = [20, pytest.param(500 if ALL else 40, marks=pytest.mark.slow)]
"""Examples of what needs a kernel; 500 with HOSTILE=all in the environment."""

HOSTILE = (
    "\x1b]0;pwn\x07", "a\noutput/evil: rack follows from params/a.yaml", "\ud800", "\u202eevil", "\x00", "",
    "/etc/passwd", "../../../../**/*", "~root", "**x/[", ".", "..", "x" * 3000, "W " * 6000, "1e999", "NaN",
    "${HOME}", "postgresql://u:hunter2@h/db", "=1+1", "<script>", "{eval}`1/0`", "no: [", "\u00a0",
)  # fmt: skip
JUNK = (
    None, True, False, 0, -1, 1, 10**9, 10**400, 0.5, -1e308, float("nan"), float("inf"), [], {}, [[]],
    [1, 2], [None] * 60, {"a": {"a": {"a": []}}}, {"input": "customers"}, ["*", {"year": True}], ["+"] * 4,
    *HOSTILE,
)  # fmt: skip

EDITS = ("replace", "replace", "remove", "move", "wrap", "add")


def examples(
    count: int, strategy: st.SearchStrategy[Any], claim: Callable[[Any], None], *, shrinks: bool = True
) -> None:
    """Try a claim on so many examples; to shrink one that takes seconds would take an hour."""
    phases = [Phase.generate, *([Phase.shrink] if shrinks else [])]

    @settings(
        max_examples=count,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
        phases=phases,
    )
    @given(strategy)
    def tried(example: Any) -> None:
        claim(example)

    tried()


def spoilt_json(value: Any) -> st.SearchStrategy[Any]:
    """A JSON value with some of its parts taken away, replaced or put elsewhere."""
    edit = st.tuples(st.integers(0, 10**6), st.sampled_from(EDITS), st.sampled_from(JUNK))
    return st.lists(edit, min_size=1, max_size=3).map(lambda edits: _edited(value, edits))


def spoilt_bytes(data: bytes) -> st.SearchStrategy[bytes]:
    """Bytes of which some are cut off, changed, doubled, or followed by others."""
    place = st.integers(0, len(data))
    return st.one_of(
        st.binary(max_size=300),
        place.map(lambda at: data[:at]),
        st.tuples(place, st.binary(min_size=1, max_size=12)).map(
            lambda it: data[: it[0]] + it[1] + data[it[0] :]
        ),
        st.tuples(place, st.binary(min_size=1, max_size=12)).map(
            lambda it: data[: it[0]] + it[1] + data[it[0] + len(it[1]) :]
        ),
        st.tuples(place, place).map(lambda it: data[: max(it)] + data[min(it) :]),
    )


def spoilt_file(value: Any) -> st.SearchStrategy[bytes]:
    """The bytes of a JSON file, spoilt in one way or the other."""
    whole = json.dumps(value).encode()
    return st.one_of(spoilt_json(value).map(lambda it: json.dumps(it).encode()), spoilt_bytes(whole))


def spoilt_text(text: str) -> st.SearchStrategy[bytes]:
    """The bytes of a text file, spoilt by the line, by the word, or anywhere."""
    lines = text.splitlines()
    word = st.sampled_from([str(each) for each in JUNK])
    at = st.integers(0, len(lines) - 1)

    def with_value(it: tuple[int, str]) -> bytes:
        key, colon, _ = lines[it[0]].partition(":")
        return "\n".join([*lines[: it[0]], f"{key}{colon} {it[1]}", *lines[it[0] + 1 :]]).encode(
            "utf-8", "replace"
        )

    def without(it: tuple[int, int]) -> bytes:
        return "\n".join([*lines[: min(it)], *lines[max(it) :]]).encode()

    return st.one_of(
        st.tuples(at, word).map(with_value), st.tuples(at, at).map(without), spoilt_bytes(text.encode())
    )


def _places(value: Any) -> list[tuple[Any, Any]]:
    """All places in a value, as the container and its key."""
    found: list[tuple[Any, Any]] = []
    waiting = [value]
    while waiting:
        each = waiting.pop()
        keys = list(each) if isinstance(each, dict) else range(len(each)) if isinstance(each, list) else []
        found += [(each, key) for key in keys]
        waiting += [each[key] for key in keys]
    return found


def _edited(value: Any, edits: list[tuple[int, str, Any]]) -> Any:
    root = [copy.deepcopy(value)]
    for number, how, junk in edits:
        places = _places(root)
        container, key = places[number % len(places)]
        if how == "replace":
            container[key] = copy.deepcopy(junk)
        elif how == "remove" and container is not root:
            del container[key]
        elif how == "move":
            other, at = places[(number * 7 + 1) % len(places)]
            other[at] = copy.deepcopy(container[key])
        elif how == "wrap":
            container[key] = [container[key]]
        elif isinstance(container, dict):
            container[junk if isinstance(junk, str) else str(junk)[:20]] = container[key]
        else:
            container.append(copy.deepcopy(container[key]))
    return root[0]
