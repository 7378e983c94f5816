"""twinscore schema: what the JSON that is written looks like."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from twinscore.base.json_schema import Schema

KINDS = ("result", "comparison", "explanation", "watch")

SCHEMA_EXAMPLES = """\b
Examples:
  twinscore schema result > result.schema.json
  twinscore schema watch > line.schema.json
"""


def schema_of(kind: str) -> Schema:
    """Make the schema of a kind of JSON, one of ``KINDS``."""
    from twinscore.comparison.comparison_schema import comparison_schema
    from twinscore.scoring.result_schema import explanation_schema, result_schema
    from twinscore.streaming.watching.line_schema import line_schema

    makers = (result_schema, comparison_schema, explanation_schema, line_schema)
    return dict(zip(KINDS, makers, strict=True))[kind]()


@click.command(epilog=SCHEMA_EXAMPLES)
@click.argument("kind", type=click.Choice(KINDS))
def schema(kind: str) -> int:
    """Print the JSON Schema of what other commands write.

    result is result.json and --json of 'twinscore score'; comparison and explanation are those of
    'twinscore compare' and 'twinscore explain'; watch is a line of 'twinscore watch --out'.
    """
    click.echo(json.dumps(schema_of(kind), indent=2, ensure_ascii=False))
    return 0
