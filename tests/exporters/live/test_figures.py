"""Any figure, any locale: what the panel prints is what Formatter prints."""

from __future__ import annotations

import random
from decimal import Decimal
from pathlib import Path

import pytest

from casebook.exporters.sliders import sliders
from casebook.formatting import Formatter
from casebook.record.parsing import parse
from tests.exporters.browser import Page
from tests.exporters.live.panels import amount, bare_page, moves, synthetic

OTHERS = ["fr_FR", "ja_JP", "ru_RU", "pl_PL", "fa_IR", "lv_LV", "pt_BR", "sv_SE", "sl_SI", "es_ES", "tr_TR"]
LOCALES = ["en_US", "de_DE", "de_CH", "hi_IN", "ar_EG", "en_US_POSIX"]
LOCALES += [pytest.param(locale, marks=pytest.mark.slow) for locale in OTHERS]


@pytest.mark.parametrize("locale", LOCALES)
def test_printed_text_is_the_formatters(page: Page, tmp_path: Path, locale: str) -> None:
    """Money, shares, numbers and months, rounded half-up and set in the signs of the locale."""
    currency = {"ja_JP": "JPY", "de_CH": "CHF", "sv_SE": "SEK", "ar_EG": "KWD"}.get(locale, "EUR")
    to = Formatter(currency, locale)
    gain, cost = amount("gain", 100.0), amount("cost", 50.0)
    record = synthetic([gain], [gain, cost], years=1, currency=currency, locale=locale)
    record["lines"].append({**record["lines"][0], "id": "C", "side": "cost"})
    record["lines"][1]["trees"] = {"start": {"input": "cost"}, "annual": None}
    record["discount_rate"] = 0.0
    page.open(bare_page(tmp_path, record))
    place = {slider.name: index for index, slider in enumerate(sliders(parse(record)))}
    dice = random.Random(locale)
    gains = ["0", "0.005", "0.125", "12.5", "2.675", "999.995", "1234.5", "999999.5", "999999.4", "1000000"]
    gains += [
        "1000005",
        "1500000",
        "2000000",
        "5000000",
        "21000000",
        "999950000",
        "1005000000",
        "1e12",
        "12345e15",
    ]
    gains += [repr(round(10 ** dice.uniform(-4, 14), dice.randint(0, 5))) for _ in range(60)]
    given = [
        (value, dice.choice([0.0, 1.0, 3.0, value / 8, value * 3, 0.7 * value]))
        for value in map(float, gains)
    ]
    decimal = to.number(1.5)[1:-1]
    entries = [
        {place["gain"]: plain(value, decimal), place["cost"]: plain(paid, decimal)} for value, paid in given
    ]
    # What the page sets in a box can be typed as it stands.
    box = f"field({place['gain']}, 'box')"
    change = f"{box}.dispatchEvent(new Event('change'))"
    again = f"move([{{}}, {{{place['gain']}: {box}.value}}])"
    also = f"[texts(), ({change}, {box}.value), {again}]"
    answers = moves(page, [({}, each) for each in entries], also)
    for (value, paid), (state, (printed, in_box, retyped)) in zip(given, answers, strict=True):
        assert state["inputs"] == {"gain": value, "cost": paid}
        result = state["result"]
        assert printed["tiles"][0] == to.money_short(result["net_present_value"])
        assert printed["tiles"][3] == to.money_short(paid)
        figures = printed["figures"]
        assert figures[:3] == [to.money(value), to.money(paid), to.money(float(result["net_present_value"]))]
        for shown, name, write in (
            (figures[3], "return_on_investment", to.share),
            (figures[4], "payback_months", to.months),
            (figures[6], "internal_rate_of_return", to.share),
            (figures[7], "benefit_cost_ratio", to.number),
        ):
            if result[name] is not None:
                assert shown == write(result[name])
        places = to.places([value, paid])
        assert printed["rows"][0][1] == (to.amount(value, places) if value else "–")
        assert in_box == to.number(value, exact=True)
        assert retyped["inputs"]["gain"] == pytest.approx(value, rel=1e-11)


def plain(value: float, decimal: str) -> str:
    """A number as a keyboard writes it, without groups, in the decimal sign of the locale."""
    return format(Decimal(repr(value)), "f").replace(".", decimal)
