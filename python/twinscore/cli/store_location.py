"""Where a store lies, as words: a folder, or a URL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from click import Context, Parameter


class StoreLocation(click.ParamType[str]):
    """A folder that need not exist, or a URL, of which nothing is asked here."""

    name = "store"

    def convert(self, value: Any, param: Parameter | None, ctx: Context | None) -> str:
        """Refuse what is a file."""
        from twinscore.images.sources.url import is_url

        if not is_url(str(value)):
            _FOLDER.convert(value, param, ctx)
        return str(value)


_FOLDER = click.Path(file_okay=False)

STORE_LOCATION = StoreLocation()
