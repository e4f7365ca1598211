"""Figures that are published, or were computed apart from this project, come out of the data sets."""

from __future__ import annotations

import pandas as pd
import pytest

from casebook.measurement import (
    difference,
    mean,
    median,
    participation,
    proportion,
    purchase_history,
    rate,
    time_to_first_answer,
)
from tests.measurement.conftest import ROOT

SHARED = ROOT.parent / "shared" / "data"
MENTIONS, PURCHASES, ACCOUNTS = (
    SHARED / f"{name}.csv" for name in ("airline_mentions", "cdnow_purchases", "telco_accounts")
)


@pytest.fixture
def beer(read):
    return read(ROOT / "params", beer="data/community_beer.csv")


def test_unpaid_posts_reach_10_13_percent_of_fans_on_average_and_4_21_in_the_middle(read):
    posts = read(ROOT / "params", posts="data/facebook_posts.csv")["posts"]
    unpaid = posts[posts["Paid"] == 0]
    reach = unpaid["Lifetime Post Total Reach"] / unpaid["Page total likes"]
    among_fans = unpaid["Lifetime Post reach by people who like your Page"] / unpaid["Page total likes"]
    assert mean(reach).n == 360
    assert [round(found.value * 100, 2) for found in (mean(reach), median(reach))] == [10.13, 4.21]
    assert [round(found.value * 100, 2) for found in (mean(among_fans), median(among_fans))] == [5.11, 2.78]


def test_the_beer_community_answers_97_1_percent_and_accepts_61_8(beer):
    posts = beer["beer"]
    questions = posts[posts["post_type"] == "question"]
    answered = proportion(questions["answers"] > 0)
    accepted = proportion(questions["accepted_answer_id"].notna())
    assert (answered.n, len(posts) - answered.n) == (663, 1_572)
    assert (round(answered.value, 3), round(accepted.value, 3)) == (0.971, 0.618)


def test_a_first_answer_in_the_beer_community_takes_hours_and_the_unanswered_count(beer):
    waits = beer.sql(
        "select question.created_at as asked, min(answer.created_at) as answered from beer as question"
        " left join beer as answer on answer.parent_id = question.post_id and answer.post_type = 'answer'"
        " where question.post_type = 'question' group by question.post_id, question.created_at"
    )
    found = time_to_first_answer(waits["asked"], waits["answered"])
    assert found.n == 663
    assert 5 < found.low < found.value < found.high < 9
    assert "19 unanswered counted as waiting" in found.method
    dropped = time_to_first_answer(
        *(waits[waits["answered"].notna()][name] for name in ("asked", "answered"))
    )
    assert dropped.value < found.value


def test_participation_in_the_beer_community_is_uneven(beer):
    posts = beer["beer"]
    found = participation(posts["user_id"], role=posts["post_type"], posts="question")
    assert found.contributors == 781
    assert found.top_1_percent.set_aside == {"no author": 10}
    assert found.top_1_percent.rows_read == len(posts)
    shares = (found.top_1_percent, found.next_9_percent, found.other_90_percent)
    assert sum(share.value for share in shares) == pytest.approx(1)
    assert found.posting.value + found.responding.value == pytest.approx(1)


@pytest.mark.skipif(not MENTIONS.exists(), reason="airline_mentions.csv is not there (it may not be copied)")
def test_complaints_of_airlines_run_from_35_9_to_77_7_percent(read):
    sources = read(MENTIONS.parent, mentions=MENTIONS.name)
    mentions = sources["mentions"]
    shares = {
        brand: round(proportion(rows["sentiment"] == "negative").value, 3)
        for brand, rows in mentions.groupby("brand")
    }
    assert min(shares, key=shares.get) == "Virgin America"
    assert max(shares, key=shares.get) == "US Airways"
    assert (min(shares.values()), max(shares.values())) == (0.359, 0.777)


@pytest.mark.skipif(not MENTIONS.exists(), reason="airline_mentions.csv is not there (it may not be copied)")
def test_offsets_of_mentions_are_read_and_a_week_of_bursts_is_called_one(read):
    mentions = read(MENTIONS.parent, mentions={"path": MENTIONS.name, "id": "mention_id"})
    times = mentions["mentions"]["created_at"]
    assert str(times.max()) == "2015-02-24 19:53:37"  # 11:53:37 -0800
    report = mentions.reports[0]
    assert report.rows_read == 14_640
    assert report.rows_read - sum(report.set_aside.values()) == len(times)
    assert rate(times).n == len(times)


@pytest.fixture(scope="module")
def music() -> pd.DataFrame:
    """Purchases of customers who first bought in the first quarter of 1997."""
    if not PURCHASES.exists():
        pytest.skip("cdnow_purchases.csv is not there")
    return pd.read_csv(PURCHASES)


@pytest.fixture(scope="module")
def history(music):
    return purchase_history(music["customer"], music["date"], music["spend"], end="1997-09-30")


def test_bg_nbd_gives_the_published_parameters_of_the_music_shop(history):
    """Fader, Hardie and Lee (2005), table 2; digits beyond theirs computed apart from the project."""
    assert (history.customers, round(history.data[0].sum())) == (2_357, 2_457)
    found = {name: round(history.parameters[name].value, 4) for name in ("r", "alpha", "a", "b")}
    assert found == {"r": 0.2426, "alpha": 4.4136, "a": 0.7929, "b": 2.4259}
    assert round(history.log_likelihood, 2) == -9_582.43
    for measured in history.parameters.values():
        assert 0 < measured.low < measured.value < measured.high


def test_a_customer_of_the_music_shop_makes_the_published_purchases(history):
    """Their example: two repeat purchases, the last in week 30.43 of 38.86."""
    found = history.purchases(39, frequency=2, recency=30.43, age=38.86)
    assert round(found.value, 3) == 1.226
    assert 1.1 < found.low < found.value < found.high < 1.4


def test_the_forecast_of_the_music_shop_holds_what_came(history, music):
    """In the 39 weeks after the fit, purchases on one day counted as one."""
    later = music[music["date"] > "1997-09-30"].drop_duplicates(["customer", "date"])
    forecast = history.purchases(39)
    assert forecast.low < len(later) / history.customers < forecast.high


def test_gamma_gamma_gives_the_published_parameters_of_the_music_shop(history):
    """Fader and Hardie (2013): 946 customers with repeat purchases."""
    assert history.spenders.sum() == 946
    found = {name: round(history.parameters[name].value, 2) for name in ("p", "q", "gamma")}
    assert found == {"p": 6.25, "q": 3.74, "gamma": 15.44}
    p, q, gamma = (history.parameters[name].value for name in ("p", "q", "gamma"))
    assert history.spend().value == pytest.approx(p * gamma / (q - 1))
    assert history.spend(frequency=1, average=100).value == pytest.approx(p * (gamma + 100) / (p + q - 1))


def test_a_history_that_was_counted_is_that_of_its_rows(history):
    names = ("frequency", "recency", "age")
    counts = pd.DataFrame(dict(zip(names, history.data, strict=True)) | {"spend": history.amounts})
    counted = purchase_history(counts=counts)
    for name, measured in history.parameters.items():
        other = counted.parameters[name]
        assert (other.value, other.low) == pytest.approx((measured.value, measured.low), rel=1e-6)
    one, other = history.revenue(52), counted.revenue(52)
    assert (one.value, one.high) == pytest.approx((other.value, other.high))


def test_support_at_a_telephone_company_and_whose_difference_it_is():
    """26.5 points between accounts with internet; at like contract and connection 10.4, or 5.9 for some."""
    if not ACCOUNTS.exists():
        pytest.skip("telco_accounts.csv is not there")
    accounts = pd.read_csv(ACCOUNTS)
    internet = accounts[accounts["internet"] != "No"]
    found = difference(
        internet["left"] == "Yes",
        internet["tech_support"],
        of="Yes",
        against="No",
        adjust_for=internet[["contract", "internet"]],
    )
    assert (found.first.n, found.second.n) == (2_044, 3_473)
    assert [round(100 * part.value, 1) for part in (found.first, found.second)] == [15.2, 41.6]
    assert round(100 * found.welch.value, 2) == -26.47
    assert round(100 * found.adjusted.value, 2) == -10.36
    assert round(100 * found.adjusted_of.value, 1) == -5.9
    assert "all rows, with tech_support = Yes instead of tech_support = No" in found.adjusted.method
    assert "the rows with tech_support = Yes, compared with" in found.adjusted_of.method
    # All accounts beside: those without internet have no stratum with both groups.
    every = difference(
        accounts["left"] == "Yes",
        accounts["tech_support"] == "Yes",
        adjust_for=accounts[["contract", "internet"]],
    )
    assert every.adjusted.value == pytest.approx(found.adjusted.value)
    assert every.adjusted.caveats == (
        "1,526 of 7,043 rows are left out: no row of the other group matches them on contract, internet "
        "(3 of 9 combinations).",
    )


def test_the_beer_community_asks_less_than_it_did_and_that_is_told(beer):
    posts = beer["beer"]
    questions = posts[posts["post_type"] == "question"]
    whole, recent = rate(questions["created_at"]), rate(questions["created_at"], last="24 months")
    assert (round(whole.value, 1), round(recent.value, 1)) == (17.6, 13.0)
    assert any(
        caveat.startswith("The level has changed: 13 (")
        and caveat.endswith("against 17.6 over the whole period.")
        for caveat in whole.caveats
    )
    assert recent.high < whole.value < whole.high


def test_lifetime_value_from_a_history_is_the_discounted_margin_of_its_years(history):
    """What is bought in a year counts at its end."""
    year = 365 / 7
    first, both = (history.revenue(year * years).value for years in (1, 2))
    found = history.lifetime_value(2, margin=0.4, discount_rate=0.1)
    assert found.value == pytest.approx(0.4 * (first / 1.1 + (both - first) / 1.21), rel=1e-9)
    assert found.low < found.value < found.high
    plain = history.lifetime_value(1, margin=1, discount_rate=0)
    assert (plain.value, plain.low, plain.high) == pytest.approx(
        tuple(getattr(history.revenue(year), part) for part in ("value", "low", "high"))
    )
