"""The command `report`."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from casebook.cli.app import Files, app
from casebook.errors import InputError, Problem

if TYPE_CHECKING:
    from casebook.batch import Executor
    from casebook.cluster import Cluster
    from casebook.execution.tasks import TaskPool


@app.command()
def report(
    params: Files,
    format: Annotated[
        str,
        typer.Option(
            help="Formats to export, separated by commas: pdf, html, xlsx, brief (one page). Files of "
            "other formats are removed."
        ),
    ] = "pdf,html,xlsx",
    set: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=VALUE",
            help="Try another value; the report goes to <client>-what-if. May be given more than once.",
        ),
    ] = None,
    output: Annotated[
        Path, typer.Option(metavar="DIR", help="Folder for the reports, or a URL such as s3://….")
    ] = Path("output"),
    jobs: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Reports to make at a time; default: one per core.")
    ] = None,
    deadline: Annotated[
        float, typer.Option(min=1, metavar="SECONDS", help="Fail a report that takes longer than this.")
    ] = 300.0,
    force: Annotated[bool, typer.Option("--force", help="Remake reports that are up to date.")] = False,
    scheduler: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help="Make reports on the workers of a Dask scheduler, such as tcp://10.0.0.5:8786.",
        ),
    ] = None,
    engine: Annotated[
        Literal["fork", "kernel"],
        typer.Option(help="Run cells in a fork of a preloaded process, or on a Jupyter kernel."),
    ] = "fork",
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object per report, one per line.")
    ] = False,
) -> None:
    """Make the report of each client that is not up to date.

    A report is a PDF, a page, a workbook, the executed notebook and the record of all figures.
    Example: casebook report params/acme.yaml

    Exit code 0: all reports are there; 2: parameter files were wrong; 1: other reports failed.
    """
    from casebook.batch import Request, make_reports
    from casebook.cli.locations import locations
    from casebook.cli.progress import BatchProgress, exit_code

    options = (_formats(format), _overrides(set or []), engine, force)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    with (
        locations(params, output) as at,
        BatchProgress(at.params, as_json=as_json, rewrite=at.with_urls) as progress,
    ):
        request = Request(at.output, *options, at.origins)
        start = _executor(scheduler, jobs, deadline, progress.say)
        outcomes = make_reports(at.params, request, start=start, notify=progress.say)
        with contextlib.closing(outcomes):
            for outcome in outcomes:
                progress.show(outcome)
    raise typer.Exit(exit_code(progress.outcomes))


def _executor(
    scheduler: str | None, jobs: int | None, deadline: float, notify: Callable[[str], None]
) -> Callable[[], AbstractContextManager[Executor]]:
    """What starts the processes that make reports: here, or on a cluster."""
    if scheduler is None:
        return lambda: _local(jobs or _cores(), deadline)
    if jobs is not None:
        what = "how many reports run at a time on a cluster, its workers decide"
        raise InputError([Problem("--jobs", what, "give dask worker its --nworkers, or leave --jobs out")])
    return lambda: _cluster(scheduler, deadline, notify)


def _cluster(address: str, deadline: float, notify: Callable[[str], None]) -> Cluster:
    from casebook.cluster import Cluster
    from casebook.execution.tasks import Limits

    return Cluster(address, limits=Limits(deadline=deadline), notify=notify)


def _cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _local(jobs: int, deadline: float) -> TaskPool:
    from casebook.batch import TASK
    from casebook.execution import preload
    from casebook.execution.tasks import Limits, pool_class
    from casebook.report import PRELOAD

    modules = (*preload.PRELOAD, *PRELOAD)
    return pool_class()(
        TASK, jobs=jobs, preload=modules, learn=preload.LEARN, limits=Limits(deadline=deadline)
    )


def _formats(text: str) -> list[str]:
    from casebook.publishing.formats import FORMATS

    names = [name.strip() for name in text.split(",") if name.strip()]
    wrong = [name for name in names if name not in FORMATS]
    if wrong or not names:
        hint = f"write one or more of {', '.join(FORMATS)}"
        raise InputError([Problem("--format", f"'{text}' is not a list of formats", hint)])
    return list(dict.fromkeys(names))


def _overrides(settings: list[str]) -> dict[str, str]:
    problems, overrides = [], {}
    for setting in settings:
        name, equals, value = setting.partition("=")
        if not equals or not name.strip():
            problems.append(Problem(f"--set {setting}", "no name and value", "write name=value"))
        overrides[name.strip()] = value.strip()
    if problems:
        raise InputError(problems)
    return overrides
