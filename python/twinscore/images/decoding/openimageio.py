"""Files that OpenImageIO reads: OpenEXR, Radiance HDR, PFM, DPX, Cineon."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from twinscore.base.errors import UnreadableImageError
from twinscore.base.extras import require

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from twinscore.images.decoding.exr_layers import Part


@contextmanager
def opened(content: Path | bytes, suffix: str, purpose: str) -> Iterator[Any]:
    """Open a file.

    Parameters
    ----------
    content
        The file or its bytes.
    suffix
        That tells OpenImageIO what bytes are; files tell it by themselves.
    purpose
        What is read, as the start of a sentence.

    Raises
    ------
    MissingExtraError
        OpenImageIO is not installed.
    UnreadableImageError
        It cannot be opened; the message is the reason.
    """
    oiio = require("OpenImageIO", extra="vfx", purpose=purpose)
    with _as_file(content, suffix) as path:
        settings = oiio.ImageSpec()
        # PFM begins at the bottom; without any setting it is left upside down.
        settings.attribute("pnm:pfmflip", 1)
        file = oiio.ImageInput.open(str(path), settings)
        if file is None:
            raise UnreadableImageError(_damaged(oiio.geterror()))
        try:
            yield file
        finally:
            file.close()


def parts_of(file: Any) -> list[Part]:
    """List the name and the channels of every part.

    Raises
    ------
    UnreadableImageError
        A part is a deep image.
    """
    parts: list[Part] = []
    while file.seek_subimage(len(parts), 0):
        spec = file.spec()
        if spec.deep:
            raise UnreadableImageError("deep images are not read; flatten them first")
        parts.append((spec.get_string_attribute("name"), tuple(spec.channelnames)))
    file.geterror()  # Asking for one part too many left a message.
    return parts


def read_channels(
    file: Any, channels: Sequence[int], kind: str, part: int = 0
) -> npt.NDArray[np.generic]:
    """Read some channels of a part, shape (height, width, channels).

    Parameters
    ----------
    file
        Opened.
    channels
        Positions in the part.
    kind
        Type of the samples, in the words of OpenImageIO: "half", "float", "uint8", "uint16".
    part
        Its number.
    """
    first, last = min(channels), max(channels)
    samples = file.read_image(part, 0, first, last + 1, kind)
    if samples is None or file.has_error:
        raise UnreadableImageError(_damaged(file.geterror()))
    order = [channel - first for channel in channels]
    read = np.asarray(samples)
    return read if order == list(range(read.shape[2])) else np.ascontiguousarray(read[:, :, order])


@contextmanager
def _as_file(content: Path | bytes, suffix: str) -> Iterator[Path]:
    """Give bytes a file: OpenImageIO's Python binding reads nothing else."""
    if isinstance(content, Path):
        yield content
        return
    with tempfile.NamedTemporaryFile(prefix="twinscore-", suffix=suffix) as file:
        file.write(content)
        file.flush()
        yield Path(file.name)


def _damaged(message: str) -> str:
    text = " ".join(message.split())
    return f"damaged file ({text})" if text else "damaged file"
