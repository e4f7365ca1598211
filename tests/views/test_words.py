"""The words of a document in its reader's language: none is missing, none is left over, none loses a part."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator

import pytest
from babel.messages.pofile import read_po

from casebook import i18n
from casebook.analysis.evidence import GRADES
from casebook.analysis.information import EVPPI_METHOD
from casebook.analysis.sensitivity import SHARES_METHOD
from casebook.case.line import CATEGORIES, KINDS
from casebook.exporters.live_markup import LABELS
from casebook.exporters.workbook import cash_flow, irr_check, static_sheets
from casebook.exporters.workbook import summary as first_sheet
from casebook.follow_up.follow_up import OUTLOOKS
from casebook.follow_up.status import BENEFIT_WORDS, COST_WORDS, UNKNOWN, UNPLANNED
from casebook.formatting import Formatter
from casebook.formula.operations import OPERATIONS
from casebook.measurement.response_time import UNITS
from casebook.presentation.result import BORROWING, FIGURES, NO_RATE, NO_RISK, NOT_UNIQUE, ONLY_ABOVE_ZERO
from casebook.review import price, pricing
from casebook.review.result_rules import BEHIND, NONE_HAS_A_RANGE, SOME_HAVE_NO_RANGE, WITH_ARTICLE
from casebook.review.review import RULES
from casebook.schema.checks import SEVERITIES
from casebook.schema.ranges import DISTRIBUTIONS
from casebook.views import (
    benefit_groups,
    chapters,
    gates,
    lead,
    options,
    outlook,
    registers,
    review,
    sensitivity,
    simulation,
    summary,
    ways_on,
)
from tests.test_repository import PACKAGE

pytestmark = pytest.mark.unversioned

COMPLETE = ("de", "fr")
"""The languages that we vouch for."""

WORKBOOK = (
    *(text for pair in (*cash_flow.FLOW_WORDS.items(), *cash_flow.FIGURE_WORDS.values()) for text in pair),
    *(text for pair in first_sheet.ABOUT_SHEETS.items() for text in pair),
    *(text for _, *texts in first_sheet.LEGEND for text in texts),
    *(irr_check.ABOUT, *irr_check.FACTS, *irr_check.SIGNS, *irr_check.STEPS),
    *(irr_check.PER_CENT, irr_check.ONLY, static_sheets.FROM_REPORT, static_sheets.CHANGED, EVPPI_METHOD),
    *(first_sheet.SHEET, *first_sheet.HEADS, *SEVERITIES, *GRADES, *OUTLOOKS.values(), "benefit", "cost"),
    *("formula", "computed", "given"),
)
"""What the workbook says by the name of what holds it."""

NAMED = (
    *(NO_RATE, NO_RISK, NOT_UNIQUE, ONLY_ABOVE_ZERO, BORROWING),
    *(SHARES_METHOD, benefit_groups.OTHER, summary.DEFINITION),
    *(review.RULES_NOTE, review.BREAK_EVEN_NOTE, *review.PRICE_NOTES.values(), *review.THEN.values()),
    *(price.SHARE, price.SHARE_OF_IT, price.SHARE_OF_BENEFITS, pricing.GAINS_WITHOUT, pricing.LOSES_WITH),
    *(review.VARIANCE, simulation.NO_RANGES, simulation.PAYS, simulation.PAYS_NOT),
    *(*KINDS, *CATEGORIES, *DISTRIBUTIONS, *i18n.TIMES.values(), *FIGURES.values(), *LABELS.values()),
    *(*registers.GRADES.values(), *registers.SIDES.values(), *registers.ORIGINS.values()),
    *(text for rule in RULES for text in (rule.title, rule.settle)),
    *(NONE_HAS_A_RANGE, SOME_HAVE_NO_RANGE, *WITH_ARTICLE.values(), *BEHIND.values()),
    *(kind.symbol for kind in OPERATIONS.values() if kind.is_word),
    *UNITS,
    *WORKBOOK,
    *(*BENEFIT_WORDS, *COST_WORDS, UNKNOWN, UNPLANNED, *outlook.HEADS.values(), *outlook.FIGURES),
    *(
        outlook.METHOD,
        ways_on.METHOD,
        *ways_on.NAMES.values(),
        *summary.CASES.values(),
        summary.REACHED,
        summary.NO_WORSE,
    ),
    *(gates.JUDGED, *gates.SHAPES),
    *(lead.EXPECTED, lead.PLAN, lead.ADJUSTED, lead.GOES_ON, lead.STOPS),
    *(options.APPROVE_NOW, options.TO_THE_END, options.DEEPEST, options.EXPECTED, options.RECOMMENDED),
    *(
        phrase
        for known in (chapters.CHAPTERS, chapters.UNDER_WAY)
        for parts in known.values()
        for part in parts
        for phrase in part.phrases
    ),
    *(
        *review.MEANING.values(),
        *review.WEIGHTS.values(),
        *review.RESTS_ON.values(),
        *sensitivity.HEADS.values(),
    ),
)
"""Phrases that are said by the name of what holds them."""


def strings_in_the_package() -> Iterator[tuple[str, bool]]:
    """Every text in the package's code, and whether it is said where it stands."""
    for path in PACKAGE.rglob("*.py"):
        if path.relative_to(PACKAGE).parts[0] == "cli":
            continue  # its `say` writes to the terminal
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                if name in ("say", "say_count", "Phrase"):
                    yield from ((text.value, True) for text in node.args if _is_text(text))
            if _is_text(node):
                yield node.value, False


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def entries(language):
    """The phrases of a catalogue (one and many, where there are two), with what is said for them."""
    text = (PACKAGE / "assets" / "words" / f"{language}.po").read_bytes()
    for message in read_po(text.decode().splitlines(keepends=True)):
        if message.id:
            said = message.string
            yield (
                message.id if isinstance(message.id, tuple) else (message.id,),
                said if isinstance(said, tuple) else (said,),
            )


def parts(phrase):
    return {name for _, name, _, _ in string.Formatter().parse(phrase) if name is not None}


@pytest.mark.parametrize("language", COMPLETE)
def test_no_phrase_is_missing(language):
    said = {phrase for phrase, is_said in strings_in_the_package() if is_said} | set(NAMED)
    known = {phrase for phrases, _ in entries(language) for phrase in phrases}
    missing = sorted(said - known - {"", "template", "parameters"})
    assert not missing, "".join(f'\nmsgid "{phrase}"\nmsgstr ""\n' for phrase in missing)


@pytest.mark.parametrize("language", COMPLETE)
def test_no_phrase_is_left_over(language):
    there = {text for text, _ in strings_in_the_package()}
    declared = {"traditional", "social", "process", "parameters"}  # an input's group; a digest's name
    known = {phrase for phrases, _ in entries(language) for phrase in phrases}
    assert known - there - declared == set()


@pytest.mark.parametrize("language", sorted(path.stem for path in (PACKAGE / "assets/words").glob("*.po")))
def test_a_translation_has_the_same_parts(language):
    found = list(entries(language))
    assert found
    for phrases, said in found:
        assert all(said), phrases
        for text, phrase in zip(said, phrases, strict=True):
            assert parts(phrase) <= parts(text) <= parts(phrases[-1]), text  # a number may be said of one
            assert text.strip() != "" and (text[:1].isspace() == phrases[0][:1].isspace()), text


@pytest.mark.parametrize("language", COMPLETE)
def test_every_view_speaks_the_language(language, ranged_in, monkeypatch):
    """What a case prints is asked for in words that the language has."""
    known = {phrase for phrases, _ in entries(language) for phrase in phrases}
    asked = set()

    def listening(spoken, phrase, /, **parts):
        assert spoken == language
        asked.add(phrase)
        return heard(spoken, phrase, **parts)

    heard = i18n.say
    monkeypatch.setattr(i18n, "say", listening)
    case = ranged_in(f"{language}_{language.upper()}")
    for name in ("summary", "cash_flow", "cash_flow_chart", "formulas", "assumptions", "not_in_figure"):
        getattr(case, name)()
    for name in ("range_chart", "tornado", "scenarios", "break_even", "what_to_measure", "evidence"):
        getattr(case, name)()
    assert len(asked) > 60
    assert asked - known == set()


def test_an_unknown_language_and_an_unknown_phrase_come_out_in_english():
    assert Formatter(locale="sv_SE").say("Net present value") == "Net present value"
    assert Formatter(locale="en_FR").say("Net present value") == "Net present value"
    assert i18n.say("de", "What nobody has said") == "What nobody has said"
    assert i18n.say("../../../etc/passwd", "Contents") == "Contents"


def test_what_is_filled_in_is_not_read_again():
    said = i18n.say("de", "{title} for {client}", title="{client}", client="{0.__class__}")
    assert said == "{client} für {0.__class__}"
