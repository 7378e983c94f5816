"""Networks in torch that are small enough to be made and run in every test."""

from __future__ import annotations

from typing import Any


def small_module(seed: int = 0, channels: int = 3) -> Any:
    """A module with parts "stem" and "body", which are convolutions, and "head", in evaluation."""
    import torch

    class Small(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.stem = torch.nn.Sequential(
                torch.nn.Conv2d(channels, 6, 3, stride=2, padding=1),
                torch.nn.BatchNorm2d(6),
                torch.nn.ReLU(inplace=True),
            )
            self.body = torch.nn.Sequential(
                torch.nn.Conv2d(6, 10, 3, padding=1), torch.nn.ReLU(inplace=True)
            )
            self.head = torch.nn.Linear(10, 4)

        def forward(self, image: Any) -> Any:
            return self.head(self.body(self.stem(image)).mean((2, 3)))

    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return Small().eval()
