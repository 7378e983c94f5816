"""All that makes up a scorer at one moment, and the file it is kept in."""

from __future__ import annotations

import io
import json
import os
import threading
import zipfile
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from twinscore.base.durable import sync_folder
from twinscore.embedding.records import Embeddings, Skipped

if TYPE_CHECKING:
    from collections.abc import Mapping

    from twinscore.base.arrays import Float64Array, FloatMatrix
    from twinscore.embedding.network.embedder import Embedder

FORMAT = "twinscore-stream"
FORMAT_VERSION = 1
PARTIAL = ".partial"

_HEADER = "header"
_DAMAGE = (ValueError, KeyError, TypeError, AttributeError, EOFError, zipfile.BadZipFile)
"""What reading raises on files that are something else, or only a part."""

_ARRAYS = ("vectors", "priorities", "item_priorities")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A scorer without the parts that follow from others.

    Attributes
    ----------
    real, digest
        The real side, and a fingerprint of it.
    model, device, exposure, video_interval, images_model
        How images become points; no model where it was an `Embedder` and a file is all there is.
    k, capacity, seed, window, half_life
        As `StreamingScorer` was given them.
    seen, skipped, clock, threshold, overflowed
        What its register counted, and of its reservoir.
    vectors, priorities, item_priorities, ids, groups
        Of the synthetic items kept.
    """

    real: Embeddings
    digest: str
    model: str | os.PathLike[str] | Embedder | None
    device: str
    exposure: float | None
    video_interval: float
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
        content = self._content(notes or {})
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
            with np.load(file, allow_pickle=False) as archive:
                content = {key: archive[key] for key in archive.files}
            header = json.loads(str(content.pop(_HEADER)))
            found = (header["format"], header["version"])
            if found == (FORMAT, FORMAT_VERSION):
                return cls._from(header["scorer"], content), header["notes"]
        except _DAMAGE as error:
            raise ValueError(f"{name} is not the complete saved state of a stream") from error
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
        return replace(other, real=self.real, model=self.model, device=self.device)

    def _content(self, notes: Mapping[str, Any]) -> dict[str, Any]:
        scalars = {
            field.name: getattr(self, field.name)
            for field in fields(self)
            if field.name not in ("real", *_ARRAYS)
        }
        scalars["model"] = self._model_name()
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

    def _model_name(self) -> str | None:
        return os.fspath(self.model) if isinstance(self.model, str | os.PathLike) else None

    @classmethod
    def _from(cls, scalars: dict[str, Any], arrays: dict[str, Any]) -> Snapshot:
        real = scalars.pop("real")
        images_model = scalars.pop("images_model")
        return cls(
            real=Embeddings(
                arrays.pop("real_vectors"),
                names=tuple(real["names"]),
                groups=None if real["groups"] is None else tuple(real["groups"]),
                skipped=tuple(Skipped(*item) for item in real["skipped"]),
                model=real["model"],
                preprocessing=real["preprocessing"],
            ),
            images_model=None if images_model is None else (images_model[0], images_model[1]),
            threshold=float(scalars.pop("threshold")),
            ids=tuple(scalars.pop("ids")),
            groups=tuple(scalars.pop("groups")),
            **scalars,
            **arrays,
        )
