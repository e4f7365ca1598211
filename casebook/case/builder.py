"""A case under construction: what a notebook calls to add lines and pools, checked as it is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from casebook.case.case import Case, Check, Inputs
from casebook.case.line import CATEGORIES, FREED_CAPACITY, KINDS, LeftOut, Line, Pool, one_of
from casebook.case.running_totals import refuse_ramp_on_a_stock
from casebook.case.scaling import refuse_products
from casebook.errors import CaseError
from casebook.formula.evaluation import evaluate, total
from casebook.formula.expression import (
    Constant,
    Display,
    Expression,
    Frame,
    Input,
    Year,
    as_expression,
    check_constant,
    inputs_of,
    operation,
    walk,
)
from casebook.formula.units import consistent, hours_a_year, in_unit, unit_of
from casebook.schema.inputs import InputValue
from casebook.schema.parameters import Parameters
from casebook.schema.reference_keys import new_key
from casebook.schema.share_totals import ROUNDING


class CaseBuilder:
    """Adds costs, benefits and pools, and lets measured values stand for inputs; `build` gives the case.

    Once `close` was called, because a view has shown a figure, nothing can be added, so that nothing shown
    earlier is contradicted by what is shown later.
    """

    def __init__(self, parameters: Parameters, display: Display | None = None) -> None:
        self.parameters = parameters
        self.frame = Frame(parameters.years, parameters.currency, display)
        self.year: Expression = Year(self.frame)
        self.inputs = Inputs.of(parameters, self.frame)
        self._lines: list[Line] = []
        self._left_out: list[LeftOut] = []
        self._pools: list[Pool] = []
        self._checks: list[Check] = []
        self._before: dict[str, InputValue | None] = {}
        self._measured: dict[str, Mapping[str, Any]] = {}
        self._overridden: dict[str, Mapping[str, Any]] = {}
        self._is_closed = False
        self._case: Case | None = None

    def build(self) -> Case:
        """The case as it stands: the same object for as long as nothing is added."""
        if self._case is None:
            self._case = Case(
                parameters=self.parameters,
                inputs=self.inputs,
                lines=tuple(self._lines),
                left_out=tuple(self._left_out),
                pools=tuple(self._pools),
                checks=tuple(self._checks),
                before=dict(self._before),
                measured=dict(self._measured),
                overridden=dict(self._overridden),
            )
        return self._case

    def close(self) -> None:
        """Let nothing be added any more."""
        self._is_closed = True

    def cost(
        self,
        name: str,
        *,
        category: str,
        key: str | None = None,
        annual: Any = None,
        start: Any = None,
        risk: Any = 0.0,
        when: Sequence[Expression] = (),
        note: str | None = None,
    ) -> None:
        """Add a cost: `annual` in currency/year, `start` in currency (once, undiscounted), both positive.

        Raises CaseError where an amount is below zero at likely values: a saving is a benefit.
        `category` is one of people, technology, start-up, training, content, change, other. `risk` raises it
        in the risk-adjusted case. `when` names the optional inputs that switch the line on: with none of them
        given it is listed as not in the figure, with some of them given the others are asked for. A formula
        in `when` is a condition: without one of its inputs the line is listed as not in the figure, whatever
        else is given; `any_of` names several ways to meet it. `key` is what a parameter file, other lines and
        later versions of the case refer to; it is made of the name where none is given, so give one before a
        name is reworded.
        """
        one_of(category, CATEGORIES, f"category of cost '{name}'")
        self._add("cost", name, key, when, note, annual, start, risk, category=category)

    def benefit(
        self,
        name: str,
        *,
        kind: str,
        key: str | None = None,
        annual: Any = None,
        start: Any = None,
        ramp: Any = None,
        causal_share: Any = None,
        risk: Any = 0.0,
        pool: Pool | Mapping[Pool, Any] | None = None,
        claim: Any = None,
        touched: Any = None,
        hours: Any = None,
        alternative_to: str | None = None,
        when: Sequence[Expression] = (),
        not_in_figure: str | None = None,
        note: str | None = None,
    ) -> None:
        """Add a benefit: `annual` in currency/year, before `ramp` and `causal_share`, which multiply it.

        `start` is money in currency that comes in once, at the start, such as the price of a machine that is
        sold: undiscounted, one amount, and neither ramp, causal share nor pool act on it. Amounts are
        positive; one may be below zero in some year or at the start, where two systems run side by side, say.
        It lowers the benefits, its risk lowers it further, and the review names it (`negative-benefit`).

        `kind` is one of margin, cash saving, avoided cost, freed capacity. `ramp` is the share adopted by
        year; `causal_share` the share of an observed difference that the investment causes. `claim` is what
        the line takes of `pool`, in the pool's unit, before `ramp` and `causal_share`; a line that takes from
        several is given them with its claims, `pool={contacts: asked, sessions: read}`, and counts at the
        smallest share that one of them leaves it. `touched` counts what the investment reaches; `hours` is
        the working time behind freed capacity (hours/year, minutes/month), before ramp and causal share; it
        is left out where one of its inputs is not given. `alternative_to` is the key or name of a line that
        can't count beside this one. `not_in_figure` gives the reason why a line is shown but not counted.
        `risk`, `when` and `key` are as for a cost.
        """
        one_of(kind, KINDS, f"kind of benefit '{name}'")
        if hours is not None and kind != FREED_CAPACITY:
            raise CaseError(
                f"Benefit '{name}' has hours, and its kind is {kind}\n"
                f"  hint: hours stand behind {FREED_CAPACITY}; leave them out elsewhere"
            )
        self._add(
            "benefit",
            name,
            key,
            when,
            note,
            annual,
            start,
            risk,
            kind=kind,
            ramp=ramp,
            causal_share=causal_share,
            pool=pool,
            claim=claim,
            touched=touched,
            hours=hours,
            alternative_to=alternative_to,
            not_in_figure=not_in_figure,
        )

    def pool(self, name: str, *, size: Any, key: str | None = None) -> Pool:
        """Name an amount that several benefits draw on, so that it can't be claimed twice.

        `key` says that pools of several cases are the same; it is made of the name where none is given.
        """
        if any(pool.name == name for pool in self._pools):
            raise CaseError(f"pool '{name}' already exists\n  hint: use the one that case.pool() returned")
        key = new_key(key, name, {pool.key for pool in self._pools}, f"pool '{name}'")
        parse_unit_of(as_expression(size), f"pool '{name}'")
        added = Pool(key, name, consistent(as_expression(size)))
        self._case = None
        self._pools.append(added)
        return added

    def check(
        self,
        key: str,
        *,
        planned: Any,
        needed: Any,
        inputs: Mapping[str, Any],
        tolerance: float = 0.05,
        note: str | None = None,
    ) -> None:
        """Hold what is planned of something against what is needed of it, such as the size of a team.

        `key` is declared, with its title, under `checks` of inputs.yaml. `planned` and `needed` have
        one unit. Where they differ by more than `tolerance`, a share of what is needed, in any year, the
        review has a finding: a surplus, or a shortfall. `inputs` names the inputs that would then differ,
        each with what it would be (kept within its bounds), which gives the finding its price. `note` is
        added to its text as it stands. A check without one of its inputs is left out. Call it before the
        first view.
        """
        declared = self.parameters.template
        if key not in declared.checks:
            raise CaseError(
                f"no check is called '{key}'\n"
                f"  hint: declare it under checks: in inputs.yaml of {declared.name}, with title and settle"
            )
        if any(check.key == key for check in self._checks):
            raise CaseError(f"check '{key}' already exists\n  hint: give each check an id of its own")
        if self._is_closed:
            raise CaseError(
                f"check '{key}' comes after a view has shown the result\n  hint: put it before it"
            )
        strangers = [name for name in inputs if name not in declared.inputs]
        if strangers:
            raise CaseError(
                f"check '{key}' changes {', '.join(strangers)}, which inputs.yaml doesn't declare"
            )
        changed = {name: as_expression(value) for name, value in inputs.items()}
        parts = [as_expression(planned), as_expression(needed)]
        if not all(part.given for part in (*parts, *changed.values())):
            return
        for name, value in changed.items():
            in_unit(value, declared.inputs[name].unit, what=f"{name} of check '{key}'")
        compared = in_unit(parts[1], unit_of(parts[0]), what=f"needed of check '{key}'")
        self._case = None
        self._checks.append(Check(key, parts[0], compared, changed, tolerance, note))

    def replace_input(self, name: str, given: InputValue, about: Mapping[str, Any]) -> None:
        """Let a measured value stand for an input; `about` says for the record how it was measured.

        An input that is overridden stands as it was set. Raises CaseError once a line or a pool uses the
        input, or a view has shown it.
        """
        self._case = None
        before = self.parameters.inputs.get(name)
        if before is not None and before.override:
            self._overridden[name] = about
            return
        user = self._user_of(name)
        if user is not None:
            raise CaseError(
                f"{name} is measured after {user} has used or shown it\n"
                "  hint: put case.measure() into a cell before the lines, and run the notebook again"
            )
        declared = self.parameters.template.inputs
        values = {**self.parameters.inputs, name: given}
        ordered = {key: values[key] for key in declared if key in values}
        self.parameters = replace(self.parameters, inputs=ordered)
        getattr(self.inputs, name).amount = given.value
        self._before.setdefault(name, before)
        self._measured[name] = about

    def _user_of(self, name: str) -> str | None:
        """What has used an input already: the first line or pool that names it, or a view."""
        for line in self._lines:
            parts = (*line.expressions, line.risk, *dict(line.claims).values(), line.touched, line.hours)
            if any(name in inputs_of(part) for part in parts if part is not None):
                return line.label
        for pool in self._pools:
            if name in inputs_of(pool.size):
                return f"pool '{pool.name}'"
        for left_out in self._left_out:
            if any(node.name == name for node in left_out.missing):
                return f"line '{left_out.name}'"
        return "a view" if self._is_closed else None

    def _add(
        self,
        side: Any,
        name: str,
        given_key: str | None,
        when: Sequence[Expression],
        note: str | None,
        annual: Any,
        start: Any,
        risk: Any,
        **declared: Any,
    ) -> None:
        label = f"{side.capitalize()} '{name}'"
        self._case = None
        self._refuse_late_or_double(name, label)
        lines: list[Line | LeftOut] = [*self._lines, *self._left_out]
        key = new_key(given_key, name, {line.key for line in lines}, label)
        amounts = [as_expression(amount) for amount in (start, annual) if amount is not None]
        missing = self._missing(when, amounts, label)
        if missing:
            self._left_out.append(LeftOut(side, key, name, missing, note))
            return
        if not amounts:
            raise CaseError(f"{label} has no amount\n  hint: give annual=… or start=…")
        line = Line(
            side=side,
            key=key,
            name=name,
            kind=declared.get("kind"),
            category=declared.get("category"),
            start=None if start is None else in_unit(as_expression(start), "currency", what=label),
            annual=None if annual is None else self._annual(annual, declared, label),
            risk=self._risk(risk, label),
            ramp=_optional(declared.get("ramp")),
            causal_share=_optional(declared.get("causal_share")),
            claims=self._claims(declared.get("pool"), declared.get("claim"), label),
            touched=None
            if declared.get("touched") is None
            else consistent(as_expression(declared["touched"])),
            hours=self._hours(declared, label),
            alternative_to=declared.get("alternative_to"),
            not_in_figure=declared.get("not_in_figure"),
            note=note,
        )
        refuse_products(line, self.parameters.template.inputs)
        refuse_ramp_on_a_stock(line, self.parameters.template.inputs, self.frame.years)
        self._check_parts(line)
        line.flow(self.frame.years)  # what can't be computed is said in the cell that wrote it
        self._lines.append(line)

    def _check_parts(self, line: Line) -> None:
        """Refuse money in another currency, and shares that were measured as more than their whole."""
        for node in (node for part in line.expressions for node in walk(part)):
            if isinstance(node, Constant):
                check_constant(node, self.frame)
            elif isinstance(node, Input) and node.whole and np.any(total(node.whole, {}) > 1 + ROUNDING):
                raise CaseError(
                    f"{line.label}: {_listing(node.whole.shares)} add up to more than 100% of "
                    f"{node.whole.name}\n  hint: see how each of them was measured"
                )

    def _refuse_late_or_double(self, name: str, label: str) -> None:
        again = "\n  hint: run the notebook again from the cell that says Case.from_parameters"
        if name in [line.name for line in self._lines] + [line.name for line in self._left_out]:
            raise CaseError(f"{label} already exists; line names must be unique{again}")
        if self._is_closed:
            raise CaseError(
                f"{label} comes after a view has shown the result{again}, with all lines before it"
            )

    def _missing(
        self, when: Sequence[Expression], amounts: Sequence[Expression], label: str
    ) -> tuple[Input, ...]:
        """What a line that is off lacks, in its `when` and then in its amounts; nothing where it is on."""
        declared = self.parameters.template.inputs
        switches = [node for node in when if isinstance(node, Input)]
        # A default in another currency is none, so that an input may be missing that is no switch.
        missing = _without_value(switches)
        given = [node.name for node in switches if node.given and declared[node.name].optional]
        is_met = all(node.given for node in when if not isinstance(node, Input))
        if not (is_met and missing and given):
            return () if is_met and not missing else tuple(_without_value([*when, *amounts]))
        raise CaseError(
            f"{label} has {', '.join(given)} but lacks {_listing(missing)}\n"
            "  hint: give all of them under inputs: in the parameter file, or none"
        )

    def _annual(self, annual: Any, declared: dict[str, Any], label: str) -> Expression:
        return in_unit(self._effective(annual, declared, label), "currency/year", what=label)

    def _hours(self, declared: dict[str, Any], label: str) -> Expression | None:
        """The working time behind a line; None where it is not stated, or an input of it is not given."""
        hours = declared.get("hours")
        if hours is None or not as_expression(hours).given:
            return None
        stated = hours_a_year(as_expression(hours), what=f"hours of {label}")
        expression = self._effective(stated, declared, label)
        values = evaluate(expression, self.frame.years)
        if not np.isfinite(values).all():
            raise CaseError(
                f"hours of {label} have no finite value\n"
                "  hint: look for a division by zero or a power that grows without end"
            )
        return expression

    def _effective(self, amount: Any, declared: dict[str, Any], label: str) -> Expression:
        """What a line says before ramp and causal share, times both."""
        expression = as_expression(amount)
        for key in ("ramp", "causal_share"):
            if declared.get(key) is not None:
                factor = as_expression(declared[key])
                in_unit(factor, "share", what=f"{key} of {label}")
                expression = operation("*", expression, factor)
        return expression

    def _claims(self, pool: Any, claim: Any, label: str) -> tuple[tuple[Pool, Expression], ...]:
        """What a line takes of each pool, in the pool's unit."""
        several = isinstance(pool, Mapping)
        if (claim is None) != (pool is None or several):
            raise CaseError(
                f"{label}: pool and claim go together\n"
                "  hint: give both, or neither; for several pools write pool={one: claim, other: claim}"
            )
        claims = pool if several else {} if pool is None else {pool: claim}
        if not all(isinstance(each, Pool) for each in claims):
            raise CaseError(f"{label}: pool is not a pool\n  hint: pass what case.pool() returned")
        return tuple(
            (each, in_unit(as_expression(taken), unit_of(each.size), what=f"claim of {label}"))
            for each, taken in claims.items()
        )

    def _risk(self, risk: Any, label: str) -> Expression:
        expression = in_unit(as_expression(risk), "share", what=f"risk of {label}")
        values = evaluate(expression, self.frame.years)
        if values.size != 1 or not 0 <= values[0] <= 1:
            raise CaseError(f"risk of {label} is {values.tolist()}; must be a share between 0 and 1")
        return expression


def parse_unit_of(expression: Expression, what: str) -> str:
    """The unit of an expression as text, with `what` in front of what is wrong with it."""
    try:
        return unit_of(expression)
    except CaseError as error:
        raise CaseError(f"{what}: {error}") from error


def _without_value(expressions: Iterable[Expression]) -> list[Input]:
    """The inputs that the expressions rest on and that have no value, each once."""
    nodes = {name: node for part in expressions for name, node in inputs_of(part).items()}
    return [node for node in nodes.values() if not node.given]


def _optional(value: Any) -> Expression | None:
    return None if value is None else as_expression(value)


def _listing(nodes: Iterable[Input]) -> str:
    return ", ".join(f"{node.name} ({node.label})" for node in nodes)
