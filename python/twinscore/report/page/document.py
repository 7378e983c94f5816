"""Self-contained pages: one file that opens from disk, asks for nothing and runs only our own."""

from __future__ import annotations

import base64
import gzip
import hashlib
import html
import json
import os
import re
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from twinscore._version import __version__
from twinscore.base.extras import require
from twinscore.base.printable import printable

PURPOSE = "the report page"
SCRIPTS = ("all_images.js", "page.js")
"""Run as one: the first hands functions to the second."""


def check_page_packages() -> None:
    """Make sure that a page can be made, before hours are spent on what it shows.

    Raises
    ------
    MissingExtraError
        A package of the extra "report" is not installed.
    """
    for package in ("jinja2", "plotly"):
        require(package, extra="report", purpose=PURPOSE)


def render_page(
    template: str, payload: dict[str, Any], *, draws: bool = True, **context: Any
) -> str:
    """Fill a template.

    Whatever comes from outside reaches the page as escaped text or inside a compressed block, and
    a content security policy admits two scripts by their hashes: plotly.js and our own. No name of
    a file can run anything, and nothing on the page can ask the network for anything.

    Parameters
    ----------
    template
        A file of the folder ``templates``.
    payload
        What the script of the page reads, as JSON types.
    draws
        Whether the page has a map or curves, and so needs plotly.js.
    context
        What the template shows.

    Raises
    ------
    MissingExtraError
        A package of the extra "report" is not installed.
    """
    jinja2 = require("jinja2", extra="report", purpose=PURPOSE)
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("twinscore.report.page"),
        autoescape=True,
        finalize=_shown,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        figure=figure,
        overlap=overlap_figure,
        count=_count,
        share=_share,
        sentence=_sentence,
        place=place_on_scale,
        headings=_headings,
        options=_options_whole,
    )
    script, style = "\n".join(map(_resource, SCRIPTS)), _resource("page.css")
    page: str = environment.get_template(template).render(
        version=__version__,
        policy=_policy(script, _plotly()) if draws else _policy(script),
        script=script,
        style=style,
        plotly=_packed_plotly() if draws else None,
        payload=pack(json.dumps(_all_shown(payload), ensure_ascii=False, allow_nan=False)),
        **context,
    )
    return page


def write_page(text: str, file: str | os.PathLike[str]) -> None:
    """Write a page in the place of an older one; a full disk leaves the older one.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    target = Path(file)
    partial = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        # Names of files may hold what is no Unicode; such a character shows as a question mark.
        partial.write_text(text, encoding="utf-8", errors="replace")
        partial.replace(target)
    except OSError as error:
        raise OSError(f"cannot write to {target}: {error.strerror or error}") from error
    finally:
        partial.unlink(missing_ok=True)


def pack(text: str) -> str:
    """Compress text for ``unpack`` in page.js; the result holds letters, digits, +, / and =."""
    compressed = gzip.compress(text.encode("utf-8", "replace"), compresslevel=6, mtime=0)
    return base64.b64encode(compressed).decode("ascii")


def figure(value: float | None, digits: int = 3) -> str:
    """Show a number, or a dash where there is none."""
    return "-" if value is None or value != value else f"{value:.{digits}f}"


def overlap_figure(value: float | None) -> str:
    """Show an overlap, which says no more than that from 1 on; None stands for infinity."""
    return "above 1" if value is None or value > 1.0 else figure(value)


def place_on_scale(value: float, end: float) -> float:
    """Return the place of a value on a scale from 0 to `end`, in percent; nothing lies outside."""
    return round(100.0 * min(max(value, 0.0), end) / end, 2)


def _headings(body: str) -> list[tuple[str, str]]:
    """Find the sections of a page and their headings, without the counts behind these."""
    found = re.findall(r'<section id="([\w-]+)"[^>]*>\s*<h2>(.*?)</h2>', body)
    return [(key, html.unescape(re.sub(r" \([\d,]+\)$", "", heading))) for key, heading in found]


def _shown(value: Any) -> Any:
    """Show control characters of text that was not written by us, such as a template's style."""
    return printable(value) if type(value) is str else value


def _all_shown(value: Any) -> Any:
    """Do so for every text in JSON types."""
    if isinstance(value, dict):
        return {_shown(key): _all_shown(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_all_shown(item) for item in value]
    return _shown(value)


def _sentence(text: str) -> str:
    # A file's name stays as it is, even where it begins a sentence.
    is_word = text.split(" ", 1)[0].isalpha()
    start = text[:1].upper() + text[1:] if is_word else text
    return start + ("" if text.endswith((".", "!", "?")) else ".")


def _options_whole(text: str) -> Any:
    """Keep each option of a command in one line; whatever else is in the text is escaped."""
    markup = require("markupsafe", extra="report", purpose=PURPOSE).Markup
    escaped = html.escape(printable(text))
    return markup(re.sub(r"--[a-z][a-z-]*", r'<span class="option">\g<0></span>', escaped))


def _count(value: int) -> str:
    return f"{value:,}"


def _share(value: float) -> str:
    return f"{value:.1%}"


def _resource(name: str) -> str:
    return resources.files("twinscore.report.page").joinpath("templates", name).read_text("utf-8")


@cache
def _plotly() -> str:
    offline = require("plotly.offline", extra="report", purpose=PURPOSE)
    return str(offline.get_plotlyjs())


@cache
def _packed_plotly() -> str:
    return pack(_plotly())


def _policy(*scripts: str) -> str:
    hashes = " ".join(f"'sha256-{_sha256(script)}'" for script in scripts)
    # plotly.js compiles its WebGL drawing commands with Function, hence unsafe-eval.
    return (
        "default-src 'none'; img-src data: blob:; style-src 'unsafe-inline'; "
        f"script-src {hashes} 'unsafe-eval'; base-uri 'none'; form-action 'none'"
    )


def _sha256(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")
