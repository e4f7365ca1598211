"""Whole reports, made as a user makes them: real kernels, real files, and the text that a reader finds."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
import sys
import unicodedata
from pathlib import Path

import nbformat
import pytest

from casebook.formatting import Formatter
from tests.conftest import CLIENTS, ROOT, notebook_file, run
from tests.exporters.spreadsheet import needs_libreoffice, recalculated
from tests.exporters.test_xlsx_models import assert_same

needs_poppler = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler is not installed")

ENDINGS = ("pdf", "brief.pdf", "html", "xlsx", "ipynb", "json", "manifest.json")


def plain(text: str) -> str:
    """Text with one kind of space, as an eye reads it."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text))


def said(*command: str | Path) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def pdf_text(path: Path, *options: str) -> str:
    return plain(said("pdftotext", *options, path, "-"))


def html_text(path: Path) -> str:
    page = re.sub(r"<(style|script)\b.*?</\1>", " ", path.read_text(encoding="utf-8"), flags=re.S)
    return plain(html.unescape(re.sub(r"<[^>]+>", " ", page)))


def record_of(folder: Path) -> dict:
    return json.loads((folder / "social-care.json").read_text(encoding="utf-8"))


def figures_of(record: dict) -> dict[str, str]:
    """Each figure of the record as a reader should meet it, rounded half-up by Babel's rules."""
    to = Formatter(record["currency"], record["locale"])
    shown = {}
    for side in (record["result"], record["result"]["risk_adjusted"]):
        for name, value in side.items():
            if not isinstance(value, float | int):
                continue
            if name == "net_present_value":
                text = to.money(value)
            elif name == "expected_net_present_value":
                text = to.money_about(value)
            elif name.startswith("present_value"):
                text = to.amount(value, 0)
            elif name == "probability_of_loss":
                text = to.share(round(value, 2))
            elif name in ("return_on_investment", "internal_rate_of_return"):
                text = to.share(value)
            elif name.endswith("months"):
                text = to.months(value)
            else:
                text = to.number(value)
            shown[f"{name} {value}"] = plain(text)
    for line in record["lines"]:
        for year, value in enumerate([line["start"], *line["annual"]]):
            if value:
                shown[f"{line['name']} {year}"] = to.amount(value, 0)
    for name, values in record["cash_flow"].items():
        for year, value in enumerate(values):
            if value and (name != "cumulative" or year):
                shown[f"{name} {year}"] = to.amount(value, 0)
    return shown


@pytest.mark.parametrize("client", CLIENTS)
def test_a_report_is_published_in_all_its_formats(reports, client):
    names = {file.name for file in reports[client].iterdir()}
    assert names == {f"social-care.{ending}" for ending in ENDINGS}


def test_the_airline_gives_the_published_figures(reports):
    result = record_of(reports["airline"])["result"]
    assert result["present_value_of_costs"] == 2_750_400
    assert result["present_value_of_benefits"] == 55_000_000
    assert result["return_on_investment"] == pytest.approx(18.997091332169866, rel=1e-12)


@needs_poppler
def test_page_1_of_the_airline_says_what_its_figures_are(reports):
    """Cover and contents come before it, so it is the first page with a page number."""
    pages = [pdf_text(reports["airline"] / "social-care.pdf", "-f", str(n), "-l", str(n)) for n in (1, 2, 3)]
    page = next(page for page in pages if re.search(r"\b1 ?/ ?\d+", page))
    assert "1,900%" in page
    assert "Return on investment = net present value ÷ present value of costs" in page
    assert "The strongest objection: an uplift over more customers than were touched" in page
    assert "Gains at revenue" in page
    assert "benefits of $55,000,000 (present value) are revenue" in page
    assert "The source prints 1899%" in page
    assert "Answer passengers on social channels" in page


@needs_poppler
def test_the_risk_adjusted_value_follows_from_what_is_printed(reports):
    """Each line less or plus its risk, discounted, from the text of the PDF alone: the value as printed."""
    client = "airline-three-years"
    text = said("pdftotext", "-layout", reports[client] / "social-care.pdf", "-").replace("−", "-")

    def table(caption: str) -> dict[str, list[float]]:
        """The whole amounts of each line by its number, from the last time that the caption stands."""
        below = text[text.rindex(caption) :]
        found = re.findall(r"^ ?([BC]\d+) +\S.*?((?: +(?:-?[\d,]+|–)(?= |$))+)$", below, re.M)
        cells = {name: numbers.replace(",", "").replace("–", "0").split() for name, numbers in found[:11]}
        return {name: [float(number) for number in each] for name, each in cells.items()}

    base, adjusted = table("Costs and benefits by year"), table("Risk-adjusted costs and benefits by year")
    assert base.keys() == adjusted.keys() and len(base) == 11
    worth = 0.0
    for name, (*money, _) in adjusted.items():
        sign = 1 if name[0] == "B" else -1
        assert [round(each * (1 - sign * risk_of(name))) for each in base[name][:-1]] == pytest.approx(
            money, abs=1
        )
        worth += sign * sum(each / 1.1**year for year, each in enumerate(money))
    printed = re.search(r"^ Risk-adjusted +(-?)\$([\d,]+)", text, re.M)  # beside the scenarios
    assert printed is not None
    assert worth == pytest.approx(float(printed[1] + printed[2].replace(",", "")), abs=1)


def risk_of(line: str) -> float:
    """The three-year airline takes a fifth off benefits and puts a tenth on costs."""
    return 0.2 if line[0] == "B" else 0.1


@needs_poppler
@pytest.mark.parametrize("client", CLIENTS)
def test_pdf_and_html_show_the_figures_of_the_record(reports, client):
    folder = reports[client]
    figures = figures_of(record_of(folder))
    assert len(figures) > 10
    for text in (pdf_text(folder / "social-care.pdf"), html_text(folder / "social-care.html")):
        assert {name: figure for name, figure in figures.items() if figure not in text} == {}


@needs_libreoffice
def test_the_workbook_recalculates_to_the_figures_of_the_record(reports):
    books = {client: (reports[client] / "social-care.xlsx").read_bytes() for client in CLIENTS}
    for client, sheets in recalculated(books).items():
        assert_same(sheets, record_of(reports[client]))


@pytest.mark.parametrize("client", CLIENTS)
def test_the_executed_notebook_shows_the_figures_of_the_record(reports, client):
    notebook = nbformat.read(reports[client] / "social-care.ipynb", as_version=4)
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    text = plain(" ".join(str(output.get("data", {}).get("text/plain", "")) for output in outputs))
    figures = figures_of(record_of(reports[client]))
    assert {name: figure for name, figure in figures.items() if figure not in text} == {}


@needs_poppler
@pytest.mark.parametrize("client", CLIENTS)
def test_the_pdf_is_tagged_with_its_fonts_inside_and_no_empty_page(reports, client):
    pdf = reports[client] / "social-care.pdf"
    info = said("pdfinfo", pdf)
    assert re.search(r"Tagged:\s+yes", info)
    fonts = said("pdffonts", pdf).splitlines()[2:]
    assert fonts
    assert all(re.search(r"\byes\b", font) for font in fonts)
    pages = int(re.search(r"Pages:\s+(\d+)", info)[1])
    for page in range(1, pages + 1):
        assert len(pdf_text(pdf, "-f", str(page), "-l", str(page))) > 40, f"page {page} is empty"


def test_the_published_notebook_keeps_no_time_and_no_path(reports):
    for client in CLIENTS:
        text = (reports[client] / "social-care.ipynb").read_text(encoding="utf-8")
        assert str(ROOT) not in text
        assert "start_time" not in text
        assert "iopub" not in text


def test_the_record_carries_the_parameter_files_own_text(reports):
    record = record_of(reports["airline"])
    assert record["parameters"]["text"] == (ROOT / "params/airline.yaml").read_text(encoding="utf-8")


def test_what_if_is_published_beside_the_plain_report(tmp_path):
    (tmp_path / "airline").mkdir()
    arguments = ["report", "params/airline.yaml", "--format", "html", "--output", str(tmp_path)]
    what_if = run(*arguments, "--set", "gross_margin=10%")
    assert what_if.returncode == 0, what_if.stderr
    assert list((tmp_path / "airline").iterdir()) == []
    record = record_of(tmp_path / "airline-what-if")
    assert record["result"]["return_on_investment"] == pytest.approx(0.9997091332169866)
    assert "99.97%" in html_text(tmp_path / "airline-what-if/social-care.html")


@pytest.mark.slow
@pytest.mark.parametrize("engine", [["--engine", "casebook"], []], ids=["engine casebook", "plain papermill"])
def test_the_ecosystems_own_tools_give_the_same(reports, tmp_path, engine):
    """Papermill and nbconvert by themselves, as DESIGN.md's users call them."""
    out = tmp_path / "out.ipynb"
    tools = [sys.executable, "-m"]
    template, params = "templates/social-care/template.ipynb", "params/airline.yaml"
    arguments = [*engine, template, str(out), "-f", params, "--cwd", "params", "--no-progress-bar"]
    subprocess.run([*tools, "papermill", *arguments], cwd=ROOT, check=True, capture_output=True)
    for name in ("casebook-html", "casebook-pdf"):
        convert = [*tools, "nbconvert", "--to", name, str(out)]
        subprocess.run(convert, cwd=ROOT, check=True, capture_output=True)
    from casebook.exporters.record import read_record

    record = read_record(nbformat.read(out, as_version=4)).to_json()
    assert record["result"] == record_of(reports["airline"])["result"]
    ours, theirs = reports["airline"] / "social-care.html", tmp_path / "out.html"
    assert html_text(theirs) == html_text(ours)
    if shutil.which("pdftotext"):
        assert pdf_text(tmp_path / "out.pdf") == pdf_text(reports["airline"] / "social-care.pdf")


@pytest.fixture
def own_type(tmp_path: Path) -> Path:
    """A type of case that nobody has seen before, in a folder of its own: three inputs, two lines."""
    template = tmp_path / "templates" / "bicycle-rack"
    template.mkdir(parents=True)
    (template / "inputs.yaml").write_text(
        "title: Bicycle racks\n"
        "inputs:\n"
        "  riders: {label: Riders, unit: riders, example: 40}\n"
        "  parking: {label: Car parking saved, unit: currency/rider/month, example: 55}\n"
        "  rack: {label: Price of the racks, unit: currency, example: 9_000}\n",
        encoding="utf-8",
    )
    notebook_file(
        template / "template.ipynb",
        "from casebook import Case\ncase = Case.from_parameters(globals())\nx = case.inputs",
        "case.cost('Racks', category='technology', start=x.rack)\n"
        "case.benefit('Parking not rented', kind='avoided cost', annual=x.riders * x.parking)",
        "# {eval}`case.decision`",
        "Text: the racks are worth {eval}`case.result.net_present_value`, {eval}`x.riders * 2` wheels.",
        "case.summary()",
        "case.cash_flow_chart()",
        "case.formulas()",
    )
    params = tmp_path / "params"
    params.mkdir()
    (params / "office.yaml").write_text(
        'template: bicycle-rack\nclient: {name: "Office"}\nyears: 2\ndiscount_rate: 0\n'
        "inputs:\n  riders: 30\n  parking: 50\n  rack: 9000\n",
        encoding="utf-8",
    )
    return tmp_path


def test_a_new_type_of_case_needs_nothing_but_its_folder(own_type):
    """30 riders × 50 a month × 12 months × 2 years − 9,000 = 27,000."""
    done = run("report", "params/office.yaml", cwd=own_type)
    assert done.returncode == 0, done.stderr
    folder = own_type / "output" / "office"
    record = json.loads((folder / "bicycle-rack.json").read_text(encoding="utf-8"))
    assert record["result"]["net_present_value"] == 27_000
    text = html_text(folder / "bicycle-rack.html")
    assert "the racks are worth $27,000, 60 wheels" in text
    assert "Riders × Car parking saved × 12 months a year" in text


FAULTS = {
    "1 / 0": "cell 4: ZeroDivisionError: division by zero",
    "import os; os._exit(1)": "cell 4: its process ended itself, with exit code 1",
    "case.cost('X', category='people', annual=x.riders)": "cell 4: CaseError: Cost 'X' comes out as",
}


def test_a_failed_run_keeps_the_last_good_report_and_the_executed_copy(own_type):
    """Each fault in a template of its own, so that one run meets them all."""
    text = (own_type / "params/office.yaml").read_text("utf-8")
    names = [f"rack-{number}" for number in range(len(FAULTS))]
    for name in names:
        shutil.copytree(own_type / "templates/bicycle-rack", own_type / "templates" / name)
        (own_type / f"params/{name}.yaml").write_text(text.replace("bicycle-rack", name), encoding="utf-8")
    files = [f"params/{name}.yaml" for name in names]
    made = run("report", *files, "--format", "html", cwd=own_type)
    assert made.returncode == 0, made.stderr
    folders = [own_type / "output" / name for name in names]
    before = [{file.name: file.read_bytes() for file in folder.iterdir()} for folder in folders]
    for name, cell in zip(names, FAULTS, strict=True):
        template = own_type / "templates" / name / "template.ipynb"
        notebook = nbformat.read(template, as_version=4)
        notebook.cells.insert(3, nbformat.v4.new_code_cell(cell))
        nbformat.write(notebook, template)
    failed = run("report", *files, "--format", "html", cwd=own_type)
    assert failed.returncode == 1
    assert "Traceback" not in failed.stderr
    for name, folder, files_before, message in zip(names, folders, before, FAULTS.values(), strict=True):
        assert f"templates/{name}/template.ipynb, {message}" in failed.stderr
        assert f"hint: the executed copy is kept at output/{name}/{name}.failed.ipynb" in failed.stderr
        after = {file.name: file.read_bytes() for file in folder.iterdir()}
        assert after.pop(f"{name}.failed.ipynb")
        assert after == files_before, "not even the manifest has changed"


def test_a_template_without_a_record_says_what_is_missing(own_type):
    template = own_type / "templates/bicycle-rack/template.ipynb"
    notebook = nbformat.read(template, as_version=4)
    notebook.cells = [cell for cell in notebook.cells if cell.source != "case.summary()"]
    nbformat.write(notebook, template)
    failed = run("report", "params/office.yaml", cwd=own_type)
    assert failed.returncode == 1
    assert "case.summary()" in failed.stderr
    assert "Traceback" not in failed.stderr


HOSTILE = [
    '"><script>#import "/etc/passwd"',
    "$x$ @ref _a_ *b* \\ # = - + / ~ ^",
    "`#panic(1)`{=typst} <!-- x --> [a](http://x) {eval}`1+1`",
    "\u05e9\u05dc\u05d5\u05dd Airlines \u0634\u0631\u0643\u0629",
    "x" * 300,
]


def test_a_hostile_client_comes_out_as_text(own_type):
    paths = []
    for number, name in enumerate(HOSTILE):
        path = own_type / "params" / f"hostile-{number}.yaml"
        text = (own_type / "params/office.yaml").read_text(encoding="utf-8")
        path.write_text(text.replace('"Office"', json.dumps(name)), encoding="utf-8")
        paths.append(f"params/{path.name}")
    done = run("report", *paths, cwd=own_type)
    assert done.returncode == 0, done.stderr
    for number, name in enumerate(HOSTILE):
        folder = own_type / "output" / f"hostile-{number}"
        page = (folder / "bicycle-rack.html").read_text(encoding="utf-8")
        # The page has two scripts of its own; none of them, and no other, comes from the name.
        assert page.count("<script") <= 2
        assert not (set(name) & set("<>") and name in page)
        assert plain(name) in html_text(folder / "bicycle-rack.html")
        if shutil.which("pdftotext"):
            shown = pdf_text(folder / "bicycle-rack.pdf").replace(" ", "")
            if name.isascii():
                assert plain(name).replace(" ", "") in shown.replace("\u00ad", "")
            else:
                # Extraction puts right-to-left runs in the order of the page; the letters are all there.
                assert set(name.replace(" ", "")) <= set(shown)


def test_formats_that_are_not_made_again_do_not_stay_behind(own_type):
    """An old workbook beside a new page could give another figure for the same case."""
    assert run("report", "params/office.yaml", "--format", "xlsx", cwd=own_type).returncode == 0
    assert run("report", "params/office.yaml", "--format", "html", cwd=own_type).returncode == 0
    assert not (own_type / "output/office/bicycle-rack.xlsx").exists()
