"""A new parameter file: everything that a template asks for, on its example values, with what is to be known.

Lines that are off have their # directly before the name; a # before a blank is a remark. So one keystroke
switches a line on, and a reader sees which is which.
"""

from __future__ import annotations

import json
import os
import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from casebook.authoring.notebook_source import DeclaredLine, declared_lines, read_cells
from casebook.errors import InputError
from casebook.formatting import Formatter
from casebook.schema.input_declarations import InputDeclaration
from casebook.schema.inputs import EXAMPLE_SOURCE
from casebook.schema.number_text import write_number
from casebook.schema.parameters import KEYS
from casebook.schema.ranges import Range
from casebook.schema.sections import Key, ListOf, Section
from casebook.schema.templates import Template, locate_template
from casebook.schema.value_kinds import GRADES, TEXT, Kind, Quantity

_WIDTH = 100
_NO_SOURCE = "where the client's figure comes from"


def parameter_text(template: Template, path: Path, *, schema: str) -> str:
    """The text of a new parameter file at `path`; `schema` is the path of its JSON Schema from there.

    Raises InputError where the template's notebook can't be read.
    """
    inputs = template.inputs.values()
    years = [len(item.example) for item in inputs if isinstance(item.example, tuple)]
    shown = {
        "template": _template_from(template, path.parent),
        "client.name": json.dumps(client_name(path), ensure_ascii=False),
        "years": str(next(iter(years), KEYS["years"].default)),
    }
    sections = {"inputs": _inputs(template, declared_lines(read_cells(template.notebook)))}
    lines = [
        f"# yaml-language-server: $schema={schema}",
        *_remark(f"{template.title}. {template.description}"),
        *_remark("A # directly before a name: the line is off. Remove the #, and it is on."),
        *_keys(KEYS, shown, {**sections, **_examples(template)}),
    ]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def client_name(path: Path) -> str:
    """A client's name from the name of the file.

    >>> client_name(Path("params/acme-north_west.yaml"))
    'Acme North West'
    """
    parts = re.split(r"[-_\s]+", path.stem)
    return " ".join(part[:1].upper() + part[1:] for part in parts if part) or "Client"


def _template_from(template: Template, folder: Path) -> str:
    """The template's name where a file in the folder finds it by that, and else the path to it."""
    try:
        if locate_template(template.name, start=folder).resolve() == template.folder.resolve():
            return template.name
    except InputError:
        pass
    path = Path(os.path.relpath(template.folder.resolve(), folder.resolve())).as_posix()
    return json.dumps(path if path.startswith(".") else f"./{path}", ensure_ascii=False)


def _inputs(template: Template, lines: list[DeclaredLine]) -> Iterator[str]:
    """Required inputs on their examples, then defaults and optional ones, which are off."""
    chosen = {
        presence: [item for item in template.inputs.values() if item.presence == presence]
        for presence in ("required", "default", "optional")
    }
    if chosen["required"]:
        yield from _heading("Required")
        yield from _remark(
            "Each value is the template's example. Replace it with the client's figure, and source "
            "with where that comes from; until then the review names it as an example. low "
            f"and high are the 5th and the 95th percentile. evidence is one of {', '.join(GRADES)}."
        )
    for group, items in _by_group(chosen["required"]):
        yield from ("", f"# --- {group} ---")
        for item in items:
            yield from _input(item, off=False)
    if chosen["default"]:
        yield ""
        yield from _heading("With a default: give them where the client's own figure is known")
    for item in chosen["default"]:
        yield from _input(item, off=True)
    if chosen["optional"]:
        yield ""
        yield from _heading(
            "Optional: each block switches on one line of the case; give all of it or nothing"
        )
    yield from _optional(chosen["optional"], lines)


def _optional(items: list[InputDeclaration], lines: list[DeclaredLine]) -> Iterator[str]:
    left = {item.name: item for item in items}
    begun = _switched_on(left, lines)
    for line in lines:
        block = [left.pop(name) for name in line.switches if name in left]
        if not block:
            continue
        yield from ("", f"# --- {line.side.capitalize()} “{line.name}” ---")
        shared = [name for name in line.switches if name not in {item.name for item in block}]
        optional = {item.name for item in items}
        if any(name in optional for name in shared):
            yield from _remark(f"It also needs {', '.join(name for name in shared if name in optional)}.")
        if line.alternative_to:
            yield from _remark(
                f"Alternative: only one of the two counts, this line or “{line.alternative_to}”."
            )
        for item in block:
            yield from _input(item, off=item.name not in begun)
    if left:
        yield from ("", "# --- Shown, or part of several lines ---")
    for item in left.values():
        yield from _input(item, off=True)


def _switched_on(optional: Mapping[str, InputDeclaration], lines: list[DeclaredLine]) -> set[str]:
    """The inputs of the first cost and the first benefit, where all of them are optional.

    So the file makes a report as it stands: a case needs a line, and one without any benefit says little.
    """
    begun: set[str] = set()
    for side in ("cost", "benefit"):
        chosen = [line for line in lines if line.side == side]
        if all(optional.keys() & line.switches for line in chosen):
            needs = (optional.keys() & line.needs for line in chosen)
            begun |= min(needs, key=lambda names: not _have_examples(optional, names), default=set())
    # What is given for one line may be a part of what switches on another.
    while touched := {name for line in lines if begun & {*line.switches} for name in line.switches} - begun:
        if not (parts := touched & optional.keys()):
            break
        begun |= parts
    if begun and not _have_examples(optional, begun):
        # Too entangled to take a part: all examples together are what the untouched template runs on.
        return {name for name, item in optional.items() if item.example is not None}
    return begun


def _have_examples(optional: Mapping[str, InputDeclaration], names: Iterable[str]) -> bool:
    return all(optional[name].example is not None for name in names)


def _input(item: InputDeclaration, *, off: bool) -> Iterator[str]:
    """An input: what it means as a remark, then its value with the range and the source."""
    unit = Formatter().unit_words(item.unit, share="a share").replace("USD", "money") or "a number"
    label = f"{item.label}: {unit}{_limits(item)}."
    other = f" Required where the case is in a currency other than {item.currency}." if item.currency else ""
    measured = f" Measured from data: {item.measured_from}, if given." if item.measured_from else ""
    whole = f" The shares of {item.whole} may add up to 100% at most." if item.whole else ""
    yield from _remark(f"{label} {item.help or ''}{whole}{measured}{other}")
    mark = "#" if off else ""
    is_default = item.default is not None
    value, spread = (item.default, item.default_range) if is_default else (item.example, item.example_range)
    yield f"{mark}{item.name}:"
    yield f"  {mark}value: {'' if value is None else _quantity(value, item.unit)}"
    yield from (f"  {mark}{line}" for line in _range(spread, item.unit))
    source, evidence = (EXAMPLE_SOURCE, "assumption") if value is not None else (_NO_SOURCE, "stated")
    if is_default:
        source, evidence = item.source or "", item.evidence or ""
    if source:
        yield f"  {mark}source: {json.dumps(' '.join(source.split()), ensure_ascii=False)}"
    if evidence:
        yield f"  {mark}evidence: {evidence}"


def _limits(item: InputDeclaration) -> str:
    low, high = item.bounds or (None, None)
    if low is not None and high is not None:
        return f" from {write_number(low, item.unit)} to {write_number(high, item.unit)}"
    if low is not None:
        return f", at least {write_number(low, item.unit)}"
    return f", at most {write_number(high, item.unit)}" if high is not None else ""


def _range(spread: Range | None, unit: str) -> Iterator[str]:
    if spread is not None:
        yield f"low: {_quantity(spread.low, unit)}"
        yield f"high: {_quantity(spread.high, unit)}"
        if spread.distribution != "pert":
            yield f"distribution: {spread.distribution}"


def _quantity(value: Quantity, unit: str) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(write_number(entry, unit) for entry in value)}]"
    return write_number(value, unit)


def _examples(template: Template) -> dict[str, Iterable[str]]:
    """What may stand in the sections that say more about inputs, all of it off."""
    inputs = template.inputs.values()
    first = next(iter(inputs))
    ranged = [item.name for item in inputs if item.example_range and item.presence == "required"]
    sources = dict.fromkeys(item.measured_from for item in inputs if item.measured_from)
    return {
        "scenarios": ["#Worse than expected:", f"  #{first.name}: {first.example_text or '1'}"],
        "correlations": [f"#{ranged[0]}: {{{ranged[1]}: 0.5}}"] if len(ranged) > 1 else [],
        "options": [
            "#half:",
            "  #name: Half of it",
            f"  #inputs: {{{first.name}: {first.example_text or '1'}}}",
        ],
        "data": [f"#{name}: data/{name}.csv" for name in sources],
        "actuals": ["#lines:", "  #Name of a line: {2026-Q1: 10_000}"],
        "review": ["#no-ramp: Why the full effect is there from the first day"],
    }


def _keys(
    keys: Mapping[str, Key], shown: Mapping[str, str], sections: Mapping[str, Iterable[str]], above: str = ""
) -> Iterator[str]:
    """The lines of some keys: on where there is a value to show or a default, else off on their example."""
    for name, key in keys.items():
        kind, value = key.kind_after({}), shown.get(f"{above}{name}", key.default)
        under: Iterable[str] = sections.get(name, ())
        if isinstance(kind, Section):
            under = _keys(kind.keys, shown, {}, f"{name}.")
        if isinstance(kind, ListOf):
            yield f"#{name}:"
            yield from _indented(_item(kind.kind, key.help))
        elif under := list(under):
            yield from [""] if key.default == {} else []
            yield _with_remark(f"{name}:", key.help, above)
            yield from _indented(under)
        elif value is not None and value != {}:
            yield _with_remark(f"{name}: {value}", key.help, above)
        elif key.example:
            example = json.dumps(key.example) if "#" in key.example else key.example
            yield _with_remark(f"#{name}: {example}", key.help, above)
        elif kind == TEXT:
            yield f"#{name}: {key.help}"


def _item(kind: Kind, help: str) -> Iterator[str]:
    """The lines of a list's one item, all of them off."""
    if not isinstance(kind, Section):
        yield f"#- {help}"
        return
    offered = {name: key for name, key in kind.keys.items() if key.is_offered}
    for index, (name, key) in enumerate(offered.items()):
        yield f"{'  #' if index else '#- '}{name}: {key.example or '…'}"


def _with_remark(line: str, remark: str, above: str) -> str:
    return f"{line:<{31 if above else 33}} # {remark}" if remark else line


def _by_group(items: list[InputDeclaration]) -> Iterator[tuple[str, list[InputDeclaration]]]:
    groups: dict[str, list[InputDeclaration]] = {}
    for item in items:
        groups.setdefault(item.group or "inputs", []).append(item)
    yield from groups.items()


def _heading(text: str) -> Iterator[str]:
    yield from textwrap.wrap(f"===== {text} =====", _WIDTH, initial_indent="# ", subsequent_indent="# ")


def _remark(text: str) -> list[str]:
    words = " ".join(text.split())
    return textwrap.wrap(words, _WIDTH, initial_indent="# ", subsequent_indent="# ", break_on_hyphens=False)


def _indented(lines: Iterable[str]) -> Iterator[str]:
    yield from (f"  {line}" if line else "" for line in lines)
