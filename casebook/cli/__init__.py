"""The command line: the only place that prints or exits.

Data go to stdout, everything else to stderr. Exit codes: 0 done, 1 a report failed, 2 wrong usage or
parameters, 130 interrupted. A module of this room holds the commands of one part of the work.
"""

from __future__ import annotations

import io
import sys

# Each adds its commands to the program.
from casebook.cli import authoring, check, compare, lab, portfolio, report, templates, verify  # noqa: F401
from casebook.cli.app import app, say, say_error
from casebook.errors import CasebookError


def main() -> None:
    """Run the command line; mistakes of a user end with a message and never with a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a name or a sign that the terminal can't show is escaped
            stream.reconfigure(errors="backslashreplace")
    try:
        app()
    except CasebookError as error:
        say_error(error)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        say("interrupted; the last good reports are kept")
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
