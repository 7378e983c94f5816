from __future__ import annotations

from pathlib import Path

import pytest

from twinscore.neighbors.exact import KERNEL_VARIABLE, kernels

SHARED_IMAGES = Path(__file__).parents[2] / "shared" / "data"


@pytest.fixture(params=kernels())
def kernel(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Forces each instruction set that this machine has."""
    monkeypatch.setenv(KERNEL_VARIABLE, request.param)
    return str(request.param)


@pytest.fixture(scope="session")
def camera_images() -> Path:
    """Folder of real camera frames and simulator frames, beside the repository."""
    if not SHARED_IMAGES.is_dir():
        pytest.skip("the camera and simulator frames are not beside this repository")
    return SHARED_IMAGES
