"""A torch module as an embedder: its own vectors, batch by batch, or one line why not."""

from __future__ import annotations

import dataclasses
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

import twinscore as ts
from small_modules import small_module
from twinscore.embedding.network.flow import NOT_FINITE
from twinscore.images.decoding import preprocess
from twinscore.images.decoding.stated_preprocessing import as_preprocessing
from twinscore.images.records import ImageItem

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

torch = pytest.importorskip("torch", reason="needs the extra torch")

STATED = {"size": 16, "mean": (0.5, 0.4, 0.3), "std": (0.2, 0.3, 0.4)}
DEVICES = ["cpu", "cuda"] if torch.cuda.is_available() else ["cpu"]


def pictures(count: int, seed: int = 0) -> Any:
    random = np.random.default_rng(seed)
    return random.integers(0, 256, (count, 20, 24, 3), dtype=np.uint8)


def expected_vectors(module: Any, images: Any, part: Callable[[Any, Any], Any]) -> Any:
    """What the module gives for all images at once, prepared one by one."""
    preprocessing = as_preprocessing(STATED)
    inputs = np.stack([preprocess(Image.fromarray(image), preprocessing) for image in images])
    with torch.no_grad():
        place = next(module.parameters()).device
        return part(module, torch.from_numpy(inputs).to(place)).cpu().numpy()


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("batch_size", [1, 3, 8, 64])
@pytest.mark.parametrize(
    ("layer", "part"),
    [
        (None, lambda module, images: module(images)),
        ("stem", lambda module, images: module.stem(images).mean((2, 3))),
        ("body", lambda module, images: module.body(module.stem(images)).mean((2, 3))),
        ("stem.1", lambda module, images: module.stem[1](module.stem[0](images)).mean((2, 3))),
    ],
)
def test_vectors_are_those_of_the_module_batch_by_batch(
    device: str, batch_size: int, layer: str | None, part: Any
) -> None:
    module = small_module().to(device)
    eyes = ts.Embedder(module, layer=layer, preprocessing=STATED, batch_size=batch_size, threads=2)
    images = pictures(21)
    found = eyes.embed(images)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected_vectors(module, images, part), rtol=0, atol=1e-5)


def test_a_module_is_left_as_it_was() -> None:
    module = small_module()
    before = {name: tensor.clone() for name, tensor in module.state_dict().items()}
    ts.Embedder(module, layer="stem", preprocessing=STATED).embed(pictures(9))
    assert not module.training
    assert all(parameter.requires_grad for parameter in module.parameters())
    for name, tensor in module.state_dict().items():
        assert torch.equal(tensor, before[name])


def test_modules_of_half_and_double_precision_compute_as_they_are() -> None:
    images = pictures(5)
    single = ts.Embedder(small_module(), preprocessing=STATED).embed(images)
    double = ts.Embedder(small_module().double(), preprocessing=STATED).embed(images)
    half = ts.Embedder(small_module().to(torch.bfloat16), preprocessing=STATED).embed(images)
    np.testing.assert_allclose(double, single, atol=1e-5)
    np.testing.assert_allclose(half, single, atol=0.05)
    assert np.abs(half - single).max() > 1e-5


def test_a_function_may_prepare_images_of_one_channel_and_any_shape() -> None:
    def gray(image: Image.Image) -> Any:
        pixels = np.asarray(image.convert("L").resize((14, 10)), dtype=np.float32)
        return torch.from_numpy(pixels)[None] / 255

    module = small_module(channels=1)
    images = pictures(6)
    found = ts.Embedder(module, layer="body", preprocessing=gray, threads=2).embed(images)
    inputs = torch.stack([gray(Image.fromarray(image)) for image in images])
    with torch.no_grad():
        expected = module.body(module.stem(inputs)).mean((2, 3)).numpy()
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_fingerprints_tell_weights_layers_and_preprocessings_apart() -> None:
    def identity(module: Any, layer: str | None = None, **changes: Any) -> tuple[str, str]:
        eyes = ts.Embedder(module, layer=layer, preprocessing={**STATED, **changes})
        return eyes.fingerprint, eyes.preprocessing.fingerprint

    same = identity(small_module())
    assert same == identity(small_module())
    assert re.fullmatch(r"Small@[0-9a-f]{12}", same[0])
    assert identity(small_module(), "stem")[0].startswith("Small:stem@")
    others = [
        identity(small_module(seed=1)),
        identity(small_module(), "stem"),
        identity(small_module(), "body"),
        identity(small_module(), std=(0.2, 0.3, 0.5)),
    ]
    assert len({same, *others}) == 5


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: small_module().train(), "Small: expected a module in evaluation mode, got one in"),
        (
            lambda: trained_in_part(),
            r"in training mode, its part 'stem\.1': call module\.eval\(\) before",
        ),
        (lambda: small_module(channels=1), r"takes 3 channels, .* layer 'stem\.0' takes 1"),
        (
            lambda: torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(5, 2)).eval(),
            r"Sequential: fails on images of shape \(3, 16, 16\): mat1 and mat2",
        ),
        (lambda: poisoned(), "Small: the embedding of an image of noise is not finite"),
        (lambda: torch.nn.Flatten(0).eval(), r"Flatten: expected shape \(n, d\), .*got \(2304,\)"),
        (lambda: small_module().to("meta"), r"no weights yet \(device 'meta'\)"),
        (lambda: summed_up(), r"expected one row an image, got shape \(1, 16\) for 3 images"),
    ],
)
def test_what_is_no_embedder_is_one_line(make: Callable[[], Any], message: str) -> None:
    module = make()
    with pytest.raises(ValueError, match=message) as caught:
        ts.Embedder(module, preprocessing=STATED)
    assert "\n" not in str(caught.value)


def trained_in_part() -> Any:
    module = small_module()
    module.stem[1].train()
    return module


def poisoned() -> Any:
    module = small_module()
    with torch.no_grad():
        module.head.bias[0] = torch.nan
    return module


def summed_up() -> Any:
    class SummedUp(torch.nn.Module):  # type: ignore[misc, name-defined]
        def forward(self, images: Any) -> Any:
            return images.sum((0, 1))[:1]

    return SummedUp().eval()


def test_a_wrong_layer_lists_those_there_are() -> None:
    with pytest.raises(
        ValueError, match=r"no layer 'bdoy': did you mean 'body'.* stem, body, head"
    ):
        ts.Embedder(small_module(), layer="bdoy")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"compute_dtype": "float16"}, "expected the compute_dtype float32 for a torch module"),
        ({"device": "cuda:7"}, r"on the device 'cuda:7', got one on 'cpu': module\.to\('cuda:7'\)"),
        ({"device": "gpu"}, "expected a device of cpu, cuda, cuda:N or auto, got 'gpu'"),
        (
            {"preprocessing": lambda _image: np.zeros((3, 16, 16)), "isolated": True},
            "expected a preprocessing that another process can be told",
        ),
    ],
)
def test_options_that_do_not_fit_a_module_are_refused(
    options: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        ts.Embedder(small_module(), **options)


def test_a_file_has_no_layers(save_model: Callable[..., Path]) -> None:
    with pytest.raises(ValueError, match=r"expected a torch module.* to take the layer 'stem' of"):
        ts.Embedder(save_model(), layer="stem")


def test_a_module_that_is_trained_on_is_no_longer_the_one_that_was_opened() -> None:
    module = small_module()
    eyes = ts.Embedder(module, preprocessing=STATED)
    images = pictures(4)
    eyes.embed(images)
    module.train()
    with pytest.raises(ValueError, match="expected a module in evaluation mode"):
        eyes.embed(images)
    module(torch.rand(4, 3, 16, 16)).sum().backward()
    with torch.no_grad():
        for parameter in module.parameters():
            parameter -= 0.1 * parameter.grad
    module.eval()
    with pytest.raises(ValueError, match=r"the weights of the module changed .* new Embedder"):
        eyes.embed(images)


def test_an_image_without_a_finite_vector_is_named_and_the_others_are_kept() -> None:
    class Logarithm(torch.nn.Module):  # type: ignore[misc, name-defined]
        def forward(self, images: Any) -> Any:
            return images.mean((2, 3)).add(10).log()

    plain = {"crop": 16, "resize_shorter": 16, "mean": (250, 0, 0), "scale": (1, 1, 1)}
    eyes = ts.Embedder(Logarithm().eval(), preprocessing=plain)
    colors = [(255, 9, 9), (10, 9, 9), (245, 9, 9)]
    items = [
        ImageItem(name=str(color), content=Image.new("RGB", (20, 20), color)) for color in colors
    ]
    vectors, kept, skipped = eyes.embed_items(items)
    assert kept.tolist() == [0, 2]
    assert np.isfinite(vectors).all()
    assert [(image.name, image.reason) for image in skipped] == [("(10, 9, 9)", NOT_FINITE)]


def test_scores_streams_and_stores_take_a_module(tmp_path: Path, make_folder: Any) -> None:
    eyes = ts.Embedder(small_module(), layer="body", preprocessing=STATED)
    real, synthetic = make_folder("real", {"a": 24}), make_folder("synthetic", {"a": 22}, seed=1)
    result = ts.score(real, synthetic, model=eyes, diagnostics=False)
    assert result.model == eyes.fingerprint
    scorer = ts.StreamingScorer(real, model=eyes)
    scorer.update(pictures(8))
    assert scorer.result().model == eyes.fingerprint
    ts.embed(real, tmp_path / "real.store", model=eyes)
    ts.embed(synthetic, tmp_path / "synthetic.store", model=eyes)
    stored = ts.score(tmp_path / "real.store", tmp_path / "synthetic.store", diagnostics=False)
    assert stored.score == result.score


def test_stores_of_two_modules_do_not_mix(tmp_path: Path, make_folder: Any) -> None:
    folder = make_folder("real", {"a": 6})

    def store(name: str, layer: str, **changes: Any) -> Path:
        eyes = ts.Embedder(small_module(), layer=layer, preprocessing={**STATED, **changes})
        ts.embed(folder, tmp_path / name, model=eyes)
        return tmp_path / name

    first, second = store("first", "stem.0"), store("second", "stem.1")
    third = store("third", "stem.0", mean=(0.5, 0.5, 0.5))
    for other in (second, third):
        with pytest.raises(ValueError, match="expected embeddings of one model and preprocessing"):
            ts.score(first, other)
    with pytest.raises(ValueError, match=r"model .*Small:stem\.0@"):
        store("first", "stem.1")


def test_a_module_itself_is_no_model_yet() -> None:
    points = np.zeros((4, 2), dtype=np.float32)
    with pytest.raises(
        TypeError, match=r"got Small: ts\.Embedder\(model, layer=\.\.\.\) makes one"
    ):
        ts.score(points, points, model=small_module())


def test_torch_is_not_imported_unless_a_module_is_used(save_model: Callable[..., Path]) -> None:
    program = (
        "import sys, twinscore as ts\n"
        f"ts.Embedder({str(save_model())!r})\n"
        "sys.exit('torch' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_exposure_is_part_of_what_a_function_prepares() -> None:
    def small(image: Image.Image) -> Any:
        return np.asarray(image.resize((16, 16)), dtype=np.float32).transpose(2, 0, 1) / 255

    eyes = [
        ts.Embedder(small_module(), preprocessing=small, exposure=stops) for stops in (0.0, 1.0)
    ]
    assert eyes[0].preprocessing.fingerprint != eyes[1].preprocessing.fingerprint
    assert dataclasses.replace(eyes[1].preprocessing, exposure=0.0) == eyes[0].preprocessing
