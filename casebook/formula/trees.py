"""The format of a case record, and the nodes of its trees: they may be deeper than Python's stack."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

FORMAT = "casebook.record"
VERSION = 1
"""Of the case records that this casebook writes, and of the newest that it reads."""

Tree = Any
"""A mapping (input, number, year, step, computed) or a list [operation, operand, …]."""

T = TypeVar("T")


def operands(tree: Tree, *, inside_computed: bool = False) -> Sequence[Tree]:
    """The trees that a tree is made of; a computed one hides its own."""
    if isinstance(tree, list):
        return tree[1:]
    return tree["of"] if inside_computed and "computed" in tree else ()


def fold(tree: Tree, make: Callable[[Tree, list[T]], T], *, inside_computed: bool = False) -> T:
    """`make` of each node with what it made of the operands, from the leaves up.

    >>> fold(["+", {"number": 1}, {"number": 2}], lambda node, parts: 1 + sum(parts))
    3
    """
    done: list[T] = []
    waiting: list[tuple[Tree, bool]] = [(tree, False)]
    while waiting:
        node, ready = waiting.pop()
        parts = operands(node, inside_computed=inside_computed)
        if ready:
            made = make(node, done[len(done) - len(parts) :] if parts else [])
            del done[len(done) - len(parts) :]
            done.append(made)
        else:
            waiting.append((node, True))
            waiting.extend((part, False) for part in reversed(parts))
    return done[0]


def leaves(tree: Tree, *, inside_computed: bool = False) -> Iterator[Mapping[str, Any]]:
    """The inputs, numbers, years, steps and computed values of a tree."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, list):
            waiting.extend(node[1:])
            continue
        yield node
        waiting.extend(operands(node, inside_computed=inside_computed))


def key(tree: Tree) -> str:
    """The same text for the same tree."""
    return json.dumps(tree, sort_keys=True)
