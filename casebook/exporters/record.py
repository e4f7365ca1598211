"""The case record in an executed notebook, and the names that prose may look up in it."""

from __future__ import annotations

import ast
import json
import math
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

from casebook.errors import ExportError, Problem
from casebook.exporters.text import printable
from casebook.formula.trees import VERSION
from casebook.views.view import RECORD_MIME


def find_record(notebook: Mapping[str, Any]) -> dict[str, Any] | None:
    """The last record among a notebook's outputs, or None. Raises ExportError if it can't be read."""
    for cell in reversed(notebook.get("cells", [])):
        for output in reversed(cell.get("outputs", [])):
            data = output.get("data", {}).get(RECORD_MIME)
            if data is not None:
                return _checked(data)
    return None


def read_record(notebook: Mapping[str, Any]) -> dict[str, Any]:
    """The last record among a notebook's outputs. Raises ExportError if there is none."""
    record = find_record(notebook)
    if record is None:
        raise ExportError(
            str(Problem("", "the notebook has no case record", "show case.summary() in a cell"))
        )
    return record


def record_text(record: Mapping[str, Any]) -> str:
    """A record as a file holds it."""
    return json.dumps(record, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _checked(data: Any) -> dict[str, Any]:
    if isinstance(data, (str, list)):
        try:
            data = json.loads("".join(data))
        except (ValueError, TypeError):
            data = None
    version = data.get("version") if isinstance(data, Mapping) else None
    if not isinstance(version, int) or version < 1:
        raise ExportError(
            str(Problem("", "the notebook's case record can't be read", "run the notebook again"))
        )
    if version > VERSION:
        raise ExportError(f"written by a newer casebook (record version {version}; this one reads {VERSION})")
    return dict(data)


class Values:
    """Resolves dotted names on `case` from a record, for cells that no casebook engine has evaluated.

    >>> record = {"client": {"name": "Example Air"}, "years": 3, "result": {"payback_months": None,
    ...     "reasons": {"payback_months": "not within 3 years"}}}
    >>> values = Values(record)
    >>> values.get("case.client.name"), values.get("case.result.payback_months"), values.get("case.foo")
    ('Example Air', 'not within 3 years', None)
    """

    def __init__(self, record: Mapping[str, Any] | None) -> None:
        self.record = record or {}

    def get(self, expression: str) -> str | None:
        """The text that stands for `expression`, or None if the record has no such thing."""
        case, *path = expression.strip().split(".")
        if case != "case" or not path:
            return None
        try:
            return self._find(path)
        except (KeyError, TypeError, ValueError, AttributeError):
            # A record with an unusual shape has no value under this name; the caller says so visibly.
            return None

    @cached_property
    def _formatter(self) -> Any:
        from casebook.formatting import Formatter

        return Formatter(self.record.get("currency", "USD"), self.record.get("locale", "en_US"))

    def _find(self, path: list[str]) -> str | None:
        match path:
            case ["result", "risk_adjusted", key]:
                return self._figure(self.record["result"]["risk_adjusted"], key)
            case ["result", key]:
                return self._figure(self.record["result"], key)
            case ["result", key, "short"]:
                return self._figure(self.record["result"], key, short=True)
            case ["client", "name"]:
                return printable(str(self.record["client"]["name"]))
            case ["title" | "decision" | "horizon" as key]:
                return printable(str(self.record[key]))
            case ["years"]:
                return str(int(self.record["years"]))
            case ["currency"]:
                return str(self.record["currency"])
            case ["discount_rate"]:
                return str(self._formatter.share(self.record["discount_rate"], exact=True))
            case ["inputs", name]:
                from casebook.presentation.formulas import figures

                given = self.record["inputs"][name]
                values = given["value"] if isinstance(given["value"], list) else [given["value"]]
                return figures(values, given["unit"], self._formatter)
        return None

    def _figure(self, result: Mapping[str, Any], key: str, *, short: bool = False) -> str | None:
        value = result[key]
        if value is None:
            reason = (result.get("reasons") or self.record["result"]["reasons"])[key]
            return printable(str(reason))
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
            return None
        if key == "net_present_value" or key.startswith("present_value_"):
            if short:
                return str(self._formatter.money_short(value)).replace(" ", "\u00a0")
            return str(self._formatter.money(value))
        if key in ("return_on_investment", "internal_rate_of_return", "probability_of_loss"):
            return str(self._formatter.share(value))
        if key.endswith("payback_months"):
            return str(self._formatter.months(value))
        return str(self._formatter.number(value))


def value_of(expression: str, stored: Iterable[Any], values: Values) -> str | None:
    """The text that stands for `expression`: as an engine stored it, else from the record, else None.

    `stored` is `user_expressions` of the cell.

    >>> answer = {"status": "ok", "data": {"text/plain": "'Example Air'"}}
    >>> value_of("case.client.name", [{"expression": "case.client.name", "result": answer}], Values(None))
    'Example Air'
    """
    for entry in stored:
        if not isinstance(entry, Mapping) or str(entry.get("expression", "")).strip() != expression:
            continue
        result = entry.get("result") or {}
        text = result.get("data", {}).get("text/plain") if result.get("status") == "ok" else None
        if text is not None:
            return _without_quotes("".join(text), values.get(expression))
    return values.get(expression)


def _without_quotes(text: str, known: str | None) -> str:
    """Kernels give a text as Python shows it, in quotes; a name may have quotes of its own."""
    if text[:1] not in ("'", '"') or text == known:
        return text
    try:
        inner = ast.literal_eval(text)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return text
    return inner if isinstance(inner, str) and repr(inner) == text else text
