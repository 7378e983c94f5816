"""What the reader of a result should know before trusting it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from twinscore.images.sources.passed_over import describe_passed_over

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from twinscore.embedding.records import Embeddings
    from twinscore.measures.confounds import Confound
    from twinscore.neighbors.records import Neighbors
    from twinscore.scoring.result import ScoreResult
    from twinscore.scoring.verdict import Evidence

MANY_ALIKE = 0.01
UNLIKELY = 0.01
MOST_OVERLAP = 1.5
_AMOUNTS = ("file size", "bytes per pixel")
_TOO_NEAR = "are copies, share scenes with the real ones, or spread beyond them"
_FEW_IMAGES = "chance takes a perfect twin of so few images there too"


def warnings_of(
    result: ScoreResult,
    real: Embeddings,
    synthetic: Embeddings,
    slice_by: Sequence[str] = (),
) -> Iterator[str]:
    """Say, one sentence each, what speaks against taking the score at face value."""
    yield from _confounds(result)
    yield from _duplicates(result)
    yield from evidence_notes(result.evidence)
    yield from _control(result)
    yield from _audit(result)
    yield from passed_over_notes(real, synthetic)
    for side, embeddings in (("real", real), ("synthetic", synthetic)):
        if embeddings.skipped:
            total = len(embeddings.skipped) + len(embeddings.vectors)
            yield (
                f"{len(embeddings.skipped):,} of {total:,} {side} images could not be read: "
                "they were left out"
            )
    yield from high_overlaps(
        [
            (f"{part.column} {part.value!r}", part.score, part.overlap, part.interval[0] <= 1.0)
            for part in result.slices
        ]
    )
    for column in slice_by:
        yield from _slices_left_out(result, synthetic, column)
    if (real.model is None) != (synthetic.model is None):
        yield (
            "one side came as ready-made embeddings: make sure that the model "
            f"{real.model or synthetic.model} made them too"
        )


def evidence_notes(evidence: Evidence) -> Iterator[str]:
    """Say where score or overlap do not mean what they seem to."""
    if evidence.hub_labels is not None:
        yield (
            "hubs decide: a few images are neighbors of most others, so that the score rests on "
            f"about {max(evidence.hub_labels, 1.0):.0f} images of the smaller side (unreliable: "
            "hubs), and its interval may be too narrow"
        )
    if evidence.overlap > MOST_OVERLAP:
        chance = evidence.score <= evidence.null_interval[1]
        why = _FEW_IMAGES if chance else f"the synthetic images {_TOO_NEAR}"
        yield (
            f"overlap above 1 by far (score {evidence.score:.2f}): {why}; as a share of images it "
            "means nothing here"
        )


def high_overlaps(found: Sequence[tuple[str, float, float, bool]]) -> Iterator[str]:
    """Say in which parts of a result the overlap is no share of images, and why.

    Parameters
    ----------
    found
        Name, score, overlap, and whether chance alone reaches that score, of each part.
    """
    for is_chance, why in ((False, f"their synthetic images {_TOO_NEAR}"), (True, _FEW_IMAGES)):
        high = [
            (name, score)
            for name, score, overlap, chance in found
            if overlap > MOST_OVERLAP and chance is is_chance
        ]
        if high:
            name, score = max(high, key=lambda part: part[1])
            yield (
                f"overlap above 1 by far in {len(high):,} of {len(found):,} parts, such as {name} "
                f"(score {score:.2f}): {why}"
            )


def sampled_ties_notes(neighbors: Neighbors) -> Iterator[str]:
    """Say where so many points tie for a place that even samples of them stand for all."""
    if neighbors.tie_counts is None:
        return
    cut = int(np.count_nonzero(neighbors.tie_counts > np.diff(neighbors.tie_offsets)))
    yield (
        f"ties beyond counting ({cut:,} images): they tie for their last neighbor with up to "
        f"{int(neighbors.tie_counts.max()):,} others, as identical images do; ties were split "
        "among an even sample of those; black or repeated frames are best left out, or collapsed"
    )


def passed_over_notes(real: Embeddings, synthetic: Embeddings) -> Iterator[str]:
    """Say which images of a side were not read for their format."""
    for side, embeddings in (("real", real), ("synthetic", synthetic)):
        if embeddings.passed_over:
            yield f"{side} side, {describe_passed_over(embeddings.passed_over)}"


def _confounds(result: ScoreResult) -> Iterator[str]:
    for confound in _worth_a_note(result.confounds):
        if confound.separates:
            yield (
                f"the {confound.fact} of files differs: it alone tells {confound.accuracy:.0%} of "
                f"the images apart (real: mostly {confound.real[0]}, synthetic: mostly "
                f"{confound.synthetic[0]}); {_advice(confound)}"
            )
        elif confound.partly:
            value, of_real, of_synthetic = confound.telltale
            yield (
                f"the {confound.fact} of files differs: it alone puts {confound.accuracy:.0%} of "
                f"the images on their side, where chance has 50%: {value} is that of {of_real:.0%} "
                f"of the real and {of_synthetic:.0%} of the synthetic images; {_advice(confound)}"
            )


def _worth_a_note(confounds: Sequence[Confound]) -> list[Confound]:
    """Leave out the bytes of files where another fact explains them, and say them once."""
    telling = [confound for confound in confounds if confound.separates or confound.partly]
    named = [confound for confound in telling if confound.fact not in _AMOUNTS]
    return named or telling[-1:]


def _advice(confound: Confound) -> str:
    if confound.fact in _AMOUNTS:
        return (
            "where both sides are saved alike, their noise and detail differ; else save them "
            "alike, or the score may be about that"
        )
    return "save both sides alike, or the score may be about that"


def _audit(result: ScoreResult) -> Iterator[str]:
    if result.audit is None:
        return
    low, high = result.audit["score_error_interval"]
    if max(abs(low), abs(high)) > (result.interval[1] - result.interval[0]) / 2:
        yield (
            f"approximate search: it found {result.audit['recall']:.1%} of the neighbors and may "
            f"bend the score by {low:+.4f} to {high:+.4f}, more than the score is uncertain: "
            "widen its search, or use the backend exact"
        )


def _duplicates(result: ScoreResult) -> Iterator[str]:
    if result.duplicates:
        yield (
            f"copies of real images ({result.duplicates:,} of {result.n_synthetic:,}): synthetic "
            "images with exactly the embedding of a real one raise the score"
        )
    across = int(result.near_duplicates["across"])
    if across > MANY_ALIKE * (result.n_real + result.n_synthetic):
        yield (
            f"near-copies across the sides ({across:,}): images nearly the same as one of the "
            "other side, frames of one recording or copies, raise the score"
        )
    if result.collapsed:
        return
    for side, images in (("real", result.n_real), ("synthetic", result.n_synthetic)):
        alike = int(result.near_duplicates[side])
        if alike > MANY_ALIKE * images:
            grouped = " of another group" if result.groups is not None else ""
            yield (
                f"near-copies among {side} images ({alike:,} of {images:,}): images nearly the "
                f"same as another one{grouped} lower the score and make it look surer than it is; "
                "give groups (clips, scenes) or collapse duplicates"
            )


def _control(result: ScoreResult) -> Iterator[str]:
    control = result.control
    if control is None or control.blocks_p_value > UNLIKELY:
        return
    yield (
        "real images in a row look alike: blocks of them score "
        f"{control.blocks_score:.2f} against the blocks between them, where random halves score "
        f"{control.score:.2f}; where they are frames of clips, give groups"
    )


def _slices_left_out(result: ScoreResult, synthetic: Embeddings, column: str) -> Iterator[str]:
    # Facts of pixels are cut into parts of as many images each: none is left out.
    values = set(synthetic.columns.get(column, ())) - {None}
    left_out = values - {part.value for part in result.slices if part.column == column}
    if not left_out:
        return
    fewer = "fewer than two images"
    if result.groups is not None:
        fewer = "fewer than two groups, a group counting for the value most of its images have"
    example = min(str(value) for value in left_out)
    yield (
        f"slices without a score ({len(left_out):,} of {len(values):,} values of {column}): such "
        f"as {example!r}, {fewer}"
    )
