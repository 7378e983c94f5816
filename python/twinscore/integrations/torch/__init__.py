"""Scores inside PyTorch data loaders: watch them, filter them, weight them.

Needs the extra ``torch``.
"""

from twinscore.base.extras import require

require("torch", extra="torch", purpose="twinscore.integrations.torch")

from twinscore.integrations.torch.batches import items_of  # noqa: E402
from twinscore.integrations.torch.filtering import RealismFilter  # noqa: E402
from twinscore.integrations.torch.monitor import ScoreMonitor  # noqa: E402
from twinscore.integrations.torch.ranks import merge_ranks  # noqa: E402
from twinscore.integrations.torch.weighting import realism_sampler, realism_weights  # noqa: E402

__all__ = [
    "RealismFilter",
    "ScoreMonitor",
    "items_of",
    "merge_ranks",
    "realism_sampler",
    "realism_weights",
]
