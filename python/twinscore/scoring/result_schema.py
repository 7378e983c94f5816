"""The schemas of result.json and explanation.json."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from twinscore.base.json_schema import LEFT_OUT, SchemaMaker, or_null
from twinscore.domain.declaration import Domain
from twinscore.domain.figures import Intentionality
from twinscore.embedding.object_counts import ObjectCounts
from twinscore.embedding.settings import ImageSettings
from twinscore.images.views.settings import CUT_FIELDS, ViewSettings
from twinscore.measures.object_gaps import ObjectGap
from twinscore.measures.slices import SliceScore
from twinscore.neighbors.settings import SearchSettings
from twinscore.scoring.estimate import NOT_IN_JSON, Estimate
from twinscore.scoring.explanation.records import Explanation
from twinscore.scoring.result import ScoreResult
from twinscore.scoring.views.scores import ViewScore

if TYPE_CHECKING:
    from twinscore.base.json_schema import Schema

VERDICT = {"type": "string", "description": "The result in one sentence."}

_TEXT_OR_NULL: dict[str, Any] = {"type": ["string", "null"]}

EXCEPTIONS: dict[Any, Schema] = {
    Domain: {"type": "string", "description": "The file it was declared in."},
    (ImageSettings, "model"): _TEXT_OR_NULL,
    (SearchSettings, "workers"): LEFT_OUT,
}
"""What settings hold as words, because no file holds the thing itself, or not at all."""


def result_schema() -> Schema:
    """Describe result.json: what only all images tell may be null, and is in that of a sample."""
    maker = SchemaMaker(EXCEPTIONS)
    schema = maker.of_record(ScoreResult, leave_out=(*NOT_IN_JSON, "views"))
    of_every_result = {field.name for field in fields(Estimate)}
    for name, described in schema["properties"].items():
        if name not in of_every_result:
            schema["properties"][name] = or_null(described)
    schema["properties"] |= {"verdict": VERDICT, **_of_views(maker)}
    schema["required"] = list(schema["properties"])
    return maker.document("result", schema)


def explanation_schema() -> Schema:
    """Describe explanation.json."""
    maker = SchemaMaker(EXCEPTIONS)
    return maker.document("explanation", maker.of_record(Explanation))


def view_schema(maker: SchemaMaker) -> Schema:
    """Describe what is known of one view: its row, and what only its whole result tells."""
    score = maker.of_type(ViewScore)
    return {
        "allOf": [score],
        "properties": {
            "verdict": VERDICT,
            "classes": {"type": "array", "items": score},
            "domain": maker.of_type(Intentionality),
            "slices": maker.of_type(tuple[SliceScore, ...]),
        },
    }


def _of_views(maker: SchemaMaker) -> dict[str, Schema]:
    """Describe what annotated images add: a record made anew of what the views hold."""
    not_of_a_cut = [each.name for each in fields(ViewSettings) if each.name not in CUT_FIELDS]
    found = {
        "verdict": {**VERDICT, "description": "What the views say together."},
        "notes": maker.of_type(tuple[str, ...]),
        "differences": maker.of_type(tuple[str, ...]),
        "facts": maker.of_type(tuple[ObjectGap, ...]),
        "cut": or_null(maker.of_record(ViewSettings, leave_out=not_of_a_cut)),
        "real": maker.of_type(ObjectCounts),
        "synthetic": maker.of_type(ObjectCounts),
    }
    return {
        "views": {
            "type": ["object", "null"],
            "additionalProperties": view_schema(maker),
            "description": "Of annotated images, the figures of each view by its name.",
        },
        "objects": {
            "type": ["object", "null"],
            "properties": found,
            "description": "Of annotated images, what was found of objects on each side.",
        },
    }
