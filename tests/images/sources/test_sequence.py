from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from twinscore.images.records import ImageItem
from twinscore.images.sources import SequenceSource

PIXELS = np.arange(6 * 5 * 3, dtype=np.uint8).reshape(6, 5, 3)


def content(item: ImageItem) -> np.ndarray[Any, Any]:
    assert isinstance(item.content, np.ndarray)
    return item.content


def test_mixed_images_keep_order_and_get_names() -> None:
    picture = Image.fromarray(PIXELS)
    items = list(SequenceSource(["dir/a.jpg", Path("b.png"), picture, PIXELS, b"\xff\xd8"]))
    assert [item.name for item in items] == ["dir/a.jpg", "b.png", "image 2", "image 3", "image 4"]
    assert items[0].content == Path("dir/a.jpg")
    assert items[2].content is picture
    assert np.shares_memory(content(items[3]), PIXELS)
    assert items[4].content == b"\xff\xd8"


def test_an_iterator_can_be_iterated_again() -> None:
    source = SequenceSource(path for path in ("a.jpg", "b.jpg"))
    assert len(source) == 2
    assert list(source) == list(source)


def test_a_stack_of_images_is_split_without_copies() -> None:
    stack = np.stack([PIXELS, PIXELS + 1])
    items = list(SequenceSource(stack))
    assert np.array_equal(content(items[1]), PIXELS + 1)
    assert np.shares_memory(content(items[1]), stack)


@pytest.mark.parametrize("channels_first", [True, False])
def test_tensors_come_out_with_channels_last(channels_first: bool) -> None:
    torch = pytest.importorskip("torch")
    tensor = torch.from_numpy(PIXELS)
    if channels_first:
        tensor = tensor.permute(2, 0, 1)
    for images in ([tensor], tensor[None]):
        (item,) = SequenceSource(images)
        assert np.array_equal(content(item), PIXELS)


def test_a_tensor_with_gradient_is_taken() -> None:
    torch = pytest.importorskip("torch")
    tensor = torch.ones(3, 4, 5, requires_grad=True, dtype=torch.bfloat16)
    (item,) = SequenceSource([tensor])
    assert content(item).shape == (4, 5, 3)
    assert content(item).dtype == np.float32


def test_an_array_of_paths_is_a_list_of_paths() -> None:
    assert [item.name for item in SequenceSource(np.array(["a.jpg", "b.jpg"]))] == [
        "a.jpg",
        "b.jpg",
    ]


def test_image_items_pass_through() -> None:
    item = ImageItem("archive.zip/a.jpg", b"x", "clip")
    assert list(SequenceSource([item])) == [item]
    assert next(iter(SequenceSource([item], groups=["other"]))).group == "other"


def test_groups_go_with_the_images() -> None:
    groups = np.array([3, 3, 5])
    source = SequenceSource(["a.jpg", "b.jpg", "c.jpg"], groups=groups)  # type: ignore[arg-type]
    assert [item.group for item in source] == ["3", "3", "5"]


@pytest.mark.parametrize(
    ("groups", "kind", "message"),
    [
        (["a"], ValueError, "expected one group for each of the 2 images, got 1 groups"),
        ("ab", TypeError, "expected a sequence with one group per image, got str"),
        (["a", None], TypeError, "expected strings or integers, got NoneType for image 1"),
        ([0.5, 1.5], TypeError, "expected strings or integers, got float for image 0"),
    ],
)
def test_groups_that_do_not_fit_are_refused(
    groups: Any, kind: type[Exception], message: str
) -> None:
    with pytest.raises(kind, match=f"real groups: {message}"):
        SequenceSource(["a.jpg", "b.jpg"], groups=groups, side="real")


@pytest.mark.parametrize(
    ("images", "kind", "message"),
    [
        ([], ValueError, "expected at least one image, got none"),
        ("a.jpg", TypeError, "expected an iterable of images, got 'a.jpg'"),
        (7, TypeError, "expected an iterable of images, got int"),
        ([Path("a.jpg"), 7], TypeError, "image 1: expected a path, .* got int"),
        ([(PIXELS, 0)], TypeError, "image 0: expected a path, .* got tuple"),
        ([np.zeros(1280)], ValueError, r"image 0: .*got shape \(1280,\); embeddings are passed"),
        ([np.zeros((4, 5, 7))], ValueError, r"1, 3 or 4 channels, got shape \(4, 5, 7\)"),
        ([np.zeros((0, 5, 3))], ValueError, r"got shape \(0, 5, 3\)"),
        (PIXELS, ValueError, r"expected an array of images with 4 axes .*got shape \(6, 5, 3\)"),
    ],
)
def test_what_is_no_image_is_refused(images: Any, kind: type[Exception], message: str) -> None:
    with pytest.raises(kind, match=f"real side.*{message}"):
        SequenceSource(images, side="real")
