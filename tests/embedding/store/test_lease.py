"""One writer at a time, by a lock that shows signs of life."""

from __future__ import annotations

import json
import os
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from twinscore.embedding.store import lease
from twinscore.embedding.store.lease import Lease

if TYPE_CHECKING:
    from collections.abc import Callable


class Lock:
    """A lock of which others change the content."""

    def __init__(self, **fields: Any) -> None:
        self.content: bytes | None = json.dumps(fields).encode() if fields else None
        self.reads = 0
        self.while_read: Callable[[], None] = lambda: None

    def create(self, content: bytes) -> bool:
        if self.content is not None:
            return False
        self.content = content
        return True

    def read(self) -> bytes | None:
        self.reads += 1
        self.while_read()
        return self.content

    def replace(self, content: bytes) -> None:
        self.content = content

    def remove(self) -> None:
        self.content = None

    @property
    def fields(self) -> dict[str, Any]:
        assert self.content is not None
        fields: dict[str, Any] = json.loads(self.content)
        return fields


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease, "RENEWED_EVERY", 0.02)
    monkeypatch.setattr(lease, "ABANDONED_AFTER", 0.2)
    monkeypatch.setattr(lease, "SETTLED_AFTER", 0.0)


OF_ANOTHER_MACHINE = {"writer": "w", "machine": "render7 b", "host": "render7", "process": 12}


def test_the_owner_shows_signs_of_life_and_leaves_nothing() -> None:
    lock = Lock()
    with Lease("s3://a/b", lock) as owner:
        first = lock.fields["renewals"]
        for _ in range(500):
            if lock.fields["renewals"] > first:
                break
            time.sleep(0.01)
        assert lock.fields["renewals"] > first
        owner.check()
    assert lock.content is None


def test_an_owner_that_lives_elsewhere_is_named() -> None:
    lock = Lock(**OF_ANOTHER_MACHINE, renewals=0)

    def renew() -> None:
        lock.content = json.dumps({**OF_ANOTHER_MACHINE, "renewals": lock.reads}).encode()

    lock.while_read = renew
    with (
        pytest.raises(BlockingIOError, match=r"writing to the store s3://a/b \(process 12 on rend"),
        Lease("s3://a/b", lock),
    ):
        pass
    assert lock.fields["writer"] == "w"


def test_an_owner_that_gives_no_sign_of_life_is_replaced(caplog: pytest.LogCaptureFixture) -> None:
    lock = Lock(**OF_ANOTHER_MACHINE)
    begun = time.monotonic()
    with Lease("s3://a/b", lock):
        assert lock.fields["process"] == os.getpid()
        assert time.monotonic() - begun >= lease.ABANDONED_AFTER
    assert "waiting up to 0 seconds for a sign of life of process 12 on render7" in caplog.text
    assert lock.content is None


def test_an_owner_that_ended_on_this_machine_is_replaced_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lease, "ABANDONED_AFTER", 1000.0)
    lock = Lock()
    with Lease("s3://a/b", lock):
        kept = lock.content
    lock.content = kept  # as if the process had been killed
    with Lease("s3://a/b", lock):
        pass
    assert lock.content is None


def test_a_lock_that_goes_meanwhile_is_taken() -> None:
    lock = Lock(**OF_ANOTHER_MACHINE)

    def vanish() -> None:
        if lock.reads > 2:
            lock.remove()

    lock.while_read = vanish
    with Lease("s3://a/b", lock):
        lock.while_read = lambda: None
        assert lock.fields["process"] == os.getpid()


def test_of_two_that_take_over_at_once_one_remains(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease, "SETTLED_AFTER", 0.3)
    lock = Lock(**OF_ANOTHER_MACHINE)
    writing, refused = [], []
    both, done = threading.Barrier(2), threading.Event()

    def write() -> None:
        both.wait()
        try:
            with Lease("s3://a/b", lock) as owner:
                owner.check()
                writing.append(owner)
                done.wait(timeout=30)
        except BlockingIOError as error:
            refused.append(error)
            done.set()

    threads = [threading.Thread(target=write) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(writing), len(refused)) == (1, 1)


def test_damage_to_a_lock_is_waited_out() -> None:
    lock = Lock()
    lock.content = b"\xff{"
    with Lease("s3://a/b", lock):
        assert lock.fields["process"] == os.getpid()
