"""`casebook compare` as a user runs it, on the reports of two example clients."""

from __future__ import annotations

import json
import re

import pytest

from tests.command import invoke

pytest.importorskip("pypdf")


@pytest.fixture(scope="module")
def compared(reports, tmp_path_factory):
    """The command's answer for two dates of one client, and the folder that it wrote."""
    output = tmp_path_factory.mktemp("compared")
    paths = [str(reports[client]) for client in ("airline", "airline-three-years")]
    done = invoke("compare", *paths, "--output", str(output))
    assert done.returncode == 0, done.stderr
    return done, output / "compare-airline-airline-three-years"


def test_it_prints_the_tables_and_names_the_files(compared):
    done, folder = compared
    assert done.stdout.startswith("The net present value falls by $49.9 million.")
    for text in (
        "Contribution margin",
        "100%",
        "22%",
        "New cost: Implementation",
        "−$49,892,544",
        "Shapley",
    ):
        assert text in done.stdout
    names = sorted(path.name for path in folder.iterdir())
    assert names == ["comparison.html", "comparison.json", "comparison.pdf"]
    assert all(f"written: {folder / name}" in done.stderr for name in names)


def test_the_page_is_whole_and_closed_to_the_world(compared):
    _, folder = compared
    page = (folder / "comparison.html").read_text(encoding="utf-8")
    assert "default-src 'none'" in page
    assert not re.search(r'(?:src|href)="https?:', page)
    assert "airline and airline-three-years compared" in page
    assert (
        'alt="From $52.2 million (airline) to $2.36 million (airline-three-years): Contribution margin'
        in page
    )
    assert str(folder.parent) not in page
    assert "[" not in re.sub(r"<[^>]*>", "", page.split("<main")[1]), "no remark stands for a missing figure"


def test_the_pdf_says_the_same(compared):
    from pypdf import PdfReader

    _, folder = compared
    text = "".join(page.extract_text() for page in PdfReader(folder / "comparison.pdf").pages)
    for figure in ("The net present value falls by $49.9 million", "−$42,484,463", "−$49,892,544"):
        assert figure in text


def test_json_is_printed_and_written_alike_and_adds_up(compared, reports):
    _, folder = compared
    paths = [str(reports[client]) for client in ("airline", "airline-three-years")]
    done = invoke("compare", *paths, "--json", "--no-pages", cwd=folder)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told == json.loads((folder / "comparison.json").read_text(encoding="utf-8"))
    total = sum(change["contribution"] for change in told["changes"] if change["contribution"] is not None)
    assert total == pytest.approx(told["difference"], rel=1e-9)
    assert not (folder / "output").exists(), "--no-pages writes nothing"


def test_the_same_report_twice_is_said_to_be_the_same(reports, tmp_path):
    done = invoke("compare", *[str(reports["airline"])] * 2, "--no-pages", "--output", str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("The net present value is the same.")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["params", "params"], "there is not a case record in this folder"),
        (["params/airline.yaml", "params"], "this is not JSON"),
        (["nowhere", "nowhere"], "No such file"),
        (["params"], "AFTER"),
    ],
)
def test_misuse_exits_2_with_a_message(arguments, message):
    done = invoke("compare", *arguments)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_an_output_that_cannot_be_written_is_a_clear_error(reports, tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    done = invoke("compare", *[str(reports["airline"])] * 2, "--output", str(tmp_path / "file"))
    assert done.returncode == 2
    assert "can't be written to" in done.stderr
