"""Every exception that casebook raises on purpose, and the exit code that each leads to.

CasebookError                 1   a report failed
  CaseError                   1   a mistake in a notebook's arithmetic or lines
  ExecutionError              1   a cell failed, or the kernel died
  ExportError                 1   a document could not be set
  PublishError                1   a report could not be put into its place
  InputError                  2   wrong parameters, template or usage; carries all problems at once
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, and what to do about it.

    `where` is `file:line` as the user named the file (or a name where there is no file); `message` says
    what was found, with the value, and the rule; `hint` says what to write instead.
    """

    where: str
    message: str
    hint: str | None = None

    def __str__(self) -> str:
        text = f"{self.where}: {self.message}" if self.where else self.message
        return f"{text}\n  hint: {self.hint}" if self.hint else text


class CasebookError(Exception):
    """Base of all errors that a user may meet."""

    exit_code = 1

    def reworded(self, rewrite: Callable[[str], str]) -> CasebookError:
        """The same error in other words, such as with other names for files."""
        error = type(self)(rewrite(str(self)))
        for note in getattr(self, "__notes__", ()):
            error.add_note(note)
        return error

    def named(self, name: str) -> CasebookError:
        """The same error with the name of what it is about, where it does not say that itself."""
        return self if name in str(self) else self.reworded(lambda text: f"{name}: {text}")


class CaseError(CasebookError):
    """The notebook's arithmetic or one of its lines can't stand as written."""


class ExecutionError(CasebookError):
    """A notebook did not run to its end."""


class ExportError(CasebookError):
    """A document could not be made from an executed notebook."""


class PublishError(CasebookError):
    """A report could not be written, or put into its place."""


class InputError(CasebookError):
    """A parameter file, a template's inputs.yaml or a command is wrong; all problems are in `problems`."""

    exit_code = 2

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def reworded(self, rewrite: Callable[[str], str]) -> InputError:
        """The same problems in other words."""
        return InputError(
            Problem(rewrite(it.where), rewrite(it.message), rewrite(it.hint) if it.hint else None)
            for it in self.problems
        )

    def named(self, name: str) -> InputError:
        """The same problems, each with the name of what it is about."""
        return InputError(
            it if name in str(it) else replace(it, where=f"{name}: {it.where}" if it.where else name)
            for it in self.problems
        )

    def __reduce__(self) -> tuple[type[InputError], tuple[tuple[Problem, ...]]]:
        """Errors travel between processes."""
        return type(self), (self.problems,)
