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
from twinscore.embedding.models.onnx_metadata import PREPROCESSING_KEY
from twinscore.embedding.network.session import open_network

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

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
        The network with its preprocessing; its output, flattened, is the embedding.
    path
        Of the file; replaced whole if it exists.

    Returns
    -------
    Network
        The file, opened.

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
    crop = model.preprocessing.crop
    module = model.module.eval()
    example = torch.rand(_BATCH, 3, crop, crop, generator=torch.Generator().manual_seed(0))
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        written = Path(folder) / target.name
        with _quiet_exporter():
            try:
                torch.onnx.export(
                    module,
                    (example,),
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
        properties = {PREPROCESSING_KEY: model.preprocessing.to_json()}
        onnx.helper.set_model_props(loaded, properties)
        written.write_bytes(loaded.SerializeToString())
        network = open_network(written, device=Device(), threads=1)
        with torch.no_grad():
            expected = module(example).flatten(1).numpy()
        _check_agreement(network.run(example.numpy()), expected, model.name)
        written.replace(target)
    return open_network(target, device=Device(), threads=1)


def _check_agreement(found: Any, expected: Any, name: str) -> None:
    if found.shape != expected.shape:
        raise ValueError(
            f"{name}: the exported network gives shape {found.shape}, not {expected.shape}"
        )
    difference = float(np.abs(found - expected).max() / np.abs(expected).max())
    if not difference <= LARGEST_DIFFERENCE:
        raise ValueError(
            f"{name}: the embeddings of the exported network differ by {difference:.1e} of the "
            "largest component"
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
