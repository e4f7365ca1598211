"""The standard chapters of a case: what each one says and shows, once for all templates and languages.

Prose is Markdown in English, each paragraph a phrase that the catalogues translate; `{discount_rate}` stands
for the case's own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from casebook import i18n
from casebook.errors import CaseError
from casebook.schema.wording import closest, listed

_EQUATION = r"$$PV = \sum_{t=0}^{n} \frac{CF_t}{(1+r)^t}$$"


@dataclass(frozen=True)
class Part:
    """What an author can leave out of a chapter: a heading, paragraphs, a view, or several of them."""

    name: str
    """How `without` calls it, and the method of `Case` that gives its view."""
    heading: str = ""
    paragraphs: Sequence[str] = ()
    level: int = 2
    has_view: bool = True

    @property
    def phrases(self) -> Iterator[str]:
        """What a language has to say for it."""
        yield from filter(None, (self.heading, *(text for text in self.paragraphs if text != _EQUATION)))

    def introduces(self, parts: Sequence[Part]) -> bool:
        """Whether it is an opening of sections that all have headings of their own."""
        return not self.has_view and parts[0] is self and all(part.heading for part in parts if part.has_view)

    def prose(self, language: str, *, discount_rate: str) -> str:
        """Heading and paragraphs as Markdown; empty where it only has a view."""
        heading = f"{'#' * self.level} {i18n.say(language, self.heading)}" if self.heading else ""
        texts = (
            text if text == _EQUATION else i18n.say(language, text, discount_rate=discount_rate)
            for text in self.paragraphs
        )
        return "\n\n".join(filter(None, (heading, *texts)))


def _opening(heading: str, *paragraphs: str) -> Part:
    return Part("opening", heading, paragraphs, level=1, has_view=False)


CHAPTERS: Mapping[str, Sequence[Part]] = {
    "options": (
        _opening(
            "The ways to go",
            "Each option is computed with the same formulas, in the same simulated outcomes, against doing "
            "nothing. A first step is worth what it lets one learn before the rest is spent, less its cost "
            "and delay; the horizon ends when it would have ended without it.",
        ),
        Part("options"),
    ),
    "follow-up": (
        _opening(
            "Plan against actual",
            "The case stays as it was approved; what was booked and measured since then stands beside it "
            "here. Where a line was booked, its money counts; where its inputs were measured, its formula "
            "does; for all else the plan stands in.",
        ),
        Part("follow_up"),
        Part("follow_up_chart"),
        Part("traffic_lights", "How the measures stand"),
        Part(
            "outlook",
            "Where the case is heading",
            (
                "Two answers, and the truth is likely to lie between them: the rest goes to plan, or the "
                "trend so far continues.",
            ),
        ),
    ),
    "situation": (
        _opening("Where the client stands"),
        Part("situation"),
        Part("maturity", "Maturity"),
        Part("competitors", "Against competitors"),
    ),
    "goals": (
        _opening(
            "From goals to results",
            "A return on investment that nobody can act on convinces nobody. This case runs from goals to "
            "a strategy, from the strategy to measures that show whether it works, and from those to money.",
        ),
        Part("goals", "Goals"),
        Part("strategy", "Strategy"),
    ),
    "figures": (
        _opening(
            "Costs and benefits",
            "All amounts are nominal, before tax and in addition to what would happen without the "
            "investment. Benefits of the kind *margin* are what is left of extra spend; a *cash saving* is "
            "money no longer spent, an *avoided cost* money that would otherwise have been spent; *freed "
            "capacity* is time, which turns into cash only where positions are left open or given up.",
        ),
        Part("cash_flow"),
        Part("freed_capacity", "Freed capacity"),
        Part("risk_adjusted", "Risk-adjusted, line by line"),
        Part(
            "formulas",
            "How each figure is computed",
            (
                "Each line stands here three times: in words, with its numbers, and as a result. The "
                "inputs and their sources are in the register at the end.",
            ),
        ),
    ),
    "risks": (
        _opening(
            "What could go wrong",
            "Every input with a range takes other values than its likely one, all of them at once, ten "
            "thousand times. The low and the high value of an input are its 5th and 95th percentile: one "
            "time in ten it lies outside.",
        ),
        Part("range_chart"),
        Part("tornado", "What moves the result"),
        Part("scenarios", "Scenarios"),
        Part("break_even", "What has to be true"),
        Part(
            "what_to_measure",
            "What to measure next",
            (
                "A measurement is worth making where it can change the decision. What it is worth at most "
                "is the rise of the expected result if the input were known beforehand.",
            ),
        ),
    ),
    "review": (
        _opening(
            "What a sceptic would say",
            "These objections follow from fixed rules, applied to each line and to what it rests on. "
            "Answered findings remain in the list, with the answer beside them.",
        ),
        Part("review"),
        Part("evidence", "What the benefits rest on"),
    ),
    "not-in-figure": (_opening("Not in the figure"), Part("not_in_figure")),
    "next-steps": (
        _opening(
            "Proving it",
            "After approval the same measures are taken again, plan against actual, because sponsors stay "
            "with what shows results.",
        ),
        Part("kpis", "KPIs"),
        Part("next_steps", "Next steps"),
    ),
    "appendix": (
        _opening("Appendix"),
        Part("assumptions", "Register of inputs"),
        Part("measurements", "What was measured"),
        Part(
            "method",
            "Method",
            (
                "Year 0 is the start and is not discounted. The amounts of year $t$ count at its end:",
                _EQUATION,
                "The net present value is the present value of the benefits less that of the costs, at "
                "{discount_rate}; the return on investment is the net present value divided by the present "
                "value of the costs. Payback is counted in months from the start, undiscounted, with each "
                "year's money spread evenly over its months, to the last time the running total rises "
                "through zero. The internal rate of return is given where the net cash flow changes sign "
                "once. Where it changes sign more often, the only rate above zero is given if the running "
                "total changes sign once and does not end at zero (Norstrøm's criterion); otherwise the "
                "rate may not be unique, and none is given.",
                "Ranges: each uncertain input has a distribution with its low and high value as 5th and "
                "95th percentile (PERT unless another is named); an input given by year draws one quantile "
                "for all its years. The simulation runs on the lines without risk adjustment, because a "
                "haircut and a range for the same risk would count it twice.",
            ),
            has_view=False,
        ),
        Part("provenance", "How this document was made"),
    ),
}
"""The parts of each chapter, in the order in which they are read."""


UNDER_WAY: Mapping[str, Sequence[Part]] = {
    "options": (
        _opening(
            "The ways to go",
            "What is still open is computed with the same formulas from here on; the months that are over "
            "stay as they were, whichever way is taken. The options as they were weighed before approval "
            "stand in the report that was approved.",
        ),
        Part("options"),
    ),
}
"""What a chapter says instead once a month of the case is over."""


def parts_of(chapter: str, without: Collection[str] = (), *, under_way: bool = False) -> list[Part]:
    """The parts of a chapter but those named. Raises CaseError for a name that there is not."""
    if isinstance(without, str):
        raise CaseError(f"without={without!r} is not a list\n  hint: write without=[{without!r}]")
    if chapter not in CHAPTERS:
        raise CaseError(f"no chapter is called {chapter!r}\n  hint: {_suggestion(chapter, CHAPTERS)}")
    parts = (UNDER_WAY if under_way else CHAPTERS).get(chapter, CHAPTERS[chapter])
    names = [part.name for part in parts]
    for name in without:
        if name not in names:
            raise CaseError(
                f"chapter '{chapter}' has no part called {name!r}\n  hint: {_suggestion(name, names)}"
            )
    return [part for part in parts if part.name not in without]


def _suggestion(name: str, known: Collection[str]) -> str:
    match = closest(name, known)
    return f"did you mean '{match}'?" if match else f"there are {listed(known)}"
