"""What a sceptical reader would object to: one named rule for each objection.

Rules read what a template declares (kinds, categories, roles, pools, grades) and the figures; they know no
input and no line by name. A finding can be answered in the parameter file; the answer stands beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from casebook.analysis.analysis import Analysis
from casebook.case.case import Case
from casebook.formatting import Formatter
from casebook.presentation.case_formatter import formatter_of
from casebook.review import line_rules, result_rules

SEVERITIES = ("high", "medium", "low")

DATA_RULE = "rows-set-aside"
"""The rule on the client's data, which a run tells as well."""


@dataclass(frozen=True)
class Finding:
    """One objection, in plain words with its numbers."""

    rule: str
    severity: str
    about: str | None
    """The line or input it is about; None for the case as a whole."""
    text: str
    settle: str
    """What would settle it."""
    stake: float = 0.0
    """Present value of the benefits (or costs) it touches: which of two findings weighs more."""
    answer: str | None = None
    """What the parameter file says to it."""


@dataclass(frozen=True)
class Rule:
    """An objection that can be raised. `check` yields (about, text, stake) wherever it applies."""

    id: str
    severity: str
    title: str
    settle: str
    check: Callable[[Case, Analysis], Iterable[tuple[str | None, str, float]]]

    def findings(self, case: Case, analysis: Analysis) -> list[Finding]:
        """The places in a case where the rule applies."""
        return [
            Finding(self.id, self.severity, about, text, formatter_of(case).say(self.settle), stake)
            for about, text, stake in self.check(case, analysis)
        ]


RULES = (
    Rule(
        "still-an-example",
        "high",
        "Examples of the template",
        "The client's own figures, each with its source.",
        result_rules.still_an_example,
    ),
    Rule(
        "gains-at-revenue",
        "high",
        "Gains at revenue",
        "The contribution margin of an additional sale, from the client's accounts.",
        line_rules.at_revenue,
    ),
    Rule(
        "freed-capacity-as-cash",
        "medium",
        "Freed capacity counted as cash",
        "The positions that will not be filled, agreed with the budget holders.",
        line_rules.freed_capacity,
    ),
    Rule(
        "average-for-marginal-cost",
        "medium",
        "Average cost where marginal cost applies",
        "What one unit less saves in money: the cost that falls with volume, without overheads.",
        line_rules.average_cost,
    ),
    Rule(
        "negative-benefit",
        "medium",
        "Negative benefit",
        "A cost line for the loss, or a formula that never falls below zero.",
        line_rules.negative_benefit,
    ),
    Rule(
        "haircut-and-range",
        "low",
        "Haircut and range on the same line",
        "A risk adjustment or a range for each line, not both.",
        line_rules.haircut_and_range,
    ),
    Rule(
        "no-ramp",
        "medium",
        "No ramp-up",
        "An adoption share by year, from the pace of an earlier roll-out.",
        line_rules.no_ramp,
    ),
    Rule(
        "single-point",
        "medium",
        "Inputs without a range",
        "A low and a high value for each, wide enough to hold nine of ten outcomes.",
        result_rules.single_point,
    ),
    Rule(
        "no-source",
        "medium",
        "Inputs without a source",
        "A document and page, or a published source; otherwise the grade “assumption”.",
        result_rules.no_source,
    ),
    Rule(
        DATA_RULE,
        "medium",
        "Data left out or in doubt",
        "The data in a form that can be read, or the reason why what is left out does not matter.",
        result_rules.rows_set_aside,
    ),
    Rule(
        "causal-share-unquestioned",
        "high",
        "Cause taken for granted",
        "A comparison with a holdout group, or a share below 100 % until then.",
        line_rules.causal_share,
    ),
    Rule(
        "overlapping-benefits",
        "medium",
        "Benefits that overlap",
        "A count of what falls under more than one line.",
        line_rules.overlap,
    ),
    Rule(
        "claim-over-pool",
        "high",
        "Claims beyond the pool",
        "Smaller claims, or proof that the pool is larger.",
        line_rules.over_pool,
    ),
    Rule(
        "retention-and-lifetime-value",
        "high",
        "Retention and lifetime value both counted",
        "One of the two lines.",
        line_rules.retention_and_lifetime,
    ),
    Rule(
        "cost-class-missing",
        "medium",
        "Cost category missing",
        "An amount for it, or the reason for leaving it out.",
        line_rules.cost_classes,
    ),
    Rule(
        "one-input-dominates",
        "medium",
        "Over half of the benefit rests on one input",
        "A measurement of that input before the money is spent.",
        result_rules.dominant_input,
    ),
    Rule(
        "assumption-among-most-influential",
        "high",
        "The result depends on an assumption",
        "A measurement, or the client's own figure with its source.",
        result_rules.influential_assumption,
    ),
    Rule(
        "long-horizon",
        "medium",
        "A long horizon",
        "The same case over five years.",
        result_rules.long_horizon,
    ),
    Rule(
        "unusual-discount-rate",
        "low",
        "An unusual discount rate",
        "The client's own cost of capital.",
        result_rules.discount_rate,
    ),
    Rule(
        "implausible-return",
        "high",
        "Implausibly high return",
        "A check of what is attributed to the investment, and of which costs are missing.",
        result_rules.implausible_return,
    ),
    Rule(
        "uplift-over-untouched",
        "high",
        "An uplift over more customers than were touched",
        "A measured difference between customers who were touched and others, over those alone.",
        line_rules.untouched,
    ),
    Rule(
        "loss-more-likely-than-gain",
        "high",
        "A loss is more likely than a gain",
        "The likely values reconsidered, or a smaller first step.",
        result_rules.likely_loss,
    ),
    Rule(
        "behind-plan",
        "high",
        "Actuals that the figures do not reflect",
        "A decision on the outlook beside the plan, or what will make up for the difference.",
        result_rules.behind_plan,
    ),
)
"""Every rule, in the order of their ids in `casebook.schema.review_rules`."""


def title_of(rule: str, to: Formatter) -> str:
    """What a rule is called in a report."""
    return to.say(next(each.title for each in RULES if each.id == rule))


def review(case: Case, analysis: Analysis) -> list[Finding]:
    """All findings, the strongest first: by severity, then by the money they touch; answered ones last."""
    found = [finding for rule in RULES for finding in rule.findings(case, analysis)]
    answers = case.parameters.review
    answered = [replace(finding, answer=answers.get(finding.rule)) for finding in found]
    return sorted(
        answered,
        key=lambda finding: (
            finding.answer is not None,
            SEVERITIES.index(finding.severity),
            -round(finding.stake, 2),
        ),
    )
