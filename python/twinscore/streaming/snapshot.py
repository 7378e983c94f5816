"""All that makes up a scorer at one moment, and the file it is kept in."""

from __future__ import annotations

import io
import json
import math
import os
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from twinscore.base.json_text import parse_json
from twinscore.base.saved_state import ArrayForm, Fields, read_saved_arrays
from twinscore.embedding.records import Embeddings, Skipped
from twinscore.embedding.settings import ImageSettings
from twinscore.streaming.fact_trend import FactTrend
from twinscore.streaming.state_archive import write_archive

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from twinscore.base.arrays import Float64Array, FloatMatrix

FORMAT = "twinscore-stream"
FORMAT_VERSION = 1

_HEADER = "header"
_LARGEST_SEED = 2**63

_ARRAYS = ("vectors", "priorities", "item_priorities")
_FORMS = {
    "real_vectors": ArrayForm(("float32", "float16"), axes=2),
    "vectors": ArrayForm(("float32",), axes=2),
    "priorities": ArrayForm(("float64",), axes=1),
    "item_priorities": ArrayForm(("float64",), axes=1),
}

_OF_IMAGES = ("model", "device", "exposure", "video_interval")
"""What the file holds of the settings of images: the real side is embedded and grouped already."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A scorer without the parts that follow from others.

    Attributes
    ----------
    real, digest
        The real side, and a fingerprint of it.
    images, images_model
        How images become points, and (model, preprocessing) that synthetic ones went through.
    k, capacity, seed, window, half_life
        As `StreamingScorer` was given them.
    seen, skipped, clock, threshold, overflowed
        What its register counted, and of its reservoir.
    vectors, priorities, item_priorities, ids, groups
        Of the synthetic items kept.
    trend
        `FactTrend` as JSON types; None where it was saved before there was one.
    """

    real: Embeddings
    digest: str
    images: ImageSettings
    images_model: tuple[str, str] | None
    k: int
    capacity: int
    seed: int
    window: int | None
    half_life: float | None
    seen: int
    skipped: int
    clock: int
    threshold: float
    overflowed: bool
    vectors: FloatMatrix
    priorities: Float64Array
    item_priorities: Float64Array
    ids: tuple[str | None, ...]
    groups: tuple[str | None, ...]
    trend: dict[str, Any] | None = None

    def check_mergeable(self, other: Snapshot) -> None:
        """Make sure that two scorers draw alike from streams that are compared with one side.

        Raises
        ------
        ValueError
            They do not; the message names the first difference.
        """
        if self.digest != other.digest:
            raise ValueError("expected two scorers of the same real images, got different ones")
        for name in ("k", "seed", "window", "half_life"):
            own, others = getattr(self, name), getattr(other, name)
            if own != others:
                raise ValueError(f"expected scorers of one {name}, got {own} and {others}")

    def write(
        self, file: str | os.PathLike[str] | BinaryIO, notes: Mapping[str, Any] | None = None
    ) -> None:
        """Write it, with notes of the caller's in JSON; see `StreamingScorer.save`."""
        write_archive(file, self._content(notes or {}))

    @classmethod
    def read(cls, file: str | os.PathLike[str] | BinaryIO) -> Snapshot:
        """Read what `write` wrote; see `StreamingScorer.load`."""
        return cls.read_with_notes(file)[0]

    @classmethod
    def read_with_notes(
        cls, file: str | os.PathLike[str] | BinaryIO
    ) -> tuple[Snapshot, dict[str, Any]]:
        """Read it and the caller's notes."""
        if isinstance(file, str | os.PathLike):
            if not Path(file).is_file():
                raise FileNotFoundError(
                    f"expected the saved state of a stream, but {os.fspath(file)!r} is none"
                )
            with Path(file).open("rb") as opened:
                return cls._read(opened, repr(os.fspath(file)))
        return cls._read(file, "the file given")

    @classmethod
    def _read(cls, file: BinaryIO, name: str) -> tuple[Snapshot, dict[str, Any]]:
        try:
            text, arrays = read_saved_arrays(file, _FORMS, _HEADER)
            header = Fields(parse_json(text))
            found = (header.any("format"), header.any("version"))
            if found == (FORMAT, FORMAT_VERSION):
                notes: dict[str, Any] = header.fields("notes").values
                return saved_snapshot(header.fields("scorer"), arrays), notes
        except ValueError as error:
            raise ValueError(
                f"{name} is not the complete saved state of a stream: {error}"
            ) from error
        raise ValueError(
            f"{name}: expected format {FORMAT} {FORMAT_VERSION}, got {found[0]} {found[1]}"
        )

    def synthetic_bytes(self) -> bytes:
        """Return all but the real side, to be read by `with_synthetic_of`."""
        buffer = io.BytesIO()
        nobody = Embeddings(np.empty((0, self.vectors.shape[1]), np.float32), ())
        replace(self, real=nobody).write(buffer)
        return buffer.getvalue()

    def with_synthetic_of(self, received: bytes) -> Snapshot:
        """Read `synthetic_bytes` of a scorer of the same real side.

        Raises
        ------
        ValueError
            It has another one, k, seed or way of sampling.
        """
        other = self.read(io.BytesIO(received))
        self.check_mergeable(other)
        return replace(other, real=self.real, images=self.images)

    def _content(self, notes: Mapping[str, Any]) -> dict[str, Any]:
        scalars = {
            field.name: getattr(self, field.name)
            for field in fields(self)
            if field.name not in ("real", "images", *_ARRAYS)
        }
        saved_images = self.images.to_dict()
        scalars.update({name: saved_images[name] for name in _OF_IMAGES})
        # JSON knows no infinity.
        scalars["threshold"] = repr(self.threshold)
        scalars["real"] = {
            "names": self.real.names,
            "groups": self.real.groups,
            "skipped": [(item.name, item.reason) for item in self.real.skipped],
            "model": self.real.model,
            "preprocessing": self.real.preprocessing,
        }
        header = {
            "format": FORMAT,
            "version": FORMAT_VERSION,
            "scorer": scalars,
            "notes": dict(notes),
        }
        arrays = {name: getattr(self, name) for name in _ARRAYS}
        return {
            _HEADER: np.array(json.dumps(header)),
            "real_vectors": self.real.vectors,
            **arrays,
        }


def saved_snapshot(saved: Fields, arrays: Mapping[str, npt.NDArray[Any]]) -> Snapshot:
    """Make a snapshot of what was saved, every value of which is looked at first.

    Raises
    ------
    ValueError
        A value is of another type, out of range, or does not go with another.
    """
    real_vectors, vectors = arrays["real_vectors"], arrays["vectors"]
    count = len(vectors)
    if vectors.shape[1] != real_vectors.shape[1] or not vectors.shape[1]:
        raise ValueError(f"rows of {vectors.shape[1]} values against {real_vectors.shape[1]}")
    if not count == len(arrays["priorities"]) == len(arrays["item_priorities"]):
        raise ValueError(f"expected {count:,} priorities, one a row")
    capacity = saved.whole("capacity", least=1)
    window = None if saved.is_missing("window") else saved.whole("window", least=1)
    half_life = None if saved.is_missing("half_life") else saved.number("half_life", above=0.0)
    if count > capacity or (window is not None and half_life is not None):
        raise ValueError(f"{count:,} rows of {capacity:,}, window {window}, half_life {half_life}")
    return Snapshot(
        real=_saved_real_side(saved.fields("real"), real_vectors),
        digest=saved.text("digest"),
        images=ImageSettings(
            model=None if saved.is_missing("model") else saved.text("model"),
            device=saved.text("device"),
            exposure=None if saved.is_missing("exposure") else saved.number("exposure"),
            video_interval=saved.number("video_interval", above=0.0),
        ),
        images_model=_saved_makers(saved),
        k=saved.whole("k", least=1),
        capacity=capacity,
        seed=saved.whole("seed", least=-_LARGEST_SEED),
        window=window,
        half_life=half_life,
        seen=saved.whole("seen", least=count),
        skipped=saved.whole("skipped"),
        clock=saved.whole("clock"),
        threshold=_saved_threshold(saved),
        overflowed=saved.flag("overflowed"),
        vectors=vectors,
        priorities=arrays["priorities"],
        item_priorities=arrays["item_priorities"],
        ids=saved.optional_texts("ids", count),
        groups=saved.optional_texts("groups", count),
        trend=_saved_trend(saved),
    )


def _saved_trend(saved: Fields) -> dict[str, Any] | None:
    if "trend" not in saved.values:
        return None
    values: dict[str, Any] = saved.fields("trend").values
    # Looked at now, so that a file that is damaged is refused when it is read.
    FactTrend.from_json(Fields(values))
    return values


def _saved_real_side(saved: Fields, vectors: npt.NDArray[Any]) -> Embeddings:
    count = len(vectors)
    skipped = saved.rows("skipped", 2)
    if not all(isinstance(text, str) for pair in skipped for text in pair):
        raise ValueError("'skipped': expected pairs of texts")
    return Embeddings(
        vectors,
        names=saved.texts("names", count),
        groups=None if saved.is_missing("groups") else saved.texts("groups", count),
        skipped=tuple(Skipped(name, reason) for name, reason in skipped),
        model=None if saved.is_missing("model") else saved.text("model"),
        preprocessing=None if saved.is_missing("preprocessing") else saved.text("preprocessing"),
    )


def _saved_makers(saved: Fields) -> tuple[str, str] | None:
    if saved.is_missing("images_model"):
        return None
    model, preprocessing = saved.texts("images_model", 2)
    return model, preprocessing


def _saved_threshold(saved: Fields) -> float:
    """Read a number that may be infinite, which JSON cannot say."""
    threshold = float(saved.text("threshold"))
    if math.isnan(threshold):
        raise ValueError("'threshold': expected a number, got NaN")
    return threshold
