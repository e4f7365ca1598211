"""Refresh the golden test: make the examples, show what differs, then write it. `make golden` runs this."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from tests.golden.compare import differences
from tests.golden.examples import EXAMPLES, KEPT, RENAMED, ROOT, renames, told, transcript
from tests.golden.transcript import read, to_text


def main() -> None:
    """Build, compare, tell, write."""
    with tempfile.TemporaryDirectory() as output:
        files = [f"params/{name}.yaml" for name in EXAMPLES]
        command = [sys.executable, "-m", "casebook", "report", *files, "--output", output]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"{done.stderr}nothing is written: a report failed")
        made = {name: transcript(Path(output) / name) for name in EXAMPLES}
    KEPT.mkdir(exist_ok=True)
    for name in EXAMPLES:
        path = KEPT / f"{name}.txt"
        if not path.exists():
            print(f"{name}: is new")
        elif found := differences(read(path), made[name], renames()):
            print(told(name, found, most=40))
        path.write_text(to_text(made[name]), encoding="utf-8")
    for path in KEPT.glob("*.txt"):
        if path.stem not in EXAMPLES:
            print(f"{path.stem}: is no example any more")
            path.unlink()
    lines = RENAMED.read_text("utf-8").splitlines(keepends=True)
    RENAMED.write_text("".join(line for line in lines if line.startswith("#")), encoding="utf-8")
    print(f"{KEPT.relative_to(ROOT)}: {len(made)} transcripts")


if __name__ == "__main__":
    main()
