"""Optional dependencies: imported where used, with one clear line when absent."""

from __future__ import annotations

import importlib
from typing import Any

from twinscore.base.errors import MissingExtraError


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
        raise MissingExtraError(
            f"{purpose} needs the package {error.name!r}: pip install 'twinscore[{extra}]'"
        ) from error
