"""The same work on a cluster: joblib hands its tasks to the workers of a dask scheduler, not to local processes."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator

ClusterAddress = Annotated[
    str | None,
    typer.Option("--cluster", metavar="ADDRESS", help="Dask scheduler to work on (tcp://host:8786); same result."),
]
SECONDS_TO_CONNECT = 10


@contextmanager
def workers(address: str | None, jobs: int) -> Iterator[int]:
    """Give the number of tasks at a time: `jobs` processes here, or the threads of all workers of a cluster.

    Raises
    ------
    typer.BadParameter
        The extra `cluster` is not installed, nobody answers at the address, or the scheduler has no workers.
    """
    if address is None:
        with _deaf_to_interrupts(jobs):
            yield jobs
        return
    try:
        from distributed import Client
    except ImportError as error:
        text = "the packages for a cluster are not installed; remedy: pip install 'ponplan[cluster]'"
        raise typer.BadParameter(text, param_hint="--cluster") from error
    from joblib import parallel_config

    try:
        client: Any = Client(address, timeout=SECONDS_TO_CONNECT)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        raise typer.BadParameter(f"no dask scheduler answers at {address}", param_hint="--cluster") from error
    with client:
        threads = sum(client.ncores().values())
        if not threads:
            raise typer.BadParameter(f"the scheduler at {address} has no workers", param_hint="--cluster")
        with parallel_config(backend="dask"):
            yield threads


@contextmanager
def _deaf_to_interrupts(jobs: int) -> Iterator[None]:
    """Let Ctrl-C reach this process alone, which ends its search with the best so far: worker processes go on.

    A terminal sends it to all of them.
    """
    if jobs == 1:
        yield
        return
    from joblib import parallel_config

    ignore = {"initializer": signal.signal, "initargs": (signal.SIGINT, signal.SIG_IGN)}
    with parallel_config(backend="loky", **ignore):
        yield
