"""The connection of this process to a cluster of Ray."""

from __future__ import annotations

import os
import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from twinscore.base.extras import require

if TYPE_CHECKING:
    from collections.abc import Iterator

USAGE_REPORTS = "RAY_USAGE_STATS_ENABLED"


def ray_module() -> Any:
    """Import Ray.

    Raises
    ------
    MissingExtraError
        It is not installed.
    """
    return require("ray", extra="ray", purpose="workers 'ray'")


@contextmanager
def connected(address: str | None) -> Iterator[None]:
    """Connect to Ray for a time, unless this process is connected already.

    Parameters
    ----------
    address
        "ray://HOST:PORT"; None for the cluster that ``RAY_ADDRESS`` names or that runs on this
        machine, and where there is none, for one of this machine's cores that ends with the
        connection.

    Raises
    ------
    ConnectionError
        There is no cluster at the address, or it does not answer.
    MissingExtraError
        Ray is not installed.
    """
    ray = ray_module()
    if ray.is_initialized():
        yield
        return
    # A cluster that is started for this run tells nobody of it.
    os.environ.setdefault(USAGE_REPORTS, "0")
    # Processes of Ray warn of what is none of the caller's business.
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    with _handler_of_termination_kept():
        try:
            ray.init(
                address=address,
                log_to_driver=False,
                logging_level="ERROR",
                **({} if address else {"include_dashboard": False}),
            )
        except (ConnectionError, RuntimeError, ValueError, TimeoutError) as error:
            where = address or os.environ.get("RAY_ADDRESS") or "this machine"
            reason = " ".join(str(error).split()) or type(error).__name__
            raise ConnectionError(f"no cluster of Ray at {where}: {reason}") from error
    try:
        yield
    finally:
        ray.shutdown()


@contextmanager
def _handler_of_termination_kept() -> Iterator[None]:
    """Put the caller's handler of SIGTERM back, which Ray takes the place of."""
    before = signal.getsignal(signal.SIGTERM)
    try:
        yield
    finally:
        is_main = threading.current_thread() is threading.main_thread()
        if is_main and callable(before):
            signal.signal(signal.SIGTERM, before)
