"""Reports made by the workers of a Dask cluster: an executor of a batch, as the local one, for many machines.

The engine is dask.distributed. Here stand only what a task carries, what a worker does with it, and what the
driver makes of the answer.
"""

from casebook.cluster.executor import Cluster

__all__ = ["Cluster"]
