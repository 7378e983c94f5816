"""The schema of a line that a watch writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twinscore.base.json_schema import SchemaMaker
from twinscore.scoring.result_schema import VERDICT, view_schema
from twinscore.streaming.result import StreamResult
from twinscore.streaming.watching.folder_state import FolderState

if TYPE_CHECKING:
    from twinscore.base.json_schema import Schema


def line_schema() -> Schema:
    """Describe a line of `twinscore watch --out`."""
    maker = SchemaMaker()
    folder = maker.of_record(FolderState)
    score = maker.of_record(StreamResult, leave_out=("views",))
    views = {
        "type": ["object", "null"],
        "additionalProperties": view_schema(maker),
        "description": "Of annotated frames, the figures of each view by its name.",
    }
    properties = {
        **folder["properties"],
        **score["properties"],
        "verdict": VERDICT,
        "views": views,
    }
    schema = {"type": "object", "properties": properties, "required": list(properties)}
    return maker.document("watch", schema)
