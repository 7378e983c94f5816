"""Optional dependencies: imported where used, with one clear line when absent."""

from __future__ import annotations

import importlib
import json
from importlib.util import find_spec
from typing import Any

from twinscore.base.errors import MissingExtraError


def check_installed(module: str, *, extra: str, purpose: str) -> None:
    """Make sure that an optional module is there, without the time that importing it takes.

    Parameters
    ----------
    module, extra, purpose
        As for `require`.

    Raises
    ------
    MissingExtraError
        With the pip command that mends it.
    """
    name = module.partition(".")[0]
    if find_spec(name) is None:
        raise MissingExtraError(_how_to_install(name, extra, purpose))


def require(module: str, *, extra: str, purpose: str) -> Any:
    """Import an optional module.

    Parameters
    ----------
    module
        Dotted name of the module.
    extra
        The extra of twinscore that installs it.
    purpose
        What needs it, as the start of a sentence: "the demo".

    Raises
    ------
    MissingExtraError
        With the pip command that mends it.
    """
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] != module.partition(".")[0]:
            raise
        raise MissingExtraError(_how_to_install(error.name, extra, purpose)) from error


def _how_to_install(package: str, extra: str, purpose: str) -> str:
    return f"{purpose} needs the package {package!r}: {pip_command(extra)}"


def pip_command(extra: str) -> str:
    """Return the command that installs an extra: in the clone, if that is where pip installed from.

    Its folder is not named: the command is also part of pages and results that others read.
    """
    package = "." if _is_from_a_folder() else "twinscore"
    return f"pip install '{package}[{extra}]'"


def _is_from_a_folder() -> bool:
    """Read the record of PEP 610 that pip leaves of where a package came from."""
    from importlib import metadata

    try:
        record = json.loads(metadata.distribution("twinscore").read_text("direct_url.json") or "{}")
    except (metadata.PackageNotFoundError, ValueError):
        return False
    return "dir_info" in record
