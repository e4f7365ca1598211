"""`casebook check` as an analyst uses it: files and folders, warnings, what the review would say."""

from __future__ import annotations

import shutil

import pytest

from tests.command import invoke
from tests.conftest import ROOT

GOOD = """\
template: tiny
client: {name: Example}
decision: d
story: {situation: s, maturity: {craft: ad-hoc}, goals: [g], strategy: [s], \
  kpis: [{name: k, target: t}], next_steps: [{step: s}], competitors: [{name: c, finding: f}]}
inputs:
  calls: {value: 1200, low: 1000, high: 1500, source: Call report, evidence: measured}
  minutes_saved: {value: 1, low: 0.5, high: 1.5, evidence: assumption}
"""


@pytest.fixture
def desk(tmp_path):
    shutil.copytree(ROOT / "tests/templates", tmp_path / "templates")
    (tmp_path / "params").mkdir()
    (tmp_path / "params/good.yaml").write_text(GOOD, encoding="utf-8")
    return tmp_path


def test_a_file_that_says_all_gets_no_warning(desk):
    done = invoke("check", "params/good.yaml", cwd=desk)
    assert (done.returncode, done.stdout, done.stderr) == (0, "params/good.yaml: ok\n", "")


def test_warnings_go_to_stderr_with_the_line_and_do_not_fail(desk):
    text = GOOD.replace(
        "{value: 1200, low: 1000, high: 1500, source: Call report, evidence: measured}", "1200"
    )
    (desk / "params/bare.yaml").write_text(text + "  minute_cost: 2\n", encoding="utf-8")
    done = invoke("check", "params/bare.yaml", cwd=desk)
    assert (done.returncode, done.stdout) == (0, "params/bare.yaml: ok\n")
    assert done.stderr == (
        "warning: params/bare.yaml:6: 2 inputs are without a source: calls, minute_cost\n"
        "  hint: add source:, or evidence: assumption\n"
        "warning: params/bare.yaml:6: 2 inputs are without a range: calls, minute_cost\n"
        "  hint: add low: and high:, the 5th and the 95th percentile\n"
    )


def test_what_the_story_leaves_out_is_told(desk):
    text = GOOD.replace("{name: c, finding: f}", "{name: c}").replace("{name: k, target: t}", "{name: k}")
    (desk / "params/good.yaml").write_text(text.replace("goals: [g], ", ""), encoding="utf-8")
    assert invoke("check", "params/good.yaml", cwd=desk).stderr == (
        "warning: params/good.yaml:4: the story says nothing under goals\n"
        "  hint: its sections are left out of the report\n"
        "warning: params/good.yaml:4: the story has no finding on c\n"
        "  hint: write finding:; until then they are left out\n"
        "warning: params/good.yaml:4: the story has no target for k\n"
        "  hint: write target:, or watches: with an input or a line\n"
    )


def test_examples_are_named_until_replaced_and_a_forgotten_mark_as_well(desk):
    assert invoke("new", "params/acme.yaml", "--template", "tiny", cwd=desk).returncode == 0
    untouched = invoke("check", "params/acme.yaml", cwd=desk)
    assert untouched.returncode == 0
    assert "2 inputs are still on the template's example value: calls, minutes_saved" in untouched.stderr
    assert "without a range" not in untouched.stderr
    path = desk / "params/acme.yaml"
    path.write_text(path.read_text("utf-8").replace("value: 120_000", "value: 7"), encoding="utf-8")
    changed = invoke("check", "params/acme.yaml", cwd=desk)
    assert "1 input is still on the template's example value: minutes_saved" in changed.stderr
    assert "1 input is changed, but the source still says" in changed.stderr


def test_a_folder_stands_for_the_parameter_files_in_it(desk):
    (desk / "params/worse.yaml").write_text(GOOD.replace("1200", "many"), encoding="utf-8")
    (desk / "params/worst.yml").write_text("template: tiny\n", encoding="utf-8")
    done = invoke("check", "params", cwd=desk)
    assert (done.returncode, done.stdout) == (2, "")
    assert "params/worse.yaml:6: calls is 'many'" in done.stderr
    assert "params/worst.yml:1: client is missing" in done.stderr


def test_an_empty_folder_is_no_success(desk):
    (desk / "empty").mkdir()
    done = invoke("check", "empty", cwd=desk)
    assert (done.returncode, done.stdout) == (2, "")
    assert "there is no parameter file in this folder" in done.stderr
    assert "casebook new empty/acme.yaml" in done.stderr


def test_a_negative_discount_rate_is_refused(desk):
    (desk / "params/good.yaml").write_text(GOOD + "discount_rate: -5%\n", encoding="utf-8")
    done = invoke("check", "params/good.yaml", cwd=desk)
    assert done.returncode == 2
    assert "discount_rate is -5%; must be a share between 0 and 1" in done.stderr


def test_other_years_on_the_command_line_say_which_lists_to_set_as_well():
    done = invoke("report", "params/airline-three-years.yaml", "--set", "years=5")
    assert done.returncode == 2
    assert "--set 'adoption=[…, …, …, …, …]'" in done.stderr


def test_the_review_is_told_without_a_report():
    done = invoke("check", "params/airline.yaml", "--review")
    assert done.returncode == 0, done.stderr
    assert "params/airline.yaml: high: Gains at revenue: Contribution margin is set to 100" in done.stdout
    assert "  to settle it: The contribution margin of an additional sale" in done.stdout
    assert "running social-care for its review" in done.stderr


@pytest.mark.slow
def test_a_template_that_fails_under_review_is_told_by_its_cell(desk):
    path = desk / "templates/tiny/template.ipynb"
    path.write_text(path.read_text("utf-8").replace("case.summary()", "1 / 0"), encoding="utf-8")
    done = invoke("check", "params/good.yaml", "--review", cwd=desk)
    assert done.returncode == 1
    assert "templates/tiny/template.ipynb, cell 3: ZeroDivisionError: division by zero" in done.stderr
    assert "Traceback" not in done.stderr


COMMUNITY = """\
template: communities
client: {{name: Example}}
currency: {currency}
inputs:
  customers: 60_000
  average_spend: 180
  gross_margin: 35%
  contacts: 90_000
  platform: 48_000
  managers: 1
  manager_salary: 72_000
  questions: 900
  accepted_share: 45%
  member_answers: 1800
  views: 160_000
  views_on_accepted: 60%
  members: 6000
"""


def community(tmp_path, *inputs: str, currency: str = "USD") -> None:
    text = COMMUNITY.format(currency=currency)
    if not (tmp_path / "templates").exists():
        (tmp_path / "templates").symlink_to(ROOT / "templates")
    path = tmp_path / "half.yaml"
    path.write_text(text + "".join(f"  {line}\n" for line in inputs), encoding="utf-8")


def test_a_line_that_is_given_in_part_is_named_before_a_run_stops_at_it(tmp_path):
    community(tmp_path, "churn_difference: 0.02", "moderation_rate: 30")
    done = invoke("check", "half.yaml", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "half.yaml:19: “Moderation” has moderation_rate but lacks moderation_hours\n"
        "  hint: give all of them, or none\n"
        "half.yaml:18: “Members stay longer” has churn_difference but lacks remaining_churn\n"
        "  hint: give all of them, or none\n"
    )
    community(tmp_path, "churn_difference: 0.02", "remaining_churn: 15%")
    assert invoke("check", "half.yaml", cwd=tmp_path).returncode == 0


def test_a_default_of_another_currency_is_named_where_a_line_rests_on_it(desk):
    (desk / "params/good.yaml").write_text(GOOD + "currency: EUR\n", encoding="utf-8")
    done = invoke("check", "params/good.yaml", cwd=desk)
    assert done.returncode == 0
    assert done.stderr == (
        "warning: params/good.yaml:8: minute_cost has no value: its default, 0.8, is in USD\n"
        "  hint: give minute_cost in EUR; “Shorter calls” rests on it\n"
    )


def test_a_default_of_another_currency_is_none_for_a_line_that_is_on(tmp_path):
    community(tmp_path, "contacts_per_question: 0.3", currency="EUR")
    done = invoke("check", "half.yaml", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr == (
        "half.yaml:18: “Contacts avoided by askers” has contacts_per_question but lacks cost_per_contact\n"
        "  hint: give all of them, or none; "
        "the default of cost_per_contact, 8.01, is in USD\n"
    )
    community(tmp_path, "contacts_per_question: 0.3", "cost_per_contact: 6.4", currency="EUR")
    assert "has no value" not in invoke("check", "half.yaml", cwd=tmp_path).stderr
    community(tmp_path, "member_spend: 200", currency="EUR")
    assert "has no value" not in invoke("check", "half.yaml", cwd=tmp_path).stderr


def test_a_point_that_seems_to_mark_thousands_is_named(tmp_path):
    community(tmp_path, "start_up: 90.000", "content_cost: {value: 20.000, low: 18.000, high: 25.000}")
    done = invoke("check", "half.yaml", cwd=tmp_path)
    assert done.returncode == 0
    assert (
        "warning: half.yaml:18: 2 inputs are written with a point before three digits, which is not a "
        "thousands separator: content_cost, start_up\n  hint: 420.000 is 420; write 420_000\n"
    ) in done.stderr
    community(tmp_path, "start_up: 90.125", "click_cost: 0.250", "would_be_bought: 10.5%")
    assert "thousands" not in invoke("check", "half.yaml", cwd=tmp_path).stderr


def test_a_password_that_a_file_asks_for_is_told_with_the_host_that_gets_it(desk):
    url = "postgresql://reader:${CASEBOOK_SHOP_PASSWORD}@db.example.org:5432/shop"
    text = f'{GOOD}data:\n  orders: {{url: "{url}", table: orders}}\n'
    (desk / "params/shop.yaml").write_text(text, encoding="utf-8")
    done = invoke("check", "params/shop.yaml", cwd=desk, env={"CASEBOOK_SHOP_PASSWORD": "hunter2"})
    assert done.returncode == 0, done.stderr
    assert done.stderr == (
        "warning: params/shop.yaml:9: data.orders sends the password in CASEBOOK_SHOP_PASSWORD to "
        "db.example.org:5432\n  hint: make sure that this is the host the password is for\n"
    )


def test_a_decision_whose_words_name_another_option_than_its_key_is_told(desk):
    text = GOOD.replace(
        "decision: d\n",
        "options: {half: {name: Half the team, money: [0, 0, 0, 5]}}\n"
        "decision: {option: whole, text: Approve half the team}\n",
    )
    (desk / "params/good.yaml").write_text(text, encoding="utf-8")
    assert "the decision's text names Half the team; its option is whole" in (
        invoke("check", "params/good.yaml", cwd=desk).stderr
    )
    (desk / "params/good.yaml").write_text(text.replace("whole", "half"), encoding="utf-8")
    assert invoke("check", "params/good.yaml", cwd=desk).stderr == ""


def test_a_decision_that_is_not_written_is_told(desk):
    (desk / "params/good.yaml").write_text(GOOD.replace("decision: d\n", ""), encoding="utf-8")
    assert "no decision is written" in invoke("check", "params/good.yaml", cwd=desk).stderr
