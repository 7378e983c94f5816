"""A URL is more than a path: chains, queries, fragments, odd names."""

from __future__ import annotations

import pytest

from twinscore.images.sources.url import Url, is_url

SIGNED = "https://host/a/p.zip?X-Amz-Credential=AK%2F1&X-Amz-Signature=ab"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("s3://bucket/key", True),
        ("zip://a.png::https://host/b.zip", True),
        ("simplecache::https://host/b.zip", True),
        ("zip://a.png::/data/b.zip", True),
        ("simplecache::/data/b.zip", False),
        ("C:/renders", False),
        ("a::b://c", False),
        ("renders/a.png", False),
        ("", False),
    ],
)
def test_urls_are_told_from_paths(text: str, expected: bool) -> None:
    assert is_url(text) is expected


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("https://host/a/p.zip?sig=1#part", "/a/p.zip"),
        (SIGNED, "/a/p.zip"),
        ("https://host/p.png?role=arn:aws:iam::12:role/x", "/p.png"),
        ("s3://bucket/what?.png", "bucket/what?.png"),
        ("zip://night/1.png::https://host/shots.zip?sig=1", "night/1.png"),
        ("simplecache::https://host/p.tar?sig=1", "/p.tar"),
        ("memory://a#1.png", "a#1.png"),
    ],
)
def test_the_path_is_what_names_the_file(text: str, path: str) -> None:
    assert Url.of(text).path == path
    assert str(Url.of(text)) == text


def test_what_is_no_link_is_not_taken_for_one() -> None:
    url = Url.of("https://host/p.png?role=arn:aws:iam::12")
    assert url.wrappers == ()
    assert url.location == "https://host/p.png?role=arn:aws:iam%3A%3A12"


def test_signatures_are_sent_as_they_are() -> None:
    assert Url.of(SIGNED).location == SIGNED


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (SIGNED, "https://host/a/p.zip"),
        ("https://user:word@host/p.zip", "https://host/p.zip"),
        ("https://host/p?id=3&token=abc", "https://host/p?id=3"),
        ("https://host/p.zip?sv=2020&se=2030&sig=x%3D", "https://host/p.zip"),
        ("https://host/p?st=3&id=4", "https://host/p?st=3&id=4"),
        ("sftp://user:word@host/p.png", "sftp://user@host/p.png"),
        ("s3://bucket/key", "s3://bucket/key"),
    ],
)
def test_secrets_are_not_shown(text: str, shown: str) -> None:
    assert Url.of(text).shown == shown


@pytest.mark.parametrize(
    ("listing", "entry", "url"),
    [
        ("https://host/l/list.txt?sig=a/b", "50% #1?.png", "https://host/l/50%25%20%231%3F.png"),
        ("s3://bucket/l/list.txt", "50% #1?.png", "s3://bucket/l/50% #1?.png"),
        ("zip://l/list.txt::https://h/a.zip?s=1", "a.png", "zip://l/a.png::https://h/a.zip?s=1"),
        ("zip://list.txt::https://h/a.zip", "a.png", "zip://a.png::https://h/a.zip"),
        ("memory://list.txt", "a.png", "memory://a.png"),
    ],
)
def test_an_entry_of_a_list_is_the_name_of_a_file_beside_it(
    listing: str, entry: str, url: str
) -> None:
    assert str(Url.of(listing).beside(entry)) == url


@pytest.mark.parametrize(
    ("listing", "entry", "allowed"),
    [
        ("https://host/l.txt", "https://host/x.png", True),
        ("http://host/l.txt", "https://HOST/x.png", True),
        ("https://host/l.txt", "http://host/x.png", False),
        ("https://host/l.txt", "https://other/x.png", False),
        ("https://host/l.txt", "https://host@other/x.png", False),
        ("https://host/l.txt", "https://host:8080/x.png", False),
        ("https://host/l.txt", "file:///etc/passwd", False),
        ("https://host/l.txt", "local:///etc/passwd", False),
        ("https://host/l.txt", "zip://a.png::/data/x.zip", False),
        ("https://host/l.txt", "zip://a.png::https://host/x.zip", True),
        ("https://host/l.txt", "zip://a.png::https://other/x.zip", False),
        ("https://host/l.txt", "simplecache::file:///etc/passwd", False),
        ("https://host/l.txt", "dir:///etc", False),
        ("https://host/l.txt", "reference://", False),
        ("https://host/l.txt", "s3://bucket/x.png", False),
        ("s3://bucket/l.txt", "s3://other/x.png", True),
        ("s3://bucket/l.txt", "https://host/x.png", False),
        ("memory://l.txt", "file:///etc/passwd", False),
    ],
)
def test_a_list_from_afar_leads_to_its_own_place_only(
    listing: str, entry: str, allowed: bool
) -> None:
    assert Url.of(listing).may_lead_to(Url.of(entry)) is allowed


def test_a_copy_has_a_name_for_any_disk() -> None:
    assert Url.of(f"https://host/{'a' * 500}.tar.gz?b").file_name.endswith("a.tar.gz")
    assert len(Url.of(f"https://host/{'a' * 500}.tar.gz").file_name) <= 100
    assert Url.of("https://host/a%2F..%2Fb%00.zip").file_name == "b_.zip"
    assert Url.of("https://host/").file_name == "copy"
