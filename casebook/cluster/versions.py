"""Whether a worker would make the very bytes that the driver would make itself."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

from casebook.publishing import fingerprint

_ENGINE = ("dask", "distributed")
"""Packages that both sides need alike, besides those that make the report."""


@functools.cache
def local_environment() -> dict[str, Any]:
    """What decides a report's bytes, and how the sides talk to each other, as it is in this process."""
    environment = fingerprint.environment()
    engine = {name: version for name in _ENGINE if (version := fingerprint.installed().get(name))}
    return {**environment, "packages": {**environment["packages"], **engine}}


def environment_mismatch(expected: Mapping[str, Any]) -> str:
    """What is otherwise in this process than asked for, in words; nothing where it is alike."""
    current, faults = local_environment(), []
    if current["python"] != expected["python"]:
        faults.append(f"Python is {current['python']} there and {expected['python']} here")
    theirs, ours = current["packages"], expected["packages"]
    for name in sorted({*theirs, *ours}):
        if theirs.get(name) != ours.get(name):
            there, driver = (versions.get(name, "not installed") for versions in (theirs, ours))
            faults.append(f"{name} is {there} there and {driver} here")
    if current["code"] != expected["code"]:
        faults.append("the code of casebook differs")
    return "; ".join(faults)
