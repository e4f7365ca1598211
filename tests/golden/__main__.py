"""Refresh the golden test: make the examples, show what moved, then write it. `make golden` runs this."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.conftest import EXAMPLES, run
from tests.golden.compare import differences
from tests.golden.examples import KEPT, RENAMED, renames, told, transcript
from tests.golden.transcript import Entry, read, to_text


def made() -> dict[str, dict[str, list[Entry]]]:
    """The transcripts of reports made now, by example."""
    with tempfile.TemporaryDirectory() as output:
        done = run("report", *(f"params/{name}.yaml" for name in EXAMPLES), "--output", output)
        if done.returncode:
            sys.exit(f"{done.stderr}nothing is written: a report failed")
        return {name: transcript(Path(output) / name) for name in EXAMPLES}


def renew(now: Mapping[str, Mapping[str, Sequence[Entry]]], kept: Path, renamed: Path) -> None:
    """Tell what moved, then write it; the map of renamed texts is worked in with it, and emptied."""
    kept.mkdir(exist_ok=True)
    stale = [path for path in kept.glob("*.txt") if path.stem not in now]
    lines = [f"{path.stem}: no example any more" for path in stale]
    for name, outputs in now.items():
        before = read(kept / f"{name}.txt")
        found = differences(before, outputs, renames(renamed)) if any(before.values()) else None
        lines += [f"{name}: a new example" if found is None else told(name, found, most=40)]
    print("\n".join(filter(None, lines)) or "nothing moved", flush=True)
    for path in stale:
        path.unlink()
    for name, outputs in now.items():
        (kept / f"{name}.txt").write_text(to_text(outputs), encoding="utf-8")
    comments = [line for line in renamed.read_text("utf-8").splitlines(True) if line.startswith("#")]
    renamed.write_text("".join(comments), encoding="utf-8")


if __name__ == "__main__":
    renew(made(), KEPT, RENAMED)
