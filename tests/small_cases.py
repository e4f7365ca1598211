"""A small world for tests of many reports: a type of case that is computed in no time, and its clients."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.conftest import notebook_file

INPUTS = """\
title: Bicycle racks
inputs:
  riders: {label: Riders, unit: riders, example: 40}
  parking: {label: Car parking saved, unit: currency/rider/month, example: 55}
  rack: {label: Price of the racks, unit: currency, example: 9_000}
"""


def world(folder: Path, clients: Iterable[str], *cells: str) -> Path:
    """Write `templates/rack`, with further cells of its notebook, and a parameter file for each client."""
    template = folder / "templates" / "rack"
    template.mkdir(parents=True)
    (template / "inputs.yaml").write_text(INPUTS, encoding="utf-8")
    notebook_file(
        template / "template.ipynb",
        "from casebook import Case\ncase = Case.from_parameters(globals())\nx = case.inputs",
        "case.cost('Racks', category='technology', start=x.rack)\n"
        "case.benefit('Parking not rented', kind='avoided cost', annual=x.riders * x.parking)",
        *cells,
        "case.summary()",
    )
    (folder / "params").mkdir()
    for client in clients:
        write_client(folder, client)
    return folder


def write_client(folder: Path, client: str, *, riders: int = 30, **sections: str) -> Path:
    """Write a client's parameter file: worth riders × 50 a month × 12 months × 2 years − 9,000."""
    path = folder / "params" / f"{client}.yaml"
    more = "".join(f"{name}: {text}\n" for name, text in sections.items())
    path.write_text(
        f"template: rack\nclient: {{name: {json.dumps(client)}}}\nyears: 2\ndiscount_rate: 0\n{more}"
        f"inputs:\n  riders: {riders}\n  parking: 50\n  rack: 9000\n",
        encoding="utf-8",
    )
    return path


def worth(riders: int) -> int:
    """The net present value of a client."""
    return riders * 50 * 12 * 2 - 9000


def record(folder: Path, client: str) -> dict[str, Any]:
    """The published record of a client."""
    return json.loads((folder / "output" / client / "rack.json").read_text(encoding="utf-8"))


def begin(folder: Path, *arguments: str, **options: Any) -> subprocess.Popen[str]:
    """Start `casebook report` over all clients, or with other arguments, as the leader of a session."""
    chosen = (
        arguments if arguments[:1] and not arguments[0].startswith("-") else (*clients(folder), *arguments)
    )
    return subprocess.Popen(
        [sys.executable, "-m", "casebook", "report", *chosen],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        **{"env": os.environ, **options},
    )


def clients(folder: Path) -> list[str]:
    """The parameter files, as a shell would list them."""
    return sorted(f"params/{path.name}" for path in (folder / "params").glob("*.yaml"))


def report(folder: Path, *arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run `casebook report` over all clients, or with other arguments, to its end."""
    process = begin(folder, *arguments, **options)
    stdout, stderr = process.communicate(timeout=300)
    return subprocess.CompletedProcess(process.args, process.returncode, stdout, stderr)


def published(folder: Path) -> dict[str, bytes]:
    """Every file under output/ but the manifests, which hold times, by its path."""
    output = folder / "output"
    return {
        path.relative_to(output).as_posix(): path.read_bytes()
        for path in sorted(output.rglob("*"))
        if path.is_file() and not path.name.endswith(".manifest.json")
    }


def times(folder: Path) -> dict[str, int]:
    """When each file under output/ was last written, by its path."""
    output = folder / "output"
    return {
        path.relative_to(output).as_posix(): path.stat().st_mtime_ns
        for path in output.rglob("*")
        if path.is_file()
    }


def results_of(stdout: str) -> dict[str, dict]:
    """What `--json` says, by client."""
    return {each["client"]: each for each in map(json.loads, stdout.splitlines())}
