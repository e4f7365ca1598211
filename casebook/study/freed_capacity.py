"""What a case writes into its record about the time that it frees."""

from __future__ import annotations

from casebook.analysis.freed_capacity import FreedCapacity, Release
from casebook.formula.operations import Array
from casebook.record.types import FreedCapacityRecord, ReleaseRecord


def record_of_freed_capacity(freed: FreedCapacity) -> FreedCapacityRecord:
    """The freed capacity of a case as its record has it."""
    return FreedCapacityRecord(
        hours=_by_year(freed.hours),
        full_time_equivalents=_by_year(freed.full_time_equivalents),
        paid_hours=_by_year(freed.paid_hours),
        released_share=_by_year(freed.released_share),
        counted=_release(freed.counted),
        released=None if freed.released is None else _release(freed.released),
        without=_release(freed.without),
    )


def _by_year(values: Array | None) -> tuple[float, ...] | None:
    return None if values is None else tuple(values.tolist())


def _release(release: Release) -> ReleaseRecord:
    return ReleaseRecord(
        share=tuple(release.share.tolist()),
        net_present_value=release.net_present_value,
        expected_net_present_value=release.expected_net_present_value,
        risk_adjusted_net_present_value=release.risk_adjusted_net_present_value,
    )
