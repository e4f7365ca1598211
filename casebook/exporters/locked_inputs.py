"""What the formulas of a case rest on, and which inputs can't be edited because of it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from casebook.formula.trees import Tree, leaves, operands_and_arguments
from casebook.i18n import Phrase
from casebook.record.parsing import HOURS, formulas
from casebook.record.types import Record
from casebook.schema.input_declarations import PAID_HOURS, RELEASED_SHARE

UNUSED = Phrase("Locked: no line depends on it.")


class Dependencies:
    """The inputs behind the lines of a record."""

    def __init__(self, record: Record) -> None:
        trees = list(formulas(record))
        self._trees = [tree for _, tree, _ in trees]
        self._money = [tree for place, tree, _ in trees if not place.endswith(HOURS)]
        self._in_people = {
            name
            for name, given in record.inputs.items()
            if record.freed_capacity and given.role in (PAID_HOURS, RELEASED_SHARE)
        }
        self._steps = {step.label: step.tree for step in record.steps}

    def lock(self, name: str) -> Phrase | None:
        """Why an input can't be edited; None where it can."""
        if name in self.reached:
            return Phrase(
                "Locked: it feeds '{name}', which a program computed. To change it, edit the parameter "
                "file and make the report again.",
                name=self.reached[name],
            )
        return None if name in _inputs(self._trees) | self._in_people else UNUSED

    @cached_property
    def used(self) -> set[str]:
        """Inputs that the money of any line rests on."""
        return _inputs(self._money)

    @cached_property
    def reached(self) -> dict[str, str]:
        """Inputs that reach a computed value, with its label."""
        found: dict[str, str] = {}
        for tree in self._trees:
            for leaf in leaves(tree):
                if "computed" in leaf:
                    for name in self._below(leaf["of"]):
                        found.setdefault(name, leaf["computed"])
        return found

    def _below(self, trees: Iterable[Tree]) -> set[str]:
        waiting = list(trees)
        names: set[str] = set()
        seen: set[str] = set()
        while waiting:
            for leaf in leaves(waiting.pop(), operands_and_arguments):
                if "input" in leaf:
                    names.add(leaf["input"])
                elif leaf.get("step") in self._steps and leaf["step"] not in seen:
                    seen.add(leaf["step"])
                    waiting.append(self._steps[leaf["step"]])
        return names


def _inputs(trees: Iterable[Tree]) -> set[str]:
    found = (leaf for tree in trees for leaf in leaves(tree, operands_and_arguments))
    return {leaf["input"] for leaf in found if "input" in leaf}
