"""Which records make a portfolio, and what is said of those that do not."""

from __future__ import annotations

import pytest

from casebook.errors import InputError
from casebook.portfolio import read_portfolio
from casebook.portfolio.record_scan import from_json
from casebook.record.types import VERSION


def test_a_bad_record_is_named_and_the_rest_goes_on(write):
    output = write("good")
    write("newer", version=VERSION + 1)
    write("halved", result={"net_present_value": None})
    write("odd", cash_flow={"benefits": ["x"], "costs": []})
    (output / "torn").mkdir()
    (output / "torn" / "example.json").write_text('{"format": "casebook.rec', encoding="utf-8")
    found = read_portfolio(output)
    assert [entry.folder for entry in found.entries] == ["good"]
    told = dict(found.left_out)
    assert list(told) == [
        "halved/example.json",
        "newer/example.json",
        "odd/example.json",
        "torn/example.json",
    ]
    assert "incomplete" in told["halved/example.json"]
    assert f"newer casebook (record version {VERSION + 1}" in told["newer/example.json"]
    assert "incomplete" in told["odd/example.json"]
    assert "damaged" in told["torn/example.json"]


def test_what_if_reports_are_left_out_with_a_note(write):
    write("acme")
    found = read_portfolio(write("acme-what-if"))
    assert [entry.folder for entry in found.entries] == ["acme"]
    assert [name for name, _ in found.left_out] == ["acme-what-if"]


def test_manifests_other_json_and_its_own_page_are_no_records(write):
    output = write("acme")
    (output / "acme" / "example.manifest.json").write_text("{}", encoding="utf-8")
    for folder in ("portfolio", "compare-a-b", ".hidden"):
        (output / folder).mkdir()
        (output / folder / "it.json").write_text('{"format": "other"}', encoding="utf-8")
    (output / "loose.json").write_text("{}", encoding="utf-8")
    found = read_portfolio(output)
    assert ([entry.folder for entry in found.entries], found.left_out) == (["acme"], ())


def test_a_client_may_be_called_as_the_page_is(write):
    output = write("portfolio")
    (output / "portfolio" / "portfolio.json").write_text('{"format": "casebook.portfolio"}', encoding="utf-8")
    assert [entry.folder for entry in read_portfolio(output).entries] == ["portfolio"]


def test_a_failed_last_run_is_remarked(write):
    output = write("acme")
    (output / "acme" / "example.failed.ipynb").write_text("{}", encoding="utf-8")
    assert read_portfolio(output).remarks == (
        "The last run of acme (example) failed; the report before it is shown.",
    )


def test_each_links_to_its_report_from_the_page(write):
    write("a b", npv=3)
    output = write("plain", npv=2, html=False)
    write("printed", npv=1, html=False)
    (output / "printed" / "example.pdf").write_bytes(b"%PDF")
    links = [entry.report for entry in read_portfolio(output).entries]
    assert links == ["../a%20b/example.html", None, "../printed/example.pdf"]


def test_cases_of_one_name_are_told_apart(write):
    write("old", client="Acme", npv=3)
    write("new", client="Acme", npv=2)
    write("new", client="Acme", npv=1, kind="other")
    labels = [entry.label for entry in read_portfolio(write("solo", npv=0)).entries]
    assert labels == ["Acme · old", "Acme · new · Example", "Acme · new · Other", "Solo"]


def test_the_currency_of_most_cases_comes_first_and_the_highest_value_in_it(write):
    write("a", npv=1, currency="EUR")
    write("b", npv=2, currency="USD")
    found = read_portfolio(write("c", npv=3, currency="USD"))
    assert found.currencies == ["USD", "EUR"]
    assert [entry.folder for entry in found.entries] == ["c", "b", "a"]


def test_a_portfolio_told_as_json_is_the_same_again(write):
    write("acme")
    found = read_portfolio(write("acme-what-if"))
    assert from_json(found.to_json()) == found


def test_a_folder_without_cases_is_refused_and_says_what_was_there(write, tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="no case was found"):
        read_portfolio(tmp_path / "empty")
    with pytest.raises(InputError, match="there is no such folder"):
        read_portfolio(tmp_path / "nowhere")
    with pytest.raises(InputError, match="newer casebook"):
        read_portfolio(write("newer", version=VERSION + 1))
