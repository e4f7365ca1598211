"""Formulas as trees, walked without recursion: they may be deeper than Python's stack.

The nodes are expressions, or what stands for them in a record: a list [operation, operand, …], or a mapping
(input, number, year, step, computed).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from typing import Any, TypeVar

Tree = Any
"""A formula in a record."""

N = TypeVar("N")
T = TypeVar("T")


def operands(tree: Tree) -> Sequence[Tree]:
    """The trees that a tree is made of; a computed value hides its own."""
    return tree[1:] if isinstance(tree, list) else ()


def operands_and_arguments(tree: Tree) -> Sequence[Tree]:
    """The same, and what a computed value was computed from."""
    arguments = tree.get("of") if isinstance(tree, dict) else None
    return arguments if isinstance(arguments, list) else operands(tree)


def nodes(root: N, operands_of: Callable[[N], Sequence[N]], *, known: Container[int] = ()) -> Iterator[N]:
    """Each node of a tree once, operands before the nodes that use them; none whose id is known."""
    seen: set[int] = set()
    stack: list[tuple[N, bool]] = [(root, False)]
    while stack:
        node, ready = stack.pop()
        if ready:
            yield node
        elif id(node) not in seen and id(node) not in known:
            seen.add(id(node))
            stack.append((node, True))
            stack.extend((operand, False) for operand in reversed(operands_of(node)))


def fold(root: N, operands_of: Callable[[N], Sequence[N]], make: Callable[[N, list[T]], T]) -> T:
    """`make` of each node with what it made of the operands, from the leaves up.

    >>> tree = ["+", {"number": 1}, {"number": 2}]
    >>> fold(tree, operands, lambda node, parts: 1 + sum(parts))
    3
    """
    results: dict[int, T] = {}
    for node in nodes(root, operands_of):
        results[id(node)] = make(node, [results[id(operand)] for operand in operands_of(node)])
    return results[id(root)]


def leaves(
    tree: Tree, operands_of: Callable[[Tree], Sequence[Tree]] = operands
) -> Iterator[Mapping[str, Any]]:
    """The inputs, numbers, years, steps and computed values of a tree."""
    return (node for node in nodes(tree, operands_of) if isinstance(node, dict))


def key(tree: Tree) -> str:
    """The same text for the same tree."""
    return json.dumps(tree, sort_keys=True)
