"""How images become points: one record, handed to everything that embeds."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from twinscore.base.devices import is_device_name
from twinscore.base.errors import SettingError
from twinscore.embedding.models import DEFAULT_MODEL
from twinscore.images.sources.clips import DEFAULT_INTERVAL, check_interval

if TYPE_CHECKING:
    from twinscore.base.workers.protocol import Workers
    from twinscore.embedding.network.image_embedder import ImageEmbedder


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageSettings:
    """What is read of a side, and by which network.

    Attributes
    ----------
    model
        "efficientnet-lite0", the path of an ONNX file, a name such as "torchvision:resnet50" or
        "timm:MODEL", or an `Embedder`; not used for embeddings.
        None in what was saved with an `Embedder`, which no file holds.
    device
        "cpu", "cuda", "cuda:1" for a certain one, or "auto".
    exposure
        In stops, for OpenEXR and HDR files; None: the model's own, 0 for most. An `Embedder`
        that is passed has its own.
    video_interval
        Seconds between two frames of a video clip.
    group_by
        Column whose values are the groups; None: those that the source knows.
    allow_remote_paths
        Let a list or table at a URL lead to files of this machine and to other hosts.
    allow_skips
        Go on when more than 5 % of a side cannot be read.

    Raises
    ------
    ValueError, TypeError
        For what cannot be meant.
    """

    model: str | os.PathLike[str] | ImageEmbedder | None = DEFAULT_MODEL
    device: str = "cpu"
    exposure: float | None = None
    video_interval: float = DEFAULT_INTERVAL
    group_by: str | None = None
    allow_remote_paths: bool = False
    allow_skips: bool = False

    def __post_init__(self) -> None:
        """Refuse what cannot be meant."""
        if not is_device_name(self.device):
            raise SettingError(f"expected a device cpu, cuda, cuda:N or auto, got {self.device!r}")
        if self.exposure is not None and not math.isfinite(self.exposure):
            raise SettingError(f"expected a finite exposure in stops, got {self.exposure}")
        check_interval(self.video_interval)
        if not (self.model is None or isinstance(self.model, str | os.PathLike)):
            self._check_embedder()

    def _check_embedder(self) -> None:
        from twinscore.embedding.network.image_embedder import ImageEmbedder

        if not isinstance(self.model, ImageEmbedder):
            kind = type(self.model).__name__
            raise TypeError(
                f"expected a model's name, an ONNX file or an Embedder, got {kind}: "
                "ts.Embedder(model, layer=...) makes one of a torch module"
            )

    def open_embedder(
        self, threads: int | None, workers: str | Workers | None = None
    ) -> ImageEmbedder:
        """Open the model, unless it is open.

        Parameters
        ----------
        threads
            For decoding as for the network; None: one for each core.
        workers
            Who decodes and embeds, with so many threads each; None: this process.

        Raises
        ------
        ValueError
            There is no model any more, or it is none for workers.
        """
        from twinscore.embedding.network.embedder import Embedder
        from twinscore.embedding.network.image_embedder import ImageEmbedder

        if workers is not None:
            return self._open_spread(threads, workers)
        if isinstance(self.model, ImageEmbedder):
            return self.model
        if self.model is None:
            raise ValueError(
                "expected a model for images: this was saved with an Embedder of the caller's; "
                "pass it again as model"
            )
        return Embedder(
            os.fspath(self.model), device=self.device, threads=threads, exposure=self.exposure
        )

    def _open_spread(self, threads: int | None, workers: str | Workers) -> ImageEmbedder:
        from twinscore.embedding.network.spread_embedder import SpreadEmbedder

        if isinstance(self.model, SpreadEmbedder):
            return self.model
        # Of the devices of workers this process needs none.
        here = replace(self, device="cpu").open_embedder(threads)
        device = here.recipe.device if here is self.model else self.device
        return SpreadEmbedder(here, workers, threads, device or "cpu")

    def to_dict(self) -> dict[str, Any]:
        """Return the settings as JSON types; None for a model that only this process has."""
        model = os.fspath(self.model) if isinstance(self.model, str | os.PathLike) else None
        return {
            "model": model,
            "device": self.device,
            "exposure": self.exposure,
            "video_interval": self.video_interval,
            "group_by": self.group_by,
            "allow_remote_paths": self.allow_remote_paths,
            "allow_skips": self.allow_skips,
        }
