"""The first score that README shows: camera frames against camera and simulator frames.

    python bench/first_score.py CAMERAS SIMULATOR --out DIR

CAMERAS holds frames of robot cameras (https://github.com/andrepool/robocup_ml; a folder for each
session, at most 20 frames of it, scaled to 228 x 300 pixels), SIMULATOR frames of a driving
simulator (https://github.com/M-H-Amini/ADS_translators, 500 drawn at random), both as JPEG of
quality 88. ``photos/`` gets 380 camera frames drawn at random, ``renders/`` 190 others and 190
simulator frames; then the command of README is run on an 80 columns wide terminal.

Half of the "renders" could pass for real, so that the truth is known: of these sides, a score of
0.667 and an overlap of 0.5.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np

PHOTOS = 380
OF_EACH_KIND = 190
SEED = 0
COMMAND = ("score", "photos/", "renders/", "--out", "result/")


def split(cameras: Path, simulator: Path, folder: Path) -> None:
    """Copy the frames of either side, drawn at random, below the names of their sources."""
    random = np.random.default_rng(SEED)
    drawn = {
        source: random.permutation(sorted(map(str, source.rglob("*.jpg"))))
        for source in (cameras, simulator)
    }
    needed = {cameras: PHOTOS + OF_EACH_KIND, simulator: OF_EACH_KIND}
    for source, files in drawn.items():
        if len(files) < needed[source]:
            raise ValueError(f"expected {needed[source]} frames in {source}, got {len(files)}")
    real = drawn[cameras]
    for files, source, side in (
        (real[:PHOTOS], cameras, folder / "photos"),
        (real[PHOTOS : PHOTOS + OF_EACH_KIND], cameras, folder / "renders" / "cameras"),
        (drawn[simulator][:OF_EACH_KIND], simulator, folder / "renders" / "simulator"),
    ):
        for file in files:
            target = side / Path(file).relative_to(source)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)


def shown(folder: Path) -> str:
    """Run the command as a user does, and return what it prints."""
    finished = subprocess.run(
        [sys.executable, "-m", "twinscore", *COMMAND],
        cwd=folder,
        env={**os.environ, "COLUMNS": "80"},
        stdout=subprocess.PIPE,
        encoding="utf-8",
        check=True,
    )
    return "\n".join(line.rstrip() for line in finished.stdout.strip().splitlines()) + "\n"


def main() -> None:
    """Make the split and print the score."""
    parser = argparse.ArgumentParser(description="The first score that README shows.")
    parser.add_argument("cameras", type=Path)
    parser.add_argument("simulator", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    split(arguments.cameras, arguments.simulator, arguments.out)
    print(shown(arguments.out), end="")


if __name__ == "__main__":
    main()
