"""A forum in figures: what is asked and answered, and who takes part."""

from __future__ import annotations

from casebook.formatting import Formatter
from casebook.measurement.forum import Forum
from casebook.views.components import Component, Table, gap, group, left, right, row


def forum(found: Forum | None, to: Formatter) -> Component:
    """What the posts count, and participation beside the rule of thumb; a gap where nothing was measured."""
    if found is None:
        return gap(
            to.say("Nothing is measured yet"),
            to.say(
                "The parameter file names no posts under data; what it gives for questions, answers and "
                "views stands in the register at the end."
            ),
        )
    return group([_activity(found, to), _participation(found, to)])


def _activity(found: Forum, to: Formatter) -> Table:
    say, share = to.say, to.share
    asked, answered, wrote = len(found.questions), len(found.answers), found.writers.contributors
    viewed, with_answer = found.questions["views"].sum(), found.first_answer.notna()

    def number(count: float, digits: int | None = None) -> str:
        return to.number(round(count, digits))

    rows = [
        row(say("Questions"), number(asked), say("{number} a month", number=number(asked / found.months, 1))),
        row(say("… with an answer"), number(with_answer.sum()), share(round(with_answer.mean(), 3))),
        row(
            say("… with an accepted answer"),
            number(found.accepted.sum()),
            share(round(found.accepted.mean(), 3)),
        ),
        row(say("Answers"), number(answered), say("{number} a question", number=number(answered / asked, 1))),
        row(
            say("Views of questions"),
            number(viewed),
            say("{number} a question", number=number(viewed / asked)),
        ),
        row(
            say("People who wrote"),
            number(wrote),
            say("{number} posts a person", number=number((asked + answered) / wrote, 1)),
        ),
    ]
    first, last = (to.date(f"{moment:%Y-%m-%d}") for moment in found.period)
    heads = [left(say("In the forum"), 2), right(say("Count")), right(say("That is"))]
    note = say("{low} to {high}", low=first, high=last) + "."
    return Table(heads, rows, caption=say("Questions, answers and people"), note=note)


def _participation(found: Forum, to: Formatter) -> Table:
    """Who takes part, beside the rule of thumb of 1, 9 and 90 in 100."""
    say, share, writers = to.say, to.share, found.writers
    acts = [
        (say("Post (questions)"), len(found.questions), 0.01),
        (say("Respond (answers)"), len(found.answers), 0.09),
        (say("Read (views)"), found.questions["views"].sum(), 0.9),
    ]
    total = sum(count for _, count, _ in acts)
    posts = [
        (say("From the most active {share} of writers", share=share(0.01)), writers.top_1_percent),
        (say("From the next {share}", share=share(0.09)), writers.next_9_percent),
        (say("From the other {share}", share=share(0.9)), writers.other_90_percent),
        (say("From the ten most active people"), writers.top_contributors),
    ]
    rows = [
        row(say("Of all acts"), "", "", style="heading"),
        *(row(name, share(round(count / total, 4)), share(rule)) for name, count, rule in acts),
        row(say("Of all posts"), "", "", style="heading"),
        *(row(name, share(round(part.value, 3)), "–") for name, part in posts),
    ]
    note = say(
        "The rule (State of Customer Service and Support, 2015) counts people, the data count acts: who "
        "reads comes more often than who writes, so reading weighs more here. Inequality of posts (Gini): "
        "{gini}.",
        gini=to.number(round(writers.gini.value, 2)),
    )
    heads = [left(say("Who takes part"), 2), right(say("Here")), right(say("Rule of thumb"))]
    return Table(heads, rows, caption=say("Participation against 1-9-90"), note=note)
