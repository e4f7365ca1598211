"""Cases of one client from three templates that draw on the same contacts: record, page and choice."""

from __future__ import annotations

import itertools
import json

import pytest
from ruamel.yaml import YAML

from casebook.errors import InputError
from casebook.portfolio import Page, fund, page_over, read_portfolio
from casebook.record.files import read_record
from casebook.schema.reader import parse_parameters
from tests.conftest import ROOT, run_template

POOL = "contacts-of-the-old-channels"


def run(file, **changes):
    """The record of a parameter file of the repository with other inputs, for one client."""
    values = YAML(typ="safe").load(ROOT / file)
    values |= {"client": {"name": "Acme"}, "currency": "USD", "template": changes.pop("template")}
    values |= {key: changes.pop(key) for key in ("years", "start", "discount_rate") if key in changes}
    values["inputs"] |= changes
    return run_template(parse_parameters(values, folder=ROOT / "params")).record().to_json()


@pytest.fixture(scope="module")
def records():
    """120,000 contacts a year; by the month 10,000, and 11,000 where another case states it."""
    care = run(
        "params/airline-three-years.yaml",
        template="social-care",
        contacts_shifted=7_000,
        old_contacts=10_000,
        agent_salary=400,
        manager_salary=0,
        licences=0,
    )
    service = run(
        "tests/params/round-digital.yaml",
        template="digital-service",
        years=2,
        start="2027-07",
        discount_rate="8%",
        contacts=11_000,
        suitable="80%",
        tried="80%",
        solved="80%",
    )
    forum = run(
        "tests/params/round-community.yaml",
        template="communities",
        years=3,
        start="2027-01",
        contacts=120_000,
        questions=100_000,
        contacts_per_question="60%",
    )
    return {"care": care, "service": service, "forum": forum}


@pytest.fixture
def output(records, tmp_path):
    for name, record in records.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "case.json").write_text(json.dumps(record), encoding="utf-8")
    return tmp_path


def worth(records):
    """What these records are worth together, month by month from January 2027, with one pool in mind."""
    claims, sizes = [0.0] * 60, [float("inf")] * 60
    for record in records:
        for pool, month, year in months_of(record):
            claims[month] += yearly(pool["claimed"], year)
            sizes[month] = min(sizes[month], yearly(pool["size"], year))
    total = 0.0
    for record in records:
        total += record["result"]["net_present_value"]
        for pool, month, year in months_of(record):
            money = sum(line["annual"][year] for line in record["lines"] if line["name"] in pool["lines"])
            own = min(1, yearly(pool["size"], year) / yearly(pool["claimed"], year))
            part = min(1, sizes[month] / claims[month]) / own
            total -= money / 12 * (1 - part) / (1 + record["discount_rate"]) ** (year + 1)
    return total


def months_of(record):
    [pool] = [pool for pool in record["pools"] if pool["key"] == POOL]
    first = 12 * (int(record["start"][:4]) - 2027) + int(record["start"][5:]) - 1
    return ((pool, first + month, month // 12) for month in range(12 * record["years"]))


def yearly(amount, year):
    values = amount["value"]
    return (values[year] if len(values) > 1 else values[0]) * (12 if amount["unit"].endswith("/month") else 1)


def test_three_templates_share_the_contacts_of_the_old_channels(records):
    for record in records.values():
        assert max(next(months_of(record))[0]["claimed"]["value"]) > 0


def test_the_sum_is_given_without_the_overlap_and_with_it(records, output):
    shown = Page(read_portfolio(output))
    alone = sum(record["result"]["net_present_value"] for record in records.values())
    together = worth(list(records.values()))
    assert alone - together > 1_000
    to = shown._to("USD")
    assert f"Together they bring {to.money(together)} net present value" in shown.sentence
    assert f"after {to.money(alone - together)} that cases of one client would claim twice" in shown.sentence
    assert to.money_short(together) in repr(shown.tiles())
    assert "Cases overlap. Cases of one client draw on the same pools." in repr(shown.cautions())
    table = repr(shown.overlaps())
    assert "Acme: Contacts in the old channels" in table
    assert "the smallest counts" in table
    assert to.money_short(alone - together) in table


def test_the_years_hold_what_is_left(output):
    shown = Page(read_portfolio(output))
    rows = {row.cells[0]: row.cells[1:] for row in shown.years().component.items[1].rows}
    benefits, twice, costs, net = (
        [float(cell.replace(",", "").replace("−", "-")) for cell in rows[name]]
        for name in ("Benefits", "Claimed twice", "Costs", "Net")
    )
    assert min(twice) < 0
    assert net == pytest.approx([a + b - c for a, b, c in zip(benefits, twice, costs, strict=True)], abs=2)


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 0.75, 1.0])
def test_the_choice_under_a_budget_is_that_of_brute_force(records, output, share):
    costs = {name: record["result"]["present_value_of_costs"] for name, record in records.items()}
    budget = round(sum(costs.values()) * share)
    ways = [[None, *ways_of(name, record)] for name, record in records.items()]
    assert sum(map(len, ways)) - 3 > 3
    best = max(
        (joint(records, some), sorted((each[0], each[1]) for each in some))
        for some in (list(filter(None, each)) for each in itertools.product(*ways))
        if sum(each[3] for each in some) <= budget
    )
    found = fund(read_portfolio(output), str(budget))
    assert found.choices[0].value == pytest.approx(best[0])
    chosen = found.chosen(found.choices[0])
    assert sorted((entry.folder, option.key) for entry, option in chosen) == best[1]


def ways_of(name, record):
    """The options that are worth something: case, key, expected value, present value of costs."""
    for each in record["options"]:
        if each["expected_net_present_value"] > 0:
            yield name, each["key"], each["expected_net_present_value"], each["present_value_of_costs"]


def joint(records, some):
    """What options are worth together: less what the wholes of their cases would claim twice."""
    cases = [records[name] for name, *_ in some]
    lost = sum(case["result"]["net_present_value"] for case in cases) - (worth(cases) if cases else 0)
    return sum(value for *_, value, _ in some) - lost


def test_the_page_shows_what_a_funded_set_claims_twice(records, output):
    budget = "1_000_000_000"
    shown = Page(read_portfolio(output), fund(read_portfolio(output), budget))
    told = repr(shown.funding())
    assert "are compared by what they are worth together" in told
    values = shown.to_json()
    assert values["overlaps"][0]["key"] == POOL
    assert values["overlaps"][0]["lost"] > 0
    kept = output / "portfolio.json"
    kept.write_text(json.dumps(values), encoding="utf-8")
    again = page_over(str(kept))
    assert again.to_json() == json.loads(kept.read_text(encoding="utf-8"))
    assert repr(again.funding()) == told


def test_records_without_keys_change_nothing_and_are_named(records, output):
    before = Page(read_portfolio(output))
    record = json.loads(json.dumps(records["care"]))
    for pool in record["pools"]:
        del pool["key"]
    (output / "care" / "case.json").write_text(json.dumps(record), encoding="utf-8")
    (output / "service" / "case.json").unlink()
    found = Page(read_portfolio(output))
    assert "would claim twice" in before.sentence
    assert "would claim twice" not in found.sentence
    assert "Whether Acme · care overlaps is not known" in repr(found.overlaps())


def test_a_single_case_overlaps_with_nothing(records, output):
    for name in ("care", "service"):
        (output / name / "case.json").unlink()
    shown = Page(read_portfolio(output))
    assert "No two cases of a client draw on the same pool." in repr(shown.overlaps())
    assert shown.to_json()["overlaps"] == []
    assert "Claimed twice" not in repr(shown.years())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda record: record["pools"][0]["size"].update(value=[1.0, 2.0]), "pools.0.size.value is"),
        (lambda record: record["pools"][0]["claimed"].update(value=[1e19]), "pools.0.claimed.value is"),
        (lambda record: [line.update(annual=[1.0]) for line in record["lines"]], "must be one number a year"),
    ],
)
def test_a_record_whose_claims_do_not_fit_is_refused(records, tmp_path, change, message):
    record = json.loads(json.dumps(records["care"]))
    change(record)
    (tmp_path / "case.json").write_text(json.dumps(record), encoding="utf-8")
    with pytest.raises(InputError, match=message):
        read_record(tmp_path / "case.json")
