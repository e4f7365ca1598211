"""The papermill engine `casebook`: runs the code cells and evaluates the figures that stand in prose.

A Markdown cell may hold `{eval}` followed by an expression between backticks (the MyST convention that
jupyterlab-myst shows live). The engine asks the kernel for each of them and keeps the answers in the cell's
metadata as `user_expressions`, where exporters find them.
"""

from __future__ import annotations

import sys
from typing import Any

# papermill looks its engines up while it is imported: whoever imports this one has begun with papermill.
from papermill.engines import Engine
from papermill.log import logger

from casebook.execution import worker


class CasebookEngine(Engine):
    """Runs a notebook in the process of a task, elsewhere on a kernel of the Python that runs casebook.

    One notebook alone (`papermill --engine casebook`) gains nothing from a server that is first to be warmed,
    and a kernel keeps all that papermill offers: time-outs for a cell, saving as it runs, logs.
    """

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: Any,
        kernel_name: str,
        *,
        start_timeout: int = 60,
        execution_timeout: int | None = None,
        **options: Any,
    ) -> None:
        """Run the notebook of papermill's manager; raises ExecutionError where the kernel is lost."""
        options.pop("input_path", None)
        engine = options.pop("engine", "fork")
        if engine == "fork" and worker.current() and sys.platform == "linux":
            from casebook.execution.in_process_kernel import run_in_shell as run
        else:
            from casebook.execution.kernel import run_on_kernel as run
        run(
            nb_man,
            kernel_name,
            timeout=execution_timeout,
            startup_timeout=start_timeout,
            log=logger,
            **options,
        )
