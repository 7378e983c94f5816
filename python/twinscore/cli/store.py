"""twinscore store: whether an embedding store is as it was written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from twinscore.base.printable import printable
from twinscore.cli.exit_codes import EXIT_ERROR
from twinscore.cli.messages import say
from twinscore.cli.store_location import STORE_LOCATION

if TYPE_CHECKING:
    from twinscore.embedding.store.check import StoreCheck

CHECK_EXAMPLES = """\b
Examples:
  twinscore store check renders.store
  twinscore store check renders.store --repair
  twinscore store check s3://bucket/renders.store
  twinscore embed renders/ --out renders.store   # embeds those again
"""


@click.group()
def store() -> None:
    """Look after embedding stores."""


@store.command(epilog=CHECK_EXAMPLES)
@click.argument("location", metavar="STORE", type=STORE_LOCATION)
@click.option(
    "--repair",
    is_flag=True,
    help="Take damaged shards out; 'twinscore embed' of the same source embeds them again.",
)
def check(location: str, repair: bool) -> int:
    """Read all of STORE and compare it with its checksums.

    Exits with 0 where all is well or was repaired, and with 1 where something is damaged.
    """
    from twinscore.embedding.store.check import check_store, repair_store
    from twinscore.images.sources.url import without_secrets

    found = repair_store(location) if repair else check_store(location)
    for damage in found.damages:
        say(f"damaged: {printable(damage)}")
    say(_conclusion(found, printable(without_secrets(location)), repaired=repair))
    return EXIT_ERROR if found.damages and not repair else 0


def _conclusion(found: StoreCheck, folder: str, *, repaired: bool) -> str:
    from twinscore.images.sources.endings import counted

    whole = f"{folder}: {counted(found.images, 'image')} in {counted(found.shards, 'whole shard')}"
    if found.without_checksums and not repaired:
        whole += (
            f", {found.without_checksums:,} of an older version without checksums "
            "(--repair adds them)"
        )
    if not found.damages:
        return whole
    if repaired:
        return f"{whole}; what was damaged is taken out: 'twinscore embed' embeds it again"
    return f"{whole}; --repair takes out what is damaged, and 'twinscore embed' embeds it again"
