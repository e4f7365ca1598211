"""What a follow-up writes into the case's record."""

from __future__ import annotations

from typing import Any

from casebook.follow_up.follow_up import OUTLOOKS, FollowUp, OutcomeRange, Outlook
from casebook.follow_up.gates import GateStatus
from casebook.follow_up.progress import Indicator, Piece, Progress
from casebook.record.analysis import PercentilesRecord
from casebook.record.follow_up import (
    ActualRecord,
    ApprovedRecord,
    FollowUpRecord,
    GateStatusRecord,
    IndicatorRecord,
    LineProgressRecord,
    OutlookRangeRecord,
    OutlookRecord,
    PercentileRecord,
    PieceRecord,
    PlanRecord,
    ToDateRecord,
    WayOnRecord,
)
from casebook.schema.actuals import Measured


def record_of_follow_up(follow_up: FollowUp) -> FollowUpRecord:
    """Plan against actual by line and by input, and both outlooks."""
    actuals = follow_up.forecast.actuals
    benefits, costs = (follow_up.to_date(side) for side in ("benefit", "cost"))
    net = tuple(gained - spent for gained, spent in zip(benefits, costs, strict=True))
    return FollowUpRecord(
        start=str(actuals.start),
        through=str(actuals.through) if actuals.months else None,
        months=actuals.months,
        to_date=ToDateRecord(
            benefits=ActualRecord(planned=benefits[0], actual=benefits[1]),
            costs=ActualRecord(planned=costs[0], actual=costs[1]),
            net=ActualRecord(planned=net[0], actual=net[1]),
        ),
        known_share=follow_up.known_share,
        approved=_approved(follow_up),
        lines=tuple(_line(follow_up, each) for each in follow_up.lines),
        inputs=tuple(_indicator(follow_up, each) for each in follow_up.indicators),
        outlooks={name: _outlook(follow_up, name, each) for name, each in follow_up.outlooks.items()},
        gates=tuple(_gate(each) for each in follow_up.gates),
        ways={key: WayOnRecord(**vars(each)) for key, each in follow_up.ways.items()},
    )


def _gate(each: GateStatus) -> GateStatusRecord:
    return GateStatusRecord(option=each.option, by=str(each.gate.by), state=each.state, actual=each.actual)


def _approved(follow_up: FollowUp) -> ApprovedRecord:
    approval = follow_up.forecast.approval
    return ApprovedRecord(
        record=approval.file.record if approval else None,
        sha256=approval.file.sha256 if approval else None,
        net_present_value=follow_up.approved,
        adds={line.name: approval.adds(line) for line in approval.lines.values()} if approval else None,
        plan=PlanRecord(net_present_value=follow_up.plan, adds=follow_up.planned),
        change_of_model=follow_up.plan - follow_up.approved,
    )


def _line(follow_up: FollowUp, each: Progress) -> LineProgressRecord:
    return LineProgressRecord(
        name=each.line.name,
        side=each.line.side,
        planned=each.planned,
        actual=each.actual,
        ratio=each.ratio,
        standing=each.standing,
        months_late=each.months_late,
        pieces=tuple(_piece(piece) for piece in each.pieces),
        inputs=tuple(each.inputs),
        **_known(follow_up.forecast.actuals.lines.get(each.line.name)),
    )


def _piece(piece: Piece) -> PieceRecord:
    span = piece.span
    return PieceRecord(
        months=(span.first, span.end) if span else (0, 0),
        source=piece.source,
        planned=piece.planned,
        actual=piece.actual,
    )


def _indicator(follow_up: FollowUp, each: Indicator) -> IndicatorRecord:
    return IndicatorRecord(
        input=each.name,
        planned=each.planned,
        actual=each.actual,
        ratio=each.ratio,
        more_is_better=each.more_is_better,
        standing=each.standing,
        **_known(follow_up.forecast.actuals.inputs[each.name]),
    )


def _known(measured: Measured | None) -> dict[str, Any]:
    """What the parameter file gave; null where it gave nothing."""
    return {
        "at_start": measured.at_start if measured else None,
        "periods": {period.text: value for period, value in measured.periods} if measured else None,
        "source": measured.source if measured else None,
        "note": measured.note if measured else None,
    }


def _outlook(follow_up: FollowUp, name: str, each: Outlook) -> OutlookRecord:
    return OutlookRecord(
        title=OUTLOOKS[name],
        net_present_value=each.net_present_value,
        return_on_investment=each.return_on_investment,
        payback_months=each.payback.months,
        flows={line: tuple(flow.tolist()) for line, flow in each.flows.items()},
        changes={line: follow_up.change(name, line) for line in follow_up.planned},
        simulation=_range(each.outcomes) if each.outcomes else None,
    )


def _range(ends: OutcomeRange) -> OutlookRangeRecord:
    p5, p50, p95 = map(tuple, ends.cumulative.tolist())
    return OutlookRangeRecord(
        net_present_value=PercentileRecord(p5=ends.p5, p50=ends.p50, p95=ends.p95),
        chance_of_gain=ends.chance_of_gain,
        chance_above_plan=ends.chance_above_plan,
        cumulative=PercentilesRecord(p5=p5, p50=p50, p95=p95),
    )
