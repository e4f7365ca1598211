"""What a template's notebook says in its source, read without running it: names used and lines declared.

A notebook may compute a name or build a line in a loop; then less is found here than the notebook does. So
nothing that is missing here counts as missing.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from casebook.schema.notebooks import read_notebook, source_of, tags_of

INLINE = re.compile(r"\{eval\}(`+)(.+?)\1(?!`)", re.DOTALL)
"""A figure in prose, as jupyterlab-myst reads it."""

_DEEPEST = 200
_MAGIC = re.compile(r"^\s*[%!?].*$", re.MULTILINE)


@dataclass(frozen=True)
class Cell:
    """A cell of a notebook."""

    number: int
    """As its author counts: from 1."""
    kind: str
    """code, markdown or raw."""
    source: str
    tags: frozenset[str]

    def trees(self) -> Iterator[ast.AST]:
        """Its Python: the code, or each figure in the prose. Anything that is not Python gives nothing."""
        texts = [_MAGIC.sub("", self.source)] if self.kind == "code" else []
        if self.kind == "markdown":
            texts = [match[2].strip() for match in INLINE.finditer(self.source)]
        for text in texts:
            try:
                tree = ast.parse(text)
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                continue
            if _is_shallow(tree):
                yield tree


def _is_shallow(tree: ast.AST) -> bool:
    """Whether a tree can be walked down in Python: nobody writes by hand what can't."""
    row: list[ast.AST] = [tree]
    for _ in range(_DEEPEST):
        row = [child for node in row for child in ast.iter_child_nodes(node)]
        if not row:
            return True
    return False


@dataclass(frozen=True)
class DeclaredLine:
    """A line as the notebook declares it, where its name is written out."""

    side: str
    """cost or benefit."""
    name: str
    switches: tuple[str, ...]
    """The inputs that its `when` leads to."""
    needs: frozenset[str]
    """All names of attributes that its amounts lead to, the inputs among them."""
    alternative_to: str | None
    is_plain: bool
    """Whether it is declared whatever happens, with its `when` written out as a list of inputs."""
    money: frozenset[str] | None
    """The names of attributes in its `annual` and its `ramp`; None where these hang on a condition, or where
    the line may not count."""
    ramp: frozenset[str] | None
    """Those in its `ramp`; None where it has none."""


@dataclass(frozen=True)
class Use:
    """An input's name in a cell."""

    name: str
    cell: int


def read_cells(notebook: Path) -> list[Cell]:
    """The cells of a notebook. Raises InputError where the file is none."""
    return [
        Cell(
            number,
            cell["cell_type"],
            source_of(cell),
            frozenset(tag.replace("_", "-") for tag in tags_of(cell)),
        )
        for number, cell in enumerate(read_notebook(notebook)["cells"], start=1)
    ]


def declared_lines(cells: list[Cell]) -> list[DeclaredLine]:
    """The lines of a case in the order of the notebook."""
    found = []
    meanings = _meanings(cells)
    outright = {ast.dump(call) for cell in cells for tree in cell.trees() for call in _statements(tree)}
    for call in _calls(cells):
        if not isinstance(call.func, ast.Attribute) or call.func.attr not in ("cost", "benefit"):
            continue
        given: dict[str | None, ast.expr] = {keyword.arg: keyword.value for keyword in call.keywords}
        title = call.args[0] if call.args else given.get("name")
        name = _text(title)
        if name is None:
            continue
        when = given.get("when")
        switches = _reached([when], meanings) if when is not None else []
        needs = frozenset(_reached(given.values(), meanings))
        alternative = _text(given.get("alternative_to"))
        is_plain = ast.dump(call) in outright and (when is None or _is_list_of_inputs(when))
        money = None
        if is_plain and not alternative and "not_in_figure" not in given and "start" not in given:
            money = _certain([given[key] for key in ("annual", "ramp") if key in given], meanings)
        ramp = frozenset(_reached([given["ramp"]], meanings)) if "ramp" in given else None
        line = DeclaredLine(call.func.attr, name, tuple(switches), needs, alternative, is_plain, money, ramp)
        found.append(line)
    return found


def _statements(tree: ast.AST) -> Iterator[ast.AST]:
    """The expressions that stand by themselves, under no condition and in no loop."""
    yield from (node.value for node in getattr(tree, "body", []) if isinstance(node, ast.Expr))


def _is_list_of_inputs(when: ast.expr) -> bool:
    return isinstance(when, (ast.List, ast.Tuple)) and all(
        isinstance(entry, ast.Attribute) for entry in when.elts
    )


def _reached(expressions: Iterable[ast.AST], meanings: Mapping[str, list[ast.AST]]) -> list[str]:
    """Every attribute in expressions, and in what their names and functions stand for."""
    found: dict[str, None] = {}
    seen: set[str] = set()
    waiting = list(expressions)
    while waiting:
        for node in ast.walk(waiting.pop(0)):
            if isinstance(node, ast.Attribute):
                found[node.attr] = None
            elif isinstance(node, ast.Name) and node.id not in seen:
                seen.add(node.id)
                waiting += meanings.get(node.id, [])
    return list(found)


def _certain(expressions: Iterable[ast.AST], meanings: Mapping[str, list[ast.AST]]) -> frozenset[str] | None:
    """As `_reached`; None where a name may mean several things, or a condition chooses."""
    found: dict[str, None] = {}
    seen: set[str] = set()
    waiting = list(expressions)
    while waiting:
        for node in ast.walk(waiting.pop(0)):
            if isinstance(node, (ast.IfExp, ast.BoolOp, ast.comprehension)):
                return None
            if isinstance(node, ast.Attribute):
                found[node.attr] = None
            elif isinstance(node, ast.Name) and node.id not in seen:
                seen.add(node.id)
                meant = meanings.get(node.id, [])
                if len(meant) > 1:
                    return None
                waiting += meant
    return frozenset(found)


def _meanings(cells: list[Cell]) -> dict[str, list[ast.AST]]:
    """What each name is set to, in order; a function stands for its body."""
    found: dict[str, list[ast.AST]] = {}
    for node in _nodes(cells, ast.FunctionDef):
        found.setdefault(node.name, []).extend(node.body)
    for node in _nodes(cells, ast.Assign):
        for target in node.targets:
            pairs = [(target, node.value)]
            if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                pairs = list(zip(target.elts, node.value.elts, strict=False))
            for name, value in pairs:
                if isinstance(name, ast.Name):
                    found.setdefault(name.id, []).append(value)
    return found


def inputs_used(cells: list[Cell]) -> list[Use]:
    """Each `x.name` where `x` was set to `case.inputs`, and each `case.inputs.name`, in order."""
    names = {
        target.id
        for node in _nodes(cells, ast.Assign)
        if isinstance(node.value, ast.Attribute) and node.value.attr == "inputs"
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    uses: dict[Use, None] = {}
    for cell in cells:
        for node in _nodes([cell], ast.Attribute):
            owner = node.value
            is_case_inputs = isinstance(owner, ast.Attribute) and owner.attr == "inputs"
            is_alias = isinstance(owner, ast.Name) and owner.id in names
            if is_case_inputs or is_alias:
                uses[Use(node.attr, cell.number)] = None
    return list(uses)


def words(cells: list[Cell]) -> set[str]:
    """Every attribute and every text in the code: a name that is not among them is not used at all."""
    attributes = {node.attr for node in _nodes(cells, ast.Attribute)}
    texts = {node.value for node in _nodes(cells, ast.Constant) if isinstance(node.value, str)}
    return attributes | texts


def names_set(cell: Cell) -> set[str]:
    """The names that a cell gives a value."""
    assigned = [target for node in _nodes([cell], ast.Assign) for target in node.targets]
    assigned += [node.target for node in _nodes([cell], ast.AnnAssign)]
    return {target.id for target in assigned if isinstance(target, ast.Name)}


def _nodes(cells: list[Cell], kind: Any) -> Iterator[Any]:
    for cell in cells:
        for tree in cell.trees():
            yield from (node for node in ast.walk(tree) if isinstance(node, kind))


def _calls(cells: list[Cell]) -> Iterator[ast.Call]:
    """Calls in the order in which they are written; a walk of the tree takes the outer ones first."""
    for cell in cells:
        yield from sorted(_nodes([cell], ast.Call), key=lambda call: (call.lineno, call.col_offset))


def _text(node: ast.expr | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None
