"""A folder that frames land in, scored while they do."""

from twinscore.streaming.watching.session import WatchSession
from twinscore.streaming.watching.settings import WatchSettings
from twinscore.streaming.watching.view import WatchView

__all__ = ["WatchSession", "WatchSettings", "WatchView"]
