"""The search for internal rates that the workbook makes finds what the model finds, exactly."""

from __future__ import annotations

import numpy as np
import pytest

from casebook.exporters.workbook.rates import search
from casebook.model.finance import internal_rates_of_return


@pytest.mark.parametrize("kind", ["uneven", "whole", "long"])
def test_random_flows_have_the_rates_of_the_model(kind: str) -> None:
    dice = np.random.default_rng(7)
    for _ in range(150):
        count = int(dice.integers(20, 51)) if kind == "long" else int(dice.integers(2, 10))
        flow = dice.normal(size=count) * (10 ** dice.uniform(0, 3, size=count) if kind == "uneven" else 100)
        flow = np.round(flow) if kind == "whole" else flow
        rates, found = internal_rates_of_return(flow), search(flow.tolist())
        assert found.count == len(rates), flow.tolist()
        if len(rates) == 1:
            assert found.lowest == pytest.approx(rates[0], abs=1e-9 * (1 + rates[0]))
        elif rates:
            assert [found.lowest, found.highest] == pytest.approx([rates[0], rates[-1]], rel=1e-6, abs=1e-9)


@pytest.mark.parametrize(
    "rates", [(0.1, 0.1), (0.1, 0.12), (0.1, 0.101), (0.1, 0.10001), (-0.5, 3.0), (0.0, 0.0)]
)
def test_rates_that_lie_close_together(rates: tuple[float, float]) -> None:
    """Two that touch are one, as in the model; two near each other are two."""
    flow = np.poly1d([1.0])
    for rate in rates:
        flow = flow * np.poly1d([-(1 + rate), 1.0][::-1])
    flows = (flow.c * -1000).tolist()
    assert search(flows).count == len(internal_rates_of_return(flows))


def test_what_might_hide_is_said() -> None:
    """Two pairs of rates that touch are more than the search looks into."""
    double = np.poly1d([1.0, -2.2, 1.21]) * np.poly1d([1.0, -4.0, 4.0])
    assert search((double.c * 100).tolist()).words.startswith("not verified")
