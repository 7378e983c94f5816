"""Keep samples that give themselves away out of training."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np
from torch.utils.data import Dataset, IterableDataset, get_worker_info

from twinscore.base.array_likes import as_array
from twinscore.integrations.torch.batches import item_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from twinscore.base.arrays import BoolArray
    from twinscore.integrations.torch.batches import Extract
    from twinscore.streaming import BatchAnswers, StreamingScorer


class RealismFilter(IterableDataset[Any]):
    """Yields the samples of a dataset that look real enough.

    A sample passes if it meets every limit given. Samples that cannot be read do not pass. Whether
    the scorer has seen a sample before makes no difference.

    In a DataLoader with workers, a map-style dataset is shared out among them, and an iterable one
    shares itself out, as always; each worker compares with its own copy of the scorer.

    Parameters
    ----------
    samples
        A map-style or iterable dataset, or any iterable of samples.
    scorer
        What samples are compared with.
    max_distance_ratio
        Largest distance to the nearest real image, over what is usual there between real images
        (`BatchAnswers.relative_distance`). Depends on the sample and the real side alone: at 1.0
        about half of perfect samples pass.
    min_real_share
        Least share of real images among a sample's k neighbors. Depends on the synthetic images
        that the scorer has kept, which must be a fair sample of all, such as a shuffled loader
        gives, and at least half as many as the real ones.
    learn
        Take the samples into the scorer as well, so that later ones are compared with them. A
        worker's copy of the scorer learns, and is gone with the worker.
    extract
        From a sample to its image or embedding; by default the sample, its first part, or what
        a mapping has under a usual name.
    at_once
        Samples compared in one go.

    Examples
    --------
    >>> passing = RealismFilter(dataset, scorer, max_distance_ratio=1.3)  # doctest: +SKIP
    >>> loader = torch.utils.data.DataLoader(passing, batch_size=32)  # doctest: +SKIP
    """

    def __init__(
        self,
        samples: Iterable[Any] | Dataset[Any],
        scorer: StreamingScorer,
        *,
        min_real_share: float | None = None,
        max_distance_ratio: float | None = None,
        learn: bool = False,
        extract: Extract | None = None,
        at_once: int = 64,
    ) -> None:
        super().__init__()
        if min_real_share is None and max_distance_ratio is None:
            raise ValueError("expected min_real_share or max_distance_ratio, got neither")
        self.samples = samples
        self.scorer = scorer
        self.passed = 0
        self.held_back = 0
        self._min_real_share = min_real_share
        self._max_distance_ratio = max_distance_ratio
        self._learn = learn
        self._extract = extract or item_of
        self._at_once = at_once

    def __iter__(self) -> Iterator[Any]:
        """Iterate over the samples that pass, in order.

        Raises
        ------
        ValueError
            There is a least real share, and the scorer has kept too few synthetic images for it.
        """
        self._check_kept()
        samples = self._own_share()
        while chunk := list(islice(samples, self._at_once)):
            items = _together([self._extract(sample) for sample in chunk])
            if self._learn:
                answers = self.scorer.update(items, answers=True)
                assert answers is not None
            else:
                answers = self.scorer.compare(items)
            passes = self._passes(answers)
            self.passed += int(passes.sum())
            self.held_back += len(chunk) - int(passes.sum())
            yield from (sample for sample, is_in in zip(chunk, passes, strict=True) if is_in)

    def _own_share(self) -> Iterator[Any]:
        worker = get_worker_info()
        is_map_style = hasattr(self.samples, "__getitem__") and hasattr(self.samples, "__len__")
        if worker is None or not is_map_style:
            # A map-style dataset need not be iterable by itself.
            return self._by_number(0, 1) if is_map_style else iter(self.samples)
        return self._by_number(worker.id, worker.num_workers)

    def _by_number(self, first: int, step: int) -> Iterator[Any]:
        samples: Any = self.samples
        return (samples[number] for number in range(first, len(samples), step))

    def _check_kept(self) -> None:
        fewest, kept = -(-self.scorer.n_real // 2), self.scorer.n_kept
        if self._min_real_share is not None and kept < fewest:
            raise ValueError(
                f"expected a scorer with at least {fewest:,} synthetic images for min_real_share, "
                f"half as many as real ones, got one with {kept:,}: let it see a random part of "
                "all samples first, or use max_distance_ratio, which needs none"
            )

    def _passes(self, answers: BatchAnswers) -> BoolArray:
        passes = np.ones(len(answers), dtype=np.bool_)
        if self._min_real_share is not None:
            passes &= answers.real_share >= self._min_real_share
        if self._max_distance_ratio is not None:
            passes &= answers.distance_ratio <= self._max_distance_ratio
        return passes


def _together(items: list[Any]) -> Any:
    """Stack embeddings into one array; images stay a list."""
    is_embedding = all(hasattr(item, "shape") and len(item.shape) == 1 for item in items)
    return np.stack([as_array(item) for item in items]) if is_embedding else items
