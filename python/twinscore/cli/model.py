"""twinscore model: which networks there are, how to get others, whether one will do."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from twinscore.base.extras import pip_command
from twinscore.cli.messages import say
from twinscore.cli.options import device_option, read_preprocessing

if TYPE_CHECKING:
    from twinscore.embedding.models.catalog import CatalogEntry
    from twinscore.embedding.models.torch_models import TorchModel
    from twinscore.embedding.network.checkup import Checkup
    from twinscore.images.decoding import Preprocessing

EXPORT_EXAMPLES = """\b
Examples:
  twinscore model export resnet50
  twinscore model export timm:convnext_tiny.fb_in22k --out convnext.onnx
  twinscore model export transformers:facebook/dinov2-small --out dinov2.onnx
  twinscore model export my.py:build --layer backbone --output mine.onnx
  twinscore score photos/ renders/ --model resnet50.onnx
"""

LAYERS_EXAMPLES = """\b
Examples:
  twinscore model layers my.py:build
  twinscore model layers torchvision:resnet50
"""

CHECK_EXAMPLES = """\b
Examples:
  twinscore model check efficientnet-lite0
  twinscore model check mine.onnx --image photo.jpg
"""


@click.group()
def model() -> None:
    """List, export and check networks that embed images."""


@model.command("list")
def list_models() -> int:
    """List the models that are known by name."""
    from rich import box
    from rich.markup import escape
    from rich.table import Table

    from twinscore.embedding.models.catalog import CATALOG
    from twinscore.report.terminal.console import Console

    table = Table("Model", "Dimensions", "How", box=box.SIMPLE_HEAD)
    table.columns[1].justify = "right"
    for entry in CATALOG:
        how = "ready" if entry.source is None else f"twinscore model export {entry.name}"
        missing = entry.missing_package
        if missing is not None:
            extra = "cpu" if entry.source is None else "export"
            how = f"needs the package {missing!r}: {escape(pip_command(extra))}"
        table.add_row(entry.name, str(entry.dimension), f"{how}\n[dim]{entry.remark}[/dim]")
    Console(highlight=False).print(table)
    say(
        "Others: your own .onnx file, or 'twinscore model export' of torchvision:MODEL,\n"
        "timm:MODEL, transformers:MODEL or your own code, my.py:build."
    )
    return 0


@model.command(epilog=EXPORT_EXAMPLES)
@click.argument("name")
@click.option(
    "--out",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE.onnx",
    help="Default: the model's name, here.",
)
@click.option(
    "--layer",
    metavar="NAME",
    help="Layer whose output, averaged over the image, is the embedding. Default: what the model "
    "returns, without its classifier if it is a package's.",
)
@click.option(
    "--size", type=click.IntRange(16), help="Pixels a side of the input. Default: the model's own."
)
@click.option(
    "--preprocessing",
    callback=read_preprocessing,
    metavar="JSON|FILE",
    help="In place of the model's own: size, resize, mean and std (of 0..1), interpolation. "
    "Default of your own model: ImageNet's.",
)
@click.option("--overwrite", is_flag=True, help="Replace a file that is there.")
def export(
    name: str,
    out: Path | None,
    layer: str | None,
    size: int | None,
    preprocessing: Preprocessing | None,
    overwrite: bool,
) -> int:
    """Write a model of another package, or your own, as an ONNX file.

    NAME is one that 'twinscore model list' shows, torchvision:MODEL, timm:MODEL or
    transformers:MODEL, or a Python file and its function, my.py:build, which returns a
    torch.nn.Module in evaluation mode. A package downloads the weights if it has not; your file is
    run. What is written is checked to compute what the original does, and holds how images are
    prepared.
    """
    from twinscore.embedding.models.catalog import find_entry
    from twinscore.embedding.models.own_code import is_own_code

    entry = find_entry(name)
    target = out or Path(f"{_short_name(name)}.onnx")
    if target.exists() and not overwrite:
        raise FileExistsError(
            f"{target} is there already: choose --out, or replace it: --overwrite"
        )
    if not target.parent.is_dir():
        raise FileNotFoundError(f"cannot write to {target}: {target.parent} is no folder")
    if entry is not None and entry.source is None:
        from twinscore.embedding.network.session import built_in_model

        if layer is not None:
            raise ValueError(f"expected no layer: {name} is a file of its output, got {layer!r}")
        target.write_bytes(built_in_model())
    else:
        from twinscore.embedding.network.export import LARGEST_DIFFERENCE, export_model

        if is_own_code(name):
            loaded = _own_model(name, layer, size, preprocessing)
        else:
            loaded = _model_of_package(name, entry, layer, size, preprocessing)
        dimension = export_model(loaded, target).dimension
        say(
            f"{dimension:,} dimensions; vectors agree with the original's to "
            f"{LARGEST_DIFFERENCE:g} of the largest component"
        )
    say(f"Written to {target}; 'twinscore model check {target}' tries it")
    return 0


def _short_name(name: str) -> str:
    last = name.rpartition(":")[2].rpartition("/")[2]
    return Path(name.rpartition(":")[0]).stem if ".py:" in name else last


def _own_model(
    name: str, layer: str | None, size: int | None, preprocessing: Preprocessing | None
) -> TorchModel:
    from twinscore.embedding.models.own_code import load_own_model
    from twinscore.images.decoding.stated_preprocessing import as_preprocessing

    if preprocessing is None:
        preprocessing = as_preprocessing({} if size is None else {"size": size})
    elif size is not None:
        preprocessing = preprocessing.with_crop(size)
    return load_own_model(name, layer=layer, preprocessing=preprocessing)


def _model_of_package(
    name: str,
    entry: CatalogEntry | None,
    layer: str | None,
    size: int | None,
    preprocessing: Preprocessing | None,
) -> TorchModel:
    import dataclasses

    from twinscore.embedding.models.torch_models import load_torch_model

    source = entry.source if entry is not None and entry.source else name
    loaded = load_torch_model(source, crop=size or (entry.crop if entry else None), layer=layer)
    if preprocessing is not None:
        loaded = dataclasses.replace(loaded, preprocessing=preprocessing)
    return loaded


@model.command(epilog=LAYERS_EXAMPLES)
@click.argument("name", metavar="NAME|FILE.py:FUNCTION")
@click.option(
    "--size", type=click.IntRange(16), help="Pixels a side of the input. Default: the model's own."
)
def layers(name: str, size: int | None) -> int:
    """List the layers of a model that 'twinscore model export' takes, in the order they end.

    Each with the length of the vector that --layer would give: the output, averaged over the image.
    """
    from twinscore.embedding.models.catalog import find_entry
    from twinscore.embedding.models.module_layers import layer_dimensions
    from twinscore.embedding.models.own_code import is_own_code

    entry = find_entry(name)
    if entry is not None and entry.source is None:
        raise ValueError(f"expected a model of torch, got {name}, which is a file of its output")
    if is_own_code(name):
        loaded = _own_model(name, None, size, None)
    else:
        loaded = _model_of_package(name, entry, None, size, None)
    found = layer_dimensions(loaded.module, loaded.preprocessing.input_shape)
    for layer, dimension in found.items():
        say(f"{'-' if dimension is None else dimension:>8}  {layer}")
    return 0


@model.command(epilog=CHECK_EXAMPLES)
@click.argument("name", metavar="NAME|FILE.onnx")
@click.option(
    "--image",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Default: a picture of coloured noise.",
)
@click.option("--preprocessing", callback=read_preprocessing, metavar="JSON|FILE")
@device_option
@click.option(
    "--compute-dtype",
    default="float32",
    show_default=True,
    type=click.Choice(["float32", "float16"]),
)
def check(
    name: str,
    image: Path | None,
    preprocessing: Preprocessing | None,
    device: str,
    compute_dtype: str,
) -> int:
    """Run a model on one image and print what it takes and gives."""
    from twinscore.embedding.network.checkup import check_model
    from twinscore.embedding.network.embedder import Embedder

    embedder = Embedder(
        name,
        device=device,
        threads=1,
        compute_dtype=compute_dtype,
        preprocessing=preprocessing,
    )
    for label, value in _described(check_model(embedder, image)):
        say(f"{label:<15}{value}")
    return 0


def _described(found: Checkup) -> list[tuple[str, str]]:
    alone = "the same bits"
    if found.batch_difference > 0:
        alone = f"within {found.batch_difference:.1e} of the largest component"
    return [
        ("Fingerprint", found.fingerprint),
        ("Input", f"float32 {found.input_shape}"),
        ("Embedding", f"float32 {found.output_shape}"),
        ("Preprocessing", found.preprocessing.fingerprint),
        ("", found.preprocessing.to_json()),
        ("Time", f"{1e3 * found.prepare_seconds:.1f} ms to read and prepare the image"),
        ("", f"{1e3 * found.network_seconds:.1f} ms in the network on one thread, alone"),
        ("", f"{1e3 * found.batch_seconds:.1f} ms in the network, one of eight"),
        ("Alone or not", f"an image's embedding is {alone} in a batch"),
        ("Contrast", f"{found.contrast:.2f} between the image and its negative"),
    ]
