"""Records as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich import box
from rich.markup import escape
from rich.table import Table

from twinscore.base.printable import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from twinscore.cli.bench.record import Record


def table_of(records: Sequence[Record]) -> Table:
    """Make a table of records, the quickest to a score first within each k."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=0)
    table.add_column("Backend", overflow="fold")
    # In two lines, for what is measured and its unit, so that names have room in 80 columns.
    for heading in (
        "k",
        "Build\ns",
        "Query\ns",
        "CPU\ns",
        "Queries\n/s",
        "Memory\nMiB",
        "Recall",
        "Score\nerror",
    ):
        table.add_column(heading, justify="right", no_wrap=True)
    for record in sorted(records, key=_rank):
        table.add_row(escape(_named(record)), f"{record.case.k}", *_figures(record))
    return table


def _named(record: Record) -> str:
    """Write a backend, each of its settings on a line of its own, and why it has no figures."""
    name, _, settings = printable(record.case.backend).partition(":")
    lines = [name, *(f"  {setting}" for setting in settings.split(",") if setting)]
    if record.case.workers is not None:
        lines.append(f"  workers {printable(record.case.workers)}")
    if None in (record.measurement, record.recall, record.score_error):
        lines.append(printable(record.failure or "failed"))
    return "\n".join(lines)


def _rank(record: Record) -> tuple[int, bool, float]:
    failed = record.measurement is None
    return record.case.k, failed, 0.0 if failed else record.seconds


def _figures(record: Record) -> list[str]:
    measured = record.measurement
    if measured is None or record.recall is None or record.score_error is None:
        return []
    memory = measured.memory_bytes
    return [
        f"{measured.build_seconds:.3g}" if measured.build_seconds else "",
        f"{measured.query_seconds:.3g}",
        f"{measured.cpu_seconds:.3g}",
        f"{record.queries_per_second:,.0f}",
        "" if memory is None else f"{memory / 2**20:,.0f}",
        f"{record.recall:.4f}",
        f"{record.score_error:+.5f}" if record.score_error else "0",
    ]
