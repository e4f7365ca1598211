"""Approving a case: its record is kept beside the parameter file, which names it by its hash.

From then on a better model makes other figures of the same inputs, and what was approved stays what it was.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, Node

from casebook.authoring.dry_run import run_record
from casebook.authoring.new_parameters import refuse_existing, write_text
from casebook.authoring.static_check import lines_of, static_problems
from casebook.errors import InputError, Problem
from casebook.exporters.record import record_text
from casebook.schema.reader import read_parameters
from casebook.schema.wording import display
from casebook.schema.yaml_source import read_yaml

FOLDER = "approved"
"""The folder of the records, beside the parameter files that name them."""


def approve(path: Path) -> tuple[Path, float]:
    """Run a case as it is planned, and keep its record; gives the record's file and the net present value.

    Actuals play no part in it. Raises InputError where the file is wrong or the case was approved before, and
    other CasebookErrors where the run fails; then nothing is written.
    """
    parameters = read_parameters(path)
    shown = display(path)
    if parameters.approved:
        message = f"the case has already been approved: {parameters.approved.record}"
        hint = "to approve it again, take approved: out of the file and move the old record away"
        raise InputError([Problem(shown, message, hint)])
    if problems := static_problems(parameters, lines_of(parameters)):
        raise InputError(problems)
    name = f"{FOLDER}/{path.stem}-{parameters.template.name}.json"
    refuse_existing(path.parent / name, "move the old record away first")
    record = run_record(parameters, without=["actuals"])
    content = record_text(record)
    data = path.read_bytes()
    mark = "\ufeff" if data.startswith(b"\xef\xbb\xbf") else ""
    text = data.decode("utf-8-sig")
    changed = with_approval(text, name, hashlib.sha256(content.encode()).hexdigest())
    if changed is None:
        hint = "write actuals: as a block, one key a line"
        raise InputError([Problem(shown, "the record can't be named in this file", hint)])
    write_text(path.parent / name, content)
    write_text(path, mark + changed)
    return path.parent / name, record.result.net_present_value


def with_approval(text: str, record: str, sha256: str) -> str | None:
    """A parameter file's text that names the record as `actuals.approved`; all else stays as it is written.

    None where that would say something else than is meant.

    >>> print(with_approval("years: 3  # agreed\\nactuals:\\n  through: 2026-03\\n", "approved/a.json", "6f"))
    years: 3  # agreed
    actuals:
      approved:
        record: approved/a.json
        sha256: 6f
      through: 2026-03
    <BLANKLINE>
    """
    entry = {"record": record, "sha256": sha256}
    old = read_yaml(text).value
    new = _edited(text, entry)
    assert isinstance(old, dict)
    wanted = {**old, "actuals": {**(old.get("actuals") or {}), "approved": entry}}
    found = read_yaml(new)
    return new if not found.findings and found.value == wanted else None


def _edited(text: str, entry: dict[str, str]) -> str:
    end = "\r\n" if "\r\n" in text else "\n"
    flow = f"approved: {{{', '.join(f'{key}: {value}' for key, value in entry.items())}}}"
    block = ["approved:", *(f"  {key}: {value}" for key, value in entry.items())]
    root = YAML().compose(text)
    pair = next((pair for pair in root.value if pair[0].value == "actuals"), None)
    if pair is None and root.flow_style:
        return _inserted(text, root.start_mark.index + 1, f"actuals: {{{flow}}}, ")
    if pair is None:
        lines = ["", "actuals:", *(f"  {line}" for line in block), ""]
        return text.rstrip("\r\n") + end + end.join(lines)
    heading, actuals = pair
    if isinstance(actuals, MappingNode) and actuals.value:
        at = actuals.value[0][0].start_mark
        if actuals.flow_style:
            return _inserted(text, at.index, f"{flow}, ")
        indent = " " * at.column
        return _inserted(text, at.index, "".join(f"{line}{end}{indent}" for line in block))
    if root.flow_style:
        return _replaced(text, actuals, f"{{{flow}}}")
    # Under a heading without anything, or with {} or null: after its line, which may end in a remark.
    if actuals.start_mark.index < actuals.end_mark.index:
        text = _replaced(text, actuals, "")
    place = text.find(end, heading.end_mark.index)
    place = len(text) if place < 0 else place
    return _inserted(text, place, "".join(f"{end}  {line}" for line in block))


def _inserted(text: str, place: int, part: str) -> str:
    return text[:place] + part + text[place:]


def _replaced(text: str, node: Node, part: str) -> str:
    return text[: node.start_mark.index] + part + text[node.end_mark.index :]
