"""Whatever stands in a parameter file or in inputs.yaml comes out as text: in page, PDF, workbook and record.

Each case has some forty texts of the corpus, each in another field. Two cases are made quickly, and
every sixth as a rule; with HOSTILE=all in the environment all are: each text has then stood in each field.
"""

from __future__ import annotations

import io
import json
import os
import unicodedata
from types import SimpleNamespace

import openpyxl
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from casebook import Case
from casebook.errors import InputError
from casebook.exporters.workbook.book import to_workbook
from casebook.schema.reader import parse_parameters, read_parameters
from tests.conftest import notebook_file
from tests.exporters.conftest import Made, answered
from tests.exporters.hostile import CORPUS, REFUSED

PLAIN = "Plain words"
TURNS = range(0, len(CORPUS), 1 if os.environ.get("HOSTILE") == "all" else 6)
_VIEWS = (
    *("summary", "cash_flow", "cash_flow_chart", "formulas", "tornado", "scenarios", "break_even", "review"),
    *("assumptions", "not_in_figure", "kpis", "provenance", "situation", "maturity", "goals", "strategy"),
    *("competitors", "next_steps"),
)
_SHAPE = """(() => {
  const all = [...document.querySelectorAll('*')];
  const count = (name) => document.querySelectorAll(name).length;
  return {
    tags: [...new Set(all.map((each) => each.localName))].sort(),
    counts: ['script', 'style', 'img', 'svg', 'a', 'table', 'tr', 'input', 'h2', 'meta', 'iframe', 'form']
      .map((name) => [name, count(name)]),
    attributes: [...new Set(all.flatMap((each) => each.getAttributeNames()))].sort(),
    outward: [...document.links].filter((each) => !each.getAttribute('href').startsWith('#')).length,
    hidden: getComputedStyle(document.body).display,
  };
})()"""


class Field:
    """Gives each field its text, and keeps what it gave."""

    def __init__(self, turn):
        self.turn, self.given = turn, {}

    def __call__(self, name, *, longest=1000):
        place = len(self.given)
        text = PLAIN if self.turn is None else CORPUS[(place + self.turn) % len(CORPUS)]
        if len(text) > longest or ("\t" in text and longest < 1000):
            text = PLAIN
        self.given[name] = text
        return f"{text} {place}" if text == PLAIN else text


def declared(field):
    """inputs.yaml: JSON is YAML too."""
    inputs = {
        name: {"label": field(f"label of {name}"), "unit": unit, "help": field(f"help of {name}"), **more}
        for name, unit, more in (
            ("customers", "customers", {"example": 1000}),
            ("spend", "currency/customer/year", {"example": 50, "source": field("source of a default")}),
            ("share", "share", {"example": 0.5, "role": "margin"}),
            ("team", "currency/year", {"example": 5000}),
            ("calls", "contacts/month", {"optional": True}),
        )
    }
    whole = {"title": field("title"), "description": field("description"), "inputs": inputs}
    return json.dumps(whole, ensure_ascii=False)


def parameters(field):
    """A parameter file with a text in every field that holds text; one case in twelve has ranges to draw."""
    spread = {"low": 40, "high": 60} if field.turn is not None and field.turn % 12 == 0 else {}
    words = lambda **keys: {key: field(f"{name} {key}") for key, name in keys.items()}  # noqa: E731
    return {
        "template": "example",
        "client": {"name": field("client.name")},
        "document": {"author": field("author"), "confidentiality": field("confidentiality")},
        "inputs": {
            "customers": {"value": 1000, "evidence": "stated", **words(source="input", note="input")},
            "spend": {"value": 50, **spread, **words(source="spend", note="spend")},
            "share": 0.5,
            "team": 5000,
        },
        "scenarios": {field("scenario", longest=60): {"team": 6000, "note": field("its note")}},
        "review": {"cost-class-missing": field("answer"), "single-point": field("an answer")},
        "options": {
            "half": {**words(name="option", note="option", stop="option"), "money": [-5, 0, 0, 0]},
        },
        "decision": words(text="decision", reason="decision"),
        "story": {
            **{key: field(key) for key in ("note", "situation", "maturity")},
            "goals": [field("goal"), field("a goal")],
            "strategy": [field("step of a strategy")],
            "kpis": [words(name="kpi", baseline="kpi", target="kpi", by="kpi", source="kpi")],
            "next_steps": [words(step="step", owner="step", by="step")],
            "competitors": [words(name="rival", finding="rival", source="rival")],
        },
    }  # fmt: skip


def case_of(folder, turn):
    field = Field(turn)
    home = folder / "templates" / "example"
    home.mkdir(parents=True)
    (home / "inputs.yaml").write_text(declared(field), encoding="utf-8")
    notebook_file(home / "template.ipynb", "1")
    given = parameters(field)
    file = folder / "client.yaml"
    file.write_text(json.dumps(given, ensure_ascii=False), encoding="utf-8")
    case = Case(read_parameters(file))
    x = case.inputs
    case.benefit("Benefit", kind="margin", annual=x.customers * x.spend * x.share)
    case.benefit("Calls", kind="cash saving", annual=x.calls * x.spend, when=[x.calls])
    case.cost("Team", category="people", annual=x.team)
    return SimpleNamespace(case=case, given=given, fields=field.given)


def notebook_of(case):
    name = "{eval}`case.client.name`"
    heading = answered("# {eval}`case.decision`\n\nFor " + name, **{"case.decision": repr(case.decision)})
    cells = [heading, new_markdown_cell(f"## {name}\n\n- *{name}*\n\n| a |\n|---|\n| {name} |")]
    for view in _VIEWS:
        data = getattr(case, view)()._repr_mimebundle_()
        cells.append(new_code_cell("case", outputs=[new_output("display_data", data=data)]))
    return new_notebook(cells=cells)


@pytest.fixture(scope="module")
def plain(tmp_path_factory, chromium):
    """The same with plain words: what a page and a workbook are made of, without any harm."""
    folder = tmp_path_factory.mktemp("plain")
    made = case_of(folder, None)
    return SimpleNamespace(
        shape=shape_of(Made(notebook_of(made.case), folder).page, folder, chromium),
        formulas=formulas_of(to_workbook(made.case.record())),
    )


def shape_of(page, folder, chromium):
    file = folder / "page.html"
    file.write_text(page, encoding="utf-8")
    chromium.open(file)
    return chromium.run(_SHAPE)


def formulas_of(workbook):
    book = openpyxl.load_workbook(io.BytesIO(workbook))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not any(cell.hyperlink.target for cell in cells if cell.hyperlink)  # those within lead to sheets
    return {(cell.parent.title, cell.coordinate) for cell in cells if cell.data_type == "f"}


def squeezed(text):
    """Without what a document may set otherwise: blanks, hyphens, ligatures, marks that are not seen."""
    text = unicodedata.normalize("NFKC", text)
    kept = (sign for sign in text if not sign.isspace() and sign not in "-\u2010")
    return "".join(sign for sign in kept if unicodedata.category(sign) != "Cf")


@pytest.mark.parametrize(
    "turn", [pytest.param(turn, marks=pytest.mark.slow if n > 1 else ()) for n, turn in enumerate(TURNS)]
)
def test_text_stays_text(turn, plain, tmp_path, chromium):
    made = case_of(tmp_path, turn)
    case, given = made.case, made.given

    record = json.loads(json.dumps(case.record().to_json()))
    assert record["client"]["name"] == given["client"]["name"]
    assert record["story"] == given["story"]
    assert record["document"] == given["document"]
    assert json.loads(record["parameters"]["text"]) == given

    result = Made(notebook_of(case), tmp_path)
    shape = shape_of(result.page, tmp_path, chromium)
    assert chromium.complaints == [] and chromium.requests == []
    assert set(shape["tags"]) <= {*plain.shape["tags"], "br"}
    if turn % 12:  # ranges bring charts of their own
        assert {**shape, "tags": 0} == {**plain.shape, "tags": 0}

    seen = squeezed(chromium.run("document.body.textContent"))
    for name in ("goals", "strategy"):
        assert all(squeezed(text) in seen for text in given["story"][name])
    for text in (given["client"]["name"], given["document"]["author"], given["story"]["situation"]):
        assert squeezed(text) in seen

    printed = squeezed(result.text)
    for text in (given["client"]["name"], given["decision"]["text"], *given["story"]["goals"]):
        assert not text.isascii() or squeezed(text) in printed, text
    assert not any("/A" in note.get_object() and "/URI" in note.get_object()["/A"]
                   for page in result.reader.pages for note in page.get("/Annots") or ())  # fmt: skip
    assert "/JavaScript" not in str(result.reader.trailer["/Root"].get("/Names"))

    formulas = formulas_of(to_workbook(case.record()))
    assert formulas == plain.formulas or not turn % 12


@pytest.mark.parametrize("text", REFUSED, ids=[text.split()[0] for text in REFUSED])
def test_what_no_document_can_show_is_refused_with_its_name(text, tmp_path):
    case_of(tmp_path, None)  # for its template
    given = parameters(Field(None))
    given["client"]["name"] = given["story"]["goals"][0] = text
    with pytest.raises(InputError) as refused:
        parse_parameters(given, folder=tmp_path)
    code = next(ord(sign) for sign in text if not sign.isprintable())
    problems = [str(problem) for problem in refused.value.problems]
    assert len(problems) == 2 and all(f"U+{code:04X}" in problem for problem in problems)


def test_a_running_head_is_shortened_and_the_cover_is_not(make_notebook, made):
    result = made(make_notebook(client={"name": "Long name " * 30}))
    assert result.pages[0].count("Long name") == 30
    assert 0 < result.pages[-1].count("Long name") < 30 and "…" in result.pages[-1]


def test_markup_in_a_cell_stays_markup_of_markdown_only(made):
    result = made(
        "`#panic(1)`{=typst} #panic(2) <x-y>\n\n```{=html}\n<script>alert(1)</script>\n```\n\n{=typst}"
    )
    for text in ("#panic(1)", "#panic(2)", "<x-y>", "<script>alert(1)</script>"):
        assert result.has(text)


def test_an_output_in_markdown_has_no_expressions(made):
    from tests.exporters.conftest import bundle

    assert made(bundle(text_markdown="{eval}`case.client.name`")).has("{eval}")
