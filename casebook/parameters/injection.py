"""What papermill puts into the notebook: the values as they were given, in plain types."""

from __future__ import annotations

from collections.abc import Mapping

from casebook.parameters.actuals import TEXT_KEYS, Actuals, Approved
from casebook.parameters.inputs import InputValue
from casebook.parameters.scenarios import NOTE, Scenario

_MAPPINGS = ("inputs", "scenarios", "correlations", "data", "actuals", "review")
_TEXTS = ("template", "currency", "locale", "start")


def injected(
    values: Mapping[str, object],
    *,
    inputs: Mapping[str, InputValue],
    scenarios: Mapping[str, Scenario],
    actuals: Actuals | None,
    approved: Approved | None,
    texts: Mapping[str, Mapping[str, object]],
) -> dict[str, object]:
    """The values that were given and found right, ready for a notebook's cell.

    A text that YAML took for a number (`note: 2025`) is the text that it was. `texts` are whole sections
    that hold nothing but text, as they were read.
    """
    plain = dict(values)
    plain |= {name: dict(section) for name, section in texts.items() if name in values}
    plain |= {name: {} for name in _MAPPINGS if name in values and values[name] is None}
    plain |= {name: str(values[name]) for name in _TEXTS if values.get(name) is not None}
    if plain.get("inputs"):
        plain["inputs"] = _inputs(plain["inputs"], inputs)
    if plain.get("scenarios"):
        plain["scenarios"] = _scenarios(plain["scenarios"], scenarios)
    if plain.get("actuals"):
        plain["actuals"] = _actuals(plain["actuals"], actuals, approved)
    return plain


def _actuals(given: object, actuals: Actuals | None, approved: Approved | None) -> dict[str, object]:
    assert isinstance(given, dict)
    plain = dict(given)
    if approved is not None:
        plain["approved"] = {"record": approved.record, "sha256": approved.sha256}
    for section, read in (("inputs", actuals.inputs), ("lines", actuals.lines)) if actuals else ():
        if not plain.get(section):
            continue
        plain[section] = {
            name: {**entry, **{key: getattr(read[name], key) for key in TEXT_KEYS if key in entry}}
            for name, entry in plain[section].items()
        }
    return plain


def _inputs(given: object, inputs: Mapping[str, InputValue]) -> dict[str, object]:
    assert isinstance(given, dict)
    plain: dict[str, object] = {}
    for name, entry in given.items():
        plain[name] = entry
        if isinstance(entry, dict):
            read = {"source": inputs[name].source, "note": inputs[name].note}
            plain[name] = {**entry, **{key: text for key, text in read.items() if key in entry}}
    return plain


def _scenarios(given: object, scenarios: Mapping[str, Scenario]) -> dict[str, object]:
    assert isinstance(given, dict)
    plain: dict[str, object] = {}
    for key, entry in given.items():
        note = scenarios[key.strip()].note
        plain[key] = {**entry, NOTE: note} if NOTE in entry else dict(entry)
    return plain
