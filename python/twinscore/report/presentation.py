"""What a result is shown by: the face of the package hands this module down to it."""

from twinscore.report.formats.brief import summary_line
from twinscore.report.maps.plot import plot_map
from twinscore.report.page.score_page import write_report
from twinscore.scoring.card import card

__all__ = ["card", "plot_map", "summary_line", "write_report"]
