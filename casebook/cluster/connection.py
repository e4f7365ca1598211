"""The way to a scheduler: found or not within seconds, quiet, and only workers that are like the driver."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable
from typing import Any

from casebook.cluster.versions import local_environment
from casebook.cluster.worker import check_environment
from casebook.errors import InputError, Problem
from casebook.signals import defer_signals

_CONNECT = 5.0
"""Seconds to find a scheduler."""
_WORKERS = 30
"""Seconds to wait for the first worker."""
_SAME = "install the same versions there (pip install --constraint constraints.txt), and start it again"


def connect(address: str, notify: Callable[[str], None]) -> Any:
    """A client of the scheduler at an address, with at least one worker.

    Raises InputError where dask is not installed, no scheduler answers, or it has no worker.
    """
    try:
        from distributed import Client as DaskClient
    except ImportError:
        what, hint = "reports on a cluster need dask", "install it: pip install 'casebook[cluster]'"
        raise InputError([Problem("--scheduler", what, hint)]) from None

    class Client(DaskClient):  # type: ignore[misc, no-any-unimported]
        def __del__(self) -> None:
            """One that found no scheduler has nothing to close, and would try for long."""

    _quieten()
    try:
        # Its threads leave signals to the main one, which may be putting a report into its place.
        with defer_signals():
            client = Client(address, timeout=_CONNECT, set_as_default=False, name="casebook")
    except Exception as error:
        raise _refused(address, error) from error
    try:
        if not client.nthreads():
            notify(f"the scheduler at {address} has no workers yet; waiting up to {_WORKERS} seconds")
            client.wait_for_workers(1, timeout=_WORKERS)
    except BaseException as error:
        client.close(timeout=2)
        if isinstance(error, Exception):
            raise _problem(address, "the scheduler has no workers", f"dask worker {address}") from error
        raise
    return client


def refused_workers(client: Any, address: str, notify: Callable[[str], None]) -> list[str]:
    """The workers that would make other bytes than the driver, after each has been reported by name.

    Raises InputError where the scheduler is one of them, or no worker is left.
    """
    try:
        answers = client.run_on_scheduler(check_environment, local_environment())
    except Exception as error:
        answers = error
    if why := _mismatch(answers):
        raise InputError([Problem(f"scheduler {address}", f"refused: {why}", _SAME)])
    answers = client.run(check_environment, local_environment(), on_error="return")
    reasons = {worker: why for worker, answer in answers.items() if (why := _mismatch(answer))}
    if len(reasons) == len(answers):
        raise InputError(
            [Problem(f"worker {worker}", f"refused: {why}", _SAME) for worker, why in reasons.items()]
        )
    for worker, why in reasons.items():
        notify(f"worker {worker} is refused: {why}")
    return list(reasons)


def _mismatch(answer: str | Exception) -> str:
    if isinstance(answer, ModuleNotFoundError):
        return f"{(answer.name or '').partition('.')[0]} is not installed there"
    if isinstance(answer, Exception):
        return f"it does not answer: {type(answer).__name__}: {answer}"
    return answer


def _refused(address: str, error: Exception) -> InputError:
    if isinstance(error, (OSError, TimeoutError)):
        return _problem(
            address, f"no scheduler answers there within {_CONNECT:.0f} seconds", "dask scheduler"
        )
    return InputError([Problem(f"--scheduler {address}", f"this is not the address of a scheduler: {error}")])


def _problem(address: str, what: str, command: str) -> InputError:
    return InputError([Problem(f"--scheduler {address}", what, f"start one: {command}")])


def _quieten() -> None:
    """What goes wrong is said once, in a user's words; dask's log would say it too."""
    for name in list(logging.root.manager.loggerDict):
        if name.split(".")[0] in ("asyncio", "distributed", "tornado"):
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    warnings.filterwarnings("ignore", module=r"(distributed|dask)\.")
