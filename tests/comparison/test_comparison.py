"""What changed between two records, and that the contributions are what they say."""

from __future__ import annotations

import copy
import functools
import itertools
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casebook.comparison import Page, Side, compare
from casebook.errors import CaseError
from casebook.record.formulas import rebuild
from casebook.record.parsing import parse
from casebook.schema.reader import read_parameters
from casebook.schema.reference_keys import key_of
from tests import records
from tests.conftest import ROOT, run_template
from tests.conftest import record_of as recorded


def side(record, name="a"):
    return Side(name, Path(name, "example.json"), parse(record))


def compared(before, after):
    return compare(side(before, "a"), side(after, "b"))


def parts(comparison):
    return {change.key: part for change, part in comparison.contributions}


@pytest.fixture
def record_of(make_case):
    """The record of a case of customers × spend × margin against a team, made of the given inputs."""

    def make(formula=None, inputs=None, **values):
        given = {"customers": 1000, "spend": 50, "margin": 0.4, "team": 8_000, **(inputs or {})}
        case = make_case(**{"years": 1, "discount_rate": 0, **values}, inputs=given)
        x = case.inputs
        sales = x.customers * x.spend * x.margin if formula is None else formula(x)
        case.benefit("Sales", kind="margin", annual=sales)
        case.cost("Team", category="people", annual=x.team)
        case.cost("Set-up", category="start-up", start=x.setup, when=[x.setup])
        return case.record().to_json()

    return make


def test_the_worked_example_by_hand(record_of):
    """1,000 × 50 × 40 % = 20,000 becomes 1,200 × 60 × 40 % = 28,800.

    More customers add 4,000 at the old spend and 4,800 at the new one; more spend adds 4,000 at the old
    number of customers and 4,800 at the new one: 4,400 each.
    """
    found = compared(record_of(), record_of(inputs={"customers": 1200, "spend": 60}))
    assert found.difference == 8_800
    assert parts(found) == {"customers": pytest.approx(4_400), "spend": pytest.approx(4_400)}
    assert found.exact


def test_rate_and_horizon_have_contributions_of_their_own(record_of):
    """12,000 a year: at 0 % one year is 12,000; two years at 25 % are 9,600 + 7,680 = 17,280.

    The rate alone takes 2,400 off, and after the second year is added 24,000 − 17,280 = 6,720; the second
    year alone adds 12,000, and at 25 % 7,680.
    """
    found = compared(record_of(), record_of(years=2, discount_rate="25%"))
    assert parts(found) == {
        "discount rate": pytest.approx(-(2_400 + 6_720) / 2),
        "horizon": pytest.approx((12_000 + 7_680) / 2),
    }


def test_a_line_that_came_is_a_change_and_its_inputs_are_told_with_it(record_of):
    found = compared(record_of(), record_of(inputs={"setup": 500, "team": 7_000}))
    assert parts(found) == {"line cost set-up": pytest.approx(-500), "team": pytest.approx(1_000)}
    aside = {change.key: change.note for change in found.changes if change.contribution is None}
    assert aside == {"setup": "Counted with the lines that it switches on or off."}
    assert "New cost: Set-up" in Page(found).table_for_terminal()


def test_another_formula_is_a_change_of_its_line(record_of):
    found = compared(record_of(), record_of(lambda x: x.customers * x.spend * x.margin * 0.5))
    assert parts(found) == {"line benefit sales": pytest.approx(-10_000)}
    assert "Formula: Sales" in Page(found).table_for_terminal()


def test_a_renamed_step_is_no_change(record_of):
    def named(label):
        return lambda x: (x.customers * x.spend).named(label) * x.margin

    assert compared(record_of(named("Revenue")), record_of(named("Turnover"))).changes == ()


def test_what_a_function_computed_is_one_change_and_is_not_split(record_of):
    from casebook import computed

    @computed("Bought", unit="currency/year")
    def bought(customers, spend):
        return customers * spend

    def formula(x):
        return bought(x.customers, x.spend) * x.margin

    found = compared(record_of(formula), record_of(formula, inputs={"customers": 1500}))
    (change, part), *rest = found.contributions
    assert (change.kind, part, rest) == ("computed", pytest.approx(10_000), [])
    assert "Customers, Spend" in (change.note or "")
    assert [each.key for each in found.changes if each.contribution is None] == ["customers"]


def test_the_same_record_twice_has_no_changes(record_of):
    found = compared(record_of(), record_of())
    assert (found.changes, found.knowledge, found.difference) == ((), (), 0)
    assert "Nothing that the figures rest on has changed." in Page(found).table_for_terminal()


def test_a_new_source_and_range_are_told_though_no_figure_moves(record_of):
    better = {"value": 1000, "low": 900, "high": 1100, "evidence": "stated", "source": "CRM, p. 3"}
    found = compared(record_of(), record_of(inputs={"customers": better}))
    assert not [part for _, part in found.contributions if part]
    assert [known.label for known in found.knowledge] == ["Customers"]
    shown = repr(Page(found).knowledge())
    assert "Nine times in ten 900 to 1,100" in shown
    assert "CRM, p. 3" in shown


RANGED = {"value": 0.4, "low": 0.1, "high": 0.5}


def test_a_range_that_a_change_dropped_is_told_with_the_change(record_of):
    """What `--set margin=30%` does: another value, and a single point."""
    found = compared(record_of(inputs={"margin": RANGED}), record_of(inputs={"margin": 0.3}))
    (change,) = found.changes
    assert change.dropped_range == (0.1, 0.5)
    printed = " ".join(Page(found).table_for_terminal().split())
    assert "Its range, 10% to 50%, is dropped." in printed
    assert "it is not computed any more, as no input has a range" in Page(found).sentence
    kept = compared(
        record_of(inputs={"margin": RANGED}), record_of(inputs={"margin": {**RANGED, "value": 0.3}})
    )
    assert kept.changes[0].dropped_range is None


def test_by_year_a_dropped_range_is_told_year_by_year(record_of):
    by_year = {"value": [0.3, 0.4], "low": [0.1, 0.2], "high": [0.4, 0.5]}
    before = record_of(years=2, inputs={"margin": by_year})
    found = compared(before, record_of(years=2, inputs={"margin": 0.3}))
    printed = " ".join(Page(found).table_for_terminal().split())
    assert "Its range, 10%; 20% to 40%; 50%, is dropped." in printed


@pytest.mark.parametrize("low", [0.1, 0.3])
def test_nothing_is_never_said_beside_another_chance_of_loss(record_of, low):
    """Only a range moves: the net present value is the same, the chance of loss is not."""
    before = record_of(inputs={"margin": RANGED})
    wide = {**RANGED, "low": low, "high": 0.9}
    found = compared(before, record_of(inputs={"margin": wide}))
    assert (found.changes, found.difference) == ((), 0)
    printed = Page(found).table_for_terminal()
    assert "Nothing" not in printed
    assert "how well the values are known has" in printed
    assert "The chance of loss goes from " in Page(found).sentence
    assert "Nine times in ten 10% to 50%" in " ".join(printed.split())


def test_another_correlation_is_told(record_of):
    ranged = {"margin": RANGED, "spend": {"value": 50, "low": 40, "high": 60}}
    one = record_of(inputs=ranged, correlations={"margin": {"spend": 0.8}})
    other = record_of(inputs=ranged)
    printed = Page(compared(one, other)).table_for_terminal()
    assert "Margin and Spend" in printed
    assert "Rank correlation 0.8" in printed and "No correlation" in printed
    turned = record_of(inputs=ranged, correlations={"spend": {"margin": 0.8}})
    assert compared(one, turned).is_same


def test_figures_that_nothing_explains_are_not_called_the_same(record_of):
    """A record made by other draws: the likely values agree, the simulated figures do not."""
    one = record_of(inputs={"margin": RANGED})
    other = copy.deepcopy(one)
    other["simulation"]["probability_of_loss"] = other["result"]["probability_of_loss"] = 0.5
    printed = Page(compared(one, other)).table_for_terminal()
    assert "Nothing" not in printed and "Other figures have changed." in printed


def test_years_that_a_case_lacks_are_not_taken_for_a_change(record_of):
    short = record_of(years=2, inputs={"customers": [1000, 1100]})
    long = record_of(years=3, inputs={"customers": [1000, 1100, 1300]})
    assert parts(compared(short, long)) == {"horizon": pytest.approx(1300 * 20 - 8_000)}


def test_a_record_whose_figure_is_not_that_of_its_formulas_is_refused(record_of):
    wrong = record_of()
    wrong["result"]["net_present_value"] += 1
    with pytest.raises(CaseError, match="do not give the net present values"):
        compared(record_of(), wrong)


def test_a_mixture_without_a_value_is_refused_with_the_line():
    """1 ÷ (p − q) has a value for 2 and 1 and for 1 and 3, and none for 1 and 1."""
    lines = {"A": ["/", {"number": 1.0}, ["-", {"input": "p"}, {"input": "q"}]]}
    model = {"years": 1, "rate": 0.0, "lines": lines}
    before, after = (
        record_from({**model, "values": {"p": p, "q": q, "r": 0.0}}) for p, q in ((2, 1), (1, 3))
    )
    with pytest.raises(CaseError, match="'A' has no finite value when only some"):
        compared(before, after)


EXAMPLES = sorted(path.stem for path in (ROOT / "params").glob("*.yaml"))


@pytest.mark.parametrize(
    "client", [pytest.param(name, marks=() if name == "airline" else pytest.mark.slow) for name in EXAMPLES]
)
def test_the_formulas_of_each_example_give_its_figure_again(client):
    record = parse(recorded(run_template(read_parameters(ROOT / f"params/{client}.yaml")).study))
    assert rebuild(record).net_present_value() == record.result.net_present_value


def test_broken_formulas_are_a_clear_error(record_of):
    broken = record_of()
    broken["lines"][0]["trees"]["annual"] = ["frobnicate", {"input": "customers"}]
    with pytest.raises(
        ValueError, match=r"lines\.0\.trees\.annual has 'frobnicate', which is not an operation"
    ):
        parse(broken)


def test_a_tree_deeper_than_the_stack_is_read(record_of):
    deep = record_of()
    tree = {"input": "team"}
    for _ in range(5_000):
        tree = ["+", tree, {"number": 1.0}]
    deep["lines"][1]["trees"]["annual"] = tree
    assert rebuild(parse(deep)).net_present_value() == 20_000 - 13_000


def many_inputs(record, values):
    """The record with a line that multiplies as many inputs as there are values."""
    template = record["inputs"]["team"]
    named = {f"i{n}": {**template, "label": f"Input {n}", "value": value} for n, value in enumerate(values)}
    tree = {"input": "i0"}
    for name in list(named)[1:]:
        tree = ["*", tree, {"input": name}]
    line = {**record["lines"][0], "name": "Many", "trees": {"start": None, "annual": tree}}
    made = {**record, "inputs": {**record["inputs"], **named}, "lines": [*record["lines"], line]}
    worth = float(rebuild(parse(made)).net_present_value())
    return {**made, "result": {**made["result"], "net_present_value": worth}}


@pytest.mark.parametrize(("count", "exact"), [(14, True), (18, False)])
def test_a_line_with_many_changes_adds_up_and_says_how(record_of, count, exact):
    before = many_inputs(record_of(), [2.0] * count)
    after = many_inputs(record_of(), [2.0 + 0.1 * n for n in range(1, count + 1)])
    found = compared(before, after)
    told = [part for _, part in found.contributions]
    assert (len(told), found.exact) == (count, exact)
    assert math.fsum(told) == pytest.approx(found.difference, rel=1e-9)
    method = repr(Page(found).method())
    assert ("every combination" in method) == exact
    assert ("drawn with a fixed seed" in method and "standard error" in method) != exact
    assert ("±" in Page(found).table_for_terminal()) != exact
    assert parts(compared(before, after)) == parts(found)


# ---- random small models: records are written here, and worked out again by another way

NAMES = ("p", "q", "r")
leaves = st.sampled_from([*({"input": name} for name in NAMES), {"number": 2.0}, {"year": True}])
trees = st.recursive(
    leaves,
    lambda inner: st.tuples(st.sampled_from(["+", "-", "*", "minimum", "maximum"]), inner, inner).map(list),
    max_leaves=5,
)
by_year = st.lists(st.floats(-50, 50), min_size=3, max_size=3)
models = st.fixed_dictionaries(
    {
        "years": st.integers(1, 3),
        "rate": st.sampled_from([0.0, 0.1, 0.25]),
        "values": st.fixed_dictionaries(dict.fromkeys(NAMES, st.one_of(st.floats(-50, 50), by_year))),
        "lines": st.dictionaries(st.sampled_from(["A", "B"]), trees, min_size=1),
    }
)


def record_from(model):
    """A record with as much in it as a comparison reads."""
    years = model["years"]
    values = {name: v[:years] if isinstance(v, list) else v for name, v in model["values"].items()}
    record = records.record(
        years=years,
        discount_rate=model["rate"],
        inputs={n: {"label": n, "unit": "number", "value": v} for n, v in values.items()},
        lines=[
            records.line(name, tree, side="benefit" if name == "A" else "cost")
            for name, tree in model["lines"].items()
        ],
    )
    worth = float(rebuild(parse(record)).net_present_value())
    figures = {"net_present_value": worth, "present_value_of_benefits": worth}
    return {**record, "result": {**record["result"], **figures}}


def mixed(before, after, made):
    """The model in which only the changes in `made` have been made."""
    model = copy.deepcopy(before)
    longer = max(before["years"], after["years"])
    for name in NAMES:
        pair = [aligned(one["values"][name], one["years"], other["values"][name], longer)
                for one, other in ((before, after), (after, before))]  # fmt: skip
        model["values"][name] = pair[name in made]
    model["years"] = (after if "horizon" in made else before)["years"]
    model["rate"] = (after if "discount rate" in made else before)["rate"]
    for name, side in (("A", "benefit"), ("B", "cost")):
        model["lines"].pop(name, None)
        source = after if f"line {side} {key_of(name)}" in made else before
        if name in source["lines"]:
            model["lines"][name] = source["lines"][name]
    return model


def aligned(value, years, other, longer):
    if not isinstance(value, list) or years == 1:  # one number holds for all years
        return [value[0] if isinstance(value, list) else value] * 3
    rest = other if isinstance(other, list) else [other] * 3
    return [*value[:years], *rest[years:longer], *[0.0] * (3 - longer)]


@given(models, models)
def test_on_random_models_the_contributions_are_those_of_all_orders_and_add_up(before, after):
    first, second = record_from(before), record_from(after)
    found = compared(first, second)
    told = parts(found)
    size = 1 + sum(abs(part) for part in told.values())
    assert math.fsum(told.values()) == pytest.approx(found.difference, rel=1e-9, abs=1e-15 * size)
    players = list(told)
    if len(players) > 4:
        return
    sums = dict.fromkeys(players, 0.0)
    orders = list(itertools.permutations(players))
    levels_of = functools.cache(
        lambda made: record_from(mixed(before, after, made))["result"]["net_present_value"]
    )
    for order in orders:
        levels = [levels_of(frozenset(order[:count])) for count in range(len(order) + 1)]
        for player, gain in zip(order, np.diff(levels), strict=True):
            sums[player] += gain / len(orders)
    for player in players:
        assert told[player] == pytest.approx(sums[player], rel=1e-6, abs=1e-8 * size)


@given(models, models)
def test_on_random_models_the_way_back_is_the_way_there_with_the_other_sign(before, after):
    there = parts(compared(record_from(before), record_from(after)))
    back = parts(compared(record_from(after), record_from(before)))
    assert there.keys() == back.keys()
    for key, part in there.items():
        assert part == pytest.approx(-back[key], rel=1e-6, abs=1e-6)


@given(models, st.sampled_from(NAMES), st.floats(-50, 50))
def test_on_random_models_what_did_not_change_gets_nothing(model, name, value):
    other = copy.deepcopy(model)
    other["values"][name] = value
    found = compared(record_from(model), record_from(other))
    assert {change.key for change in found.changes} <= {name}


def test_a_line_that_is_reworded_is_the_same_line(record_of):
    renamed = record_of()
    assert renamed["lines"][0]["key"] == "sales"
    renamed["lines"][0]["name"] = "More is sold"
    assert compared(record_of(), renamed).changes == ()


def test_a_line_of_a_record_without_keys_is_known_by_its_name(record_of):
    older = record_of()
    for line in older["lines"]:
        del line["key"]
    assert compared(older, record_of()).changes == ()
