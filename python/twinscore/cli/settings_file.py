"""A run again: the settings in a result.json as values of options that were not given."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click


def take_settings(
    context: click.Context, _parameter: click.Parameter, file: Path | None
) -> Path | None:
    """Make the settings in a file the defaults of the command; what is typed beside them wins."""
    if file is not None:
        context.default_map = {**(context.default_map or {}), **_option_values(file)}
    return file


settings_option = click.option(
    "--settings",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    is_eager=True,
    expose_value=False,
    callback=take_settings,
    metavar="RESULT.json",
    help="Run again as this result was made; what is given beside it takes precedence.",
)


def _option_values(file: Path) -> dict[str, Any]:
    try:
        result = json.loads(file.read_text(encoding="utf-8"))
        values = _values(result["settings"], result["inputs"])
    except (OSError, ValueError, RecursionError) as error:
        raise click.BadParameter(f"{file}: expected JSON, got {error}") from error
    except (KeyError, TypeError, AttributeError) as error:
        raise click.BadParameter(f"{file}: expected a result with its settings") from error
    return {name: value for name, value in values.items() if value is not None}


def _values(settings: dict[str, Any], inputs: dict[str, Any]) -> dict[str, Any]:
    """Name settings as the options of the command line do."""
    images, search, sample = settings["images"], settings["search"], settings["sample"] or {}
    published = settings["published"]
    budget = sample.get("budget")
    return {
        "real": inputs["real"],
        "synthetic": inputs["synthetic"],
        **{name: settings[name] for name in ("k", "seed", "interval", "slice_by")},
        "label_by": settings.get("label_by"),
        **{name: settings[name] for name in ("collapse_duplicates", "diagnostics")},
        "richness": settings.get("richness"),
        "space": "umap2d" if published else "embedding",
        "convention": "notebook" if published else "exact",
        "domain": settings.get("domain"),
        **images,
        **search,
        "precision": sample.get("precision"),
        "budget": None if budget is None else f"{budget}s",
        **_view_values(settings.get("views")),
    }


def _view_values(views: dict[str, Any] | None) -> dict[str, Any]:
    if views is None:
        return {}
    given = [views[name] for name in ("real_objects", "synthetic_objects")]
    return {
        "objects": [each for each in given if each is not None] or None,
        "view": ",".join(views["names"]),
        "smallest_object": views["smallest"],
        "object_margin": views["margin"],
        "without_background": views["without_background"],
    }
