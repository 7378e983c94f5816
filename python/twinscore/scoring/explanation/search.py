"""Which facts, made alike one after the other, bring the sides together."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from twinscore.base.progress import stage_of
from twinscore.images.alterations.catalog import ALTERATIONS, Step
from twinscore.images.facts.catalog import FACT_NAMES
from twinscore.measures.energy import energy_distance
from twinscore.measures.fact_gaps import fact_gaps
from twinscore.scoring.explanation.calibration import altered_side, calibrate
from twinscore.scoring.explanation.figures import control_of, figures_of, gain_interval
from twinscore.scoring.explanation.sample import embed_altered

if TYPE_CHECKING:
    import numpy.typing as npt

    from twinscore.base.arrays import FloatMatrix, IdArray
    from twinscore.base.progress import StageProgress
    from twinscore.embedding.network.embedder import Embedder
    from twinscore.graph.pool import Pool
    from twinscore.measures.fact_gaps import FactGap
    from twinscore.scoring.explanation.records import Control, Figures
    from twinscore.scoring.explanation.sample import Sample
    from twinscore.scoring.settings import ScoreSettings

MOST_CANDIDATES = 6
"""Facts that are tried in a round: those that set the sides farthest apart."""

FEWEST_SCREENED = 40
SCREENED_SHARE = 4
"""A candidate is tried on one image of so many first."""

NEARER = 0.95
"""Share of the distance between the sides that may be left by what goes on to be scored."""


@dataclass(frozen=True, slots=True, eq=False)
class Situation:
    """Both sides as they stand after some alterations.

    Attributes
    ----------
    points, facts
        Of the sample.
    steps
        By side, what was done to it.
    """

    points: Pool
    facts: npt.NDArray[np.float32]
    steps: dict[str, tuple[Step, ...]]

    def gaps(self) -> tuple[FactGap, ...]:
        """Compare the sides in each fact."""
        return fact_gaps(FACT_NAMES, self.facts, self.points.is_real, self.points.units)


@dataclass(frozen=True, slots=True)
class Trial:
    """A fact that was made alike, and what came of it.

    Attributes
    ----------
    gap
        The fact before.
    side, step
        What was altered, and how.
    before, after
        Figures of the sample.
    gain
        95 % interval of the difference of the scores.
    nearness
        Share of the distance between the sides that is left.
    control
        Of the alteration.
    """

    gap: FactGap
    side: str
    step: Step
    before: Figures
    after: Figures
    gain: tuple[float, float]
    nearness: float
    control: Control


@dataclass(slots=True)
class Findings:
    """All that a search has found so far.

    Attributes
    ----------
    gaps
        As the sides are.
    figures
        Of the sample as it is.
    trials
        In order, each on top of those before.
    fruitless
        Facts that were made alike and brought the sides no nearer, as they were then, each with
        the others that became alike with it.
    left
        Facts that differ after all trials.
    interrupted
        Whether there was more to try.
    """

    gaps: tuple[FactGap, ...]
    figures: Figures
    trials: list[Trial] = field(default_factory=list)
    fruitless: list[tuple[FactGap, frozenset[str]]] = field(default_factory=list)
    left: tuple[FactGap, ...] = ()
    interrupted: bool = False


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
        embedder: Embedder,
        settings: ScoreSettings,
        *,
        most_rounds: int,
        progress: StageProgress | None = None,
        deadline: float | None = None,
    ) -> None:
        self._sample = sample
        self._embedder = embedder
        self._settings = settings
        self._most_rounds = most_rounds
        self._progress = progress
        self._deadline = deadline
        self._now = Situation(sample.points, sample.facts, {"real": (), "synthetic": ()})
        figures, self._shares = figures_of(sample.points, settings)
        gaps = self._now.gaps()
        self.findings = Findings(gaps, figures, left=gaps)

    def run(self) -> Findings:
        """Search until nothing gains; Ctrl-C and the deadline end it earlier."""
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
        candidates = self._screened_candidates()
        for candidate in candidates:
            if candidate.nearness <= NEARER and self._keep(candidate):
                return True
            self.findings.fruitless.append((candidate.gap, self._made_alike(candidate)))
        return False

    def _screened_candidates(self) -> list[_Candidate]:
        """Make each fact alike on a part of the sample; what brings the sides nearest first."""
        tried = {trial.gap.fact for trial in self.findings.trials}
        gaps = [
            gap
            for gap in self.findings.left
            if gap.beyond_chance and gap.fact in ALTERATIONS and gap.fact not in tried
        ]
        gaps.sort(key=lambda gap: (-abs(gap.separation - 0.5), gap.fact))
        candidates: list[_Candidate] = []
        for gap in gaps[:MOST_CANDIDATES]:
            if candidates and self._is_late():
                self.findings.interrupted = True
                break
            candidate = self._screen(gap)
            if candidate is not None:
                candidates.append(candidate)
        return sorted(candidates, key=lambda candidate: candidate.nearness)

    def _screen(self, gap: FactGap) -> _Candidate | None:
        """Make one fact alike on a part of the sample; None where nothing moves it."""
        alteration = ALTERATIONS[gap.fact]
        side = altered_side(alteration, gap)
        steps = self._now.steps[side]
        preprocessing = self._embedder.preprocessing
        strength = calibrate(alteration, gap, self._sample, self._now.facts, steps, preprocessing)
        if strength == 0.0:
            return None
        step = Step(gap.fact, strength)
        places, others = self._part(side), self._part(_OTHER[side])
        vectors, facts = self._embed(places, (*steps, step), f"Trying {gap.fact}")
        points = self._now.points.vectors
        before = energy_distance(points[places], points[others])
        after = energy_distance(vectors, points[others])
        nearness = after / before if before > 0.0 else 1.0
        return _Candidate(gap, side, step, nearness, places, vectors, facts)

    def _keep(self, candidate: _Candidate) -> bool:
        """Score the whole sample with a candidate; False where it takes away more than a fact."""
        after = self._with(candidate)
        control = self._control(candidate, after)
        if control.destroys:
            return False
        figures, shares = figures_of(after.points, self._settings)
        trials = self.findings.trials
        before = trials[-1].after if trials else self.findings.figures
        trial = Trial(
            candidate.gap,
            candidate.side,
            candidate.step,
            before,
            figures,
            gain_interval(self._shares, shares),
            candidate.nearness,
            control,
        )
        left = after.gaps()
        self._now, self._shares = after, shares
        self.findings.left = left
        trials.append(trial)
        return True

    def _with(self, candidate: _Candidate) -> Situation:
        """Return both sides with one of them altered, those that were screened included."""
        now, side = self._now, candidate.side
        steps = (*now.steps[side], candidate.step)
        rest = np.setdiff1d(self._sample.places(side), candidate.places)
        vectors, facts = now.points.vectors.copy(), now.facts.copy()
        vectors[candidate.places], facts[candidate.places] = candidate.vectors, candidate.facts
        if len(rest):
            stage = f"Scoring with {candidate.gap.fact} alike"
            vectors[rest], facts[rest] = self._embed(rest, steps, stage)
        points = replace(now.points, vectors=vectors)
        return Situation(points, facts, {**now.steps, side: steps})

    def _made_alike(self, candidate: _Candidate) -> frozenset[str]:
        """Return the facts that a candidate brings at least half of the way to being alike."""
        places = np.concatenate([candidate.places, self._part(_OTHER[candidate.side])])
        points = _part_of(self._now.points, places)
        before = self._now.facts[places]
        after = before.copy()
        after[: len(candidate.places)] = candidate.facts
        apart_before, apart_after = (
            {
                gap.fact: abs(gap.separation - 0.5)
                for gap in fact_gaps(FACT_NAMES, facts, points.is_real, points.units)
            }
            for facts in (before, after)
        )
        return frozenset(
            fact
            for fact, apart in apart_after.items()
            if apart <= 0.5 * apart_before.get(fact, 0.0)
        )

    def _control(self, candidate: _Candidate, after: Situation) -> Control:
        if candidate.side == "real":
            places = self._sample.places("real")
            vectors = np.asarray(after.points.vectors[places], dtype=np.float32)
        else:
            places = self._part("real")
            steps = (*self._now.steps["real"], candidate.step)
            vectors = self._embed(places, steps, f"Checking {candidate.gap.fact} on photographs")[0]
        return control_of(_part_of(self._now.points, places), vectors, self._settings)

    def _part(self, side: str) -> IdArray:
        """Return the images of a side that candidates are tried on first."""
        places = self._sample.places(side)
        count = max(FEWEST_SCREENED, len(places) // SCREENED_SHARE)
        random = np.random.default_rng(self._settings.seed)
        return np.sort(random.permutation(places)[:count])

    def _embed(
        self, places: IdArray, steps: tuple[Step, ...], stage: str
    ) -> tuple[FloatMatrix, npt.NDArray[np.float32]]:
        report = stage_of(self._progress, stage)
        return embed_altered(self._sample, places, steps, self._embedder, report)

    def _is_late(self) -> bool:
        return self._deadline is not None and time.monotonic() > self._deadline


_OTHER = {"real": "synthetic", "synthetic": "real"}


@dataclass(frozen=True, slots=True, eq=False)
class _Candidate:
    """A fact made alike on a part of the sample; `nearness` as of `Trial`."""

    gap: FactGap
    side: str
    step: Step
    nearness: float
    places: IdArray
    vectors: FloatMatrix
    facts: npt.NDArray[np.float32]


def _part_of(points: Pool, places: IdArray) -> Pool:
    groups = points.groups
    return replace(
        points,
        vectors=points.vectors[places],
        is_real=points.is_real[places],
        groups=None if groups is None else np.unique(groups[places], return_inverse=True)[1],
    )
