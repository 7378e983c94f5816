"""Which files of a folder change, as its file system tells."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from twinscore.base.extras import require

if TYPE_CHECKING:
    from collections.abc import Iterator

TICK_MILLISECONDS = 250
POLL_MILLISECONDS = 1000


def changes_in(folder: Path, *, poll: bool) -> Iterator[set[str]]:
    """Tell now and then which files in a folder have changed, possibly none.

    Parameters
    ----------
    folder
        With its subfolders.
    poll
        Whether to list it every second, where nobody tells of changes.

    Raises
    ------
    MissingExtraError
        The package that watches is not installed.
    OSError
        The folder cannot be watched.
    """
    watchfiles = require("watchfiles", extra="watch", purpose="twinscore watch")
    try:
        for changes in watchfiles.watch(
            folder,
            watch_filter=None,
            debounce=TICK_MILLISECONDS,
            rust_timeout=TICK_MILLISECONDS,
            yield_on_timeout=True,
            force_polling=poll or None,
            poll_delay_ms=POLL_MILLISECONDS,
        ):
            # A folder is modified whenever something in it is, which is told of by itself.
            yield {
                path
                for change, path in changes
                if change != watchfiles.Change.modified or not Path(path).is_dir()
            }
    except OSError as error:
        raise OSError(
            f"cannot watch {folder}: {error.strerror or error}; --poll may do without"
        ) from error
