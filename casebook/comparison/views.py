"""What a comparison shows: tiles, the waterfall, and the tables of what changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from casebook.comparison.attribution import MOST_EXACT, ORDERS
from casebook.comparison.changes import KNOWN_BY, Knowledge
from casebook.comparison.comparison import Comparison
from casebook.comparison.option_changes import OptionChange
from casebook.comparison.wording import Wording, years
from casebook.formatting.sentences import upper_first
from casebook.presentation.result import FIGURES
from casebook.views.components import Paragraphs, Table, callout, left, right, row
from casebook.views.registers import GRADES
from casebook.views.view import View

SAME = "Nothing that the figures rest on has changed."
KNOWN_OTHERWISE = "No likely value behind it has changed, but how well the values are known has."
OTHER_FIGURES = "Other figures have changed."
METHOD = (
    "Contributions are Shapley values: what a change adds to the net present value, averaged over all orders "
    "in which the changes could have been made. They add up to the whole difference; no order is preferred; "
    "a change that makes no difference has none."
)
EXACT = "They are exact: each line was evaluated for every combination of the changes that affect it."
DRAWN = (
    f"For lines affected by more than {MOST_EXACT} changes, {ORDERS:,} orders were drawn with a fixed "
    "seed instead of all being tried. Each order adds up by itself, so the sum is still exact; the largest "
    "standard error of a contribution is "
)
HORIZONS = (
    "The horizons differ: what the years bring that only one case has is shared between the horizon and the "
    "changes that act in those years. Where a case has no value for a year, the other's stands for it."
)


@dataclass(frozen=True)
class Page:
    """The views of a comparison, for its notebook."""

    comparison: Comparison

    @property
    def words(self) -> Wording:
        """How its figures are worded."""
        return Wording(self.comparison)

    @property
    def title(self) -> str:
        """What the page is called."""
        return "{} and {} compared".format(*self.words.names())

    @property
    def headline(self) -> str:
        """The difference in a sentence."""
        difference, words = self.comparison.difference, self.words
        if not difference:
            return "The net present value is the same"
        how = "rises" if difference > 0 else "falls"
        return f"The net present value {how} by {words.to.money_short(abs(difference))}"

    @property
    def sentence(self) -> str:
        """From what to what, and what moved it most."""
        words, (one, other) = self.words, self.words.names()
        values = [
            words.to.money(side.net_present_value) for side in (self.comparison.before, self.comparison.after)
        ]
        text = f"From {one} to {other} it goes from {values[0]} to {values[1]}."
        moved = [(change, part) for change, part in self.comparison.contributions if part]
        most = "; ".join(
            f"{words.in_prose(change)} ({words.signed(part, short=True)})" for change, part in moved[:3]
        )
        sentences = [
            text,
            f"What moved it most: {most}." if moved else self._unmoved(),
            self._chance_of_loss(),
            *(
                f"{each.what} was “{each.before}”, now it is “{each.after}”."
                for each in self.comparison.preferences
            ),
        ]
        return " ".join(part for part in sentences if part)

    def _unmoved(self) -> str:
        """What there is to say where no change moves the figure."""
        if self.comparison.is_same:
            return SAME
        if self.comparison.changes:
            return ""
        return KNOWN_OTHERWISE if self.comparison.knowledge else OTHER_FIGURES

    def _chance_of_loss(self) -> str:
        """The step of the chance of loss, which ranges move and likely values need not."""
        results = [side.record.result for side in (self.comparison.before, self.comparison.after)]
        old, new = (result.probability_of_loss for result in results)
        one, other = (self.words.figure(result, "probability_of_loss") for result in results)
        if old == new:
            return ""
        if new is None:
            return f"The chance of loss was {one}; it is not computed any more, as no input has a range."
        if old is None:
            return f"The chance of loss is {other}; it was not computed before, as no input had a range."
        return f"The chance of loss goes from {one} to {other}."

    def sides(self) -> View:
        """What is compared."""
        one, other = self.comparison.before.record, self.comparison.after.record
        share = self.words.to.share
        rows = [
            row("Client", *(each.client.name or "–" for each in (one, other))),
            row("Date of the report", *(each.document.date or "not stated" for each in (one, other))),
            row("Horizon", *(years(each.years) for each in (one, other))),
            row("Discount rate", *(share(each.discount_rate, exact=True) for each in (one, other))),
            row("Lines counted", *(str(len(each.lines)) for each in (one, other))),
        ]
        names = self.words.names()
        kind = other.template.title or other.template.name
        note = f"Type of case: {kind}."
        return View(
            Table(
                [left("", 1), *(left(name, 1) for name in names)], rows, caption="What is compared", note=note
            )
        )

    def figures(self) -> View:
        """The results side by side."""
        words, sides = self.words, (self.comparison.before, self.comparison.after)
        rows = [
            row(label, *(words.figure(side.record.result, name) for side in sides), words.step(name))
            for name, label in FIGURES.items()
            if any(getattr(side.record.result, name) is not None for side in sides)
        ]
        heads = [left("Figure"), *(right(name) for name in words.names()), right("Difference")]
        return View(Table(heads, rows, caption="The results side by side"))

    def changes(self) -> View:
        """Each change with what it contributes; they add up to the difference."""
        words, found = self.words, self.comparison.contributions
        if not found:
            return View(callout("No change moves the figure", self._unmoved()))
        rows = [
            row(
                "\n".join([words.label(change), *words.remarks(change)]),
                words.before(change),
                words.after(change),
                words.unit(change),
                words.contribution(change),
            )
            for change, _ in found
        ]
        rows.append(row("Difference", "", "", "", words.signed(self.comparison.difference), style="total"))
        heads = [left("What changed", 1.7), right("Before"), right("After"), left("Unit", 0.8)]
        heads.append(right("Contribution"))
        return View(Table(heads, rows, caption="What changed, and what each change contributes"))

    def aside(self) -> View:
        """The changes that have no part of their own in the difference, and why."""
        words = self.words
        rows = [
            row(
                words.label(change),
                words.before(change),
                words.after(change),
                words.unit(change),
                "\n".join(words.remarks(change)),
            )
            for change in sorted(self.comparison.changes, key=lambda change: change.note or "")
            if change.contribution is None
        ]
        if not rows:
            return View(callout("No further changes", "Each change has its own part in the difference."))
        heads = [left("Input", 1.4), right("Before"), right("After"), left("Unit", 0.8), left("Why", 1.3)]
        return View(Table(heads, rows, caption="Changes without a part of their own"))

    def knowledge(self) -> View:
        """The inputs whose range, grade or source differs."""
        found = self.comparison.knowledge
        if not found:
            text = "No input of both cases has a different range, grade or source."
            return View(callout("No change in what is known", text))
        rows = [row(known.label, *self._known(known)) for known in found]
        heads = [left("Input", 0.9), *(left(name, 1.4) for name in self.words.names())]
        return View(Table(heads, rows, caption="Inputs with a different range, grade or source"))

    def _known(self, known: Knowledge) -> tuple[str, str]:
        """What is said of an input on each side, only as far as it differs."""
        differing = [key for key in KNOWN_BY if known.before.get(key) != known.after.get(key)]
        return tuple(self._description(given, differing, known.unit) for given in (known.before, known.after))  # type: ignore[return-value]

    def _description(self, given: Any, keys: list[str], unit: str) -> str:
        parts = []
        if {"low", "high"} & set(keys):
            low, high = given.get("low"), given.get("high")
            known = None if low is None or high is None else self.words.range(low, high, unit)
            parts.append(f"nine times in ten {known}" if known else "no range")
        if "distribution" in keys and given.get("distribution"):
            parts.append(f"shape: {given['distribution']}")
        if "evidence" in keys:
            parts.append(f"grade: {GRADES.get(given.get('evidence'), 'not stated')}")
        if "source" in keys:
            parts.append(str(given.get("source") or "no source"))
        if "correlation" in keys:
            rho = given.get("correlation")
            parts.append("no correlation" if rho is None else f"rank correlation {rho}")
        if "origin" in keys and not parts:
            parts.append(f"from: {given.get('origin') or 'not stated'}")
        return "\n".join(upper_first(part) for part in parts) or "–"

    def options(self) -> View:
        """The options that differ, and what is recommended or asked for instead."""
        found = self.comparison
        if not found.options and not found.preferences:
            text = "Both cases have the same options, or one of the records is of a version that knows none."
            return View(callout("No change in the options", text))
        rows = [
            row(f"{each.name}\nredefined" if each.redefined else each.name, *self._stands(each))
            for each in found.options
        ]
        rows += [row(each.what, each.before, "", each.after, "") for each in found.preferences]
        heads = [left("Option", 1.4)]
        for name in self.words.names():
            heads += [right(f"Approve now\n{name}"), right(f"Expected value\n{name}")]
        return View(Table(heads, rows, caption="Options that differ"))

    def _stands(self, change: OptionChange) -> list[str]:
        money = self.words.to.money
        cells = []
        for each in (change.before, change.after):
            cells += (
                ["–", "–"]
                if each is None
                else [money(each.approve_now), money(each.expected_net_present_value)]
            )
        return cells

    def method(self) -> View:
        """How the difference was attributed."""
        comparison = self.comparison
        paragraphs = [METHOD]
        if comparison.exact:
            paragraphs.append(EXACT)
        else:
            error = max(change.standard_error for change, _ in comparison.contributions)
            paragraphs.append(f"{DRAWN}{self.words.error(error)}.")
        if comparison.before.record.years != comparison.after.record.years:
            paragraphs.append(HORIZONS)
        return View(Paragraphs(paragraphs))

    def waterfall(self) -> View:
        """The way from the first net present value to the second."""
        from casebook.comparison.waterfall import waterfall

        return View(waterfall(self.comparison, self.words))

    def table_for_terminal(self) -> str:
        """What the command prints: the result, what changed and is known otherwise, how it was attributed."""
        shown = [self.figures(), self.changes()]
        shown += [self.knowledge()] if self.comparison.knowledge else []
        shown += [self.options()] if self.comparison.options or self.comparison.preferences else []
        return "\n\n".join([f"{self.headline}. {self.sentence}", *map(repr, shown), repr(self.method())])
