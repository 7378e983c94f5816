"""The file that the state of a stream is kept in: whole, or as it was before."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from twinscore.base.durable import sync_folder

if TYPE_CHECKING:
    from collections.abc import Mapping

PARTIAL = ".partial"


def write_archive(file: str | os.PathLike[str] | BinaryIO, content: Mapping[str, Any]) -> None:
    """Write arrays as an uncompressed ``.npz``, in the place of an older one.

    Parameters
    ----------
    file
        A path, or a binary file.
    content
        Arrays by their names.

    Raises
    ------
    OSError
        The file cannot be written; an older one is as it was.
    """
    if not isinstance(file, str | os.PathLike):
        np.savez(file, allow_pickle=False, **content)
        return
    target = Path(file)
    # Processes and threads that save to one file must not write into one another's.
    unique = f"{os.getpid()}-{threading.get_ident()}"
    partial = target.with_name(f".{target.name}.{unique}{PARTIAL}")
    try:
        with partial.open("wb") as opened:
            np.savez(opened, allow_pickle=False, **content)
            opened.flush()
            os.fsync(opened.fileno())
        partial.replace(target)
        sync_folder(target.parent)
    except OSError as error:
        raise OSError(f"cannot write to {target}: {error.strerror or error}") from error
    finally:
        partial.unlink(missing_ok=True)
