"""How a batch is shown: a bar or lines while it runs, and in the end files, a table or JSON."""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Self

from casebook.batch import BuildResult
from casebook.cli.app import message, put, put_block, put_json, say, say_error
from casebook.errors import InputError


class BatchProgress:
    """Shows the outcomes of a batch: data on stdout, all else on stderr; a context manager."""

    def __init__(self, params: Sequence[Path], *, as_json: bool, rewrite: Callable[[str], str] = str) -> None:
        """`rewrite` gives a text as a user is to read it."""
        self.outcomes: list[BuildResult] = []
        self._count = len(params)
        self._as_json, self._rewrite = as_json, rewrite
        self._begin = time.perf_counter()
        self._bar: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self._bar:
            self._bar.stop()
        if self._count > 1 and kind is None:
            self._close()

    def say(self, text: str) -> None:
        """Write something to stderr, above the bar where there is one."""
        text = self._rewrite(text)
        if self._bar:
            self._bar.console.print(message(text), markup=False, highlight=False, soft_wrap=True)
        else:
            say(text)

    def show(self, outcome: BuildResult) -> None:
        """Show what became of one report."""
        self.outcomes.append(outcome)
        for warning in outcome.warnings:
            self.say(f"{outcome.parameters}: {warning}")
        if outcome.error:
            say_error(outcome.error, self.say)
        elif self._count == 1 or (outcome.status == "done" and not self._on_terminal()):
            self.say(self._line(outcome))
        if self._on_terminal() and self._count > 1:
            self._advance()
        if self._as_json:
            put_json(self._rewrite(json.dumps(_plain(outcome), ensure_ascii=False)))
        elif self._count == 1:
            for file in outcome.files:
                put(self._rewrite(str(file)))

    def _line(self, outcome: BuildResult) -> str:
        place = f"[{len(self.outcomes)}/{self._count}] " if self._count > 1 else ""
        if outcome.status == "up to date":
            return f"{place}{outcome.parameters}: up to date"
        stages = ", ".join(f"{name} {spent:.1f} s" for name, spent in outcome.seconds.items())
        shown = f" ({stages.rpartition(', ')[0]})" if self._count == 1 else ""
        return f"{place}{outcome.parameters}: done in {outcome.seconds['in all']:.1f} s{shown}"

    def _on_terminal(self) -> bool:
        return sys.stderr.isatty()

    def _advance(self) -> None:
        """Move the bar; it appears with the first report that was not up to date."""
        if not self._bar and self.outcomes[-1].status != "up to date":
            self._bar = _bar()
            self._bar.start()
            self._bar.add_task("reports", total=self._count, failed="")
        if self._bar:
            failed = sum(outcome.status == "failed" for outcome in self.outcomes)
            shown = f"{failed} failed" if failed else ""
            self._bar.update(self._bar.task_ids[0], completed=len(self.outcomes), failed=shown)

    def _close(self) -> None:
        if not self._as_json:
            put_block(table(self.outcomes))
        spent = time.perf_counter() - self._begin
        counts = Counter(outcome.status for outcome in self.outcomes)
        counts_text = ", ".join(
            f"{counts[name]} {name}" for name in ("done", "up to date", "failed") if counts[name]
        )
        rate = f", {counts['done'] / spent:.1f} a second" if counts["done"] > 1 else ""
        self.say(f"{len(self.outcomes)} reports in {spent:.1f} s{rate}: {counts_text}")


def exit_code(outcomes: Sequence[BuildResult]) -> int:
    """0 where all is well, 2 where only parameters were wrong, 1 where another report failed."""
    errors = [outcome.error for outcome in outcomes if outcome.error]
    if not errors:
        return 0
    return 2 if all(isinstance(error, InputError) for error in errors) else 1


def table(outcomes: Sequence[BuildResult]) -> str:
    """The closing table: a line a client, in the order of their names."""
    from rich.cells import cell_len

    head = ("client", "case", "expected value", "plan case", "return", "status", "seconds")
    rows = [head, *(_row(outcome) for outcome in sorted(outcomes, key=lambda each: each.client))]
    widths = [max(cell_len(row[column]) for row in rows) for column in range(len(head))]
    right = {2, 3, 4, 6}
    lines = []
    for row in rows:
        cells = []
        for column, (text, width) in enumerate(zip(row, widths, strict=True)):
            space = " " * (width - cell_len(text))
            cells.append(space + text if column in right else text + space)
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def _row(outcome: BuildResult) -> tuple[str, ...]:
    shown = outcome.summary.get("shown", {})
    cells = (
        outcome.client,
        outcome.summary.get("case", ""),
        shown.get("expected_net_present_value", ""),
        shown.get("net_present_value", ""),
        shown.get("return_on_investment", ""),
        outcome.status,
        f"{outcome.seconds['in all']:.1f}" if outcome.seconds else "",
    )
    # A file's name may hold anything; none of it steers the terminal.
    return tuple(
        "".join(char if char.isprintable() else " " if char.isspace() else "?" for char in cell)
        for cell in cells
    )


def _plain(outcome: BuildResult) -> dict[str, Any]:
    problems = (
        [vars(problem) for problem in outcome.error.problems] if isinstance(outcome.error, InputError) else []
    )
    return {
        "parameters": str(outcome.parameters),
        "client": outcome.client,
        "status": outcome.status,
        "files": [str(file) for file in outcome.files],
        **{key: value for key, value in outcome.summary.items() if key not in ("client", "shown")},
        "seconds": {name: round(spent, 3) for name, spent in outcome.seconds.items()},
        "warnings": list(outcome.warnings),
        "error": str(outcome.error) if outcome.error else None,
        "problems": problems,
    }


def _bar() -> Any:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        ProgressColumn,
        TextColumn,
        TimeRemainingColumn,
    )
    from rich.text import Text

    class Rate(ProgressColumn):
        def render(self, task: Any) -> Text:
            speed = task.finished_speed or task.speed
            return Text(f"{speed:.1f} a second" if speed else "")

    left = TimeRemainingColumn(compact=True)
    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        Rate(),
        left,
        TextColumn("left"),
        TextColumn("{task.fields[failed]}"),
    )
    return Progress(*columns, console=Console(stderr=True), transient=True)
