"""What the formulas of a case rest on, and which inputs can't be edited because of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

from casebook.formula.trees import Tree, leaves
from casebook.i18n import Phrase

UNUSED = Phrase("Locked: no line's money rests on it.")


class Dependencies:
    """The inputs behind the lines of a record.

    >>> tree = {"computed": "Agents needed", "of": [{"input": "calls"}], "value": [12.0]}
    >>> line = {"trees": {"start": None, "annual": tree}, "risk": {"tree": {"number": 0.0}}}
    >>> dependencies = Dependencies({"lines": [line]})
    >>> dependencies.reached, dependencies.lock("mails")
    ({'calls': 'Agents needed'}, "Locked: no line's money rests on it.")
    """

    def __init__(self, record: Mapping[str, Any]) -> None:
        self._lines = [*record["lines"], *record.get("not_in_figure", [])]
        self._steps = {step["label"]: step["tree"] for step in record.get("steps", [])}

    def lock(self, name: str) -> Phrase | None:
        """Why an input can't be edited; None where it can."""
        if name in self.reached:
            return Phrase(
                "Locked: it goes into '{name}', which a program computed. To change it, change the parameter "
                "file and make the report again.",
                name=self.reached[name],
            )
        return None if name in self.used else UNUSED

    def is_whole(self, tree: Tree) -> bool:
        """Whether each step that a tree names is recorded."""
        return all(leaf["step"] in self._steps for leaf in leaves(tree) if "step" in leaf)

    @cached_property
    def used(self) -> set[str]:
        """Inputs that any line rests on."""
        found = (leaf for tree in self._trees() for leaf in leaves(tree, inside_computed=True))
        return {leaf["input"] for leaf in found if "input" in leaf}

    @cached_property
    def reached(self) -> dict[str, str]:
        """Inputs that reach a computed value, with its label."""
        found: dict[str, str] = {}
        for tree in self._trees():
            for leaf in leaves(tree):
                if "computed" in leaf:
                    for name in self._below(leaf["of"]):
                        found.setdefault(name, leaf["computed"])
        return found

    def _trees(self) -> Iterator[Tree]:
        for line in self._lines:
            if line.get("trees"):
                yield from (tree for tree in line["trees"].values() if tree is not None)
                yield line["risk"]["tree"]
        yield from self._steps.values()

    def _below(self, trees: Iterable[Tree]) -> set[str]:
        waiting = list(trees)
        names: set[str] = set()
        seen: set[str] = set()
        while waiting:
            for leaf in leaves(waiting.pop(), inside_computed=True):
                if "input" in leaf:
                    names.add(leaf["input"])
                elif leaf.get("step") in self._steps and leaf["step"] not in seen:
                    seen.add(leaf["step"])
                    waiting.append(self._steps[leaf["step"]])
        return names
