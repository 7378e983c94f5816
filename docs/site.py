"""What the documentation takes from the code: the names, the commands, the schemas."""

from __future__ import annotations

import inspect
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import twinscore
from twinscore.cli.program import cli
from twinscore.cli.schema import KINDS, schema_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mkdocs.structure.files import Files

REPOSITORY = Path(__file__).parents[1]


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Fill in what a page asks for with a comment of our own."""
    makers = {
        "<!-- names -->": python_names,
        "<!-- commands -->": command_pages,
    }
    for mark, make in makers.items():
        if mark in markdown:
            markdown = markdown.replace(mark, make())
    return _without_ways_out(markdown, Path(page.file.src_path).parent)


def on_files(files: Files, config: Any, **_: Any) -> Files:
    """Add the schemas of what commands write."""
    from mkdocs.structure.files import File

    for kind in KINDS:
        text = json.dumps(schema_of(kind), indent=2, ensure_ascii=False)
        place = f"reference/schemas/{kind}.schema.json"
        files.append(File.generated(config, place, content=text))
    return files


def python_names() -> str:
    """Ask mkdocstrings for each public name, where it is defined."""
    return "\n\n".join(
        f"::: {_home_of(name)}" for name in sorted(twinscore.__all__) if name != "__version__"
    )


def command_pages() -> str:
    """Show the help of each command."""
    return "\n\n".join(
        f"### {' '.join(words)}\n\n```text\n{help_text}\n```"
        for words, help_text in _helps(cli, ("twinscore",))
    )


def _home_of(name: str) -> str:
    value = getattr(twinscore, name)
    # A function may be public under another name than it has at home.
    return f"{inspect.getmodule(value).__name__}.{value.__name__}"  # type: ignore[union-attr]


def _helps(command: click.Command, words: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    context = click.Context(command, info_name=" ".join(words), terminal_width=80)
    yield words, command.get_help(context)
    for name, below in getattr(command, "commands", {}).items():
        yield from _helps(below, (*words, name))


def _without_ways_out(markdown: str, folder: Path) -> str:
    """Turn links to files that are not part of the site into their names."""

    def inside(match: re.Match[str]) -> str:
        words, target = match[1], match[2]
        if re.match(r"(https?:|mailto:|#)", target):
            return match[0]
        place = (REPOSITORY / "docs" / folder / target.partition("#")[0]).resolve()
        is_page = place.is_relative_to(REPOSITORY / "docs") and "design" not in place.parts
        return match[0] if is_page else f"{words} (`{place.relative_to(REPOSITORY)}`)"

    return re.sub(r"(?<!!)\[([^\]]+)\]\(([^)\s]+)\)", inside, markdown)
