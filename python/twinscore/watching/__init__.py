"""A folder that frames land in, scored while they do."""

from twinscore.watching.session import WatchSession
from twinscore.watching.settings import WatchSettings
from twinscore.watching.view import WatchView

__all__ = ["WatchSession", "WatchSettings", "WatchView"]
