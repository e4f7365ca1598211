"""The standard chapters: each shows its heading, prose and views, in the language of the case."""

from __future__ import annotations

from unittest import mock

import pytest

from casebook import Case, CaseError
from casebook.views.chapters import CHAPTERS
from casebook.views.view import Prose, View


@pytest.fixture
def shown():
    """What a cell displays, in order: the text of prose, and views."""
    with mock.patch("IPython.display.display") as display:
        yield lambda: [
            each.args[0].markdown if isinstance(each.args[0], Prose) else each.args[0]
            for each in display.call_args_list
        ]


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_shows_what_its_views_show_under_its_headings(chapter, points, shown):
    points.chapter(chapter)
    first, *rest = shown()
    is_empty = chapter in ("goals", "next-steps")  # the case has no story, and its sections are left out
    assert first.startswith("## " if is_empty else "# ")
    assert all(each.startswith("## ") for each in rest if isinstance(each, str))
    views = [each.component for each in rest if isinstance(each, View)]
    parts = [part for part in CHAPTERS[chapter] if part.has_view]
    assert views == [getattr(points, part.name)().component for part in parts]


def test_a_chapter_with_one_section_keeps_its_opening(ranged, shown):
    ranged.chapter("next-steps")
    assert shown()[0].startswith("# Proving it")


def test_every_chapter_is_named_where_an_author_looks():
    from casebook.cli.lab import edit

    for name in CHAPTERS:
        assert name in (Case.chapter.__doc__ or "")
        assert name in str(edit.__annotations__["expand"])


def test_parts_are_left_out_by_name(points, shown):
    points.chapter("risks", without=["opening", "tornado", "scenarios", "break_even"])
    texts = [each for each in shown() if isinstance(each, str)]
    assert [text.splitlines()[0] for text in texts] == ["## What to measure next"]


def test_a_chapter_speaks_the_language_of_the_case(ranged_in, shown):
    ranged_in("de_DE").chapter("appendix")
    first, *_ = shown()
    (method,) = (each for each in shown() if isinstance(each, str) and "sum_{t=0}" in each)
    assert first == "# Anhang"
    assert method.startswith("## Methode\n\nJahr 0 ist der Start")
    assert "bei 10\u00a0%;" in method or "bei 10 %;" in method or "bei 10\u202f%;" in method


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("risk", ()), "no chapter is called 'risk'\n  hint: did you mean 'risks'?"),
        (
            ("risks", ["torndao"]),
            "chapter 'risks' has no part called 'torndao'\n  hint: did you mean 'tornado'?",
        ),
        (("risks", "tornado"), "without='tornado' is not a list\n  hint: write without=['tornado']"),
    ],
)
def test_a_wrong_name_is_an_error_with_a_hint(points, arguments, message):
    chapter, without = arguments
    with pytest.raises(CaseError) as caught:
        points.chapter(chapter, without=without)
    assert str(caught.value) == message
