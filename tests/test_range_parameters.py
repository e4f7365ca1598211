"""Ranges, scenarios, correlations and answers: what a file, an option or a notebook's cell gives of them."""

import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casebook.errors import InputError
from casebook.schema.correlations import is_semidefinite, matrix_of
from casebook.schema.inputs import InputValue
from casebook.schema.ranges import DISTRIBUTIONS
from casebook.schema.reader import parse_parameters, read_parameters
from casebook.schema.review_rules import RULE_IDS
from casebook.schema.scenarios import Scenario

HERE = Path(__file__).parent
INVALID = HERE / "invalid"
VALID = INVALID / "valid-ranges.yaml"
GIVEN = {"template": "../templates/tiny", "client": {"name": "Example Air"}}
EXAMPLES = {"calls": 120_000, "minutes_saved": [0.5, 1, 1]}


def parse(**values: object):
    return parse_parameters({**GIVEN, **values}, folder=INVALID)


def cell_error(**values: object) -> str:
    with pytest.raises(InputError) as caught:
        parse(**values)
    return str(caught.value)


def set_error(path: Path = VALID, **overrides: str) -> str:
    with pytest.raises(InputError) as caught:
        read_parameters(path, overrides={name.replace("__", "."): text for name, text in overrides.items()})
    return str(caught.value)


def ranged(value: object, low: object, high: object, **more: object) -> dict[str, object]:
    return {**EXAMPLES, "calls": {"value": value, "low": low, "high": high, **more}}


# Files


def test_the_valid_file_gives_ranges_scenarios_correlations_and_answers():
    found = read_parameters(VALID)
    assert found.inputs == {
        "calls": InputValue(
            1.2e6, "Call report 2025, p. 4", "measured", low=1e6, high=1.5e6, distribution="lognormal"
        ),
        "minutes_saved": InputValue(
            (0.5, 1, 1.25), low=(0.25, 0.5, 0.5), high=(0.75, 1.5, 2), distribution="triangular"
        ),
        "minute_cost": InputValue(0.9, low=0.8, high=1.1, distribution="pert"),
        "adoption": InputValue(0.8, low=0.6, high=0.95, distribution="beta"),
        "repeat_calls": InputValue(0.125),
    }
    assert found.scenarios == {
        "Calls fall by a third": Scenario({"calls": 800_000, "minute_cost": 0.95}, "2020"),
        "Slow start: 50 %": Scenario({"adoption": (0.2, 0.4, 0.5)}),
    }
    assert found.correlations == {
        ("calls", "minute_cost"): -0.6,
        ("calls", "adoption"): 0.2,
        ("minute_cost", "adoption"): 0.3,
    }
    assert list(found.review) == ["no-ramp", "single-point"]
    assert found.review["single-point"].answer.endswith("which counts all of them.")


def test_what_is_injected_gives_the_same_parameters_again():
    found = read_parameters(VALID)
    again = parse_parameters(found.values, folder=INVALID)
    assert again.values == found.values
    assert found.values["scenarios"]["Calls fall by a third"]["note"] == "2020"
    for name in ("inputs", "scenarios", "correlations", "review"):
        assert getattr(again, name) == getattr(found, name)


def test_papermill_carries_the_values_unchanged_and_reads_the_same_figures():
    from papermill.iorw import read_yaml_file
    from papermill.translators import PythonTranslator

    found = read_parameters(VALID)
    namespace: dict[str, object] = {}
    exec(PythonTranslator.codify(found.values), namespace)  # what a kernel does with the injected cell
    assert {name: namespace[name] for name in found.values} == found.values
    read = parse_parameters(read_yaml_file(str(VALID)), folder=INVALID)
    for name in ("inputs", "scenarios", "correlations", "review"):
        assert getattr(read, name) == getattr(found, name)


def test_a_file_may_do_without_all_of_them():
    found = read_parameters(INVALID / "valid.yaml")
    assert (found.scenarios, found.correlations, found.review) == ({}, {}, {})
    assert not any(value.varies for value in found.inputs.values())


def test_every_rule_can_be_answered():
    answers = dict.fromkeys(RULE_IDS, "we know")
    assert len(set(RULE_IDS)) == len(RULE_IDS)
    assert {rule: each.answer for rule, each in parse(review=answers).review.items()} == answers


# Ranges


def test_a_range_may_be_a_point_whatever_its_distribution():
    for distribution in DISTRIBUTIONS:
        found = parse(inputs=ranged(0, 0, 0, distribution=distribution)).inputs["calls"]
        assert (found.low, found.high, found.distribution, found.varies) == (0, 0, distribution, False)


def test_a_range_that_differs_in_one_year_varies():
    inputs = {**EXAMPLES, "minutes_saved": {"value": [0, 1, 2], "low": [0, 1, 1], "high": [0, 1, 2]}}
    assert parse(inputs=inputs).inputs["minutes_saved"].varies


def test_each_year_of_a_distribution_is_checked():
    minutes = {"value": [0, 1, 2], "low": [0, 0, 0], "high": [0, 1, 2], "distribution": "lognormal"}
    found = cell_error(inputs={**EXAMPLES, "minutes_saved": minutes})
    years = [line.partition(";")[0] for line in found.splitlines() if "hint" not in line]
    assert years == [f"parameters: low of minutes_saved in year {year} is 0" for year in (2, 3)]


def test_several_things_wrong_with_a_range_come_at_once():
    assert cell_error(inputs=ranged("x", -1, "2%2", distribution="flat")).count("calls is") == 4


def test_nothing_is_said_about_what_a_misspelt_key_may_stand_for():
    entry = {"value": 5, "low": 4, "hgih": 6}
    found = cell_error(inputs={**EXAMPLES, "calls": entry}, correlations={"calls": {"minute_cost": 0.5}})
    assert found.count("parameters:") == 2
    assert "did you mean 'high'?" in found
    assert "minute_cost has no range" in found


@given(st.lists(st.floats(0, 1e9), min_size=3, max_size=3), st.sampled_from(["pert", "uniform", "normal"]))
def test_a_range_is_taken_where_it_is_in_order(amounts, distribution):
    low, value, high = amounts
    inputs = ranged(value, low, high, distribution=distribution)
    if low <= value <= high:
        found = parse(inputs=inputs).inputs["calls"]
        assert (found.low, found.value, found.high) == (low, value, high)
        assert found.varies == (low < high)
    else:
        assert "must be" in cell_error(inputs=inputs)


def test_the_untouched_template_shows_the_ranges_of_its_examples(tmp_path):
    shutil.copytree(HERE / "templates" / "tiny", tmp_path / "templates" / "tiny")
    declarations = tmp_path / "templates" / "tiny" / "inputs.yaml"
    text = declarations.read_text().replace("120_000", "{value: 120_000, low: 9e4, high: 15e4}")
    declarations.write_text(text.replace("100%", "{value: 80%, low: 60%, high: 95%, distribution: beta}"))
    given = {"template": "tiny", "client": {"name": "A"}}
    found = parse_parameters({**given, "correlations": {"calls": {"adoption": 0.5}}}, folder=tmp_path)
    assert found.inputs["calls"] == InputValue(120_000, None, None, None, "example", 9e4, 15e4, "pert")
    assert found.inputs["adoption"] == InputValue(0.8, None, "assumption", None, "default", 0.6, 0.95, "beta")
    # A client's own figure stands without the range that was drawn round the default.
    own = parse_parameters({**given, "inputs": {**EXAMPLES, "adoption": 0.9}}, folder=tmp_path)
    assert own.inputs["adoption"] == InputValue(0.9)

    params = tmp_path / "acme.yaml"
    params.write_text("template: tiny\nclient: {name: A}\ninputs: {calls: 5, minutes_saved: 1}\n")
    what_if = read_parameters(params, overrides={"adoption.low": "50%"})
    assert what_if.inputs["adoption"] == InputValue(
        0.8, None, "assumption", None, "client", 0.5, 0.95, "beta", override=True
    )
    assert parse_parameters(what_if.values, folder=tmp_path).inputs == what_if.inputs


# --set


def test_an_input_set_by_its_name_alone_becomes_a_point():
    found = read_parameters(VALID, overrides={"calls": "2e6", "minutes_saved": "1"})
    assert found.inputs["calls"] == InputValue(2e6, "Call report 2025, p. 4", "measured", override=True)
    assert found.inputs["minutes_saved"] == InputValue(1, override=True)
    assert found.inputs["minute_cost"].varies
    assert found.correlations == {("minute_cost", "adoption"): 0.3}
    assert parse_parameters(found.values, folder=INVALID).correlations == found.correlations
    assert len(read_parameters(VALID).correlations) == 3


def test_a_range_can_be_set_in_part_or_as_a_whole():
    given = {"calls.low": "900_000", "inputs.calls.distribution": "normal"}
    assert read_parameters(VALID, overrides=given).inputs["calls"] == InputValue(
        *(1.2e6, "Call report 2025, p. 4", "measured"),
        **{"low": 9e5, "high": 1.5e6, "distribution": "normal", "override": True},
    )
    given = {"calls.high": "2.5e6", "calls": "2e6"}
    found = read_parameters(VALID, overrides=given)
    assert found.inputs["calls"].low == 1e6
    assert found.inputs["calls"].value == 2e6
    assert len(found.correlations) == 3


def test_a_range_can_be_set_round_a_plain_value():
    given = {"repeat_calls.low": "10%", "repeat_calls.high": "20%", "training_cost.low": "8e3"}
    given |= {"training_cost.high": "9e3", "training_cost": "8.5e3"}
    found = read_parameters(VALID, overrides=given)
    pert = {"distribution": "pert", "override": True}
    assert found.inputs["repeat_calls"] == InputValue(0.125, low=0.1, high=0.2, **pert)
    assert found.inputs["training_cost"] == InputValue(8500, low=8000, high=9000, **pert)
    assert parse_parameters(found.values, folder=INVALID).inputs == found.inputs


@pytest.mark.parametrize(
    ("overrides", "expected"),
    [
        (
            {"calls__low": "2e6"},
            "--set calls.low=2e6: low of calls is 2e6; must be at most 1_500_000, the high one"
            "\n  hint: set all three: --set calls=… --set calls.low=… --set calls.high=…",
        ),
        (
            {"calls": "2e6", "calls__low": "1.1e6"},
            "--set calls=2e6: calls is 2e6; must be at most 1_500_000, the high one\n"
            "  hint: set all three: --set calls=… --set calls.low=… --set calls.high=…",
        ),
        (
            {"repeat_calls__low": "10%"},
            "--set repeat_calls.low=10%: repeat_calls has low but no high; both are required\n"
            "  hint: add high:, the 95th percentile, or take low out",
        ),
        (
            {"training_cost__low": "1"},
            "--set training_cost.low=1: training_cost has no value to put a range around\n"
            "  hint: set it as well: --set training_cost=…",
        ),
        (
            {"calls__distribution": "logg"},
            "--set calls.distribution=logg: distribution of calls is 'logg'; must be one of pert, "
            "triangular, uniform, normal, lognormal, beta",
        ),
        (
            {"calls__high": "{a: 1}"},
            "--set calls.high={a: 1}: calls.high is set to a mapping; must be a number or a list",
        ),
        (
            {"minutes_saved": "[1, x, 3]"},
            "--set minutes_saved=[1, x, 3]: minutes_saved in year 2 is 'x'; must be a number\n"
            "  hint: write a number such as 1200, 1_200, 1e3 or 12%",
        ),
        (
            {"calls__value": "5"},
            "--set calls.value=5: 'calls.value' is not a value that can be set\n"
            "  hint: what can be set: calls, calls.low, calls.high, calls.distribution",
        ),
    ],
)
def test_a_wrong_range_in_an_option_is_told_from_the_file(overrides, expected):
    assert set_error(**overrides) == expected


def test_a_plain_list_keeps_its_lines_when_a_range_is_set_round_it(tmp_path):
    shutil.copytree(HERE / "templates", tmp_path / "templates")
    path = tmp_path / "acme.yaml"
    path.write_text(
        "template: tiny\nclient: {name: A}\ninputs:\n  calls: 5\n  minutes_saved:\n  - 1\n  - x\n  - 2\n"
    )
    found = set_error(path, minutes_saved__low="[1, 1, 1]", minutes_saved__high="[9, 9, 9]")
    assert "acme.yaml:7: minutes_saved in year 2 is 'x'" in found


# Scenarios


def test_a_scenario_takes_any_form_of_a_value():
    values = {"calls": "2e5", "minutes_saved": (1, "2", 3), "adoption": "40 %"}
    found = parse(inputs=EXAMPLES, scenarios={" Bad  year ": values}).scenarios
    assert found == {"Bad  year": Scenario({"calls": 2e5, "minutes_saved": (1, 2, 3), "adoption": 0.4})}


def test_a_scenario_of_the_untouched_template_may_set_what_has_an_example():
    assert parse(scenarios={"Dear": {"training_cost": 9e4}}).scenarios == {
        "Dear": Scenario({"training_cost": 9e4})
    }
    assert "sets training_cost, which the case leaves out" in cell_error(
        inputs=EXAMPLES, scenarios={"Dear": {"training_cost": 9e4}}
    )


@pytest.mark.parametrize(
    ("scenarios", "expected"),
    [
        ({"a": {"note": "x"}}, "scenario 'a' sets no input; at least one is required"),
        ({"a": {"calls": -1}}, "calls of scenario 'a' is -1; must be a number between 0 and 1e9"),
        ({"a": {"calls": None}}, "calls of scenario 'a' is empty; must be a number"),
        ({"a": {"calls": True}}, "calls of scenario 'a' is true; must be a number"),
        ({"a": {"calls": [1, 2, "x"]}}, "calls in year 3 of scenario 'a' is 'x'; must be a number"),
        ({"a": {"client": "b"}}, "scenario 'a' sets client, which is not an input"),
        ({"a": {"calls": 1, "note": ""}}, "note of scenario 'a' is empty; must be text"),
        ({"a\x07": {"calls": 1}}, "the name of scenario 'a\\x07' contains the control character U+0007"),
        ({"a": [1]}, "scenario 'a' is a list of 1; must be a mapping"),
    ],
)
def test_a_wrong_scenario_is_reported(scenarios, expected):
    assert cell_error(scenarios=scenarios).startswith(f"parameters: {expected}")


def test_twelve_scenarios_are_enough():
    scenarios = {f"Year {number}": {"calls": number} for number in range(13)}
    assert "13 scenarios are given; at most 12 are allowed" in cell_error(scenarios=scenarios)
    scenarios.popitem()
    assert len(parse(scenarios=scenarios).scenarios) == 12


# Correlations


def correlated(names: list[str], shares: list[float]) -> dict[tuple[str, str], float]:
    pairs = [(one, other) for index, one in enumerate(names) for other in names[index + 1 :]]
    return dict(zip(pairs, shares, strict=True))


@settings(max_examples=300)
@given(st.lists(st.one_of(st.floats(-1, 1), st.sampled_from([-1.0, 0.0, 0.5, 1.0])), min_size=6, max_size=6))
def test_a_matrix_is_judged_as_by_its_eigenvalues(shares):
    import numpy as np

    matrix = matrix_of(correlated(list("abcd"), shares), list("abcd"))
    smallest = np.linalg.eigvalsh(np.array(matrix))[0]
    if abs(smallest) > 1e-6:
        assert is_semidefinite(matrix) == (smallest > 0)


@settings(max_examples=100)
@given(st.lists(st.lists(st.floats(-1, 1), min_size=2, max_size=2), min_size=4, max_size=4))
def test_a_matrix_on_the_edge_is_possible(factors):
    """Four inputs that follow two factors have a matrix of rank two; rounding must not make it impossible."""
    import numpy as np

    loads = np.array(factors)
    sizes = np.linalg.norm(loads, axis=1, keepdims=True)
    if sizes.min() > 0.01:
        unit = loads / sizes
        assert is_semidefinite(np.clip(unit @ unit.T, -1, 1).tolist())


def test_only_the_correlations_that_contradict_each_other_are_named():
    spread = {"low": 1, "high": 3}
    inputs = {
        name: {"value": 2, **spread} for name in ("calls", "minutes_saved", "minute_cost", "training_cost")
    }
    inputs["adoption"] = {"value": 0.5, "low": 0.2, "high": 0.7}
    correlations = {
        "adoption": {"training_cost": 0.1, "calls": 0.2},
        "calls": {"minute_cost": 0.9},
        "minutes_saved": {"calls": 0.9},
    }
    assert cell_error(inputs=inputs, correlations=correlations) == (
        "parameters: the correlations calls and minute_cost 0.9, minutes_saved and calls 0.9 "
        "can't hold together\n  hint: bring them closer to 0; a pair that is not given counts as 0"
    )
    correlations["minutes_saved"]["minute_cost"] = 0.8
    assert len(parse(inputs=inputs, correlations=correlations).correlations) == 5


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([-1, -0.8, -0.6, -0.3, 0, 0.3, 0.6, 0.8, 1]), min_size=6, max_size=6))
def test_what_is_taken_can_be_drawn(ranks):
    """What passes here never stops the simulation; and what can't be, not even as ranks, does not pass."""
    import numpy as np

    names = ["calls", "minutes_saved", "minute_cost", "training_cost"]
    given = correlated(names, ranks)
    correlations = {one: {b: rank for (a, b), rank in given.items() if a == one} for one in names[:-1]}
    inputs = {name: {"value": 2, "low": 1, "high": 3} for name in names}
    smallest = np.linalg.eigvalsh(np.array(matrix_of(given, names)))[0]
    scores = {pair: 2 * np.sin(np.pi * rank / 6) for pair, rank in given.items()}
    drawn = np.linalg.eigvalsh(np.array(matrix_of(scores, names)))[0]
    try:
        found = parse(inputs=inputs, correlations=correlations).correlations
    except InputError as error:
        assert "can't hold together" in str(error)
        assert drawn < 1e-6
    else:
        assert found == given
        assert min(smallest, drawn) > -1e-7


def test_a_full_correlation_is_possible():
    inputs = {name: {"value": 2, "low": 1, "high": 3} for name in ("calls", "minutes_saved", "minute_cost")}
    full = {"calls": {"minutes_saved": 1, "minute_cost": -1}, "minutes_saved": {"minute_cost": "-100%"}}
    assert set(parse(inputs=inputs, correlations=full).correlations.values()) == {1, -1}


def test_a_broken_template_leaves_the_sections_to_be_checked_by_themselves(tmp_path):
    (tmp_path / "acme.yaml").write_text(
        "template: none\nclient: {name: A}\nscenarios: 3\ncorrelations: [a]\nreview: {no-rmp: x}\n"
    )
    found = set_error(tmp_path / "acme.yaml", a="1", b__low="2")
    lines = [line.partition("acme.yaml:")[2][:1] for line in found.splitlines() if "hint" not in line]
    assert lines == ["1", "3", "4"]  # a name under review may be that of a check of the template
