"""Known faults put on photographs, whether they are named, and whether their repair closes the gap.

Photographs are split into random halves; one half gets a fault, made by other code than the repairs
are. For each fault and strength: the score of the untouched halves, with the fault, what is named,
and the score with the first repair. Then two faults at once, and none.

    python bench/explain.py PHOTOGRAPHS [--images 200] [--splits 20] [--json FILE]
"""

from __future__ import annotations

import argparse
import io
import json
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageEnhance, ImageFilter

import twinscore as ts
from twinscore.embedding.into_memory import embed_images
from twinscore.embedding.network.embedder import Embedder
from twinscore.embedding.sides import open_source

if TYPE_CHECKING:
    import numpy.typing as npt

    from twinscore.embedding.records import Embeddings

Change = Callable[[Image.Image, np.random.Generator], Image.Image]
LOWERED = 0.1


@dataclass(frozen=True, slots=True)
class Case:
    """One split with its faults.

    Attributes
    ----------
    fault, strength
        That were put in; more than one joined by "+".
    expected
        Facts whose repair is right, the first of each fault.
    untouched, score, repaired
        Of the halves before and after the fault, and with all repairs that were found.
    first_repair
        Score with the first repair alone.
    named, harmless
        Facts, in the order in which they are told.
    score_seconds, explain_seconds
        Of the clock.
    """

    fault: str
    strength: str
    expected: tuple[str, ...]
    untouched: float
    score: float
    first_repair: float
    repaired: float
    named: tuple[str, ...]
    harmless: tuple[str, ...]
    score_seconds: float
    explain_seconds: float


def _levels(image: Image.Image, factors: tuple[float, float, float]) -> Image.Image:
    pixels = np.asarray(image, dtype=np.float64) * np.array(factors)
    return _rounded(pixels)


def _rounded(pixels: npt.NDArray[np.float64]) -> Image.Image:
    return Image.fromarray(np.clip(np.rint(pixels), 0, 255).astype(np.uint8))


def blur(radius: float) -> Change:
    """Blur by a Gaussian."""
    return lambda image, _: image.filter(ImageFilter.GaussianBlur(radius))


def noise(deviation: float) -> Change:
    """Add Gaussian noise."""
    return lambda image, random: _rounded(
        np.asarray(image) + random.normal(0.0, deviation, (image.height, image.width, 3))
    )


def saturation(factor: float) -> Change:
    """Strengthen colours."""
    return lambda image, _: ImageEnhance.Color(image).enhance(factor)


def contrast(factor: float) -> Change:
    """Change contrast about the mean."""
    return lambda image, _: ImageEnhance.Contrast(image).enhance(factor)


def warmth(share: float) -> Change:
    """Strengthen red and weaken blue."""
    return lambda image, _: _levels(image, (1.0 + share, 1.0, 1.0 - share))


def tint(share: float) -> Change:
    """Strengthen green."""
    return lambda image, _: _levels(image, (1.0, 1.0 + share, 1.0))


def brightness(factor: float) -> Change:
    """Brighten."""
    return lambda image, _: _levels(image, (factor, factor, factor))


def compression(quality: float) -> Change:
    """Encode as JPEG."""

    def change(image: Image.Image, _: np.random.Generator) -> Image.Image:
        stream = io.BytesIO()
        image.save(stream, format="JPEG", quality=int(quality))
        return Image.open(stream).convert("RGB")

    return change


FAULTS: dict[str, tuple[Callable[[float], Change], tuple[float, float, float], tuple[str, ...]]] = {
    "blur": (blur, (0.5, 0.7, 1.0), ("sharpness",)),
    "noise": (noise, (2.0, 4.0, 8.0), ("noise",)),
    "saturation": (saturation, (1.4, 1.8, 2.4), ("saturation",)),
    "contrast": (contrast, (0.8, 0.6, 0.4), ("contrast",)),
    "warmth": (warmth, (0.1, 0.2, 0.3), ("warmth",)),
    "tint": (tint, (0.1, 0.2, 0.3), ("tint",)),
    "compression": (compression, (40.0, 20.0, 10.0), ("blockiness",)),
    "brightness": (brightness, (1.15, 1.4, 1.8), ("brightness",)),
}
"""How each is made, three strengths from weak to strong, and the facts that are right to name."""

PAIRS = (
    (("blur", 1.0), ("saturation", 1.8)),
    (("noise", 8.0), ("warmth", 0.2)),
    (("contrast", 0.6), ("compression", 10.0)),
    (("blur", 1.0), ("tint", 0.3)),
)


class Bench:
    """Photographs, embedded once, and splits of them."""

    def __init__(self, folder: Path, images: int) -> None:
        self.embedder = Embedder()
        source = open_source(folder, side="real")
        self.photographs = embed_images(source, self.embedder)  # type: ignore[arg-type]
        if len(self.photographs.vectors) < 2 * images:
            raise SystemExit(
                f"expected at least {2 * images} photographs in {folder}, "
                f"got {len(self.photographs.vectors)}"
            )
        self.images = images

    def part(self, rows: npt.NDArray[np.int64]) -> Embeddings:
        """Return some of the photographs; groups are left out, for halves are random."""
        whole = self.photographs
        return replace(
            whole,
            vectors=whole.vectors[rows],
            names=tuple(whole.names[row] for row in rows.tolist()),
            groups=None,
            columns={},
            facts=None,
            pixel_facts=None if whole.pixel_facts is None else whole.pixel_facts[rows],
        )

    def run(
        self,
        name: str,
        strength: str,
        changes: list[Change],
        expected: list[str],
        *,
        unless_above: float = -np.inf,
    ) -> Case:
        """Split, put faults on one half, and explain, unless they lower the score by less."""
        # One split for a fault, however strong.
        seed = sum(map(ord, name if changes else strength))
        random = np.random.default_rng(seed)
        order = random.permutation(len(self.photographs.vectors))
        real, other = order[: self.images], order[self.images : 2 * self.images]
        untouched = ts.score(self.part(real), self.part(other), diagnostics=False).score
        with tempfile.TemporaryDirectory() as folder:
            synthetic: Embeddings = self.part(other)
            if changes:
                for place, row in enumerate(other.tolist()):
                    image = Image.open(self.photographs.names[row]).convert("RGB")
                    for change in changes:
                        image = change(image, random)
                    image.save(Path(folder) / f"{place:04}.png", compress_level=1)
                source = open_source(folder, side="synthetic")
                synthetic = embed_images(source, self.embedder)  # type: ignore[arg-type]
                synthetic = replace(synthetic, groups=None, columns={}, facts=None)
            started = time.monotonic()
            result = ts.score(self.part(real), synthetic, diagnostics=False)
            scored = time.monotonic()
            found = None
            if untouched - result.score >= unless_above:
                found = ts.explain(result, embedder=self.embedder, images=self.images)
            ended = time.monotonic()
        repairs = found.repairs if found else ()
        return Case(
            fault=name,
            strength=strength,
            expected=tuple(expected),
            untouched=untouched,
            score=result.score,
            first_repair=repairs[0].after if repairs else result.score,
            repaired=repairs[-1].after if repairs else result.score,
            named=tuple(repair.fact for repair in repairs),
            harmless=tuple(fact.fact for fact in found.harmless) if found else (),
            score_seconds=scored - started,
            explain_seconds=ended - scored,
        )


def single_faults(bench: Bench) -> list[Case]:
    """Each fault, stronger and stronger until it lowers the score; the strongest in any case."""
    cases = []
    for name, (make, strengths, expected) in FAULTS.items():
        for strength in strengths:
            least = -np.inf if strength == strengths[-1] else LOWERED
            case = bench.run(
                name, f"{strength:g}", [make(strength)], list(expected), unless_above=least
            )
            cases.append(shown(case))
            if case.score <= case.untouched - LOWERED:
                break
    return cases


def two_faults(bench: Bench) -> list[Case]:
    """Two at once."""
    cases = []
    for pair in PAIRS:
        changes = [FAULTS[name][0](strength) for name, strength in pair]
        expected = [FAULTS[name][2][0] for name, _ in pair]
        names, strengths = "+".join(name for name, _ in pair), "+".join(f"{s:g}" for _, s in pair)
        cases.append(shown(bench.run(names, strengths, changes, expected)))
    return cases


def no_faults(bench: Bench, splits: int) -> list[Case]:
    """Nothing at all, several times."""
    return [shown(bench.run("none", f"split {split}", [], [])) for split in range(splits)]


def shown(case: Case) -> Case:
    """Print a case as it is done."""
    print(
        f"| {case.fault} | {case.strength} | {case.untouched:.2f} | {case.score:.2f} | "
        f"{', '.join(case.named) or '-'} | {case.repaired:.2f} | {', '.join(case.harmless)} |",
        flush=True,
    )
    return case


def summary(cases: list[Case]) -> dict[str, str]:
    """Say how often what must hold does."""
    single = [case for case in cases if len(case.expected) == 1]
    weakest = {
        case.fault: case for case in reversed(single) if case.score <= case.untouched - LOWERED
    }
    named = [case for case in weakest.values() if case.named[:1] == case.expected[:1]]
    closed = [case for case in weakest.values() if case.repaired >= case.untouched - LOWERED]
    pairs = [case for case in cases if len(case.expected) == 2]
    both = [case for case in pairs if set(case.expected) <= set(case.named[:3])]
    none = [case for case in cases if not case.expected]
    silent = [case for case in none if not case.named]
    return {
        "named first at the weakest strength that lowers the score by 0.1": (
            f"{len(named)} of {len(weakest)}"
        ),
        "repaired to within 0.1 of untouched halves": f"{len(closed)} of {len(weakest)}",
        "two at once, both among the first three": f"{len(both)} of {len(pairs)}",
        "no fault, nothing named": f"{len(silent)} of {len(none)}",
    }


def main() -> None:
    """Run all and print tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("photographs", type=Path)
    parser.add_argument("--images", type=int, default=200, help="of each half")
    parser.add_argument("--splits", type=int, default=20, help="without a fault")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    bench = Bench(arguments.photographs, arguments.images)
    print("| fault | strength | untouched | with it | named | repaired | harmless |")
    print("|---|---|---|---|---|---|---|")
    cases = [*single_faults(bench), *two_faults(bench), *no_faults(bench, arguments.splits)]
    told = summary(cases)
    for what, count in told.items():
        print(f"{what}: {count}")
    if arguments.json is not None:
        record = {"cases": [asdict(case) for case in cases], "summary": told}
        arguments.json.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
