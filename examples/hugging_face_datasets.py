"""Keep renders that give themselves away out of a Hugging Face dataset.

pip install 'twinscore[cpu,torch]' datasets
python examples/hugging_face_datasets.py PHOTOS RENDERS
"""

from __future__ import annotations

import sys

from datasets import Dataset, Image

import twinscore as ts
from twinscore.images.sources import FolderSource
from twinscore.integrations.torch import realism_weights

LARGEST_RATIO = 1.3


def main(photos: str, renders: str) -> None:
    """Score the renders, rate each of them, and keep those that look real enough."""
    files = [str(item.content) for item in FolderSource(renders)]
    dataset = Dataset.from_dict({"image": files}).cast_column("image", Image())

    scorer = ts.StreamingScorer(photos, capacity=len(files))
    answers = scorer.update(dataset["image"], answers=True)
    assert answers is not None
    print(f"score {scorer.result().score:.3f} of {scorer.n_seen} renders")

    rated = dataset.add_column("distance_ratio", answers.distance_ratio)
    rated = rated.add_column("weight", realism_weights(answers))
    passing = rated.filter(lambda ratio: ratio <= LARGEST_RATIO, input_columns="distance_ratio")
    print(f"{len(passing)} of {len(rated)} renders have a distance ratio up to {LARGEST_RATIO}")


if __name__ == "__main__":
    main(*sys.argv[1:3])
