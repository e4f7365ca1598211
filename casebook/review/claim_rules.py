"""The objections of a sceptical reader to how much is claimed: of one pool, twice, or of too many.

As in `casebook.review.line_rules`, each function yields an objection for each place where it applies.
"""

from __future__ import annotations

import numpy as np

from casebook.analysis.analysis import Analysis
from casebook.case.case import Case
from casebook.case.ledger import PoolUse
from casebook.formula.evaluation import evaluate
from casebook.formula.expression import operation
from casebook.formula.functions import where
from casebook.formula.printing import words
from casebook.formula.units import a_year, unit_of
from casebook.presentation.case_formatter import formatter_of
from casebook.review.change import Change
from casebook.review.objection import Found, Objection
from casebook.review.price import InTheFigure
from casebook.review.selectors import benefits, money, quoted, with_role, worth


def overlap(case: Case, _: Analysis) -> Found:
    """Benefits that draw on one pool."""
    for use in case.ledger.pools:
        lines = [line for line in benefits(case) if line.name in use.lines]
        if len(lines) > 1:
            stake = worth(case, lines)
            text = formatter_of(case).say(
                "{lines} draw on the same pool, “{pool}”, for {money}. What counts of them is kept within "
                "the pool, but the same part of it may be counted by more than one of them.",
                lines=quoted(formatter_of(case), lines),
                pool=use.pool.name,
                money=money(case, stake),
            )
            others = [
                line.key for line in lines if line is not max(lines, key=lambda each: worth(case, [each]))
            ]
            yield Objection(use.pool.name, text, stake, Change(without=frozenset(others)))


def over_pool(case: Case, _: Analysis) -> Found:
    """More claimed than the pool holds."""
    capped = [use for use in case.ledger.pools if use.is_capped(case.years)]
    for use in capped:
        lines = [line for line in case.ledger.counted if line.name in use.lines]
        parts = {"lines": quoted(formatter_of(case), lines), "pool": use.pool.name, **_worst_year(case, use)}
        if parts["claimed"] == parts["size"]:
            continue  # a rounding too much
        if "year" in parts:
            text = formatter_of(case).say_count(
                "{lines} claims {claimed} of “{pool}”, which holds {size} in year {year}. Only {share} "
                "of its claim is counted then.",
                "{lines} claim {claimed} of “{pool}”, which holds {size} in year {year}. Only {share} "
                "of their claim is counted then.",
                len(lines),
                **parts,
            )
        else:
            text = formatter_of(case).say_count(
                "{lines} claims {claimed} of “{pool}”, which holds {size}. Only {share} of its claim is "
                "counted.",
                "{lines} claim {claimed} of “{pool}”, which holds {size}. Only {share} of their claim is "
                "counted.",
                len(lines),
                **parts,
            )
        if any(sum(line.name in other.lines for other in capped) > 1 for line in lines):
            text += " " + formatter_of(case).say(
                "A line that draws on several pools counts at the smallest of these shares."
            )
        lifted = Change(uncapped=frozenset([use.pool.key]))
        yield Objection(use.pool.name, text, worth(case, lines), InTheFigure(lifted))


def _worst_year(case: Case, use: PoolUse) -> dict[str, str]:
    """Claim, size and share counted where most is cut off; the year, unless all are alike."""
    parts = (use.share, use.claimed, use.pool.size)
    shares, claims, sizes = (np.broadcast_to(evaluate(part, case.years), case.years) for part in parts)
    worst, unit = int(np.argmin(shares)), unit_of(use.pool.size)
    year = {} if (shares == shares[worst]).all() else {"year": str(worst + 1)}
    to = formatter_of(case)
    claimed, size = to.compared(claims[worst], sizes[worst], unit)
    return {"claimed": claimed, "size": size, "share": to.share_beside(shares[worst], 1), **year}


def retention_and_lifetime(case: Case, _: Analysis) -> Found:
    """Customers kept and their lifetime value, both counted."""
    lines = benefits(case)
    lifetime = [line for line in lines if with_role(case, line.inputs.values(), "lifetime value")]
    # Customers kept, each times its lifetime value, are counted once.
    kept = [
        line for line in lines if line not in lifetime and with_role(case, line.inputs.values(), "retention")
    ]
    if kept and lifetime:
        to = formatter_of(case)
        by_year = to.say_count(
            "{lines} counts customers kept year by year",
            "{lines} count customers kept year by year",
            len(kept),
            lines=quoted(to, kept),
        )
        at_once = to.say_count(
            "{lines} counts what a customer is worth over a lifetime",
            "{lines} count what a customer is worth over a lifetime",
            len(lifetime),
            lines=quoted(to, lifetime),
        )
        text = to.say("{by_year}, and {at_once}: the same money twice.", by_year=by_year, at_once=at_once)
        less = min(kept, lifetime, key=lambda lines: worth(case, lines))
        change = Change(without=frozenset(line.key for line in less))
        yield Objection(None, text, worth(case, [*kept, *lifetime]), change)


def untouched(case: Case, _: Analysis) -> Found:
    """An uplift over more customers than were touched."""
    for line in benefits(case):
        nodes = line.inputs.values()
        population = with_role(case, nodes, "population")
        reached = with_role(case, nodes, "share influenced")
        if line.touched is None or not population or not reached:
            continue
        spread = operation("*", population[0], reached[0])
        if line.ramp is not None:
            spread = operation("*", spread, line.ramp)
        spread_a_year, reach = a_year(spread), a_year(line.touched)
        uplifted, touched = (
            np.broadcast_to(evaluate(part, case.years), case.years) for part in (spread_a_year, reach)
        )
        year = int(np.argmax(uplifted - touched))
        over, under = formatter_of(case).compared(uplifted[year], touched[year], "number")
        if uplifted[year] > touched[year] and over != under:
            noun = population[0].unit.split("/")[0]
            what = "" if noun in ("number", "share") else f" {noun.replace('_', ' ')}"
            text = formatter_of(case).say(
                "“{line}” spreads its uplift over {number} a year ({formula}), but no more than {touched} "
                "are touched.",
                line=line.name,
                number=f"{over}{what}",
                formula=words(spread),
                touched=under,
            )
            within = where(spread_a_year > reach, reach / spread_a_year, 1)
            change = Change(factors={line.key: within})
            yield Objection(line.name, text, worth(case, [line]), change)
