"""Business cases from parameterised notebooks: one definition, every output.

A notebook needs `Case` and the functions of its formulas; everything is imported on first use, so that the
command line starts at once.
"""

from __future__ import annotations

import importlib
from typing import Any

_HOMES = {
    "Case": "casebook.notebook",
    "CaseError": "casebook.errors",
    "CasebookError": "casebook.errors",
    "ExecutionError": "casebook.errors",
    "ExportError": "casebook.errors",
    "InputError": "casebook.errors",
    "Problem": "casebook.errors",
    "PublishError": "casebook.errors",
    "any_of": "casebook.formula.functions",
    "ceil": "casebook.formula.functions",
    "compound": "casebook.formula.functions",
    "computed": "casebook.formula.functions",
    "constant": "casebook.formula.functions",
    "cumulative": "casebook.formula.functions",
    "exp": "casebook.formula.functions",
    "floor": "casebook.formula.functions",
    "lifetime_value": "casebook.formula.lifetime",
    "log": "casebook.formula.functions",
    "maximum": "casebook.formula.functions",
    "minimum": "casebook.formula.functions",
    "previous": "casebook.formula.functions",
    "sqrt": "casebook.formula.functions",
    "where": "casebook.formula.functions",
}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'casebook' has no attribute '{name}'")
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return __all__
