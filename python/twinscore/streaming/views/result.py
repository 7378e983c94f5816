"""What the views of a stream say together."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from twinscore.scoring.verdict import Case
from twinscore.scoring.views.scores import Standing, Views, ViewScore, with_standings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from twinscore.streaming.result import StreamResult
    from twinscore.streaming.scorer import StreamingScorer


def views_result(
    scorers: Mapping[str, StreamingScorer], shown: str, notes: Iterable[str]
) -> StreamResult:
    """Score every view that has enough pictures.

    Parameters
    ----------
    scorers
        By view.
    shown
        The view whose result it is; the others are its `views`.
    notes
        What the reader should know before trusting the rows.

    Raises
    ------
    ValueError
        The view that is shown has not enough of them.
    """
    results: dict[str, StreamResult] = {shown: scorers[shown].result()}
    rows, untold = [], []
    for view, scorer in scorers.items():
        try:
            result = results.get(view) or scorer.result()
        except ValueError as error:
            untold.append(f"{view}: {error}")
            rows.append(ViewScore(view, None, scorer.n_real, scorer.n_kept))
            continue
        results[view] = result
        rows.append(_row(view, result))
    ordered = {view: results[view] for view in scorers if view in results}
    together = Views(ordered, with_standings(rows), notes=(*notes, *untold))
    whole = results[shown]
    return replace(whole, views=together, warnings=(*whole.warnings, *together.notes))


def _row(view: str, result: StreamResult) -> ViewScore:
    evidence = result.evidence
    return ViewScore(
        view,
        None,
        result.n_real,
        result.n_kept,
        groups=result.groups,
        standing=Standing.COPIES if evidence.case is Case.COPIES else Standing.TOO_FEW,
        score=result.score,
        interval=result.interval,
        null_interval=result.null_interval,
        reverse_score=result.reverse_score,
        overlap=result.overlap,
        judge=result.judge,
        closeness=result.closeness,
        p_value=evidence.p_value,
    )
