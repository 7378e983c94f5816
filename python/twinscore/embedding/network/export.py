"""Turn a torch network into an ONNX file that says how its images are prepared."""

from __future__ import annotations

import logging
import tempfile
import warnings
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from twinscore.base.devices import Device
from twinscore.base.extras import require
from twinscore.embedding.models.module_layers import LayerReader
from twinscore.embedding.models.onnx_metadata import PREPROCESSING_KEY
from twinscore.embedding.network.session import open_network
from twinscore.embedding.network.torch_network import TorchNetwork

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

    from twinscore.base.arrays import FloatMatrix
    from twinscore.embedding.models.torch_models import TorchModel
    from twinscore.embedding.network.network import Network

INPUT_NAME = "image"
OUTPUT_NAME = "embedding"

LARGEST_DIFFERENCE = 1e-3
"""Between the two networks' embeddings, relative to the largest component."""

_BATCH = 3
_PURPOSE = "exporting a model"


def export_model(model: TorchModel, path: str | os.PathLike[str]) -> Network:
    """Write a torch network as an ONNX file, and make sure that it computes the same.

    Parameters
    ----------
    model
        The network with its preprocessing; what its layer gives, pooled, is the embedding.
    path
        Of the file; replaced whole if it exists.

    Returns
    -------
    Network
        The file, opened; its embeddings are within `LARGEST_DIFFERENCE` of the original's.

    Raises
    ------
    MissingExtraError
        A package is missing.
    ValueError
        The network cannot be exported, or its embeddings differ.
    OSError
        The file cannot be written.
    """
    torch = require("torch", extra="export", purpose=_PURPOSE)
    require("onnxscript", extra="export", purpose=_PURPOSE)
    onnx = require("onnx", extra="export", purpose=_PURPOSE)
    target = Path(path)
    properties = {PREPROCESSING_KEY: model.preprocessing.to_json()}
    model.module.to("cpu", torch.float32).eval()
    shape = (_BATCH, *model.preprocessing.input_shape)
    example = np.random.default_rng(0).standard_normal(shape, dtype=np.float32)
    expected = TorchNetwork(model).run(example)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        written = Path(folder) / target.name
        with _quiet_exporter():
            try:
                torch.onnx.export(
                    _giving_embeddings(model, expected.shape, example),
                    (torch.from_numpy(example),),
                    str(written),
                    input_names=[INPUT_NAME],
                    output_names=[OUTPUT_NAME],
                    dynamic_shapes=({0: torch.export.Dim("n")},),
                    dynamo=True,
                    external_data=False,
                    verbose=False,
                )
            except Exception as error:
                reason = str(error).strip().splitlines() or [type(error).__name__]
                raise ValueError(f"{model.name} cannot be exported: {reason[0]}") from error
        loaded = onnx.load(str(written))
        onnx.helper.set_model_props(loaded, properties)
        written.write_bytes(loaded.SerializeToString())
        network = open_network(written, device=Device(), threads=1)
        _check_agreement(network.run(example), expected, model.name)
        written.replace(target)
    return open_network(target, device=Device(), threads=1)


def _giving_embeddings(model: TorchModel, shape: tuple[int, ...], example: FloatMatrix) -> Any:
    """Return a module that gives the embeddings: the network itself, if it does."""
    import torch

    if model.layer is None:
        with torch.no_grad():
            if tuple(model.module(torch.from_numpy(example)).shape) == shape:
                return model.module

    class Embedding(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.module = model.module
            self._read = LayerReader(model.module, model.layer)

        def forward(self, image: Any) -> Any:
            return self._read(image)

    return Embedding().eval()


def _check_agreement(found: FloatMatrix, expected: FloatMatrix, name: str) -> None:
    if found.shape != expected.shape:
        raise ValueError(
            f"{name}: the exported network gives shape {found.shape}, not {expected.shape}"
        )
    difference = float(np.abs(found - expected).max() / np.abs(expected).max())
    if not difference <= LARGEST_DIFFERENCE:
        raise ValueError(
            f"{name}: the embeddings of the exported network differ by {difference:.1e} of the "
            f"largest component, more than {LARGEST_DIFFERENCE:g}"
        )


@contextmanager
def _quiet_exporter() -> Iterator[None]:
    """Keep the exporter's remarks on its own code to itself."""
    loggers = [logging.getLogger(name) for name in ("torch.onnx", "onnxscript", "onnx_ir")]
    levels = [logger.level for logger in loggers]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for logger in loggers:
            logger.setLevel(logging.ERROR)
        try:
            yield
        finally:
            for logger, level in zip(loggers, levels, strict=True):
                logger.setLevel(level)
