"""The connection of this process to a cluster of Ray."""

from __future__ import annotations

import os
import re
import signal
import socket
import threading
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from twinscore.base.extras import require

if TYPE_CHECKING:
    from collections.abc import Iterator

SECONDS_TO_ANSWER = 15.0

_ADDRESS = re.compile(r"(?:ray://)?([^/]+):(\d+)")

AUTHENTICATION = "RAY_AUTH_MODE"
"""Environment variable of Ray: "token" where a cluster asks for one."""

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
    where = address or os.environ.get("RAY_ADDRESS")
    _check_answers(where)
    # A cluster that is started for this run tells nobody of it.
    os.environ.setdefault(USAGE_REPORTS, "0")
    # Processes of Ray warn of what is none of the caller's business.
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    with _handler_of_termination_kept(), warnings.catch_warnings():
        # What they say is in the error that follows.
        warnings.simplefilter("ignore")
        try:
            ray.init(
                address=address,
                log_to_driver=False,
                logging_level="ERROR",
                **({} if address else {"include_dashboard": False}),
            )
        except (ConnectionError, RuntimeError, ValueError, TimeoutError) as error:
            # What a server says of itself begins with its traceback.
            said = str(error).strip().splitlines()
            reason = said[-1].strip() if said else type(error).__name__
            if AUTHENTICATION not in os.environ:
                reason += f" (a cluster that asks for a token needs {AUTHENTICATION}=token)"
            raise ConnectionError(
                f"no cluster of Ray at {where or 'this machine'}: {reason}"
            ) from error
    try:
        yield
    finally:
        ray.shutdown()


def _check_answers(address: str | None) -> None:
    """Refuse an address at which nobody listens, for which Ray would wait several minutes."""
    found = _ADDRESS.fullmatch(address or "")
    if found is None:
        return
    host, port = found[1].strip("[]"), int(found[2])
    try:
        with socket.create_connection((host, port), SECONDS_TO_ANSWER):
            pass
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ConnectionError(f"no cluster of Ray at {address}: {reason.lower()}") from error


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
