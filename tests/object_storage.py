"""An S3 server on the loopback interface, and a way to it on which things go wrong."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType

    Rule = Callable[[str], str]

CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "key",
    "AWS_SECRET_ACCESS_KEY": "secret",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
}

PASS, DROP, CUT, DENY = "pass", "drop", "cut", "deny"
"""What the way does with a request: hand it on, close it, close it within the answer, forbid it."""

_DENIED = b"<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"
_CHUNK = 1 << 16
_SECONDS_TO_START = 60.0


class ObjectStorage:
    """Moto in server mode, in a process of its own; what it holds goes with it."""

    def __init__(self) -> None:
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, empty, where it was."""
        command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port)]
        self._process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        deadline = time.monotonic() + _SECONDS_TO_START
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port)):
                return
            time.sleep(0.05)
        raise AssertionError("the S3 server does not start")

    def kill(self) -> None:
        """End it without grace."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def pause(self) -> None:
        """Let it answer nobody, its connections open."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Let it answer again."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)


class WayToStorage:
    """Hands requests on to a server, but for those that a rule says something else of.

    Attributes
    ----------
    rule
        Given "PUT /bucket/key", says what becomes of the request.
    requests
        How many there were, by method.
    """

    def __init__(self, server_port: int) -> None:
        self.rule: Rule = lambda _: PASS
        self.requests: Counter[str] = Counter()
        self.port = free_port()
        self._server_port = server_port
        self._listener: socket.socket | None = None
        self._accepting: threading.Thread | None = None

    def __enter__(self) -> Self:
        """Open it."""
        self.open()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close it."""
        self.close()

    @property
    def environment(self) -> Mapping[str, str]:
        """For programs that are to go this way."""
        return {
            **os.environ,
            **CREDENTIALS,
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.port}",
            "OMP_NUM_THREADS": "1",
        }

    def open(self) -> None:
        """Let connections in."""
        listener = socket.create_server(("127.0.0.1", self.port))
        self._listener = listener
        self._accepting = threading.Thread(target=self._accept, args=(listener,), daemon=True)
        self._accepting.start()

    def close(self) -> None:
        """Refuse connections."""
        if self._listener is not None and self._accepting is not None:
            with contextlib.suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            self._accepting.join()
            self._listener = None

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, contextlib.suppress(OSError):
            begun = client.recv(_CHUNK)
            if not begun:
                return
            what = " ".join(begun.split(b"\r\n", 1)[0].decode().split()[:2])
            self.requests[what.split()[0]] += 1
            fate = self.rule(what)
            if fate == DROP:
                _end(client)
                return
            if fate == DENY:
                length = f"Content-Length: {len(_DENIED)}\r\nConnection: close\r\n\r\n".encode()
                client.sendall(b"HTTP/1.1 403 Forbidden\r\n" + length + _DENIED)
                _drain(client)
                return
            self._hand_on(client, begun, cut=fate == CUT)

    def _hand_on(self, client: socket.socket, begun: bytes, *, cut: bool) -> None:
        with socket.create_connection(("127.0.0.1", self._server_port)) as server:
            server.sendall(begun)
            upward = threading.Thread(target=_pump, args=(client, server), daemon=True)
            upward.start()
            if not cut:
                _pump(server, client)
                _end(client)
                return
            answer = server.recv(_CHUNK)
            client.sendall(answer[: len(answer) // 2])
            _end(client)


def free_port() -> int:
    """Return a port that nobody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def _pump(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while chunk := source.recv(_CHUNK):
            target.sendall(chunk)
        target.shutdown(socket.SHUT_WR)


def _drain(client: socket.socket) -> None:
    client.settimeout(1.0)
    with contextlib.suppress(OSError):
        while client.recv(_CHUNK):
            pass


def _end(client: socket.socket) -> None:
    """End a connection at once, even where another thread waits for what comes from it."""
    with contextlib.suppress(OSError):
        client.shutdown(socket.SHUT_RDWR)
