"""FiftyOne: a result as a dataset to browse, and views of a dataset as sides to score."""

from twinscore.integrations.fiftyone.from_views import from_fiftyone
from twinscore.integrations.fiftyone.object_scores import objects_to_fiftyone
from twinscore.integrations.fiftyone.to_dataset import to_fiftyone

__all__ = ["from_fiftyone", "objects_to_fiftyone", "to_fiftyone"]
