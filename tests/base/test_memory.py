from __future__ import annotations

import pytest

from twinscore.base.memory import bytes_of, size_text


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (1, 1),
        (1 << 40, 1 << 40),
        ("4GiB", 4 << 30),
        ("512 MiB", 512 << 20),
        ("1.5g", 3 << 29),
        ("64kB", 64 << 10),
        ("2T", 2 << 40),
        ("4294967296", 1 << 32),
    ],
)
def test_an_amount_of_memory_is_a_number_or_a_number_with_a_unit(
    size: int | str, expected: int
) -> None:
    assert bytes_of(size) == expected


@pytest.mark.parametrize("size", ["", "much", "-1GiB", "4 apples", "GiB", "0", "1e9", "0.1"])
def test_other_words_are_refused(size: str) -> None:
    with pytest.raises(ValueError, match="expected memory like 4GiB or 512MiB, got"):
        bytes_of(size)


@pytest.mark.parametrize(("size", "error"), [(0, ValueError), (1.5, TypeError), (True, TypeError)])
def test_other_numbers_are_refused(size: object, error: type[Exception]) -> None:
    with pytest.raises(error, match="expected memory"):
        bytes_of(size)


@pytest.mark.parametrize("size", [1, 1023, 1 << 20, (1 << 20) + 1, 123_456_789, (5 << 30) + 7])
def test_what_is_written_is_never_less(size: int) -> None:
    assert size <= bytes_of(size_text(size)) <= 1.1 * size + 1024
