"""A demonstration without a download: three twins of rising fidelity and their scores."""

from __future__ import annotations

from twinscore.demo.run import PICTURE_FILE, DemoRow, run_demo

__all__ = ["PICTURE_FILE", "DemoRow", "run_demo"]
