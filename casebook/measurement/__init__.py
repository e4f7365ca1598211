"""Inputs measured from a client's own data: what is known, with an interval, and from how many rows.

Each estimator takes columns of a DataFrame (or lists, or arrays) and gives a `Measurement`: a value with its
90% interval. The rows that it can't use are set aside with the reason, and counted.

    >>> from casebook.measurement import proportion
    >>> accepted = proportion([True] * 410 + [False] * 253, label="questions with an accepted answer")
    >>> print(accepted)
    0.6184 (0.5869 to 0.6489), n = 663, share, Wilson interval
"""

from casebook.measurement.actions import value_of_action
from casebook.measurement.averages import mean, median, ratio
from casebook.measurement.comparison import Difference, difference
from casebook.measurement.forum import Forum
from casebook.measurement.measurement import Measurement
from casebook.measurement.participation import Participation, participation
from casebook.measurement.purchases import PurchaseHistory, purchase_history
from casebook.measurement.rates import rate
from casebook.measurement.response_time import time_to_first_answer
from casebook.measurement.shares import proportion

__all__ = [
    "Difference",
    "Forum",
    "Measurement",
    "Participation",
    "PurchaseHistory",
    "difference",
    "mean",
    "median",
    "participation",
    "proportion",
    "purchase_history",
    "rate",
    "ratio",
    "time_to_first_answer",
    "value_of_action",
]
