"""Write folders of images for the other examples: photographs, and two renderings of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from twinscore.cli.demo.photographs import cut_photographs
from twinscore.cli.demo.twins import TWINS

if TYPE_CHECKING:
    from PIL import Image

IMAGES = 60


def write_images(folder: Path) -> dict[str, Path]:
    """Return the folder of the photographs and one for each twin, by name."""
    real, held_out = cut_photographs(seed=0)
    folders = {"photos": folder / "photos"}
    for number, crop in enumerate(real[:IMAGES]):
        _save(crop.image, folders["photos"], number)
    for twin in TWINS:
        folders[twin.name] = folder / twin.name
        for number, crop in enumerate(held_out[:IMAGES]):
            _save(twin.render(crop.image), folders[twin.name], number)
    return folders


def _save(image: Image.Image, folder: Path, number: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    image.save(folder / f"scene-{number:03}.png")


if __name__ == "__main__":
    print(*write_images(Path("example-images")).values(), sep="\n")
