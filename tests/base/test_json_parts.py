from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twinscore.base.json_parts import parse_json_in_parts

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=4,
)


def parsed(encoded: bytes) -> tuple[Any, list[Any]]:
    entries: list[Any] = []

    def take(place: int, entry: Any) -> None:
        assert place == len(entries)
        entries.append(entry)

    return parse_json_in_parts(encoded, {"long": take}), entries


@settings(max_examples=40)
@given(st.dictionaries(st.text(), VALUES), st.lists(VALUES), st.sampled_from([None, 1]))
def test_entries_of_a_long_list_are_handed_on_and_all_else_is_as_json_has_it(
    others: dict[str, Any], entries: list[Any], indent: int | None
) -> None:
    others.pop("long", None)
    document = {"first": 1, "long": entries, **others}
    encoded = json.dumps(document, indent=indent).encode()
    assert parsed(encoded) == ({"first": 1, **others}, entries)


@pytest.mark.parametrize("text", ["[1, 2]", "7", '{"long": 3}', '{"long": {}}', "{}", " {\n} "])
def test_what_has_no_long_list_is_as_json_has_it(text: str) -> None:
    assert parsed(text.encode()) == (json.loads(text), [])


@pytest.mark.parametrize(
    "text",
    [
        *("", "{", '{"long"', '{"long": [1', '{"long": [1 2]}', '{"long": [1,]}', '{"a": 1,}'),
        *("{1: 2}", '{"a" 1}', '{"a": 1} x', '{"a": }', '{"long": [' + "[" * 100_000),
    ],
)
def test_what_is_no_json_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        parsed(text.encode())


def test_other_encodings_are_read() -> None:
    assert parsed('{"long": ["ä"]}'.encode("utf-16")) == ({}, ["ä"])
    assert parsed(b"\xef\xbb\xbf" + b'{"long": [1]}') == ({}, [1])
