"""A missing package is told with the command that installs it, as README gives it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from twinscore.base import extras
from twinscore.base.errors import MissingExtraError

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def installed_from(monkeypatch: pytest.MonkeyPatch) -> Callable[[str | None], None]:
    """Leaves the record that pip leaves of where the package came from."""

    def leave(record: str | None) -> None:
        known = SimpleNamespace(read_text=lambda _: record)
        monkeypatch.setattr("importlib.metadata.distribution", lambda _: known)

    return leave


@pytest.mark.parametrize(
    ("record", "command"),
    [
        (None, "pip install 'twinscore[report]'"),
        ('{"url": "https://x.org/t.whl", "archive_info": {}}', "pip install 'twinscore[report]'"),
        ('{"url": "file:///home/me/twinscore", "dir_info": {}}', "pip install '.[report]'"),
        ("damaged", "pip install 'twinscore[report]'"),
    ],
)
def test_the_command_is_that_of_a_clone_or_of_the_index(
    installed_from: Callable[[str | None], None], record: str | None, command: str
) -> None:
    installed_from(record)
    assert extras.pip_command("report") == command


def test_a_missing_package_is_told_in_one_line() -> None:
    with pytest.raises(MissingExtraError, match="the demo needs the package 'no_such_package'"):
        extras.require("no_such_package", extra="demo", purpose="the demo")
