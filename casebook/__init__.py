"""Business cases from parameterised notebooks: one definition, every output.

A notebook needs `Case` and the functions of its formulas; everything is imported on first use, so that the
command line starts at once.
"""

from __future__ import annotations

import importlib
from typing import Any

_HOMES = {
    "Case": "casebook.views.case",
    "CaseError": "casebook.errors",
    "CasebookError": "casebook.errors",
    "ExecutionError": "casebook.errors",
    "ExportError": "casebook.errors",
    "InputError": "casebook.errors",
    "Problem": "casebook.errors",
    "PublishError": "casebook.errors",
    "ceil": "casebook.model.functions",
    "compound": "casebook.model.functions",
    "computed": "casebook.model.functions",
    "constant": "casebook.model.functions",
    "cumulative": "casebook.model.functions",
    "exp": "casebook.model.functions",
    "floor": "casebook.model.functions",
    "log": "casebook.model.functions",
    "maximum": "casebook.model.functions",
    "minimum": "casebook.model.functions",
    "previous": "casebook.model.functions",
    "sqrt": "casebook.model.functions",
    "where": "casebook.model.functions",
}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'casebook' has no attribute '{name}'")
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return __all__
