"""What a portfolio's page says."""

from __future__ import annotations

import re

import pytest

from casebook.errors import InputError
from casebook.portfolio import Page, fund, read_portfolio
from casebook.portfolio.bubbles import bubble_chart
from casebook.portfolio.differences import counted
from casebook.portfolio.ranking import ORDERS, ranked


def page(output, budget=None):
    found = read_portfolio(output)
    return Page(found, fund(found, budget) if budget else None)


def test_each_order_ranks_by_its_own_figure(write):
    write("a", npv=30, costs=10, result={"payback_months": 20.0, "probability_of_loss": 0.5})
    write("b", npv=20, costs=100, result={"payback_months": 5.0, "probability_of_loss": None})
    lost = {"payback_months": None, "probability_of_loss": 0.1, "reasons": {"payback_months": "not reached"}}
    output = write("c", npv=-10, costs=100, result=lost)
    known = {"measured": 1.0, "stated": 0.0, "benchmark": 0.0, "assumption": 0.0}
    write("c", npv=-10, costs=100, result=lost, evidence={"by_value": known})
    entries = read_portfolio(output).entries
    orders = {order.label: "".join(entry.folder for entry in ranked(entries, order)) for order in ORDERS}
    assert orders == {
        "Net present value": "abc",
        "Return": "abc",
        "Payback": "bac",
        "Chance of loss": "cab",
        "Evidence": "cab",
    }


def test_what_never_was_in_debt_pays_back_first(write):
    write("a", result={"payback_months": 2.0})
    at_once = {"payback_months": None, "reasons": {"payback_months": "no money at risk"}}
    found = read_portfolio(write("b", result=at_once))
    assert [entry.folder for entry in ranked(found.entries, ORDERS[2])] == ["b", "a"]


def test_nothing_is_added_up_over_currencies(write):
    write("a", npv=1_000, costs=100)
    write("b", npv=2_000, costs=100)
    told = page(write("c", npv=9_000, costs=900, currency="EUR")).sentence
    assert "$3,000 net present value for $200 of costs in USD" in told
    assert "€9,000 net present value for €900 of costs in EUR" in told


def test_of_alternatives_a_total_counts_the_best_and_the_page_says_so(write):
    write("early", client="Acme", npv=1_000, costs=100)
    output = write("late", client="Acme", npv=3_000, costs=100)
    shown = page(output)
    assert [entry.folder for entry in counted(shown.portfolio.of("USD"))] == ["late"]
    assert "$3,000" in shown.sentence
    assert "alternatives, of which at most one is counted" in repr(shown.differences())
    assert "Of alternatives one is counted: one case stands aside." in repr(shown.years())


def flow(benefits, costs):
    """A cash flow as a record has it; its net is not looked at."""
    return {"benefits": benefits, "costs": costs, "net": [], "cumulative": []}


def test_what_cannot_be_compared_is_said_plainly(write):
    write("a", provenance={"digests": {"template": "1" * 64}, "versions": {}})
    write("b", years=5, provenance={"digests": {"template": "2" * 64}, "versions": {}})
    revenue = {"rule": "gains-at-revenue", "title": "", "severity": "high", "finding": "", "settle": ""}
    output = write("c", currency="EUR", discount_rate=0.04, review=[revenue])
    told = repr(page(output).differences())
    for text in ("2 years", "5 years", "USD", "EUR", "4%", "at revenue", "version 11111111"):
        assert text in told
    assert "Compare with care" in repr(page(output).cautions())


def test_like_cases_are_said_to_be_comparable(write):
    write("a")
    assert "The cases can be compared" in repr(page(write("b")).cautions())


def test_the_money_of_all_is_added_up_by_year_and_shorter_cases_end_earlier(write):
    write("a", years=1, cash_flow=flow([0, 10], [5, 1]))
    output = write("b", years=2, cash_flow=flow([0, 20, 30], [0, 2, 3]))
    rows = {row.cells[0]: list(row.cells[1:]) for row in page(output).years().component.items[1].rows}
    assert rows["Net"] == ["−5", "27", "27"]
    assert rows["Running total"] == ["−5", "22", "49"]
    assert rows["Cases that reach the year"] == ["2", "2", "1"]


def test_the_budget_is_spent_on_the_best_set_and_the_runner_up_is_named(write):
    write("a", npv=60, costs=10)
    write("b", npv=100, costs=20)
    told = repr(page(write("c", npv=120, costs=30), "50").funding())
    table, _, runner_up = told.partition("Runner-up.")
    assert re.search(r"Together +\$[\d,]+ +\$50 +\$220", table)
    assert "without B and with A: $180 for $40, $40 less" in runner_up


def test_of_each_case_one_option_is_funded_by_what_it_is_expected_to_be_worth(write, way):
    nothing = way("nothing")
    write(
        "a",
        options=[nothing, way("test", npv=60, expected=70, costs=10, now=4), way("whole", npv=90, costs=40)],
    )
    output = write("b", options=[nothing, way("whole", npv=100, expected=80, costs=35)])
    shown = page(output, "50")
    told = repr(shown.funding())
    assert re.search(r"The test +\$4 +\$10 +\$70", told)
    assert re.search(r"Together +\$39 +\$45 +\$150", told)
    assert "without B, A (“The test”) and with A (“The whole”): $90 for $40, $60 less" in told
    best = shown.to_json()["funding"]["sets"][0]
    assert [(each["case"], each["key"]) for each in best["cases"]] == [("B", "whole"), ("A", "test")]
    assert (best["expected_net_present_value"], best["costs"], best["approve_now"]) == (150, 45, 39)


def test_the_list_shows_the_option_that_is_asked_for(write, way):
    options = [
        way("nothing"),
        way("test", npv=60, expected=70, costs=10, now=4),
        way("whole", npv=90, costs=40),
    ]
    write("a", npv=90, decided="test", options=options)
    told = repr(page(write("b", npv=50, costs=20)).cases())
    heads, first, second = (
        re.split(r" {2,}", line) for line in told.splitlines() if re.match("Case|A |B ", line)
    )
    assert heads[1:4] == ["Plan", "Expected", "Asked for"]
    assert first[1:4] == ["$90", "$70", "The test $4"]
    assert second[1:3] == ["$50", "$50"] and second[3].startswith("The whole $")


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("lots", "not an amount of money"),
        ("5,000", "not an amount of money"),
        ("-5", "not an amount"),
        ("5 CHF", "in CHF"),
    ],
)
def test_a_budget_that_is_none_is_refused(write, written, said):
    with pytest.raises(InputError, match=said):
        page(write("a"), written)


@pytest.mark.parametrize("written", ["5_000 EUR", "EUR 5000", "5000.00eur"])
def test_a_budget_may_name_its_currency(write, written):
    write("a")
    funding = page(write("b", currency="EUR"), written).budget
    assert (funding.currency, funding.budget) == ("EUR", 5_000)
    assert [entry.folder for entry, _ in funding.chosen(funding.choices[0])] == ["b"]


def test_a_budget_too_small_funds_nothing_and_says_so(write):
    told = repr(page(write("a", npv=5, costs=100), "10").funding())
    assert "Nothing to fund" in told


def test_labels_of_the_bubble_chart_never_touch(write, monkeypatch):
    from casebook.portfolio import bubbles

    spots = []
    found = bubbles._free_spot

    def noted(place, radius, box, frame, taken):
        spot = found(place, radius, box, frame, taken)
        if spot:
            spots.append((*spot, spot[0] + box.width, spot[1] + box.height))
        return spot

    monkeypatch.setattr(bubbles, "_free_spot", noted)
    for number in range(40):
        write(f"client-{number}", npv=(number % 7 - 2) * 1000.0, costs=1000.0 + number % 5)
    shown = page(write("last"))
    made = bubble_chart(shown.portfolio.entries, shown._to("USD"))
    assert "Named:" in made.note
    assert len(spots) >= 2
    for n, (x0, y0, x1, y1) in enumerate(spots):
        for a0, b0, a1, b1 in spots[:n]:
            assert x1 <= a0 or x0 >= a1 or y1 <= b0 or y0 >= b1


def test_a_link_is_never_anything_but_a_file_beside_the_page(write):
    from casebook.views.components import Table, left, row
    from casebook.views.html import to_html

    for link in ("javascript:alert(1)", "//evil.example", "https://evil.example/a.html", "../a/..", 'x" y'):
        assert "<a" not in to_html(Table([left("Case")], [row("A", link=link)]))
    assert '<a href="../a/b.html">A</a>' in to_html(Table([left("Case")], [row("A", link="../a/b.html")]))


def test_a_client_name_is_text_and_no_markup(write):
    shown = page(write("a", client="<script>alert(1)</script>"))
    assert "<script>" not in shown.cases()._repr_mimebundle_()["text/html"]


def test_a_single_case_has_nothing_to_be_compared_with(write):
    shown = page(write("a"))
    assert "No currency has two cases." in repr(shown.bubbles())
    assert "No currency has two cases." in repr(shown.orders())
    assert shown.headline == "1 case in USD"
