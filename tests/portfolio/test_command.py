"""`casebook portfolio` as a user runs it, on the reports of the example clients."""

from __future__ import annotations

import json
import re
import shutil

import pytest

from tests.command import invoke


@pytest.fixture(scope="module")
def made(reports, tmp_path_factory):
    """The command's answer over two example clients and a torn record."""
    output = tmp_path_factory.mktemp("portfolio") / "output"
    for client in ("airline", "airline-three-years"):
        shutil.copytree(reports[client], output / client)
    (output / "torn").mkdir()
    (output / "torn" / "it.json").write_text("{", encoding="utf-8")
    done = invoke("portfolio", str(output), "--budget", "5_000_000")
    assert done.returncode == 0, done.stderr
    return done, output


def test_it_prints_the_cases_and_names_what_it_left_out(made):
    done, output = made
    for text in ("2 cases in USD", "Example Air · airline", "What to fund with $5,000,000", "at most one"):
        assert text in done.stdout
    assert f"{output / 'torn/it.json'}: left out, the file is damaged" in done.stderr
    names = sorted(path.name for path in (output / "portfolio").iterdir())
    assert names == ["portfolio.html", "portfolio.json", "portfolio.pdf"]


def test_the_page_is_closed_to_the_world_and_leads_to_each_report(made):
    _, output = made
    page = (output / "portfolio" / "portfolio.html").read_text(encoding="utf-8")
    assert "default-src 'none'" in page
    links = re.findall(r'href="([^"#]+)"', page)
    assert links == ["../airline/social-care.html", "../airline-three-years/social-care.html"]
    assert all((output / "portfolio" / link).is_file() for link in links)
    assert str(output) not in page
    assert 'alt="2 cases by costs and net present value' in page


def test_the_pdf_has_the_links_and_the_choice(made):
    from pypdf import PdfReader

    _, output = made
    pdf = PdfReader(output / "portfolio" / "portfolio.pdf")
    text = "".join(page.extract_text() for page in pdf.pages)
    assert "What to fund with $5,000,000" in text
    marks = [mark.get_object() for page in pdf.pages for mark in page.get("/Annots", [])]
    targets = {mark["/A"]["/URI"] for mark in marks if "/URI" in mark.get("/A", {})}
    assert targets == {"../airline/social-care.html", "../airline-three-years/social-care.html"}


def test_json_is_printed_and_written_alike(made):
    _, output = made
    done = invoke("portfolio", str(output), "--budget", "5_000_000", "--json", "--no-pages")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told == json.loads((output / "portfolio" / "portfolio.json").read_text(encoding="utf-8"))
    [chosen] = told["funding"]["sets"][0]["cases"]
    assert (chosen["case"], chosen["key"]) == ("Example Air · airline", "whole")
    assert len(told["entries"]) == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere"], "there is no such folder"),
        (["templates"], "no case was found in the folders below"),
        (["params", "--budget"], "--budget"),
    ],
)
def test_misuse_and_the_empty_folder_exit_2_with_a_message(arguments, message):
    done = invoke("portfolio", *arguments)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_a_wrong_budget_exits_2_and_writes_nothing(reports, tmp_path):
    shutil.copytree(reports["airline"], tmp_path / "airline")
    done = invoke("portfolio", str(tmp_path), "--budget", "plenty")
    assert done.returncode == 2
    assert "'plenty' is not an amount of money" in done.stderr
    assert not (tmp_path / "portfolio").exists()
