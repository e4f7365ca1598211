"""What a reader sees: half-up rounding, the locale's signs, and never NaN or infinity."""

from __future__ import annotations

import math
import re
import time
from decimal import ROUND_HALF_UP, Decimal, localcontext

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casebook.formatting import Formatter

NB = "\u00a0"
NARROW = "\u202f"
US, GB, DE, FR, JP = (
    Formatter("USD", "en_US"),
    Formatter("GBP", "en_GB"),
    Formatter("EUR", "de_DE"),
    Formatter("EUR", "fr_FR"),
    Formatter("JPY", "ja_JP"),
)
finite = st.floats(min_value=-1e15, max_value=1e15, allow_nan=False)


def half_up(value: float, places: int) -> Decimal:
    """Round with the schoolbook rule, on the digits that Python prints."""
    with localcontext() as context:
        context.prec = 200
        return Decimal(repr(value)).quantize(Decimal(f"1e{-places}"), rounding=ROUND_HALF_UP)


def read(text: str) -> Decimal:
    """Take the number out of an English text."""
    return Decimal(re.sub(r"[^0-9.\-]", "", text.replace("−", "-")))


@pytest.mark.parametrize(
    ("to", "value", "text"),
    [
        (US, 0, "$0"),
        (US, -0.0, "$0"),
        (US, -0.004, "$0"),
        (US, 0.125, "$0.13"),
        (US, 0.135, "$0.14"),
        (US, 2.675, "$2.68"),
        (US, 12.5, "$12.50"),
        (US, 420.00000000000006, "$420"),
        (US, -420, "−$420"),
        (US, 999.994, "$999.99"),
        (US, 999.995, "$1,000"),
        (US, 1000.5, "$1,001"),
        (US, 1001.5, "$1,002"),
        (US, -1000.5, "−$1,001"),
        (US, 52_249_600, "$52,249,600"),
        (GB, -1234.5, "−£1,235"),
        (DE, -1234.5, f"−1.235{NB}€"),
        (DE, 12.5, f"12,50{NB}€"),
        (FR, -1234567.5, f"−1{NARROW}234{NARROW}568{NB}€"),
        (JP, 250.5, "¥251"),
        (JP, -1234.5, "−¥1,235"),
        (Formatter("CHF", "en_US"), 420, f"CHF{NB}420"),
        (Formatter("KWD", "en_US"), 1.2345, f"KWD{NB}1.235"),
        (Formatter("SEK", "sv_SE"), -420, f"−420{NB}kr"),
        (Formatter("EUR", "de_CH"), -420, f"−EUR{NB}420"),
        (Formatter("INR", "en_IN"), 12345678, "₹1,23,45,678"),
    ],
)
def test_money(to, value, text):
    assert to.money(value) == text


@pytest.mark.parametrize(
    ("to", "value", "text"),
    [
        (US, 250, "$250"),
        (US, 250.5, "$250.50"),
        (US, 0.125, "$0.125"),
        (US, 12345.678, "$12,345.678"),
        (US, 0.1 + 0.2, "$0.30"),
        (US, 1.5e-30, "$1.5E−30"),
        (US, 123456789012345678, "$123,456,789,012,345,678"),
        (JP, 54.125, "¥54.125"),
        (DE, -0.5, f"−0,50{NB}€"),
    ],
)
def test_exact_money_keeps_the_decimals_given(to, value, text):
    assert to.money(value, exact=True) == text


@pytest.mark.parametrize(
    ("to", "value", "text"),
    [
        (US, 12.5, "$12.50"),
        (US, 999_999.49, "$999,999"),
        (US, 999_999.5, "$1 million"),
        (US, 999_999.6, "$1 million"),
        (US, 1_005_000, "$1.01 million"),
        (US, 1_015_000, "$1.02 million"),
        (US, 52_249_600, "$52.2 million"),
        (US, 52_250_000, "$52.3 million"),
        (US, 999_499_999, "$999 million"),
        (US, 999_950_000, "$1 billion"),
        (US, 1_944_000_000, "$1.94 billion"),
        (US, -1_945_000_000, "−$1.95 billion"),
        (US, 2.5e16, "$25,000 trillion"),
        (GB, 100_000_000, "£100 million"),
        (DE, 1_000_000, f"1 Million{NB}€"),
        (DE, -52_249_600, f"−52,2 Millionen{NB}€"),
        (DE, 999_950_000, f"1 Milliarde{NB}€"),
        (FR, 1_944_000_000, f"1,94 milliard{NB}€"),
        (FR, 52_249_600, f"52,2 millions{NB}€"),
        (JP, 52_249_600, "¥5,225万"),
        (JP, 99_996_000, "¥1億"),
        (JP, -1_944_000_000, "−¥19.4億"),
    ],
)
def test_money_on_a_tile(to, value, text):
    assert to.money_short(value) == text


@pytest.mark.parametrize(
    ("to", "value", "text"),
    [
        (US, -246_018.4, "−$246,000"),
        (US, 0, "$0"),
        (US, 12.345, "$12.30"),
        (US, 2_284_164, "$2.28 million"),
        (DE, 637_271, f"637.000{NB}€"),
    ],
)
def test_a_simulated_amount_claims_no_more_than_three_digits(to, value, text):
    assert to.money_about(value) == text


@pytest.mark.parametrize(
    ("to", "value", "text"),
    [
        (US, 18.99709, "1,900%"),
        (US, 0.99967, "99.97%"),
        (US, 0.1, "10%"),
        (US, 0.00500072, "0.5%"),
        (US, 0, "0%"),
        (US, 1, "100%"),
        (US, 123.45, "12,345%"),
        (US, 1234.56, "123,456%"),
        (US, 0.123450, "12.3%"),
        (US, 0.123500, "12.4%"),
        (US, -0.123500, "−12.4%"),
        (US, 0.0012345, "0.12%"),
        (US, 1.0034, "100%"),
        (US, 0.999995, "100%"),
        (US, -1e-17, "0%"),
        (GB, 0.055, "5.5%"),
        (DE, -18.99709, "−1.900 %"),
        (DE, 0.055, "5,5 %"),
        (FR, 18.99709, f"1{NARROW}900 %"),
        (JP, 0.5, "50%"),
        (Formatter("TRY", "tr_TR"), 0.5, "%50"),
    ],
)
def test_share(to, value, text):
    assert to.share(value) == text.replace(" %", NB + "%")


@pytest.mark.parametrize(
    ("to", "value", "text"),
    [
        (US, 22_000_000, "22,000,000"),
        (US, 1234.5, "1,235"),
        (US, 1235.5, "1,236"),
        (US, 2.50, "2.5"),
        (US, 0.0123450, "0.01235"),
        (US, -1234.5, "−1,235"),
        (US, 9.99996, "10"),
        (US, 1e-17, "0"),
        (DE, -1234567.5, "−1.234.568"),
        (FR, 1234567.5, f"1{NARROW}234{NARROW}568"),
        (JP, 1234.5, "1,235"),
        (GB, 0.5, "0.5"),
    ],
)
def test_number(to, value, text):
    assert to.number(value) == text


def test_exact_shows_an_input_as_it_was_given():
    assert US.share(0.0500072, exact=True) == "5.00072%"
    assert US.share(0.1 + 0.2, exact=True) == "30%"
    assert US.number(1234.5678, exact=True) == "1,234.5678"
    assert US.number(1 / 3, exact=True) == "0.333333333333"
    assert US.number(1e-300, exact=True) == "1E−300"
    assert DE.number(-0.0123456789, exact=True) == "−0,0123456789"


@pytest.mark.parametrize(
    ("to", "value", "text"),
    [
        (US, 0, "0 months"),
        (US, 0.01, "under a month"),
        (US, 0.999, "under a month"),
        (US, 1, "1 month"),
        (US, 1.5, "2 months"),
        (US, 2.5, "3 months"),
        (US, 13.49, "13 months"),
        (GB, 14, "14 months"),
        (DE, 14, "14 Monate"),
        (DE, 0.5, "unter einem Monat"),
        (FR, 14, f"14{NB}mois"),
        (JP, 14, "14 か月"),
    ],
)
def test_months(to, value, text):
    assert to.months(value) == text


def test_a_time_is_never_negative():
    with pytest.raises(ValueError, match="negative"):
        US.months(-1)


def test_a_quantity_follows_its_unit():
    assert US.quantity([0.5, 0.8, 1], "share") == "50%, 80%, 100%"
    assert US.quantity(0.5, "currency") == "$0.50"
    assert US.quantity(54_000, "currency/person/year") == "$54,000"
    assert US.quantity(22e6, "customers/year") == "22,000,000"
    assert US.quantity(0.055, "shares/customer") == "0.055"
    assert US.quantity(250.5, "currency/customer/year", exact=True) == "$250.50"
    assert DE.quantity((0.055, 0.5), "share") == "5,5\xa0%; 50\xa0%"
    assert JP.quantity((1.5, 2), "people") == "1.5, 2"


def test_numpy_values_are_figures():
    assert US.money(np.float64(12.5)) == "$12.50"
    assert US.number(np.int64(1234)) == "1,234"
    assert US.number(np.float32(0.1)) == "0.1"
    assert US.quantity(np.array([0.5, 1.0]), "share") == "50%, 100%"
    assert US.quantity(np.array(0.5), "share") == "50%"


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, np.float64("nan"), True, None])
@pytest.mark.parametrize("method", ["money", "money_short", "share", "number", "months"])
def test_what_is_no_finite_number_is_refused(method, value):
    with pytest.raises(ValueError):
        getattr(US, method)(value)


def test_dates_are_long_in_the_locale():
    assert US.date("2026-11-21") == "November 21, 2026"
    assert GB.date("2026-11-21") == "21 November 2026"
    assert DE.date("2026-11-21") == "21. November 2026"
    assert FR.date("2026-11-21") == "21 novembre 2026"
    assert JP.date("2026-11-21") == "2026年11月21日"
    with pytest.raises(ValueError):
        US.date("2026-13-01")


@pytest.mark.parametrize("locale", ["xx_YY", "not a locale", ""])
def test_an_unknown_locale_is_refused_at_once(locale):
    with pytest.raises(ValueError, match="locale"):
        Formatter("USD", locale)


@given(finite)
def test_money_is_the_amount_rounded_half_up(value):
    cents = half_up(value, 2)
    assert read(US.money(value)) == (cents if abs(cents) < 1000 else half_up(value, 0))


@given(finite)
def test_a_number_is_the_value_rounded_half_up_to_four_digits(value):
    whole = len(str(int(abs(Decimal(repr(value))))).lstrip("0"))
    if abs(value) >= 1:
        assert read(US.number(value)) == half_up(value, max(0, 4 - whole))
    else:
        # Below 1 the fourth significant digit lies behind the leading zeros.
        zeros = -Decimal(repr(value)).adjusted() - 1 if value else 0
        assert read(US.number(value)) == half_up(value, min(4 + zeros, 12))


@given(st.floats(min_value=-1e6, max_value=1e6).filter(lambda v: abs(v) >= 0.01))
def test_a_share_is_a_hundred_times_the_number(value):
    per_cent = Decimal(repr(value)) * 100
    if abs(per_cent) >= 100:
        digits = 0
    elif abs(per_cent) >= 1:
        digits = 1 if abs(per_cent) < Decimal("99.95") else 2
    else:
        digits = 1 - per_cent.adjusted()
    assert read(US.share(value)) == per_cent.quantize(Decimal(f"1e{-digits}"), rounding=ROUND_HALF_UP)


@given(st.floats(min_value=1e6, max_value=9.9e14))
def test_a_tile_is_within_half_of_its_third_digit(value):
    figure, word = US.money_short(value).removeprefix("$").split(" ")
    size = {"million": 10**6, "billion": 10**9, "trillion": 10**12}[word]
    exact = Decimal(repr(value))
    third_digit = Decimal(10) ** (exact.adjusted() - 2)
    steps = (exact / third_digit).quantize(Decimal(1), rounding=ROUND_HALF_UP)
    assert Decimal(figure) * size == steps * third_digit
    assert Decimal(figure) < 1000


@given(st.floats(min_value=0, max_value=1e6))
def test_months_are_rounded_half_up(value):
    text = US.months(value)
    assert (text == "under a month") if 0 < value < 1 else (read(text) == half_up(value, 0))


@given(st.floats(), st.sampled_from([US, GB, DE, FR, JP]), st.booleans())
def test_no_float_breaks_the_formatter(value, to, exact):
    methods = (to.money_short, *(lambda v, m=m: m(v, exact=exact) for m in (to.money, to.share, to.number)))
    for method in methods:
        if math.isfinite(value):
            assert not re.search(r"(?i)nan|inf|-", method(value))
        else:
            with pytest.raises(ValueError):
                method(value)


@given(st.floats(0, 1), st.sampled_from([0.03, 0.25, 0.5, 1.0]))
def test_a_share_beside_its_limit_is_never_shown_as_the_limit(value, limit):
    shown = US.share_beside(value, limit)
    assert shown == US.share(value) or US.share(value) == US.share(limit)
    if abs(value - limit) > 1e-14:
        assert shown != US.share(limit)


def test_a_long_table_is_quick():
    start = time.process_time()
    for step in range(2000):
        US.money(step * 1.37)
    assert time.process_time() - start < 1
