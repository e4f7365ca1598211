"""Maximum likelihood for positive parameters, and how far each unit of the data moves what follows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from casebook.errors import CaseError
from casebook.measurement.columns import Array

Scores = Callable[[Array, Array], tuple[Array, Array]]
"""From parameters and data (columns, units): each unit's log-likelihood (units) and its slopes (k, units)."""

_STEP = 1e-5
_PRECISION = 1e-8
_FARTHEST = 12.0
"""A logarithm beyond which a parameter says that the model has one parameter too many for the data."""


@dataclass(frozen=True)
class Fit:
    """Parameters by maximum likelihood."""

    values: Array
    log_likelihood: float
    influence: Array
    """How far each unit moves the logarithms of the parameters, shape (k, units): V⁻¹·slopes."""

    def moved(self, result: Callable[[Array], Array]) -> Array:
        """How far each unit moves a result (…) of the parameters, by the delta method: shape (…, units)."""
        return np.asarray(slopes(result, self.values) @ self.influence)


def fitted(scores: Scores, start: Array, data: Array, what: str) -> Fit:
    """The parameters with the highest likelihood, searched on their logarithms.

    `data` has one row a quantity and one column a unit. Units that are alike are searched as one. Raises
    CaseError where no parameters are best, as where a parameter runs off to 0 or to infinity.
    """
    from scipy.optimize import minimize

    unlike, counts = np.unique(data, axis=1, return_counts=True)

    def objective(logs: Array) -> tuple[float, Array]:
        values = np.exp(logs)
        heights, inclines = scores(values, unlike)
        return -float(heights @ counts) / counts.sum(), -(inclines @ counts) * values / counts.sum()

    with np.errstate(all="ignore"):
        found = minimize(objective, np.log(start), jac=True, method="BFGS", options={"gtol": 1e-7})
        logs = found.x
        for _ in range(20):  # Newton's steps for the last digits
            curvature = slopes(lambda values: objective(np.log(values))[1], np.exp(logs))
            if not np.isfinite(curvature).all() or np.abs(logs).max() > _FARTHEST:
                break
            step = np.linalg.lstsq(curvature, objective(logs)[1], rcond=None)[0]
            logs = logs - step
            if np.abs(step).max() < _PRECISION:
                break
        sound = np.isfinite(curvature).all() and np.linalg.eigvalsh((curvature + curvature.T) / 2)[0] > 0
    if not sound or np.abs(logs).max() > _FARTHEST or np.abs(step).max() > 1e-4:
        raise CaseError(
            f"{what}: the data do not determine the model's parameters\n"
            "  hint: take a longer history or more customers, or measure a rate or a mean instead"
        )
    values = np.exp(logs)
    heights, inclines = scores(values, data)
    pull = np.linalg.solve(curvature * counts.sum(), inclines * values[:, None])
    return Fit(values, float(heights.sum()), pull)


def slopes(result: Callable[[Array], Array], values: Array) -> Array:
    """How a result changes with the logarithm of each parameter, shape (…, k), by central differences."""
    columns = []
    for index in range(len(values)):
        factor = np.ones(len(values))
        factor[index] = np.exp(_STEP)
        ahead, behind = np.asarray(result(values * factor)), np.asarray(result(values / factor))
        columns.append((ahead - behind) / (2 * _STEP))
    return np.stack(columns, axis=-1)
