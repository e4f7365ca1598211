"""Cells and their outputs, the same on every engine: expressions in prose, streams in order."""

from __future__ import annotations

import re
from typing import Any

from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbclient.util import ensure_async, run_sync
from nbformat import NotebookNode
from nbformat.v4 import new_output
from papermill.clientwrap import PapermillNotebookClient

from casebook.errors import ExecutionError
from casebook.schema.wording import shortened

INLINE = re.compile(r"\{eval\}(`+)(.+?)\1(?!`)", re.DOTALL)
"""An expression in prose, as jupyterlab-myst reads it."""

# Paths in warnings and tracebacks: that of a cell's code while it runs, and what leads to a library's file.
# From the start of a word (or of a coloured one), lest a long word cost its square.
_START = r"(?:(?<![^\s:\"'<(])|(?<=\[\d\dm))"
_CELL_FILE = re.compile(rf"{_START}[^\s:\"'<(]{{0,500}}ipykernel_\d+[/\\]\d+\.py")
_TO_LIBRARY = re.compile(
    rf"{_START}(?:~|[A-Za-z]:)?[/\\](?![/\\])[^\s:\"'<(]{{0,500}}[/\\]"
    r"(?:(?:site|dist)-packages|python3\.\d+)[/\\](?=[^\s:\"'<(]{0,300}\.py\b)"
)


class CellClient(PapermillNotebookClient):
    """Runs the cells of a notebook on a kernel and keeps what they give."""

    def papermill_execute_cells(self) -> None:
        """Run cell by cell until one fails; what ends the whole run is an ExecutionError."""
        for index, cell in enumerate(self.nb.cells):
            try:
                self.nb_man.cell_start(cell, index)
                self.execute_cell(cell, index)
            except CellExecutionError as error:
                self.nb_man.cell_exception(cell, cell_index=index, exception=error)
                break
            except ExecutionError as error:
                self.nb_man.cell_exception(cell, cell_index=index, exception=error)
                raise
            finally:
                self.nb_man.cell_complete(cell, cell_index=index)

    async def async_execute_cell(
        self, cell: NotebookNode, cell_index: int, *arguments: Any, **options: Any
    ) -> NotebookNode:
        """Run one cell, be it code or prose with expressions."""
        number = number_of(self.nb, cell_index)
        if "skip_execution" in tags(cell):
            return cell
        try:
            await super().async_execute_cell(cell, cell_index, *arguments, **options)
            if cell.cell_type == "markdown":
                await self._evaluate(cell)
        except DeadKernelError as error:
            raise ExecutionError(f"cell {number}: the kernel died") from error
        except CellTimeoutError as error:
            raise ExecutionError(f"cell {number}: no result within {self.timeout} seconds") from error
        finally:
            if cell.cell_type == "code":
                cell.outputs = normalised_outputs(cell.get("outputs", []))
        return cell

    execute_cell = run_sync(async_execute_cell)

    async def _check_raise_for_error(
        self, cell: NotebookNode, cell_index: int, exec_reply: dict[str, Any] | None
    ) -> None:
        content = exec_reply["content"] if exec_reply else {}
        if any(item.get("source") == "ask_exit" for item in content.get("payload", [])):
            # `exit()` ends a kernel some moments later; the cells after it would be lost without a word.
            left = {"ename": "SystemExit", "evalue": "the cell called exit() or quit()", "traceback": []}
            cell.outputs.append(new_output("error", **left))
            raise CellExecutionError.from_cell_and_msg(cell, left)
        if "raises_exception" not in tags(cell):
            await super()._check_raise_for_error(cell, cell_index, exec_reply)

    async def _evaluate(self, cell: NotebookNode) -> None:
        expressions = list(dict.fromkeys(match[2].strip() for match in INLINE.finditer(cell.source)))
        if not expressions:
            return
        request = await ensure_async(
            self.kc.execute(
                "",
                silent=True,
                store_history=False,
                allow_stdin=False,
                user_expressions={str(key): expression for key, expression in enumerate(expressions)},
            )
        )
        reply = await self.async_wait_for_reply(request)
        answers = reply["content"].get("user_expressions", {}) if reply else {}
        cell.metadata["user_expressions"] = [
            {"expression": expression, "result": _without_traceback(answers[str(key)])}
            for key, expression in enumerate(expressions)
            if str(key) in answers
        ]


def tags(cell: NotebookNode) -> set[str]:
    """The tags of a cell."""
    return set(cell.metadata.get("tags", []))


def number_of(notebook: NotebookNode, index: int) -> int:
    """The number of a cell as its author counts: from 1, without the cells that papermill puts in."""
    added = {"injected-parameters", "papermill-error-cell-tag"}
    return sum(not added & tags(cell) for cell in notebook.cells[: index + 1])


def refuse_errors(notebook: NotebookNode, shown: str) -> None:
    """Raise ExecutionError for the first error in a cell, be it as quiet as sys.exit(0)."""
    for index, cell in enumerate(notebook.cells):
        allowed = {"raises-exception", "raises_exception"} & tags(cell)
        for output in cell.get("outputs", []):
            if output.output_type == "error" and not allowed:
                where = f"{shown}, cell {number_of(notebook, index)}"
                raise ExecutionError(f"{where}: {shortened(f'{output.ename}: {output.evalue}')}")


def normalised_outputs(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Outputs as they are every time: between two results one text a stream, first stdout, then stderr.

    A kernel sends what is printed when its buffers are full or some time is over, and the two streams without
    regard to each other.
    """
    merged: list[NotebookNode] = []
    texts: dict[str, NotebookNode] = {}
    for output in [*outputs, None]:
        if output is not None and output.output_type == "stream":
            if output.name in texts:
                texts[output.name].text += output.text
            else:
                texts[output.name] = output
            continue
        for name in sorted(texts, reverse=True):
            texts[name].text = _without_places(texts[name].text)
            merged.append(texts[name])
        texts = {}
        if output is not None:
            if output.output_type == "error":
                output.traceback = [_without_places(line) for line in output.traceback]
            merged.append(output)
    return merged


def _without_places(text: str) -> str:
    """A text without the paths of this machine that Python puts into warnings and tracebacks.

    >>> _without_places('/venv/lib/python3.13/site-packages/pandas/io.py:7: FutureWarning: https://a.b/c.py')
    'pandas/io.py:7: FutureWarning: https://a.b/c.py'
    """
    return _TO_LIBRARY.sub("", _CELL_FILE.sub("cell", text))


def _without_traceback(answer: dict[str, Any]) -> dict[str, Any]:
    """A reader's copy needs the error's name and words; its traceback would carry paths of this machine."""
    return {key: value for key, value in answer.items() if key != "traceback"}
