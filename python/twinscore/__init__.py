"""Tell how far synthetic images can still be told apart from real ones.

Its packages stand in the order in which data passes them, and import from those before them only:

    base > images > embedding > neighbors > graph > measures > domain > scoring > planning >
    comparison > report > streaming > integrations > cli

>>> import twinscore as ts
>>> result = ts.score("photos/", "renders/")  # doctest: +SKIP
>>> result.score, result.overlap, result.p_value  # doctest: +SKIP
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import lazy_loader

from twinscore.scoring.logged_by import log_by
from twinscore.scoring.presented_by import present_by

if TYPE_CHECKING:
    from twinscore.integrations.loggers import ResultLog
    from twinscore.scoring.estimate import Presentation

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)


def _open_report() -> Presentation:
    from twinscore.report import presentation

    return presentation


def _open_log(log: Any) -> ResultLog:
    from twinscore.integrations.loggers import open_log

    return open_log(log)


# Results lie below reports and loggers and must not know them; the face of the package may.
present_by(_open_report)
log_by(_open_log)
