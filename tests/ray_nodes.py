"""A cluster of Ray on loopback, as a program that ends with whoever started it.

It prints its address, takes the line "kill" (a machine goes without grace and another comes), and
stops when its standard input is closed.
"""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

NODES = 3

LOOPBACK = {
    "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",  # Ray's word for: addresses of loopback are meant.
    "RAY_USAGE_STATS_ENABLED": "0",
    # Others on this machine are not to run what they like on it.
    "RAY_AUTH_MODE": "token",
}


@dataclass(frozen=True, slots=True)
class RayNodes:
    """A running cluster.

    Attributes
    ----------
    program
        What runs it.
    address
        HOST:PORT on loopback.
    token
        What it asks for.
    """

    program: subprocess.Popen[str]
    address: str
    token: str

    @property
    def environment(self) -> dict[str, str]:
        """Variables with which workers "ray" are those of this cluster."""
        of_cluster = {"RAY_ADDRESS": self.address, "RAY_AUTH_TOKEN": self.token}
        return {**os.environ, **LOOPBACK, **of_cluster}

    def kill_one(self) -> None:
        """End a machine without grace, and put another in its place."""
        assert self.program.stdin is not None
        assert self.program.stdout is not None
        self.program.stdin.write("kill\n")
        self.program.stdin.flush()
        assert self.program.stdout.readline() == "killed\n"


@contextmanager
def ray_nodes() -> Iterator[RayNodes]:
    """Start a cluster of three machines with a core each, and stop it."""
    token = secrets.token_hex(32)
    program = subprocess.Popen(
        [sys.executable, __file__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, **LOOPBACK, "RAY_AUTH_TOKEN": token},
    )
    with program:
        assert program.stdout is not None
        yield RayNodes(program, program.stdout.readline().strip(), token)
        assert program.stdin is not None
        program.stdin.close()
        program.wait(60)


def main() -> None:
    from ray.cluster_utils import Cluster

    node: dict[str, Any] = {
        "num_cpus": 1,
        "object_store_memory": 80 << 20,
        "include_dashboard": False,
        "node_ip_address": "127.0.0.1",
    }
    cluster: Any = Cluster(initialize_head=True, head_node_args=node)
    others = [cluster.add_node(**node) for _ in range(NODES - 1)]
    print(cluster.address, flush=True)
    for _ in sys.stdin:
        cluster.remove_node(others.pop(0), allow_graceful=False)
        print("killed", flush=True)
        others.append(cluster.add_node(wait=False, **node))
    cluster.shutdown()


if __name__ == "__main__":
    main()
