"""Annotated images that keep coming: every view of them scored by itself."""

from twinscore.streaming.views.scorer import StreamingViews

__all__ = ["StreamingViews"]
