"""twinscore embed: images into an embedding store, resumable."""

from __future__ import annotations

import signal
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from twinscore.cli.exit_codes import EXIT_TERMINATED
from twinscore.cli.messages import say
from twinscore.cli.object_options import object_options_of_one
from twinscore.cli.options import (
    allow_remote_paths_option,
    device_option,
    exposure_option,
    model_option,
    read_preprocessing,
    threads_option,
    video_interval_option,
    workers_option,
)
from twinscore.cli.store_location import STORE_LOCATION

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twinscore.embedding.embedding_run import EmbeddingRun
    from twinscore.embedding.network.image_embedder import ImageEmbedder
    from twinscore.images.decoding import Preprocessing
    from twinscore.images.views.settings import ViewSettings


EMBED_EXAMPLES = """\b
Examples:
  twinscore embed renders/ --out renders.store
  twinscore embed renders/ --out renders.store        # again: what is new
  twinscore embed photos/ --out photos.store --group-by folder --dtype float16
  twinscore embed 'shard-{0000..0099}.tar' --out renders.store
  twinscore embed shots/ --out shots.store --video-interval 0.5
  twinscore embed renders/ --objects boxes.json --out renders.store
  twinscore embed renders/ --out s3://bucket/renders.store
  twinscore score photos.store renders.store
"""


@click.command(epilog=EMBED_EXAMPLES)
@click.argument("source")
@click.option(
    "--out",
    required=True,
    type=STORE_LOCATION,
    metavar="STORE",
    help="Folder or URL (s3://bucket/name) of the store; what it holds already is not embedded "
    "again.",
)
@model_option
@click.option(
    "--preprocessing",
    callback=read_preprocessing,
    metavar="JSON|FILE",
    help="In place of the model's own; 'twinscore model check' prints that.",
)
@device_option
@click.option(
    "--compute-dtype",
    default="float32",
    show_default=True,
    type=click.Choice(["float32", "float16"]),
    help="In which the network computes; float16 pays on CUDA.",
)
@click.option(
    "--dtype",
    default="float32",
    show_default=True,
    type=click.Choice(["float32", "float16"]),
    help="Of the embeddings in the store.",
)
@click.option(
    "--group-by",
    metavar="COLUMN",
    help="Images alike in a column form a group: folder, folder:1 (the outermost), or a column of "
    "a manifest. All columns are kept: score can group and slice by others.",
)
@exposure_option
@video_interval_option
@allow_remote_paths_option
@click.option(
    "--hash",
    "hashed",
    is_flag=True,
    help="Know images again by sha256 rather than by size and time; reads every file again.",
)
@click.option("--retry-failed", is_flag=True, help="Try images again that had no embedding.")
@click.option("--prune", is_flag=True, help="Take out images that SOURCE no longer lists.")
@click.option(
    "--shard-size",
    type=click.IntRange(1),
    help="Images a shard: what a killed run loses at most. Default: 4096.",
)
@click.option("--batch-size", type=click.IntRange(1), help="Images the network takes at a time.")
@threads_option
@workers_option
@click.option(
    "--isolate/--no-isolate",
    "isolated",
    default=True,
    show_default=True,
    help="Decode in processes of their own, which a bad file may crash.",
)
@click.option("--quiet", "-q", is_flag=True, help="No progress and no summary.")
@object_options_of_one
def embed(
    source: str,
    out: str,
    model: str,
    preprocessing: Preprocessing | None,
    device: str,
    compute_dtype: str,
    exposure: float | None,
    batch_size: int | None,
    threads: int | None,
    workers: str | None,
    isolated: bool,
    quiet: bool,
    group_by: str | None,
    video_interval: float,
    allow_remote_paths: bool,
    dtype: str,
    shard_size: int | None,
    hashed: bool,
    retry_failed: bool,
    prune: bool,
    objects: str | None,
    views: ViewSettings | None,
) -> int:
    """Embed the images of SOURCE into a store: whatever 'twinscore score' takes as images.

    The same command goes on where an earlier run was stopped, adds new images and replaces those
    that changed. An image that cannot be read gets a row with the reason and no embedding. With
    --objects the store keeps what 'twinscore score' shows of annotated images, view by view.
    """
    from twinscore.embedding.into_store import embed as embed_source
    from twinscore.embedding.network.embedder import Embedder
    from twinscore.images.sources.clips import check_interval
    from twinscore.report.terminal.embedding import EmbeddingDisplay

    check_interval(video_interval)
    embedder: ImageEmbedder = Embedder(
        model,
        device="cpu" if workers else device,
        threads=threads,
        batch_size=batch_size,
        compute_dtype=compute_dtype,
        preprocessing=preprocessing,
        exposure=exposure,
        # Of annotated images, pictures are cut in this process.
        isolated=isolated and objects is None and views is None,
    )
    if workers is not None:
        from twinscore.embedding.network.spread_embedder import SpreadEmbedder

        embedder = SpreadEmbedder(embedder, workers, threads, device)
    with _terminating_cleanly(), EmbeddingDisplay(quiet=quiet) as display:
        run = embed_source(
            source,
            out,
            model=embedder,
            group_by=group_by,
            video_interval=video_interval,
            allow_remote_paths=allow_remote_paths,
            dtype=dtype,
            shard_size=shard_size,
            hashed=hashed,
            retry_failed=retry_failed,
            prune=prune,
            workers=workers,
            progress=display,
            objects=objects,
            views=views,
        )
    if not quiet:
        say(_summary(run, out, pruned=prune))
    if run.store is not None and run.store.failed == run.store.images:
        raise ValueError(f"no image of {source} could be embedded")
    return 0


@contextmanager
def _terminating_cleanly() -> Iterator[None]:
    """Let a scheduler that ends the program find it as tidy as the interrupt key does."""
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(EXIT_TERMINATED))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _summary(run: EmbeddingRun, out: str, *, pruned: bool) -> str:
    from twinscore.images.sources.endings import counted
    from twinscore.images.sources.passed_over import describe_passed_over
    from twinscore.images.sources.url import without_secrets

    assert run.store is not None
    cut_out = f", {counted(run.pictures, 'picture')} cut out of images" if run.pictures else ""
    lines = [
        f"{counted(run.embedded, 'image')} embedded, {run.unchanged:,} already there, "
        f"{run.failed:,} failed{cut_out}",
        f"{without_secrets(out)}: {run.store.images - run.store.failed:,} embeddings of "
        f"{run.store.dimension} dimensions in {counted(run.store.shards, 'shard')}, "
        f"{counted(run.store.failed, 'image')} without",
    ]
    if run.passed_over:
        lines.append(describe_passed_over(run.passed_over))
    if run.repeated:
        lines.append(f"{counted(run.repeated, 'image')} listed again, kept once")
    if run.missing:
        gone = f"{counted(run.missing, 'image')} of the store not in the source any more"
        lines.append(f"{gone}: taken out" if pruned else f"{gone} (--prune takes them out)")
    return "\n".join(lines)
