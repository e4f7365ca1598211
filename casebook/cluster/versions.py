"""Whether a worker would make the very bytes that the driver would make itself."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

from casebook.publishing import fingerprint

_ENGINE = ("dask", "distributed")
"""Packages that both sides need alike, besides those that make the report."""


@functools.cache
def here() -> dict[str, Any]:
    """What decides a report's bytes, and how the sides talk to each other, as it is in this process."""
    found = fingerprint.environment()
    engine = {name: version for name in _ENGINE if (version := fingerprint.installed().get(name))}
    return {**found, "packages": {**found["packages"], **engine}}


def environment_mismatch(asked: Mapping[str, Any]) -> str:
    """What is otherwise in this process than asked for, in words; nothing where it is alike."""
    found, said = here(), []
    if found["python"] != asked["python"]:
        said.append(f"Python is {found['python']} there and {asked['python']} here")
    theirs, ours = found["packages"], asked["packages"]
    for name in sorted({*theirs, *ours}):
        if theirs.get(name) != ours.get(name):
            there, driver = (versions.get(name, "not installed") for versions in (theirs, ours))
            said.append(f"{name} is {there} there and {driver} here")
    if found["code"] != asked["code"]:
        said.append("the code of casebook is another")
    return "; ".join(said)
