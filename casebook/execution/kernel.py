"""Cells on an ordinary kernel: a process of the Python that runs casebook itself, over sockets of its own."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from traitlets import Type
from traitlets.config import Config

from casebook.execution.cells import CellClient
from casebook.execution.environment import cell_environment


def run_on_kernel(nb_man: Any, kernel_name: str, **options: Any) -> None:
    """Run the notebook of papermill's manager; raises ExecutionError where the kernel is lost."""
    with tempfile.TemporaryDirectory(prefix="casebook-", ignore_cleanup_errors=True) as folder:
        client = CellClient(
            nb_man,
            kernel_name=kernel_name,
            kernel_manager_class=_OwnKernel,
            config=_sockets_in(folder),
            shutdown_kernel="immediate",
            **options,
        )
        client.execute(env=_environment(folder))


def _environment(folder: str) -> dict[str, str]:
    """What a kernel finds around it: one thread for sums, and nothing of the user's own settings."""
    settings = Path(folder) / "ipython"
    return {
        **cell_environment(),
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "IPYTHONDIR": str(settings),
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    }


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
