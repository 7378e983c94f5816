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
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("Backend", overflow="fold")
    for heading in (
        "k",
        "Build s",
        "Query s",
        "CPU s",
        "Queries/s",
        "Memory MiB",
        "Recall",
        "Score error",
    ):
        table.add_column(heading, justify="right", no_wrap=True)
    for record in sorted(records, key=_rank):
        table.add_row(escape(printable(record.case.backend)), f"{record.case.k}", *_figures(record))
    return table


def _rank(record: Record) -> tuple[int, bool, float]:
    failed = record.measurement is None
    return record.case.k, failed, 0.0 if failed else record.seconds


def _figures(record: Record) -> list[str]:
    measured = record.measurement
    if measured is None or record.recall is None or record.score_error is None:
        return [escape(printable(record.failure or "failed"))]
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
