from __future__ import annotations

import pytest
from PIL import Image

from twinscore.integrations.loggers import LogEntry, Picture


@pytest.fixture
def entries() -> list[LogEntry]:
    """Two entries of a stream, the second with a picture."""
    picture = Picture("pairs/1", "a beside b", Image.new("RGB", (20, 10), "red"))
    record = {"score": 0.5, "settings": {"k": 1}}
    slice_ = "slices/weather/50% rain/score"
    return [
        LogEntry({"score": 0.5, slice_: 0.4}, "Told apart.", record, 40),
        LogEntry({"score": 0.75, slice_: 0.6}, "Nearly mixed.", record, 80, (picture,)),
    ]
