"""What can be refused about two sides before the first image is embedded."""

from __future__ import annotations

import difflib
import os
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twinscore.domain.examples import check_no_columns, open_examples
from twinscore.embedding.records import Embeddings
from twinscore.graph.pool import check_neighbor_count, check_side
from twinscore.images.facts.catalog import FACT_NAMES
from twinscore.scoring.views.asked_of_views import check_asked_of_views
from twinscore.scoring.views.object_domain import NOT_BY_EXAMPLE, OBJECT_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from twinscore.domain.declaration import Domain
    from twinscore.domain.examples import Examples
    from twinscore.images.sources.columns import ColumnedSource
    from twinscore.images.views.settings import ViewSettings
    from twinscore.scoring.settings import ScoreSettings

NO_GROUPS = (
    "expected images without groups, got groups: precision and budget (--precision, --budget) "
    "sample single images; leave them out to score groups"
)


def check_distinct(real: Any, synthetic: Any) -> None:
    """Refuse one place for both sides, and a side that lies within the other.

    Raises
    ------
    ValueError
        The message names both.
    """
    if not (isinstance(real, str | os.PathLike) and isinstance(synthetic, str | os.PathLike)):
        return
    first, second = Path(real), Path(synthetic)
    if first.exists() and second.exists() and first.samefile(second):
        raise ValueError(
            f"expected two different inputs, got {os.fspath(real)} for both real and synthetic"
        )
    for inner, outer in ((first, second), (second, first)):
        if outer.is_dir() and inner.resolve().is_relative_to(outer.resolve()) and inner.is_dir():
            raise ValueError(
                f"expected two separate folders, but {inner} lies inside {outer}: "
                "its images would count for both sides"
            )


def check_sides(
    sources: Mapping[str, ColumnedSource | Embeddings],
    settings: ScoreSettings,
    *,
    views: ViewSettings | None = None,
) -> None:
    """Refuse sides that the settings do not fit, by what is known before an image is read.

    Parameters
    ----------
    sources
        "real" and "synthetic".
    settings
        How they are to be scored.
    views
        Of annotated images, those that are looked at: their vectors are made on disk where memory
        is limited, and objects have further columns.

    Raises
    ------
    ValueError
        A side has too few images or groups, k is too large, a column is not there, a sample is
        wanted of images in groups, or something of views that are not looked at.
    """
    if settings.search.memory is not None and views is None:
        for side, source in sources.items():
            if not isinstance(source, Embeddings):
                raise ValueError(
                    f"{side} side: expected a store or embeddings where memory is limited, "
                    "got images: 'twinscore embed' makes a store of them"
                )
    sizes = {side: _size(source) for side, source in sources.items()}
    for side, source in sources.items():
        check_side(side, sizes[side], _groups(source))
    check_neighbor_count(settings.k, sum(sizes.values()), grouped=False)
    known = _columns(sources["synthetic"])
    of_objects = OBJECT_COLUMNS if views is not None else ()
    check_columns(sources["synthetic"], settings.slice_by, of_objects)
    if settings.label_by is not None:
        for side, source in sources.items():
            check_labels(side, _columns(source), settings.label_by)
    if settings.domain is not None:
        check_domain_columns(settings.domain, {*known, *of_objects})
        if views is not None and settings.domain.by_example:
            raise ValueError(NOT_BY_EXAMPLE.format(name=settings.domain.by_example[0]))
    if views is not None:
        check_asked_of_views(views, settings, known)
    if settings.sample is not None and any(map(_is_grouped, sources.values())):
        raise ValueError(NO_GROUPS)


def check_columns(
    source: ColumnedSource | Embeddings,
    slice_by: Iterable[str],
    of_objects: Collection[str] = (),
) -> None:
    """Refuse slices by what is neither a column of the synthetic side nor a fact of its pixels.

    Parameters
    ----------
    source
        The synthetic side.
    slice_by
        Names of columns and facts.
    of_objects
        What is known of every object in its images.

    Raises
    ------
    ValueError
        The message names the columns there are.
    """
    known = _columns(source)
    # Of images, the facts will be known once they are embedded.
    is_measured = not isinstance(source, Embeddings) or source.pixel_facts is not None
    facts = FACT_NAMES if is_measured else ()
    for column in slice_by:
        if column not in known and column not in facts and column not in of_objects:
            there_are = ", ".join(sorted(known)) or "none"
            also = f"; or a fact of its pixels ({', '.join(sorted(facts))})" if facts else ""
            also += f"; or of its objects ({', '.join(of_objects)})" if of_objects else ""
            raise ValueError(
                f"slice_by: expected a column of the synthetic side ({there_are}){also}, "
                f"got {column!r}"
            )


def check_labels(side: str, known: Collection[str], column: str) -> None:
    """Refuse labels by a column that a side lacks.

    Raises
    ------
    ValueError
        The message names the columns there are.
    """
    if column not in known:
        there_are = ", ".join(sorted(known)) or "none"
        raise ValueError(
            f"label_by: expected a column of the {side} side ({there_are}), got {column!r}"
        )


def check_domain_columns(
    domain: Domain, known: Collection[str], owner: str = "of the synthetic side"
) -> None:
    """Refuse a domain of columns that images lack.

    Raises
    ------
    ValueError
        The message names the columns there are, and the one that may have been meant.
    """
    for column in domain.columns:
        if column not in known:
            there_are = ", ".join(sorted(known)) or "none"
            near = difflib.get_close_matches(column, known, 1)
            meant = f"; did you mean {near[0]!r}?" if near else ""
            raise ValueError(
                f"{domain.file}: expected a column {owner} ({there_are}), got {column!r}{meant}"
            )


def checked_examples(
    domain: Domain, sources: Mapping[str, ColumnedSource | Embeddings]
) -> Examples:
    """Find the examples of a domain; refuse those of conditions that are columns already.

    Raises
    ------
    ValueError, FileNotFoundError
        As `open_examples` and `check_no_columns`.
    """
    examples = open_examples(domain)
    for side, source in sources.items():
        check_no_columns(examples, _columns(source), side)
    return examples


def _columns(source: ColumnedSource | Embeddings) -> Collection[str]:
    return source.columns if isinstance(source, Embeddings) else source.column_names


def _size(source: ColumnedSource | Embeddings) -> int:
    return len(source.vectors) if isinstance(source, Embeddings) else len(source)


def _groups(source: ColumnedSource | Embeddings) -> tuple[str, ...] | None:
    return source.groups if isinstance(source, Embeddings) else None


def _is_grouped(source: ColumnedSource | Embeddings) -> bool:
    """Tell whether a side has groups, of images as far as the first one shows."""
    if isinstance(source, Embeddings):
        return source.groups is not None
    return any(item.group is not None for item in islice(source, 1))
