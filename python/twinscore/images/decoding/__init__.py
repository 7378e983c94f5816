"""From anything that holds an image to the numbers a network takes."""

from twinscore.images.decoding.decode import read_image
from twinscore.images.decoding.facts import read_facts
from twinscore.images.decoding.pillow_warnings import pillow_warnings_silenced
from twinscore.images.decoding.prepare import prepare_image
from twinscore.images.decoding.preprocessing import Preprocessing, preprocess

__all__ = [
    "Preprocessing",
    "pillow_warnings_silenced",
    "prepare_image",
    "preprocess",
    "read_facts",
    "read_image",
]
