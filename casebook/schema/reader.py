"""A client's parameters, checked: from a YAML file, or from the names of a notebook's parameters cell.

Everything that is wrong is reported at once, each problem with its line, before anything is computed. What
comes through is complete: every input has a value or is an optional one that was left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from casebook.errors import InputError
from casebook.schema.checker import Checker
from casebook.schema.inputs import InputValue
from casebook.schema.overrides import apply_overrides, override_template
from casebook.schema.parameters import KEYS, Client, Parameters
from casebook.schema.plain_values import plain_copy
from casebook.schema.scenarios import Scenario
from casebook.schema.sections import with_texts
from casebook.schema.templates import (
    Template,
    locate_template,
    read_limited,
    read_template,
    template_folders,
)
from casebook.schema.value_kinds import LINE
from casebook.schema.wording import display, listed, show
from casebook.schema.yaml_source import REFUSED, read_yaml

__all__ = ["Client", "InputValue", "Parameters", "Scenario", "parse_parameters", "read_parameters"]


def read_parameters(path: Path, *, overrides: Mapping[str, str] | None = None) -> Parameters:
    """The parameters in a file, with the values of `--set name=value` in place of the file's own.

    An input that is set by its name alone loses its range and its correlations for that run; `name.low`,
    `name.high` and `name.distribution` set the range.

    Raises InputError with everything that is wrong, in the order of the file, then of the overrides.
    """
    path = Path(path)
    data = read_limited(path)
    source = read_yaml(data)
    checker = Checker(display(path), source, folder=path.parent)
    values = source.value
    if not source.complete or not isinstance(values, dict):
        if source.complete and values is not REFUSED:
            hint = "write one name: value per line"
            checker.add((), f"the file holds {show(values)}; must be a mapping of parameters", hint)
        checker.raise_problems()
        values = {}
    file = {"text": data.decode("utf-8-sig"), "path": path, "lines": source.lines}
    return _read(checker, dict(values), overrides or {}, file)


def parse_parameters(values: Mapping[str, object], *, folder: Path) -> Parameters:
    """The parameters in a mapping, as a notebook's cell gives them; paths start at `folder`.

    The same checks as for a file. Where `inputs` is empty the template is untouched, and stands on its
    example values. Raises InputError with everything that is wrong.
    """
    checker = Checker("parameters", folder=Path(folder))
    plain = plain_copy(checker, dict(values))
    checker.raise_problems()
    assert isinstance(plain, dict)
    return _read(checker, plain, {}, {"text": None, "path": None, "lines": {}})


def _read(
    checker: Checker, values: dict[str, object], overrides: Mapping[str, str], file: Mapping[str, Any]
) -> Parameters:
    """The parameters in the values of a file or a cell, in the order of the declaration."""
    override_template(checker, values, overrides)
    template = _template(checker, values)
    currency = overrides.get("currency", values.get("currency", KEYS["currency"].default))
    inputs = None
    if template:
        inputs = {name: item.in_currency(currency) for name, item in template.inputs.items()}
    apply_overrides(checker, values, overrides, inputs)
    checker.values = values
    _check_names(checker, inputs or {})
    found: dict[str, Any] = {"template": template}
    for name, key in KEYS.items():
        if name == "template":
            continue
        if name not in values and key.required:
            checker.add((), f"{name} is missing", key.hint)
        elif template is None and callable(key.kind):  # what it may hold, the template would say
            found[name] = checker.mapping((name,), values.get(name) or {}, None) and {}
        else:
            found[name] = key.read(checker, (name,), values.get(name, key.default), found)
    checker.raise_problems()
    found["actuals"], found["approved"] = found["actuals"]
    given = {
        name: {} if value is None and KEYS[name].default == {} else value for name, value in values.items()
    }
    plain = with_texts(given, checker.texts)
    return Parameters(**found, values=plain, paths=checker.paths, **file)


def _template(checker: Checker, values: Mapping[str, object]) -> Template | None:
    place = ("template",)
    if "template" not in values:
        names = listed(template_folders(checker.folder)) or "the path of a template's folder"
        checker.add((), "template is missing", f"add template: with one of {names}")
        return None
    name = LINE.read(checker, place, values["template"])
    if name is None:
        return None
    if Path(name).is_absolute():
        message = f"template is {show(name)}; must be a name, or a path relative to this file's folder"
        checker.add(place, message)
        return None
    try:
        folder = locate_template(name, start=checker.folder)
    except InputError as error:
        for problem in error.problems:
            checker.add(place, problem.message, problem.hint)
        return None
    try:
        return read_template(folder)
    except InputError as error:
        checker.add_problems(error.problems, first=True)
        return None


def _check_names(checker: Checker, inputs: Mapping[str, object]) -> None:
    """Report the names at the top level that are not keys, with where they belong."""
    for name in checker.values:
        if name in KEYS:
            continue
        if name in inputs:
            message = f"{name} is at the top level, but is an input"
            checker.add((name,), message, f"{name} belongs under inputs:")
            continue
        sections = ((key, KEYS[key].kind_after({})) for key in KEYS)
        section = next((key for key, kind in sections if name in getattr(kind, "keys", ())), None)
        hint = f"{name} belongs under {section}:" if section else checker.suggest(name, KEYS)
        checker.add((name,), f"no parameter is called {show(name)}", hint)
