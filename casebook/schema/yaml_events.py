"""A YAML text as the parser's events, with every failure of the parser raised as one error."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

from casebook.schema.wording import printable

_HINTS = (
    ("'\\t'", "indent with spaces, and put none but spaces after a colon"),
    (
        "mapping values are not allowed",
        "put a text that has a colon in it in quotes, and check the indentation",
    ),
    ("could not find expected ':'", "a name is followed by a colon and a space"),
    ("expected <block end>", "check the indentation: the lines of one level begin in the same column"),
    ("cannot start any token", "put a text that begins with % @ or ` in quotes"),
    ("expected ',' or", "check the commas, and that each bracket is closed"),
    ("never closed", "close it"),
    ("escape", "in double quotes a backslash begins an escape; single quotes take it as it is"),
)


class YAMLSyntaxError(Exception):
    """A text is not YAML: what the parser says, the line (from 1), and what to write instead."""

    def __init__(self, problem: str, line: int) -> None:
        """Make the error of a line; the hint follows from the problem."""
        super().__init__(problem)
        self.problem = problem
        self.line = line
        self.hint = next((hint for sign, hint in _HINTS if sign in problem), None)


def parse_events(text: str) -> Iterator[Any]:
    """The events of a text (`ruamel.yaml.events`), one by one, so that a reader can stop at any of them.

    Raises YAMLSyntaxError where the text is not YAML.
    """
    line = 1
    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            line = event.end_mark.line + 1
            yield event
    except MarkedYAMLError as error:
        raise _fault(error, line) from None
    except Exception:
        # The parser fails in other ways on some broken texts ("\UFFFFFFFF" is an OverflowError in it); a
        # user's file must never end in a traceback, so each of them is an error of syntax to us.
        raise YAMLSyntaxError("an escape or a character here can't be read", line) from None


def _fault(error: MarkedYAMLError, line: int) -> YAMLSyntaxError:
    problem = error.problem or error.context or "the parser stops here"
    mark = error.problem_mark or error.context_mark
    # What is never closed is noticed at the end of the text, but mended where it begins.
    if error.context_mark is not None and "end" in problem and "stream" in problem:
        mark = error.context_mark
        problem = f"a {'quote' if 'quoted' in str(error.context) else 'bracket'} opened here is never closed"
    elif error.context_mark is not None and mark is not None and "flow" in str(error.context):
        opened = error.context_mark.line + 1
        problem += f", after a bracket opened in line {opened}" if opened != mark.line + 1 else ""
    return YAMLSyntaxError(printable(problem, 120), mark.line + 1 if mark is not None else line)
