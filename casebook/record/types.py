"""The case record: everything that a case knows, for exporters, comparisons and all other readers of it.

Each field is a key of the JSON. Money is in the case's currency; shares are fractions; lists by year begin
with year 1, cash flows with the start. What does not exist is null, with the reason under `reasons`; what a
reader has to know beside a figure is under `notes`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from casebook.formula.trees import Tree
from casebook.record.analysis import (
    BreakEvenRecord,
    EvidenceRecord,
    FindingRecord,
    JointPriceRecord,
    MeasurementRecord,
    SimulationRecord,
)
from casebook.record.follow_up import FollowUpRecord
from casebook.record.options import OptionRecord
from casebook.record.values import (
    Amount,
    Months,
    Share,
    Within,
    Years,
    currency_rule,
    locale_rule,
)
from casebook.schema.headlines import Headline
from casebook.schema.typed_json import to_json

FORMAT: Literal["casebook.record"] = "casebook.record"
VERSION = 1
"""Of the records that this casebook writes, and of the newest that it reads."""

Side = Literal["benefit", "cost"]


@dataclass(frozen=True, kw_only=True)
class TemplateRecord:
    """The type of case."""

    name: str
    title: str | None


@dataclass(frozen=True, kw_only=True)
class LogoRecord:
    """An image: what is in its file, in base64."""

    media_type: str
    data: str


@dataclass(frozen=True, kw_only=True)
class ClientRecord:
    """Who the case is for."""

    name: str
    colour: str | None
    logo: LogoRecord | None


@dataclass(frozen=True, kw_only=True)
class ParametersRecord:
    """The parameter file."""

    values: Mapping[str, Any]
    text: str | None
    """Its own text; null where the case was run without the file."""


@dataclass(frozen=True, kw_only=True)
class DocumentRecord:
    """What stands on the cover, and how pages are set, as far as the parameter file says."""

    date: str | None = None
    author: str | None = None
    confidentiality: str | None = None
    paper: str | None = None
    fonts: str | None = None
    headline: Headline | None = None
    """The net present value that leads, where the parameter file says so."""


@dataclass(frozen=True, kw_only=True)
class InputRecord:
    """An input with its value and how it is known."""

    label: str
    unit: str
    value: Amount | None
    """The likely value; null where an optional input was not given."""
    low: Amount | None
    """The 5th percentile."""
    high: Amount | None
    """The 95th percentile."""
    distribution: str | None
    bounds: tuple[float | None, float | None] | None
    """What the type of case admits."""
    group: str | None
    role: str | None
    scaled_by: str | None
    """The ramp that the input is planned and observed with."""
    whole: str | None
    """What the input is a share of, together with others."""
    source: str | None
    evidence: str | None
    """How it is known: measured, stated, benchmark or assumption."""
    note: str | None
    origin: str | None
    override: bool = False
    """Whether the value stands although another one was measured."""


@dataclass(frozen=True, kw_only=True)
class FormulaRecord:
    """A formula as a reader meets it."""

    words: str
    numbers: str
    result: str


@dataclass(frozen=True, kw_only=True)
class FormulasRecord:
    """The formulas of a line's money."""

    start: FormulaRecord | None = None
    annual: FormulaRecord | None = None


@dataclass(frozen=True, kw_only=True)
class TreesRecord:
    """What is counted of a line, claims on pools kept within them: its money as trees."""

    start: Tree | None
    annual: Tree | None


@dataclass(frozen=True, kw_only=True)
class AmountRecord:
    """An amount that is recorded and not counted as money."""

    tree: Tree
    value: tuple[float, ...]
    """One number, or one a year."""
    unit: str


@dataclass(frozen=True, kw_only=True)
class LineRecord:
    """A line with money, positive for costs as for benefits."""

    id: str
    side: Side
    key: str | None = None
    """What refers to the line, whatever its name is; records of 0.1 have none."""
    name: str
    kind: str | None
    category: str | None
    start: float
    annual: tuple[float, ...]
    formulas: FormulasRecord
    trees: TreesRecord
    inputs: tuple[str, ...]
    """The inputs that it rests on."""
    risk: AmountRecord
    """The share that the risk-adjusted case takes off a benefit, or puts on a cost."""
    ramp: Tree | None
    causal_share: Tree | None
    claims: Mapping[str, AmountRecord]
    """What it claims of each pool."""
    touched: AmountRecord | None
    """How much of its kind the line reaches, such as contacts."""
    hours: AmountRecord | None = None
    """Of freed capacity, the working time behind it, in hours/year."""
    alternative_to: str | None
    not_in_figure: str | None
    """Why it is not counted."""
    note: str | None


@dataclass(frozen=True, kw_only=True)
class LeftOutRecord:
    """A line that is off, since optional inputs were not given."""

    side: Side
    key: str | None = None
    name: str
    missing: tuple[str, ...]
    note: str | None


@dataclass(frozen=True, kw_only=True)
class StepRecord(FormulaRecord):
    """A part of formulas that has a name."""

    label: str
    unit: str
    tree: Tree


@dataclass(frozen=True, kw_only=True)
class PoolRecord:
    """What lines can claim only once."""

    key: str | None = None
    """Pools of two cases with one key are the same."""
    name: str
    size: AmountRecord
    claimed: AmountRecord
    share: str
    """Label of the step that every claim is times."""
    lines: tuple[str, ...]
    capped: bool
    """Whether more was claimed than there is, in some year."""


@dataclass(frozen=True, kw_only=True)
class WholeRecord:
    """Inputs that are shares of one whole."""

    name: str
    inputs: tuple[str, ...]
    scaled: Share | None
    """Share of draws in which they were scaled down to the whole; null without draws."""


@dataclass(frozen=True, kw_only=True)
class ReleaseRecord:
    """The net present value with a share of the freed capacity counted."""

    share: tuple[float, ...]
    """One a year."""
    net_present_value: float
    expected_net_present_value: float | None
    """The mean of the simulated outcomes; null where no input has a range."""
    risk_adjusted_net_present_value: float


@dataclass(frozen=True, kw_only=True)
class FreedCapacityRecord:
    """Time that the case frees: what it is in people, and what becomes cash of it."""

    hours: tuple[float, ...] | None
    """Of all lines that state them; null where none does."""
    full_time_equivalents: tuple[float, ...] | None
    """Null without hours, or where it is not known what an employee is paid for."""
    paid_hours: tuple[float, ...] | None
    """Hours a year that an employee is paid for."""
    released_share: tuple[float, ...] | None
    """Share for which positions are given up or left open; null where it is not stated."""
    counted: ReleaseRecord
    """As in the figure: all of it."""
    released: ReleaseRecord | None
    """At the released share."""
    without: ReleaseRecord


@dataclass(frozen=True, kw_only=True)
class FlowRecord:
    """Money from the start on, by year."""

    benefits: tuple[float, ...]
    costs: tuple[float, ...]
    net: tuple[float, ...]
    cumulative: tuple[float, ...]
    """The running total of `net`, undiscounted."""


@dataclass(frozen=True, kw_only=True)
class FiguresRecord:
    """The figures of a case; what does not exist is null."""

    net_present_value: float
    return_on_investment: float | None
    payback_months: Months | None
    internal_rate_of_return: float | None
    present_value_of_benefits: float
    present_value_of_costs: float
    benefit_cost_ratio: float | None
    discounted_payback_months: Months | None
    probability_of_loss: Share | None
    expected_net_present_value: float | None = None
    """The mean of the simulated outcomes."""
    reasons: Mapping[str, str] = field(default_factory=dict)
    """Why a figure does not exist, by its name."""
    notes: Mapping[str, str] | None = None
    """What has to be known beside a figure, by its name."""


@dataclass(frozen=True, kw_only=True)
class ResultRecord(FiguresRecord):
    """The figures at likely values, and with risk."""

    risk_adjusted: FiguresRecord
    """Each benefit lowered and each cost raised by its line's risk."""


@dataclass(frozen=True, kw_only=True)
class ScenarioRecord:
    """The result with some inputs at other values."""

    name: str
    note: str | None
    values: Mapping[str, Amount]
    result: ResultRecord


@dataclass(frozen=True, kw_only=True)
class ObjectionRecord:
    """The result if the open finding that takes most away is right."""

    rule: str
    title: str
    about: str | None
    """The line, input or pool it is about."""
    result: ResultRecord


@dataclass(frozen=True, kw_only=True)
class KpiRecord:
    """A measure of progress, as a reader meets it; null where nothing is known."""

    key: str
    """What refers to it, whatever its name is."""
    name: str
    watches: str | None
    """The label of the input, or the name of the line, whose plan is its target."""
    baseline: str | None
    target: str | None
    by: str | None
    source: str | None
    actual: str | None
    status: str | None


@dataclass(frozen=True, kw_only=True)
class ProvenanceRecord:
    """What the case was computed from."""

    digests: Mapping[str, str]
    """Of template, parameters and data."""
    versions: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Record:
    """A case record."""

    format: Literal["casebook.record"] = FORMAT
    version: Annotated[int, Within(1, VERSION, f"a version from 1 to {VERSION}")] = VERSION
    template: TemplateRecord
    title: str | None
    currency: Annotated[str, currency_rule]
    locale: Annotated[str, locale_rule]
    years: Years
    start: str | None
    """The first month of year 1, where it matters."""
    discount_rate: Share
    client: ClientRecord
    decision: str | None
    """The sentence that says what is to be decided."""
    decided: str | None = None
    """The key of the option that is asked for; records of 0.1 know no options."""
    recommended: str | None = None
    """The key of the option that the figures recommend."""
    reason: str | None = None
    """Why another one is asked for, as the parameter file says it."""
    horizon: str | None
    """The number of years in words."""
    parameters: ParametersRecord = field(default_factory=lambda: ParametersRecord(values={}, text=None))
    target_return: float | None = None
    """The return on investment that is asked for."""
    story: Mapping[str, Any] = field(default_factory=dict)
    """As the parameter file has it."""
    kpis: tuple[KpiRecord, ...] = ()
    document: DocumentRecord = field(default_factory=DocumentRecord)
    inputs: Mapping[str, InputRecord]
    lines: tuple[LineRecord, ...]
    not_in_figure: tuple[LineRecord | LeftOutRecord, ...] = ()
    steps: tuple[StepRecord, ...]
    """Each before those that use it, and before the lines."""
    pools: tuple[PoolRecord, ...] = ()
    wholes: tuple[WholeRecord, ...] = ()
    cash_flow: FlowRecord
    risk_adjusted_cash_flow: FlowRecord | None
    freed_capacity: FreedCapacityRecord | None = None
    """Null where no counted benefit is of that kind."""
    result: ResultRecord
    simulation: SimulationRecord | None
    """Null where no input has a range."""
    break_even: tuple[BreakEvenRecord, ...] = ()
    scenarios: tuple[ScenarioRecord, ...] = ()
    options: tuple[OptionRecord, ...] = ()
    """Doing nothing first, the whole last."""
    follow_up: FollowUpRecord | None
    """Null where the parameter file has no actuals."""
    review: tuple[FindingRecord, ...] = ()
    """The strongest objection first."""
    joint_price: JointPriceRecord | None = None
    """Null where fewer than two open findings change the case."""
    objection: ObjectionRecord | None = None
    """Null where none does."""
    measurements: Mapping[str, MeasurementRecord] = field(default_factory=dict)
    overridden_measurements: Mapping[str, MeasurementRecord] = field(default_factory=dict)
    """Measurements of inputs that stand as they were set."""
    evidence: EvidenceRecord | None
    provenance: ProvenanceRecord | None

    @property
    def beside(self) -> tuple[LineRecord, ...]:
        """The lines that are shown and not counted."""
        return tuple(line for line in self.not_in_figure if isinstance(line, LineRecord))

    @property
    def left_out(self) -> tuple[LeftOutRecord, ...]:
        """The lines that are off."""
        return tuple(line for line in self.not_in_figure if isinstance(line, LeftOutRecord))

    def to_json(self) -> dict[str, Any]:
        """The record as JSON, which `casebook.record.parsing` reads back."""
        written: dict[str, Any] = to_json(self)
        return written
