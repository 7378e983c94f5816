"""Open a model by name or file in ONNX Runtime."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from twinscore.extras import require
from twinscore.models import efficientnet_lite0
from twinscore.models.cache import load_or_build
from twinscore.models.network import Network

_ERRORS_ONLY = 3
_DIGEST_LENGTH = 12
_PROVIDERS: dict[str, list[Any]] = {
    "cpu": ["CPUExecutionProvider"],
    # TF32 keeps 10 bits of the mantissa: too few for the embedding to agree with the CPU's.
    "cuda": [("CUDAExecutionProvider", {"use_tf32": "0"}), "CPUExecutionProvider"],
}


def open_network(model: str | Path, *, device: str, threads: int) -> Network:
    """Open a model by name or file.

    Parameters
    ----------
    model
        "efficientnet-lite0", or an ONNX file: input (n, 3, H, W) with H = W, floating point;
        the first output, of one row an image, is the embedding. Its ``metadata_props`` may say
        under ``twinscore.preprocessing`` how images are prepared; otherwise it is
        ``IMAGENET``, with the crop that the input has.
    device
        "cpu" or "cuda".
    threads
        Of ONNX Runtime, within one operator.

    Raises
    ------
    MissingExtraError
        A package is missing.
    FileNotFoundError
        There is no such model file.
    ValueError
        The name or device is unknown, or the file is no such model.
    """
    runtime = require("onnxruntime", extra="cpu", purpose="computing embeddings")
    providers = _providers(runtime, device)
    options = _session_options(runtime, threads)
    if str(model) == efficientnet_lite0.NAME:
        content = load_or_build(
            efficientnet_lite0.NAME, efficientnet_lite0.MODEL_SHA256, _build_default
        )
        session = runtime.InferenceSession(content, options, providers=providers)
        digest = hashlib.sha256(content).hexdigest()
    else:
        path = _model_file(model)
        session = _open_file(runtime, path, options, providers)
        digest = _file_digest(path)
    _check_device(session, device)
    return Network(session, f"{Path(model).stem}@{digest[:_DIGEST_LENGTH]}")


def _build_default() -> bytes:
    return efficientnet_lite0.build_model(efficientnet_lite0.read_weights())


def _providers(runtime: Any, device: str) -> list[Any]:
    if device not in _PROVIDERS:
        raise ValueError(f"expected a device of {', '.join(_PROVIDERS)}, got {device!r}")
    available = runtime.get_available_providers()
    if device == "cuda" and "CUDAExecutionProvider" not in available:
        raise ValueError(
            f"device 'cuda' is not among the providers of this ONNX Runtime "
            f"({', '.join(available)}): pip uninstall onnxruntime; pip install 'twinscore[gpu]'"
        )
    return _PROVIDERS[device]


def _check_device(session: Any, device: str) -> None:
    if device == "cuda" and "CUDAExecutionProvider" not in session.get_providers():
        raise ValueError("device 'cuda': ONNX Runtime found no usable CUDA libraries or GPU")


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
    raise ValueError(
        f"expected the model {efficientnet_lite0.NAME!r} or an ONNX file, got {str(model)!r}"
    )


def _open_file(runtime: Any, path: Path, options: Any, providers: list[Any]) -> Any:
    # ONNX Runtime's errors have no public base class.
    try:
        return runtime.InferenceSession(str(path), options, providers=providers)
    except Exception as error:
        raise ValueError(f"{path}: ONNX Runtime cannot open it: {error}") from error


def _file_digest(path: Path) -> str:
    """Digest a model file and, where torch's exporter put the weights beside it, those too."""
    digest = hashlib.sha256()
    for part in (path, path.with_name(f"{path.name}.data")):
        if part.is_file():
            with part.open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()
