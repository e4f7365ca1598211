"""What a process that runs notebooks in forks should hold ready. To know it, none of it need be imported."""

from __future__ import annotations

PRELOAD = (
    "casebook.execution.in_process_kernel:prepare",
    "casebook.execution.notebook_run",
    "casebook.notebook",
    "matplotlib.pyplot",
    "matplotlib.backends.backend_svg",
    "scipy.optimize",
)
"""What `ForkPool` should have ready, before all else, for tasks that call `run_notebook`."""

LEARN = ("casebook", "dateutil", "duckdb", "matplotlib", "numpy", "pandas", "pint", "PIL", "pyarrow", "scipy")
"""What `ForkPool` should have ready as soon as one of those tasks has imported it."""
