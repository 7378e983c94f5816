"""A declared domain on a terminal: what was wanted of each value, and what is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich import box
from rich.table import Table
from rich.text import Text

from twinscore.base.printable import printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console

    from twinscore.domain.figures import CellFigures, EdgeCaseCount, Intentionality, Outside
    from twinscore.domain.match import ConditionMatch, PairCoverage

MOST_PAIRS = 10
MOST_CELLS = 3


def print_domain(domain: Intentionality, console: Console, *, things: str = "images") -> None:
    """Print the counts of every value, edge cases and pairs, and what cannot be verified."""
    print_counts(domain.file, domain.conditions, domain.edge_cases, domain.pairs, console)
    for name, text in _remarks(domain, things):
        console.print(Text(f"{name:<17}", style="dim") + Text(printable(text)))


def print_counts(
    file: str,
    conditions: Sequence[ConditionMatch],
    edge_cases: Sequence[EdgeCaseCount],
    pairs: PairCoverage | None,
    console: Console,
) -> None:
    """Print how many images were wanted of each value, case and pair, and how many there are."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(Text(printable(file)))
    for heading in ("Wanted", "There", "Missing"):
        table.add_column(heading, justify="right", no_wrap=True)
    for name, wanted, there, missing in _rows(conditions, edge_cases, pairs):
        table.add_row(Text(printable(name)), wanted, there, missing)
    console.print(table)


def _rows(
    conditions: Sequence[ConditionMatch],
    edge_cases: Sequence[EdgeCaseCount],
    pairs: PairCoverage | None,
) -> Iterator[tuple[str, str, str, str]]:
    for condition in conditions:
        for value in condition.values:
            name = f"{condition.condition} = {value.value}"
            yield name, f"{value.wanted:,}", f"{value.images:,}", _short(value.missing)
        for stranger in condition.undeclared:
            value_name = "no value" if stranger.value is None else f"{stranger.value}, undeclared"
            yield f"{condition.condition}: {value_name}", "-", f"{stranger.images:,}", ""
    for case in edge_cases:
        yield case.name, f"{case.wanted:,}", f"{case.images:,}", _short(case.missing)
    for pair in pairs.missing[:MOST_PAIRS] if pairs is not None else ():
        missing = _short(pair.wanted - pair.images)
        yield pair.name, f"{pair.wanted:,}", f"{pair.images:,}", missing


def _short(missing: int) -> str:
    return f"{missing:,}" if missing else ""


def _stray(outside: Outside) -> str:
    if outside.on_domain is None:
        return ""
    return f"; about {1.0 - outside.on_domain:.0%} stray where no photograph is"


def _ventures(cell: CellFigures) -> bool:
    """Tell whether, beyond chance, some of its images lie where no photograph does."""
    return cell.on_domain_interval is not None and cell.on_domain_interval[1] < 1.0


def _listed(cells: Sequence[CellFigures]) -> str:
    cells = sorted(cells, key=lambda cell: cell.on_domain or 0.0)
    named = [f"{1.0 - (cell.on_domain or 0.0):.0%} of {cell.name}" for cell in cells[:MOST_CELLS]]
    more = f" and of {len(cells) - MOST_CELLS:,} more" if len(cells) > MOST_CELLS else ""
    return ", ".join(named) + more


def _remarks(domain: Intentionality, things: str) -> Iterator[tuple[str, str]]:
    plan = domain.perfect_plan
    yield (
        "Match",
        f"{domain.match:.2f} of the {things} are where they were wanted; drawn by the plan itself, "
        f"{plan.low:.2f} to {plan.high:.2f}",
    )
    if domain.pairs is not None:
        pairs = domain.pairs
        yield "Pairs", f"{pairs.covered:,} of {pairs.pairs:,} pairs of values are there"
    if domain.outside.images:
        yield (
            "Outside",
            f"{domain.outside.images:,} {things} ({domain.outside.share:.0%}), "
            f"{domain.outside.excluded:,} of them of an excluded kind" + _stray(domain.outside),
        )
    venturing = [cell for cell in domain.cells if _ventures(cell)]
    if venturing:
        yield "Venture", f"where no photograph was taken: {_listed(venturing)}"
    if domain.unverifiable.cells:
        cells = domain.unverifiable.cells
        more = f" and {len(cells) - 1:,} more" if len(cells) > 1 else ""
        yield (
            "Unverifiable",
            f"{domain.unverifiable.share:.0%} of the declared mix has no real image "
            f"({cells[0]}{more}): nothing can be said of its realism",
        )
    if domain.target_score is not None and domain.target_interval is not None:
        low, high = domain.target_interval
        yield (
            "Declared mix",
            f"score {domain.target_score:.3f} ({low:.3f} to {high:.3f}, "
            f"p = {domain.target_p_value:.2g}) over {domain.target_mass:.0%} of it, resting on "
            f"about {domain.target_images:.0f} images a side; {domain.target_limit} allow no more",
        )
