"""Two models trained on synthetic images alone, and a third that gives points of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from sklearn.linear_model import LogisticRegression
from torch import nn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twinscore.base.arrays import FloatMatrix
    from validation_sources import Images, Labelled, Labels

EPOCHS = 12
BATCH = 50
RATE = 0.1
FEATURES = 192


def probe_accuracy(
    vectors: FloatMatrix, labels: Labels, test_vectors: FloatMatrix, test_labels: Labels
) -> float:
    """Train a logistic regression on embeddings: transfer learning with the network frozen."""
    center, scale = vectors.mean(axis=0), float(vectors.std()) + 1e-12
    probe = LogisticRegression(C=0.02, max_iter=100, tol=1e-3)
    probe.fit((vectors - center) / scale, labels)
    return float(probe.score((test_vectors - center) / scale, test_labels))


@dataclass(frozen=True)
class SmallNetwork:
    """Three convolutions, trained from scratch."""

    layers: nn.Sequential
    head: nn.Linear
    mean: float
    deviation: float

    def features(self, images: Images) -> FloatMatrix:
        """Return what the last layer sees; shape (n, 192)."""
        self.layers.eval()
        with torch.no_grad():
            found: FloatMatrix = self.layers(self._input(_tensor(images))).numpy()
        return found

    def accuracy(self, test: Labelled) -> float:
        """Return the share of images whose class is found."""
        with torch.no_grad():
            found = self.head(torch.from_numpy(self.features(test.images))).argmax(1).numpy()
        return float(np.mean(found == test.labels))

    def _input(self, pixels: torch.Tensor) -> torch.Tensor:
        return (pixels - self.mean) / self.deviation


def small_network(train: Labelled, classes: int, seed: int) -> SmallNetwork:
    """Train by stochastic gradient descent with one cycle of the learning rate."""
    torch.manual_seed(seed)
    layers = nn.Sequential(
        *_convolution(3, 12, stride=2),
        *_convolution(12, 24),
        nn.MaxPool2d(2),
        *_convolution(24, 48),
        nn.AdaptiveAvgPool2d(2),
        nn.Flatten(),
    )
    pixels, labels = _tensor(train.images), torch.from_numpy(train.labels)
    network = SmallNetwork(
        layers, nn.Linear(FEATURES, classes), float(pixels.mean()), float(pixels.std()) + 1e-6
    )
    parameters = [*layers.parameters(), *network.head.parameters()]
    optimizer = torch.optim.SGD(parameters, RATE, momentum=0.9, weight_decay=5e-4, nesterov=True)
    steps = EPOCHS * (len(train) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=steps)
    for _ in range(EPOCHS):
        order = torch.randperm(len(train))
        for step in range(len(train) // BATCH):
            rows = order[step * BATCH : (step + 1) * BATCH]
            found = network.head(layers(network._input(pixels[rows])))
            loss = nn.functional.cross_entropy(found, labels[rows])
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            schedule.step()
    return network


def _convolution(inputs: int, outputs: int, stride: int = 1) -> Iterator[nn.Module]:
    yield nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
    yield nn.BatchNorm2d(outputs)
    yield nn.ReLU()


def _tensor(images: Images) -> torch.Tensor:
    return torch.from_numpy(np.ascontiguousarray(images.transpose(0, 3, 1, 2))).float() / 255.0
