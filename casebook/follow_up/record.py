"""The follow-up as JSON, for the case record. Money to date is nominal; what does not exist is null."""

from __future__ import annotations

from typing import Any

from casebook.follow_up.follow_up import OUTLOOKS, Ends, FollowUp, Outlook
from casebook.follow_up.progress import Indicator, Progress
from casebook.schema.actuals import Measured


def record_of_follow_up(follow_up: FollowUp) -> dict[str, Any]:
    """Plan against actual by line and by input, and both outlooks."""
    actuals = follow_up.course.actuals
    benefits, costs = (follow_up.to_date(side) for side in ("benefit", "cost"))
    net = tuple(gained - spent for gained, spent in zip(benefits, costs, strict=True))
    sums = {"benefits": benefits, "costs": costs, "net": net}
    return {
        "start": str(actuals.start),
        "through": str(actuals.through) if actuals.months else None,
        "months": actuals.months,
        "to_date": {name: {"planned": each[0], "actual": each[1]} for name, each in sums.items()},
        "known_share": follow_up.known_share,
        "approved": _approved(follow_up),
        "lines": [_line(follow_up, each) for each in follow_up.lines],
        "inputs": [_indicator(follow_up, each) for each in follow_up.indicators],
        "outlooks": {name: _outlook(follow_up, name, each) for name, each in follow_up.outlooks.items()},
    }


def _approved(follow_up: FollowUp) -> dict[str, Any]:
    """What was approved, and the plan: today's model at those inputs. `adds` sum to a net present value."""
    approval = follow_up.course.approval
    return {
        "record": approval.file.record if approval else None,
        "sha256": approval.file.sha256 if approval else None,
        "net_present_value": follow_up.approved,
        "adds": approval.adds if approval else None,
        "plan": {"net_present_value": follow_up.plan, "adds": follow_up.planned},
        "change_of_model": follow_up.plan - follow_up.approved,
    }


def _line(follow_up: FollowUp, each: Progress) -> dict[str, Any]:
    return {
        "name": each.line.name,
        "side": each.line.side,
        "planned": each.planned,
        "actual": each.actual,
        "ratio": each.ratio,
        "standing": each.standing,
        "months_late": each.months_late,
        "pieces": [
            {
                # Months from the case's start; both are 0 for what fell at the start.
                "months": [piece.stretch.first, piece.stretch.end] if piece.stretch else [0, 0],
                "source": piece.source,
                "planned": piece.planned,
                "actual": piece.actual,
            }
            for piece in each.pieces
        ],
        "inputs": list(each.inputs),
        **_known(follow_up.course.actuals.lines.get(each.line.name)),
    }


def _indicator(follow_up: FollowUp, each: Indicator) -> dict[str, Any]:
    return {
        "input": each.name,
        "planned": each.planned,
        "actual": each.actual,
        "ratio": each.ratio,
        "more_is_better": each.more_is_better,
        "standing": each.standing,
        **_known(follow_up.course.actuals.inputs[each.name]),
    }


def _known(measured: Measured | None) -> dict[str, Any]:
    """What the parameter file gave; null where it gave nothing."""
    return {
        "at_start": measured.at_start if measured else None,
        "periods": {period.text: value for period, value in measured.periods} if measured else None,
        "source": measured.source if measured else None,
        "note": measured.note if measured else None,
    }


def _outlook(follow_up: FollowUp, name: str, each: Outlook) -> dict[str, Any]:
    return {
        "title": OUTLOOKS[name],
        "net_present_value": each.net_present_value,
        "return_on_investment": each.return_on_investment,
        "payback_months": each.payback.months,
        "flows": {line: flow.tolist() for line, flow in each.flows.items()},
        "changes": {line: follow_up.change(name, line) for line in follow_up.planned},
        "simulation": _ends(each.ends) if each.ends else None,
    }


def _ends(ends: Ends) -> dict[str, Any]:
    return {
        "net_present_value": {"p5": ends.p5, "p50": ends.p50, "p95": ends.p95},
        "chance_of_gain": ends.chance_of_gain,
        "chance_above_plan": ends.chance_above_plan,
        # Now, then the end of each year that is still to end.
        "cumulative": dict(zip(("p5", "p50", "p95"), ends.cumulative.tolist(), strict=True)),
    }
