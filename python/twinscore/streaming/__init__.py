"""Scoring while images come: in loaders, render farms and other streams, in bounded memory."""

from twinscore.streaming.answers import BatchAnswers
from twinscore.streaming.result import StreamResult
from twinscore.streaming.scorer import StreamingScorer

__all__ = ["BatchAnswers", "StreamResult", "StreamingScorer"]
