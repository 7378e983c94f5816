"""A run tells its loggers everything, and no logger can cost it anything."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import twinscore as ts
from remembering_logger import Remembering
from twinscore.integrations.loggers import Picture, open_log
from twinscore.integrations.loggers.opening import TOOLS

if TYPE_CHECKING:
    from pathlib import Path


def sides() -> Any:
    return np.random.default_rng(0).standard_normal((2, 60, 4)).astype("float32")


def test_a_run_tells_all_loggers_its_result() -> None:
    loggers = Remembering(), Remembering()
    result = ts.score(*sides(), log=loggers)
    for logger in loggers:
        (entry,) = logger.entries
        assert entry.figures["score"] == result.score
        assert entry.verdict == result.verdict
        assert entry.record == result.to_dict()


def test_a_logger_of_the_caller_is_left_open_for_the_next_run() -> None:
    logger = Remembering()
    for _ in range(2):
        ts.score(*sides(), log=logger, diagnostics=False)
    assert len(logger.entries) == 2
    assert not logger.is_closed


@pytest.mark.parametrize("fails", ["log", "close", "place"])
def test_a_logger_that_fails_is_told_in_one_line_and_the_others_go_on(
    fails: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = Remembering(fails), Remembering()
    monkeypatch.setitem(TOOLS, "bad", ("numpy", lambda: bad))
    result = ts.score(*sides(), diagnostics=False)
    with caplog.at_level(logging.WARNING), open_log(["bad", good]) as log:
        for _ in range(3):
            log.log(result)
        assert log.places[-1:] == ["memory"]
    assert len(good.entries) == 3
    (line,) = caplog.messages
    assert line == "logging to bad stopped, the run goes on: the server is down"


def test_a_logger_that_cannot_be_opened_costs_nothing(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused() -> Remembering:
        raise ConnectionError("no route\nto host")

    monkeypatch.setitem(TOOLS, "bad", ("numpy", refused))
    with caplog.at_level(logging.WARNING):
        assert ts.score(*sides(), log="bad", diagnostics=False).score > 0.0
    assert caplog.messages == ["logging to bad stopped, the run goes on: no route to host"]


def test_pictures_that_cannot_be_made_are_left_out(caplog: pytest.LogCaptureFixture) -> None:
    def broken() -> list[Picture]:
        raise OSError("gone")

    logger = Remembering()
    open_log(logger).log(ts.score(*sides(), diagnostics=False), pictures=broken)
    assert logger.entries[0].pictures == ()
    assert "no pictures are logged: OSError: gone" in caplog.text


def test_what_names_no_logger_is_refused_before_any_work() -> None:
    for word in ("wandbb", "wandb:", "", ":x"):
        with pytest.raises(ValueError, match=r"expected wandb\[:PROJECT\], mlflow\[:EXPERIMENT\]"):
            ts.score("no such folder", "neither", log=word)
    with pytest.raises(TypeError, match="expected log to be a line such as 'wandb:PROJECT'"):
        ts.score("no such folder", "neither", log=3)
    with pytest.raises(TypeError, match="a logger with log, close and place, got int"):
        ts.score("no such folder", "neither", log=[3])


@pytest.mark.parametrize("tool", list(TOOLS))
def test_a_missing_package_is_one_line_with_the_command_that_mends_it(
    tool: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("twinscore.base.extras.find_spec", lambda _: None)
    with pytest.raises(ts.MissingExtraError, match=rf"a log to {tool} needs .*\[{tool}\]'"):
        open_log(f"{tool}:somewhere")


def test_a_place_may_hold_a_colon(tmp_path: Path) -> None:
    made = []

    class Noting(Remembering):
        def __init__(self, place: str) -> None:
            super().__init__()
            made.append(place)

    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(TOOLS, "noting", ("numpy", Noting))
        with open_log(f"noting:{tmp_path}/a:b"):
            pass
    assert made == [f"{tmp_path}/a:b"]
