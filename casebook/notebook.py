"""The case that a notebook meets: the model, made from the parameters cell, and its views."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from casebook.analysis.evidence import grade_of
from casebook.case.builder import CaseBuilder
from casebook.case.case import Case as BuiltCase
from casebook.errors import CaseError
from casebook.formatting import Formatter
from casebook.measurement import measured_inputs
from casebook.measurement.forum import Forum
from casebook.measurement.sources import Sources
from casebook.presentation.figure import Figure
from casebook.presentation.formulas import Shown
from casebook.presentation.result import Result
from casebook.record.types import ClientRecord, ProvenanceRecord, Record
from casebook.schema.parameters import KEYS, Parameters
from casebook.schema.reader import parse_parameters
from casebook.study.provenance import digests_of, logo_of
from casebook.study.record import record_of
from casebook.study.study import Study
from casebook.views import (
    benefit_groups,
    cash_flow,
    cash_flow_chart,
    chapters,
    follow_up,
    follow_up_chart,
    formula_tables,
    forum,
    freed_capacity,
    lifetime,
    maturity,
    measurements,
    options,
    outlook,
    ranking,
    registers,
    review,
    risk_adjusted,
    roadmap,
    sensitivity,
    simulation,
    story,
    summary,
    traffic_lights,
)
from casebook.views.components import Component, Gap, callout, gap
from casebook.views.view import Prose, View


class Case(CaseBuilder):
    """A business case in a notebook: add lines with `cost` and `benefit`, then show its views.

    Each view is one MIME bundle, shown alike by JupyterLab, the page and the PDF. Once one has been shown, no
    line can be added.
    """

    def __init__(self, parameters: Parameters) -> None:
        self.formatter = Formatter(parameters.currency, parameters.locale)
        super().__init__(parameters, Shown(self.formatter, parameters.years))
        self._studied: tuple[BuiltCase, Study] | None = None

    @property
    def study(self) -> Study:
        """The case as it stands with its analysis, worked out once for as long as nothing is added."""
        built, findings = self.build(), measured_inputs.findings(self.data, self.formatter)
        known, study = self._studied or (None, None)
        if study is None or known is not built or study.data_findings != findings:
            study = Study.of(dataclasses.replace(built, data_findings=findings))
            self._studied = built, study
        return study

    @property
    def result(self) -> Result:
        """The figures of the case at its likely values; `result.risk_adjusted` has the same names."""
        return self.study.result

    @classmethod
    def from_parameters(cls, names: Mapping[str, Any]) -> Case:
        """The case for the names of the parameters cell: write `Case.from_parameters(globals())`.

        Names that the cell does not have take their defaults; others in `names` are left alone. Paths are
        relative to the working directory, which is the parameter file's folder. Raises InputError with
        everything that is wrong with the values.
        """
        given = {name: names[name] for name in KEYS if name in names}
        return cls(parse_parameters(given, folder=Path()))

    @property
    def years(self) -> int:
        """The horizon."""
        return self.parameters.years

    @property
    def currency(self) -> str:
        """ISO 4217 code."""
        return self.parameters.currency

    @property
    def discount_rate(self) -> Figure:
        """A share a year, shown as one."""
        return self.study.discount_rate

    @property
    def client(self) -> Any:
        """The client: `name`, `colour`, `logo`."""
        return self.parameters.client

    @functools.cached_property
    def data(self) -> Sources:
        """The client's data by name: `case.data["posts"]` is a DataFrame, read once. Times are in UTC."""
        return Sources(self.parameters.data)

    def has_data(self, name: str) -> bool:
        """Whether the parameter file names a source of data so."""
        return name in self.data

    def sql(self, query: str) -> Any:
        """The rows of one SELECT over all sources of data by their names, as a DataFrame."""
        return self.data.sql(query)

    def measure(
        self, name: str, measurement: Any, *, source: str | None = None, note: str | None = None
    ) -> None:
        """Make a measurement the value of an input, graded measured, with its 90% interval as the range.

        Call it before any line uses the input. `source` names the source of data, where neither inputs.yaml
        (`measured_from`) nor the parameter file leaves only one. An input that is overridden (`--set`, or
        `override: true`) stands as it was set, and the report says so. Raises CaseError for an unknown input,
        one by year, a value outside the bounds, and once a line has used the input.
        """
        measured_inputs.measure(self, self.formatter, self.data, name, measurement, source=source, note=note)

    def is_measured(self, name: str) -> bool:
        """Whether an input is graded measured, by its client or by `measure`, and is no example.

        It stays so where another value is set over the measurement, so that a what-if is about the same
        case. With it, a line may count on evidence alone:
        `not_in_figure=None if case.is_measured("reach") else "Reach is not measured."`. Raises CaseError for
        an input that is not declared.
        """
        measured_inputs.check_is_declared(self, name)
        built = self.build()
        return name in built.overridden or grade_of(built, name) == "measured"

    def measurements(self) -> View:
        """What was measured, with its interval, and which rows it rests on."""
        return self._view(lambda case: measurements.measurements(case, self.data))

    def forum(self, found: Forum | None) -> View:
        """A forum in figures: questions, answers and people, and who takes part; None where none was read."""
        return View(forum.forum(found, self.formatter))

    @property
    def title(self) -> str:
        """The title of this type of case."""
        return self.parameters.template.title

    @property
    def decision(self) -> str:
        """The sentence that says what is to be decided; made of the option that is asked for without one."""
        return self.study.decision

    @property
    def horizon(self) -> str:
        """The number of years in words: `3 years`."""
        return self.formatter.years(self.years)

    def record(self) -> Record:
        """All that the case knows, for exporters and other readers."""
        client = self.client
        return record_of(
            self.study,
            client=ClientRecord(name=client.name, colour=client.colour, logo=logo_of(client.logo)),
            decision=self.decision,
            provenance=ProvenanceRecord(digests=self._digests(), versions=registers.versions()),
        )

    def chapter(self, name: str, *, without: Collection[str] = ()) -> None:
        """Show a standard chapter: its heading, prose and views, in the language of the case.

        `name` is one of options, follow-up, situation, goals, figures, risks, review, not-in-figure,
        next-steps, appendix. `without` leaves out parts by name: `opening` is the chapter's heading with its
        first paragraph, `method` that section of the appendix, and every other part is called like its view.
        Raises CaseError for another name.
        """
        from IPython.display import display

        parts = chapters.parts_of(name, without, under_way=self.study.under_way is not None)
        views = {part.name: getattr(self, part.name)() for part in parts if part.has_view}
        shown = [view for view in views.values() if not isinstance(view.component, Gap)]
        for part in parts:
            # What introduces sections that are all left out is left out with them.
            if part.introduces(parts) and views and not shown:
                continue
            if prose := part.prose(self.formatter.language, discount_rate=str(self.discount_rate)):
                display(Prose(prose))
            if part.has_view:
                display(views[part.name])

    def summary(self) -> View:
        """Page 1: tiles, the case beside its risk-adjusted self, and what limits it. Carries the record."""
        return self._view(summary.summary, record=True)

    def options(self) -> View:
        """The ways to go: what each releases, what it is worth, and when it is judged."""
        return self._view(options.options)

    def cash_flow(self) -> View:
        """Costs and benefits by year."""
        return self._view(cash_flow.cash_flow)

    def cash_flow_chart(self) -> View:
        """Money by year and its running total."""
        return self._view(cash_flow_chart.cash_flow_chart)

    def freed_capacity(self) -> View:
        """The hours and people behind freed capacity, and the net present value with a part of it in cash."""
        return self._view(freed_capacity.freed_capacity)

    def risk_adjusted(self) -> View:
        """Each line with its risk, and what is left of it by year."""
        return self._view(risk_adjusted.risk_adjusted)

    def formulas(self) -> View:
        """Each line's formula in words, in numbers, and its result."""
        return self._view(registers.formulas)

    def benefit_chart(self, groups: Mapping[str, Sequence[str]]) -> View:
        """What groups of benefits are worth, named by their lines: the first held against the others."""
        return self._view(lambda case: benefit_groups.benefit_chart(case, groups))

    def ranking(self, measures: Mapping[str, Mapping[str, Any]], *, of: str = "", caption: str = "") -> View:
        """Measures ranked by what the thing they act on costs: what each saves, and when it is paid back.

        Each is named, and given as `{"today": …, "saved": …, "start": …}`, all positive: what the thing costs
        and what is saved of it, in currency/year, and what the measure costs at the start, in currency. One
        without all its inputs is left out. `of` heads the column of names. Payback is undiscounted.
        """
        return self._view(lambda case: ranking.ranking(case, measures, of, caption))

    def range_chart(self) -> View:
        """How the simulated outcomes spread."""
        return self._view(simulation.range_chart)

    def simulated(self, expressions: Mapping[str, Any], *, caption: str = "", note: str = "") -> View:
        """Formulas at likely values beside their average over the simulated draws, and nine of ten draws.

        For a condition, such as `buyers >= threshold`, the average is the share of draws in which it holds. A
        formula without one of its inputs is left out; one that changes by year is shown for the last year.
        Without ranges there is nothing to show.
        """
        return self._view(lambda case: formula_tables.simulated(case, expressions, caption, note))

    def tornado(self) -> View:
        """What moves the result: each input at its low and at its high value."""
        return self._view(sensitivity.tornado)

    def scenarios(self) -> View:
        """The scenarios of the parameter file beside the plan case."""
        return self._view(sensitivity.scenarios)

    def break_even(self) -> View:
        """What has to be true: the value of each key input at which nothing is gained."""
        return self._view(sensitivity.break_even)

    def what_to_measure(self) -> View:
        """Which input to measure next, and what that is worth at most."""
        return self._view(simulation.what_to_measure)

    def evidence(self) -> View:
        """What share of the benefit rests on each grade of evidence; before and after measuring."""
        return self._view(measurements.evidence)

    def review(self) -> View:
        """The review: what a sceptical reader would object to, and the answers."""
        return self._view(review.review)

    def explain(self, expressions: Mapping[str, Any], *, caption: str = "") -> View:
        """Formulas that are no lines, such as a check on a team's size, in the same three readings.

        A formula without one of its inputs is left out; where none is left, the view says what is missing.
        """
        return View(formula_tables.explanations(self.study, expressions, caption))

    def by_year(self, expressions: Mapping[str, Any], *, caption: str = "", note: str = "") -> View:
        """Formulas by their labels, at likely values, with a column for each year.

        A formula without one of its inputs is left out; where none is left, the view says what is missing.
        A value that is not finite, such as a cost per contact where there are no contacts, is a dash.
        """
        return View(formula_tables.by_year(self.study, expressions, caption, note))

    def at_values(
        self,
        name: str,
        values: Sequence[float],
        expressions: Mapping[str, Any],
        *,
        caption: str = "",
        note: str = "",
    ) -> View:
        """Formulas by their labels with a column for each of several values of one input, in its own unit.

        All other inputs keep their likely values; of a figure by year the last year is shown. A formula
        without one of its inputs is left out, and a value that is not finite is a dash, as in `by_year`.
        Raises CaseError for an input that is not declared, and for values that are not finite.
        """
        measured_inputs.check_is_declared(self, name)
        node = getattr(self.inputs, name)
        return View(formula_tables.at_values(self.study, node, values, expressions, caption, note))

    def lifetime_value(self, customers: Mapping[str, Mapping[str, Any]]) -> View:
        """What a customer is worth over a lifetime: how long, how much a year, how that grows.

        `customers` maps a label to the keys margin (currency/customer/year), retention (the share who stay),
        and, where they are known, growth (of the margin of those who stay, a share a year) and
        acquisition_cost (currency/customer). Two labels, such as "Today" and "With the programme", stand side
        by side; one without an input of its own is left out.
        """
        return View(lifetime.lifetime(self.study, customers))

    def remark(self, title: str, text: str, *, warning: bool = False) -> View:
        """A boxed remark of the notebook's own; its text is shown as it stands."""
        return View(callout(title, text, tone="warning" if warning else "info"))

    def gap(self, title: str, text: str) -> View:
        """Why there is nothing to show here: JupyterLab shows it, documents leave the section out."""
        return View(gap(title, text))

    def assumptions(self) -> View:
        """Every input with value, unit, grade and source."""
        return self._view(registers.assumptions)

    def not_in_figure(self) -> View:
        """What might count and does not, and why."""
        return self._view(registers.not_in_figure)

    def kpis(self) -> View:
        """The measures that will show whether the case comes true."""
        return self._view(story.kpis)

    def follow_up(self) -> View:
        """Plan against actual to date, by line, and what is late. A report has it where there are actuals."""
        return self._view(follow_up.follow_up)

    def follow_up_chart(self) -> View:
        """The running net total: as planned, as it was, and where it is heading."""
        return self._view(follow_up_chart.follow_up_chart)

    def outlook(self) -> View:
        """The net present value where the rest goes to plan or as so far, and which lines make it."""
        return self._view(outlook.outlook)

    def traffic_lights(self) -> View:
        """How each measured input and KPI stands against its plan, by a shape and a word."""
        return self._view(traffic_lights.traffic_lights)

    def provenance(self) -> View:
        """How this document was made: template, parameters, hashes and versions."""
        return self._view(lambda case: registers.provenance(case, self._digests()))

    def situation(self) -> View:
        """Where the client stands, in the parameter file's words."""
        return View(story.situation(self.study))

    def maturity(self) -> View:
        """Where the client stands on the scales of its type of case, and what the next step takes."""
        return View(maturity.maturity(self.study))

    def goals(self) -> View:
        """What the client wants to reach, and the KPIs that show it."""
        return View(story.goals(self.study))

    def strategy(self) -> View:
        """How the client means to reach it."""
        return View(story.strategy(self.study))

    def competitors(self) -> View:
        """What named competitors do better, and the steps that close the gaps."""
        return View(story.competitors(self.study))

    def next_steps(self) -> View:
        """What is to be done, by whom and by when: a roadmap by quarter where the steps have dates."""
        return View(roadmap.next_steps(self.study))

    def _view(self, make: Callable[[Study], Component], *, record: bool = False) -> View:
        study = self.study
        if not study.ledger.counted:
            raise CaseError(
                "the case has no line to count\n  hint: add one with case.cost() or case.benefit()"
            )
        self.close()
        return View(make(study), record=self.record() if record else None)

    def _digests(self) -> dict[str, str]:
        return {**digests_of(self.parameters, self.study.before), **self.data.digests()}
