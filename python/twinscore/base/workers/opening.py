"""Workers by name: "here", "ray", "ray://HOST:10001"."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from twinscore.base.errors import SettingError
from twinscore.base.extras import check_installed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twinscore.base.workers.protocol import WorkerNeeds, Workers

HERE = "here"
RAY = "ray"
RAY_CLIENT = "ray://"


def check_workers(workers: str | Workers | None) -> None:
    """Refuse workers that there cannot be, before any work.

    Parameters
    ----------
    workers
        A name; None and pools that are open already are taken as they are.

    Raises
    ------
    ValueError
        There are no such workers.
    MissingExtraError
        Ray is not installed.
    """
    if workers is None or workers == HERE or not isinstance(workers, str):
        return
    is_address = workers.startswith(RAY_CLIENT) and len(workers) > len(RAY_CLIENT)
    if workers != RAY and not is_address:
        raise SettingError(f"expected workers ray, ray://HOST:PORT or here, got {workers!r}")
    check_installed("ray", extra="ray", purpose=f"workers {workers!r}")
    if is_address:
        check_installed("grpc", extra="ray", purpose=f"workers {workers!r}")


@contextmanager
def opened_workers(workers: str | Workers, needs: WorkerNeeds) -> Iterator[Workers]:
    """Open a pool of workers for a time.

    Parameters
    ----------
    workers
        A name, or a pool that is open already.
    needs
        What each of them takes.

    Raises
    ------
    ValueError, MissingExtraError
        As `check_workers`, or where no machine has what a worker needs.
    ConnectionError
        There is no cluster at the address.
    """
    check_workers(workers)
    if not isinstance(workers, str):
        yield workers
    elif workers == HERE:
        from twinscore.base.workers.this_process import ThisProcess

        yield ThisProcess()
    else:
        from twinscore.base.workers.ray_cluster import connected
        from twinscore.base.workers.ray_workers import RayWorkers

        with connected(_address(workers)):
            yield RayWorkers(needs)


@contextmanager
def connection_kept(workers: str | Workers | None) -> Iterator[None]:
    """Stay connected for a run of several steps, each of which opens workers."""
    check_workers(workers)
    if not isinstance(workers, str) or workers == HERE:
        yield
        return
    from twinscore.base.workers.ray_cluster import connected

    with connected(_address(workers)):
        yield


def _address(workers: str) -> str | None:
    return None if workers == RAY else workers
