"""The schema of comparison.json."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twinscore.base.json_schema import SchemaMaker
from twinscore.comparison.result import Comparison
from twinscore.scoring.result_schema import VERDICT

if TYPE_CHECKING:
    from twinscore.base.json_schema import Schema


def comparison_schema() -> Schema:
    """Describe what `twinscore compare` writes."""
    maker = SchemaMaker()
    schema = maker.of_record(Comparison)
    schema["properties"]["verdict"] = VERDICT
    schema["required"].append("verdict")
    return maker.document("comparison", schema)
