"""The case record in an executed notebook, and the names that prose may look up in it."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

from casebook.errors import ExportError, Problem
from casebook.exporters.text import printable
from casebook.formatting import Formatter
from casebook.presentation.formulas import figures
from casebook.presentation.result import FIGURES
from casebook.record.parsing import NewerVersionError, parse
from casebook.record.types import FiguresRecord, Record
from casebook.views.view import RECORD_MIME


def find_record(notebook: Mapping[str, Any]) -> Record | None:
    """The last record among a notebook's outputs, or None. Raises ExportError if it can't be read."""
    for cell in reversed(notebook.get("cells", [])):
        for output in reversed(cell.get("outputs", [])):
            data = output.get("data", {}).get(RECORD_MIME)
            if data is not None:
                return _parsed(data)
    return None


def read_record(notebook: Mapping[str, Any]) -> Record:
    """The last record among a notebook's outputs. Raises ExportError if there is none."""
    record = find_record(notebook)
    if record is None:
        raise ExportError(
            str(Problem("", "the notebook has no case record", "show case.summary() in a cell"))
        )
    return record


def record_text(record: Record) -> str:
    """A record as a file holds it."""
    return json.dumps(record.to_json(), ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _parsed(data: Any) -> Record:
    try:
        return parse(json.loads("".join(data)) if isinstance(data, (str, list)) else data)
    except NewerVersionError as error:
        raise ExportError(str(error)) from None
    except (ValueError, TypeError) as error:
        message = f"the notebook's case record can't be read: {error}"
        raise ExportError(str(Problem("", message, "run the notebook again"))) from None


class Values:
    """Resolves dotted names on `case` from a record, for cells that no casebook engine has evaluated."""

    def __init__(self, record: Record | None) -> None:
        self.record = record

    def get(self, expression: str) -> str | None:
        """The text that stands for `expression`, or None if there is no such thing or no record."""
        case, *path = expression.strip().split(".")
        if self.record is None or case != "case":
            return None
        return self._find(self.record, path)

    @cached_property
    def _formatter(self) -> Formatter:
        assert self.record is not None
        return Formatter(self.record.currency, self.record.locale)

    def _find(self, record: Record, path: list[str]) -> str | None:
        match path:
            case ["result", "risk_adjusted", name]:
                return self._figure(record.result.risk_adjusted, name)
            case ["result", name]:
                return self._figure(record.result, name)
            case ["result", name, "short"]:
                return self._figure(record.result, name, short=True)
            case ["client", "name"]:
                return printable(record.client.name)
            case ["title" | "decision" | "horizon" as name]:
                return printable(getattr(record, name) or "")
            case ["years"]:
                return str(record.years)
            case ["currency"]:
                return record.currency
            case ["discount_rate"]:
                return self._formatter.share(record.discount_rate, exact=True)
            case ["inputs", name] if (given := record.inputs.get(name)) and given.value is not None:
                values = given.value if isinstance(given.value, tuple) else (given.value,)
                return figures(values, given.unit, self._formatter)
        return None

    def _figure(self, result: FiguresRecord, name: str, *, short: bool = False) -> str | None:
        if name not in FIGURES:
            return None
        value = getattr(result, name)
        if value is None:
            reason = result.reasons.get(name)  # records of 0.1 know no expected value
            return None if reason is None else printable(reason)
        if name == "expected_net_present_value":
            return self._formatter.money_about(value)
        if name == "net_present_value" or name.startswith("present_value_"):
            if short:
                return self._formatter.money_about(value).replace(" ", "\u00a0")
            return self._formatter.money(value)
        if name in ("return_on_investment", "internal_rate_of_return", "probability_of_loss"):
            return self._formatter.share(value)
        if name.endswith("payback_months"):
            return self._formatter.months(value)
        return self._formatter.number(value)


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
