"""A client's parameters, checked: from a YAML file, or from the names of a notebook's parameters cell.

Everything that is wrong is reported at once, each problem with its line, before anything is computed. What
comes through is complete: every input has a value or is an optional one that was left out.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from casebook.errors import InputError
from casebook.parameters.actuals import ACTUALS_KEYS, Actuals, Approved, read_actuals, read_approved
from casebook.parameters.correlations import Correlations, read_correlations
from casebook.parameters.data import DataSource, read_data
from casebook.parameters.injection import injected
from casebook.parameters.inputs import InputValue, expected, left_out, read_inputs, sound
from casebook.parameters.overrides import apply_overrides, override_template
from casebook.parameters.periods import Month
from casebook.parameters.rules import read_review
from casebook.parameters.scenarios import Scenario, read_scenarios
from casebook.parameters.sections import (
    CLIENT_KEYS,
    DOCUMENT_KEYS,
    STORY_KEYS,
    Client,
    read_client,
    read_document,
    read_locale,
    read_month,
    read_story,
)
from casebook.reading.checking import Checker
from casebook.reading.plain_values import plain_copy
from casebook.reading.wording import display, listed, show
from casebook.reading.yaml_source import REFUSED, read_yaml
from casebook.templates import (
    MOST_YEARS,
    PARAMETER_NAMES,
    InputDeclaration,
    Template,
    locate_template,
    read_limited,
    read_template,
    template_folders,
)

__all__ = ["Client", "InputValue", "Parameters", "Scenario", "parse_parameters", "read_parameters"]

DEFAULT_YEARS = 3
DEFAULT_DISCOUNT_RATE = 0.1

_SECTION_KEYS = {
    "client": CLIENT_KEYS,
    "document": DOCUMENT_KEYS,
    "story": STORY_KEYS,
    "actuals": ACTUALS_KEYS,
}


@dataclass(frozen=True)
class Parameters:
    """All that a case is computed from."""

    template: Template
    client: Client
    currency: str
    """ISO 4217 code."""
    locale: str
    """Known to Babel."""
    years: int
    start: Month | None
    """The first month of year 1; None where the case has no date."""
    discount_rate: float
    """A share a year: 0.1 is 10%."""
    inputs: dict[str, InputValue]
    """In the order of inputs.yaml; an optional input that was left out is not in it."""
    scenarios: dict[str, Scenario]
    """By name, in the order of the file."""
    correlations: Correlations
    """Rank correlation (-1 to 1) of two inputs that vary, each pair once; together they are possible."""
    data: dict[str, DataSource]
    """The client's own data by name, from which inputs are measured."""
    actuals: Actuals | None
    """What was measured after approval; None where nothing was."""
    approved: Approved | None
    """The record of the case as it was approved; None where none is kept."""
    review: dict[str, str]
    """The answers to findings, by the id of the rule (`casebook.parameters.rules.RULE_IDS`)."""
    story: dict[str, Any]
    """Text throughout; lists of text (goals, strategy) and lists of mappings (kpis …) among it."""
    document: dict[str, Any]
    values: dict[str, object]
    """The keys that were given, as plain values with overrides applied, for papermill to inject."""
    text: str | None
    """The parameter file's own text; None where there is no file."""
    path: Path | None


def read_parameters(path: Path, *, overrides: Mapping[str, str] | None = None) -> Parameters:
    """The parameters in a file, with the values of `--set name=value` in place of the file's own.

    An input that is set by its name alone loses its range and its correlations for that run; `name.low`,
    `name.high` and `name.distribution` set the range.

    Raises InputError with everything that is wrong, in the order of the file, then of the overrides.
    """
    path = Path(path)
    data = read_limited(path)
    source = read_yaml(data)
    checker = Checker(display(path), source)
    values = source.value
    if not source.complete or not isinstance(values, dict):
        if source.complete and values is not REFUSED:
            hint = "write one name: value a line"
            checker.add((), f"the file holds {show(values)}; a mapping of parameters is needed", hint)
        checker.raise_problems()
        values = {}
    text = data.decode("utf-8-sig")
    reader = _Reader(checker, dict(values), path.parent, overrides or {}, text=text, path=path)
    return reader.read()


def parse_parameters(values: Mapping[str, object], *, folder: Path) -> Parameters:
    """The parameters in a mapping, as a notebook's cell gives them; paths start at `folder`.

    The same checks as for a file. Where `inputs` is empty the template is untouched, and stands on its
    example values. Raises InputError with everything that is wrong.
    """
    checker = Checker("parameters")
    plain = plain_copy(checker, dict(values))
    checker.raise_problems()
    assert isinstance(plain, dict)
    return _Reader(checker, plain, Path(folder), {}, text=None, path=None).read()


class _Reader:
    """One pass over the values of a file or a cell."""

    def __init__(
        self,
        checker: Checker,
        values: dict[str, object],
        folder: Path,
        overrides: Mapping[str, str],
        *,
        text: str | None,
        path: Path | None,
    ) -> None:
        self.checker = checker
        self.values = values
        self.folder = folder
        self.overrides = overrides
        self.text = text
        self.path = path

    def read(self) -> Parameters:
        checker, values = self.checker, self.values
        override_template(checker, values, self.overrides)
        template = self._template()
        apply_overrides(checker, values, self.overrides, self._declared(template))
        self._check_names(tuple(template.inputs) if template else ())
        currency = checker.currency(("currency",), values.get("currency", "USD"))
        locale = read_locale(checker, values.get("locale", "en_US"))
        years = self._years()
        start = self._start()
        rate = self._discount_rate()
        client, plain_client = self._client()
        data = read_data(checker, self._section("data"), self.folder)
        inputs = self._inputs(template, years, currency)
        scenarios, correlations, actuals = self._around(template, years, inputs, start)
        approved = read_approved(checker, self._section("actuals"), self.folder)
        review = read_review(checker, self._section("review"))
        story = read_story(checker, self._section("story"))
        document = read_document(checker, self._section("document"), self.folder)
        checker.raise_problems()
        # No problem was noted, so nothing above is None.
        assert template and client and currency and locale and years and rate is not None
        texts: dict[str, Mapping[str, object]] = {
            "client": plain_client,
            "story": story,
            "document": document,
            "review": review,
        }
        return Parameters(
            template=template,
            client=client,
            currency=currency,
            locale=locale,
            years=years,
            start=start,
            discount_rate=rate,
            inputs=inputs,
            scenarios=scenarios,
            correlations=correlations,
            data=data,
            actuals=actuals,
            approved=approved,
            review=review,
            story=story,
            document=document,
            values=injected(
                values,
                inputs=inputs,
                scenarios=scenarios,
                actuals=actuals,
                approved=approved,
                texts=texts,
            ),
            text=self.text,
            path=self.path,
        )

    def _declared(self, template: Template | None) -> dict[str, InputDeclaration] | None:
        """What the template asks of a case in this currency; None where it is not known."""
        currency = self.overrides.get("currency", self.values.get("currency", "USD"))
        if template is None:
            return None
        return {name: item.in_currency(currency) for name, item in template.inputs.items()}

    def _section(self, name: str) -> object:
        """A mapping of the file; a heading with nothing under it counts as an empty one."""
        value = self.values.get(name)
        return {} if value is None else value

    def _template(self) -> Template | None:
        place = ("template",)
        if "template" not in self.values:
            names = listed(template_folders(self.folder)) or "the path of a template's folder"
            self.checker.add((), "template is missing", f"add template: with one of {names}")
            return None
        name = self.checker.text(place, self.values["template"], one_line=True)
        if name is None:
            return None
        if Path(name).is_absolute():
            message = f"template is {show(name)}; a name, or a path relative to this file's folder, is needed"
            self.checker.add(place, message)
            return None
        try:
            folder = locate_template(name, start=self.folder)
        except InputError as error:
            for problem in error.problems:
                self.checker.add(place, problem.message, problem.hint)
            return None
        try:
            return read_template(folder)
        except InputError as error:
            self.checker.add_problems(error.problems, first=True)
            return None

    def _check_names(self, inputs: tuple[str, ...]) -> None:
        for name in self.values:
            if name in PARAMETER_NAMES:
                continue
            if name in inputs:
                message = f"{name} stands at the top level, but is an input"
                self.checker.add((name,), message, f"{name} belongs under inputs:")
                continue
            section = next((key for key, keys in _SECTION_KEYS.items() if name in keys), None)
            hint = f"{name} belongs under {section}:" if section else None
            hint = hint or self.checker.suggest(name, PARAMETER_NAMES)
            self.checker.add((name,), f"no parameter is called {show(name)}", hint)

    def _years(self) -> int | None:
        value = self.values.get("years", DEFAULT_YEARS)
        rule = f"a whole number from 1 to {MOST_YEARS}"
        number = self.checker.number(("years",), value, bounds=(1, MOST_YEARS), rule=rule)
        if number is not None and number != int(number):
            self.checker.add(
                ("years",), f"years is {self.checker.shown(('years',), value)}; {rule} is needed"
            )
            return None
        return int(number) if number is not None else None

    def _start(self) -> Month | None:
        value = self.values.get("start")
        return None if value is None else read_month(self.checker, ("start",), value)

    def _discount_rate(self) -> float | None:
        value = self.values.get("discount_rate", DEFAULT_DISCOUNT_RATE)
        rule = "a share from 0 to 1"
        return self.checker.number(("discount_rate",), value, unit="share", bounds=(0, 1), rule=rule)

    def _client(self) -> tuple[Client | None, dict[str, object]]:
        if "client" not in self.values:
            self.checker.add((), "client is missing", "add client: with the client's name: under it")
            return None, {}
        return read_client(self.checker, self.values["client"], self.folder)

    def _inputs(
        self, template: Template | None, years: int | None, currency: str | None
    ) -> dict[str, InputValue]:
        value = self._section("inputs")
        if template is None:
            self.checker.mapping(("inputs",), value, None)
            return {}
        data = self._data_names()
        untouched = self.path is None and value == {} and not data
        misplaced = {name for name in self.values if name in template.inputs}
        around: dict[str, Any] = {
            "currency": currency,
            "untouched": untouched,
            "misplaced": misplaced,
            "data": data,
        }
        return read_inputs(self.checker, template, value, years, self.folder, **around)

    def _data_names(self) -> set[str]:
        data = self._section("data")
        return set(data) if isinstance(data, dict) else set()

    def _around(
        self, template: Template | None, years: int | None, inputs: dict[str, InputValue], start: Month | None
    ) -> tuple[dict[str, Scenario], Correlations, Actuals | None]:
        """Scenarios, correlations and actuals, which say more about inputs."""
        checker = self.checker
        sections = [self._section(name) for name in ("scenarios", "correlations")]
        if template is None:
            for name, section in zip(("scenarios", "correlations"), sections, strict=True):
                checker.mapping((name,), section, None)
            return {}, {}, self._actuals(None, years, inputs, start, ())
        given, measured = self._section("inputs"), expected(template, self._data_names(), inputs)
        out = left_out(template, inputs, given) - measured.keys()
        likely = {name: value.value for name, value in inputs.items()}
        scenarios = read_scenarios(checker, template, sections[0], years, likely=likely, left_out=out)
        actuals = self._actuals(template, years, inputs, start, out)
        ranged = sound(inputs, given) | measured
        return scenarios, read_correlations(checker, template, sections[1], ranged, out), actuals

    def _actuals(
        self,
        template: Template | None,
        years: int | None,
        inputs: dict[str, InputValue],
        start: Month | None,
        left_out: Collection[str],
    ) -> Actuals | None:
        is_dated = self.values.get("start") is not None
        return read_actuals(
            self.checker,
            template,
            self._section("actuals"),
            start=start,
            is_dated=is_dated,
            years=years,
            inputs=inputs,
            left_out=left_out,
        )
