"""Which facts, made alike one after the other, bring the sides together."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from twinscore.base.progress import stage_of
from twinscore.images.alterations.catalog import ALTERATIONS, Step
from twinscore.measures.energy import energy_distance
from twinscore.scoring.explanation.calibration import altered_side
from twinscore.scoring.explanation.figures import control_of, figures_of, gain_interval
from twinscore.scoring.explanation.findings import Findings, Situation, Trial
from twinscore.scoring.explanation.sample import embed_altered
from twinscore.scoring.explanation.screening import controls_of, gaps_to_try, part_of_side, screened

if TYPE_CHECKING:
    import numpy.typing as npt

    from twinscore.base.arrays import FloatMatrix, IdArray
    from twinscore.base.progress import StageProgress
    from twinscore.embedding.network.image_embedder import ImageEmbedder
    from twinscore.graph.pool import Pool
    from twinscore.scoring.explanation.effort import Effort
    from twinscore.scoring.explanation.records import Control
    from twinscore.scoring.explanation.sample import Sample
    from twinscore.scoring.explanation.screening import Candidate
    from twinscore.scoring.settings import ScoreSettings


class RepairSearch:
    """Tries alterations on a sample, the best of each round on top of the rounds before.

    Parameters
    ----------
    sample
        Of both sides.
    embedder
        That made its points.
    settings
        Of the result that is explained.
    effort
        Images that may be embedded.
    most_rounds
        Each of which keeps one alteration at most.
    progress
        Called with (stage, done, total).
    deadline
        On the clock of `time.monotonic`, after which nothing new is begun; None: none.
    """

    def __init__(
        self,
        sample: Sample,
        embedder: ImageEmbedder,
        settings: ScoreSettings,
        effort: Effort,
        *,
        most_rounds: int,
        progress: StageProgress | None = None,
        deadline: float | None = None,
    ) -> None:
        self._sample = sample
        self._embedder = embedder
        self._settings = settings
        self._effort = effort
        self._most_rounds = most_rounds
        self._progress = progress
        self._deadline = deadline
        self._parts = {
            side: part_of_side(sample, side, settings.seed) for side in ("real", "synthetic")
        }
        self._controls = controls_of(sample, settings.seed)
        self._now = Situation(sample.points, sample.facts, {"real": (), "synthetic": ()})
        figures, self._shares = figures_of(sample.points, settings)
        gaps = self._now.gaps()
        self.findings = Findings(gaps, figures, left=gaps)

    def run(self) -> Findings:
        """Search until nothing gains; Ctrl-C, effort and the deadline end it earlier."""
        try:
            for _ in range(self._most_rounds):
                if self._is_late():
                    self.findings.interrupted = True
                    break
                if not self._round():
                    break
        except KeyboardInterrupt:
            self.findings.interrupted = True
        return self.findings

    def _round(self) -> bool:
        """Try each fact that differs and keep the best; return whether one was kept."""
        for place, candidate in enumerate(self._candidates()):
            if candidate.approach > 0.0:
                if place and self._is_late():
                    self.findings.interrupted = True
                    return False
                rest = len(self._unscreened(candidate))
                if not self._effort.allows(
                    self._work_of_scoring(candidate.side, candidate.gap.fact, rest)
                ):
                    self.findings.exhausted = True
                    return False
                if self._keep(candidate):
                    return True
                if any(trial.gap is candidate.gap for trial, _ in self.findings.unsure):
                    continue
            self.findings.fruitless.append((candidate.gap, candidate.made_alike))
        return False

    def _candidates(self) -> list[Candidate]:
        """Make each fact alike on a part of the sample; what brings the sides nearest first."""
        found: list[Candidate] = []
        for gap in gaps_to_try(self.findings.left, self.findings.trials):
            if found and self._is_late():
                self.findings.interrupted = True
                break
            side = altered_side(ALTERATIONS[gap.fact], gap)
            calibrating = self._effort.to_calibrate(gap.fact, self._now.steps[side])
            # What could not be scored afterwards is not tried.
            scoring = self._work_of_scoring(side, gap.fact, len(self._sample.places(side)))
            if not self._effort.allows(calibrating + scoring):
                self.findings.exhausted = True
                break
            self._effort.spend(calibrating)
            candidate = screened(
                gap, self._now, self._sample, self._parts, self._embedder, self._embed
            )
            if candidate is not None:
                found.append(candidate)
        return sorted(found, key=lambda candidate: -candidate.approach)

    def _keep(self, candidate: Candidate) -> bool:
        """Score the whole sample with a candidate; False where that is no repair."""
        after = self._with(candidate)
        control = self._control(candidate, after)
        if control.destroys:
            return False
        figures, shares = figures_of(after.points, self._settings)
        trials = self.findings.trials
        trial = Trial(
            candidate.gap,
            candidate.side,
            candidate.step,
            trials[-1].after if trials else self.findings.figures,
            figures,
            gain_interval(self._shares.own, shares.own),
            gain_interval(self._shares.surer, shares.surer),
            self._nearness(after),
            control,
        )
        if not (trial.is_repair or trial.may_need_another):
            if trial.may_be_repair:
                self.findings.unsure.append((trial, candidate.made_alike))
            return False
        self._now, self._shares = after, shares
        self.findings.left = after.gaps()
        trials.append(trial)
        return True

    def _with(self, candidate: Candidate) -> Situation:
        """Return both sides with one of them altered, those that were screened included."""
        now, side = self._now, candidate.side
        steps = (*now.steps[side], candidate.step)
        rest = self._unscreened(candidate)
        vectors, facts = now.points.vectors.copy(), now.facts.copy()
        vectors[candidate.places], facts[candidate.places] = candidate.vectors, candidate.facts
        if len(rest):
            stage = f"Scoring with {candidate.gap.fact} alike"
            vectors[rest], facts[rest] = self._embed(rest, steps, stage)
        points = replace(now.points, vectors=vectors)
        return Situation(points, facts, {**now.steps, side: steps})

    def _unscreened(self, candidate: Candidate) -> IdArray:
        return np.setdiff1d(self._sample.places(candidate.side), candidate.places)

    def _nearness(self, after: Situation) -> float:
        """Return the share of the distance between the sides that is left."""
        is_real = self._sample.is_real
        distances = [
            energy_distance(points[is_real], points[~is_real])
            for points in (self._now.points.vectors, after.points.vectors)
        ]
        return distances[1] / distances[0] if distances[0] > 0.0 else 1.0

    def _control(self, candidate: Candidate, after: Situation) -> Control:
        if candidate.side == "real":
            places = self._sample.places("real")
            vectors = np.asarray(after.points.vectors[places], dtype=np.float32)
        else:
            places = self._controls
            steps = (*self._now.steps["real"], candidate.step)
            vectors = self._embed(places, steps, f"Checking {candidate.gap.fact} on photographs")[0]
        return control_of(_part_of(self._now.points, places), vectors, self._settings)

    def _work_of_scoring(self, side: str, fact: str, images: int) -> float:
        """Return the work of making a fact alike on images of a side, and of controlling it."""
        step = Step(fact, 0.0)
        steps = (*self._now.steps[side], step)
        work = self._effort.to_embed(images, steps)
        if side == "synthetic":
            controlled = (*self._now.steps["real"], step)
            work += self._effort.to_embed(len(self._controls), controlled)
        return work

    def _embed(
        self, places: IdArray, steps: tuple[Step, ...], stage: str
    ) -> tuple[FloatMatrix, npt.NDArray[np.float32]]:
        self._effort.spend(self._effort.to_embed(len(places), steps))
        report = stage_of(self._progress, stage)
        return embed_altered(self._sample, places, steps, self._embedder, report)

    def _is_late(self) -> bool:
        return self._deadline is not None and time.monotonic() > self._deadline


def _part_of(points: Pool, places: IdArray) -> Pool:
    groups = points.groups
    return replace(
        points,
        vectors=points.vectors[places],
        is_real=points.is_real[places],
        groups=None if groups is None else np.unique(groups[places], return_inverse=True)[1],
    )
