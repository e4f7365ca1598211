"""Which inputs have a slider, and when there is no panel at all."""

from __future__ import annotations

from typing import Any

from casebook.exporters.live_panel import panel
from casebook.exporters.locked_inputs import Dependencies
from casebook.exporters.sliders import MOST, sliders
from casebook.formula.expression import Constant, operation
from casebook.record.parsing import parse
from tests.exporters.live.panels import amount, synthetic


def test_inputs_behind_a_computed_step_have_no_slider() -> None:
    record = synthetic(
        [operation("*", amount("a", 3.0), amount("b", 2.0))], [amount("a", 3.0), amount("b", 2.0)]
    )
    assert {slider.name for slider in sliders(parse(record))} == {"a", "b"}
    call = {"computed": "Erlang", "of": [{"input": "b"}], "value": [4.0]}
    record["lines"].append({**record["lines"][0], "trees": {"start": None, "annual": call}})
    assert {slider.name for slider in sliders(parse(record))} == {"a"}


def test_there_is_no_panel_without_an_input_to_move() -> None:
    assert panel(None) is None
    assert panel(parse(synthetic([Constant(5.0)], [amount("a", 3.0)]))) is None
    assert panel(parse(synthetic([operation("*", amount("a", 0.0), 2.0)], [amount("a", 0.0)]))) is None


def test_the_tornado_comes_first_and_eight_are_enough(client: Any) -> None:
    record = client[1]
    names = [slider.name for slider in sliders(parse(record))]
    tornado = [entry["input"] for entry in (record["simulation"] or {}).get("tornado", [])]
    dependencies = Dependencies(parse(record))
    wanted = [name for name in tornado if name in dependencies.used - dependencies.reached.keys()]
    assert len(names) <= MOST and names[: len(wanted)] == wanted[:MOST]
