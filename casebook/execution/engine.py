"""The papermill engine `casebook`: runs the code cells and evaluates the figures that stand in prose.

A Markdown cell may hold `{eval}` followed by an expression between backticks (the MyST convention that
jupyterlab-myst shows live). The engine asks the kernel for each of them and keeps the answers in the cell's
metadata as `user_expressions`, where exporters find them.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
from typing import Any

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbclient.util import run_sync
from nbformat import NotebookNode
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine
from papermill.log import logger
from traitlets import Type
from traitlets.config import Config

from casebook.errors import ExecutionError

INLINE = re.compile(r"\{eval\}(`+)(.+?)\1(?!`)", re.DOTALL)
"""An expression in prose, as jupyterlab-myst reads it."""


class CasebookEngine(Engine):
    """Runs a notebook on a kernel of the Python that runs casebook itself."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: Any,
        kernel_name: str,
        *,
        log_output: bool = False,
        stdout_file: Any = None,
        stderr_file: Any = None,
        start_timeout: int = 60,
        execution_timeout: int | None = None,
        **options: Any,
    ) -> None:
        """Run the notebook of papermill's manager; raises ExecutionError where the kernel is lost."""
        options.pop("input_path", None)
        with tempfile.TemporaryDirectory(prefix="casebook-", ignore_cleanup_errors=True) as sockets:
            client = _Client(
                nb_man,
                kernel_name=kernel_name,
                kernel_manager_class=_OwnKernel,
                config=_sockets_in(sockets),
                timeout=execution_timeout,
                startup_timeout=start_timeout,
                shutdown_kernel="immediate",
                log=logger,
                log_output=log_output,
                stdout_file=stdout_file,
                stderr_file=stderr_file,
                **options,
            )
            client.execute(env={**os.environ, "PYDEVD_DISABLE_FILE_VALIDATION": "1"})


def _sockets_in(folder: str) -> Config:
    """Sockets in a folder of this run alone: no port to race for, and nothing on a network."""
    config = Config()
    if os.name == "posix":
        config.KernelManager.transport = "ipc"
        config.KernelManager.connection_file = f"{folder}/kernel.json"
    return config


class _OwnKernelSpecs(KernelSpecManager):
    """Kernel specs of this very environment: a spec in the user's home may start another Python."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        spec = KernelSpec(display_name=kernel_name, language="python")
        spec.argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        # No history file, and no start-up files of the user's: a report follows from its inputs alone.
        spec.argv += ["--HistoryManager.enabled=False", "--InteractiveShellApp.ignore_cwd=True"]
        return spec


class _OwnKernel(AsyncKernelManager):
    kernel_spec_manager_class = Type(_OwnKernelSpecs)

    def _kernel_spec_manager_default(self) -> KernelSpecManager:
        return _OwnKernelSpecs(parent=self)


class _Client(PapermillNotebookClient):
    async def async_execute_cell(
        self, cell: NotebookNode, cell_index: int, *arguments: Any, **options: Any
    ) -> NotebookNode:
        number = number_of(self.nb, cell_index)
        try:
            cell = await super().async_execute_cell(cell, cell_index, *arguments, **options)
            if cell.cell_type == "markdown":
                await self._evaluate(cell)
        except DeadKernelError as error:
            raise ExecutionError(f"cell {number}: the kernel died") from error
        except CellTimeoutError as error:
            raise ExecutionError(f"cell {number}: no result within {self.timeout} seconds") from error
        return cell

    execute_cell = run_sync(async_execute_cell)

    async def _evaluate(self, cell: NotebookNode) -> None:
        expressions = list(dict.fromkeys(match[2].strip() for match in INLINE.finditer(cell.source)))
        if not expressions:
            return
        request = self.kc.execute(
            "",
            silent=True,
            store_history=False,
            allow_stdin=False,
            user_expressions={str(key): expression for key, expression in enumerate(expressions)},
        )
        reply = await self.async_wait_for_reply(request)
        answers = reply["content"].get("user_expressions", {}) if reply else {}
        cell.metadata["user_expressions"] = [
            {"expression": expression, "result": _without_traceback(answers[str(key)])}
            for key, expression in enumerate(expressions)
            if str(key) in answers
        ]


def number_of(notebook: NotebookNode, index: int) -> int:
    """The number of a cell as its author counts: from 1, without the cells that papermill puts in."""
    added = {"injected-parameters", "papermill-error-cell-tag"}
    return sum(not added & set(cell.metadata.get("tags", [])) for cell in notebook.cells[: index + 1])


def _without_traceback(answer: dict[str, Any]) -> dict[str, Any]:
    """A reader's copy needs the error's name and words; its traceback would carry paths of this machine."""
    return {key: value for key, value in answer.items() if key != "traceback"}
