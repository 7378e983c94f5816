"""From anything that holds an image to the numbers a network takes."""

from twinscore.images.decode import pillow_warnings_silenced, read_image
from twinscore.images.facts import read_facts
from twinscore.images.preprocessing import Preprocessing, preprocess

__all__ = ["Preprocessing", "pillow_warnings_silenced", "preprocess", "read_facts", "read_image"]
