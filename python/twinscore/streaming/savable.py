"""A stream behind a lock, which may be copied, pickled, saved and loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from twinscore.streaming.fork_safe_lock import ForkSafeLock
from twinscore.streaming.snapshot import Snapshot
from twinscore.streaming.state import StreamState

if TYPE_CHECKING:
    import os
    from typing import BinaryIO

    from twinscore.embedding.network.image_embedder import ImageEmbedder


class SavableStream:
    """Goes on from any moment that was kept: in memory, in a file, in another process."""

    _state: StreamState
    _lock: ForkSafeLock

    def _hold(self, state: StreamState) -> None:
        self._state = state
        self._lock = ForkSafeLock()

    def snapshot(self) -> Snapshot:
        """Return a copy of all that makes up the scorer; see `restore`."""
        with self._lock.held:
            return self._state.snapshot()

    @classmethod
    def restore(
        cls,
        snapshot: Snapshot,
        *,
        model: str | os.PathLike[str] | ImageEmbedder | None = None,
        device: str | None = None,
        threads: int | None = None,
    ) -> Self:
        """Make a scorer that goes on where a snapshot was taken."""
        scorer = cls.__new__(cls)
        scorer._hold(StreamState.restored(snapshot, model, device, threads))
        return scorer

    def save(self, file: str | os.PathLike[str] | BinaryIO) -> None:
        """Write all of it to a file, in the place of an older one; a crash leaves one of the two.

        An uncompressed .npz without pickled objects; it carries a version.

        Raises
        ------
        OSError
            The file cannot be written; an older one is as it was.
        """
        self.snapshot().write(file)

    @classmethod
    def load(
        cls,
        file: str | os.PathLike[str] | BinaryIO,
        *,
        model: str | os.PathLike[str] | ImageEmbedder | None = None,
        device: str | None = None,
        threads: int | None = None,
    ) -> Self:
        """Read what `save` wrote; scoring goes on as if it had never stopped.

        Parameters
        ----------
        file
            A path or a binary file.
        model, device
            Of the embedder; None: those it was saved with.
        threads
            None for all that the process may use.

        Raises
        ------
        FileNotFoundError
            There is no such file.
        ValueError
            The file is damaged, or was written by a version of another format.
        """
        return cls.restore(Snapshot.read(file), model=model, device=device, threads=threads)

    def __getstate__(self) -> dict[str, Any]:
        return {"snapshot": self.snapshot(), "threads": self._state.threads}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__ = self.restore(state["snapshot"], threads=state["threads"]).__dict__
