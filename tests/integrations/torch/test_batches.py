from __future__ import annotations

from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs torch")


from loader_rows import points  # noqa: E402
from twinscore.integrations.torch import (  # noqa: E402
    items_of,
)
from twinscore.streaming.intake import take_in  # noqa: E402


def test_tensors_are_read_in_place() -> None:
    rows = torch.from_numpy(points(0, 20))
    intake = take_in(rows, 8, lambda: pytest.fail("no embedder is needed"))
    assert np.shares_memory(intake.vectors, rows.numpy())
    rows.requires_grad_()
    assert len(take_in(rows, 8, lambda: pytest.fail("no embedder is needed")).vectors) == 20


@pytest.mark.parametrize(
    "batch",
    [
        torch.ones(4, 8),
        (torch.ones(4, 8), torch.zeros(4)),
        [torch.ones(4, 8), torch.zeros(4)],
        {"label": torch.zeros(4), "image": torch.ones(4, 8)},
    ],
)
def test_common_forms_of_batches_are_recognised(batch: Any) -> None:
    assert torch.equal(items_of(batch), torch.ones(4, 8))
