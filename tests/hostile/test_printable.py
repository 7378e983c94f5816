"""What comes from outside is shown by every sink, and obeyed by none."""

from __future__ import annotations

import gzip
import io
import json
import logging
import re
from base64 import b64decode
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console as RichConsole

import twinscore as ts
from scored import score_sample
from twinscore.base.logs import logger_of
from twinscore.base.printable import printable, printable_lines
from twinscore.cli import program
from twinscore.embedding.records import Embeddings, Skipped
from twinscore.report.terminal.console import Console

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

EVIL = "\x1b]0;owned\x07\x1b[2J\x9b5m\x7f\r\n\u202egnp.\u2066\u2028\x00x"
SHOWN = r"\x1b]0;owned\x07\x1b[2J\x9b5m\x7f\r\n\u202egnp.\u2066\u2028\x00x"
OBEYED = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
WIDE = 4000


def assert_shown(text: str) -> None:
    assert OBEYED.search(text) is None, repr(OBEYED.search(text))
    assert SHOWN in text


@given(st.text())
def test_printable_text_is_one_line_without_anything_to_obey(text: str) -> None:
    shown = printable(text)
    assert OBEYED.search(shown) is None
    assert "\n" not in shown
    shown.encode()


@given(st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z"))))
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert printable(text) == text


def test_joined_emoji_and_spaces_of_other_scripts_stay_as_they_are() -> None:
    text = "\N{WOMAN}\N{ZERO WIDTH JOINER}\N{ROCKET} \N{IDEOGRAPHIC SPACE}\N{NO-BREAK SPACE}x"
    assert printable(text) == text


def test_bytes_that_are_no_text_are_shown() -> None:
    assert printable(b"a\xff.png".decode("utf-8", "surrogateescape")) == r"a\xff.png"


def test_lines_stay_lines() -> None:
    assert printable_lines("a\x1b\nb") == "a\\x1b\nb"


def side(seed: int, count: int = 30) -> Embeddings:
    vectors = np.random.default_rng(seed).standard_normal((count, 4)).astype(np.float32)
    return Embeddings(
        vectors,
        names=tuple(f"{EVIL}{seed}-{number}" for number in range(count)),
        columns={EVIL: (f"{EVIL} day",) * (count // 2) + (f"{EVIL} night",) * (count // 2)},
        skipped=(Skipped(f"{EVIL}bad", f"{EVIL}reason"),),
        model=f"{EVIL}model",
        preprocessing="crop",
    )


@pytest.fixture(scope="module")
def result() -> Any:
    return ts.score(side(0), side(1), slice_by=(EVIL,), threads=1)


@pytest.fixture(scope="module")
def comparison() -> Any:
    return ts.compare(
        side(0), side(1), side(2), names=(f"{EVIL}a", f"{EVIL}b"), slice_by=(EVIL,), threads=1
    )


def drawn(draw: Callable[[Any], None], make: Callable[..., Any] = RichConsole) -> str:
    console = make(file=io.StringIO(), width=WIDE, highlight=False)
    draw(console)
    text: str = console.file.getvalue()
    return text


def test_summary(result: Any) -> None:
    from twinscore.report.terminal.summary import print_summary

    assert_shown(drawn(lambda console: print_summary(result, console, verbose=True)))


def test_comparison_of_twins(result: Any) -> None:
    from twinscore.report.terminal.twins import print_comparison

    assert_shown(drawn(lambda console: print_comparison([(EVIL, EVIL, result)], console)))


def test_summary_of_a_sample() -> None:
    from twinscore.report.terminal.sample import print_sampled_summary

    sampled = score_sample(side(0), side(1), precision=0.2, threads=1)
    text = drawn(lambda console: print_sampled_summary(sampled, console))
    assert OBEYED.search(text) is None


def test_comparison(comparison: Any) -> None:
    from twinscore.report.terminal.comparison import print_difference

    assert_shown(drawn(lambda console: print_difference(comparison.comparison, console)))


def saved_runs(result: Any, folder: Path) -> Any:
    from twinscore.report.page.history_page import runs_of
    from twinscore.scoring.saved_result import load_result

    places = [folder / f"{EVIL.replace(chr(0), '')}{number}" for number in range(2)]
    for place in places:
        result.save(place)
    return runs_of([load_result(place) for place in places])


def test_history(result: Any, tmp_path: Path) -> None:
    from twinscore.report.terminal.comparison import print_history

    runs = saved_runs(result, tmp_path)
    text = drawn(lambda console: print_history(runs, [EVIL], console))
    assert_shown(text)


def test_progress() -> None:
    from twinscore.report.terminal.progress import ProgressDisplay

    for is_terminal in (False, True):
        display = ProgressDisplay()
        console = Console(
            file=io.StringIO(), width=WIDE, force_terminal=is_terminal, color_system=None
        )
        display._console = display._bars.live.console = console
        display._bars.disable = not is_terminal
        display._next_lines[EVIL] = 0.0
        with display:
            display(EVIL, 1, 2)
        assert SHOWN in console.file.getvalue()  # type: ignore[attr-defined]


def test_embedding_display() -> None:
    from twinscore.embedding.embedding_run import EmbeddingRun
    from twinscore.report.terminal.embedding import EmbeddingDisplay

    display = EmbeddingDisplay()
    display._console = console = Console(file=io.StringIO(), width=WIDE)
    with display:
        display(EmbeddingRun(total=2, failed=1, failures=[Skipped(EVIL, EVIL)]))
    assert_shown(console.file.getvalue())  # type: ignore[attr-defined]


@pytest.mark.parametrize("has_result", [False, True])
def test_watch_view(has_result: bool) -> None:
    from twinscore.streaming.watching.view import WatchView, summary_line

    scorer = ts.StreamingScorer(side(0), threads=1)
    scorer.update(side(1).vectors)
    session: Any = SimpleNamespace(
        obstacle=EVIL,
        trouble=EVIL,
        annotation_trouble=EVIL,
        lacking_annotations=1,
        latest=EVIL,
        unreadable={EVIL: EVIL},
        passed_over={EVIL: 1},
        counted=3,
        waiting=1,
    )
    found = scorer.result() if has_result else None
    assert_shown(drawn(lambda console: console.print(WatchView()._panel(session, found))))
    assert_shown(summary_line(session, found))


def test_bench_table() -> None:
    from twinscore.cli.bench.record import Case, Record
    from twinscore.cli.bench.table import table_of

    case = Case(EVIL, 3, 2, EVIL, 1, 1)
    record = Record(case, None, None, None, None, EVIL, None, "host", "1.0")
    assert_shown(drawn(lambda console: console.print(table_of([record]))))


def test_the_console_lets_nothing_through_that_a_sink_forgot() -> None:
    assert OBEYED.search(drawn(lambda console: console.print(EVIL), Console)) is None


def test_logs() -> None:
    lines: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: lines.append(record.getMessage())  # type: ignore[method-assign]
    logger = logger_of("twinscore.of_a_test")
    logger.addHandler(handler)
    logger.warning("%s cannot be read: %s", EVIL, ValueError(EVIL))
    logger.removeHandler(handler)
    assert lines == [f"{SHOWN} cannot be read: {SHOWN}"]


def test_error_lines_of_the_program(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    name = str(tmp_path / EVIL.replace("\0", ""))
    for words in (["score", name, name + "2"], ["score", name], ["no" + EVIL], ["history", name]):
        with pytest.raises(SystemExit):
            program.main(words)
        assert OBEYED.search(capsys.readouterr().err) is None
    monkeypatch.setattr(program.cli, "main", lambda *_, **__: raise_evil())
    with pytest.raises(SystemExit):
        program.main([])
    assert_shown_words(capsys.readouterr().err)


def raise_evil() -> None:
    raise ValueError(f"{EVIL.replace(' ', '')} is broken")


def assert_shown_words(text: str) -> None:
    assert OBEYED.search(text) is None
    assert r"\x1b]0;owned\x07\x1b[2J\x9b5m\x7f" in text


def texts_of_page(page: str) -> str:
    """Return a page with what its script unpacks."""
    packed = re.search(r'id="payload">([^<]*)<', page)
    assert packed is not None
    payload = gzip.decompress(b64decode(packed[1])).decode()
    shown = re.sub(r"<(script|style)[^>]*>.*?</\1>", "", page, flags=re.DOTALL)
    return shown + "\n".join(strings_in(json.loads(payload)))


def strings_in(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for key, item in value.items() for text in (key, *strings_in(item))]
    return [text for item in value for text in strings_in(item)] if isinstance(value, list) else []


def test_page_of_a_score(result: Any, tmp_path: Path) -> None:
    pytest.importorskip("jinja2")
    from twinscore.report.page.score_page import write_report

    write_report(result, tmp_path / "r.html", title=EVIL, command=EVIL, map_method="pca")
    assert_shown(texts_of_page((tmp_path / "r.html").read_text()))


def test_page_of_a_comparison(comparison: Any, tmp_path: Path) -> None:
    pytest.importorskip("jinja2")
    from twinscore.report.page.comparison_page import write_comparison

    write_comparison(comparison.comparison, tmp_path / "c.html", command=EVIL)
    assert_shown(texts_of_page((tmp_path / "c.html").read_text()))


def test_page_of_a_history(result: Any, tmp_path: Path) -> None:
    pytest.importorskip("jinja2")
    from twinscore.report.page.history_page import write_history

    write_history(saved_runs(result, tmp_path), tmp_path / "h.html")
    assert_shown(texts_of_page((tmp_path / "h.html").read_text()))
