"""From a path or URL to the directory of a store."""

from __future__ import annotations

import os

from twinscore.embedding.store.directory import StoreDirectory
from twinscore.embedding.store.local_directory import LocalDirectory
from twinscore.embedding.store.remote_directory import RemoteDirectory
from twinscore.images.sources.remote_file import file_system
from twinscore.images.sources.url import ON_THIS_MACHINE, Url, is_url

Location = str | os.PathLike[str] | StoreDirectory
"""A path, a URL that fsspec knows, or a directory opened before."""


def directory_of(location: Location) -> StoreDirectory:
    """Open the place of a store; nothing is read or made.

    Raises
    ------
    MissingExtraError
        fsspec, or the package for this kind of URL, is not installed.
    ValueError
        The kind of URL is not known, or says too little.
    """
    if isinstance(location, StoreDirectory):
        return location
    text = os.fspath(location)
    if not is_url(text):
        return LocalDirectory(text)
    system, path = file_system(text)
    url = Url.of(text)
    if not url.wrappers and url.scheme in ON_THIS_MACHINE:
        return LocalDirectory(path)
    return RemoteDirectory(url.shown, system, path)
