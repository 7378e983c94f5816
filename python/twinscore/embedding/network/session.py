"""Open a model by name or file in ONNX Runtime."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twinscore.base.devices import CUDA_PROVIDER, Device
from twinscore.base.errors import SettingError
from twinscore.base.extras import require
from twinscore.embedding.models import efficientnet_lite0
from twinscore.embedding.models.cache import load_or_build
from twinscore.embedding.models.catalog import find_entry
from twinscore.embedding.models.half_precision import in_half_precision
from twinscore.embedding.network.network import Network
from twinscore.embedding.network.runners import DeviceRunner, SessionRunner

if TYPE_CHECKING:
    from twinscore.images.decoding.preprocessing import Preprocessing

_ERRORS_ONLY = 3
_DIGEST_LENGTH = 12
COMPUTE_DTYPES = ("float32", "float16")


def open_network(
    model: str | Path,
    *,
    device: Device,
    threads: int,
    compute_dtype: str = "float32",
    preprocessing: Preprocessing | None = None,
) -> Network:
    """Open a model by name or file.

    Parameters
    ----------
    model
        "efficientnet-lite0", or an ONNX file: input (n, 3, H, W) with H = W, floating point;
        the first output, of one row an image, is the embedding. Its ``metadata_props`` may say
        under ``twinscore.preprocessing`` how images are prepared; otherwise it is
        ``IMAGENET``, with the crop that the input has.
    device
        Where it runs.
    threads
        Of ONNX Runtime, within one operator.
    compute_dtype
        "float32", or "float16": weights and computation are converted, input and output are not.
    preprocessing
        Takes the place of what the model says of itself.

    Raises
    ------
    MissingExtraError
        A package is missing.
    FileNotFoundError
        There is no such model file.
    ValueError
        The name or compute_dtype is unknown, the device cannot be used, or the file is no such
        model.
    """
    runtime = require("onnxruntime", extra="cpu", purpose="computing embeddings")
    if compute_dtype not in COMPUTE_DTYPES:
        raise ValueError(
            f"expected a compute_dtype of {' or '.join(COMPUTE_DTYPES)}, got {compute_dtype!r}"
        )
    options = _session_options(runtime, threads)
    content: bytes | str
    if str(model) == efficientnet_lite0.NAME:
        content = built_in_model()
        digest = hashlib.sha256(content).hexdigest()
    else:
        path = _model_file(model)
        content = str(path)
        digest = _file_digest(path)
    fingerprint = f"{Path(model).stem}@{digest[:_DIGEST_LENGTH]}"
    if compute_dtype == "float16":
        content = in_half_precision(content)
        fingerprint += "+float16"
    session = _open(runtime, content, str(model), options, device)
    runner = DeviceRunner(session, device) if device.is_cuda else SessionRunner(session)
    return Network(session, fingerprint, runner.run, preprocessing, on_device=device.is_cuda)


def built_in_model() -> bytes:
    """Return the built-in network as a serialised ONNX model, from the cache if it is there."""
    return load_or_build(efficientnet_lite0.NAME, efficientnet_lite0.MODEL_SHA256, _build_default)


def _build_default() -> bytes:
    return efficientnet_lite0.build_model(efficientnet_lite0.read_weights())


def _session_options(runtime: Any, threads: int) -> Any:
    options = runtime.SessionOptions()
    options.log_severity_level = _ERRORS_ONLY
    options.intra_op_num_threads = threads
    # Threads that spin between batches would take the cores that decode the next images.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return options


def _model_file(model: str | Path) -> Path:
    path = Path(model)
    if path.is_file():
        return path
    if path.suffix == ".onnx":
        raise FileNotFoundError(f"model file {path} does not exist")
    message = f"expected the model {efficientnet_lite0.NAME!r} or an ONNX file, got {str(model)!r}"
    if find_entry(str(model)) is not None:
        message += f": 'twinscore model export {model}' writes {model}.onnx, then pass that file"
    raise SettingError(message)


def _open(runtime: Any, content: bytes | str, name: str, options: Any, device: Device) -> Any:
    # ONNX Runtime's errors have no public base class.
    try:
        session = runtime.InferenceSession(content, options, providers=device.providers)
    except Exception as error:
        raise ValueError(f"{name}: ONNX Runtime cannot open it: {error}") from error
    if device.is_cuda and CUDA_PROVIDER not in session.get_providers():
        raise ValueError(f"device '{device}': ONNX Runtime found no usable CUDA libraries or GPU")
    return session


def _file_digest(path: Path) -> str:
    """Digest a model file and, where torch's exporter put the weights beside it, those too."""
    weights = path.with_name(f"{path.name}.data")
    digests = [_sha256(part) for part in (path, weights) if part.is_file()]
    return (
        digests[0] if len(digests) == 1 else hashlib.sha256("".join(digests).encode()).hexdigest()
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
