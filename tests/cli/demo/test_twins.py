import numpy as np
import pytest
from PIL import Image

from twinscore.cli.demo.twins import TWINS, Twin


def picture(seed: int = 0) -> Image.Image:
    """Make a picture with edges, gradients and texture."""
    random = np.random.default_rng(seed)
    rows, columns = np.mgrid[0:96, 0:96]
    red = 200.0 * (columns > 48) + random.normal(scale=12, size=rows.shape)
    green = rows * 2.0 + random.normal(scale=12, size=rows.shape)
    blue = 60.0 + columns
    return Image.fromarray(np.stack([red, green, blue], -1).clip(0, 255).astype(np.uint8))


def change(twin: Twin, image: Image.Image) -> float:
    before, after = (np.asarray(each, np.float64) for each in (image, twin.render(image)))
    return float(np.abs(before - after).mean())


@pytest.mark.parametrize("twin", TWINS, ids=lambda twin: twin.name)
def test_a_twin_is_a_pure_function_of_the_image(twin: Twin) -> None:
    image = picture()
    before = image.tobytes()
    first, second = twin.render(image), twin.render(image)
    assert first.tobytes() == second.tobytes()
    assert (first.size, first.mode) == (image.size, "RGB")
    assert image.tobytes() == before


def test_each_twin_comes_closer_than_the_one_before() -> None:
    changes = [change(twin, picture()) for twin in TWINS]
    assert changes == sorted(changes, reverse=True)
    assert changes[-1] < 6


def test_the_blockout_has_few_colours() -> None:
    colours = TWINS[0].render(picture()).getcolors()
    assert colours is not None
    assert len(colours) <= 5
