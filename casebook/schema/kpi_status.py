"""How a KPI stands, where the client says so, and whether its own figures bear that out."""

from __future__ import annotations

import re
from collections.abc import Iterator

STANDINGS = ("ahead", "on plan", "behind", "well behind")
"""How a KPI stands, from the good side to the bad one."""

_NUMBER = re.compile(r"[-−+]?\d[\d.,'’\u00a0\u202f]*")


def contradiction(
    standing: str | None, baseline: str | None, target: str | None, actual: str | None
) -> str | None:
    """What the figures of a KPI say against its standing; None where they bear it out, or are no figures.

    >>> contradiction("behind", "40 %", "80 %", "82 %")
    'the target is reached'
    >>> contradiction("on plan", "6 minutes", "4 minutes", "7 minutes")
    'it is further from the target than the baseline'
    >>> contradiction("behind", "1,000", "2.000", "1,900") is contradiction("behind", None, "3", "4") is None
    True
    """
    if standing is None or None in (baseline, target, actual):
        return None
    texts = [str(text) for text in (baseline, target, actual)]
    progress = [_progress(*numbers) for numbers in _readings(texts)]
    if not progress or None in progress:
        return None
    shares = [share for share in progress if share is not None]
    if standing in STANDINGS[2:] and min(shares) >= 1:
        return "the target is reached"
    if standing in STANDINGS[:2] and max(shares) < 0:
        return "it is further from the target than the baseline"
    return None


def _progress(baseline: float, target: float, actual: float) -> float | None:
    """The share of the way from baseline to target that is covered; None where there is no way."""
    return (actual - baseline) / (target - baseline) if target != baseline else None


def _readings(texts: list[str]) -> Iterator[list[float]]:
    """The numbers in some texts of one unit, with a point and with a comma as decimal mark."""
    found = [_NUMBER.findall(text) for text in texts]
    units = {_NUMBER.sub("", text).strip().casefold() for text in texts} - {""}
    if any(len(numbers) != 1 for numbers in found) or len(units) > 1:
        return
    for decimal, thousands in ((".", ","), (",", ".")):
        plain = [re.sub(rf"[{thousands}'’\u00a0\u202f]", "", each[0]).rstrip(".,") for each in found]
        try:
            yield [float(text.replace(decimal, ".").replace("−", "-")) for text in plain]
        except ValueError:
            continue
