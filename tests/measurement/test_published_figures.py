"""Figures that are published, or were computed apart from this project, come out of the data sets."""

from __future__ import annotations

import pytest

from casebook.measurement import mean, median, participation, proportion, rate, time_to_first_answer
from tests.measurement.conftest import ROOT

MENTIONS = ROOT.parent / "shared" / "data" / "airline_mentions.csv"


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
