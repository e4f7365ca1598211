"""A forum in figures: what is asked and answered, and who takes part."""

from __future__ import annotations

from casebook.formatting import Formatter
from casebook.measurement.forum import Forum
from casebook.views.components import Component, Table, gap, group, left, right, row


def forum(forum_data: Forum | None, to: Formatter) -> Component:
    """What the posts count, and participation beside the rule of thumb; a gap where nothing was measured."""
    if forum_data is None:
        return gap(
            to.say("Nothing is measured yet"),
            to.say(
                "The parameter file names no posts under data; what it gives for questions, answers and "
                "views stands in the register at the end."
            ),
        )
    return group([_activity(forum_data, to), _participation(forum_data, to)])


def _activity(forum_data: Forum, to: Formatter) -> Table:
    say, share = to.say, to.share
    questions, answered, wrote = (
        len(forum_data.questions),
        len(forum_data.answers),
        forum_data.writers.contributors,
    )
    viewed, with_answer = forum_data.questions["views"].sum(), forum_data.first_answer.notna()

    def number(count: float, digits: int | None = None) -> str:
        return to.number(round(count, digits))

    rows = [
        row(
            say("Questions"),
            number(questions),
            say("{number} a month", number=number(questions / forum_data.months, 1)),
        ),
        row(say("… with an answer"), number(with_answer.sum()), share(round(with_answer.mean(), 3))),
        row(
            say("… with an accepted answer"),
            number(forum_data.accepted.sum()),
            share(round(forum_data.accepted.mean(), 3)),
        ),
        row(
            say("Answers"),
            number(answered),
            say("{number} a question", number=number(answered / questions, 1)),
        ),
        row(
            say("Views of questions"),
            number(viewed),
            say("{number} a question", number=number(viewed / questions)),
        ),
        row(
            say("People who wrote"),
            number(wrote),
            say("{number} posts a person", number=number((questions + answered) / wrote, 1)),
        ),
    ]
    first, last = (to.date(f"{moment:%Y-%m-%d}") for moment in forum_data.period)
    heads = [left(say("In the forum"), 2), right(say("Count")), right(say("That is"))]
    note = say("{low} to {high}", low=first, high=last) + "."
    return Table(heads, rows, caption=say("Questions, answers and people"), note=note)


def _participation(forum_data: Forum, to: Formatter) -> Table:
    """Who takes part, beside the rule of thumb of 1, 9 and 90 in 100."""
    say, share, writers = to.say, to.share, forum_data.writers
    acts = [
        (say("Post (questions)"), len(forum_data.questions), 0.01),
        (say("Respond (answers)"), len(forum_data.answers), 0.09),
        (say("Read (views)"), forum_data.questions["views"].sum(), 0.9),
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
