"""What a sceptical reader would object to: one named rule for each objection.

Rules read what a template declares (kinds, categories, roles, pools, grades) and the figures; they know no
input and no line by name. A finding can be answered in the parameter file; the answer stands beside it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from casebook.analysis.analysis import Analysis
from casebook.case.case import Case
from casebook.formatting import Formatter
from casebook.presentation.case_formatter import formatter_of
from casebook.review import claim_rules, line_rules, result_rules
from casebook.review.checks import check_findings
from casebook.review.finding import Finding
from casebook.review.objection import Found, Objection
from casebook.review.pricing import Pricing
from casebook.schema.checks import SEVERITIES
from casebook.schema.review_rules import Answer

DATA_RULE = "rows-set-aside"
"""The rule on the client's data, which a run tells as well."""


@dataclass(frozen=True)
class Rule:
    """An objection that can be raised. `check` yields one wherever it applies."""

    id: str
    severity: str
    title: str
    settle: str
    check: Callable[[Case, Analysis], Found]

    def findings(self, pricing: Pricing) -> list[Finding]:
        """The places in a case where the rule applies, each with its price."""
        to = formatter_of(pricing.case)
        answer = pricing.case.parameters.review.get(self.id, Answer())
        return [
            Finding(
                rule=self.id,
                title=to.say(self.title),
                severity=self.severity,
                settle=to.say(self.settle),
                price=pricing.price(each.basis, each.stake),
                response=answer,
                **vars(each),
            )
            for each in self.check(pricing.case, pricing.analysis)
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
        claim_rules.overlap,
    ),
    Rule(
        "claim-over-pool",
        "high",
        "Claims beyond the pool",
        "Smaller claims, or proof that the pool is larger.",
        claim_rules.over_pool,
    ),
    Rule(
        "retention-and-lifetime-value",
        "high",
        "Retention and lifetime value both counted",
        "One of the two lines.",
        claim_rules.retention_and_lifetime,
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
        "A measurement of that input before the rest of the money is released.",
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
        claim_rules.untouched,
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


def review(pricing: Pricing) -> list[Finding]:
    """All findings: those that are open come first, the most that may be lost before the rest.

    Of those that lose the same, the heavier one comes first, then the one that more money rests on.
    """
    found = [finding for rule in RULES for finding in rule.findings(pricing)]
    found += [_of_check(pricing, key, objection) for key, objection in check_findings(pricing)]
    return sorted(
        found,
        key=lambda finding: (
            not finding.is_open,
            -round(finding.open_share * finding.price.loss, 2),
            -round(finding.stake, 2),
            SEVERITIES.index(finding.severity),
        ),
    )


def _of_check(pricing: Pricing, key: str, objection: Objection) -> Finding:
    """A finding of a check that the template makes itself."""
    declared, to = pricing.case.parameters.template.checks[key], formatter_of(pricing.case)
    return Finding(
        rule=key,
        title=to.say(declared.title),
        severity=declared.severity,
        settle=to.say(declared.settle),
        price=pricing.price(objection.basis, objection.stake),
        response=pricing.case.parameters.review.get(key, Answer()),
        **vars(objection),
    )
