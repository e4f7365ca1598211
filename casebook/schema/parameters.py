"""What a parameter file may hold, declared once: `Parameters`, the fields of which are the keys of a file.

From the declaration come the check of a file, its JSON Schema, a new file, what `--set` takes, what is put
into the notebook, and the table in the README. A further key is one field here, and a further one of client
or document is one line of its table; the story, the options and the decision have files of their own. What a
table can't say (that low lies below high, that correlations can hold together) is checked by the kinds of the
sections: `InputsSection`, `ScenariosSection`, `OptionsSection`, `CorrelationsSection`, `DataSection`,
`ActualsSection`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from casebook.schema.actuals import Actuals, ActualsSection, Approved
from casebook.schema.correlations import Correlations, CorrelationsSection
from casebook.schema.data import DataSection, DataSource
from casebook.schema.decision import DECISION, Decision
from casebook.schema.headlines import HEADLINES
from casebook.schema.input_declarations import MOST_YEARS
from casebook.schema.inputs import InputsSection, InputValue
from casebook.schema.options import Option, OptionsSection
from casebook.schema.paths import File, FontFolder
from casebook.schema.periods import Month
from casebook.schema.pictures import fault_of
from casebook.schema.review_rules import Answer, answers
from casebook.schema.scenarios import Scenario, ScenariosSection
from casebook.schema.sections import Key, OrNothing, Section, key, keys_of
from casebook.schema.story import Story, story_section
from casebook.schema.templates import Template
from casebook.schema.text_forms import Colour, Currency, Date, LocaleName, MonthName
from casebook.schema.value_kinds import LINE, Choice, Line, Number, Schema
from casebook.schema.wording import Place

PAPERS = ("a4", "us-letter")


@dataclass(frozen=True)
class TemplateName(Line):
    """The name of a template, or a relative path that ends in it (or is . or ..)."""

    above: Mapping[str, Any] = field(default_factory=dict)

    def json_schema(self) -> Schema:
        """The name, alone or at the end of a path."""
        name = self.above["template"].name
        own = rf"(?:[^/][^\n]*/)?{re.escape(name)}/*"
        pattern = rf"^\n*(?:{own}|\.\.?(?:/\.\.?)*/*)\n*$"
        return {"type": ["string", "number"], "pattern": pattern, "examples": [name]}


@dataclass(frozen=True)
class Client:
    """Who the case is for."""

    name: str = key(LINE, help="As it appears on the cover.")
    logo: Path | None = key(
        File([".png", ".jpg", ".jpeg", ".svg"], fault_of),
        None,
        help="An .svg, .png or .jpg beside this file, of 1 MB at most.",
        example="logo.svg",
    )
    colour: str | None = key(
        Colour(), None, help="The client's colour, for headings and charts.", example="#0b5fa5"
    )


DOCUMENT = {
    "date": Key(Date(), "The date on the cover.", example="2026-03-31"),
    "author": Key(LINE, "The author on the cover.", example="Your name"),
    "confidentiality": Key(LINE, "A notice on every page.", example="Confidential"),
    "paper": Key(Choice(PAPERS), f"The paper of the PDF: {' or '.join(PAPERS)}.", example=PAPERS[0]),
    "fonts": Key(FontFolder(), "A folder with the client's own fonts."),
    "headline": Key(
        Choice(HEADLINES),
        f"The net present value that leads: {', '.join(HEADLINES[:-1])} or {HEADLINES[-1]}.",
        is_offered=False,
    ),
}
"""What stands on the cover, and how the pages are set."""


@dataclass(frozen=True, kw_only=True)
class Parameters:
    """All that a case is computed from."""

    template: Template = key(
        lambda above: TemplateName(above=above),
        help="The type of case: a template's name, or the path of its folder.",
    )
    client: Client = key(
        Section(keys_of(Client), Client),
        help="Who the case is for.",
        hint="add client: with the client's name: under it",
    )
    currency: str = key(Currency(), help="An ISO 4217 code.", default="USD")
    locale: str = key(
        LocaleName(),
        help="Language and country, for the words and the way figures are written.",
        default="en_US",
    )
    years: int = key(
        Number((1, MOST_YEARS), rule=f"a whole number between 1 and {MOST_YEARS}", is_whole=True),
        help="How many; an input by year is a list, as in [50%, 80%, 100%].",
        default=3,
    )
    start: Month | None = key(
        OrNothing(MonthName()),
        help="The first month of year 1; actuals and gates need it.",
        default=None,
        example="2026-01",
    )
    discount_rate: float = key(
        Number((0, 1), "share", "a share between 0 and 1"), help="A share per year.", default="10%"
    )
    target_return: float | None = key(
        OrNothing(Number((0, None), "share", "a share above 0")),
        help="The return on investment that is asked for; break-even is shown for it as well.",
        default=None,
        example="50%",
    )
    inputs: dict[str, InputValue] = key(
        InputsSection,
        help="The figures that the template asks for: a number, a list by year, or a mapping.",
        default={},
    )
    """In the order of inputs.yaml; an optional input that was left out is not in it."""
    scenarios: dict[str, Scenario] = key(
        ScenariosSection, help="Alternatives by name, each with the inputs that differ.", default={}
    )
    correlations: Correlations = key(
        CorrelationsSection, help="Rank correlations of inputs with a range, from -1 to 1.", default={}
    )
    options: dict[str, Option] = key(
        OptionsSection,
        help="Ways to go beside doing nothing and the whole, by key: a first step, or a part of the whole.",
        default={},
    )
    """Those that the file describes, in its order; the standard ones are not among them unless it does."""
    decision: Decision = key(
        DECISION,
        help="What is to be decided: a sentence, or option, text and reason.",
        default={},
        example="Approve a pilot on one route",
    )
    data: dict[str, DataSource] = key(
        DataSection(), help="The client's own data, from which inputs are measured.", default={}
    )
    actuals: Actuals | None = key(
        ActualsSection, help="What was observed after approval, by month, quarter or year.", default={}
    )
    """None where nothing was measured."""
    review: dict[str, Answer] = key(
        answers, help="Answers to the findings of the review, by rule: who settles what by when.", default={}
    )
    story: Story = key(story_section, help="The texts around the figures.", default={})
    document: dict[str, Any] = key(
        Section(DOCUMENT),
        help="The cover and the pages.",
        default={},
    )
    approved: Approved | None
    """The record of the case as it was approved; None where none is kept."""
    values: dict[str, object]
    """The keys that were given, as plain values with overrides applied, for papermill to inject."""
    paths: Mapping[Place, str]
    """Where other files are named in the values, and how: relative to the parameter file's folder."""
    text: str | None
    """The parameter file's own text; None where there is no file."""
    path: Path | None
    lines: Mapping[Place, int]
    """The line of each key of the file, for messages; empty where there is no file."""


KEYS = keys_of(Parameters)
"""The keys of a parameter file, which are the names of a notebook's parameters cell, in their order."""
