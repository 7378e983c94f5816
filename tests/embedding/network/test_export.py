"""Networks of other packages become ONNX files that compute the same, preprocessing included."""

from __future__ import annotations

import importlib
import json
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from twinscore.embedding.models import torch_models
from twinscore.embedding.models.torch_models import TorchModel, load_torch_model
from twinscore.embedding.network.embedder import Embedder
from twinscore.embedding.network.export import export_model
from twinscore.images.decoding import Preprocessing

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SMALL = Preprocessing(resize_shorter=36, crop=32, mean=(10, 20, 30), scale=(50, 60, 70))


def imported(name: str, reason: str) -> Any:
    """Import a package of torch's family, whose builds may not fit each other."""
    try:
        return importlib.import_module(name)
    except ImportError:
        pytest.skip(reason)
    except RuntimeError as error:
        pytest.skip(f"{name} does not fit this torch: {error}")


@pytest.fixture
def torch() -> Any:
    imported("onnxscript", "needs onnxscript, of the extra export")
    return imported("torch", "needs torch, of the extra export")


def classifier(torch: Any, features: int = 5) -> Any:
    """A small network as torchvision builds them: features, pooled, and a classifier."""

    class Small(torch.nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            torch.manual_seed(0)
            self.stem = torch.nn.Sequential(
                torch.nn.Conv2d(3, features, 3, stride=2, padding=1),
                torch.nn.BatchNorm2d(features),
                torch.nn.ReLU(),
                torch.nn.AdaptiveAvgPool2d(1),
                torch.nn.Flatten(),
            )
            self.fc = torch.nn.Linear(features, 10)

        def forward(self, image: Any) -> Any:
            return self.fc(self.stem(image))

    return Small()


@pytest.mark.slow
def test_an_exported_network_embeds_as_the_original(torch: Any, tmp_path: Path) -> None:
    module = torch_models.without_classifier(classifier(torch)).eval()
    network = export_model(TorchModel("small", module, SMALL), tmp_path / "small.onnx")
    assert network.dimension == 5
    assert network.preprocessing == SMALL
    images = np.random.default_rng(0).integers(0, 256, (7, 40, 48, 3), dtype=np.uint8)
    embedder = Embedder(tmp_path / "small.onnx", batch_size=4)
    from PIL import Image

    from twinscore.images.decoding import preprocess

    inputs = np.stack([preprocess(Image.fromarray(image), SMALL) for image in images])
    with torch.no_grad():
        expected = module(torch.from_numpy(inputs)).numpy()
    np.testing.assert_allclose(embedder.embed(images), expected, rtol=1e-4, atol=1e-5)
    assert [path.name for path in tmp_path.iterdir()] == ["small.onnx"]


@pytest.mark.slow
def test_a_network_that_changes_in_export_is_refused(
    torch: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = torch_models.without_classifier(classifier(torch)).eval()
    export = torch.onnx.export

    def export_another(network: Any, *arguments: Any, **named: Any) -> Any:
        with torch.no_grad():
            network.stem[0].weight *= 1.01
        result = export(network, *arguments, **named)
        with torch.no_grad():
            network.stem[0].weight /= 1.01
        return result

    monkeypatch.setattr(torch.onnx, "export", export_another)
    with pytest.raises(ValueError, match="small: the embeddings of the exported network differ"):
        export_model(TorchModel("small", module, SMALL), tmp_path / "small.onnx")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_a_network_that_cannot_be_exported_says_so(torch: Any, tmp_path: Path) -> None:
    class Deciding(torch.nn.Module):  # type: ignore[misc]
        def forward(self, image: Any) -> Any:
            return image.mean((2, 3)) if image.sum() > 0 else image.amax((2, 3))

    with pytest.raises(ValueError, match="deciding cannot be exported"):
        export_model(TorchModel("deciding", Deciding(), SMALL), tmp_path / "x.onnx")


def test_networks_without_a_usual_classifier_are_refused(torch: Any) -> None:
    with pytest.raises(ValueError, match="Linear has no classifier of a usual name"):
        torch_models.without_classifier(torch.nn.Linear(2, 2))


@pytest.mark.slow
def test_a_dinov2_of_transformers_is_exported(torch: Any, tmp_path: Path) -> None:
    transformers = imported("transformers", "needs transformers, of the extra export")
    config = transformers.Dinov2Config(
        hidden_size=16, num_hidden_layers=2, num_attention_heads=2, image_size=28, patch_size=14
    )
    torch.manual_seed(0)
    transformers.Dinov2Model(config).save_pretrained(tmp_path / "tiny")
    (tmp_path / "tiny" / "preprocessor_config.json").write_text(
        json.dumps(
            {
                "image_processor_type": "BitImageProcessor",
                "size": {"shortest_edge": 32},
                "crop_size": {"height": 28, "width": 28},
                "do_center_crop": True,
                "resample": 3,
                "rescale_factor": 1 / 255,
                "image_mean": [0.5, 0.4, 0.3],
                "image_std": [0.2, 0.2, 0.2],
            }
        )
    )
    model = load_torch_model(f"transformers:{tmp_path / 'tiny'}")
    assert model.preprocessing.resize_shorter == 32
    assert model.preprocessing.mean == pytest.approx((127.5, 102, 76.5))
    network = export_model(model, tmp_path / "tiny.onnx")
    assert network.dimension == 16


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "crop"),
    [
        ("torchvision:resnet18", 64),
        ("timm:test_vit", 64),
        ("timm:test_resnet", 96),
    ],
)
def test_networks_of_other_packages_lose_their_classifier(
    torch: Any, tmp_path: Path, name: str, crop: int
) -> None:
    imported("torchvision", "needs torchvision, of the extra export")
    imported(name.partition(":")[0], "needs timm, of the extra export")
    model = load_torch_model(name, crop=crop, pretrained=False)
    assert model.preprocessing.crop == crop
    with torch.no_grad():
        expected = model.module(torch.zeros(2, 3, crop, crop)).shape
    network = export_model(model, tmp_path / "model.onnx")
    assert (2, network.dimension) == expected


def test_preprocessing_of_torchvision_is_understood() -> None:
    transforms = SimpleNamespace(
        resize_size=[232],
        crop_size=[224],
        interpolation=SimpleNamespace(value="bilinear"),
        mean=(0.485, 0.456, 0.406),
        std=(0.229, 0.224, 0.225),
    )
    found = torch_models.preprocessing_of_torchvision(transforms)
    assert (found.resize_shorter, found.crop, found.interpolation) == (232, 224, "bilinear")
    assert found.scale == pytest.approx((58.395, 57.12, 57.375))


def test_preprocessing_of_timm_is_understood() -> None:
    config = {
        "input_size": (3, 224, 224),
        "crop_pct": 0.9,
        "interpolation": "bicubic",
        "mean": (0.5, 0.5, 0.5),
        "std": (0.5, 0.5, 0.5),
    }
    found = torch_models.preprocessing_of_timm(config)
    assert (found.resize_shorter, found.crop) == (248, 224)
    assert found.mean == (127.5, 127.5, 127.5)


@pytest.mark.parametrize(
    ("changes", "sizes"),
    [
        (
            {"size": {"shortest_edge": 256}, "crop_size": {"height": 224}, "do_center_crop": True},
            (256, 224),
        ),
        ({"size": {"height": 384, "width": 384}, "do_center_crop": False}, (384, 384)),
    ],
)
def test_preprocessing_of_transformers_is_understood(
    changes: dict[str, Any], sizes: tuple[int, int]
) -> None:
    config = {"image_mean": [0, 0, 0], "image_std": [1, 1, 1], "resample": 2, **changes}
    found = torch_models.preprocessing_of_transformers(config)
    assert (found.resize_shorter, found.crop) == sizes
    assert found.interpolation == "bilinear"
    with pytest.raises(ValueError, match="in a way of its own"):
        torch_models.preprocessing_of_transformers({**config, "rescale_factor": 1 / 127.5})


@pytest.mark.parametrize("name", ["resnet", "keras:resnet", "timm:"])
def test_models_of_unknown_packages_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"expected a model of torchvision:MODEL, timm:MODEL, .*"):
        load_torch_model(name)


def test_what_a_package_cannot_load_is_one_line(tmp_path: Path) -> None:
    imported("transformers", "needs transformers, of the extra export")
    with pytest.raises(ValueError, match=r"^transformers cannot load .*"):
        load_torch_model(f"transformers:{tmp_path}")


def test_a_missing_package_names_the_pip_command(monkeypatch: pytest.MonkeyPatch) -> None:
    from twinscore.base.errors import MissingExtraError

    monkeypatch.setitem(__import__("sys").modules, "timm", None)
    with pytest.raises(MissingExtraError, match=r"'timm': pip install '(twinscore|\.)\[export\]'"):
        load_torch_model("timm:resnet18")


def test_a_model_is_checked_on_one_image(save_model: Callable[..., Path]) -> None:
    from twinscore.embedding.network.checkup import check_model

    found = check_model(Embedder(save_model(), threads=1))
    assert found.dimension == 3
    assert (found.input_shape, found.output_shape) == ((1, 3, 8, 8), (1, 3))
    assert found.batch_difference < 1e-6
    assert found.contrast > 0.01
    assert found.network_seconds > 0


def test_a_network_that_does_not_look_is_found_out(save_model: Callable[..., Path]) -> None:
    from twinscore.embedding.network.checkup import check_model

    blind = Embedder(save_model(operator="Sign", preprocessing={"mean": [-1] * 3, "crop": 8}))
    with pytest.raises(ValueError, match="an image and its negative have the same embedding"):
        check_model(blind)
