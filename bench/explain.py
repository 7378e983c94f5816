"""Known faults put on photographs, whether they are named, and whether their repair closes the gap.

Photographs are split into random halves; one half gets a fault. Each fault is made stronger until
it lowers the score by 0.1, and explained; then two faults at once, and none. Every case is kept in
the record as it is done, and not run again. Splits are drawn by their numbers: others than those
that a method was mended on tell what it is worth.

    python bench/explain.py PHOTOGRAPHS [--images 200] [--first-split 0] [--splits 3] [--none 20]
        [--all-strengths] [--only NAME] [--record FILE]
    python bench/explain.py --tables
"""

from __future__ import annotations

import argparse
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

import twinscore as ts
from explain_faults import FAULTS, PAIRS
from explain_record import LOWERED, Case, add_to_record, read_record
from explain_tables import tables
from twinscore.embedding.into_memory import embed_images
from twinscore.embedding.network.embedder import Embedder
from twinscore.embedding.sides import open_source

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from explain_faults import Change
    from twinscore.embedding.records import Embeddings

RECORD = Path(__file__).parent / "records" / "explain.jsonl"


class Bench:
    """Photographs, embedded once, splits of them, and what was measured before.

    Parameters
    ----------
    folder
        Of photographs.
    images
        Of each half.
    record
        Is read, and written to.
    """

    def __init__(self, folder: Path, images: int, record: Path) -> None:
        self.embedder = Embedder(threads=1)
        source = open_source(folder, side="real")
        started = time.process_time()
        self.photographs = embed_images(source, self.embedder)  # type: ignore[arg-type]
        count = len(self.photographs.vectors)
        self.seconds_a_photograph = (time.process_time() - started) / count
        if count < 2 * images:
            raise SystemExit(f"expected at least {2 * images} photographs in {folder}, got {count}")
        self.images = images
        self.record = record
        self.known = {
            (case.fault, case.strength, case.split): case
            for case in read_record(record)
            if case.images == images
        }

    def single_faults(self, split: int, only: str | None, *, all_strengths: bool) -> None:
        """Each fault, ever stronger until it lowers the score; the strongest in any case."""
        for name, fault in FAULTS.items():
            if only not in (None, name):
                continue
            for strength in fault.strengths:
                is_last = strength == fault.strengths[-1]
                case = self.case(
                    name,
                    f"{strength:g}",
                    split,
                    [fault.make(strength)],
                    (fault.fact,),
                    explain_all=is_last,
                )
                if case.is_lowered and not all_strengths:
                    break

    def two_faults(self, split: int, only: str | None) -> None:
        """Two at once."""
        for pair in PAIRS:
            names = "+".join(name for name, _ in pair)
            if only in (None, names):
                self.case(
                    names,
                    "+".join(f"{strength:g}" for _, strength in pair),
                    split,
                    [FAULTS[name].make(strength) for name, strength in pair],
                    tuple(FAULTS[name].fact for name, _ in pair),
                )

    def no_fault(self, split: int) -> None:
        """Nothing at all."""
        self.case("none", "", split, [], ())

    def case(
        self,
        name: str,
        strength: str,
        split: int,
        changes: Sequence[Change],
        expected: tuple[str, ...],
        *,
        explain_all: bool = True,
    ) -> Case:
        """Measure a case and keep it, if that was not done before."""
        known = self.known.get((name, strength, split))
        if known is not None:
            return known
        # One split for a fault, however strong.
        seed = [sum(map(ord, name)), split]
        order = np.random.default_rng(seed).permutation(len(self.photographs.vectors))
        real, other = order[: self.images], order[self.images : 2 * self.images]
        untouched = _scored(self.part(real), self.part(other)).score
        with tempfile.TemporaryDirectory() as folder:
            self.write_changed(folder, other, changes, seed)
            started = time.process_time()
            synthetic = self.read_changed(folder) if changes else self.part(other)
            result = _scored(self.part(real), synthetic)
            scored = time.process_time()
            explains = explain_all or result.score <= untouched - LOWERED
            found = ts.explain(result, embedder=self.embedder) if explains else None
            ended = time.process_time()
        sides_embedded = 1 if changes else 2
        repairs = found.repairs if found else ()
        case = Case(
            fault=name,
            strength=strength,
            split=split,
            images=self.images,
            expected=expected,
            untouched=untouched,
            score=result.score,
            first_repair=repairs[0].after if repairs else result.score,
            repaired=repairs[-1].after if repairs else result.score,
            named=tuple(repair.fact for repair in repairs),
            harmless=tuple(fact.fact for fact in found.harmless) if found else (),
            explained=explains,
            score_seconds=scored
            - started
            + sides_embedded * self.images * self.seconds_a_photograph,
            explain_seconds=ended - scored,
        )
        add_to_record(self.record, case)
        print(case, flush=True)
        return case

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

    def write_changed(
        self,
        folder: str,
        rows: npt.NDArray[np.int64],
        changes: Sequence[Change],
        seed: list[int],
    ) -> None:
        """Put faults on some of the photographs."""
        random = np.random.default_rng(seed)
        for place, row in enumerate(rows.tolist() if changes else ()):
            image = Image.open(self.photographs.names[row]).convert("RGB")
            for change in changes:
                image = change(image, random)
            image.save(Path(folder) / f"{place:04}.png", compress_level=1)

    def read_changed(self, folder: str) -> Embeddings:
        """Embed what was written."""
        source = open_source(folder, side="synthetic")
        embedded = embed_images(source, self.embedder)  # type: ignore[arg-type]
        return replace(embedded, groups=None, columns={}, facts=None)


def _scored(real: Embeddings, synthetic: Embeddings) -> ts.ScoreResult:
    result = ts.score(real, synthetic, diagnostics=False, richness=False, threads=1)
    if not isinstance(result, ts.ScoreResult):
        raise TypeError(f"expected a score of all images, got {type(result).__name__}")
    return result


def main() -> None:
    """Run what the record lacks, and print tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("photographs", type=Path, nargs="?")
    parser.add_argument("--images", type=int, default=200, help="of each half")
    parser.add_argument("--first-split", type=int, default=0, help="number of the first split")
    parser.add_argument("--all-strengths", action="store_true", help="not the weakest alone")
    parser.add_argument("--splits", type=int, default=3, help="with each fault")
    parser.add_argument("--none", type=int, default=20, help="splits without a fault")
    parser.add_argument("--only", help="one fault, or a pair such as blur+tint")
    parser.add_argument("--record", type=Path, default=RECORD)
    parser.add_argument("--tables", action="store_true", help="print tables of the record alone")
    arguments = parser.parse_args()
    if not arguments.tables:
        if arguments.photographs is None:
            parser.error("expected a folder of photographs, or --tables")
        bench = Bench(arguments.photographs, arguments.images, arguments.record)
        first = arguments.first_split
        if arguments.only in (None, "none"):
            for split in range(first, first + arguments.none):
                bench.no_fault(split)
        for split in range(first, first + arguments.splits):
            bench.two_faults(split, arguments.only)
            bench.single_faults(split, arguments.only, all_strengths=arguments.all_strengths)
    print(tables(read_record(arguments.record)))


if __name__ == "__main__":
    main()
