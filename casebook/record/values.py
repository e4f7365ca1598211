"""What the fields of a record hold: numbers within bounds, values by year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from casebook.schema.input_declarations import MOST_YEARS


@dataclass(frozen=True)
class Within:
    """The rule that a number lies between two bounds, both included."""

    low: float
    high: float
    needed: str

    def __call__(self, value: float) -> str | None:
        """What a value must be instead; None where it is right."""
        return None if self.low <= value <= self.high else self.needed

    @property
    def schema(self) -> dict[str, Any]:
        """The rule as JSON Schema."""
        return {"minimum": self.low, "maximum": self.high}


def currency_rule(value: str) -> str | None:
    """The rule that a text is a currency's code."""
    from babel.numbers import list_currencies

    return None if value in list_currencies() else "an ISO 4217 currency code"


def locale_rule(value: str) -> str | None:
    """The rule that a text is a locale that figures can be printed in."""
    from babel import Locale, UnknownLocaleError

    try:
        return None if value.replace("_", "").isalnum() and Locale.parse(value) else "a locale"
    except (ValueError, UnknownLocaleError):
        return "a locale"


Share = Annotated[float, Within(0, 1, "a share between 0 and 1")]
Months = Annotated[float, Within(0, 12 * MOST_YEARS, f"a number of months between 0 and {12 * MOST_YEARS}")]
Years = Annotated[int, Within(1, MOST_YEARS, f"a whole number between 1 and {MOST_YEARS}")]
Amount = float | tuple[float, ...]
"""One number, or one a year."""
