"""Networks of torchvision, timm and transformers as embedders, each with its own preprocessing."""

from __future__ import annotations

import dataclasses
import importlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from twinscore.base.errors import SettingError
from twinscore.base.extras import require
from twinscore.images.decoding.preprocessing import Preprocessing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_CLASSIFIERS = ("fc", "classifier", "heads", "head")
"""What torchvision's networks call the layers after the pooled features."""

_PILLOW_FILTERS = {1: "lanczos", 2: "bilinear", 3: "bicubic"}


@dataclass(frozen=True, slots=True)
class TorchModel:
    """A network in torch.

    Attributes
    ----------
    name
        What to call it.
    module
        ``torch.nn.Module`` that takes (n, channels, height, width), in evaluation mode.
    preprocessing
        How its input is made.
    layer
        Name of the layer whose output, pooled, is the embedding; None: what the module returns.
    """

    name: str
    module: Any
    preprocessing: Preprocessing
    layer: str | None = None


def is_of_library(name: str) -> bool:
    """Tell whether a name is one of a package's model, such as "timm:resnet18"."""
    return name.partition(":")[0] in LIBRARIES and ":" in name


def load_torch_model(
    name: str, *, crop: int | None = None, layer: str | None = None, pretrained: bool = True
) -> TorchModel:
    """Load a network from an installed package; weights may be downloaded by that package.

    Parameters
    ----------
    name
        "torchvision:resnet50", "timm:vit_small_patch14_dinov2.lvd142m",
        "transformers:facebook/dinov2-small", or a folder with such a model after the colon.
    crop
        Pixels a side of the input, with the same share of the image; None: the model's own.
    layer
        Whose output is the embedding; None: what the classifier, which is then left out, is given.
    pretrained
        False for random weights (torchvision and timm).

    Raises
    ------
    MissingExtraError
        The package is not installed.
    ValueError
        The package has no such model, or cannot load it.
    """
    library, _, model = name.partition(":")
    if library not in LIBRARIES or not model:
        expected = ", ".join(f"{library}:MODEL" for library in LIBRARIES)
        raise SettingError(f"expected a model of {expected}, got {name!r}")
    require(library, extra="export", purpose=f"the model {name!r}")
    asked = _Asked(model, crop, layer, pretrained)
    try:
        loaded = LIBRARIES[library](asked)
    except ImportError:
        raise
    except Exception as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise ValueError(f"{library} cannot load {model!r}: {reason}") from error
    loaded = dataclasses.replace(loaded, name=name, layer=layer)
    if crop is None:
        return loaded
    return dataclasses.replace(loaded, preprocessing=loaded.preprocessing.with_crop(crop))


@dataclass(frozen=True, slots=True)
class _Asked:
    """What of a package's model is wanted."""

    model: str
    crop: int | None
    layer: str | None
    pretrained: bool


def _from_torchvision(asked: _Asked) -> TorchModel:
    models = importlib.import_module("torchvision.models")
    weights = models.get_model_weights(asked.model).DEFAULT
    sized = asked.crop is not None and asked.model.startswith("vit_")
    options = {"image_size": asked.crop} if sized else {}
    module = models.get_model(asked.model, weights=weights if asked.pretrained else None, **options)
    if asked.layer is None:
        module = without_classifier(module)
    preprocessing = preprocessing_of_torchvision(weights.transforms())
    return TorchModel(asked.model, module.eval(), preprocessing)


def _from_timm(asked: _Asked) -> TorchModel:
    timm = importlib.import_module("timm")
    data = importlib.import_module("timm.data")
    options: dict[str, Any] = {"pretrained": asked.pretrained}
    if asked.layer is None:
        options["num_classes"] = 0
    try:
        # Transformers are built for one size, to which timm fits the weights.
        sized = {} if asked.crop is None else {"img_size": asked.crop}
        module = timm.create_model(asked.model, **options, **sized)
    except TypeError:
        module = timm.create_model(asked.model, **options)
    config = data.resolve_model_data_config(module)
    if asked.crop is not None:
        config = {**config, "input_size": (3, asked.crop, asked.crop)}
    return TorchModel(asked.model, module.eval(), preprocessing_of_timm(config))


def _from_transformers(asked: _Asked) -> TorchModel:
    transformers = importlib.import_module("transformers")
    if not asked.pretrained:
        raise ValueError("random weights are not offered")
    # The processor itself may need torchvision; what it does is in its configuration.
    base = importlib.import_module("transformers.image_processing_base")
    config, _ = base.ImageProcessingMixin.get_image_processor_dict(asked.model)
    module = pooled_output(transformers.AutoModel.from_pretrained(asked.model))
    return TorchModel(asked.model, module.eval(), preprocessing_of_transformers(config))


LIBRARIES: dict[str, Callable[[_Asked], TorchModel]] = {
    "torchvision": _from_torchvision,
    "timm": _from_timm,
    "transformers": _from_transformers,
}


def without_classifier(module: Any) -> Any:
    """Put the identity in the place of the layers after the pooled features.

    Raises
    ------
    ValueError
        The network has no such layers under a usual name.
    """
    import torch

    for name in _CLASSIFIERS:
        if isinstance(getattr(module, name, None), torch.nn.Module):
            setattr(module, name, torch.nn.Identity())
            return module
    raise ValueError(f"{type(module).__name__} has no classifier of a usual name")


def pooled_output(model: Any) -> Any:
    """Make a transformers network return one vector an image."""
    import torch

    class Pooled(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, image: Any) -> Any:
            output = self.model(pixel_values=image)
            pooled = getattr(output, "pooler_output", None)
            return output.last_hidden_state[:, 0] if pooled is None else pooled

    return Pooled()


def preprocessing_of_torchvision(transforms: Any) -> Preprocessing:
    """Read the transforms that come with a network's weights."""
    return Preprocessing(
        resize_shorter=int(transforms.resize_size[0]),
        crop=int(transforms.crop_size[0]),
        interpolation=transforms.interpolation.value,
        mean=_of_255(transforms.mean),
        scale=_of_255(transforms.std),
    )


def preprocessing_of_timm(config: Mapping[str, Any]) -> Preprocessing:
    """Read timm's data configuration of a network."""
    crop = int(config["input_size"][-1])
    return Preprocessing(
        resize_shorter=int(crop / config.get("crop_pct", 0.875)),
        crop=crop,
        interpolation=config["interpolation"],
        mean=_of_255(config["mean"]),
        scale=_of_255(config["std"]),
    )


def preprocessing_of_transformers(config: Mapping[str, Any]) -> Preprocessing:
    """Read the configuration of a transformers image processor.

    Raises
    ------
    ValueError
        It does something that a `Preprocessing` cannot say.
    """
    size = config["size"]
    shorter = size.get("shortest_edge") or size.get("height")
    crop = config.get("crop_size") if config.get("do_center_crop") else None
    side = (crop or {}).get("height", shorter)
    if not shorter or abs(config.get("rescale_factor", 1 / 255) * 255 - 1) > 1e-6:
        raise ValueError("its image processor scales in a way of its own")
    return Preprocessing(
        resize_shorter=int(shorter),
        crop=int(side),
        interpolation=_PILLOW_FILTERS[int(config.get("resample", 3))],
        mean=_of_255(config["image_mean"]),
        scale=_of_255(config["image_std"]),
    )


def _of_255(values: Any) -> tuple[float, float, float]:
    red, green, blue = (255 * float(value) for value in values)
    return red, green, blue
