"""Built models on disk, so that a model is built once for a user and not once a run."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import filelock
import platformdirs

from twinscore.base.logs import logger_of

if TYPE_CHECKING:
    from collections.abc import Callable

CACHE_VARIABLE = "TWINSCORE_CACHE"
"""Environment variable that names another cache folder."""

_LOCK_TIMEOUT_SECONDS = 120.0

_log = logger_of(__name__)


def cache_folder() -> Path:
    """Return the folder of the cache, which need not exist."""
    chosen = os.environ.get(CACHE_VARIABLE)
    return Path(chosen or platformdirs.user_cache_dir("twinscore", appauthor=False))


def load_or_build(name: str, sha256: str, build: Callable[[], bytes]) -> bytes:
    """Return a model's bytes from the cache, or build them and leave them there.

    A cached file that lacks the digest (damaged, cut off, of another version) is never used but
    built anew, and a cache that cannot be written costs no more than building on every run: both
    log a warning. Processes that start together build once; files are renamed into place whole.

    Parameters
    ----------
    name
        The model, as its file shall be called.
    sha256
        Hexadecimal digest that the bytes must have.
    build
        Called without arguments where the cache cannot serve.
    """
    path = cache_folder() / f"{name}-{sha256[:12]}.onnx"
    cached = _read(path, sha256)
    if cached is not None:
        return cached
    with contextlib.ExitStack() as lock:
        is_writable = _acquire(lock, path)
        cached = _read(path, sha256)
        if cached is not None:
            return cached
        if path.exists():
            _log.warning("%s is damaged: building it anew", path)
        content = build()
        if is_writable:
            _store(path, content, sha256)
        return content


def _read(path: Path, sha256: str) -> bytes | None:
    try:
        content = path.read_bytes()
    except OSError:
        return None
    return content if hashlib.sha256(content).hexdigest() == sha256 else None


def _acquire(lock: contextlib.ExitStack, path: Path) -> bool:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock.enter_context(filelock.FileLock(f"{path}.lock", timeout=_LOCK_TIMEOUT_SECONDS))
    except (OSError, NotImplementedError) as error:
        _warn_unwritable(path, error)
        return False
    return True


def _store(path: Path, content: bytes, sha256: str) -> None:
    digest = hashlib.sha256(content).hexdigest()
    if digest != sha256:
        _log.warning("%s not cached: expected sha256 %s, got %s", path.name, sha256, digest)
        return
    try:
        _write_whole(path, content)
    except OSError as error:
        _warn_unwritable(path, error)


def _write_whole(path: Path, content: bytes) -> None:
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _warn_unwritable(path: Path, error: Exception) -> None:
    _log.warning("model cache %s cannot be written (%s): built in memory", path.parent, error)
