"""The errors that callers may catch, beside those of Python."""

from __future__ import annotations


class MissingExtraError(ImportError):
    """An optional dependency is not installed; the message holds the pip command."""


class SettingError(ValueError):
    """Something was asked for that cannot be meant, whatever the data: wrong usage."""


class UnreadableImageError(ValueError):
    """One image could not be read; the message is the reason, in a few words."""


class TooManySkipsError(ValueError):
    """So many images of one side were unreadable that a score would mislead."""
